"""Amounts of money in conditions, whose currency the rule need not name."""

from __future__ import annotations

from fractions import Fraction

from rewards.rulelang.nodes import Measure, ScopeKind
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.numbers import decimals, money
from rewards.rulelang.prose.quantities import Style, as_number


def amount_style(measure: Measure | None, language: Language, names: Names) -> Style:
    """Amounts of a measure in its currency; without a measure (a fact) in that of the property."""
    return Style("amount", lambda value: amount(as_number(value), measure, language, names))


def amount(minor: int | Fraction, measure: Measure | None, language: Language, names: Names) -> str:
    """One amount of minor units.

    The measure's currency, else the currency at hand in `names`; where neither is known the amount is written with
    two decimals and says whose currency it is in: the hotel's, or the programme's for scopes wider than one hotel.
    """
    currency = (measure.currency if measure is not None else None) or names.currency
    if currency is not None:
        return money(minor, currency, language.code)
    wide = measure is not None and measure.scope.kind is not ScopeKind.HERE
    whose = "programme_currency" if wide else "own_currency"
    return language.words[whose].format(amount=decimals(-(-minor // 1), 2, language.code))
