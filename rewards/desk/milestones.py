"""A milestone that was handed over never gives again.

"Every tenth stay" gives when a number is reached. A fact that is taken back lets the number fall, and the next one
reaches it a second time; what the guest used for it stays used, so it is not given anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from rewards.clock import hotel_day, to_us
from rewards.decisions.facts import NotRecordedError, RecordedFacts
from rewards.decisions.propose import Held
from rewards.decisions.situation import Situation
from rewards.desk.evaluate import Considered
from rewards.domain.grant import GrantState
from rewards.history.standpoint import Clocked, no_grants
from rewards.history.windows import reach
from rewards.ledger.ports import GrantRow, Store
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.nodes import (
    Aggregate,
    Calendar,
    Dates,
    Lifetime,
    Measure,
    MeasureTest,
    MembershipYear,
    OffsetYear,
    Op,
    SinceEnrolment,
    Window,
)

_USED = (GrantState.REDEEMED, GrantState.DELIVERED)
_REACHING = (Op.EVERY, Op.EXACTLY)
_GROWING = (Aggregate.COUNT, Aggregate.SUM, Aggregate.DISTINCT)
"""What falls within its window only when a fact is taken back; a streak may be lost and earned again."""


def reached_before(store: Store, considered: Considered) -> tuple[str, ...]:
    """Rules whose milestone the guest reached before, as far or farther, and used what it gave."""
    marks = {one.rule.id: _milestones(one.why) for one in considered.proposal.candidates}
    marks = {rule: held for rule, held in marks.items() if held}
    if not marks:
        return ()
    it = considered.situation
    rows = store.grants.of_guest(store.guests.records(it.guest.id), states=_USED)
    used = [row for row in rows if row.grant.rule in marks and to_us(row.grant.granted_at) <= it.at_us]
    reached: dict[str, None] = {}
    for row in used:
        rule = row.grant.rule
        if rule not in reached and _was_there(store, row, marks[rule], it):
            reached[rule] = None
    return tuple(reached)


def _milestones(why: Sequence[Held]) -> tuple[Held, ...]:
    return tuple(held for held in why if _is_milestone(held))


def _is_milestone(held: Held) -> bool:
    leaf = held.leaf
    if not isinstance(leaf, MeasureTest) or leaf.comparison.op not in _REACHING:
        return False
    if leaf.measure.last is not None:
        # Newer ones push older ones out, so the number may fall by itself.
        return False
    return _grows(leaf.measure) and _begins_on_a_day(leaf.measure.window)


def _grows(measure: Measure) -> bool:
    if measure.groups is not None:
        return measure.aggregate is Aggregate.GROUPS and measure.groups.grows
    return measure.aggregate in _GROWING


def _begins_on_a_day(window: Window) -> bool:
    """Whether the window stands still while time passes, so that nothing ages out of it."""
    return isinstance(window, (Lifetime, SinceEnrolment, Dates, Calendar, OffsetYear, MembershipYear))


def _was_there(store: Store, row: GrantRow, marks: Sequence[Held], it: Situation) -> bool:
    """Whether every milestone that fires now had been reached when `row` was given, in the same window."""
    decision = store.decisions.get(row.grant.decision)
    if decision is None:
        return False
    facts = RecordedFacts(json.loads(decision.facts)["record"])
    return all(_had_reached(facts, row, held, it) for held in marks)


def _had_reached(facts: RecordedFacts, row: GrantRow, held: Held, it: Situation) -> bool:
    if not isinstance(held.leaf, MeasureTest) or not isinstance(held.actual, Reading):
        return False
    try:
        then = facts.measure(held.leaf.measure, row.grant.rule)
    except NotRecordedError:
        # The rule measures something else since.
        return False
    same = _begins(held.leaf.measure.window, it, date.fromordinal(row.granted_day))
    return then.low >= held.actual.low and same == _begins(held.leaf.measure.window, it, it.day)


def _begins(window: Window, it: Situation, day: date) -> int | None:
    """The first day (ordinal) of a window as seen from a hotel day; None where it is open."""
    seen = reach(window, Clocked(it.at_us, day, no_grants, lambda: _joined(it)), "")
    return seen.first if seen is not None else None


def _joined(it: Situation) -> date | None:
    at = it.guest.enrolled_at
    return None if at is None else hotel_day(to_us(at), it.property.zone_info(), it.property.rollover_hour)
