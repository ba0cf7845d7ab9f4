"""Who is here: guests who checked in here within the hours and nowhere else since, and which of them are linked.

A crowd reads the check-ins of everybody; companions only those of the guests who are linked with the one who asks, so
what they cost is bounded by the links.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from rewards.clock import US_PER_DAY, US_PER_HOUR
from rewards.domain.activity import Kind
from rewards.domain.link import LinkKind
from rewards.history.ports import CheckIns, LinkReader, TallyReader
from rewards.history.standpoint import Standpoint
from rewards.history.tally import Tally
from rewards.history.windows import Reach
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading
from rewards.rulelang.nodes import Measure, RollingHours, ScopeKind, Series


def crowd(tallies: TallyReader, measure: Measure, at: Standpoint) -> Reading:
    """Guests who checked in here within the hours, well enough, and nowhere else since.

    A lower bound where the hours are not covered; unknown for a measure that no document can say.
    """
    hours = _hours(measure, at)
    if hours is None:
        return UNKNOWN_READING
    days = (at.us - hours.after_us) // US_PER_DAY + 2
    rows = tallies.between(at.property.code, _CHECK_INS, at.day.toordinal() - days, None)
    here = _last_here(rows, measure, at, hours.after_us)
    since = min((us.low for us in here.values()), default=0)
    told = _told(here, tallies.check_ins_of(sorted(here), since), at)
    return told if hours.known else Reading(told.low, math.inf)


class Companions:
    """The guests who are linked with one and here too; `guest` is the id of the kept record."""

    def __init__(self, check_ins: CheckIns, links: LinkReader, guest: str) -> None:
        self._check_ins = check_ins
        self._links = links
        self._guest = guest

    def read(self, measure: Measure, at: Standpoint) -> Reading:
        """How many linked guests checked in here within the hours, well enough, and nowhere else since.

        Where the hours are not covered all who are linked may be here. Measures that no document can say are unknown.
        """
        hours = _hours(measure, at)
        if hours is None or measure.scope.kind is not ScopeKind.HERE or not self._check_ins.complete():
            return UNKNOWN_READING
        linked = self._links.linked(self._guest, measure.linked, at.us)
        rows = self._check_ins.check_ins_of(sorted(linked), hours.after_us) if linked else []
        here = _last_here([row for row in rows if row.key.place == at.property.code], measure, at, hours.after_us)
        told = _told(here, rows, at)
        return told if hours.known else Reading(told.low, len(linked))


_CHECK_INS = (Kind.CHECK_IN.value,)


class _Hours(NamedTuple):
    """The instant after which a check-in counts, microseconds since 1970 UTC, and whether all of them are known."""

    after_us: int
    known: bool


def _hours(measure: Measure, at: Standpoint) -> _Hours | None:
    if not isinstance(measure.window, RollingHours) or measure.series is not Series.CHECK_INS:
        return None
    after_us = at.us - measure.window.hours * US_PER_HOUR
    span = Reach(after_us=after_us)
    known = at.group.known(frozenset((at.property.code,)), Series.CHECK_INS)
    return _Hours(after_us, known.from_the_start(span) and known.to_the_end(span, at.us))


def _told(here: Mapping[str, _Last], rows: Iterable[Tally], at: Standpoint) -> Reading:
    """How many of those who were here still are, by their check-ins anywhere."""
    elsewhere: defaultdict[str, list[Tally]] = defaultdict(list)
    for row in rows:
        if row.key.place != at.property.code and row.first_us <= at.us:
            elsewhere[row.key.guest].append(row)
    surely = sum(_stays(us, elsewhere[guest], at.us) for guest, us in here.items())
    return Reading(surely, sum(not _left(us, elsewhere[guest], at.us) for guest, us in here.items()))


class _Last(NamedTuple):
    """When a guest was last seen here: between `low` and `high`; `surely` within the hours."""

    low: int
    high: int
    surely: bool


def _last_here(rows: Iterable[Tally], measure: Measure, at: Standpoint, after_us: int) -> dict[str, _Last]:
    found: dict[str, _Last] = {}
    for row in rows:
        if row.key.evidence < int(measure.evidence or 0) or row.first_us > at.us or row.last_us <= after_us:
            continue
        exact = row.last_us <= at.us
        low = row.last_us if exact else row.first_us
        one = _Last(low, row.last_us if exact else at.us, low > after_us)
        known = found.get(row.key.guest)
        if known is None:
            found[row.key.guest] = one
        else:
            found[row.key.guest] = _later(one, known)
    return found


def _later(one: _Last, other: _Last) -> _Last:
    return _Last(max(one.low, other.low), max(one.high, other.high), one.surely or other.surely)


def _stays(here: _Last, elsewhere: Iterable[Tally], now_us: int) -> bool:
    """Whether a guest is surely still here."""
    return here.surely and all(min(row.last_us, now_us) <= here.low for row in elsewhere)


def _left(here: _Last, elsewhere: Iterable[Tally], now_us: int) -> bool:
    """Whether a guest has surely left."""
    return any((row.last_us if row.last_us <= now_us else row.first_us) > here.high for row in elsewhere)


class Linked:
    """Links of one guest in memory, asked as storage is: how each other guest is linked, by id."""

    def __init__(self, kinds: Mapping[str, Collection[LinkKind]]) -> None:
        self._kinds = kinds

    def linked(self, guest_id: str, kinds: Sequence[LinkKind], at_us: int) -> frozenset[str]:
        """The others who are linked by one of these kinds (none: by any), whenever it is asked about."""
        return frozenset(other for other, found in self._kinds.items() if (set(found) & set(kinds or found)))
