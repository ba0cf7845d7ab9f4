"""Conditions: `all`, `any`, `not`, the test of a fact, the test of a measure, and `always`."""

from __future__ import annotations

from collections.abc import Callable

from rewards.rulelang import facts, limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import All, Amount, AnyOf, Condition, Counting, FactTest, Not
from rewards.rulelang.reading.amounts import read_amount
from rewards.rulelang.reading.compared import compared, compared_with
from rewards.rulelang.reading.comparisons import Subject, comparison
from rewards.rulelang.reading.facts import fact_named
from rewards.rulelang.reading.fields import Fields, items_of
from rewards.rulelang.reading.measures import measure_test
from rewards.rulelang.reading.names import (
    ALWAYS,
    AMOUNT_OPERATOR_KEYS,
    AMOUNT_TEST_KEYS,
    CONDITION_KEYS,
    FACT_KEYS,
    OPS_OF_TWO,
    listed,
)
from rewards.rulelang.reading.tree import Block, Text, Tree, found
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import A_CONDITION

UNREAD = All(())
"""Stands where a condition had errors; the rule it is in is never used."""


def read_condition(tree: Tree, report: Report, countings: dict[str, Counting]) -> Condition:
    """The condition of a tree; `UNREAD` for parts with errors, which are all noted."""
    reader = _Conditions(report, countings)
    condition = reader.read(tree, 1)
    if reader.size > limits.MAX_CONDITION_NODES:
        most = limits.MAX_CONDITION_NODES
        report.add("condition_too_large", tree.span, size=reader.size, most=most)
    return condition


class _Conditions:
    """Reads one condition and counts its parts."""

    def __init__(self, report: Report, countings: dict[str, Counting]) -> None:
        self.size = 0
        self._report = report
        self._countings = countings
        self._readers: dict[str, Callable[[Block, int], Condition]] = {
            "all": self._all,
            "any": self._any,
            "not": self._not,
            "fact": self._fact,
            "measure": self._measure,
            "amount": self._amount,
        }

    def read(self, tree: Tree, depth: int) -> Condition:
        """The condition at this depth, 1 being the outermost."""
        self.size += 1
        if depth > limits.MAX_CONDITION_DEPTH:
            self._report.add("condition_too_deep", tree.span, most=limits.MAX_CONDITION_DEPTH)
            return UNREAD
        if isinstance(tree, Block):
            return self._block(tree, depth)
        if isinstance(tree, Text) and tree.text == ALWAYS:
            return All((), tree.span)
        self._report.add("condition_expected", tree.span, found=_found(tree))
        return UNREAD

    def _block(self, block: Block, depth: int) -> Condition:
        kinds = [key for key in CONDITION_KEYS if key in block]
        if len(kinds) == 1:
            return self._readers[kinds[0]](block, depth)
        self._refuse_kinds(block, kinds)
        return UNREAD

    def _refuse_kinds(self, block: Block, kinds: list[str]) -> None:
        scores = [entry.key for entry in block.entries if facts.is_influence(entry.key.text)]
        for key in scores:
            self._report.add("influence_refused", key.span, name=key.text)
        if not scores:
            none = Phrase("none of them", "geen daarvan")
            self._report.add("condition_kind", block.span, found=listed(kinds) if kinds else none)

    def _parts(self, block: Block, key: str, depth: int) -> tuple[Condition, ...]:
        fields = Fields(block, (key,), A_CONDITION, self._report)
        tree = fields.tree(key)
        if tree is None:
            return ()
        items = items_of(tree, f"“{key}”", "[{fact: …}, {measure: …}]", self._report, most=limits.MAX_CONDITION_NODES)
        return tuple(self.read(item, depth + 1) for item in items)

    def _all(self, block: Block, depth: int) -> Condition:
        return All(self._parts(block, "all", depth), block.span)

    def _any(self, block: Block, depth: int) -> Condition:
        return AnyOf(self._parts(block, "any", depth), block.span)

    def _not(self, block: Block, depth: int) -> Condition:
        tree = Fields(block, ("not",), A_CONDITION, self._report).tree("not")
        return Not(self.read(tree, depth + 1), block.span) if tree is not None else UNREAD

    def _measure(self, block: Block, _depth: int) -> Condition:
        return measure_test(block, self._report, self._countings) or UNREAD

    def _fact(self, block: Block, _depth: int) -> Condition:
        return fact_test(block, self._report) or UNREAD

    def _amount(self, block: Block, _depth: int) -> Condition:
        before = self._report.errors
        fields = Fields(
            block, AMOUNT_TEST_KEYS, Phrase("The test of an amount", "De toets van een bedrag"), self._report
        )
        tree = fields.tree("amount")
        read = read_amount(tree, "“amount”", self._report, self._countings) if tree is not None else None
        if read is None:
            return UNREAD
        amount, size = read
        self.size += size
        if self._report.errors != before:
            return UNREAD
        other = self._other_amount(fields)
        if other is None:
            return compared(amount, fields, self._report) or UNREAD
        return compared_with(amount, *other, fields, self._report) or UNREAD

    def _other_amount(self, fields: Fields) -> tuple[str, Amount | None] | None:
        """The operator beside which an amount is reckoned, with that amount (None for one with errors)."""
        keys = fields.present(OPS_OF_TWO)
        tree = fields.tree(keys[0]) if len(fields.present(AMOUNT_OPERATOR_KEYS)) == len(keys) == 1 else None
        if not isinstance(tree, Block):
            return None
        read = read_amount(tree, f"“{keys[0]}”", self._report, self._countings)
        if read is None:
            return keys[0], None
        self.size += read[1]
        return keys[0], read[0]


def _found(tree: Tree) -> Piece:
    if isinstance(tree, Text) and not tree.empty:
        return f"“{tree.text}”"
    return found(tree)


def fact_test(block: Block, report: Report) -> FactTest | None:
    """The test of a mapping with the key `fact`, None where it has errors; all of them are noted."""
    before = report.errors
    fields = Fields(block, FACT_KEYS, Phrase("The test of a fact", "De toets van een feit"), report)
    fact = fields.read("fact", fact_named, None)
    if fact is None:
        return None
    compared = comparison(fields, Subject(fact.name, fact.type, fact.choices), report)
    if compared is None or report.errors != before:
        return None
    return FactTest(fact.name, compared.comparison, block.span, compared.currency)
