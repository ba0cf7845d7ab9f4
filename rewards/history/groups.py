"""Groups of activities, in each of which a number is compared: nights with ten rooms or more, months with two stays."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from rewards.history.amounts import RateUnknownError, at_home
from rewards.history.counting import fused
from rewards.history.plans import AMOUNTS
from rewards.history.readings import Selection, hides_some, reading_of, run, unnamed, value_of
from rewards.history.rows import Row
from rewards.history.windows import unit_index
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, Truth
from rewards.rulelang.interpreter import number_truth
from rewards.rulelang.nodes import Aggregate, Groups, Series, Unit, in_each


def reading_of_groups(it: Selection, groups: Groups) -> Reading:
    """How many groups of a selection compare as asked, in all or in a row up to now.

    Outside the cover each number is what it is in the group or more, and there may be groups of which nothing is known.
    """
    # Days and places of what an opening balance stands for, and cities outside the group, are anybody's guess.
    hidden = hides_some(it) or unnamed(it.rows, groups.of)
    truths = _truths(replace(it, openings=(), doubt=it.doubt or hidden), groups)
    sure = {value for value, truth in truths.items() if truth is Truth.TRUE}
    possible = {value for value, truth in truths.items() if truth is not Truth.FALSE}
    more = hidden or not it.complete
    if it.measure.aggregate is Aggregate.GROUPS:
        return Reading(len(sure), math.inf if more else len(possible))
    now = unit_index(it.today, Unit(groups.of.value))
    return Reading(run(sure, now), math.inf if more else run(possible, now))


def _truths(it: Selection, groups: Groups) -> Mapping[Hashable, Truth]:
    """Each group with whether its number compares as asked."""
    within: dict[Hashable, list[Row]] = defaultdict(list)
    for row in it.rows:
        value = value_of(row, groups.of, it.group)
        # A stay of which nobody said what it cost is no purchase.
        if value is not None and (row.net is not None or it.measure.series is not Series.SPEND):
            within[value].append(row)
    each = replace(it, measure=in_each(it.measure))
    return {value: number_truth(groups.comparison, _within(each, rows)) for value, rows in within.items()}


def _within(it: Selection, rows: Sequence[Row]) -> Reading:
    """The number of one group. A visit is one in each group in which the guest was that day."""
    try:
        if it.measure.series is Series.VISITS and it.measure.aggregate is not Aggregate.DISTINCT:
            rows = fused(rows, partial(_in_money, it=it))
        return reading_of(it.of(rows))
    except RateUnknownError:
        return UNKNOWN_READING


def _in_money(row: Row, it: Selection) -> Row:
    return at_home(row, it.group) if it.measure.aggregate in AMOUNTS else row
