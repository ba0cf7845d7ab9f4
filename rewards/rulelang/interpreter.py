"""What a condition means, written so that it can be read: the definition that every other evaluator is held to.

It reads the whole tree, skips nothing and keeps what it read, so it also explains. It is slow on purpose; decisions
run on the compiler, and the conformance rows and random trees hold both equal.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import assert_never

from rewards.rulelang.amounts import fact_reading, reckon
from rewards.rulelang.evaluation import FactSource, FactValue, Number, Reading, Trace, Truth
from rewards.rulelang.nodes import (
    TEXT_OPS,
    All,
    Amount,
    AmountTest,
    AnyOf,
    Comparison,
    Condition,
    FactAmount,
    FactTest,
    Leaf,
    MeasureTest,
    Not,
    Op,
    Scalar,
)


def evaluate(condition: Condition, facts: FactSource, rule: str) -> Truth:
    """Whether a condition holds.

    In:     the condition, where its facts are read, and the id of the rule it stands in.
    Out:    TRUE, FALSE or UNKNOWN. `all`, `any` and `not` are Kleene's; an empty `all` is true, an empty `any` false.
    Errors: ValueError or TypeError for a comparison that the checker refuses (a text compared as a number).
    Source: S. C. Kleene, "Introduction to Metamathematics" (1952), section 64, strong three-valued connectives.
    """
    return trace(condition, facts, rule).truth


def trace(condition: Condition, facts: FactSource, rule: str) -> Trace:
    """How a condition came out: the same truth as `evaluate`, with every part and every value that was read."""
    match condition:
        case All(parts=parts):
            traces = tuple(trace(part, facts, rule) for part in parts)
            return Trace(condition, _least(traces), None, traces)
        case AnyOf(parts=parts):
            traces = tuple(trace(part, facts, rule) for part in parts)
            return Trace(condition, _greatest(traces), None, traces)
        case Not(part=part):
            inner = trace(part, facts, rule)
            return Trace(condition, _opposite(inner.truth), None, (inner,))
        case FactTest(fact=name, comparison=comparison):
            value = facts.fact(name)
            return Trace(condition, fact_truth(comparison, value), value)
        case MeasureTest(measure=measure, comparison=comparison):
            reading = facts.measure(measure, rule)
            return Trace(condition, number_truth(comparison, reading), reading)
        case AmountTest(amount=amount, comparison=comparison):
            reading = reckon_from(amount, facts, rule)
            if condition.than is None:
                return Trace(condition, number_truth(comparison, reading), reading)
            other = reckon_from(condition.than, facts, rule)
            return Trace(condition, truth_of_two(comparison.op, reading, other), reading, against=other)
    assert_never(condition)


def reckon_from(amount: Amount, facts: FactSource, rule: str) -> Reading:
    """The interval in which an amount lies, from a source of facts for the rule of this id; see `reckon`."""

    def read(leaf: Leaf) -> Reading:
        return (
            fact_reading(facts.fact(leaf.fact)) if isinstance(leaf, FactAmount) else facts.measure(leaf.measure, rule)
        )

    return reckon(amount, read, lambda condition: evaluate(condition, facts, rule))


def _least(parts: Sequence[Trace]) -> Truth:
    return Truth(min((part.truth.value for part in parts), default=Truth.TRUE.value))


def _greatest(parts: Sequence[Trace]) -> Truth:
    return Truth(max((part.truth.value for part in parts), default=Truth.FALSE.value))


def _opposite(truth: Truth) -> Truth:
    return Truth(Truth.TRUE.value - truth.value)


# --- facts ----------------------------------------------------------------------------------------------------------


def fact_truth(comparison: Comparison, value: FactValue) -> Truth:
    """How a fact's value compares; None is unknown under every operator, `is_not` and `not_in` included."""
    if value is None:
        return Truth.UNKNOWN
    if comparison.op in TEXT_OPS:
        return _truth(_text_holds(comparison, value))
    number = as_number(value)
    return number_truth(comparison, Reading(number, number))


