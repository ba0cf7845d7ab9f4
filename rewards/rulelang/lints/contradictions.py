"""Two tests of one value in an `all` that can never hold together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import conditions
from rewards.rulelang.lints.allowed import Test, allowed, meets, name, shown, subject
from rewards.rulelang.nodes import All, Condition, FactTest, MeasureTest, Rule


def contradictions(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes each test that rules out an earlier one of the same fact or measure beside it."""
    for outermost in _alls(rule.when):
        seen: list[Test] = []
        for test in _tests(outermost):
            other = next((each for each in seen if _exclude(each, test)), None)
            if other is not None:
                one, two = shown(other.comparison), shown(test.comparison)
                notes.add("contradiction", test.span, test.comparison.op, name=name(test), one=one, other=two)
            seen.append(test)


def _alls(when: Condition) -> Iterator[All]:
    """Every `all` that does not stand directly in another one."""
    inner = {id(part) for each in conditions(when) if isinstance(each, All) for part in each.parts}
    return (each for each in conditions(when) if isinstance(each, All) and id(each) not in inner)


def _tests(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, FactTest | MeasureTest):
        yield condition
    elif isinstance(condition, All):
        for part in condition.parts:
            yield from _tests(part)


def _exclude(one: Test, other: Test) -> bool:
    return subject(one) == subject(other) and not meets(allowed(one), allowed(other))
