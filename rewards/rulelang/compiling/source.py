"""One rule as Python source: tests whether it can hold, and tests whether it surely does.

A rule is possible when it is not definitely false, and sure when it is definitely true; possible but not sure is
unknown. Both are plain comparisons. The text is built from operators, slot numbers and small integers only; every
other constant stands in a namespace under its slot, so that nothing a document says can become code.

Names in the text: `d` the hotel day's ordinal, `w` its ISO weekday, `t` the minute of the day, `f12` the fact of slot
12 (None or, for a number, NaN where it is unknown), `c5` the constant of slot 5, `s` the readings by slot, `m7` the
reading of slot 7 or None while it has not been read, `rc9` what the reckoner in constant 9 came to or None, `f` the
facts by slot.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from rewards.rulelang.compiling.reckoning import reckoner_of, sharing
from rewards.rulelang.compiling.slots import Slots
from rewards.rulelang.interpreter import as_number
from rewards.rulelang.nodes import (
    TEXT_OPS,
    All,
    Amount,
    AmountTest,
    AnyOf,
    Choose,
    Comparison,
    Condition,
    FactTest,
    Give,
    MeasureTest,
    Not,
    Op,
    Outcome,
    Rule,
    Schedule,
    Take,
    compared_in,
    measures_read,
)
from rewards.rulelang.reach import rising

_LITERAL_LIMIT = 2**63
"""Integers below it stand in the text; larger ones are constants, for their decimal text may have any length."""


Slot = tuple[bool, int]
"""Whether it is a measure's, and its number among measures or facts."""


TextTest = tuple[str, bool, frozenset[Any]]
"""(fact, whether it must be one of the values or none of them, the values)."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleCode:
    """A rule with the tests it became.

    `rule` equals `source`, which it was made from, and holds the very Measure objects that all rules share. `number`
    is unique within a build and its successors; a hit leaves it behind. `conjuncts` must all hold, the cheapest first.
    Of `possible` all must hold; the rule is then sure when all of `sure` hold too. `facts`, `measures` and `constants`
    are the slots in the texts, `leaves` the slots by the identity of the test that reads them, `amounts` the names in
    the texts under which amounts are kept once they are reckoned. `texts` are the conjuncts that compare a text, for a
    quick look at whether the rule is for this guest at all; `rungs` the numbers to reach: (slot, least number, test).
    """

    number: int
    rule: Rule
    source: Rule
    conjuncts: tuple[Condition, ...]
    possible: tuple[str, ...]
    sure: tuple[str, ...]
    facts: frozenset[int]
    measures: frozenset[int]
    constants: frozenset[int]
    leaves: dict[int, Slot]
    amounts: frozenset[str]
    texts: tuple[TextTest, ...]
    rungs: tuple[tuple[Slot, int, Comparison], ...]

    def slot_of(self, leaf: FactTest | MeasureTest) -> Slot:
        """The slot that a test of this very rule reads."""
        return self.leaves[id(leaf)]

    @property
    def reads_twice(self) -> bool:
        """Whether two tests may read the same slot; an amount may read any."""
        return bool(self.amounts) or len(self.leaves) > len(set(self.leaves.values()))


def rule_code(rule: Rule, number: int, slots: Slots) -> RuleCode:
    """The code of one rule; what it reads is added to the table."""
    source, rule = rule, _sharing(rule, slots)
    writer = _Writer(rule.id, slots)
    conjuncts = conjuncts_of(rule.when)
    possible = [writer.test(each, sure=False) for each in conjuncts]
    sure = [writer.known(each) for each in conjuncts]
    return RuleCode(
        number=number,
        rule=rule,
        source=source,
        conjuncts=conjuncts,
        possible=tuple(dict.fromkeys([*_schedule(rule.schedule, writer), *possible])),
        sure=tuple(dict.fromkeys(sure)),
        facts=frozenset(writer.facts),
        measures=frozenset(writer.measures),
        constants=frozenset(writer.constants),
        leaves=writer.leaves,
        amounts=frozenset(f"r{constant}" for constant in writer.amounts.values()),
        texts=tuple(_text_tests(conjuncts)),
        rungs=tuple([(writer.leaves[id(leaf)], target, leaf.comparison) for leaf, target in _wanted(rule)]),
    )


def _wanted(rule: Rule) -> Iterable[tuple[FactTest | MeasureTest, int]]:
    """What a guest may want to reach; nobody is told how near they are to a rule that only takes."""
    return rising(rule.when) if rule.give else ()


def _sharing(rule: Rule, slots: Slots) -> Rule:
    """The rule with each measure replaced by the one object that stands for all equal ones."""
    when, give = _with_shared(rule.when, slots), tuple([_giving(each, slots) for each in rule.give])
    take = tuple([_one_taking(each, slots) for each in rule.take])
    parts = zip((when, *give, *take), (rule.when, *rule.give, *rule.take), strict=True)
    same = all(new is old for new, old in parts)
    return rule if same else replace(rule, when=when, give=give, take=take)


def _one_taking(take: Take, slots: Slots) -> Take:
    if not take.amounts:
        return take
    return replace(take, amounts=tuple([(name, sharing(amount, slots)) for name, amount in take.amounts]))


def _giving(outcome: Outcome, slots: Slots) -> Outcome:
    if isinstance(outcome, Choose):
        options = tuple([_one_giving(option, slots) for option in outcome.options])
        same = all(new is old for new, old in zip(options, outcome.options, strict=True))
        return outcome if same else replace(outcome, options=options)
    return _one_giving(outcome, slots)


def _one_giving(give: Give, slots: Slots) -> Give:
    instead = None if give.or_else is None else _one_giving(give.or_else, slots)
    if not give.amounts and instead is give.or_else:
        return give
    amounts = tuple([(name, sharing(amount, slots)) for name, amount in give.amounts])
    return replace(give, amounts=amounts, or_else=instead)


def _with_shared(condition: Condition, slots: Slots) -> Condition:
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            shared = tuple([_with_shared(part, slots) for part in parts])
            same = all(new is old for new, old in zip(shared, parts, strict=True))
            return condition if same else replace(condition, parts=shared)
        case Not(part=part):
            inner = _with_shared(part, slots)
            return condition if inner is part else replace(condition, part=inner)
        case MeasureTest(measure=measure):
            one = slots.shared(measure)
            return condition if one is measure else replace(condition, measure=one)
        case AmountTest(amount=amount, than=than):
            other = None if than is None else sharing(than, slots)
            return replace(condition, amount=sharing(amount, slots), than=other)
        case FactTest():
            return condition
    assert_never(condition)


def conjuncts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions that must all hold for one to hold, the cheapest first."""
    return tuple(sorted(_conjuncts(condition), key=_cost))


