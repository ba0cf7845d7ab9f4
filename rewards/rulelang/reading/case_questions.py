"""What a worked case asks about: the stay, check-in, purchase or request at hand."""

from __future__ import annotations

from rewards.domain.activity import Evidence
from rewards.domain.stay import StayInHand
from rewards.money import Money
from rewards.rulelang import limits
from rewards.rulelang.cases import CaseExtended, CaseInHand
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.reading.fields import Fields, block_of, items_of
from rewards.rulelang.reading.scalars import a_date, any_text, code, evidence, money, number, several, yes_no
from rewards.rulelang.reading.tree import Items, Tree
from rewards.rulelang.wording.entry import Piece

STAY_KEYS = (
    "reservation", "arrival", "departure", "room_class", "channel", "rate_code", "rooms", "adults", "children",
    "amount", "purpose", "free_classes", "own_name", "own_room", "own_email",
)  # fmt: skip
REQUEST_KEYS = ("topic", "severity", "points", "amount", "role")
_Asked = tuple[str | None, int | None, int | None, Money | None, str | None]
_NOTHING_ASKED: _Asked = (None, None, None, None, None)


def a_stay(tree: Tree, what: Piece, report: Report) -> StayInHand | None:
    """The stay that is being decided."""
    block = block_of(tree, what, "{arrival: 2026-11-22, departure: 2026-11-24}", report)
    if block is None:
        return None
    fields = Fields(block, STAY_KEYS, what, report)
    amount = fields.read("amount", money, None)
    people = number(0, 100)
    return StayInHand(
        fields.read("reservation", any_text, None),
        fields.read("arrival", a_date, None),
        fields.read("departure", a_date, None),
        fields.read("room_class", any_text, None),
        fields.read("channel", any_text, None),
        fields.read("rate_code", any_text, None),
        fields.read("rooms", number(1, 100), None),
        fields.read("adults", people, None),
        fields.read("children", people, None),
        None if amount is None else amount.minor,
        None if amount is None else amount.currency,
        fields.read("purpose", any_text, None),
        fields.read("free_classes", several(any_text), None),
        fields.read("own_name", yes_no, None),
        fields.read("own_room", yes_no, None),
        fields.read("own_email", yes_no, None),
    )


def in_hand(fields: Fields) -> CaseInHand:
    """The check-in, purchase and request that a case states."""
    checkin = fields.read("checkin", _check_in, (None, None))
    spend = fields.read("spend", _spend, (None, None))
    topic, severity, points, asked, role = fields.read("request", _request, _NOTHING_ASKED)
    return CaseInHand(*checkin, *spend, topic, severity, points, asked, role)


EXTENDED_KEYS = ("perk", "until")
_EXTENDED = "{perk: gold, until: 2027-12-31}"


def extended(tree: Tree, what: Piece, report: Report) -> tuple[CaseExtended, ...] | None:
    """What must be extended; an empty list says that nothing is."""
    if isinstance(tree, Items) and not tree.items:
        return ()
    items = items_of(tree, what, f"[{_EXTENDED}]", report, most=limits.MAX_LIST_ITEMS)
    return tuple(each for each in (_one_extended(item, what, report) for item in items) if each is not None)


def _one_extended(tree: Tree, what: Piece, report: Report) -> CaseExtended | None:
    block = block_of(tree, what, _EXTENDED, report)
    if block is None:
        return None
    fields = Fields(block, EXTENDED_KEYS, what, report)
    perk, until = fields.read_needed("perk", code, None), fields.read_needed("until", a_date, None)
    return None if perk is None or until is None else CaseExtended(perk, until)


def _check_in(tree: Tree, what: Piece, report: Report) -> tuple[Evidence | None, str | None] | None:
    block = block_of(tree, what, "{evidence: witnessed}", report)
    if block is None:
        return None
    fields = Fields(block, ("evidence", "category"), what, report)
    return fields.read("evidence", evidence, None), fields.read("category", any_text, None)


def _spend(tree: Tree, what: Piece, report: Report) -> tuple[Money | None, str | None] | None:
    block = block_of(tree, what, "{amount: EUR 80, outlet: restaurant}", report)
    if block is None:
        return None
    fields = Fields(block, ("amount", "outlet"), what, report)
    return fields.read("amount", money, None), fields.read("outlet", any_text, None)


def _request(tree: Tree, what: Piece, report: Report) -> _Asked | None:
    block = block_of(tree, what, "{topic: complaint, severity: 3}", report)
    if block is None:
        return None
    fields = Fields(block, REQUEST_KEYS, what, report)
    return (
        fields.read("topic", any_text, None),
        fields.read("severity", number(1, 5), None),
        fields.read("points", number(1, limits.MAX_NUMBER), None),
        fields.read("amount", money, None),
        fields.read("role", code, None),
    )
