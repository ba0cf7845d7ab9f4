"""The same condition twice in one list."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import conditions
from rewards.rulelang.nodes import All, AnyOf, Condition, Rule


def repeated_tests(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes each condition that stands earlier in the same `all` or `any`."""
    for each in conditions(rule.when):
        if isinstance(each, All | AnyOf):
            _check(each.parts, notes)


def _check(parts: tuple[Condition, ...], notes: Notes) -> None:
    first: dict[Condition, Condition] = {}
    for part in parts:
        earlier = first.setdefault(part, part)
        if earlier is not part:
            notes.add("test_repeated", part.span, line=earlier.span.line)
