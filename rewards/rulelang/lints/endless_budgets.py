"""A budget that says nothing about when it comes back."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.nodes import BudgetLimit, Rule


def endless_budgets(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes budgets for ever, except where the document says `every: ever` in so many words."""
    for limit in rule.limits:
        if isinstance(limit, BudgetLimit) and limit.every is None and not notes.stands(limit.span, "every"):
            notes.add("budget_without_every", limit.span, "budget")
