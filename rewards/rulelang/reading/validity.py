"""`valid`: how long what is given can be used."""

from __future__ import annotations

from rewards.domain.validity import EndOf, Lasting, Term, Until, Validity
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.reading.fields import Fields
from rewards.rulelang.reading.scalars import a_date, choice
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.reading.windows import length, year_start
from rewards.rulelang.wording.entry import Phrase, Piece

VALID_KEYS = ("end_of", "plus", "until")
ENDS = (str(Term.MONTH), str(Term.QUARTER), str(Term.YEAR))
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
        return _lasting(tree, what, report)
    fields = Fields(tree, VALID_KEYS, what, report)
    fields.refuse_empty(("end_of", "until"))
    if "until" in fields:
        return _until(fields, report)
    end = fields.read("end_of", _end_of, None)
    plus = fields.read("plus", _lasting, None)
    return None if end is None else EndOf(end[0], plus, end[1])


def _lasting(tree: Tree, what: Piece, report: Report) -> Lasting | None:
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
