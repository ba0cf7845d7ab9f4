"""The numbers of all guests of one or several properties in a window, from their tallies.

Numbers are intervals while it is not known how much of a day's row had happened by the instant that is asked about;
for the present they are exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rewards.domain.activity import Kind
from rewards.history.amounts import RateUnknownError
from rewards.history.narrowing import KINDS, OPENED
from rewards.history.ports import TallyReader
from rewards.history.standpoint import Clocked, Standpoint, no_grants
from rewards.history.tally import NO_CURRENCY, Summed, Sums, Tally
from rewards.history.windows import Reach, reach
from rewards.rulelang.nodes import Measure, ScopeKind, Series


class Point(NamedTuple):
    """What one guest did on one hotel day: at least `low` and at most `high`, the last of it at `us`."""

    day: int
    guest: str
    low: int
    high: int
    us: int


@dataclass(frozen=True, slots=True)
class Number:
    """A guest's number in a window, and the instant of the last thing that counted."""

    low: int
    high: int
    us: int

    def plus(self, number: int, us: int) -> Number:
        """With more of it."""
        return Number(self.low + number, self.high + number, max(self.us, us))

    def with_those_of(self, other: Number) -> Number:
        """With what the guest did elsewhere."""
        return Number(self.low + other.low, self.high + other.high, max(self.us, other.us))


class Numbers:
    """The numbers of all guests of the properties that a measure looks at from a standpoint, for that measure.

    A property's days are its own hotel days; the windows of several are seen from the programme's day.
    """

    def __init__(self, tallies: TallyReader, measure: Measure, at: Standpoint) -> None:
        self._measure = measure
        self._at = at
        here = measure.scope.kind is ScopeKind.HERE
        self.today = at.day if here else at.programme_day
        self.places = at.group.places(measure.scope, at.property)
        currency = measure.currency or (at.property.currency if here else at.group.currency)
        self._each = [_NumbersAt(tallies, measure, at, place, currency) for place in sorted(self.places)]

    def window(self, day: date) -> Reach:
        """The window as seen from a hotel day."""
        span = reach(self._measure.window, Clocked(self._at.us, day, no_grants, lambda: None), "")
        if span is None or span.after_us is not None:
            raise ValueError(f"{self._measure.window!r} is not the same for every guest")
        return span

    def field(self, first: int | None, last: int | None) -> dict[str, Number]:
        """The number of each guest who has one, or may have, on the days `first` to `last`.

        Errors: RateUnknownError for an amount in a currency without a rate.
        """
        together: dict[str, Number] = {}
        for numbers in self._each:
            for guest, number in numbers.field(first, last).items():
                known = together.get(guest)
                together[guest] = number if known is None else known.with_those_of(number)
        return {guest: number for guest, number in together.items() if number.high > 0}

    def points(self, first: int | None, last: int | None) -> list[Point]:
        """What everybody did on the days `first` to `last`, by day.

        Errors: RateUnknownError for an amount in a currency without a rate.
        """
        return sorted(point for numbers in self._each for point in numbers.points(first, last))