def _conjuncts(condition: Condition) -> Iterable[Condition]:
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _conjuncts(part)
    else:
        yield condition


def _text_tests(conjuncts: Iterable[Condition]) -> Iterable[TextTest]:
    for each in conjuncts:
        if isinstance(each, FactTest) and each.comparison.op in TEXT_OPS and isinstance(each.comparison.values[0], str):
            yield each.fact, each.comparison.op in (Op.IS, Op.IN), frozenset(each.comparison.values)


_MEASURE_COST = 1_000_000
"""More than the facts of any condition together: whether a rule comes to a measure is then a matter of its facts alone
and not of the rules beside it, and a decision reads the same measures when it is made again."""


def _cost(condition: Condition) -> int:
    """What comes first: facts are at hand and measures are counted out of a history; a text tells most apart."""
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            return 2 + sum(map(_cost, parts))
        case Not(part=part):
            return _cost(part)
        case MeasureTest():
            return _MEASURE_COST
        case AmountTest():
            return 1 + _MEASURE_COST * sum(len(measures_read(amount)) for amount in compared_in(condition))
        case FactTest(comparison=comparison):
            return 0 if comparison.op in TEXT_OPS else 1
    assert_never(condition)


@dataclass(slots=True)
class _Writer:
    """Writes the tests of one rule and collects the slots that they name."""

    rule: str
    slots: Slots
    facts: set[int] = field(default_factory=set)
    measures: set[int] = field(default_factory=set)
    constants: set[int] = field(default_factory=set)
    leaves: dict[int, Slot] = field(default_factory=dict)
    amounts: dict[int, str] = field(default_factory=dict)

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
            case FactTest():
                return self._fact(condition, sure=sure)
            case MeasureTest():
                return self._measure(condition, sure=sure)
            case AmountTest():
                return self._amount(condition, sure=sure)
        assert_never(condition)

    def known(self, condition: Condition) -> str:
        """The expression that tells whether a condition surely holds, where it is already known that it can."""
        if isinstance(condition, FactTest):
            text = condition.comparison.op in TEXT_OPS
            local = self._fact_local(condition, text=text)
            return f"{local} is not None" if text else f"{local} == {local}"
        return self.test(condition, sure=True)

    def _joined(self, parts: tuple[Condition, ...], word: str, empty: str, *, sure: bool) -> str:
        if not parts:
            return empty
        return "(" + word.join(self.test(part, sure=sure) for part in sorted(parts, key=_cost)) + ")"

    def _fact(self, test: FactTest, *, sure: bool) -> str:
        comparison = test.comparison
        text = comparison.op in TEXT_OPS
        local = self._fact_local(test, text=text)
        if text:
            return self._text(local, comparison, sure=sure)
        return _fill(_FACT[comparison.op][sure], self._numbers(comparison), local, local)

    def _fact_local(self, test: FactTest, *, text: bool) -> str:
        slot = self.slots.fact(test.fact, as_number=not text)
        self.facts.add(slot)
        self.leaves[id(test)] = (False, slot)
        return f"f{slot}"

    def _text(self, local: str, comparison: Comparison, *, sure: bool) -> str:
        positive = comparison.op in (Op.IS, Op.IN)
        values = frozenset(comparison.values)
        if len(values) == 1:
            constant = self._constant(*values)
            if positive:
                return f"{local} == {constant}" if sure else f"({local} == {constant} or {local} is None)"
            return f"({local} != {constant} and {local} is not None)" if sure else f"{local} != {constant}"
        # None, the unknown text, is among those that can be one of the values and not among those that surely are.
        known_only = sure == positive
        among = self._constant(values if known_only else values | {None})
        return f"{local} {'in' if positive else 'not in'} {among}"

    def _measure(self, test: MeasureTest, *, sure: bool) -> str:
        slot = self.slots.measure(test.measure, self.rule)
        self.measures.add(slot)
        self.leaves[id(test)] = (True, slot)
        local = f"m{slot}"
        # A Reading is always truthy, so this reads the slot on first use only, whichever branch comes first.
        first = f"({local} or ({local} := s[{slot}]))"
        return _fill(_MEASURE[test.comparison.op][sure], self._numbers(test.comparison), first, local)

    def _amount(self, test: AmountTest, *, sure: bool) -> str:
        first, later = self._reckoned(test.amount)
        if test.than is None:
            return _fill(_MEASURE[test.comparison.op][sure], self._numbers(test.comparison), first, later)
        return _fill(_OF_TWO[test.comparison.op][sure], self._reckoned(test.than), first, later)

    def _reckoned(self, amount: Amount) -> tuple[str, str]:
        """What an amount comes to: the expression at its first use, and at any later one."""
        local = self.amounts.get(id(amount))
        if local is None:
            reckoner = reckoner_of(amount, self.rule, self.slots)
            self.facts |= reckoner.facts
            self.measures |= reckoner.measures
            local = self.amounts[id(amount)] = self._constant(reckoner)
        name = f"r{local}"
        return f"({name} or ({name} := {local}(f, s)))", name

    def _numbers(self, comparison: Comparison) -> list[str]:
        numbers = [self.number(as_number(value)) for value in comparison.values]
        if comparison.op is Op.EVERY and not comparison.values[2]:
            # An open end is the largest number there is, so that one form of test serves both.
            numbers[2] = self._constant(math.inf)
        return numbers

    def number(self, value: int) -> str:
        """An integer as it may stand in the text."""
        if abs(value) >= _LITERAL_LIMIT:
            return self._constant(value)
        return f"{value:d}" if value >= 0 else f"({value:d})"

    def _constant(self, value: Any) -> str:
        slot = self.slots.constant(value)
        self.constants.add(slot)
        return f"c{slot}"


