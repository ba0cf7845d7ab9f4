"""The languages that rules are read in, each as one set of phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rewards.errors import FIELD_INVALID, RewardsError
from rewards.rulelang.prose import (
    dutch,
    dutch_amounts,
    dutch_answers,
    dutch_rules,
    english,
    english_amounts,
    english_answers,
    english_rules,
)
from rewards.rulelang.prose.parts import Path, Text, joined

Phrases = Mapping[str, str]


@dataclass(frozen=True)
class Language:
    """The phrases of one language, by what they speak of. Both languages have the same keys where a key is needed."""

    code: str
    facts: Phrases
    nouns: Phrases
    latest: Phrases
    measures: Phrases
    comparisons: Phrases
    windows: Phrases
    places: Phrases
    small_print: Phrases
    words: Phrases
    outcomes: Phrases
    limits: Phrases
    frame: Phrases
    answers: Phrases
    amounts: Phrases
    inverted: frozenset[str]

    def noun(self, key: str, amount: int) -> str:
        """One thing or several: the form of a noun for an amount."""
        one, more = self.nouns[key].split("|")
        return one if abs(amount) == 1 else more

    def either(self, items: Sequence[Text], path: Path) -> Text:
        """a, b or c."""
        return joined(items, self.words["comma"], self.words["or"], path)

    def both(self, items: Sequence[Text], path: Path) -> Text:
        """a, b and c."""
        return joined(items, self.words["comma"], self.words["and"], path)


LANGUAGES = ("en", "nl")


@cache
def language_of(code: str) -> Language:
    """The phrases of a language; `field_invalid` for any but `en` and `nl`."""
    if code == "en":
        return Language(
            code,
            english.FACTS,
            english.NOUNS,
            {},
            english.MEASURES,
            english.COMPARISONS,
            english_rules.WINDOWS,
            english_rules.PLACES,
            english_rules.SMALL_PRINT,
            english_rules.WORDS,
            english_rules.OUTCOMES,
            english_rules.LIMITS,
            english_rules.FRAME,
            english_answers.ANSWERS,
            english_amounts.AMOUNTS,
            english_answers.INVERTED,
        )
    if code == "nl":
        return Language(
            code,
            dutch.FACTS,
            dutch.NOUNS,
            dutch.LATEST,
            dutch.MEASURES,
            dutch.COMPARISONS,
            dutch_rules.WINDOWS,
            dutch_rules.PLACES,
            dutch_rules.SMALL_PRINT,
            dutch_rules.WORDS,
            dutch_rules.OUTCOMES,
            dutch_rules.LIMITS,
            dutch_rules.FRAME,
            dutch_answers.ANSWERS,
            dutch_amounts.AMOUNTS,
            dutch_answers.INVERTED,
        )
    raise RewardsError(FIELD_INVALID, f"Rules are not read in “{code}”.", hint="Ask for en or nl.", field="language")
