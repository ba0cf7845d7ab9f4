"""A guest among all guests of a house: the rank, the way to first place, and the crowd, as intervals.

A rank is worked out from the tallies of the window each time, not kept: it changes at the turn of the hotel day though
nobody does anything. Who held first place at the close of a day follows from the days before, so it is worked out too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from rewards.clock import US_PER_DAY, US_PER_HOUR
from rewards.domain.activity import Kind
from rewards.history.amounts import RateUnknownError
from rewards.history.holders import Holders
from rewards.history.ports import TallyReader
from rewards.history.standings import Number, Numbers
from rewards.history.standpoint import Standpoint
from rewards.history.tally import Tally
from rewards.history.windows import Reach
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, at_least, exactly
from rewards.rulelang.nodes import (
    RANKED,
    RANKS,
    Aggregate,
    BetterOf,
    Measure,
    MembershipYear,
    RollingHours,
    ScopeKind,
    Series,
    SinceEnrolment,
    SinceLastGrant,
    Ties,
)

LEAST_GUESTS = 5
"""How many guests must take part before anybody is told how far they are from first place: with fewer, the number of
one of them would be told with it."""
NO_RANK = Reading(math.inf, math.inf)
"""Of a guest with nothing in the window: after everybody, however few there are."""
_NOT_SHARED = (MembershipYear, SinceEnrolment, SinceLastGrant, BetterOf, RollingHours)


class GuestsHere:
    """All guests of a house, seen by one of them; `guest` is the id of the kept record."""

    def __init__(self, tallies: TallyReader, guest: str) -> None:
        self._tallies = tallies
        self._guest = guest
        self._fields: dict[tuple[object, ...], dict[str, Number]] = {}

    def read(self, measure: Measure, at: Standpoint) -> Reading:
        """The reading of a measure of `AMONG_GUESTS` from a standpoint.

        Places from 1 (infinity for a guest who takes no part), numbers behind first place in the units of the series,
        guests of a crowd. What is not covered, and measures that no document can say, are unknown.
        """
        if measure.scope.kind is not ScopeKind.HERE or not self._tallies.complete():
            return UNKNOWN_READING
        if measure.aggregate is Aggregate.CROWD:
            return _crowd(self._tallies, measure, at)
        if measure.series not in RANKED or isinstance(measure.window, _NOT_SHARED):
            return UNKNOWN_READING
        try:
            return self._among(measure, at)
        except RateUnknownError:
            return UNKNOWN_READING

    def _among(self, measure: Measure, at: Standpoint) -> Reading:
        numbers = Numbers(self._tallies, measure, at)
        span = numbers.window(at.day)
        known = at.group.known(frozenset((at.property.code,)), measure.series)
        # Stays in place of a till need not say what was paid.
        if known.alternative or not (known.from_the_start(span) and known.to_the_end(span, at.us)):
            return UNKNOWN_READING
        field = self._field(measure, at, numbers, span)
        mine = field.get(self._guest, Number(0, 0, 0))
        others = {guest: number for guest, number in field.items() if guest != self._guest}
        if measure.aggregate not in RANKS:
            return _behind(mine, others.values())
        return self._rank(RANKS[measure.aggregate], mine, others, Holders(numbers, known.from_the_start, at))

    def _field(self, measure: Measure, at: Standpoint, numbers: Numbers, span: Reach) -> dict[str, Number]:
        """Everybody's numbers; the rank and the way to first place look at the same."""
        key = (measure.series, measure.window, measure.evidence, measure.currency, at.us, at.day)
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = numbers.field(span.first, span.last)
        return field

    def _rank(self, ties: Ties, mine: Number, others: Mapping[str, Number], holders: Holders) -> Reading:
        if mine.high <= 0:
            return NO_RANK
        if any(number.low != number.high for number in (mine, *others.values())):
            return _bounds(mine, others.values())
        better = sum(other.low > mine.low for other in others.values())
        equal = {guest: other for guest, other in others.items() if other.low == mine.low}
        if not equal or ties is Ties.SHARED:
            return exactly(better + 1)
        before = sum(other.us < mine.us for other in equal.values())
        if ties is Ties.EARLIEST or better:
            return exactly(better + 1 + before)
        held = holders.yesterday()
        if held is None:
            return Reading(1, 1 + len(equal))
        if self._guest in held:
            return exactly(1)
        keep = held & equal.keys()
        return exactly(1 + len(keep) + sum(equal[guest].us < mine.us for guest in equal.keys() - keep))


def _bounds(mine: Number, others: Collection[Number]) -> Reading:
    """The places that are possible while some numbers are not exact."""
    best = 1 + sum(other.low > mine.high for other in others)
    worst = math.inf if mine.low <= 0 else 1 + sum(other.high >= mine.low for other in others)
    return Reading(best, worst)


def _behind(mine: Number, others: Collection[Number]) -> Reading:
    if sum(number.low > 0 for number in (mine, *others)) < LEAST_GUESTS:
        return UNKNOWN_READING
    low = max(other.low for other in others) - mine.high
    high = max(other.high for other in others) - mine.low
    return Reading(max(0, low), max(0, high))


# --- the crowd ------------------------------------------------------------------------------------------------------


def _crowd(tallies: TallyReader, measure: Measure, at: Standpoint) -> Reading:
    """Guests who checked in here within the hours, well enough, and nowhere else since."""
    if not isinstance(measure.window, RollingHours) or measure.series is not Series.CHECK_INS:
        return UNKNOWN_READING
    span = Reach(after_us=at.us - measure.window.hours * US_PER_HOUR)
    known = at.group.known(frozenset((at.property.code,)), Series.CHECK_INS)
    here = _last_here(tallies, measure, at, span.after_us or 0)
    elsewhere: defaultdict[str, list[Tally]] = defaultdict(list)
    for row in tallies.check_ins_of(sorted(here), min((us.low for us in here.values()), default=0)):
        if row.key.place != at.property.code and row.first_us <= at.us:
            elsewhere[row.key.guest].append(row)
    surely = sum(_stays(us, elsewhere[guest], at.us) for guest, us in here.items())
    if not (known.from_the_start(span) and known.to_the_end(span, at.us)):
        return at_least(surely)
    return Reading(surely, sum(not _left(us, elsewhere[guest], at.us) for guest, us in here.items()))


class _Last(NamedTuple):
    """When a guest was last seen here: between `low` and `high`; `surely` within the hours."""

    low: int
    high: int
    surely: bool


def _last_here(tallies: TallyReader, measure: Measure, at: Standpoint, after_us: int) -> dict[str, _Last]:
    days = (at.us - after_us) // US_PER_DAY + 2
    rows = tallies.between(at.property.code, (Kind.CHECK_IN.value,), at.day.toordinal() - days, None)
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
