"""A grant's life after it was given: approved or refused, redeemed, delivered, failed, substituted, voided, expired.

Each step is one conditional move of the state, one event, and one balanced transaction over the accounts that the
grant was taken from. What is redeemed or delivered stays so and keeps its charge; what is taken back unused returns
what it took.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from rewards.clock import isoformat
from rewards.decisions.extending import UNIT, is_mark
from rewards.domain.grant import Grant, GrantState
from rewards.errors import (
    BUDGET_SPENT,
    FIELD_INVALID,
    GRANT_NOT_REDEEMABLE,
    GRANT_UNKNOWN,
    PROPERTY_FORBIDDEN,
    STOCK_GONE,
    RewardsError,
)
from rewards.ids import new_code, new_id
from rewards.ledger import extensions, points, takes
from rewards.ledger.accounts import COUNT
from rewards.ledger.funds import LiveFunds
from rewards.ledger.ports import Entry, GrantEvent, GrantRow, Store

PROMISED = (GrantState.HELD, GrantState.PENDING)
"""What took its limits, stock and budgets, but is not given yet; of points none are credited."""

OPEN = (*PROMISED, GrantState.GRANTED)
HAD = (*OPEN, GrantState.REDEEMED, GrantState.DELIVERED)
"""What the guest has, or had and used."""

TAKEN_BACK = (GrantState.VOIDED, GrantState.FAILED, GrantState.REFUSED)


def counts(row: GrantRow) -> bool:
    """Whether a grant was given, or is promised, and not taken back.

    A hold that lapsed keeps the end of its hold, and never was; so does what nobody approved in time.
    """
    lapsed_hold = row.grant.state is GrantState.EXPIRED and row.grant.hold_expires_at is not None
    return row.grant.state not in TAKEN_BACK and not lapsed_hold


def get(store: Store, grant_id: str) -> GrantRow:
    """The grant; `grant_unknown` where there is none."""
    row = store.grants.get(grant_id)
    if row is None:
        raise RewardsError(GRANT_UNKNOWN, f"No grant “{grant_id[:60]}”.", field="grant")
    return row


def _refuse(row: GrantRow, what: str) -> RewardsError:
    state = row.grant.state.value
    return RewardsError(
        GRANT_NOT_REDEEMABLE,
        f"{row.grant.id} is {state}; it cannot be {what}.",
        details={"state": state, "used": row.used, "quantity": row.grant.quantity},
    )


def _usable(row: GrantRow, at: datetime, what: str) -> None:
    grant = row.grant
    if grant.state is not GrantState.GRANTED:
        raise _refuse(row, what)
    _no_mark(row, what)
    if at < grant.valid_from:
        raise RewardsError(GRANT_NOT_REDEEMABLE, f"It is valid from {isoformat(grant.valid_from)} on.")
    if at >= grant.valid_until:
        raise RewardsError(GRANT_NOT_REDEEMABLE, f"It was valid until {isoformat(grant.valid_until)}.")


def _no_mark(row: GrantRow, what: str) -> None:
    if is_mark(row.grant.perk):
        raise RewardsError(GRANT_NOT_REDEEMABLE, f"{row.grant.id} is more time for others; it cannot be {what}.")


def is_points(row: GrantRow) -> bool:
    """Whether a grant is points, which live in the guest's balance."""
    return any(claim.unit == points.UNIT for claim in row.claims)


def redeem(
    store: Store,
    grant_id: str,
    *,
    reference: str,
    quantity: int | None,
    by: str,
    at: datetime,
    where: str | None = None,
) -> GrantRow:
    """Use a grant, whole (no `quantity`) or in part.

    `reference` names this use for ever: a second one raises `already_exists`. `grant_not_redeemable` says why not;
    more than is left is refused, not cut.
    """
    row = get(store, grant_id)
    _usable(row, at, "redeemed")
    if is_points(row):
        raise _refuse(row, "redeemed; its points are in the guest's balance")
    if where is not None and row.grant.reservation is not None and where != row.grant.property:
        raise RewardsError(PROPERTY_FORBIDDEN, f"It belongs to a stay at “{row.grant.property}”.", field="property")
    left = row.grant.quantity - row.used
    amount = left if quantity is None else quantity
    if not 0 < amount <= left:
        raise RewardsError(FIELD_INVALID, f"{amount} is asked; {left} is left.", field="quantity")
    state = GrantState.REDEEMED if amount == left else GrantState.GRANTED
    _move(store, row, (GrantState.GRANTED,), state, "redeemed", amount, by, reference, at, reference=reference)
    return get(store, grant_id)