def _schedule(schedule: Schedule, writer: _Writer) -> list[str]:
    tests = []
    if schedule.first is not None:
        tests.append(f"d >= {schedule.first.toordinal()}")
    if schedule.last is not None:
        tests.append(f"d <= {schedule.last.toordinal()}")
    if schedule.weekdays:
        tests.append(f"w in ({', '.join(writer.number(day) for day in schedule.weekdays)},)")
    if schedule.hours is not None:
        first, end = schedule.hours
        word = "and" if first < end else "or"
        tests.append(f"(t >= {writer.number(first)} {word} t < {writer.number(end)})")
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

_OF_TWO: dict[Op, _Tests] = {
    Op.AT_LEAST: ("X.high >= {a}.low", "X.low >= {a}.high"),
    Op.MORE_THAN: ("X.high > {a}.low", "X.low > {a}.high"),
    Op.AT_MOST: ("X.low <= {a}.high", "X.high <= {a}.low"),
    Op.LESS_THAN: ("X.low < {a}.high", "X.high < {a}.low"),
    Op.EXACTLY: ("(X.low <= {a}.high and Y.high >= {b}.low)", "X.low == Y.high == {a}.low == {b}.high"),
}
"""The same of two amounts; a is the first and b any later use of the other one."""

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


def _fill(template: str, values: Iterable[str], first: str, later: str) -> str:
    filled = template.replace("X", first).replace("Y", later)
    for letter, value in zip("abc", values, strict=False):
        filled = filled.replace("{" + letter + "}", value)
    return filled
