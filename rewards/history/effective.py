"""Which activities count after every reversal, whatever the order in which they arrived.

A whole reversal removes what it names and a partial one lowers its amount; a reversal may itself be reversed, which
restores. The answer depends on the set of activities alone: a reversal that came before its activity waits for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from rewards.domain.activity import Activity, Kind
from rewards.history.rows import UNCOUNTED, Row, row_of

in_order = itemgetter(0, 1)
"""The canonical order of rows: by instant, then by the 64 bits of the id."""


def effective(activities: Iterable[Activity]) -> list[Row]:
    """The rows that count, in canonical order.

    In:   one guest's activities in any order; one id given twice is one activity.
    Out:  withheld activities are left out and withheld reversals do nothing. A whole reversal removes; partial ones
          take off their amounts, together never more than there is; a reversed reversal does nothing; reversals that
          name each other in a ring, or something unknown, do nothing.
    """
    known = {activity.id: activity for activity in activities if activity.withheld is None}
    removed: set[str] = set()
    taken: Counter[str] = Counter()
    for reversal in _weighed(known):
        if reversal.id in removed:
            continue
        if reversal.amount_minor is None:
            removed.add(reversal.reverses or "")
        else:
            taken[reversal.reverses or ""] += _left(reversal.amount_minor, taken[reversal.id])
    rows = [
        row_of(activity, activity.amount_minor and _left(activity.amount_minor, taken[activity.id]))
        for activity in known.values()
        if activity.kind not in UNCOUNTED and activity.id not in removed
    ]
    rows.sort(key=in_order)
    return rows


def _left(amount: int, taken: int) -> int:
    return amount - min(taken, max(amount, 0))


def _weighed(known: Mapping[str, Activity]) -> Iterator[Activity]:
    """Every reversal after all that reverse it; those in a ring, which no order satisfies, never come."""
    reversals = {key: activity for key, activity in known.items() if activity.kind is Kind.REVERSAL}
    waiting = Counter(reversal.reverses for reversal in reversals.values())
    ready = [reversal for reversal in reversals.values() if not waiting[reversal.id]]
    while ready:
        reversal = ready.pop()
        yield reversal
        named = reversals.get(reversal.reverses or "")
        if named is not None:
            waiting[named.id] -= 1
            if not waiting[named.id]:
                ready.append(named)
