"""What a rule takes, made concrete for this guest and stay: how much of which perk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rewards.decisions.options import Unavailable
from rewards.decisions.reckoned import Param, Reckon, parameter
from rewards.decisions.situation import Situation, end_of_day
from rewards.decisions.validity import last_day
from rewards.domain.perk import Perk, PerkKind
from rewards.rulelang.nodes import Amount, Short, Take

PARAMETER = {PerkKind.ITEM: "quantity", PerkKind.CREDIT: "amount", PerkKind.POINTS: "points"}
"""What says how much, of each kind of perk that can be taken."""


@dataclass(frozen=True, slots=True)
class Taking:
    """One perk that is to be taken now.

    `quantity` is pieces of an item, minor units of a credit in `currency` ("" for anything else), points. `params` are
    as a rule gives them; `until_us` is the end of such a perk if it were given now; `reckoned` what is not fixed.
    """

    perk: Perk
    params: tuple[tuple[str, Param], ...]
    quantity: int
    short: Short
    until_us: int
    currency: str = ""
    reckoned: tuple[tuple[str, Amount], ...] = ()


def takings(
    takes: tuple[Take, ...], perks: dict[str, Perk], it: Situation, reckon: Reckon
) -> tuple[Taking | Unavailable, ...]:
    """What a rule takes, in its order; what cannot be reckoned with the reason why."""
    return tuple(_takings(takes, perks, it, reckon))


def _takings(
    takes: tuple[Take, ...], perks: dict[str, Perk], it: Situation, reckon: Reckon
) -> Iterator[Taking | Unavailable]:
    for take in takes:
        perk = perks[take.perk]
        params: dict[str, Param] = dict(take.params)
        for name, amount in take.amounts:
            value = parameter(name, amount, it, reckon)
            if not isinstance(value, dict):
                yield Unavailable(take.perk, *value)
                break
            params |= value
        else:
            yield _taking(take, perk, params, it)


def _taking(take: Take, perk: Perk, params: dict[str, Param], it: Situation) -> Taking:
    currency = str(params.get("currency", it.property.currency)) if perk.kind is PerkKind.CREDIT else ""
    until_us = end_of_day(it.property, max(last_day(perk.valid, it.day), it.day))
    quantity = int(params.get(PARAMETER[perk.kind], 1))
    return Taking(perk, tuple(sorted(params.items())), quantity, take.short, until_us, currency, take.amounts)
