"""A held decision is confirmed or cancelled, at most once, or lapses."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from rewards.clock import isoformat, to_us
from rewards.decisions.extending import is_mark
from rewards.desk import waits
from rewards.domain.grant import GrantState
from rewards.errors import DECISION_UNKNOWN, HOLD_NOT_OPEN, RewardsError
from rewards.ledger import life, points, takes
from rewards.ledger.ports import DecisionRow, GrantRow, Store
from rewards.ledger.take_rows import TakeRow


def get(store: Store, decision_id: str) -> DecisionRow:
    """The decision; `decision_unknown` where there is none."""
    row = store.decisions.get(decision_id)
    if row is None:
        raise RewardsError(DECISION_UNKNOWN, f"No decision “{decision_id[:60]}”.", field="decision")
    return row


def _not_open(row: DecisionRow) -> RewardsError:
    return RewardsError(
        HOLD_NOT_OPEN, f"{row.id} is {row.state}.", details={"state": row.state}, hint="Ask the question again."
    )


def confirm(store: Store, decision_id: str, *, by: str, now: datetime) -> list[GrantRow]:
    """Make the held perks grants; `hold_not_open` when it was confirmed, cancelled or has lapsed."""
    row = get(store, decision_id)
    store.guests.lock(row.guest)
    if row.hold_expires_at is not None and row.hold_expires_at <= now and row.state == "held":
        raise RewardsError(HOLD_NOT_OPEN, f"{row.id} lapsed at {isoformat(row.hold_expires_at)}.")
    if not store.decisions.move(row.id, "held", "confirmed"):
        raise _not_open(get(store, decision_id))
    for grant in store.grants.of_decision(row.id):
        if grant.grant.state is GrantState.HELD:
            life.confirm(store, grant, by=by, at=now)
    takes.confirm(store, row.id, now)
    waits.confirm(store, row.id, now)
    store.outbox.add("decision.confirmed", row.guest, json.dumps({"decision": row.id, "guest": row.guest}), now)
    return store.grants.of_decision(row.id)


def cancel(store: Store, decision_id: str, *, by: str, now: datetime) -> list[GrantRow]:
    """Let the held perks go; `hold_not_open` when it is not held any more."""
    row = get(store, decision_id)
    store.guests.lock(row.guest)
    if not store.decisions.move(row.id, "held", "cancelled"):
        raise _not_open(get(store, decision_id))
    for grant in store.grants.of_decision(row.id):
        if grant.grant.state is GrantState.HELD:
            life.void(store, grant.grant.id, by=by, reason="hold cancelled", at=now)
    takes.give_back_all(store, row.id, now)
    waits.release(store, row.id, "the hold was cancelled", now)
    store.outbox.add("decision.cancelled", row.guest, json.dumps({"decision": row.id, "guest": row.guest}), now)
    return store.grants.of_decision(row.id)


def expire_due(store: Store, now: datetime, limit: int) -> int:
    """Let holds, grants and points that are past their end lapse, at most `limit`; returns how many."""
    done = 0
    for due in store.grants.due(now, limit):
        store.guests.lock(due.grant.guest)
        # Looked at again under the lock: a hold that was confirmed meanwhile is a grant with an end of its own.
        fresh = store.grants.get(due.grant.id)
        if fresh is not None and is_over(fresh, now):
            lapse(store, fresh, now)
            done += 1
    for taken in store.takes.due(now, limit - done) if done < limit else []:
        store.guests.lock(taken.guest)
        done += lapse_take(store, taken, now)
    lots = store.lots.due(to_us(now), limit - done) if done < limit else []
    return done + sum(points.lapse(store, lot, now) for lot in lots)


def is_over(row: GrantRow, now: datetime) -> bool:
    """Whether a hold, what waits for an approval, or a grant that is not used up, is past its end."""
    grant = row.grant
    if grant.state in life.PROMISED:
        return grant.hold_expires_at is not None and grant.hold_expires_at <= now
    return grant.state is GrantState.GRANTED and grant.valid_until <= now


def lapse(store: Store, row: GrantRow, now: datetime) -> None:
    """Let one lapse, and with a hold its decision."""
    life.expire(store, row.grant.id, at=now)
    if row.grant.state is GrantState.HELD:
        store.decisions.move(row.grant.decision, "held", "expired")


def lapse_take(store: Store, row: TakeRow, now: datetime) -> bool:
    """Give back what was taken for a hold that is over, whose decision is over with it; False where it was already."""
    if not takes.lapse(store, row, now):
        return False
    store.decisions.move(row.decision, "held", "expired")
    return True


def settled_json(row: DecisionRow, grants: list[GrantRow], state: str) -> dict[str, Any]:
    """The answer to a confirmation or cancellation."""
    return {
        "decision": row.id,
        "state": state,
        "grants": [
            {"grant": one.grant.id, "perk": one.grant.perk, "code": one.grant.code, "state": one.grant.state.value}
            for one in grants
            if not is_mark(one.grant.perk)
        ],
    }
