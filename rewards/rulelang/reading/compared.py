"""The test of an amount: what it is compared with, and in which unit both are."""

from __future__ import annotations

from rewards.rulelang.diagnostics import Report
from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import Amount, AmountTest, Comparison, Op
from rewards.rulelang.reading.comparisons import Subject, comparison
from rewards.rulelang.reading.fields import Fields
from rewards.rulelang.reading.names import AMOUNT_OPERATOR_KEYS
from rewards.rulelang.units import NUMBER, check_said, joined, settled, unit_of


def compared(amount: Amount, fields: Fields, report: Report) -> AmountTest | None:
    """The test of an amount against values, its measures in the currency that it is compared in."""
    before = report.errors
    unit = unit_of(amount, report.add)
    if unit is None:
        return None
    kind = FactType.NUMBER if unit == NUMBER else FactType.MONEY
    values = comparison(fields, Subject("amount", kind, keys=AMOUNT_OPERATOR_KEYS), report)
    if values is None or report.errors != before:
        return None
    unit = joined([unit, values.currency or NUMBER], fields.span, report.add)
    amount = settled(amount, unit)
    check_said(amount, report.add)
    return AmountTest(amount, values.comparison, fields.span, values.currency)


def compared_with(amount: Amount, op: str, other: Amount | None, fields: Fields, report: Report) -> AmountTest | None:
    """The test of an amount against another one (None: one with errors); both in one unit."""
    units = [unit_of(each, report.add) for each in (amount, other) if each is not None]
    if other is None or None in units:
        return None
    unit = joined(units, fields.span, report.add)
    amount, other = settled(amount, unit), settled(other, unit)
    for each in (amount, other):
        check_said(each, report.add)
    return AmountTest(amount, Comparison(Op(op), ()), fields.span, None, other)
