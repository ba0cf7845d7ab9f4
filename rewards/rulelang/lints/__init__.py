"""What is allowed but surely not meant: one file for each, and each only warns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.lints.absent_facts import absent_facts
from rewards.rulelang.lints.constant_tests import constant_tests
from rewards.rulelang.lints.contradictions import contradictions
from rewards.rulelang.lints.endless_budgets import endless_budgets
from rewards.rulelang.lints.idle_alternatives import idle_alternatives
from rewards.rulelang.lints.jumping_multiples import jumping_multiples
from rewards.rulelang.lints.repeated_tests import repeated_tests
from rewards.rulelang.lints.short_windows import short_windows
from rewards.rulelang.lints.translations import translations
from rewards.rulelang.lints.unusual_moments import unusual_moments
from rewards.rulelang.nodes import Rule

Lint = Callable[[Rule, Mapping[str, Perk], Notes], None]

LINTS: tuple[Lint, ...] = (
    contradictions,
    constant_tests,
    repeated_tests,
    absent_facts,
    endless_budgets,
    idle_alternatives,
    unusual_moments,
    short_windows,
    jumping_multiples,
    translations,
)


def lint(rule: Rule, perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes every warning about one rule."""
    for each in LINTS:
        each(rule, perks, notes)
