"""What has to change in one rule for it to hold: each test that fails, how far it is, and how that can come about."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from rewards.rulelang.evaluation import UNKNOWN_READING, FactSource, FactValue, Number, Reading, Truth, exactly
from rewards.rulelang.interpreter import evaluate, fact_truth, number_truth, truth_of_two
from rewards.rulelang.nodes import (
    RANKS,
    All,
    Amount,
    AmountTest,
    AnyOf,
    Comparison,
    Condition,
    FactTest,
    Measure,
    MeasureTest,
    Not,
    Op,
    Rule,
    Ties,
    behind_first,
    ranked,
)
from rewards.rulelang.reach import FIRST_PLACE, Leaf, Way, asks_for_first, distance, next_target, way_of
from rewards.rulelang.shortfall import needs


@dataclass(frozen=True, slots=True)
class Gap:
    """One test that has to change: what it needs, what it has, how that can come about.

    `needed` is the number to reach (minor units for money, days, nights …; of a rank in what it goes by) or True for a
    yes/no; `actual` the reading or the fact's value now. `distance` is the share of the way that is left: above 0, at
    most 1. Of a test of an amount `through` is what has to rise inside it, and `needed` and `actual` are of that.
    """

    leaf: Leaf | AmountTest
    needed: int
    actual: Reading | FactValue
    way: Way
    distance: float
    through: Leaf | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that time or the guest can still bring about, and every gap that must close for it, the widest first."""

    rule: Rule
    gaps: tuple[Gap, ...]

    @property
    def leaf(self) -> Leaf | AmountTest:
        """The test with the widest gap; `needed` and `actual` are of it."""
        return self.gaps[0].leaf

    @property
    def through(self) -> Leaf | None:
        """What has to rise inside it, where it is the test of an amount."""
        return self.gaps[0].through

    @property
    def needed(self) -> int:
        """What the widest gap needs."""
        return self.gaps[0].needed

    @property
    def actual(self) -> Reading | FactValue:
        """What stands there now."""
        return self.gaps[0].actual

    @property
    def others(self) -> int:
        """How many more tests must change besides."""
        return len(self.gaps) - 1

    @property
    def distance(self) -> float:
        """The way that is left in all: the sum of the gaps."""
        return _total(self.gaps)


Read = Callable[[Leaf | Amount], Reading | FactValue]


def miss_of(
    rule: Rule, conjuncts: Iterable[Condition], read: Read, today: date | None, amounts: bool = True
) -> Miss | None:
    """What a rule misses, None where it holds or nobody can bring it about.

    `conjuncts` are the conditions that must all hold, `read` says what tests and amounts come to. Without `amounts` the
    test of an amount is taken as it stands.
    """
    gaps = _all_gaps(conjuncts, True, _Looker(read, today, amounts=amounts))
    if not gaps:
        return None
    if len(gaps) > 1:
        widest = sorted(gaps, key=_widest_first)
        # Five nights and seven nights are one thing to do: reach seven.
        gaps = tuple([gap for at, gap in enumerate(widest) if _source(gap) not in map(_source, widest[:at])])
    return Miss(rule, gaps)


def _widest_first(gap: Gap) -> tuple[float, str]:
    """Of equal ones plain tests come first, then what is read inside amounts by its meaning: the order is no matter."""
    return -gap.distance, "" if gap.through is None else f"{_source(gap)!r} {gap.needed}"


def _source(gap: Gap) -> str | Measure:
    """What has to rise: the fact or the measure."""
    leaf = gap.through or gap.leaf
    if isinstance(leaf, AmountTest):
        raise TypeError("what has to rise inside an amount is a fact or a measure")
    return leaf.fact if isinstance(leaf, FactTest) else leaf.measure


_Gaps = tuple[Gap, ...] | None
"""What must change: nothing where it is empty; None when it cannot be brought about."""


@dataclass(frozen=True, slots=True)
class _Looker:
    """What a gap is looked for with."""

    read: Read
    today: date | None
    amounts: bool

    def reckon(self, amount: Amount) -> Reading:
        """What an amount comes to."""
        reading = self.read(amount)
        return reading if isinstance(reading, Reading) else UNKNOWN_READING


def _gaps(condition: Condition, want: bool, look: _Looker) -> _Gaps:
    match condition:
        case All(parts=parts):
            return (_all_gaps if want else _any_gaps)(parts, want, look)
        case AnyOf(parts=parts):
            return (_any_gaps if want else _all_gaps)(parts, want, look)
        case Not(part=part):
            return _gaps(part, not want, look)
        case FactTest() | MeasureTest():
            if isinstance(condition, MeasureTest) and condition.measure.aggregate in RANKS:
                return _rank_gaps(condition, want, look)
            return _leaf_gaps(condition, want, look.read(condition), look.today)
        case AmountTest():
            return _amount_gaps(condition, want, look)
    assert_never(condition)


def _all_gaps(parts: Iterable[Condition], want: bool, look: _Looker) -> _Gaps:
    together: list[Gap] = []
    for part in parts:
        gaps = _gaps(part, want, look)
        if gaps is None:
            return None
        together += gaps
    return tuple(together)


def _any_gaps(parts: Iterable[Condition], want: bool, look: _Looker) -> _Gaps:
    branches = [gaps for part in parts if (gaps := _gaps(part, want, look)) is not None]
    return min(branches, key=lambda gaps: (_total(gaps), len(gaps)), default=None)


def _total(gaps: Iterable[Gap]) -> float:
    return sum(gap.distance for gap in gaps)


