"""`approval`: who says yes first, and how long there is for it."""

from __future__ import annotations

from collections.abc import Iterable

from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import Approval, Give, Outcome
from rewards.rulelang.reading.fields import Fields, block_of
from rewards.rulelang.reading.scalars import code
from rewards.rulelang.reading.tree import Text, Tree
from rewards.rulelang.reading.windows import days
from rewards.rulelang.wording.entry import Phrase, Piece

APPROVAL_KEYS = ("by", "within")
USUAL_DAYS = Approval("").days
_NO_ROLE = ""


def read_approval(tree: Tree, what: Piece, report: Report) -> Approval | None:
    """A role alone, or a mapping of the role and how long there is for it."""
    if isinstance(tree, Text) and not tree.empty:
        role = code(tree, what, report)
        return None if role is None else Approval(role)
    block = block_of(tree, what, "{by: manager, within: 14 days}", report)
    if block is None:
        return None
    fields = Fields(block, APPROVAL_KEYS, what, report)
    return Approval(fields.read_needed("by", code, _NO_ROLE), fields.read("within", days, USUAL_DAYS))


def refuse_waits(fields: Fields, outcomes: Iterable[Outcome], report: Report) -> None:
    """Notes an approval of something that is tried again: when it is had at last, nobody asks for it."""
    if "approval" in fields and any(isinstance(each, Give) and each.wait is not None for each in outcomes):
        why = Phrase("when it is had at last, nobody asks for it", "als het er eindelijk is, vraagt niemand erom")
        advice = Phrase("Leave one of them out.", "Laat een van beide weg.")
        place = fields.place("approval")
        report.add("parameters_contradict", place, one="approval", other="wait", why=why, advice=advice)


def refuse_extensions(fields: Fields, report: Report) -> None:
    """Notes an approval of more time: what would end meanwhile cannot be extended any more."""
    if "approval" in fields and "extend" in fields:
        why = Phrase("what ends while it waits is not extended", "wat intussen afloopt wordt niet verlengd")
        advice = Phrase("Leave one of them out.", "Laat een van beide weg.")
        place = fields.place("approval")
        report.add("parameters_contradict", place, one="approval", other="extend", why=why, advice=advice)
