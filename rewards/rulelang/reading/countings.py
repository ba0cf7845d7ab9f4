"""What counts as a stay, night or visit: `countings:` and the definitions written at a measure."""

from __future__ import annotations

from dataclasses import dataclass

from rewards.money import Money
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import DEFAULT_COUNTING, Counting
from rewards.rulelang.reading.fields import Fields, block_of
from rewards.rulelang.reading.names import listed
from rewards.rulelang.reading.scalars import NAME, any_text, money, name, number, several, yes_no
from rewards.rulelang.reading.tree import Block, Text, Tree
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import NAME_FORM, suggestion

INLINE = "inline"
RESERVED = (DEFAULT_COUNTING.name, INLINE)
COUNTING_KEYS = (
    "merge_adjoining", "one_per_day", "max_rooms", "min_nights", "min_amount", "min_amount_per_night",
    "exclude_channels", "only_channels", "exclude_rates",
)  # fmt: skip


def read_countings(block: Block, report: Report, known: dict[str, Counting]) -> None:
    """The definitions of a `countings:` document, into `known`."""
    fields = Fields(block, ("countings",), Phrase("A document of countings", "Een document met telwijzen"), report)
    tree = fields.tree("countings")
    inner = block_of(tree, "“countings”", "{merged: {merge_adjoining: true}}", report) if tree is not None else None
    for entry in inner.entries if inner is not None else ():
        title = entry.key.text
        what = Phrase("the name of a counting", "naam van een telwijze")
        if title in RESERVED:
            report.add("name_reserved", entry.key.span, value=title, what=what)
        elif not NAME.fullmatch(title):
            report.add("name_invalid", entry.key.span, value=title, what=what, form=NAME_FORM)
        elif title in known:
            report.add("counting_repeated", entry.key.span, name=title)
        else:
            counting = _definition(entry.value, title, report)
            known[title] = counting or Counting(title)


def _definition(tree: Tree, title: str, report: Report) -> Counting | None:
    block = block_of(tree, f"“{title}”", "{merge_adjoining: true}", report)
    return None if block is None else _counting(Fields(block, COUNTING_KEYS, f"“{title}”", report), title, report)


@dataclass(frozen=True, slots=True)
class CountingReader:
    """Reads `counting:` at a measure: the name of a definition, or a definition."""

    known: dict[str, Counting]

    def __call__(self, tree: Tree, what: Piece, report: Report) -> Counting | None:
        """The counting, None where it is wrong or no such name is known."""
        if isinstance(tree, Text) and not tree.empty:
            return self._named(tree, report)
        block = block_of(tree, what, "{one_per_day: true}", report)
        if block is None:
            return None
        fields = Fields(block, ("name", *COUNTING_KEYS), what, report)
        return _counting(fields, fields.read("name", name, INLINE), report)

    def _named(self, text: Text, report: Report) -> Counting | None:
        if text.text == DEFAULT_COUNTING.name:
            return DEFAULT_COUNTING
        if text.text not in self.known:
            hint = suggestion(text.text, self.known)
            report.add("counting_unknown", text.span, name=text.text, suggestion=hint)
        return self.known.get(text.text)


def _counting(fields: Fields, title: str, report: Report) -> Counting:
    amount = fields.read("min_amount", money, None)
    per_night = fields.read("min_amount_per_night", money, None)
    excluded = fields.read("exclude_channels", several(any_text), ())
    only = fields.read("only_channels", several(any_text), ())
    if excluded and only:
        why = Phrase("only these leaves no other to exclude", "alleen deze laat geen andere over om uit te sluiten")
        advice = Phrase("Keep one of them.", "Houd er één.")
        one, other = "only_channels", "exclude_channels"
        report.add("parameters_contradict", fields.span, one=one, other=other, why=why, advice=advice)
    return Counting(
        title,
        fields.read("merge_adjoining", yes_no, False),
        fields.read("one_per_day", yes_no, False),
        fields.read("max_rooms", number(1, 1_000), None),
        fields.read("min_nights", number(0, 3_650), 0),
        amount.minor if amount else 0,
        per_night.minor if per_night else 0,
        excluded,
        only,
        fields.read("exclude_rates", several(any_text), ()),
        _one_currency(amount, per_night, fields, report),
    )


def _one_currency(amount: Money | None, per_night: Money | None, fields: Fields, report: Report) -> str | None:
    # An amount of nothing has no unit: the definition reads the same without it.
    currencies = sorted({each.currency for each in (amount, per_night) if each is not None and each.minor})
    if len(currencies) > 1:
        report.add("currencies_differ", fields.span, found=listed(currencies))
    return currencies[0] if currencies else None
