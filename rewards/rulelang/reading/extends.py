"""`extend`: what the guest holds of a perk can be used longer."""

from __future__ import annotations

from rewards.domain.validity import Lasting, Until
from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.nodes import Extend
from rewards.rulelang.reading.fields import Fields, block_of, list_or_one
from rewards.rulelang.reading.scalars import a_date, code, name, several
from rewards.rulelang.reading.tree import Tree
from rewards.rulelang.reading.validity import lasting
from rewards.rulelang.wording.entry import Phrase

EXTEND_KEYS = ("perk", "rule", "by", "until")
_EXAMPLE = "{perk: suite-night, by: 12 months}"
_WHAT = Phrase("An extension", "Een verlenging")


def read_extends(tree: Tree, report: Report) -> tuple[Extend, ...]:
    """One extension or a list of them; those with errors are left out."""
    items = list_or_one(tree, "“extend”", report, most=limits.MAX_GIVE)
    return tuple(found for found in (_extend(item, report) for item in items) if found is not None)


def _extend(tree: Tree, report: Report) -> Extend | None:
    block = block_of(tree, "“extend”", _EXAMPLE, report)
    if block is None:
        return None
    fields = Fields(block, EXTEND_KEYS, _WHAT, report)
    perk = fields.read_needed("perk", code, None)
    rules = fields.read("rule", several(name), ())
    longer = _longer(fields, report)
    return None if perk is None or longer is None else Extend(perk, longer, rules, block.span)


def _longer(fields: Fields, report: Report) -> Lasting | Until | None:
    if "by" in fields and "until" in fields:
        why = Phrase("it ends so much later, or on a day", "het loopt zoveel later af, of op een dag")
        advice = Phrase("Keep one of the two.", "Houd een van beide.")
        report.add("parameters_contradict", fields.place("until"), one="by", other="until", why=why, advice=advice)
        return None
    if "until" in fields:
        day = fields.read("until", a_date, None)
        return None if day is None else Until(day)
    return fields.read_needed("by", lasting, None)
