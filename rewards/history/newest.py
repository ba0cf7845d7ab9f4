"""Only the newest of what counts, and what may be hidden among them.

What is older than the newest is of no account, so a past that is known in part may still tell them exactly. What may be
newer than the newest that is known pushes some of them out: then hardly anything is sure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import replace

from rewards.history.counting import spot_of
from rewards.history.readings import Selection, reading_of
from rewards.history.rows import Row
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading
from rewards.rulelang.nodes import Aggregate, Series
from rewards.rulelang.reach import ceiling

_PAID = (Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)
"""Of spend, these look at what carries an amount only; when something was bought does not need one."""


def reading_of_newest(it: Selection, most: int) -> Reading:
    """The reading of the `most` newest things of a selection, opening balances and silence weighed.

    Errors: RateUnknownError for an amount in a currency without a rate among them.
    """
    things = _things(it)[-most:]
    rows = _rows(things)
    if it.measure.aggregate is Aggregate.DAYS_SINCE_LAST:
        return reading_of(it)
    if not it.to_end or it.doubt or _may_be_among(it.openings, rows):
        return _pushed_out(it, rows, len(things), most)
    # What lies before the first day that is known may have newer ones beside it.
    sure = [thing for thing in things if _age(thing)[0] >= it.from_day]
    if len(sure) == most:
        # Nothing older can matter.
        return _at_most(it, reading_of(replace(it, rows=rows, openings=(), from_start=True)), 0, most)
    # Whatever is older than those that are known fills the places that are left.
    reading = reading_of(replace(it, rows=_rows(sure), openings_count=False))
    return _at_most(it, reading, len(things) if it.measure.aggregate is Aggregate.COUNT else 0, most)


def _rows(things: Sequence[Sequence[Row]]) -> list[Row]:
    return [row for thing in things for row in thing]


def _things(it: Selection) -> list[list[Row]]:
    """What counts as one, the newest last: of visits the whole presence of a day."""
    if it.measure.series is Series.VISITS:
        visits: dict[Hashable, list[Row]] = defaultdict(list)
        for row in it.rows:
            visits[spot_of(row), row.day].append(row)
        things = list(visits.values())
    else:
        paid = it.measure.series is Series.SPEND and it.measure.aggregate in _PAID
        things = [[row] for row in it.rows if row.net is not None or not paid]
    return sorted(things, key=_age)


def _age(thing: Sequence[Row]) -> tuple[int, int, int]:
    return min((row.day, row.us, row.key) for row in thing)


def _may_be_among(openings: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Whether some of what an opening balance stands for may lie after one of the rows."""
    stands = [row.day for row in openings if row.times or row.nights or row.net]
    return bool(rows and stands) and max(stands) >= min(row.day for row in rows)


def _at_most(it: Selection, reading: Reading, least: int, most: int) -> Reading:
    cap = ceiling(it.measure, most)
    if math.isinf(cap):
        return reading
    return Reading(min(max(reading.low, least), cap), min(max(reading.high, least), cap))


def _pushed_out(it: Selection, rows: Sequence[Row], known: int, most: int) -> Reading:
    """What is sure of the newest where some that are newer may not be known."""
    match it.measure.aggregate:
        case Aggregate.COUNT:
            return Reading(known, most)
        case Aggregate.DISTINCT | Aggregate.STREAK:
            return Reading(0, ceiling(it.measure, most))
        case Aggregate.SUM | Aggregate.LARGEST:
            return Reading(0, math.inf)
        case Aggregate.DAYS_SINCE_FIRST if known == most:
            return Reading(0, max(0, it.today - min(row.day for row in rows)))
        case _:
            return UNKNOWN_READING
