"""`valid`: how long what is given can be used."""

from __future__ import annotations

from rewards.domain.validity import EARNING, SPENDING, EndOf, Idleness, Lasting, Term, Until, Validity
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.facts import is_influence
from rewards.rulelang.nodes import GIVEN, Dates, Series
from rewards.rulelang.reading.fields import Fields, block_of, text_of
from rewards.rulelang.reading.measures import CUSTOM_NAME
from rewards.rulelang.reading.names import CUSTOM_PREFIX
from rewards.rulelang.reading.scalars import a_date, choice, several
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.reading.windows import dates, length, year_start
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import suggestion

LAPSES_KEYS = ("after", "without", "paused")
VALID_KEYS = ("end_of", "plus", "until")
ENDS = (str(Term.MONTH), str(Term.QUARTER), str(Term.YEAR))
_LAPSES_EXAMPLE = "{after: 24 months, without: [stays, spend]}"
_DONE = tuple(str(series) for series in Series if series not in (*GIVEN, Series.CUSTOM))
KEPT_BY = (*_DONE, EARNING, SPENDING)
"""What can keep points from lapsing: what the guest does, and being given points or spending them."""

TERM_FORM = Phrase(
    "a number of days, weeks, months or years, such as 30 days",
    "een aantal days, weeks, months of years, zoals 30 days",
)


def read_validity(fields: Fields, report: Report) -> Validity | None:
    """The value of `valid`, None where it is absent or wrong."""
    tree = fields.tree("valid")
    return None if tree is None else _validity(tree, "“valid”", report)


def _validity(tree: Tree, what: Piece, report: Report) -> Validity | None:
    """`30 days`, `14 months`, `{end_of: year, plus: 14 months}` or `{until: 2027-02-28}`."""
    if not isinstance(tree, Block):
        return lasting(tree, what, report)
    fields = Fields(tree, VALID_KEYS, what, report)
    fields.refuse_empty(("end_of", "until"))
    if "until" in fields:
        return _until(fields, report)
    end = fields.read("end_of", _end_of, None)
    plus = fields.read("plus", lasting, None)
    return None if end is None else EndOf(end[0], plus, end[1])


def read_lapses(fields: Fields, report: Report) -> Idleness | None:
    """The value of `lapses`, None where it is absent or wrong."""
    tree = fields.tree("lapses")
    block = block_of(tree, "“lapses”", _LAPSES_EXAMPLE, report) if tree is not None else None
    if block is None:
        return None
    inner = Fields(block, LAPSES_KEYS, "“lapses”", report)
    after = inner.read_needed("after", lasting, None)
    without = inner.read_needed("without", several(_activity), ())
    paused = inner.read("paused", dates, Dates(None, None))
    return None if after is None else Idleness(after, without, paused.first, paused.last)


def _activity(tree: Tree, what: Piece, report: Report) -> str | None:
    text = text_of(tree, what, "stays", report)
    if text is None:
        return None
    custom = text.text.removeprefix(CUSTOM_PREFIX)
    if text.text in KEPT_BY or (custom != text.text and CUSTOM_NAME.fullmatch(custom) and not is_influence(custom)):
        return text.text
    known = (*KEPT_BY, f"{CUSTOM_PREFIX}NAME")
    report.add("measure_unknown", text.span, name=text.text, suggestion=suggestion(text.text, known))
    return None


def lasting(tree: Tree, what: Piece, report: Report) -> Lasting | None:
    """So many days, weeks, months or years."""
    found = length(tree, what, report, TERM_FORM)
    if found is None:
        return None
    amount, unit = found
    if unit == "hour":
        shown = tree.text if isinstance(tree, Text) else ""
        report.add("duration_expected", tree.span, what=what, value=shown, form=TERM_FORM)
        return None
    return Lasting(amount * 7) if unit == "week" else Lasting(amount, Term(unit))


def _until(fields: Fields, report: Report) -> Until | None:
    for other in ("end_of", "plus"):
        if other in fields:
            why = Phrase("a fixed day stands alone", "een vaste dag staat op zichzelf")
            advice = Phrase("Keep one of them.", "Houd er één.")
            report.add("parameters_contradict", fields.place(other), one="until", other=other, why=why, advice=advice)
    day = fields.read("until", a_date, None)
    return None if day is None else Until(day)


def _end_of(tree: Tree, what: Piece, report: Report) -> tuple[Term, tuple[int, int] | None] | None:
    if isinstance(tree, Block):
        start = Fields(tree, ("year_from",), what, report).read_needed("year_from", year_start, None)
        return None if start is None else (Term.YEAR, start)
    word = choice(ENDS)(tree, what, report)
    return None if word is None else (Term(word), None)
