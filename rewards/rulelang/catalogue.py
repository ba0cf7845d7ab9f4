"""The perk catalogue as a document: `perks.yaml`, a mapping from code to perk."""

from __future__ import annotations

from rewards.domain.perk import Perk, PerkKind, StockPolicy, UnitCost
from rewards.domain.validity import HUNDRED_YEARS, THIRTY_DAYS
from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Diagnostic, Report, in_order
from rewards.rulelang.document import compose
from rewards.rulelang.nodes import Span
from rewards.rulelang.reading.fields import Fields, block_of
from rewards.rulelang.reading.rules import LANGUAGES, texts
from rewards.rulelang.reading.scalars import CODE, choice, money
from rewards.rulelang.reading.tree import Block, Entry, Tree
from rewards.rulelang.reading.validity import read_lapses, read_validity
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import A_PERK, NAME_FORM

PERK_KEYS = ("kind", "title", "cost", "cost_by_brand", "cost_by_property", "payer", "stock", "valid", "lapses")
COST_KEYS = ("cost", "cost_by_brand", "cost_by_property")
PAYERS = ("property", "programme")
KINDS = tuple(str(kind) for kind in PerkKind)
STOCKS = tuple(str(policy) for policy in StockPolicy)
_EXAMPLE = "welcome-drink: {kind: item, title: {en: Welcome drink, nl: Welkomstdrankje}}"


def load_perks(text: str, filename: str = "") -> tuple[dict[str, Perk], tuple[Diagnostic, ...]]:
    """The perks of a text by code, and every problem; an empty text has none of either."""
    report = Report(filename)
    perks: dict[str, Perk] = {}
    for tree in compose(text, report):
        for entry in _entries(tree, report):
            _take(entry, perks, report)
    return perks, in_order(report.diagnostics)


def _entries(tree: Tree, report: Report) -> tuple[Entry, ...]:
    what = Phrase("A perk catalogue", "Een catalogus van voordelen")
    block = block_of(tree, what, _EXAMPLE, report)
    if block is None:
        return ()
    if len(block.entries) > limits.MAX_PERKS:
        span = block.entries[limits.MAX_PERKS].key.span
        report.add("list_too_long", span, what=what, size=len(block.entries), most=limits.MAX_PERKS)
    return block.entries[: limits.MAX_PERKS]


def _take(entry: Entry, perks: dict[str, Perk], report: Report) -> None:
    code = entry.key.text
    if not CODE.fullmatch(code):
        what = Phrase("the code of a perk", "code van een voordeel")
        report.add("name_invalid", entry.key.span, value=code, what=what, form=NAME_FORM)
    if code in perks:
        report.add("key_repeated", entry.key.span, key=code, line=1)
    block = block_of(entry.value, f"“{code}”", _EXAMPLE, report)
    perk = read_perk(code, block, entry.key.span, report) if block is not None else None
    if perk is not None and not report.faulty(_whole(entry)):
        perks[code] = perk


def _whole(entry: Entry) -> Span:
    key, value = entry.key.span, entry.value.span
    return Span(key.line, key.column, value.end_line, value.end_column)


def read_perk(code: str, block: Block, span: Span, report: Report) -> Perk | None:
    """One entry of the catalogue, None where its kind is wrong; all problems are noted."""
    fields = Fields(block, PERK_KEYS, A_PERK, report)
    kind = fields.read_needed("kind", choice(KINDS), "")
    titles = fields.read_needed("title", texts, {})
    perk = Perk(
        code,
        PerkKind(kind or PerkKind.CUSTOM),
        titles,
        fields.read("cost", unit_cost, None),
        fields.read("cost_by_brand", costs, {}),
        fields.read("cost_by_property", costs, {}),
        fields.read("payer", choice(PAYERS), "property"),
        StockPolicy(fields.read("stock", choice(STOCKS), "unlimited")),
        read_validity(fields, report) or (HUNDRED_YEARS if kind == PerkKind.POINTS else THIRTY_DAYS),
        read_lapses(fields, report),
    )
    _refuse_cost(perk, fields, report)
    for language in LANGUAGES:
        if titles and language not in titles:
            report.add("translation_missing", span, key=code, language=language)
    return perk if kind else None


def _refuse_cost(perk: Perk, fields: Fields, report: Report) -> None:
    if perk.kind is PerkKind.CREDIT:
        for key in fields.present(COST_KEYS):
            report.add("cost_not_for_credit", fields.place(key), key=key, perk=perk.code)
    if "lapses" in fields and perk.kind is not PerkKind.POINTS:
        report.add("lapses_not_for_kind", fields.place("lapses"), perk=perk.code, kind=perk.kind)


def unit_cost(tree: Tree, what: Piece, report: Report) -> UnitCost | None:
    """What one costs the house, such as EUR 35."""
    amount = money(tree, what, report)
    return None if amount is None else UnitCost(amount.minor, amount.currency)


def costs(tree: Tree, what: Piece, report: Report) -> dict[str, UnitCost] | None:
    """Unit costs by the brand or the property that the key names."""
    block = block_of(tree, what, "{harbour: EUR 35}", report)
    if block is None:
        return None
    read = ((entry.key.text, unit_cost(entry.value, f"“{entry.key.text}”", report)) for entry in block.entries)
    return {name: cost for name, cost in read if cost is not None}
