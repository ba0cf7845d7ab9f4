"""A fact that no moment of the rule can know, so that the test stays unknown and the rule never gives."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import fact_tests
from rewards.rulelang.facts import MOMENTS
from rewards.rulelang.nodes import Rule

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
    for test in fact_tests(rule):
        known = KNOWN_AT.get(test.fact)
        if known is not None and not set(known) & set(rule.moments):
            moments = ", ".join(known)
            notes.add("fact_absent", test.span, "fact", name=test.fact, moments=moments)
