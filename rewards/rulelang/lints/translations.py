"""Texts for people that one of the languages lacks."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.nodes import Rule
from rewards.rulelang.reading.rules import LANGUAGES


def translations(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes languages that a title or a text lacks which has another."""
    for key, texts in (("title", rule.titles), ("say", rule.says)):
        for language in LANGUAGES:
            if texts and language not in texts:
                notes.add("translation_missing", rule.span, key, key=key, language=language)
