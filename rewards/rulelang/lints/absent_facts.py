"""A fact that no moment of the rule can know, so that the test stays unknown and the rule never gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import amounts, fact_tests
from rewards.rulelang.facts import MOMENTS
from rewards.rulelang.nodes import FactAmount, Rule, Span, amounts_in

KNOWN_AT: dict[str, tuple[str, ...]] = {
    "spend.amount": ("activity",),
    "activity.kind": ("activity",),
    "spend.outlet": ("activity",),
    "checkin.evidence": ("activity", "arrival"),
    "checkin.category": ("activity", "arrival"),
    "moment.topic": ("request",),
    "moment.severity": ("request",),
}
"""The moments at which these facts are at hand; a moment of a hotel's own may bring any of them."""


def absent_facts(rule: Rule, _perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes facts that are at hand at none of the rule's moments."""
    if any(moment not in MOMENTS for moment in rule.moments):
        return
    for name, span in _facts(rule):
        known = KNOWN_AT.get(name)
        if known is not None and not set(known) & set(rule.moments):
            moments = ", ".join(known)
            notes.add("fact_absent", span, "fact", name=name, moments=moments)


def _facts(rule: Rule) -> Iterator[tuple[str, Span]]:
    yield from ((test.fact, test.span) for test in fact_tests(rule))
    for amount in amounts(rule):
        yield from ((each.fact, each.span) for each in amounts_in(amount) if isinstance(each, FactAmount))
