"""What a rule gives: perks with parameters, what to give instead, and choices."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import Amount, Choose, Counting, Give, Outcome
from rewards.rulelang.reading.amounts import UNREAD, read_amount
from rewards.rulelang.reading.fields import Fields, Reader, block_of, items_of, list_or_one, text_of
from rewards.rulelang.reading.scalars import TIME, a_date, any_text, code, money, number, yes_no
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.reading.validity import read_validity
from rewards.rulelang.reading.waits import read_wait
from rewards.rulelang.reading.windows import days
from rewards.rulelang.units import of_parameter
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import suggestion

T = TypeVar("T")
Value = int | str | bool

PARAMETER_KEYS = ("levels", "until", "guaranteed", "quantity", "amount", "points", "level", "note")
GIVE_KEYS = ("perk", *PARAMETER_KEYS, "valid", "wait", "or_else")
CHOOSE_KEYS = ("choose", "of", "within", "by", "default")
AMOUNT_PARAMETERS = ("points", "amount", "quantity")
"""The parameters that may be reckoned."""

CHECKOUT = "checkout"
MAX_QUANTITY = 1_000
DEFAULT_CHOICE_DAYS = 30
NO_PERK = ""
_EXAMPLE = "{perk: welcome-drink, quantity: 1}"


def read_outcomes(tree: Tree, report: Report, countings: dict[str, Counting]) -> tuple[Outcome, ...]:
    """`give`: a list of perks and choices, or one alone; parts with errors are left out."""
    items = list_or_one(tree, "“give”", report, most=limits.MAX_GIVE)
    return tuple(outcome for outcome in (_outcome(item, report, countings) for item in items) if outcome is not None)


def _outcome(tree: Tree, report: Report, countings: dict[str, Counting]) -> Outcome | None:
    if isinstance(tree, Block) and "choose" in tree:
        return _choose(tree, report, countings)
    return read_give(tree, "“give”", report, countings)


def read_give(
    tree: Tree, what: Piece, report: Report, countings: dict[str, Counting], chain: int = 1, inside: str = ""
) -> Give | None:
    """One perk: its code alone, or a mapping with its parameters. `inside` is the key that leaves no room to wait."""
    if isinstance(tree, Text) and not tree.empty:
        perk = code(tree, what, report)
        return None if perk is None else Give(perk, span=tree.span)
    block = block_of(tree, what, _EXAMPLE, report)
    if block is None:
        return None
    if chain > limits.MAX_OR_ELSE:
        report.add("or_else_too_long", tree.span, most=limits.MAX_OR_ELSE)
        return None
    fields = Fields(block, GIVE_KEYS, Phrase("A perk that is given", "Een voordeel dat gegeven wordt"), report)
    perk = fields.read_needed("perk", code, NO_PERK)
    instead = fields.tree("or_else")
    return Give(
        perk,
        _parameters(fields),
        read_validity(fields, report),
        read_give(instead, "“or_else”", report, countings, chain + 1, "or_else") if instead is not None else None,
        block.span,
        _reckoned(fields, report, countings),
        read_wait(fields, report, inside),
    )


def _parameters(fields: Fields) -> tuple[tuple[str, Value], ...]:
    """The parameters in units, sorted by name; money is two of them, `amount` in minor units and `currency`."""
    values: dict[str, Value | None] = {
        "levels": fields.read("levels", number(1, 20), None),
        "until": fields.read("until", until, None),
        "guaranteed": fields.read("guaranteed", yes_no, None),
        "level": fields.read("level", number(1, 10), None),
        "note": fields.read("note", any_text, None),
        **_how_much(fields),
    }
    return tuple(sorted((name, value) for name, value in values.items() if value is not None))


def _how_much(fields: Fields) -> dict[str, Value | None]:
    amount = _fixed(fields, "amount", money)
    return {
        "quantity": _fixed(fields, "quantity", number(1, MAX_QUANTITY)),
        "points": _fixed(fields, "points", number(1, limits.MAX_NUMBER)),
        **({} if amount is None else {"amount": amount.minor, "currency": amount.currency}),
    }


def read_how_much(
    fields: Fields, report: Report, countings: dict[str, Counting]
) -> tuple[tuple[tuple[str, Value], ...], tuple[tuple[str, Amount], ...]]:
    """Quantity, points or amount: those that are fixed, and those that are reckoned; each sorted by name."""
    fixed = tuple(sorted((name, value) for name, value in _how_much(fields).items() if value is not None))
    return fixed, _reckoned(fields, report, countings)


def _fixed(fields: Fields, key: str, reader: Reader[T]) -> T | None:
    """The value of a key unless an operation stands there."""
    return None if isinstance(fields.tree(key), Block) else fields.read(key, reader, None)


def _reckoned(fields: Fields, report: Report, countings: dict[str, Counting]) -> tuple[tuple[str, Amount], ...]:
    """The parameters that are reckoned when the perk is given, sorted by name."""
    found: list[tuple[str, Amount]] = []
    for key in sorted(AMOUNT_PARAMETERS):
        tree = fields.tree(key)
        if isinstance(tree, Block):
            read = read_amount(tree, f"“{key}”", report, countings)
            # One with mistakes is noted; the perk is not said to lack it besides.
            found.append((key, UNREAD if read is None else of_parameter(key, read[0], report.add)))
    return tuple(found)


def until(tree: Tree, what: Piece, report: Report) -> str | None:
    """`checkout`, or a time HH:MM."""
    text = text_of(tree, what, CHECKOUT, report)
    if text is None:
        return None
    if text.text == CHECKOUT or TIME.fullmatch(text.text):
        return text.text
    form = Phrase('checkout, or a time such as "16:00"', 'checkout, of een tijd zoals "16:00"')
    report.add("name_invalid", text.span, value=text.text, what=what, form=form)
    return None


# --- choices --------------------------------------------------------------------------------------------------------


def _choose(block: Block, report: Report, countings: dict[str, Counting]) -> Choose | None:
    fields = Fields(block, CHOOSE_KEYS, Phrase("A choice", "Een keuze"), report)
    count = fields.read("choose", number(1, limits.MAX_GIVE), 1)
    tree = fields.need("of")
    items = items_of(tree, "“of”", f"[{_EXAMPLE}, …]", report, most=limits.MAX_GIVE) if tree is not None else ()
    options = tuple(read_give(item, "“of”", report, countings, inside="choose") for item in items)
    if items and count >= len(items):
        report.add("choice_too_many", fields.place("choose"), count=count, size=len(items))
    default = _default(fields, count, options, report)
    within, by = _time_to_choose(fields, report)
    kept = tuple(option for option in options if option is not None)
    return Choose(kept, count, within, default, block.span, by)


def _time_to_choose(fields: Fields, report: Report) -> tuple[int, date | None]:
    """The days from when it is offered, or the one last day for all."""
    within, by = fields.read("within", days, DEFAULT_CHOICE_DAYS), fields.read("by", a_date, None)
    if fields.tree("within") is not None and fields.tree("by") is not None:
        why = Phrase("a choice has one last day", "een keuze heeft één laatste dag")
        advice = Phrase("Keep one of the two.", "Houd een van beide.")
        report.add("parameters_contradict", fields.place("by"), one="within", other="by", why=why, advice=advice)
    return within, by


def _default(fields: Fields, count: int, options: tuple[Give | None, ...], report: Report) -> int | None:
    tree = fields.tree("default")
    text = text_of(tree, "“default”", "late-checkout", report) if tree is not None else None
    if text is None:
        return None
    if count > 1:
        why = Phrase("one default cannot stand for several choices", "één standaard kan niet voor meer keuzes staan")
        advice = Phrase("Leave “default” out.", "Laat “default” weg.")
        one, other = "default", f"choose: {count}"
        report.add("parameters_contradict", text.span, one=one, other=other, why=why, advice=advice)
        return None
    return _option_of(text, options, report)


def _option_of(text: Text, options: tuple[Give | None, ...], report: Report) -> int | None:
    if text.text.isascii() and text.text.isdigit():
        place = number(1, max(1, len(options)))(text, "“default”", report)
        return None if place is None else place - 1
    perks = [option.perk if option is not None else "" for option in options]
    if perks.count(text.text) > 1:
        report.add("default_ambiguous", text.span, value=text.text)
    if text.text not in perks:
        report.add("default_unknown", text.span, value=text.text, suggestion=suggestion(text.text, perks))
        return None
    return perks.index(text.text)
