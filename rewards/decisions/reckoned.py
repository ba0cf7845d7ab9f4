"""The parameters of a perk that are reckoned for this guest and stay; only a number that is known is given."""

from __future__ import annotations

from collections.abc import Callable

from rewards.decisions.situation import Situation
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.limits import MAX_AMOUNT
from rewards.rulelang.nodes import Amount, FactAmount, Leaf, amounts_in
from rewards.rulelang.reading.outcomes import MAX_QUANTITY
from rewards.rulelang.units import MONEY_PARAMETERS, currency_of, unit_of

Param = int | str | bool
Values = tuple[tuple[str, Param], ...]
Reckon = Callable[[Amount], Reading]
"""What an amount comes to, for the rule at hand."""

MOST = {"quantity": MAX_QUANTITY}
"""The most of a parameter, where it is less than the largest amount."""


def parameter(name: str, amount: Amount, it: Situation, reckon: Reckon) -> dict[str, Param] | tuple[str, Values]:
    """The parameter with its value, or a reason code with its values.

    What is left of a whole is dropped. Money is in the currency that the amount names, else the property's.
    """
    reading = reckon(amount)
    if not reading.exact and (reading.high == float("inf") or reading.low // 1 != reading.high // 1):
        return "amount_unknown", unknown_in(amount, reckon)
    value, most = int(reading.low // 1), MOST.get(name, MAX_AMOUNT)
    if value == 0:
        return "amount_zero", ()
    if value > most:
        return "amount_too_large", (("most", most),)
    if name not in MONEY_PARAMETERS:
        return {name: value}
    return {name: value, "currency": currency_of(unit_of(amount)) or it.property.currency}


def unknown_in(amount: Amount, reckon: Reckon) -> Values:
    """The first fact or measure inside that is not known exactly; nothing where all are, but the whole is 0."""
    for each in amounts_in(amount):
        if isinstance(each, Leaf) and not reckon(each).exact:
            return (("fact", each.fact),) if isinstance(each, FactAmount) else (("series", each.measure.series.value),)
    return ()
