"""Extensions in the ledger: a grant ends later, by an event that says from when to when; and as it was, when undone.

`valid_until` of a grant sums up those events. All of it happens under the guest's lock.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from rewards.clock import from_us, isoformat, to_us
from rewards.decisions.extending import UNIT, Calendars, Extender, Holding, is_mark
from rewards.domain.grant import GrantState
from rewards.domain.perk import Perk, PerkKind
from rewards.history.standpoint import HotelGroup
from rewards.ledger.ports import Extended, GrantRow, Store

EXTENDED, SHORTENED = "extended", "shortened"
"""Events that move a grant's end, and not its state."""


def calendars(group: HotelGroup) -> Calendars:
    """The hotel days of a group's properties."""
    return Calendars(group.day_of, group.end_of)


def extender(store: Store, group: HotelGroup, perks: Mapping[str, Perk], guest: str, at_us: int) -> Extender:
    """Plans extensions of what a guest holds at an instant; reads nothing before something is to be extended."""

    def holdings() -> Iterable[Holding]:
        return map(_holding, held(store, perks, store.guests.records(guest), at_us))

    return Extender(holdings, calendars(group))


def held(store: Store, perks: Mapping[str, Perk], records: Sequence[str], at_us: int) -> Iterable[GrantRow]:
    """What can be extended at an instant, the oldest first: what is not used up, points that are left, statuses."""
    lots = {lot.id for lot in store.lots.open_of(records)}
    for row in reversed(store.grants.of_guest(records, states=(GrantState.GRANTED, GrantState.DELIVERED))):
        now = to_us(row.grant.granted_at) <= at_us < to_us(row.grant.valid_until)
        if now and not is_mark(row.grant.perk) and _usable(row, perks, lots):
            yield row


def _usable(row: GrantRow, perks: Mapping[str, Perk], lots: set[str]) -> bool:
    if row.grant.state is GrantState.GRANTED or row.grant.id in lots:
        return True
    perk = perks.get(row.grant.perk)
    return perk is not None and perk.kind is PerkKind.CUSTOM


def _holding(row: GrantRow) -> Holding:
    grant = row.grant
    return Holding(grant.id, grant.perk, grant.rule, grant.property, to_us(grant.valid_until))


def carry_out(store: Store, mark: GrantRow, at: datetime) -> GrantRow:
    """Do what a mark says, if it is one; the mark is good for as long as what it extended."""
    ends = [claim.amount for claim in mark.claims if claim.unit == UNIT]
    for claim in mark.claims:
        if claim.unit == UNIT:
            row = store.grants.get(claim.account)
            if row is None:
                raise LookupError(f"there is no grant {claim.account!r} to extend")
            by = mark.grant.decision
            extend(store, row, claim.amount, by=by, reason=mark.grant.rule, reference=mark.grant.id, at=at)
    return replace(mark, grant=replace(mark.grant, valid_until=from_us(max(ends)))) if ends else mark


def extend(store: Store, row: GrantRow, until_us: int, *, by: str, reason: str, reference: str, at: datetime) -> None:
    """Let a grant, and the lot of its points, end at `until_us`. `reference` names it once for ever for this grant."""
    _move(store, row, EXTENDED, until_us, by=by, reason=reason, reference=reference, at=at)


def undo(store: Store, mark: GrantRow, at: datetime) -> None:
    """Take back what a mark did, where it is not used yet and nothing else was built on it."""
    for claim in mark.claims:
        row = store.grants.get(claim.account) if claim.unit == UNIT else None
        if row is None or to_us(row.grant.valid_until) != claim.amount or not _is_open(store, row):
            continue
        done = [one for one in store.grants.extended([row.grant.guest]) if one.reference == mark.grant.id]
        before = next(one.from_us for one in done if one.grant == row.grant.id and one.until_us == claim.amount)
        by = mark.grant.decision
        _move(store, row, SHORTENED, before, by=by, reason=mark.grant.rule, reference=mark.grant.id, at=at)


def _is_open(store: Store, row: GrantRow) -> bool:
    if row.grant.state is GrantState.GRANTED:
        return True
    lot = store.lots.get(row.grant.id)
    return row.grant.state is GrantState.DELIVERED and (lot is None or lot.left > 0)


def _move(
    store: Store, row: GrantRow, kind: str, until_us: int, *, by: str, reason: str, reference: str, at: datetime
) -> None:
    grant = row.grant
    moved = Extended(grant.id, kind, to_us(grant.valid_until), until_us, by, reason, at, reference)
    if not store.grants.move_end(moved, row.grant.quantity - row.used):
        # Its guest is locked, so nobody else moved it.
        raise ValueError(f"{grant.id} does not end at {isoformat(grant.valid_until)} any more")
    store.lots.move_end(grant.id, until_us)
    payload = {"grant": grant.id, "guest": grant.guest, "valid_until": isoformat(from_us(until_us))}
    store.outbox.add(f"grant.{kind}", grant.guest, json.dumps(payload), at)
