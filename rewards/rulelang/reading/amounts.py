"""Amounts: a fixed number or money, a fact, a measure, or an operation on amounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import (
    Amount,
    Band,
    Bands,
    Counting,
    FactAmount,
    Fixed,
    If,
    Largest,
    Less,
    Marginal,
    MeasureAmount,
    Percent,
    Rate,
    Share,
    Slice,
    Smallest,
    Span,
    Sum,
    Times,
)
from rewards.rulelang.reading.facts import fact_named
from rewards.rulelang.reading.fields import Fields, block_of, items_of, text_of
from rewards.rulelang.reading.measures import measure_alone
from rewards.rulelang.reading.names import AMOUNT_KEYS, listed
from rewards.rulelang.reading.scalars import any_number, money, number
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.units import NUMBER, joined
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import AN_AMOUNT

UNREAD = Fixed(0)
"""Stands where an amount had errors; the rule it is in is never used."""

OPERAND_KEYS = ("of", "per", "whole", "from", "give", "above", "then", "else")
"""The keys that stand beside an operation or in its list."""

_MONEY = re.compile(r"[A-Za-z]{3} .*")
_MANY: dict[str, type[Sum | Less | Smallest | Largest]] = {
    "sum": Sum,
    "less": Less,
    "smallest": Smallest,
    "largest": Largest,
}
_EXAMPLE = "{rate: 10, per: EUR 1, of: {fact: stay.amount}}"


def read_amount(tree: Tree, what: Piece, report: Report, countings: dict[str, Counting]) -> tuple[Amount, int] | None:
    """The amount of a tree with the number of its parts, None where it has errors; all of them are noted."""
    before = report.errors
    reader = _Amounts(report, countings)
    amount = reader.read(tree, what, 1)
    if reader.size > limits.MAX_AMOUNT_NODES:
        report.add("amount_too_large", tree.span, size=reader.size, most=limits.MAX_AMOUNT_NODES)
    return (amount, reader.size) if report.errors == before else None


def fixed(tree: Tree, what: Piece, report: Report) -> Fixed | None:
    """A whole number or money from 0 to the largest amount."""
    text = text_of(tree, what, "500", report)
    if text is None:
        return None
    if _MONEY.fullmatch(text.text):
        amount = money(text, what, report)
        found = None if amount is None else Fixed(amount.minor, amount.currency, text.span)
    else:
        value = any_number(text, what, report)
        found = None if value is None else Fixed(value, None, text.span)
    if found is not None and not 0 <= found.value <= limits.MAX_AMOUNT:
        _out_of_range(found.value, 0, text.span, what, report)
        return None
    return found


def _out_of_range(value: int, least: int, span: Span, what: Piece, report: Report) -> None:
    report.add("number_out_of_range", span, what=what, value=value, least=least, most=limits.MAX_AMOUNT)


def _more_than_nothing(tree: Tree, what: Piece, report: Report) -> Fixed | None:
    found = fixed(tree, what, report)
    if found is not None and found.value == 0:
        _out_of_range(0, 1, found.span, what, report)
        return None
    return found


class _Amounts:
    """Reads one amount and counts its parts."""

    def __init__(self, report: Report, countings: dict[str, Counting]) -> None:
        self.size = 0
        self._report = report
        self._countings = countings
        self._readers: dict[str, Callable[[Block, int], Amount]] = {
            "fact": self._fact,
            "measure": self._measure,
            "rate": self._rate,
            "times": self._times,
            "percent": self._percent,
            **dict.fromkeys(_MANY, self._many),
            "bands": self._bands,
            "marginal": self._marginal,
            "share": self._share,
            "if": self._if,
        }

    def read(self, tree: Tree, what: Piece, depth: int) -> Amount:
        """The amount at this depth, 1 being the outermost."""
        self.size += 1
        if depth > limits.MAX_AMOUNT_DEPTH:
            self._report.add("amount_too_deep", tree.span, most=limits.MAX_AMOUNT_DEPTH)
            return UNREAD
        if isinstance(tree, Text):
            return fixed(tree, what, self._report) or UNREAD
        block = block_of(tree, what, _EXAMPLE, self._report)
        return UNREAD if block is None else self._block(block, depth)

    def _block(self, block: Block, depth: int) -> Amount:
        # A measure has a key “largest” of its own.
        kinds = ["measure"] if "measure" in block else [key for key in AMOUNT_KEYS if key in block]
        if len(kinds) == 1:
            return self._readers[kinds[0]](block, depth)
        none = Phrase("none of them", "geen daarvan")
        self._report.add("amount_kind", block.span, found=listed(kinds) if kinds else none)
        return UNREAD

    def _fields(self, block: Block, *known: str) -> Fields:
        return Fields(block, known, AN_AMOUNT, self._report)

    def _inner(self, fields: Fields, key: str, depth: int) -> Amount:
        tree = fields.need(key)
        return UNREAD if tree is None else self.read(tree, f"“{key}”", depth + 1)

    # --- what is read -------------------------------------------------------------------------------------------

    def _fact(self, block: Block, _depth: int) -> Amount:
        fact = self._fields(block, "fact").read("fact", fact_named, None)
        return UNREAD if fact is None else FactAmount(fact.name, block.span)

    def _measure(self, block: Block, _depth: int) -> Amount:
        measure = measure_alone(block, self._report, self._countings)
        return UNREAD if measure is None else MeasureAmount(measure, block.span)

    # --- of one amount ------------------------------------------------------------------------------------------

    def _rate(self, block: Block, depth: int) -> Amount:
        fields = self._fields(block, "rate", "per", "of")
        one = Fixed(1)
        rate = fields.read("rate", _more_than_nothing, one)
        per = fields.read_needed("per", _more_than_nothing, one)
        of = self._inner(fields, "of", depth)
        return Rate(rate.value, per.value, of, rate.currency, per.currency, block.span)

    def _times(self, block: Block, depth: int) -> Amount:
        fields = self._fields(block, "times", "of")
        times = fields.read("times", number(1, limits.MAX_TIMES), 1)
        return Times(times, self._inner(fields, "of", depth), block.span)

    def _percent(self, block: Block, depth: int) -> Amount:
        fields = self._fields(block, "percent", "of")
        percent = fields.read("percent", number(0, limits.MAX_PERCENT), 0)
        return Percent(percent, self._inner(fields, "of", depth), block.span)

    # --- of several ---------------------------------------------------------------------------------------------

    def _many(self, block: Block, depth: int) -> Amount:
        key = next(each for each in _MANY if each in block)
        items = self._items(self._fields(block, key), key, "[{fact: stay.nights}, 5]", 2)
        return _MANY[key](tuple(self.read(item, f"“{key}”", depth + 1) for item in items), block.span)

    def _items(self, fields: Fields, key: str, example: str, least: int) -> tuple[Tree, ...]:
        tree = fields.tree(key)
        if tree is None:
            return ()
        what = f"“{key}”"
        items = items_of(tree, what, example, self._report, most=limits.MAX_AMOUNT_PARTS)
        if 0 < len(items) < least:
            self._report.add("list_too_short", tree.span, what=what, size=len(items), least=least)
        return items

    def _share(self, block: Block, depth: int) -> Amount:
        fields = self._fields(block, "share", "of", "whole")
        share, of, whole = (self._inner(fields, key, depth) for key in ("share", "of", "whole"))
        return Share(share, of, whole, block.span)

    def _if(self, block: Block, depth: int) -> Amount:
        # Conditions hold amounts, and amounts conditions: the one has to be read inside the other.
        from rewards.rulelang.reading.conditions import read_condition

        fields = self._fields(block, "if", "then", "else")
        tree, otherwise = fields.need("if"), fields.tree("else")
        then = self._inner(fields, "then", depth)
        other = None if otherwise is None else self.read(otherwise, "“else”", depth + 1)
        if tree is None:
            return UNREAD
        return If(read_condition(tree, self._report, self._countings), then, other, block.span)

    # --- bands --------------------------------------------------------------------------------------------------

    def _bands(self, block: Block, depth: int) -> Amount:
        fields = self._fields(block, "bands", "of")
        read = [
            (start, Band(start.value, self._inner(each, "give", depth + 1)))
            for each, start in self._steps(fields, "bands", "from", "give", "{from: 7, give: 5}")
        ]
        currency = self._in_order([start for start, _ in read])
        return Bands(tuple(band for _, band in read), self._inner(fields, "of", depth), currency, block.span)

    def _marginal(self, block: Block, depth: int) -> Amount:
        fields = self._fields(block, "marginal", "of")
        read = [
            (start, Slice(start.value, each.read_needed("percent", number(0, limits.MAX_PERCENT), 0)))
            for each, start in self._steps(fields, "marginal", "above", "percent", "{above: 6, percent: 50}")
        ]
        currency = self._in_order([start for start, _ in read])
        return Marginal(tuple(each for _, each in read), self._inner(fields, "of", depth), currency, block.span)

    def _steps(self, fields: Fields, key: str, start: str, value: str, example: str) -> Iterator[tuple[Fields, Fixed]]:
        """The mappings of a list with what each begins at."""
        for item in self._items(fields, key, f"[{example}]", 1):
            block = block_of(item, f"“{key}”", example, self._report)
            if block is not None:
                each = Fields(block, (start, value), f"“{key}”", self._report)
                yield each, each.read_needed(start, fixed, UNREAD)

    def _in_order(self, starts: list[Fixed]) -> str | None:
        """The currency of the starts, which must rise and be of one."""
        read = [start for start in starts if start is not UNREAD]
        for before, after in pairwise(read):
            if before.currency != after.currency:
                joined([each.currency or NUMBER for each in (before, after)], after.span, self._report.add)
            elif after.value <= before.value:
                self._report.add("bands_not_rising", after.span)
        return read[0].currency if read else None
