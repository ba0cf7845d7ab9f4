"""From the rows that count, and what is not known beside them, to a reading with an edge."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rewards.history.amounts import amount_in
from rewards.history.counting import night_credits, spot_of
from rewards.history.rows import Row
from rewards.history.standpoint import HotelGroup
from rewards.history.windows import unit_index
from rewards.rulelang.evaluation import UNKNOWN_READING, Number, Reading, at_least, exactly
from rewards.rulelang.nodes import Aggregate, Attribution, Dimension, Measure, Series, Unit


@dataclass(slots=True)
class Selection:
    """What a window holds of a measure, and how far it may be from the truth.

    `rows` count; `openings` are opening balances, which count where nothing narrows the measure (`openings_count`)
    and else only might. `from_start` and `to_end` say whether silence means none at both ends of the window, `doubt`
    that a row could not be judged for want of a value. `today` is the ordinal from which days are counted, `from_day`
    that of the first hotel day from which silence means none, 0 where it does from the start.
    """

    measure: Measure
    group: HotelGroup
    today: int
    currency: str
    rows: Sequence[Row]
    openings: Sequence[Row]
    openings_count: bool
    from_start: bool
    to_end: bool
    doubt: bool = False
    from_day: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing can be missing."""
        return self.from_start and self.to_end and not self.doubt

    def amount(self, row: Row) -> int:
        """A row's amount in the measure's currency."""
        return row.net or 0 if row.currency == self.currency else amount_in(row, self.currency, self.group)

    def of(self, rows: Sequence[Row]) -> Selection:
        """The same with other rows; by hand, because `replace` takes thrice as long and each group asks for one."""
        return Selection(
            self.measure, self.group, self.today, self.currency, rows, self.openings, self.openings_count,
            self.from_start, self.to_end, self.doubt, self.from_day,
        )  # fmt: skip

    def bound(self, low: int, doubt: Number = 0) -> Reading:
        """A number that more knowledge could only raise, by `doubt` at most where otherwise all is known."""
        if not self.complete:
            return at_least(low)
        return Reading(low, low + doubt) if doubt else exactly(low)


def reading_of(it: Selection) -> Reading:
    """The reading of a selection.

    Errors: RateUnknownError for an amount in a currency without a rate.
    """
    return _AGGREGATES[it.measure.aggregate](it)


# --- how many, how much ---------------------------------------------------------------------------------------------


def _count(it: Selection) -> Reading:
    low = _counted(it, it.rows)
    if not it.openings:
        return it.bound(low)
    opened: Number = _opened(it)
    return it.bound(low + int(opened)) if it.openings_count and opened != math.inf else it.bound(low, opened)


def _counted(it: Selection, rows: Sequence[Row]) -> int:
    measure = it.measure
    match measure.series:
        case Series.NIGHTS:
            return _nights(measure, rows)
        case Series.SPEND:
            return sum(row.times for row in rows if row.net is not None)
        case Series.STAYS if measure.by is Attribution.NIGHTS:
            return len({row.key for row in rows})  # one row a night: a stay counts once
        case _:
            return sum(row.times for row in rows)


def _nights(measure: Measure, rows: Sequence[Row]) -> int:
    counting = measure.counting
    rooms = counting.max_rooms or 1
    if counting.one_per_day:
        return night_credits(rows, 1)
    if counting.merge_adjoining:
        return night_credits(rows, rooms)
    if rooms == 1:
        return sum(row.nights for row in rows)
    return sum(row.nights * min(row.rooms, rooms) for row in rows)


def _opened(it: Selection) -> Number:
    """What opening balances add to a count. How many purchases an opening amount stands for is anybody's guess."""
    match it.measure.series:
        case Series.NIGHTS:
            return sum(row.nights for row in it.openings)
        case Series.SPEND:
            return math.inf if any(row.net for row in it.openings) else 0
        case _:
            return sum(row.times for row in it.openings)


def _sum(it: Selection) -> Reading:
    low, opened = sum(map(it.amount, it.rows)), sum(map(it.amount, it.openings))
    return it.bound(low + opened) if it.openings_count else it.bound(low, opened)


def _average(it: Selection) -> Reading:
    """Of nothing there is no average. Opening balances, of which the single amounts are not known, stay out."""
    paid = [row for row in it.rows if row.net is not None]
    times = sum(row.times for row in paid)
    return exactly(Fraction(sum(map(it.amount, paid)), times)) if times and it.complete else UNKNOWN_READING