def _text_holds(comparison: Comparison, value: Scalar) -> bool:
    if comparison.op in (Op.IS, Op.IN):
        return value in comparison.values
    return value not in comparison.values


def as_number(value: Scalar) -> int:
    """A value as the integer it compares by: a hotel day by its ordinal, every other number as it is."""
    if isinstance(value, int):
        return value
    if isinstance(value, date):
        return value.toordinal()
    message = f"{value!r} is a text; a number or date comparison needs a number or a date"
    raise TypeError(message)


def _truth(holds: bool) -> Truth:
    return Truth.TRUE if holds else Truth.FALSE


# --- numbers --------------------------------------------------------------------------------------------------------


def number_truth(comparison: Comparison, reading: Reading) -> Truth:
    """How a number known to lie in [low, high] compares.

    TRUE when every number of the interval satisfies the comparison, FALSE when none does, else UNKNOWN. `between`
    includes both ends, which stand in order. `every` is decided on an exact number; on an interval it is FALSE when
    the whole of it lies where no n-th can be, else UNKNOWN.
    """
    compare = _COMPARISONS.get(comparison.op)
    if compare is None:
        message = f"{comparison.op} compares texts and yes/no; a number takes at_least, more_than, at_most, exactly …"
        raise ValueError(message)
    always, never = compare(reading.low, reading.high, tuple(map(as_number, comparison.values)))
    if always:
        return Truth.TRUE
    return Truth.FALSE if never else Truth.UNKNOWN


_Verdict = tuple[bool, bool]
"""Whether every number of the interval satisfies the comparison, and whether none does."""


def _at_least(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    return low >= values[0], high < values[0]


def _more_than(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    return low > values[0], high <= values[0]


def _at_most(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    return high <= values[0], low > values[0]


def _less_than(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    return high < values[0], low >= values[0]


def _exactly(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    return low == values[0] == high, high < values[0] or low > values[0]


def _between(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    first, last = values
    return first <= low and high <= last, high < first or low > last


def _every(low: Number, high: Number, values: tuple[int, ...]) -> _Verdict:
    n, after, up_to = values
    if high <= after or (up_to and low > up_to):
        return False, True
    if low != high:
        return False, False
    # Infinity is no n-th of anything, nor is a number with a fraction.
    hit = not math.isinf(low) and (low - after) % n == 0
    return hit, not hit


_COMPARISONS: dict[Op, Callable[[Number, Number, tuple[int, ...]], _Verdict]] = {
    Op.AT_LEAST: _at_least,
    Op.MORE_THAN: _more_than,
    Op.AT_MOST: _at_most,
    Op.LESS_THAN: _less_than,
    Op.EXACTLY: _exactly,
    Op.BETWEEN: _between,
    Op.EVERY: _every,
}


def truth_of_two(op: Op, one: Reading, other: Reading) -> Truth:
    """How two numbers, each known to lie in an interval, compare.

    TRUE when every number of the one compares so with every number of the other, FALSE when none does with any, else
    UNKNOWN. ValueError for an operator that takes more than one value, or texts.
    """
    match op:
        case Op.AT_LEAST:
            always, never = one.low >= other.high, one.high < other.low
        case Op.MORE_THAN:
            always, never = one.low > other.high, one.high <= other.low
        case Op.AT_MOST:
            always, never = one.high <= other.low, one.low > other.high
        case Op.LESS_THAN:
            always, never = one.high < other.low, one.low >= other.high
        case Op.EXACTLY:
            always = one.low == one.high == other.low == other.high
            never = one.high < other.low or one.low > other.high
        case _:
            raise ValueError(f"{op} does not compare two numbers")
    if always:
        return Truth.TRUE
    return Truth.FALSE if never else Truth.UNKNOWN
