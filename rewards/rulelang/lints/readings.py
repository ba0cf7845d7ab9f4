"""Two readings of one text that are live together: the author has to say which one is meant."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from rewards.rulelang.checking.places import Notes
from rewards.rulelang.nodes import Applies, Rule, Schedule


def readings(rules: Sequence[Rule], notes: Notes) -> None:
    """Notes each rule that meets an earlier reading of the same text: at one moment, place and day."""
    earlier: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.reading_of is None:
            continue
        others = earlier.setdefault(rule.reading_of, [])
        first = next((each for each in others if _meet(each, rule)), None)
        if first is not None:
            notes.add("readings_meet", rule.span, "reading_of", rule=rule.id, other=first.id, text=rule.reading_of)
        others.append(rule)


def _meet(one: Rule, other: Rule) -> bool:
    together = set(one.moments) & set(other.moments)
    return bool(together) and _same_days(one.schedule, other.schedule) and _same_places(one.applies, other.applies)


def _same_days(one: Schedule, other: Schedule) -> bool:
    first = max(one.first or date.min, other.first or date.min)
    last = min(one.last or date.max, other.last or date.max)
    return first <= last


def _same_places(one: Applies, other: Applies) -> bool:
    """Whether they may share a house; lists of different sorts may, so only like is told from like."""
    used = [_lists(each) for each in (one, other)]
    if not all(used) or used[0].keys() != used[1].keys():
        return True
    return any(set(used[0][key]) & set(used[1][key]) for key in used[0])


def _lists(applies: Applies) -> dict[str, Collection[str]]:
    lists = {
        "properties": applies.properties,
        "brands": applies.brands,
        "cities": applies.cities,
        "countries": applies.countries,
    }
    return {key: names for key, names in lists.items() if names}
