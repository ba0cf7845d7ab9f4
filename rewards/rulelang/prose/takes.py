"""How what a rule takes reads, beside what it gives."""

from __future__ import annotations

from rewards.rulelang.nodes import Give, Rule, Short, Take
from rewards.rulelang.prose.languages import Language, language_of
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.numbers import number
from rewards.rulelang.prose.outcomes import give_text, outcomes_text
from rewards.rulelang.prose.parts import Path, Text, capital, fill, plain, text, tidy


def only_takes(rule: Rule) -> bool:
    """Whether a rule takes and gives nothing."""
    return bool(rule.take) and not rule.give


def deeds_text(rule: Rule, language: Language, names: Names) -> Text:
    """Everything that a rule gives and takes."""
    taken = _takes(rule, language, names)
    if only_takes(rule):
        return taken
    given = outcomes_text(rule.give, ("give",), language, names)
    return fill(language.outcomes["take"], (), {"outcomes": given, "takes": taken}) if taken else given


def _takes(rule: Rule, language: Language, names: Names) -> Text:
    path: Path = ("take",)
    shown = [_take(each, (*path, at), language, names) for at, each in enumerate(rule.take)]
    return language.both(shown, path) if len(shown) > 1 else shown[0] if shown else ()


def _take(take: Take, path: Path, language: Language, names: Names) -> Text:
    perk = give_text(Give(take.perk, take.params, amounts=take.amounts), path, language, names)
    if take.short is Short.REFUSE:
        return perk
    return fill(language.outcomes[f"take.{take.short}"], (*path, "short"), {"perk": perk})


def taken_text(perk: str, owed: int, language: str) -> str:
    """What a clerk or guest reads of what was taken: `perk` as a phrase, and how many points of it are owed."""
    spoken = language_of(language)
    template = spoken.answers["taken.owed" if owed else "taken"]
    return plain(tidy(capital(fill(template, (), {"perk": text(perk), "n": number(owed, spoken.code)}))))