class _NumbersAt:
    """The numbers of all guests of one property."""

    def __init__(self, tallies: TallyReader, measure: Measure, at: Standpoint, place: str, currency: str) -> None:
        self._tallies = tallies
        self._measure = measure
        self._at = at
        self._place = place
        self._currency = currency
        self._kinds = (*KINDS[measure.series], *((Kind.OPENING.value,) if measure.series in OPENED else ()))

    def field(self, first: int | None, last: int | None) -> dict[str, Number]:
        """The number of everybody who did something on the days `first` to `last`; it may be none, or below 0."""
        asked = self._sums(first, last)
        found = self._tallies.summed(asked)
        if found is None or any(self._needs_rows(one) for one in found):
            return sum_up(self.points(first, last))
        numbers: dict[str, Number] = {}
        for guest, _, number, us in (*found, *self._raised_visits(asked)):
            known = numbers.get(guest)
            numbers[guest] = Number(number, number, us) if known is None else known.plus(number, us)
        return numbers

    def _sums(self, first: int | None, last: int | None) -> Sums:
        series, at = self._measure.series, self._at
        of = {Series.VISITS: "visits", Series.NIGHTS: "nights", Series.SPEND: "net"}.get(series, "times")
        return Sums(self._place, self._kinds, first, last, of, int(self._measure.evidence or 0), at.us)

    def _needs_rows(self, one: Summed) -> bool:
        """Whether a day is not over yet, or a rate is needed."""
        foreign = self._measure.series is Series.SPEND and one.currency not in (NO_CURRENCY, self._currency)
        return one.us > self._at.us or foreign

    def points(self, first: int | None, last: int | None) -> list[Point]:
        """What everybody did on the days `first` to `last`, by day."""
        rows = [row for row in self._between(self._kinds, first, last) if row.first_us <= self._at.us]
        if self._measure.series is Series.VISITS:
            return self._visits(rows)
        evidence = int(self._measure.evidence or 0)
        found: dict[tuple[int, str], Point] = {}
        for row in rows:
            if row.key.evidence >= evidence:
                _add(found, self._point(row))
        return sorted(found.values())

    def _between(self, kinds: Sequence[str], first: int | None, last: int | None) -> list[Tally]:
        return self._tallies.between(self._place, kinds, first, last)

    def _point(self, row: Tally) -> Point:
        amount = self._amount(row)
        if row.last_us <= self._at.us:
            return Point(row.key.day, row.key.guest, amount, amount, row.last_us)
        return Point(row.key.day, row.key.guest, min(0, amount), max(0, amount), self._at.us)

    def _amount(self, row: Tally) -> int:
        match self._measure.series:
            case Series.NIGHTS:
                return row.nights
            case Series.SPEND:
                return self._money(row)
            case _:
                return row.times

    def _money(self, row: Tally) -> int:
        """The amount of a day in the measure's currency, at the rate of that day."""
        at, own = self._at, row.key.currency
        wanted = self._currency
        if own in (NO_CURRENCY, wanted) or not row.net:
            return row.net
        converted = at.group.exchange(row.net, own, wanted, date.fromordinal(row.key.day))
        if converted is None:
            raise RateUnknownError(f"no rate from {own} to {wanted} on {date.fromordinal(row.key.day)}")
        return converted

    # --- visits -------------------------------------------------------------------------------------------------

    def _visits(self, rows: Iterable[Tally]) -> list[Point]:
        """One a guest and hotel day, if its best evidence, raised by a stay that spans the day, is good enough."""
        firsts: dict[tuple[int, str], int] = {}
        best: dict[tuple[int, str], int] = {}
        for row in rows:
            key = (row.key.day, row.key.guest)
            firsts[key] = min(firsts.get(key, row.first_us), row.first_us)
            best[key] = max(best.get(key, 0), row.key.evidence)
        least = int(self._measure.evidence or 0)
        doubtful = [key for key, evidence in best.items() if evidence < least]
        known = {key for key, evidence in best.items() if evidence >= least} | self._raised(doubtful, least)
        return sorted(Point(*key, 1, 1, us) for key, us in firsts.items() if key in known)

    def _raised_visits(self, asked: Sums) -> list[Summed]:
        """Visits that rest on too little but for a stay."""
        if self._measure.series is not Series.VISITS or not asked.least:
            return []
        doubtful = self._tallies.unproven(asked)
        raised = self._raised([(visit.day, visit.guest) for visit in doubtful], asked.least)
        return [Summed(one.guest, NO_CURRENCY, 1, one.us) for one in doubtful if (one.day, one.guest) in raised]

    def _raised(self, visits: Sequence[tuple[int, str]], least: int) -> set[tuple[int, str]]:
        """Those visits that a stay proves well enough."""
        if not visits:
            return set()
        first = min(visits)[0]
        stays: defaultdict[str, list[Tally]] = defaultdict(list)
        for stay in self._between((Kind.STAY.value,), first, None):
            if stay.key.evidence >= least and stay.first_us <= self._at.us:
                stays[stay.key.guest].append(stay)
        return {
            (day, guest)
            for day, guest in visits
            if any(stay.key.since <= day <= stay.key.day for stay in stays.get(guest, ()))
        }


def _add(found: dict[tuple[int, str], Point], point: Point) -> None:
    key = point.day, point.guest
    known = found.get(key)
    if known is None:
        found[key] = point
    else:
        found[key] = Point(*key, known.low + point.low, known.high + point.high, max(known.us, point.us))


def sum_up(points: Iterable[Point]) -> dict[str, Number]:
    """The number of each guest."""
    low: defaultdict[str, int] = defaultdict(int)
    high: defaultdict[str, int] = defaultdict(int)
    us: dict[str, int] = {}
    for point in points:
        low[point.guest] += point.low
        high[point.guest] += point.high
        us[point.guest] = max(us.get(point.guest, point.us), point.us)
    return {guest: Number(low[guest], high[guest], us[guest]) for guest in us}
