"""What a rule takes: perks with how much of them, and what becomes of it where there is not enough."""

from __future__ import annotations

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import Counting, Short, Take
from rewards.rulelang.reading.fields import Fields, block_of, list_or_one
from rewards.rulelang.reading.outcomes import NO_PERK, read_how_much
from rewards.rulelang.reading.scalars import choice, code
from rewards.rulelang.reading.tree import Text, Tree
from rewards.rulelang.wording.entry import Phrase

TAKE_KEYS = ("perk", "quantity", "amount", "points", "short")
SHORTS = tuple(str(each) for each in Short)
_EXAMPLE = "{perk: night-award, quantity: 1}"


def read_takes(tree: Tree, report: Report, countings: dict[str, Counting]) -> tuple[Take, ...]:
    """`take`: a list of perks, or one alone; parts with errors are left out."""
    items = list_or_one(tree, "“take”", report, most=limits.MAX_GIVE)
    return tuple(take for take in (_take(item, report, countings) for item in items) if take is not None)


def _take(tree: Tree, report: Report, countings: dict[str, Counting]) -> Take | None:
    """One perk: its code alone, or a mapping with how much."""
    if isinstance(tree, Text) and not tree.empty:
        perk = code(tree, "“take”", report)
        return None if perk is None else Take(perk, span=tree.span)
    block = block_of(tree, "“take”", _EXAMPLE, report)
    if block is None:
        return None
    fields = Fields(block, TAKE_KEYS, Phrase("A perk that is taken", "Een voordeel dat genomen wordt"), report)
    perk = fields.read_needed("perk", code, NO_PERK)
    params, amounts = read_how_much(fields, report, countings)
    short = Short(fields.read("short", choice(SHORTS), str(Short.REFUSE)))
    return Take(perk, params, amounts, short, block.span)
