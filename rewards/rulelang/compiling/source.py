"""One rule as Python source: a test whether it can hold, and a test whether it surely does.

A rule is possible when it is not definitely false, and sure when it is definitely true; possible but not sure is
unknown. Both are plain comparisons. The text is built from operators, slot numbers and small integers only; every
other constant stands in a namespace under a number, so that nothing a document says can become code.

Locals of the generated function: `s` the cells, `d` the hotel day's ordinal, `w` its weekday, `t` the minute of the
day, `f12` the fact of slot 12, `m7` the Reading of slot 7 or None while it has not been read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never

from rewards.rulelang.compiling.slots import Slots
from rewards.rulelang.interpreter import TEXT_OPS, as_number
from rewards.rulelang.nodes import (
    All,
    AnyOf,
    Comparison,
    Condition,
    FactTest,
    MeasureTest,
    Not,
    Op,
    Rule,
    Schedule,
)

_LITERAL_LIMIT = 2**63
"""Integers below it stand in the text; larger ones are constants, for their decimal text may have any length."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleCode:
    """A rule with the two tests it became.

    `number` is unique within a build and its successors and names the rule's constants. `entry` is what a hit leaves
    behind: ((−priority, id), rule), which sorts in priority order. `facts` and `measures` are the slots it reads.
    """

    number: int
    rule: Rule
    entry: tuple[tuple[int, str], Rule]
    possible: str
    sure: str
    facts: frozenset[int]
    measures: frozenset[int]
    constants: dict[str, Any]


def rule_code(rule: Rule, number: int, slots: Slots) -> RuleCode:
    """The code of one rule; its slots are added to the table."""
    writer = _Writer(rule.id, number, slots)
    possible = " and ".join([*_schedule(rule.schedule, writer), writer.test(rule.when, sure=False)])
    sure = writer.test(rule.when, sure=True)
    return RuleCode(
        number=number,
        rule=rule,
        entry=((-rule.priority, rule.id), rule),
        possible=possible,
        sure=sure,
        facts=frozenset(writer.facts),
        measures=frozenset(writer.measures),
        constants=writer.constants,
    )


@dataclass(slots=True)
class _Writer:
    """Writes the tests of one rule and collects what they read."""

    rule: str
    number: int
    slots: Slots
    facts: set[int] = field(default_factory=set)
    measures: set[int] = field(default_factory=set)
    constants: dict[str, Any] = field(default_factory=dict)

    def test(self, condition: Condition, *, sure: bool) -> str:
        """The expression that tells whether a condition surely holds, or whether it can; parenthesised as needed."""
        match condition:
            case All(parts=parts):
                return self._joined(parts, " and ", "True", sure=sure)
            case AnyOf(parts=parts):
                return self._joined(parts, " or ", "False", sure=sure)
            case Not(part=part):
                # What surely holds cannot fail to hold: each test of `not` is the other test, turned round.
                return f"(not {self.test(part, sure=not sure)})"
            case FactTest(fact=name, comparison=comparison):
                return self._fact(name, comparison, sure=sure)
            case MeasureTest():
                return self._measure(condition, sure=sure)
        assert_never(condition)

    def _joined(self, parts: tuple[Condition, ...], word: str, empty: str, *, sure: bool) -> str:
        if not parts:
            return empty
        # Facts are at hand and measures are counted out of a history: the cheaper test decides first.
        ordered = sorted(parts, key=_measures_in)
        return "(" + word.join(self.test(part, sure=sure) for part in ordered) + ")"

    def _fact(self, name: str, comparison: Comparison, *, sure: bool) -> str:
        text = comparison.op in TEXT_OPS
        slot = self.slots.fact(name, as_number=not text)
        self.facts.add(slot)
        if text:
            return self._text(f"f{slot}", comparison, sure=sure)
        return _fill(_FACT[comparison.op][sure], self._numbers(comparison), f"f{slot}", f"f{slot}")

    def _text(self, local: str, comparison: Comparison, *, sure: bool) -> str:
        positive = comparison.op in (Op.IS, Op.IN)
        # None, the unknown text, is among those that can be one of the values and not among those that surely are.
        known_only = sure == positive
        values = frozenset(comparison.values) if known_only else frozenset({*comparison.values, None})
        return f"{local} {'in' if positive else 'not in'} {self._constant(values)}"

    def _measure(self, test: MeasureTest, *, sure: bool) -> str:
        slot = self.slots.measure(test.measure, self.rule)
        self.measures.add(slot)
        local = f"m{slot}"
        # A Reading is always truthy, so this reads the slot on first use only, whichever branch comes first.
        first = f"({local} or ({local} := s[{slot}]))"
        return _fill(_MEASURE[test.comparison.op][sure], self._numbers(test.comparison), first, local)

    def _numbers(self, comparison: Comparison) -> tuple[str, ...]:
        numbers = [as_number(value) for value in comparison.values]
        if comparison.op is Op.EVERY and not numbers[2]:
            # An open end is written as the largest number there is, so that one form of test serves both.
            return (self.number_text(numbers[0]), self.number_text(numbers[1]), self._constant(float("inf")))
        return tuple(self.number_text(number) for number in numbers)

    def number_text(self, number: int) -> str:
        """An integer as it may stand in the text."""
        if type(number) is int and abs(number) < _LITERAL_LIMIT:
            return str(number) if number >= 0 else f"({number})"
        return self._constant(int(number))

    def _constant(self, value: Any) -> str:
        name = f"c{self.number}_{len(self.constants)}"
        self.constants[name] = value
        return name


