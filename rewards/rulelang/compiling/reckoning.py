"""Amounts in compiled rules: the definition's own reckoning, over facts and measures that are read once, by slot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rewards.rulelang.amounts import fact_reading, reckon
from rewards.rulelang.compiling.slots import Readings, Slots
from rewards.rulelang.evaluation import FactValue, Reading, Truth
from rewards.rulelang.interpreter import evaluate
from rewards.rulelang.nodes import (
    Amount,
    AmountTest,
    Condition,
    FactAmount,
    FactTest,
    Leaf,
    Measure,
    MeasureTest,
    amounts_in,
    compared_in,
    conditions_of,
    facts_in,
    measures_in,
    with_leaves,
)


@dataclass(frozen=True, slots=True)
class _ReadBySlot:
    """The facts and measures that conditions inside an amount read, in their slots."""

    reckoner: Reckoner
    facts: list[Any]
    measures: Readings

    def fact(self, name: str) -> FactValue:
        value: FactValue = self.facts[self.reckoner.named[name]]
        return value

    def measure(self, measure: Measure, rule: str) -> Reading:
        return self.measures[self.reckoner.measured[measure]]


@dataclass(frozen=True, slots=True, eq=False)
class Reckoner:
    """Reckons one amount from facts by slot and measures by slot.

    `slots` are by the identity of what is read; `named` and `measured` those of what its conditions read.
    """

    amount: Amount
    rule: str
    slots: dict[int, int]
    named: dict[str, int]
    measured: dict[Measure, int]
    facts: frozenset[int]
    measures: frozenset[int]

    def __call__(self, facts: list[Any], measures: Readings) -> Reading:
        """What the amount comes to."""

        def read(leaf: Leaf) -> Reading:
            slot = self.slots[id(leaf)]
            return fact_reading(facts[slot]) if isinstance(leaf, FactAmount) else measures[slot]

        def holds(condition: Condition) -> Truth:
            return evaluate(condition, _ReadBySlot(self, facts, measures), self.rule)

        return reckon(self.amount, read, holds)


def reckoner_of(amount: Amount, rule: str, slots: Slots) -> Reckoner:
    """The reckoner of an amount of a rule; what it reads is added to the table."""
    by_leaf: dict[int, int] = {}
    for each in amounts_in(amount):
        if isinstance(each, FactAmount):
            by_leaf[id(each)] = slots.fact(each.fact, as_number=True)
        elif isinstance(each, Leaf):
            by_leaf[id(each)] = slots.measure(each.measure, rule)
    named, measured = _of_conditions(amount, rule, slots)
    leaves = [each for each in amounts_in(amount) if isinstance(each, Leaf)]
    facts = {by_leaf[id(each)] for each in leaves if isinstance(each, FactAmount)} | set(named.values())
    measures = {by_leaf[id(each)] for each in leaves if not isinstance(each, FactAmount)} | set(measured.values())
    return Reckoner(amount, rule, by_leaf, named, measured, frozenset(facts), frozenset(measures))


def _of_conditions(amount: Amount, rule: str, slots: Slots) -> tuple[dict[str, int], dict[Measure, int]]:
    """The slots of what the conditions inside an amount read, facts as they are."""
    named: dict[str, int] = {}
    measured: dict[Measure, int] = {}
    for each in conditions_of(amount):
        names: tuple[str, ...] = (each.fact,) if isinstance(each, FactTest) else ()
        measures: tuple[Measure, ...] = (each.measure,) if isinstance(each, MeasureTest) else ()
        if isinstance(each, AmountTest):
            names = tuple(name for compared in compared_in(each) for name in facts_in(compared))
            measures = tuple(one for compared in compared_in(each) for one in measures_in(compared))
        named |= {name: slots.fact(name, as_number=False) for name in names}
        measured |= {one: slots.measure(slots.shared(one), rule) for one in measures}
    return named, measured


def sharing(amount: Amount, slots: Slots) -> Amount:
    """The amount with each measure replaced by the one object that stands for all equal ones."""

    def shared(leaf: Leaf) -> Leaf:
        if isinstance(leaf, FactAmount):
            return leaf
        one = slots.shared(leaf.measure)
        return leaf if one is leaf.measure else replace(leaf, measure=one)

    return with_leaves(amount, shared)
