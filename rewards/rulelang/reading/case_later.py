"""What a worked case says of stock, and of what becomes of what waits: `stock` and `then`."""

from __future__ import annotations

from datetime import datetime

from rewards.rulelang import limits
from rewards.rulelang.cases import CaseLater
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.reading.fields import Fields, Reader, block_of, items_of
from rewards.rulelang.reading.scalars import CODE, choice, code, number, several
from rewards.rulelang.reading.tree import Items, Tree
from rewards.rulelang.wording.entry import Piece
from rewards.rulelang.wording.phrases import NAME_FORM

LATER_KEYS = ("at", "stock", "expect", "perks", "back")
LATER = ("granted", "waiting", "not_granted")
"""What may be expected of what waits by then: it was given; it still waits; it is over without it."""

_EXAMPLE = "{at: 2026-11-27T04:00, stock: {suite-upgrade: 1}, expect: granted}"
_UNREAD = datetime(2000, 1, 1, 12)  # noqa: DTZ001 — wall clock of the house


def read_stock(tree: Tree, what: Piece, report: Report) -> tuple[tuple[str, int], ...] | None:
    """How many there are, by perk; of a perk that is not named there are enough."""
    block = block_of(tree, what, "{suite-upgrade: 0}", report)
    if block is None:
        return None
    found = []
    for entry in block.entries:
        if not CODE.fullmatch(entry.key.text):
            report.add("name_invalid", entry.key.span, value=entry.key.text, what=what, form=NAME_FORM)
            continue
        count = number(0, limits.MAX_NUMBER)(entry.value, f"“{entry.key.text}”", report)
        found.append((entry.key.text, count or 0))
    return tuple(sorted(found))


def later_reader(instant: Reader[datetime]) -> Reader[tuple[CaseLater, ...]]:
    """A reader of `then`, by the reader of its instants."""

    def read(tree: Tree, what: Piece, report: Report) -> tuple[CaseLater, ...]:
        items = items_of(tree, what, f"[{_EXAMPLE}]", report, most=limits.MAX_CASE_LATER)
        found = [_later(item, what, report, instant) for item in items]
        return tuple(each for each in found if each is not None)

    return read


def _later(tree: Tree, what: Piece, report: Report, instant: Reader[datetime]) -> CaseLater | None:
    block = block_of(tree, what, _EXAMPLE, report)
    if block is None:
        return None
    fields = Fields(block, LATER_KEYS, what, report)
    return CaseLater(
        fields.read_needed("at", instant, _UNREAD),
        fields.read_needed("expect", choice(LATER), ""),
        fields.read("stock", read_stock, ()),
        fields.read("perks", _codes, None),
        fields.read("back", _codes, None),
    )


def _codes(tree: Tree, what: Piece, report: Report) -> tuple[str, ...] | None:
    """Perk codes; an empty list says that there are none."""
    if isinstance(tree, Items) and not tree.items:
        return ()
    return several(code)(tree, what, report)
