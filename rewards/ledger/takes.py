"""What a rule takes from a guest: units of grants, points of lots; and gives back when what it paid for is taken back.

A take is planned under the guest's lock (`Purse`), so what it names is there; every step is one conditional update all
the same. Giving back is one step of the take, so it happens once, whoever asks for it and however often.
"""

from __future__ import annotations

import json
from datetime import datetime

from rewards.clock import to_us
from rewards.domain.grant import GrantState
from rewards.ledger import points
from rewards.ledger.accounts import COUNT
from rewards.ledger.entries import Entry
from rewards.ledger.funds import LiveFunds
from rewards.ledger.lots import Lot
from rewards.ledger.ports import GrantEvent, GrantRow, Store
from rewards.ledger.take_rows import STANDING, Part, TakeRow, TakeState, total
from rewards.ledger.waits import OPEN

TAKEN, GIVEN_BACK = "taken", "given_back"
"""The events of a grant of which units are taken, and come back."""

_OPEN = (GrantState.GRANTED, GrantState.REDEEMED, GrantState.DELIVERED)
"""Where units that come back can be used again. Whatever ended otherwise stays ended."""


def take(store: Store, funds: LiveFunds, row: TakeRow) -> None:
    """Take what a plan says, under the guest's lock; entries go to `funds`, which the caller posts."""
    store.takes.add(row)
    for part in row.parts:
        if row.points:
            points.take_from(store, funds, part.source, part.quantity, row.at)
        else:
            _take_units(store, row, part)
    if row.owed:
        points.owe(funds, row.guest, row.owed)
    _tell(store, row, TAKEN, row.at)


def _take_units(store: Store, row: TakeRow, part: Part) -> None:
    source = store.grants.get(part.source)
    whole = source is not None and source.used + part.quantity == source.grant.quantity
    event = GrantEvent(part.source, TAKEN, part.quantity, row.decision, row.rule, row.at, row.id)
    to = GrantState.REDEEMED if whole else GrantState.GRANTED
    if not store.grants.move(part.source, (GrantState.GRANTED,), to, event, part.quantity):
        # Its guest is locked, so nobody else used it: the plan and the grant disagree.
        raise ValueError(f"{part.quantity} of {part.source} are not there to be taken")


def confirm(store: Store, decision: str, at: datetime) -> None:
    """What was taken for a hold is taken for good."""
    for row in store.takes.of_decision(decision):
        store.takes.move(row.id, (TakeState.HELD,), TakeState.TAKEN, at)


def give_back(store: Store, decision: str, rule: str, at: datetime) -> list[TakeRow]:
    """Give back what a rule took in a decision, under the guest's lock; returns what was given back now.

    What lapsed meanwhile comes back lapsed: it cannot be used, and ends as anything past its end does. Of a debt that
    was paid since, the points come back as new ones. Given back before: nothing.
    """
    rows = [row for row in store.takes.of_decision(decision) if row.rule == rule]
    return [row for row in rows if _give_back(store, row, at)]


def give_back_all(store: Store, decision: str, at: datetime) -> list[TakeRow]:
    """Give back whatever a decision took."""
    return [row for row in store.takes.of_decision(decision) if _give_back(store, row, at)]


def after_return(store: Store, row: GrantRow, at: datetime) -> None:
    """A grant was taken back: what its rule took goes back too, once nothing stands or waits of what it gave for it."""
    paid = [one for one in store.takes.of_decision(row.grant.decision) if one.rule == row.grant.rule]
    if not any(one.state in STANDING for one in paid):
        return
    given = [one for one in store.grants.of_decision(row.grant.decision) if one.grant.rule == row.grant.rule]
    waiting = [one for one in store.waits.of_decision(row.grant.decision) if one.rule == row.grant.rule]
    if not any(_stands(one) for one in given) and not any(one.state in OPEN for one in waiting):
        give_back(store, row.grant.decision, row.grant.rule, at)


def _stands(row: GrantRow) -> bool:
    """Whether the guest has a grant, used it, or let it lapse; a hold that lapsed keeps its end and never was one."""
    if row.grant.state is GrantState.EXPIRED:
        return row.grant.hold_expires_at is None
    return row.grant.state not in (GrantState.VOIDED, GrantState.FAILED, GrantState.REFUSED, GrantState.SUBSTITUTED)


def _give_back(store: Store, row: TakeRow, at: datetime) -> bool:
    if not store.takes.move(row.id, STANDING, TakeState.GIVEN_BACK, at):
        return False
    funds = LiveFunds(store, at)
    for part in row.parts:
        if row.points:
            points.put_back(store, funds, part.source, part.quantity, at)
        else:
            _return_units(store, funds, row, part, at)
    if row.owed:
        _forgive(store, funds, row, at)
    for claim in row.claims:
        funds.put_back(claim.account, claim.amount, claim.unit)
    funds.post(f"give back {row.id}")
    _tell(store, row, GIVEN_BACK, at)
    return True


def _return_units(store: Store, funds: LiveFunds, row: TakeRow, part: Part, at: datetime) -> None:
    source = store.grants.get(part.source)
    if source is None:
        raise LookupError(f"there is no grant {part.source!r} to give back to")
    state = source.grant.state
    event = GrantEvent(part.source, GIVEN_BACK, part.quantity, row.decision, row.rule, at, row.id)
    if not store.grants.move(
        part.source, (state,), GrantState.GRANTED if state in _OPEN else state, event, -part.quantity
    ):
        raise ValueError(f"{part.quantity} of {part.source} cannot come back")
    if state not in _OPEN:
        _return_money(funds, source, part.quantity)


def _return_money(funds: LiveFunds, source: GrantRow, quantity: int) -> None:
    """Of a grant that ended, the money of what was not used went back to its budgets; this was not used either."""
    whole, unused = source.grant.quantity, source.grant.quantity - source.used
    for claim in source.claims:
        if _is_money(claim):
            more = claim.amount * (unused + quantity) // whole - claim.amount * unused // whole
            funds.put_back(claim.account, more, claim.unit)


def _is_money(claim: Entry) -> bool:
    return claim.unit not in (COUNT, points.UNIT) and not claim.unit.startswith("perk:")


def _forgive(store: Store, funds: LiveFunds, row: TakeRow, at: datetime) -> None:
    """What is still owed is owed no more; what later points have paid comes back as points."""
    rest = row.owed - points.forgive(store, funds, row.guest, row.owed)
    if rest:
        lot = Lot(f"back:{row.id}", row.guest, rest, rest, 0, to_us(at), row.owed_until_us, perk=row.perk)
        points.add_lot(store, funds, lot)


def _tell(store: Store, row: TakeRow, kind: str, at: datetime) -> None:
    payload = {
        "take": row.id, "decision": row.decision, "guest": row.guest, "rule": row.rule, "perk": row.perk,
        "quantity": total(row),
    }  # fmt: skip
    store.outbox.add(f"perk.{kind}", row.guest, json.dumps(payload), at)


def lapse(store: Store, row: TakeRow, at: datetime) -> bool:
    """Give back what was taken for a hold that is over, under the guest's lock; False where it is not, or was."""
    fresh = store.takes.get(row.id)
    if fresh is None or not is_over(fresh, at):
        return False
    return _give_back(store, fresh, at)


def is_over(row: TakeRow, at: datetime) -> bool:
    """Whether it was taken for a hold that is past its end."""
    return row.state is TakeState.HELD and row.hold_expires_at is not None and row.hold_expires_at <= at
