"""What a document says of an amount."""

from __future__ import annotations

from typing import assert_never

from rewards.rulelang.nodes import (
    Amount,
    Bands,
    FactAmount,
    Fixed,
    If,
    Largest,
    Less,
    Marginal,
    Measure,
    MeasureAmount,
    Percent,
    Rate,
    Share,
    Smallest,
    Sum,
    Times,
)
from rewards.rulelang.writing.layout import Plain, Word
from rewards.rulelang.writing.measures import Keys, measure_keys, money


def amount_keys(amount: Amount) -> Plain:
    """The value that stands where an amount is expected."""
    match amount:
        case Fixed(value=value, currency=currency):
            return money(value, currency)
        case FactAmount(fact=fact):
            return {"fact": Word(fact)}
        case MeasureAmount(measure=measure):
            return _measure(measure)
        case Rate(rate=rate, per=per, of=of):
            rated = {"rate": money(rate, amount.rate_currency), "per": money(per, amount.per_currency)}
            return rated | {"of": amount_keys(of)}
        case Times(times=times, of=of):
            return {"times": times, "of": amount_keys(of)}
        case Percent(percent=percent, of=of):
            return {"percent": percent, "of": amount_keys(of)}
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            return {type(amount).__name__.lower(): [amount_keys(part) for part in parts]}
        case Bands() | Marginal():
            return _steps(amount)
        case Share(share=share, of=of, whole=whole):
            return {"share": amount_keys(share), "of": amount_keys(of), "whole": amount_keys(whole)}
        case If(condition=condition, then=then, otherwise=otherwise):
            # Conditions hold amounts, and amounts conditions: the one has to be written inside the other.
            from rewards.rulelang.canonical import condition as condition_keys

            keys: Keys = {"if": condition_keys(condition), "then": amount_keys(then)}
            return keys if otherwise is None else keys | {"else": amount_keys(otherwise)}
    assert_never(amount)


def _measure(measure: Measure) -> Plain:
    said = measure.currency is None or measure.groups is not None
    currency: Keys = {} if said else {"currency": Word(measure.currency or "")}
    return measure_keys(measure) | currency


def _steps(amount: Bands | Marginal) -> Plain:
    steps: list[Plain] = []
    if isinstance(amount, Bands):
        for band in amount.bands:
            steps.append({"from": money(band.start, amount.currency), "give": amount_keys(band.give)})
        return {"bands": steps, "of": amount_keys(amount.of)}
    for part in amount.slices:
        steps.append({"above": money(part.above, amount.currency), "percent": part.percent})
    return {"marginal": steps, "of": amount_keys(amount.of)}