def _leaf_gaps(leaf: Leaf, want: bool, value: Reading | FactValue, today: date | None) -> _Gaps:
    if _truth(leaf, value) is (Truth.TRUE if want else Truth.FALSE):
        return ()
    way, low = way_of(leaf, today), low_of(value)
    if way is None or low is None or not _stays(leaf.comparison, value):
        return None
    target = next_target(leaf.comparison, want, low)
    return None if target is None else (Gap(leaf, target, value, way, distance(target, low)),)


def _amount_gaps(test: AmountTest, want: bool, look: _Looker) -> _Gaps:
    """What has to rise inside an amount, on the side that has to be the larger."""
    one, other = look.reckon(test.amount), None if test.than is None else look.reckon(test.than)
    truth = number_truth(test.comparison, one) if other is None else truth_of_two(test.comparison.op, one, other)
    if truth is (Truth.TRUE if want else Truth.FALSE):
        return ()
    asked = _asked(test, want, one, other) if look.amounts else None
    found = None if asked is None else needs(*asked, look.reckon, look.today)
    if not found:
        return None
    return tuple(Gap(test, need.target, look.read(need.leaf), need.way, need.distance, need.leaf) for need in found)


def _asked(test: AmountTest, want: bool, one: Reading, other: Reading | None) -> tuple[Amount, Number] | None:
    """Which of the amounts has to rise, and to what; None where none can bring it about by rising."""
    if test.than is None or other is None:
        low = low_of(one)
        target = None if low is None else next_target(test.comparison, want, low)
        return None if target is None or not _stays(test.comparison, one) else (test.amount, target)
    match test.comparison.op, want:
        case (Op.AT_LEAST, True) | (Op.LESS_THAN, False):
            return test.amount, other.high
        case (Op.MORE_THAN, True) | (Op.AT_MOST, False):
            return test.amount, other.high + 1
        case (Op.AT_MOST, True) | (Op.MORE_THAN, False):
            return test.than, one.high
        case (Op.LESS_THAN, True) | (Op.AT_LEAST, False):
            return test.than, one.high + 1
        case (Op.EXACTLY, True) if one.exact and other.exact:
            return (test.amount, other.low) if one.low < other.low else (test.than, one.low)
        case _:
            return None


def _rank_gaps(leaf: MeasureTest, want: bool, look: _Looker) -> _Gaps:
    """The way to first place, in the number that the rank goes by; only where it may be told how far that is."""
    read, today = look.read, look.today
    place = read(leaf)
    if _truth(leaf, place) is (Truth.TRUE if want else Truth.FALSE):
        return ()
    reached = low_of(place)
    if reached is None or reached >= FIRST_PLACE or not asks_for_first(leaf, want, today):
        return None
    mine, behind = (read(replace(leaf, measure=of(leaf.measure))) for of in (ranked, behind_first))
    if not isinstance(mine, Reading) or not isinstance(behind, Reading) or not (mine.exact and behind.exact):
        return None
    if math.isinf(mine.low) or mine.low <= 0 or math.isinf(behind.low):
        return None
    passes = RANKS[leaf.measure.aggregate] is not Ties.SHARED or not behind.low
    needed = math.ceil(mine.low + behind.low) + passes
    return (Gap(leaf, needed, mine, Way.ACTIVITY, distance(needed, mine.low)),)


def _truth(leaf: Leaf, value: Reading | FactValue) -> Truth:
    return number_truth(leaf.comparison, value) if isinstance(value, Reading) else fact_truth(leaf.comparison, value)


def _stays(comparison: Comparison, value: Reading | FactValue) -> bool:
    """Whether reaching the target is enough: a lower bound may lie beyond a single number or an upper end."""
    return not isinstance(value, Reading) or value.exact or comparison.op in _RISING


_RISING = frozenset({Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN})


class _Closed:
    """The facts as they would be with every gap closed, and nothing else changed."""

    def __init__(self, gaps: Iterable[Gap], facts: FactSource) -> None:
        self._facts = facts
        self._numbers: dict[str | Measure, int] = {}
        for gap in gaps:
            self._reach(_source(gap), gap.needed)
            if isinstance(gap.leaf, MeasureTest) and gap.leaf.measure.aggregate in RANKS:
                # Who gets to first place has the number for it too.
                self._reach(ranked(gap.leaf.measure), gap.needed)

    def _reach(self, source: str | Measure, needed: int) -> None:
        self._numbers[source] = max(needed, self._numbers.get(source, needed))

    def fact(self, name: str) -> FactValue:
        now = self._facts.fact(name)
        return type(now)(self._numbers[name]) if isinstance(now, int) and name in self._numbers else now

    def measure(self, measure: Measure, rule: str) -> Reading:
        now, target = self._facts.measure(measure, rule), self._numbers.get(measure)
        if target is None:
            return now
        return exactly(1) if measure.aggregate in RANKS else Reading(target, max(target, now.high))


def comes_true(miss: Miss, facts: FactSource) -> bool:
    """Whether the rule holds when every gap closes just so far, and nothing else changes."""
    return evaluate(miss.rule.when, _Closed(miss.gaps, facts), miss.rule.id) is Truth.TRUE


def low_of(value: Reading | FactValue) -> Number | None:
    """The number that a guest surely has; None where nothing is known or it is no number."""
    if isinstance(value, Reading):
        return None if math.isinf(value.low) else value.low
    return value if isinstance(value, int) else None


def goes_first(miss: Miss) -> bool:
    """Whether first place is among what has to be reached; the number for it may stand in another test."""
    return any(isinstance(gap.leaf, MeasureTest) and gap.leaf.measure.aggregate in RANKS for gap in miss.gaps)
