"""An `or_else` behind a perk that can always be had."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk, PerkKind, StockPolicy
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import gives
from rewards.rulelang.nodes import BudgetLimit, Give, Rule

_HOUSE_MAY_LACK = (PerkKind.UPGRADE, PerkKind.LATE_CHECKOUT)
"""Kinds that depend on free rooms."""


def idle_alternatives(rule: Rule, perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes alternatives to a perk without stock that depends on no room and on no budget of the rule."""
    if any(isinstance(limit, BudgetLimit) for limit in rule.limits):
        return
    for give in gives(rule):
        if give.or_else is not None and always_there(give, perks):
            notes.add("or_else_unreachable", give.span, "or_else", perk=give.perk, other=give.or_else.perk)


def always_there(give: Give, perks: Mapping[str, Perk]) -> bool:
    """Whether a perk can always be had: no stock, no free room, and nothing reckoned that may come to nothing."""
    perk = perks.get(give.perk)
    sure = perk is not None and perk.stock is StockPolicy.UNLIMITED and perk.kind not in _HOUSE_MAY_LACK
    return sure and not give.amounts
