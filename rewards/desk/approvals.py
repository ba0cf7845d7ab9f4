"""What waits for somebody to say yes: approved or refused by a key of the role that its rule names, never by who asked.

What waits took its limits, stock and budgets when it was asked for, so an approval cannot fail for want of them; a
refusal gives them back, as the end of the wait does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from rewards.clock import isoformat
from rewards.domain.grant import Approval, GrantState
from rewards.errors import APPROVAL_NOT_OPEN, APPROVAL_OWN, ROLE_MISSING, RewardsError
from rewards.ledger import life
from rewards.ledger.ports import GrantRow, Store


@dataclass(frozen=True, slots=True)
class Approver:
    """Who says yes or no: the API key (None: the operator of the house), its role, and whether it may do everything."""

    key: str | None
    role: str | None = None
    admin: bool = False


OPERATOR = Approver(None, admin=True)


def approve(store: Store, grant: str, approver: Approver, *, by: str, reason: str, now: datetime) -> GrantRow:
    """Give what waits; of points they are credited now.

    `role_missing` for a key without the role, `approval_own` for the one that asked, `approval_not_open` for what does
    not wait, or waited too long.
    """
    row = _opened(store, grant, approver, now)
    given = life.approve(store, row, by=by, reason=reason, at=now)
    # Rules may read what was given: whoever considered a question of this guest meanwhile considers it again.
    store.guests.bump(row.grant.guest)
    _note(store, approver, "grant.approve", given, by, reason, now)
    return given


def refuse(store: Store, grant: str, approver: Approver, *, by: str, reason: str, now: datetime) -> GrantRow:
    """Say no: all that it took returns. Refusals as of `approve`."""
    row = _opened(store, grant, approver, now)
    refused = life.refuse(store, row, by=by, reason=reason, at=now)
    _note(store, approver, "grant.refuse", refused, by, reason, now)
    return refused


def _opened(store: Store, grant: str, approver: Approver, now: datetime) -> GrantRow:
    """The grant under its guest's lock, if it waits for this approver."""
    store.guests.lock(life.get(store, grant).grant.guest)
    row = life.get(store, grant)
    approval, state = row.grant.approval, row.grant.state
    if approval is None or state is not GrantState.PENDING:
        raise RewardsError(
            APPROVAL_NOT_OPEN, f"{row.grant.id} is {state.value}; it waits for nobody.", details={"state": state.value}
        )
    _check(approver, approval)
    if approval.until <= now:
        raise RewardsError(APPROVAL_NOT_OPEN, f"{row.grant.id} waited until {isoformat(approval.until)}.")
    return row


def _check(approver: Approver, approval: Approval) -> None:
    if approver.admin:
        return
    if approver.role != approval.by:
        have = f"has the role “{approver.role}”" if approver.role else "has no role"
        raise RewardsError(ROLE_MISSING, f"It takes the role “{approval.by}”; the key {have}.")
    if approver.key is not None and approver.key == approval.asked_by:
        raise RewardsError(APPROVAL_OWN, "The key that asked for it may not approve or refuse it.")


def _note(store: Store, approver: Approver, action: str, row: GrantRow, by: str, reason: str, now: datetime) -> None:
    before = json.dumps({"state": GrantState.PENDING.value})
    after = json.dumps({"state": row.grant.state.value, "by": by, "reason": reason}, ensure_ascii=False)
    store.audit.add(approver.key or by, action, row.grant.id, before, after, now)
