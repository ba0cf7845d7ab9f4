"""A moment that looks like a misspelled one: any name is allowed, so nothing else would notice."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.facts import MOMENTS
from rewards.rulelang.nodes import Rule
from rewards.rulelang.wording.phrases import nearest


def unusual_moments(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes moments that are near one that the engine asks at, but not it."""
    for moment in rule.moments:
        near = nearest(moment, MOMENTS)
        if moment not in MOMENTS and near is not None:
            notes.add("moment_unusual", rule.span, "at", moment, moment=moment, near=near)