def deliver(store: Store, grant_id: str, *, by: str, reason: str, at: datetime) -> GrantRow:
    """A clerk handed it over."""
    row = get(store, grant_id)
    _usable(row, at, "delivered")
    left = row.grant.quantity - row.used
    _move(store, row, (GrantState.GRANTED,), GrantState.DELIVERED, "delivered", left, by, reason, at)
    return get(store, grant_id)


def fail(store: Store, grant_id: str, *, by: str, reason: str, at: datetime) -> GrantRow:
    """The house could not: what was taken for it returns."""
    return _take_back(store, get(store, grant_id), (GrantState.GRANTED,), GrantState.FAILED, "failed", by, reason, at)


def void(store: Store, grant_id: str, *, by: str, reason: str, at: datetime) -> GrantRow:
    """Take it back: what is not used returns; points that were spent become a debt."""
    row = get(store, grant_id)
    return _take_back(store, row, revocable(row), GrantState.VOIDED, "voided", by, reason, at)


def revocable(row: GrantRow) -> tuple[GrantState, ...]:
    """The states that a grant can be taken back from. Points are handed over at once, and can be taken back still."""
    return (*OPEN, GrantState.DELIVERED) if is_points(row) else OPEN


def expire(store: Store, grant_id: str, *, at: datetime) -> GrantRow:
    """It reached its end: the money that is not used returns to its budget.

    A hold gives everything back, as does what nobody approved.
    """
    row = get(store, grant_id)
    if row.grant.state in PROMISED:
        why = "hold ended" if row.grant.state is GrantState.HELD else "nobody approved it in time"
        return _take_back(store, row, (row.grant.state,), GrantState.EXPIRED, "expired", "clock", why, at)
    _move(store, row, (GrantState.GRANTED,), GrantState.EXPIRED, "expired", 0, "clock", "validity ended", at)
    _return_claims(store, row, [claim for claim in row.claims if is_money(claim)], f"expire {row.grant.id}", at)
    return get(store, grant_id)


def confirm(store: Store, row: GrantRow, *, by: str, at: datetime) -> None:
    """A hold becomes a grant, and its points are given now; or it waits for its approval."""
    if row.grant.approval is not None:
        _move(store, row, (GrantState.HELD,), GrantState.PENDING, "pending", 0, by, "hold confirmed", at)
        return
    _move(store, row, (GrantState.HELD,), GrantState.GRANTED, "granted", 0, by, "hold confirmed", at)
    credit_points(store, get(store, row.grant.id), at)


def approve(store: Store, row: GrantRow, *, by: str, reason: str, at: datetime) -> GrantRow:
    """What waited is given; its points are credited now."""
    _move(store, row, (GrantState.PENDING,), GrantState.GRANTED, "granted", 0, by, reason, at)
    return credit_points(store, get(store, row.grant.id), at)


def refuse(store: Store, row: GrantRow, *, by: str, reason: str, at: datetime) -> GrantRow:
    """What waited is not given: all that it took returns."""
    return _take_back(store, row, (GrantState.PENDING,), GrantState.REFUSED, "refused", by, reason, at)


def announce_pending(store: Store, rows: Sequence[GrantRow], at: datetime) -> None:
    """Tell the hotel's systems of new grants that wait for an approval."""
    for row in rows:
        if row.grant.state is GrantState.PENDING:
            _tell(store, row, "pending", GrantState.PENDING, at)


def credit_points(store: Store, row: GrantRow, at: datetime) -> GrantRow:
    """Give the points of a grant of points, which is delivered thereby; any other is returned as it is.

    So is one that is promised only.
    """
    if not is_points(row) or row.grant.state in PROMISED:
        return row
    funds = LiveFunds(store, at)
    for claim in row.claims:
        if claim.unit == points.UNIT:
            points.credit(store, funds, row.grant, -claim.amount, at)
    funds.post(f"grant {row.grant.id}")
    whole = row.grant.quantity
    _move(store, row, (GrantState.GRANTED,), GrantState.DELIVERED, "delivered", whole, "ledger", "points credited", at)
    return get(store, row.grant.id)


