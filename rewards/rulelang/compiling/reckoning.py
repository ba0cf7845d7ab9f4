"""Amounts in compiled rules: the definition's own reckoning, over facts and measures that are read once, by slot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rewards.rulelang.amounts import fact_reading, reckon
from rewards.rulelang.compiling.slots import Readings, Slots
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.nodes import Amount, FactAmount, Leaf, amounts_in, with_leaves


@dataclass(frozen=True, slots=True, eq=False)
class Reckoner:
    """Reckons one amount from facts by slot and measures by slot; `slots` are by the identity of what is read."""

    amount: Amount
    slots: dict[int, int]
    facts: frozenset[int]
    measures: frozenset[int]

    def __call__(self, facts: list[Any], measures: Readings) -> Reading:
        """What the amount comes to."""

        def read(leaf: Leaf) -> Reading:
            slot = self.slots[id(leaf)]
            return fact_reading(facts[slot]) if isinstance(leaf, FactAmount) else measures[slot]

        return reckon(self.amount, read)


def reckoner_of(amount: Amount, rule: str, slots: Slots) -> Reckoner:
    """The reckoner of an amount of a rule; what it reads is added to the table."""
    by_leaf: dict[int, int] = {}
    facts: set[int] = set()
    measures: set[int] = set()
    for each in amounts_in(amount):
        if isinstance(each, FactAmount):
            by_leaf[id(each)] = slot = slots.fact(each.fact, as_number=True)
            facts.add(slot)
        elif isinstance(each, Leaf):
            by_leaf[id(each)] = slot = slots.measure(each.measure, rule)
            measures.add(slot)
    return Reckoner(amount, by_leaf, frozenset(facts), frozenset(measures))


def sharing(amount: Amount, slots: Slots) -> Amount:
    """The amount with each measure replaced by the one object that stands for all equal ones."""

    def shared(leaf: Leaf) -> Leaf:
        if isinstance(leaf, FactAmount):
            return leaf
        one = slots.shared(leaf.measure)
        return leaf if one is leaf.measure else replace(leaf, measure=one)

    return with_leaves(amount, shared)