def _measures_in(condition: Condition) -> int:
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            return sum(_measures_in(part) for part in parts)
        case Not(part=part):
            return _measures_in(part)
        case MeasureTest():
            return 1
        case FactTest():
            return 0
    assert_never(condition)


def _schedule(schedule: Schedule, writer: _Writer) -> list[str]:
    tests = []
    if schedule.first is not None:
        tests.append(f"d >= {schedule.first.toordinal()}")
    if schedule.last is not None:
        tests.append(f"d <= {schedule.last.toordinal()}")
    if schedule.weekdays:
        tests.append(f"w in ({', '.join(writer.number_text(day) for day in schedule.weekdays)},)")
    if schedule.hours is not None:
        first, end = schedule.hours
        word = "and" if first < end else "or"
        tests.append(f"(t >= {writer.number_text(first)} {word} t < {writer.number_text(end)})")
    return tests


# --- the comparisons ------------------------------------------------------------------------------------------------

_Tests = tuple[str, str]
"""(can hold, surely holds), indexed by `sure`; a, b, c are the values, X the first and Y any later use of the local."""

_MEASURE: dict[Op, _Tests] = {
    Op.AT_LEAST: ("X.high >= {a}", "X.low >= {a}"),
    Op.MORE_THAN: ("X.high > {a}", "X.low > {a}"),
    Op.AT_MOST: ("X.low <= {a}", "X.high <= {a}"),
    Op.LESS_THAN: ("X.low < {a}", "X.high < {a}"),
    Op.EXACTLY: ("X.low <= {a} <= Y.high", "X.low == {a} == Y.high"),
    Op.BETWEEN: ("(X.high >= {a} and Y.low <= {b})", "({a} <= X.low and Y.high <= {b})"),
    Op.EVERY: (
        "(X.high > {b} and Y.low <= {c} and (Y.low != Y.high or (Y.low - {b}) % {a} == 0))",
        "({b} < X.low == Y.high <= {c} and (Y.low - {b}) % {a} == 0)",
    ),
}

_FACT: dict[Op, _Tests] = {
    Op.AT_LEAST: ("not X < {a}", "X >= {a}"),
    Op.MORE_THAN: ("not X <= {a}", "X > {a}"),
    Op.AT_MOST: ("not X > {a}", "X <= {a}"),
    Op.LESS_THAN: ("not X >= {a}", "X < {a}"),
    Op.EXACTLY: ("not (X < {a} or X > {a})", "X == {a}"),
    Op.BETWEEN: ("not (X < {a} or X > {b})", "{a} <= X <= {b}"),
    Op.EVERY: (
        "not (X <= {b} or X > {c} or (X - {b}) % {a} > 0)",
        "({b} < X <= {c} and (X - {b}) % {a} == 0)",
    ),
}


def _fill(template: str, values: tuple[str, ...], first: str, later: str) -> str:
    filled = template.replace("X", first).replace("Y", later)
    for letter, value in zip("abc", values, strict=False):
        filled = filled.replace("{" + letter + "}", value)
    return filled
