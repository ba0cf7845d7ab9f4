"""Limits of a rule: how often it gives, and how much it may cost."""

from __future__ import annotations

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import BudgetLimit, Calendar, CountLimit, Limit, Per, Rolling, Unit
from rewards.rulelang.reading.fields import Fields, block_of, items_of, text_of
from rewards.rulelang.reading.scalars import choice, money, number
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.reading.windows import length
from rewards.rulelang.wording.entry import Phrase, Piece

COUNT_KEYS = ("per", "at_most", "every")
BUDGET_KEYS = ("budget", "every", "per")
EVER, STAY = "ever", "stay"
UNITS = tuple(str(unit) for unit in Unit)
MAX_AT_MOST = 1_000_000
_EXAMPLE = "{per: guest, at_most: 1, every: stay}"

Period = Calendar | Rolling | str


def read_limits(tree: Tree, what: Piece, report: Report) -> tuple[Limit, ...]:
    """`limits`: a list of counts and budgets."""
    items = items_of(tree, what, f"[{_EXAMPLE}]", report, most=limits.MAX_LIMITS)
    found = (_limit(item, report) for item in items)
    return tuple(limit for limit in found if limit is not None)


def _limit(tree: Tree, report: Report) -> Limit | None:
    block = block_of(tree, Phrase("A limit", "Een grens"), _EXAMPLE, report)
    if block is None:
        return None
    return _budget(block, report) if "budget" in block else _count(block, report)


def _count(block: Block, report: Report) -> Limit | None:
    fields = Fields(block, COUNT_KEYS, Phrase("A limit", "Een grens"), report)
    per = fields.read_needed("per", choice(tuple(str(each) for each in Per)), "")
    at_most = fields.read_needed("at_most", number(1, MAX_AT_MOST), 1)
    every: Period = fields.read("every", period, EVER)  # type: ignore[assignment]
    if not per:
        return None
    if STAY in (every, per):
        _check_per_stay(per, every, fields, report)
        return CountLimit(Per.STAY, at_most, None, block.span)
    return CountLimit(Per(per), at_most, every if isinstance(every, Calendar | Rolling) else None, block.span)


def _check_per_stay(per: str, every: Period, fields: Fields, report: Report) -> None:
    """Once a stay is a limit of its own: a stay belongs to one guest and one property."""
    if per in ("guest", STAY) and every in (STAY, EVER):
        return
    why = Phrase("a stay is one guest's, and is counted whole", "een verblijf is van één gast, en telt als geheel")
    advice = Phrase(f"Write {_EXAMPLE}.", f"Schrijf {_EXAMPLE}.")
    tree = fields.tree("every")
    shown = tree.text if isinstance(tree, Text) else EVER
    one, other = f"per: {per}", f"every: {shown}"
    report.add("parameters_contradict", fields.span, one=one, other=other, why=why, advice=advice)


def period(tree: Tree, what: Piece, report: Report) -> Period | None:
    """`stay`, `ever`, a calendar unit, or a length such as `90 days`."""
    text = text_of(tree, what, "month", report)
    if text is None:
        return None
    if text.text in (STAY, EVER):
        return text.text
    if text.text in UNITS:
        return Calendar(Unit(text.text))
    if not text.text[:1].isdigit() and not text.text.startswith("-"):
        return choice((STAY, *UNITS, EVER, "90 days"))(text, what, report)
    found = length(text, what, report)
    if found is None:
        return None
    if found[1] == "hour":
        report.add("duration_expected", text.span, what=what, value=text.text, form=LENGTH_FORM_OF_DAYS)
        return None
    return Rolling(found[0], Unit(found[1]))


LENGTH_FORM_OF_DAYS = Phrase(
    "a number and days, weeks, months or years, such as 90 days",
    "een getal en days, weeks, months of years, zoals 90 days",
)


def _budget(block: Block, report: Report) -> Limit | None:
    fields = Fields(block, BUDGET_KEYS, Phrase("A budget", "Een budget"), report)
    amount = fields.read("budget", money, None)
    every = fields.read("every", choice((*UNITS, EVER)), EVER)
    per = fields.read("per", choice(("rule", "property")), "rule")
    if amount is None:
        return None
    if amount.minor == 0:
        least, most = 1, limits.MAX_NUMBER
        report.add("number_out_of_range", fields.place("budget"), what="“budget”", value=0, least=least, most=most)
    calendar = None if every == EVER else Calendar(Unit(every))
    return BudgetLimit(amount.minor, amount.currency, calendar, Per(per), block.span)
