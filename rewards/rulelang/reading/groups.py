"""Groups of a measure: what puts activities together, and what must be true of each group for it to count."""

from __future__ import annotations

from dataclasses import replace

from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import Aggregate, Dimension, Groups, Measure, Series
from rewards.rulelang.reading.comparisons import Subject, comparison
from rewards.rulelang.reading.fields import Fields, block_of
from rewards.rulelang.reading.names import (
    DIMENSION_OWNERS,
    DISTINCT,
    FIRST_KEY,
    GROUPS_KEY,
    LAST_KEY,
    MEASURE_OPERATOR_KEYS,
    STREAK,
    listed,
    title,
    type_of,
)
from rewards.rulelang.reading.scalars import choice, yes_no
from rewards.rulelang.wording.entry import Phrase

IN_A_ROW = "in_a_row"
GROUP_KEYS = ("of", IN_A_ROW, *MEASURE_OPERATOR_KEYS)
_WHAT = Phrase("“groups”", "“groups”")
NOT_BESIDE_GROUPS = ("streak", "days_since", LAST_KEY, FIRST_KEY)
"""What looks at single activities, of which groups keep none apart."""


def grouped(measure: Measure, fields: Fields, report: Report) -> Measure:
    """The measure in the groups that its key says, as it is without them; a plain number where they are wrong."""
    tree = fields.tree(GROUPS_KEY)
    if tree is None:
        return measure
    for key in fields.present(NOT_BESIDE_GROUPS):
        _refuse(key, fields, report)
    block = block_of(tree, f"“{GROUPS_KEY}”", "{of: month, at_least: 2}", report)
    counted = replace(measure, aggregate=Aggregate.COUNT, dimension=None)
    return (
        counted if block is None else _in_groups(measure, Fields(block, GROUP_KEYS, _WHAT, report), report) or counted
    )


def _refuse(key: str, fields: Fields, report: Report) -> None:
    why = Phrase("groups are counted, not what lies in them", "groepen worden geteld, niet wat erin zit")
    advice = Phrase(
        f"Leave “{key}” out; “{IN_A_ROW}: true” inside “{GROUPS_KEY}” counts units in a row.",
        f"Laat “{key}” weg; “{IN_A_ROW}: true” in “{GROUPS_KEY}” telt eenheden op rij.",
    )
    report.add("parameters_contradict", fields.place(key), one=key, other=GROUPS_KEY, why=why, advice=advice)


def _in_groups(measure: Measure, fields: Fields, report: Report) -> Measure | None:
    before = report.errors
    in_a_row = fields.read(IN_A_ROW, yes_no, False)
    word = fields.read_needed("of", choice(STREAK if in_a_row else DISTINCT), "")
    refuse_dimension("of", word, fields, measure.series, report)
    kind = type_of(measure)
    compared = comparison(fields, Subject(title(measure), kind, keys=MEASURE_OPERATOR_KEYS), report)
    if compared is None or not word or report.errors != before:
        return None
    groups = Groups(Dimension(word), compared.comparison, measure.aggregate, measure.dimension)
    aggregate = Aggregate.GROUPS_IN_A_ROW if in_a_row else Aggregate.GROUPS
    return replace(measure, aggregate=aggregate, dimension=None, groups=groups, currency=compared.currency)


def refuse_dimension(key: str, word: str, fields: Fields, series: Series, report: Report) -> None:
    """Notes a dimension that tells nothing apart of a series."""
    owners = DIMENSION_OWNERS.get(word)
    tree = fields.tree(key)
    if owners is not None and series not in owners and tree is not None:
        advice = Phrase(f"It belongs to {listed(owners)}.", f"Het hoort bij {listed(owners)}.")
        report.add("aggregate_not_for_series", tree.span, aggregate=f"{key}: {word}", series=series, advice=advice)
