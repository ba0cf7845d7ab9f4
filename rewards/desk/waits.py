"""What a decision leaves waiting: noted with the answer, begun when a hold is confirmed, told, and called off."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rewards.clock import from_us, to_us
from rewards.decisions.patience import next_try_us
from rewards.decisions.resolve import Resolution
from rewards.decisions.situation import Situation, subject_of
from rewards.desk.installation import Ground
from rewards.desk.reply import Reader, local_time
from rewards.errors import WAIT_NOT_OPEN, WAIT_UNKNOWN, RewardsError
from rewards.ids import new_id
from rewards.ledger import life, takes
from rewards.ledger.ports import DecisionRow, Store
from rewards.ledger.waits import OPEN, WaitRow, WaitState
from rewards.rulelang.prose import waits_text


def rows_of(
    resolution: Resolution, it: Situation, decision: str, hold_until: datetime | None, *, preview: bool = False
) -> list[WaitRow]:
    """What a resolution leaves waiting, in its order. A preview's have no ids, because none exist."""
    return [
        WaitRow(
            id="" if preview else new_id("wai"),
            guest=it.guest.id,
            decision=decision,
            property=it.property.code,
            subject=subject_of(it),
            moment=it.moment,
            reservation=it.stay.reservation if it.stay else None,
            rule=one.candidate.rule.id,
            perk=one.perk,
            outcome=one.outcome,
            hourly=one.patience.hourly,
            first_us=one.patience.first_us,
            next_us=to_us(hold_until) if hold_until else next_try_us(one.patience, it.property, it.at_us),
            end_us=one.patience.end_us,
            state=WaitState.HELD if hold_until else WaitState.WAITING,
            created_us=it.at_us,
        )
        for one in resolution.waiting
    ]


CANCELLATION = "cancellation"
"""The moment at which a reservation is cancelled, and with it what waits for it."""

_STAY = "stay:"


def note(store: Store, rows: Sequence[WaitRow], decision: DecisionRow) -> None:
    """Record what a decision leaves waiting; one about a cancellation calls off what waited for the reservation."""
    if decision.moment == CANCELLATION and decision.subject.startswith(_STAY) and decision.state != "held":
        records, reservation = store.guests.records(decision.guest), decision.subject.removeprefix(_STAY)
        for row in store.waits.of_guest(records):
            if (row.property, row.reservation) == (decision.property, reservation):
                call_off(store, row, "the reservation was cancelled", decision.decided_at)
    store.waits.add(rows)


def is_open(row: WaitRow, now_us: int) -> bool:
    """Whether it still waits; a hold that is over does not, noticed or not."""
    return row.state is WaitState.WAITING or (row.state is WaitState.HELD and row.next_us > now_us)


def told(rows: Sequence[WaitRow], it: Situation, ground: Ground, reader: Reader) -> list[dict[str, Any]]:
    """What waits, as replies say it: the perk, from when, how often and until when, in figures and in words."""
    return [_told(row, it, ground, reader) for row in rows]


def _told(row: WaitRow, it: Situation, ground: Ground, reader: Reader) -> dict[str, Any]:
    perk, zone = ground.names.perks.get(row.perk), it.property.zone_info()
    start, end = from_us(row.first_us).astimezone(zone), from_us(row.end_us).astimezone(zone)
    later = start if row.first_us > row.created_us else None
    return {
        "wait": row.id or None,
        "perk": row.perk,
        "title": perk.titles.get(reader.language, row.perk) if perk else row.perk,
        "rule": row.rule,
        "state": row.state.value,
        "every": "hour" if row.hourly else "day",
        "from": local_time(start, it),
        "until": local_time(end, it),
        "text": waits_text(row.perk, later, end, hourly=row.hourly, language=reader.language, names=ground.names),
    }


def confirm(store: Store, decision: str, now: datetime) -> None:
    """What a hold leaves waiting is tried from now on, at once where trying has begun."""
    now_us = to_us(now)
    for row in store.waits.of_decision(decision):
        begun = replace(row, state=WaitState.WAITING, next_us=min(max(now_us, row.first_us), row.end_us))
        store.waits.move(begun, (WaitState.HELD,))


def release(store: Store, decision: str, why: str, now: datetime) -> None:
    """What a decision leaves waiting is called off with it."""
    for row in store.waits.of_decision(decision):
        call_off(store, row, why, now)


def call_off(store: Store, row: WaitRow, why: str, now: datetime) -> bool:
    """Nothing is tried any more; False where it was over already. The caller holds the guest."""
    over = replace(row, state=WaitState.CANCELLED, reason=why, over_us=to_us(now))
    if not store.waits.move(over, OPEN):
        return False
    give_back(store, over, now)
    announce(store, "wait.cancelled", over, now)
    return True


def give_back(store: Store, row: WaitRow, now: datetime) -> None:
    """Nothing came of it: what its rule took goes back, unless something else that it gave stands or waits."""
    given = [one for one in store.grants.of_decision(row.decision) if one.grant.rule == row.rule]
    waiting = [one for one in store.waits.of_decision(row.decision) if one.rule == row.rule and one.state in OPEN]
    if not waiting and not any(life.counts(one) for one in given):
        takes.give_back(store, row.decision, row.rule, now)


def cancel(store: Store, wait_id: str, why: str, now: datetime) -> WaitRow:
    """Call one off by its id; `wait_not_open` where it is over already."""
    row = get(store, wait_id)
    store.guests.lock(row.guest)
    if not call_off(store, get(store, wait_id), why, now):
        state = get(store, wait_id).state.value
        raise RewardsError(WAIT_NOT_OPEN, f"{wait_id} is {state}.", details={"state": state})
    return get(store, wait_id)


def get(store: Store, wait_id: str) -> WaitRow:
    """What waits by its id; `wait_unknown` where there is none."""
    row = store.waits.get(wait_id)
    if row is None:
        raise RewardsError(WAIT_UNKNOWN, f"Nothing waits as “{wait_id[:60]}”.", field="wait")
    return row


def announce(store: Store, topic: str, row: WaitRow, now: datetime) -> None:
    """Tell the hotel's systems."""
    payload = {"wait": row.id, "decision": row.decision, "guest": row.guest, "property": row.property}
    told = {**payload, "rule": row.rule, "perk": row.perk, "grant": row.grant, "reason": row.reason}
    store.outbox.add(topic, row.guest, json.dumps(told, ensure_ascii=False), now)
