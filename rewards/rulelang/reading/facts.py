"""Facts by their names."""

from __future__ import annotations

from rewards.rulelang import facts
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.reading.fields import text_of
from rewards.rulelang.reading.tree import Tree
from rewards.rulelang.wording.entry import Piece
from rewards.rulelang.wording.phrases import suggestion


def fact_named(tree: Tree, what: Piece, report: Report) -> facts.Fact | None:
    """The fact of the catalogue that is named; an influence score is told apart."""
    text = text_of(tree, what, "stay.nights", report)
    if text is None:
        return None
    if facts.is_influence(text.text):
        report.add("influence_refused", text.span, name=text.text)
        return None
    fact = facts.find(text.text)
    if fact is None:
        report.add("fact_unknown", text.span, name=text.text, suggestion=suggestion(text.text, facts.CATALOGUE))
    return fact