def substitute(
    store: Store,
    grant_id: str,
    replacement: Grant,
    claims: Sequence[Entry],
    *,
    by: str,
    reason: str,
    at: datetime,
) -> GrantRow:
    """Another grant in its place.

    The old one returns its money and stock first; then the new one takes `claims` (stock, budgets; of points only what
    is to be credited), and keeps the count of the limits. `stock_gone` or `budget_spent` where that is not to be had.
    """
    row = get(store, grant_id)
    _no_mark(row, "substituted")
    _move(store, row, (GrantState.GRANTED,), GrantState.SUBSTITUTED, "substituted", 0, by, reason, at)
    kept = [claim for claim in row.claims if claim.unit == COUNT]
    _return_claims(store, row, [claim for claim in row.claims if claim.unit != COUNT], f"substitute {grant_id}", at)
    new = replace(replacement, id=new_id("gnt"), code=new_code(), granted_at=at, valid_from=at)
    funds = LiveFunds(store, at)
    for claim in claims:
        if claim.unit != points.UNIT and not funds.take(claim.account, claim.amount, claim.unit):
            raise _cannot_take(new, claim, funds.left(claim.account))
    store.grants.add([GrantRow(new, row.granted_day, 0, (*kept, *claims))])
    funds.post(f"substitute {grant_id} by {new.id}")
    return credit_points(store, get(store, new.id), at)


def _cannot_take(new: Grant, claim: Entry, left: int) -> RewardsError:
    details: dict[str, object] = {"left": left}
    if is_money(claim):
        return RewardsError(BUDGET_SPENT, f"The budget does not cover “{new.perk}”.", field="perk", details=details)
    return RewardsError(STOCK_GONE, f"Nothing is left of “{new.perk}” today.", field="perk", details=details)


def is_money(claim: Entry) -> bool:
    """Whether a claim is on a budget, rather than on a count, a stock or a guest's points."""
    return claim.unit not in (COUNT, points.UNIT, UNIT) and not claim.unit.startswith("perk:")


def _take_back(
    store: Store,
    row: GrantRow,
    expected: Sequence[GrantState],
    to: GrantState,
    kind: str,
    by: str,
    reason: str,
    at: datetime,
) -> GrantRow:
    promised = row.grant.state in PROMISED
    _move(store, row, expected, to, kind, 0, by, reason, at)
    claims = [claim for claim in row.claims if not (promised and claim.unit == points.UNIT)]
    _return_claims(store, row, claims, f"{kind} {row.grant.id}", at)
    takes.after_return(store, row, at)
    return get(store, row.grant.id)


def _return_claims(store: Store, row: GrantRow, claims: Sequence[Entry], why: str, at: datetime) -> None:
    """Give back what was taken: of money the share that is not used, of counts and stock nothing once it is used."""
    funds = LiveFunds(store, at)
    extensions.undo(store, replace(row, claims=tuple(claims)), at)
    for claim in claims:
        if claim.unit == UNIT:
            continue
        if claim.unit == points.UNIT:
            points.take_back(store, funds, row.grant, -claim.amount)
        elif is_money(claim):
            left = claim.amount * (row.grant.quantity - row.used) // row.grant.quantity
            funds.put_back(claim.account, left, claim.unit)
        elif row.used == 0:
            funds.put_back(claim.account, claim.amount, claim.unit)
    funds.post(why)


def _move(
    store: Store,
    row: GrantRow,
    expected: Sequence[GrantState],
    to: GrantState,
    kind: str,
    used: int,
    by: str,
    reason: str,
    at: datetime,
    reference: str | None = None,
) -> None:
    quantity = used or row.grant.quantity - row.used
    event = GrantEvent(row.grant.id, kind, quantity, by, reason, at, reference)
    if not store.grants.move(row.grant.id, expected, to, event, used):
        raise _refuse(get(store, row.grant.id), kind)
    _tell(store, row, kind, to, at)


def _tell(store: Store, row: GrantRow, kind: str, to: GrantState, at: datetime) -> None:
    payload = f'{{"grant": "{row.grant.id}", "guest": "{row.grant.guest}", "state": "{to.value}"}}'
    store.outbox.add(f"grant.{kind}", row.grant.guest, payload, at)
