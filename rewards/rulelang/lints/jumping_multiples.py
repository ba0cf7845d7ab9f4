"""`every` of a number that can jump over a multiple, or stand at one while something else happens."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.domain.perk import Perk
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import measure_tests
from rewards.rulelang.nodes import DEFAULT_COUNTING, Aggregate, Measure, Op, Rule, Series

_JUMPING = (Series.NIGHTS, Series.EARNED, Series.LEFT)
"""One stay, grant or purchase adds several."""

_STANDING = (Aggregate.DISTINCT, Aggregate.GROUPS, Aggregate.GROUPS_IN_A_ROW, Aggregate.STREAK)
"""What happens again in the same house, day or group adds none."""


def jumping_multiples(rule: Rule, perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes each `every` that may pass a multiple unseen, or give at one twice."""
    for test in measure_tests(rule):
        if test.comparison.op is Op.EVERY and _jumps_or_stands(test.measure):
            notes.add("multiple_missed", test.span, "every")


def _jumps_or_stands(measure: Measure) -> bool:
    return measure.series in _JUMPING or measure.aggregate in _STANDING or measure.counting != DEFAULT_COUNTING
