"""Amounts, checked on nodes: units that go together, facts that exist, numbers in their ranges."""

from __future__ import annotations

from itertools import pairwise

from rewards.rulelang import facts, limits
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import amount_tests, moves
from rewards.rulelang.nodes import (
    Amount,
    Bands,
    FactAmount,
    Fixed,
    Marginal,
    MeasureAmount,
    Percent,
    Rate,
    Rule,
    Times,
    amounts_in,
    compared_in,
)
from rewards.rulelang.units import check_said, of_parameter, unit_of_test
from rewards.rulelang.wording.phrases import suggestion


def check_amounts(rule: Rule, notes: Notes) -> None:
    """Notes what an amount cannot be; its measures and facts are named as those of tests are."""
    for test in amount_tests(rule):
        for amount in compared_in(test):
            _check(amount, notes)
            check_said(amount, notes.add)
        unit_of_test(test, notes.add)
    for moved in moves(rule):
        for name, amount in moved.amounts:
            _check(amount, notes)
            of_parameter(name, amount, notes.add)


def _check(amount: Amount, notes: Notes) -> None:
    for each in amounts_in(amount):
        for name, value, least, most in _numbers(each):
            if not least <= value <= most:
                what = f"“{name}”"
                notes.add("number_out_of_range", each.span, name, what=what, value=value, least=least, most=most)
        if isinstance(each, FactAmount):
            _check_fact(each, notes)
        if isinstance(each, MeasureAmount) and each.measure.custom and facts.is_influence(each.measure.custom):
            notes.add("influence_refused", each.span, "measure", name=each.measure.custom)
        if isinstance(each, Bands | Marginal):
            starts = [band.start for band in each.bands] if isinstance(each, Bands) else [s.above for s in each.slices]
            if any(after <= before for before, after in pairwise(starts)):
                notes.add("bands_not_rising", each.span)


def _check_fact(amount: FactAmount, notes: Notes) -> None:
    if facts.is_influence(amount.fact):
        notes.add("influence_refused", amount.span, "fact", name=amount.fact)
    elif facts.find(amount.fact) is None:
        hint = suggestion(amount.fact, facts.CATALOGUE)
        notes.add("fact_unknown", amount.span, "fact", name=amount.fact, suggestion=hint)


def _numbers(amount: Amount) -> list[tuple[str, int, int, int]]:
    """The numbers that an operation holds, each with its key and its range."""
    match amount:
        case Fixed(value=value):
            return [("amount", value, 0, limits.MAX_AMOUNT)]
        case Rate(rate=rate, per=per):
            return [("rate", rate, 1, limits.MAX_AMOUNT), ("per", per, 1, limits.MAX_AMOUNT)]
        case Times(times=times):
            return [("times", times, 1, limits.MAX_TIMES)]
        case Percent(percent=percent):
            return [("percent", percent, 0, limits.MAX_PERCENT)]
        case Marginal(slices=slices):
            return [("percent", each.percent, 0, limits.MAX_PERCENT) for each in slices]
        case _:
            return []
