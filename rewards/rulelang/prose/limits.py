"""How limits read: "at most once per stay, 5 times a day per hotel and €2,000 a month in all"."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.rulelang.nodes import BudgetLimit, Calendar, CountLimit, Limit, Rolling
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.numbers import money, number
from rewards.rulelang.prose.parts import NOTHING, Path, Text, fill, text


def limits_text(limits: Sequence[Limit], path: Path, language: Language) -> Text:
    """All limits of a rule, with the comma before them; nothing where there is none."""
    if not limits:
        return NOTHING
    shown = [limit_text(limit, (*path, at), language) for at, limit in enumerate(limits)]
    return fill(language.limits["at_most"], path, {"list": language.both(shown, path)})


def limit_text(limit: Limit, path: Path, language: Language) -> Text:
    """One limit without its "at most": "5 times a day per hotel"."""
    phrases = language.limits
    slots: dict[str, Text | str] = {
        "every": _every(limit.every, (*path, "every"), language),
        "per": text(phrases[f"per.{limit.per.value}"], (*path, "per")),
    }
    if isinstance(limit, BudgetLimit):
        slots["amount"] = text(money(limit.minor, limit.currency, language.code), (*path, "budget"))
        return fill(phrases["budget"], path, slots)
    slots["times"] = _times(limit, (*path, "at_most"), language)
    return fill(phrases["count"], path, slots)


def _times(limit: CountLimit, path: Path, language: Language) -> Text:
    if limit.at_most == 1:
        return text(language.limits["once"], path)
    return fill(language.limits["times"], path, {"n": text(number(limit.at_most, language.code), path)})


def _every(every: Calendar | Rolling | None, path: Path, language: Language) -> Text:
    if every is None:
        return NOTHING
    if isinstance(every, Calendar):
        return fill(language.limits["calendar"], path, {"unit": language.noun(every.unit.value, 1)})
    key = "rolling.one" if every.amount == 1 else "rolling"
    slots: dict[str, Text | str] = {
        "n": text(number(every.amount, language.code), path),
        "unit": language.noun(every.unit.value, every.amount),
    }
    return fill(language.limits[key], path, slots)
