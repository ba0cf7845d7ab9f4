"""What the guests of a property did day by day, in rows small enough to compare all of them.

A digest answers for one guest; a rank asks about everybody. So each activity that a rank or a crowd can count is added
up besides, by property, hotel day, guest and kind. A tally is a function of the set of effective activities, like the
digest: what arrives in another order, twice or late adds up to the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rewards.domain.activity import Kind
from rewards.history.counting import first_night
from rewards.history.coverage import OUTSIDE
from rewards.history.rows import Row

COUNTED = frozenset({Kind.CHECK_IN, Kind.VISIT, Kind.STAY, Kind.SPEND, Kind.OPENING})
"""The kinds that are tallied."""
NO_CURRENCY = ""


class TallyKey(NamedTuple):
    """What adds up to one row.

    `place` is a property's code, "" for places outside the group (of which only check-ins are kept). `day` is the
    hotel day and `since` a stay's first, else the day itself; both proleptic ordinals. `evidence` is a level of
    `Evidence`, `currency` "" for what carries no amount.
    """

    place: str
    day: int
    guest: str
    kind: str
    evidence: int
    since: int
    currency: str


class Tally(NamedTuple):
    """One row: a key, what it adds up to, and the first and last instant of it, microseconds since 1970 UTC.

    `times` is how many facts, `nights` their nights, `net` their amounts in minor units of the key's currency.
    """

    key: TallyKey
    times: int
    nights: int
    net: int
    first_us: int
    last_us: int


class Summed(NamedTuple):
    """What a guest did on some days together, in one currency; `us` is the instant of the last of it."""

    guest: str
    currency: str
    number: int
    us: int


class Sums(NamedTuple):
    """What to add up: `of` the visits, times, nights or net amounts of rows begun by the instant `until_us`.

    Kinds at a property on the hotel days `first` to `last` (None: open), with evidence of at least `least`; of visits
    the best of the day. A visit lies at the first instant of its day, everything else at its last.
    """

    place: str
    kinds: tuple[str, ...]
    first: int | None
    last: int | None
    of: str
    least: int
    until_us: int


def tally(guest: str, rows: Iterable[Row]) -> list[Tally]:
    """The tally of a guest's effective rows, in the order of the keys."""
    found: dict[TallyKey, Tally] = {}
    for row in rows:
        if row.kind in COUNTED and (row.place is not None or row.kind == Kind.CHECK_IN):
            one = _of(guest, row)
            known = found.get(one.key)
            found[one.key] = one if known is None else together(known, one)
    return [found[key] for key in sorted(found)]


def _of(guest: str, row: Row) -> Tally:
    since = first_night(row) if row.kind == Kind.STAY else row.day
    currency = NO_CURRENCY if row.net is None else row.currency or NO_CURRENCY
    key = TallyKey(row.place or OUTSIDE, row.day, guest, row.kind, row.evidence, since, currency)
    return Tally(key, row.times, row.nights, row.net or 0, row.us, row.us)


def together(one: Tally, other: Tally) -> Tally:
    """Two rows of one key as one."""
    return Tally(
        one.key,
        one.times + other.times,
        one.nights + other.nights,
        one.net + other.net,
        min(one.first_us, other.first_us),
        max(one.last_us, other.last_us),
    )


class Visit(NamedTuple):
    """One guest's presence on one hotel day, at its first instant."""

    day: int
    guest: str
    us: int


class Tallied:
    """Tallies in memory, asked as storage is: for worked cases."""

    def __init__(self, rows: Iterable[Tally]) -> None:
        self._rows = sorted(rows)

    def between(self, place: str, kinds: Iterable[str], first: int | None, last: int | None) -> list[Tally]:
        """The rows of a property on the hotel days `first` to `last` (None: open), by day."""
        wanted = frozenset(kinds)
        return [
            row for row in self._rows if row.key.place == place and row.key.kind in wanted and _in(row, first, last)
        ]

    def summed(self, asked: Sums) -> list[Summed] | None:
        """Nothing is added up beforehand: the rows are at hand."""
        return None

    def unproven(self, asked: Sums) -> list[Visit]:
        """Asked only where sums are."""
        return []

    def check_ins_of(self, guests: Iterable[str], after_us: int) -> list[Tally]:
        """Check-ins anywhere of these guests of which the last is later than an instant."""
        wanted = frozenset(guests)
        return [
            row
            for row in self._rows
            if row.key.guest in wanted and row.key.kind == Kind.CHECK_IN and row.last_us > after_us
        ]

    def complete(self) -> bool:
        """Whether every guest is in it."""
        return True


def _in(row: Tally, first: int | None, last: int | None) -> bool:
    return (first is None or first <= row.key.day) and (last is None or row.key.day <= last)
