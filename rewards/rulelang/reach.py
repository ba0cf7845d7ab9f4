"""What a guest can do about a condition that fails: which tests can come true by time or by more activity, and when.

The idea: of all the reasons for a "no", the one worth saying is the one that the person could most easily change.
A closed set: a fact that is not here is taken as it is. Nobody is told to pay late, to grow older or to move house.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from rewards.rulelang.evaluation import Number, Truth, exactly
from rewards.rulelang.interpreter import number_truth
from rewards.rulelang.limits import MAX_NUMBER
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    RANKS,
    Aggregate,
    All,
    AnyOf,
    BetterOf,
    Calendar,
    Comparison,
    Condition,
    Dates,
    Dimension,
    FactTest,
    Measure,
    MeasureTest,
    MembershipYear,
    Not,
    OffsetYear,
    Op,
    Series,
    Window,
)

Leaf = FactTest | MeasureTest

FIRST_PLACE = MAX_NUMBER
"""The rung of first place, above every place that a guest may have: better places are smaller numbers."""


class Way(StrEnum):
    """How a test can come true."""

    ACTIVITY = "activity"  # more stays, visits, spend …
    TIME = "time"  # by waiting
    STAY = "stay"  # a longer or larger stay, a larger purchase
    TELL = "tell"  # by joining, proving an identity, telling a birthday


CHANGEABLE_FACTS: dict[str, Way] = {
    "guest.days_enrolled": Way.TIME,
    "stay.nights": Way.STAY,
    "stay.weekend_nights": Way.STAY,
    "stay.amount": Way.STAY,
    "spend.amount": Way.STAY,
    "guest.enrolled": Way.TELL,
    "guest.verified": Way.TELL,
    "guest.birthday_known": Way.TELL,
}
"""Numbers that can rise and yes/no that can become yes."""


def way_of(leaf: Leaf, today: date | None = None) -> Way | None:
    """How the number or yes/no of a test can rise; None when it cannot (`today` unknown: no window is over)."""
    if isinstance(leaf, FactTest):
        return CHANGEABLE_FACTS.get(leaf.fact)
    if leaf.measure.aggregate in AMONG_GUESTS:
        return None  # a place is not raised by a number of its own; see asks_for_first
    if leaf.measure.series is Series.PAYMENTS_LATE or not _open(leaf.measure.window, today):
        return None
    if leaf.measure.groups is not None and not leaf.measure.groups.grows:
        return None  # more of it may as well take a group out
    if leaf.measure.last is not None and not _within_last(leaf, leaf.measure.last):
        return None
    return Way.TIME if _counts_days(leaf.measure) else Way.ACTIVITY


def ceiling(measure: Measure, most: int) -> Number:
    """The most that a measure of so many things can come to; infinity where a thing may count for more than one."""
    several = measure.series is Series.VISITS and measure.dimension is Dimension.CATEGORY
    counted = measure.aggregate in (Aggregate.COUNT, Aggregate.DISTINCT, Aggregate.STREAK)
    return most if counted and not several else math.inf


def _within_last(test: MeasureTest, last: int) -> bool:
    """Whether the newest so many can come to what a test asks: three are never four, and a run of them is no longer."""
    if test.measure.aggregate is Aggregate.STREAK:
        return False
    least = first_target(test.comparison, True)
    return least is None or least <= ceiling(test.measure, last)


def asks_for_first(leaf: Leaf, want: bool, today: date | None = None) -> bool:
    """Whether a test of a rank comes out as wanted in first place and not in second, and the guest can still get there.

    Of other places nobody is told how far they are.
    """
    if isinstance(leaf, FactTest) or leaf.measure.aggregate not in RANKS or not _open(leaf.measure.window, today):
        return False
    wanted = Truth.TRUE if want else Truth.FALSE
    first, second = (number_truth(leaf.comparison, exactly(place)) for place in (1, 2))
    return first is wanted and second is not wanted


def _counts_days(measure: Measure) -> bool:
    return measure.aggregate in (Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST)


def _open(window: Window, today: date | None) -> bool:
    """Whether something that happens from now on can fall into a window."""
    match window:
        case Calendar(back=back) | OffsetYear(back=back) | MembershipYear(back=back):
            return back == 0
        case Dates(last=last):
            return last is None or today is None or last >= today
        case BetterOf(windows=windows):
            return any(_open(each, today) for each in windows)
        case _:
            return True


def first_target(comparison: Comparison, want: bool) -> int | None:
    """The least number at which a test comes out as wanted when its number rises from far below; None if never.

    A yes/no counts as 0 and 1. `want` False asks for the test to be false, as a part of `not`.
    """
    first = comparison.values[0]
    match comparison.op, want:
        case (Op.IS, _):
            return 1 if first is want else None
        case (Op.AT_LEAST, True) | (Op.LESS_THAN, False) | (Op.EXACTLY, True) | (Op.BETWEEN, True):
            return first if isinstance(first, int) else None
        case (Op.MORE_THAN, True) | (Op.AT_MOST, False):
            return first + 1 if isinstance(first, int) else None
        case (Op.EVERY, True):
            return _next_multiple(comparison, None)
        case _:
            return None


def rising(condition: Condition, want: bool = True) -> Iterator[tuple[Leaf, int]]:
    """Every test inside a condition that can come true by a rising number, with the least number that does it."""
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from rising(part, want)
        case Not(part=part):
            yield from rising(part, not want)
        case FactTest() | MeasureTest():
            target = first_target(condition.comparison, want) if way_of(condition) else None
            if asks_for_first(condition, want):
                target = FIRST_PLACE
            if target is not None:
                yield condition, target


def next_target(comparison: Comparison, want: bool, low: Number) -> int | None:
    """The least number above `low` at which a test comes out as wanted; None when there is none."""
    if comparison.op is Op.EVERY:
        return _next_multiple(comparison, low) if want else None
    target = first_target(comparison, want)
    return target if target is not None and target > low else None


def _next_multiple(comparison: Comparison, low: Number | None) -> int | None:
    n, after, up_to = (value for value in comparison.values if isinstance(value, int))
    passed = 0 if low is None or low < after else int((low - after) // n)
    target = after + (passed + 1) * n
    return None if up_to and target > up_to else target


def distance(target: int, low: Number) -> float:
    """How far it still is, as a share of the way from nothing to the target: above 0, at most 1."""
    if target <= 0 or low <= 0:
        return 1.0
    return float((target - low) / target)
