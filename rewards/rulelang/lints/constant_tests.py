"""A test that every possible value satisfies, or none does."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import conditions
from rewards.rulelang.lints.allowed import Allowed, Test, Words, allowed, covers, meets, name, possible
from rewards.rulelang.nodes import FactTest, MeasureTest, Rule
from rewards.rulelang.wording.entry import Phrase


def constant_tests(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes tests whose outcome does not depend on the value."""
    for test in conditions(rule.when):
        if isinstance(test, FactTest | MeasureTest):
            _check(test, notes)


def _check(test: Test, notes: Notes) -> None:
    values, everything = allowed(test), possible(test)
    if everything is None:
        return
    if covers(values, everything):
        notes.add("always_true", test.span, test.comparison.op, name=name(test), why=_range(everything))
    elif not meets(values, everything):
        notes.add("never_true", test.span, test.comparison.op, name=name(test), why=_range(everything))


def _range(everything: Allowed) -> Phrase:
    if isinstance(everything, Words):
        return Phrase("it names every value there is", "er staan alle waarden die er zijn")
    if everything.high == float("inf"):
        return Phrase(f"it is never below {everything.low}", f"het is nooit lager dan {everything.low}")
    low, high = everything.low, everything.high
    return Phrase(f"it lies from {low} to {high}", f"het ligt van {low} tot en met {high}")