def _largest(it: Selection) -> Reading:
    largest = max(map(it.amount, it.rows), default=0)
    opened = sum(map(it.amount, it.openings))
    return it.bound(largest, max(0, opened - largest))


# --- how many different, how long -----------------------------------------------------------------------------------


def _distinct(it: Selection) -> Reading:
    values = [value_of(row, it.measure.dimension, it.group) for row in it.rows]
    different = {value for value in values if value is not None}
    hidden = unnamed(it.rows, it.measure.dimension) or hides_some(it)
    return it.bound(len(different), math.inf if hidden else 0)


def unnamed(rows: Sequence[Row], dimension: Dimension | None) -> bool:
    """Whether some rows have a value that is not known: outside the group a place has a city and a country too."""
    return dimension in _OF_PROPERTIES and any(row.place is None and row.spot for row in rows)


_OF_PROPERTIES = frozenset({Dimension.CITY, Dimension.COUNTRY})


def value_of(row: Row, dimension: Dimension | None, group: HotelGroup) -> Hashable:
    """What tells a row apart from others of another value; None where it has none."""
    match dimension:
        case Dimension.PROPERTY:
            return row.place
        case Dimension.BRAND | Dimension.CITY | Dimension.COUNTRY:
            return _of_property(row, dimension, group)
        case Dimension.CATEGORY:
            return row.category
        case Dimension.PLACE:
            return spot_of(row)
        case None:
            raise ValueError("distinct needs a dimension")
        case _:
            return unit_index(row.day, Unit(dimension.value))


def _of_property(row: Row, dimension: Dimension, group: HotelGroup) -> Hashable:
    prop = group.properties.get(row.place or "")
    if prop is None:
        return None
    if dimension is Dimension.BRAND:
        return prop.brand
    return prop.country if dimension is Dimension.COUNTRY else (prop.city, prop.country)


def hides_some(it: Selection) -> bool:
    """Whether an opening balance stands for activities of which the days and places are not known."""
    return any(row.times or row.nights or row.net for row in it.openings)


def _streak(it: Selection) -> Reading:
    """The run of units up to now; the current one may still be empty. More knowledge could only lengthen it."""
    if it.measure.dimension is None:
        raise ValueError("a streak needs a dimension")
    unit = Unit(it.measure.dimension.value)
    length = run({unit_index(row.day, unit) for row in it.rows}, unit_index(it.today, unit))
    return it.bound(length, math.inf if hides_some(it) else 0)


def run(units: Collection[Hashable], now: int) -> int:
    """How many numbers in a row up to `now` are there; `now` itself may be lacking."""
    last = now - (now not in units)
    length = 0
    while last - length in units:
        length += 1
    return length


# --- how long ago ---------------------------------------------------------------------------------------------------


def _days_since_last(it: Selection) -> Reading:
    """Unknown where there is none: what never happened is not long ago.

    Before the cover anything may have happened, up to the day before it begins.
    """
    days, opened = [row.day for row in it.rows], _opening_days(it)
    if not days and not (opened and it.openings_count):
        return UNKNOWN_READING
    heard = it.to_end and not it.doubt
    latest = max((*days, *opened)) if it.from_start else max((*days, *opened, it.from_day - 1))
    low = max(0, it.today - latest) if heard else 0
    return Reading(low, max(0, it.today - max(days)) if days else math.inf)


def _days_since_first(it: Selection) -> Reading:
    """The oldest there is may not have been the first; where there is none, it is unknown."""
    days, opened = [row.day for row in it.rows], _opening_days(it)
    proven = [*days, *opened] if it.openings_count else days
    if not proven:
        return UNKNOWN_READING
    low = max(0, it.today - min(proven))
    exact = it.from_start and not it.doubt and not opened
    return Reading(low, low if exact else math.inf)


def _opening_days(it: Selection) -> list[int]:
    """Days by which what an opening balance stands for had happened, where it stands for any of this series."""
    match it.measure.series:
        case Series.NIGHTS:
            return [row.day for row in it.openings if row.nights]
        case Series.SPEND:
            return [row.day for row in it.openings if row.net]
        case _:
            return [row.day for row in it.openings if row.times]


_AGGREGATES: dict[Aggregate, Callable[[Selection], Reading]] = {
    Aggregate.COUNT: _count,
    Aggregate.SUM: _sum,
    Aggregate.AVERAGE: _average,
    Aggregate.LARGEST: _largest,
    Aggregate.DISTINCT: _distinct,
    Aggregate.STREAK: _streak,
    Aggregate.DAYS_SINCE_LAST: _days_since_last,
    Aggregate.DAYS_SINCE_FIRST: _days_since_first,
}
