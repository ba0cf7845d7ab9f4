"""How much of a guest's history a rule reads at most: what bounds the time of a decision, whatever a document says."""

from __future__ import annotations

from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import measures
from rewards.rulelang.limits import MAX_RULE_MEASURES
from rewards.rulelang.nodes import BetterOf, Measure, Rule


def check_sizes(rule: Rule, notes: Notes) -> None:
    """Notes a rule with too many different measures; each window of `best_of` is one of its own."""
    read = {measure for measure, _ in measures(rule)}
    size = sum(map(_looks, read))
    if size > MAX_RULE_MEASURES:
        notes.add("measures_too_many", rule.span, "when", size=size, most=MAX_RULE_MEASURES)


def _looks(measure: Measure) -> int:
    return len(measure.window.windows) if isinstance(measure.window, BetterOf) else 1
