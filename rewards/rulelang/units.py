"""In what an amount is reckoned: plain numbers, or money of one currency.

A money fact is in the currency of the property, whichever that is, and so is a measure at that property that names
none. Where such an amount meets one whose currency is written, that is the currency of both: the checker then wants
every property at which the rule is live to reckon in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from rewards.rulelang import facts
from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import (
    Amount,
    AmountTest,
    Bands,
    FactAmount,
    Fixed,
    If,
    Largest,
    Leaf,
    Less,
    Marginal,
    MeasureAmount,
    Percent,
    Rate,
    ScopeKind,
    Share,
    Smallest,
    Span,
    Sum,
    Times,
    amounts_in,
    compared_in,
    inside,
    with_leaves,
)
from rewards.rulelang.reading.names import TYPE_PHRASES, listed, type_of
from rewards.rulelang.wording.entry import Phrase, Piece

NUMBER, OWN = "number", "own"
Unit = str
"""`NUMBER`, `OWN` (money in the property's currency, whichever it is) or a currency of ISO 4217."""


class Refuse(Protocol):
    """Where a mistake is noted."""

    def __call__(self, code: str, span: Span, /, **values: Piece) -> None:
        """Notes one mistake."""
        ...


def _quietly(code: str, span: Span, /, **values: Piece) -> None:
    """For units of what was checked, or will be."""


def currency_of(unit: Unit | None) -> str | None:
    """The currency that a unit names."""
    return None if unit in (None, NUMBER, OWN) else unit


def phrase_of(unit: Unit) -> Phrase | str:
    """How a sentence calls a unit."""
    if unit == OWN:
        return Phrase("money", "geld")
    return TYPE_PHRASES[FactType.NUMBER] if unit == NUMBER else unit


def unit_of(amount: Amount, refuse: Refuse = _quietly) -> Unit | None:
    """The unit of an amount, None where it has none for a mistake inside it; every mistake is noted."""
    match amount:
        case Fixed(currency=currency):
            return currency or NUMBER
        case FactAmount():
            return _of_fact(amount, refuse)
        case MeasureAmount(measure=measure):
            return (measure.currency or OWN) if type_of(measure) is FactType.MONEY else NUMBER
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            return joined([unit_of(part, refuse) for part in parts], amount.span, refuse)
        case Times(of=of) | Percent(of=of):
            return unit_of(of, refuse)
        case Rate(rate_currency=currency):
            _measured_by(amount, refuse)
            return currency or NUMBER
        case Bands(bands=bands):
            _measured_by(amount, refuse)
            return joined([unit_of(band.give, refuse) for band in bands], amount.span, refuse)
        case Marginal():
            return _measured_by(amount, refuse)
        case Share(of=of):
            _proportion(amount, refuse)
            return unit_of(of, refuse)
        case If():
            return joined([unit_of(each, refuse) for each in inside(amount)], amount.span, refuse)


def _of_fact(amount: FactAmount, refuse: Refuse) -> Unit | None:
    fact = facts.find(amount.fact)
    if fact is None:
        return None
    if fact.type not in (FactType.NUMBER, FactType.MONEY):
        refuse("amount_fact", amount.span, name=fact.name, type=TYPE_PHRASES[fact.type])
        return None
    return NUMBER if fact.type is FactType.NUMBER else OWN


def _measured_by(amount: Rate | Bands | Marginal, refuse: Refuse) -> Unit | None:
    """The unit in which `of` is laid against a rate or bands."""
    currency = amount.per_currency if isinstance(amount, Rate) else amount.currency
    return joined([currency or NUMBER, unit_of(amount.of, refuse)], amount.span, refuse)


def _proportion(amount: Share, refuse: Refuse) -> Unit | None:
    return joined([unit_of(amount.share, refuse), unit_of(amount.whole, refuse)], amount.span, refuse)


def joined(units: Sequence[Unit | None], span: Span, refuse: Refuse = _quietly) -> Unit | None:
    """The one unit of amounts that stand together, None where they do not go together."""
    known = list(dict.fromkeys(unit for unit in units if unit is not None))
    if NUMBER in known and len(known) > 1:
        one, other = (phrase_of(unit) for unit in known[:2])
        refuse("amounts_differ", span, one=one, other=other)
        return None
    named = [unit for unit in known if unit != OWN]
    if len(named) > 1:
        refuse("currencies_differ", span, found=listed(named))
        return None
    return named[0] if named else next(iter(known), None)


def unit_of_test(test: AmountTest, refuse: Refuse = _quietly) -> Unit | None:
    """The unit of what a test compares, None where there is none; every mistake is noted."""
    return joined([unit_of(amount, refuse) for amount in compared_in(test)], test.span, refuse)


# --- what is read -----------------------------------------------------------------------------------------------------


def leaves(amount: Amount, unit: Unit | None) -> Iterator[tuple[Leaf, Unit | None]]:
    """Everything that an amount of this unit reads, each with the unit in which it is reckoned there."""
    match amount:
        case Fixed():
            return
        case FactAmount() | MeasureAmount():
            yield amount, unit
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            for part in parts:
                yield from leaves(part, unit)
        case Times(of=of) | Percent(of=of):
            yield from leaves(of, unit)
        case Rate(of=of) | Marginal(of=of):
            yield from leaves(of, _measured_by(amount, _quietly))
        case Bands(bands=bands, of=of):
            for band in bands:
                yield from leaves(band.give, unit)
            yield from leaves(of, _measured_by(amount, _quietly))
        case Share(share=share, of=of, whole=whole):
            yield from leaves(of, unit)
            for each in (share, whole):
                yield from leaves(each, _proportion(amount, _quietly))
        case If():
            for each in inside(amount):
                yield from leaves(each, unit)


def settled(amount: Amount, unit: Unit | None) -> Amount:
    """The amount with its measures of money in the currency that stands beside them, where they name none."""
    units = {id(leaf): currency_of(each) for leaf, each in leaves(amount, unit)}

    def change(leaf: Leaf) -> Leaf:
        currency = units[id(leaf)]
        if isinstance(leaf, FactAmount) or currency is None or type_of(leaf.measure) is not FactType.MONEY:
            return leaf
        return leaf if leaf.measure.currency else replace(leaf, measure=replace(leaf.measure, currency=currency))

    return with_leaves(amount, change)


def check_said(amount: Amount, refuse: Refuse) -> None:
    """Notes measures of money that span hotels, which may reckon in several currencies, and name none."""
    for each in amounts_in(amount):
        if isinstance(each, MeasureAmount) and type_of(each.measure) is FactType.MONEY:
            measure = each.measure
            if measure.currency is None and measure.scope.kind is not ScopeKind.HERE:
                refuse("amount_currency_unsaid", each.span)


# --- where an amount may stand ----------------------------------------------------------------------------------------

MONEY_PARAMETERS = ("amount",)
"""The parameters of perks that are money; all others are numbers."""


def of_parameter(name: str, amount: Amount, refuse: Refuse) -> Amount:
    """The amount as a parameter of a perk, settled; a mistake inside it, or one of another kind, is noted."""
    unit = unit_of(amount, refuse)
    if unit is None:
        return amount
    kind = FactType.MONEY if name in MONEY_PARAMETERS else FactType.NUMBER
    if (unit == NUMBER) is not (kind is FactType.NUMBER):
        refuse("amount_not_for_parameter", amount.span, parameter=name, type=TYPE_PHRASES[kind], found=phrase_of(unit))
    amount = settled(amount, unit)
    check_said(amount, refuse)
    return amount
