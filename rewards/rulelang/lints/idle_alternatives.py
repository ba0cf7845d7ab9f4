"""An `or_else` behind a perk that can always be had."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk, PerkKind, StockPolicy
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import gives
from rewards.rulelang.nodes import BudgetLimit, Rule

_HOUSE_MAY_LACK = (PerkKind.UPGRADE, PerkKind.LATE_CHECKOUT)
"""Kinds that depend on free rooms."""


def idle_alternatives(rule: Rule, perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes alternatives to a perk without stock that depends on no room and on no budget of the rule."""
    if any(isinstance(limit, BudgetLimit) for limit in rule.limits):
        return
    for give in gives(rule):
        perk = perks.get(give.perk)
        # What is reckoned may come to nothing.
        if give.or_else is not None and not give.amounts and perk is not None and _always_there(perk):
            notes.add("or_else_unreachable", give.span, "or_else", perk=give.perk, other=give.or_else.perk)


def _always_there(perk: Perk) -> bool:
    return perk.stock is StockPolicy.UNLIMITED and perk.kind not in _HOUSE_MAY_LACK
