"""A rule that another one always goes before: whenever it holds the other holds too, and takes its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.lints.allowed import Test, allowed, covers, subject
from rewards.rulelang.lints.idle_alternatives import always_there
from rewards.rulelang.nodes import All, Applies, Condition, FactTest, Give, MeasureTest, Op, Rule, Schedule

MOST_RIVALS = 200
"""Rules of one group that are compared with each other; a group of more is not looked at."""


def shadowed(rules: Sequence[Rule], perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes each rule of a group, or behind a rule that gives alone, that never has its turn."""
    for rivals in _rivals(rules):
        ordered = sorted(rivals, key=lambda rule: (-rule.priority, rule.id))
        for at, rule in enumerate(ordered[1:], 1):
            first = next((each for each in ordered[:at] if _always_before(each, rule, perks)), None)
            if first is not None:
                notes.add("rule_shadowed", rule.span, rule=rule.id, other=first.id)


def _rivals(rules: Sequence[Rule]) -> Iterator[Sequence[Rule]]:
    groups: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.group is not None:
            groups[rule.group].append(rule)
    yield from (group for group in groups.values() if 1 < len(group) <= MOST_RIVALS)
    alone = [rule for rule in rules if not rule.combines]
    if alone and len(alone) * len(rules) <= MOST_RIVALS * MOST_RIVALS:
        yield rules


def _always_before(first: Rule, rule: Rule, perks: Mapping[str, Perk]) -> bool:
    """Whether `first`, which comes before it, gives whenever `rule` would: it lacks nothing, and asks for no more."""
    rival = (first.group is not None and first.group == rule.group) or not first.combines
    return (
        rival
        and not first.limits
        and first.evidence is None
        and any(isinstance(each, Give) and always_there(each, perks) for each in first.give)
        and set(rule.moments) <= set(first.moments)
        and first.applies in (Applies(), rule.applies)
        and first.schedule in (Schedule(), rule.schedule)
        and _implies(rule.when, first.when)
    )


def _implies(condition: Condition, other: Condition) -> bool:
    """Whether the other surely holds where the condition does; False where that cannot be seen from the tests."""
    if condition == other:
        return True
    if isinstance(other, All):
        return all(_implies(condition, part) for part in other.parts)
    if isinstance(condition, All):
        return any(_implies(part, other) for part in condition.parts)
    tests = FactTest | MeasureTest
    return isinstance(condition, tests) and isinstance(other, tests) and _narrower(condition, other)


def _narrower(test: Test, other: Test) -> bool:
    if subject(test) != subject(other) or Op.EVERY in (test.comparison.op, other.comparison.op):
        return False
    return covers(allowed(other), allowed(test))
