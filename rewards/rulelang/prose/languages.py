"""The languages that rules are read in, each as one set of phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rewards.errors import FIELD_INVALID, RewardsError
from rewards.rulelang.prose import dutch, dutch_answers, english, english_answers
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
            code, english.FACTS, english.NOUNS, {}, english.MEASURES, english.COMPARISONS, english.WINDOWS,
            english.PLACES, english.SMALL_PRINT, english.WORDS, english_answers.OUTCOMES, english_answers.LIMITS,
            english_answers.FRAME, english_answers.ANSWERS,
        )  # fmt: skip
    if code == "nl":
        return Language(
            code, dutch.FACTS, dutch.NOUNS, dutch.LATEST, dutch.MEASURES, dutch.COMPARISONS, dutch.WINDOWS,
            dutch.PLACES, dutch.SMALL_PRINT, dutch.WORDS, dutch_answers.OUTCOMES, dutch_answers.LIMITS,
            dutch_answers.FRAME, dutch_answers.ANSWERS,
        )  # fmt: skip
    raise RewardsError(FIELD_INVALID, f"Rules are not read in “{code}”.", hint="Ask for en or nl.", field="language")
