"""How long a perk waits, in words: "tried every day until 1 day before arrival at 14:00"."""

from __future__ import annotations

from datetime import datetime

from rewards.rulelang.nodes import BeforeArrival, Rolling, RollingHours, Wait
from rewards.rulelang.prose.languages import Language, language_of
from rewards.rulelang.prose.names import NO_NAMES, Names
from rewards.rulelang.prose.numbers import day, number
from rewards.rulelang.prose.parts import Path, Text, capital, fill, plain, text, tidy


def with_wait(shown: Text, wait: Wait | None, path: Path, language: Language) -> Text:
    """A perk with how it is tried again, where the rule says so."""
    if wait is None:
        return shown
    words = language.outcomes
    slots: dict[str, Text | str] = {
        "perk": shown,
        "every": text(words["wait.every.hour" if wait.hourly else "wait.every.day"], (*path, "every")),
        "until": _until(wait.until, (*path, "until"), language),
    }
    if wait.first is None:
        return fill(words["wait"], path, slots)
    slots["start"] = _before(wait.first, (*path, "from"), language)
    return fill(words["wait.from"], path, slots)


def _until(until: BeforeArrival | Rolling | RollingHours, path: Path, language: Language) -> Text:
    words = language.outcomes
    if isinstance(until, BeforeArrival):
        return fill(words["wait.until"], path, {"end": _before(until, path, language)})
    unit, amount = ("hour", until.hours) if isinstance(until, RollingHours) else ("day", until.amount)
    slots: dict[str, Text | str] = {
        "n": text(number(amount, language.code), path),
        "noun": language.noun(unit, amount),
    }
    return fill(words[f"wait.for.{unit}"], path, slots)


def _before(before: BeforeArrival, path: Path, language: Language) -> Text:
    words = language.outcomes
    slots: dict[str, Text | str] = {
        "n": text(number(before.days, language.code), (*path, "days_before")),
        "noun": language.noun("day", before.days),
    }
    days = fill(words["wait.before" if before.days else "wait.arrival"], path, slots)
    if before.minute is None:
        return days
    time = text(f"{before.minute // 60:02}:{before.minute % 60:02}", (*path, "at"))
    return fill(words["wait.at"], path, {"day": days, "time": time})


def waits_text(
    perk: str, start: datetime | None, end: datetime, *, hourly: bool, language: str, names: Names = NO_NAMES
) -> str:
    """What a decision says of a perk that waits. `start` (None: it has begun) and `end` on the property's clock."""
    spoken = language_of(language)
    slots: dict[str, Text | str] = {
        "perk": names.perk_title(perk, language),
        "every": spoken.outcomes["wait.every.hour" if hourly else "wait.every.day"],
        "end": _instant(end, spoken),
        "start": "" if start is None else _instant(start, spoken),
    }
    return plain(tidy(capital(fill(spoken.answers["waits" if start is None else "waits.from"], (), slots))))


def _instant(at: datetime, language: Language) -> Text:
    slots: dict[str, Text | str] = {"day": day(at.date(), language.code), "time": f"{at:%H:%M}"}
    return fill(language.answers["waits.at"], (), slots)
