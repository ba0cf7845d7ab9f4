"""Amounts of money in conditions, whose currency the rule need not name."""

from __future__ import annotations

from fractions import Fraction

from rewards.rulelang.nodes import Measure, ScopeKind
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.numbers import decimals, money
from rewards.rulelang.prose.quantities import Style, as_number

OWN, PROGRAMME = "own_currency", "programme_currency"


def amount_style(currency: str | None, language: Language, names: Names, whose: str = OWN) -> Style:
    """How amounts in a currency are shown; see `amount`."""
    return Style("amount", lambda value: amount(as_number(value), currency, language, names, whose))


def measured_style(measure: Measure, language: Language, names: Names) -> Style:
    """How amounts of a measure are shown."""
    return amount_style(measure.currency, language, names, whose_currency(measure))


def whose_currency(measure: Measure) -> str:
    """Whose currency a measure reckons in where it names none: the hotel's, beyond one hotel the programme's."""
    return OWN if measure.scope.kind is ScopeKind.HERE else PROGRAMME


def amount(minor: int | Fraction, currency: str | None, language: Language, names: Names, whose: str = OWN) -> str:
    """One amount of minor units, rounded up to whole ones.

    In its currency, else in the one at hand in `names`. Where neither is known it is written with two decimals and
    says whose currency it is in.
    """
    known = currency or names.currency
    if known is not None:
        return money(minor, known, language.code)
    return language.words[whose].format(amount=decimals(-(-minor // 1), 2, language.code))
