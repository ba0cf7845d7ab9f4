"""Rules read aloud, in English and Dutch, from the same nodes that are evaluated.

`sentence` tells a whole rule, `condition_text` one condition of it, `missing_text` what was lacking, `withheld_text`
why something waits, `outcome_text` a perk and `say_default` what a clerk says where the rule has no words of its own.
"""

from __future__ import annotations

from rewards.rulelang.nodes import Amount, Condition
from rewards.rulelang.prose.answers import (
    REASONS,
    approval_text,
    outcome_text,
    say_default,
    say_extended,
    withheld_text,
)
from rewards.rulelang.prose.conditions import phrase_text
from rewards.rulelang.prose.languages import LANGUAGES, language_of
from rewards.rulelang.prose.missing import missing_text
from rewards.rulelang.prose.names import NO_NAMES, Names
from rewards.rulelang.prose.parts import Part, Path, plain, tidy
from rewards.rulelang.prose.reckoning import amount_text as _amount_text
from rewards.rulelang.prose.sentence import sentence, sentence_parts
from rewards.rulelang.prose.takes import taken_text
from rewards.rulelang.prose.waits import waits_text


def condition_text(condition: Condition, language: str, names: Names = NO_NAMES) -> str:
    """A condition as a phrase like a noun: "at least 6 stays at this hotel in 180 days"."""
    return plain(tidy(phrase_text(condition, (), language_of(language), names)))


def amount_text(amount: Amount, parameter: str, language: str, names: Names = NO_NAMES) -> str:
    """What a parameter of a perk is reckoned from: "10 points for each whole €1 of the price of this stay"."""
    noun = "point" if parameter == "points" else ""
    return plain(tidy(_amount_text(amount, (), language_of(language), names, noun)))


__all__ = [
    "LANGUAGES",
    "NO_NAMES",
    "REASONS",
    "Names",
    "Part",
    "Path",
    "amount_text",
    "approval_text",
    "condition_text",
    "missing_text",
    "outcome_text",
    "say_default",
    "say_extended",
    "sentence",
    "sentence_parts",
    "taken_text",
    "waits_text",
    "withheld_text",
]
