"""What is allowed but surely not meant: one file for each, and each only warns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.nodes import Rule

Lint = Callable[[Rule, Mapping[str, Perk], Notes], None]

LINTS: tuple[Lint, ...] = ()


def lint(rule: Rule, perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes every warning about one rule."""
    for each in LINTS:
        each(rule, perks, notes)
