"""Which values satisfy a comparison, as sets that can be met and covered; shared by the lints about tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from rewards.rulelang import facts
from rewards.rulelang.evaluation import Number
from rewards.rulelang.facts import FactType
from rewards.rulelang.interpreter import as_number
from rewards.rulelang.nodes import (
    GROUPED,
    RANKS,
    TEXT_OPS,
    Aggregate,
    Comparison,
    FactTest,
    Measure,
    MeasureTest,
    Op,
    Scalar,
)
from rewards.rulelang.reach import ceiling
from rewards.rulelang.reading.names import title
from rewards.rulelang.writing.layout import flow

Bound = Number
Test = FactTest | MeasureTest
Subject = str | Measure


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `low` to `high`, both included; a bound that is left out of a fraction's span is `open`."""

    low: Bound
    high: Bound
    low_open: bool = False
    high_open: bool = False

    def meets(self, other: Span) -> bool:
        """Whether a number is in both."""
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return low[0] < high[0] or (low[0] == high[0] and not low[1] and high[1])

    def covers(self, other: Span) -> bool:
        """Whether every number of the other is in this one."""
        below = self.low < other.low or (self.low == other.low and (not self.low_open or other.low_open))
        above = self.high > other.high or (self.high == other.high and (not self.high_open or other.high_open))
        return below and above


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a list, or all but these."""

    words: frozenset[Scalar]
    all_but: bool = False

    def meets(self, other: Words) -> bool:
        """Whether a word can be in both."""
        if self.all_but and other.all_but:
            return True
        if self.all_but:
            return bool(other.words - self.words)
        return bool(self.words - other.words) if other.all_but else bool(self.words & other.words)

    def covers(self, other: Words) -> bool:
        """Whether every word of the other is in this one."""
        if self.all_but:
            return self.words <= other.words if other.all_but else not self.words & other.words
        return not other.all_but and other.words <= self.words


Allowed = Span | Words


def covers(one: Allowed, other: Allowed) -> bool:
    """Whether every value of the other is in the first; numbers and words have none in common."""
    if isinstance(one, Span) and isinstance(other, Span):
        return one.covers(other)
    return isinstance(one, Words) and isinstance(other, Words) and one.covers(other)


def meets(one: Allowed, other: Allowed) -> bool:
    """Whether a value can be in both; numbers and words have none in common."""
    if isinstance(one, Span) and isinstance(other, Span):
        return one.meets(other)
    return isinstance(one, Words) and isinstance(other, Words) and one.meets(other)


def subject(test: Test) -> Subject:
    """What two tests must share for their comparisons to be about one value."""
    return test.fact if isinstance(test, FactTest) else test.measure


def name(test: Test) -> str:
    """How a sentence calls what is tested."""
    return test.fact if isinstance(test, FactTest) else title(test.measure)


def shown(comparison: Comparison) -> str:
    """A comparison as a sentence shows it; amounts and times in their units."""
    values = ", ".join(flow(value.isoformat() if isinstance(value, date) else value) for value in comparison.values)
    return f"{comparison.op} {values}"


def allowed(test: Test) -> Allowed:
    """The values that satisfy a test; of `every` only its ends."""
    comparison = test.comparison
    if comparison.op in TEXT_OPS:
        return Words(frozenset(comparison.values), comparison.op in (Op.IS_NOT, Op.NOT_IN))
    fractions = isinstance(test, MeasureTest) and test.measure.aggregate is Aggregate.AVERAGE
    return _span(comparison, fractions)


def _span(comparison: Comparison, fractions: bool) -> Span:
    first, *rest = (as_number(value) for value in comparison.values)
    # Whole numbers above 3 begin at 4; fractions begin right after 3.
    step = 0 if fractions else 1
    match comparison.op:
        case Op.AT_LEAST:
            return Span(first, math.inf)
        case Op.MORE_THAN:
            return Span(first + step, math.inf, low_open=fractions)
        case Op.AT_MOST:
            return Span(-math.inf, first)
        case Op.LESS_THAN:
            return Span(-math.inf, first - step, high_open=fractions)
        case Op.BETWEEN:
            return Span(first, rest[0])
        case Op.EVERY:
            return Span(rest[0] + first, rest[1] or math.inf)
        case _:
            return Span(first, first)


_COUNTED = (
    Aggregate.COUNT, Aggregate.DISTINCT, Aggregate.STREAK, Aggregate.BEHIND, Aggregate.BEHIND_AMOUNT, Aggregate.CROWD,
    Aggregate.COMPANIONS,
    *GROUPED,
)  # fmt: skip


def possible(test: Test) -> Allowed | None:
    """Every value that the subject can have once it is known, None where that is not bounded."""
    if isinstance(test, MeasureTest):
        aggregate = test.measure.aggregate
        if aggregate in RANKS:
            return Span(1, math.inf)
        most = math.inf if test.measure.last is None else ceiling(test.measure, test.measure.last)
        return Span(0, most) if aggregate in _COUNTED else None
    fact = facts.find(test.fact)
    if fact is None or fact.type is FactType.DATE:
        return None
    if fact.type is FactType.TEXT:
        return Words(frozenset(fact.choices)) if fact.choices else None
    if fact.type is FactType.YES_NO:
        return None
    return Span(*_RANGES.get(fact.name, (0, 1_439 if fact.type is FactType.TIME else math.inf)))


_RANGES: dict[str, tuple[Bound, Bound]] = {"day.month": (1, 12), "moment.severity": (1, 5)}
