"""A fact was taken back: what rested on it follows.

Every unused grant of the guest is looked at again, as of its decision's instant, with what is known today. What would
not be given any more, or was given for a stay that was called off, is voided; what was redeemed or delivered stays and
keeps its charge; points that were spent become a debt. Nothing new is given here: that is the next question's business.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import msgspec

from rewards.clock import from_us, to_us
from rewards.decisions.facts import DecisionFacts
from rewards.decisions.situation import Situation
from rewards.desk import waits
from rewards.desk.installation import Ground, Installation
from rewards.desk.past import Past
from rewards.domain.activity import Kind
from rewards.domain.grant import GrantState
from rewards.history.ports import GuestHead
from rewards.ledger import life, takes
from rewards.ledger.ports import DecisionRow, Store
from rewards.ledger.waits import OPEN
from rewards.rulelang import interpreter
from rewards.rulelang.evaluation import Truth

CANCELLATION = "cancellation"
REASON = "the fact it rested on was taken back"


class Reassessor:
    """Looks again at what a guest holds."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def corrected(self, store: Store, guest: str, activity: str, at_us: int) -> list[str]:
        """Void what does not stand without `activity`; returns the ids of the grants that were voided."""
        ground = self._installation.ground(store)
        store.guests.lock(guest)
        head = store.guests.head(guest)
        if head is None:
            return []
        records = store.guests.records(head.guest.id)
        called_off = _called_off(store, activity)
        voided, kept = [], []
        for row in store.grants.of_guest(records, states=life.HAD):
            of_it = called_off is not None and (row.grant.property, row.grant.reservation) == called_off
            if not of_it and self._stands(store, ground, head, row.grant.decision, row.grant.rule):
                continue
            if row.grant.state in life.revocable(row):
                life.void(store, row.grant.id, by="correction", reason=f"{REASON}: {activity}", at=from_us(at_us))
                voided.append(row.grant.id)
            elif row.grant.state in (GrantState.REDEEMED, GrantState.DELIVERED):
                kept.append(row.grant.id)
        self._call_off_waits(store, ground, head, records, called_off, from_us(at_us))
        back = self._return(store, ground, head, called_off, from_us(at_us))
        if voided or kept or back:
            payload = {"guest": guest, "activity": activity, "voided": voided, "kept": kept}
            payload |= {"given_back": back} if back else {}
            store.outbox.add("grants.reassessed", guest, json.dumps(payload), from_us(at_us))
        return voided

    def _return(
        self, store: Store, ground: Ground, head: GuestHead, called_off: tuple[str, str] | None, at: datetime
    ) -> list[str]:
        """Give back what rules took that gave nothing for it and would not take it any more.

        What was taken because a stay was called off is not given back because it was.
        """
        back: list[str] = []
        for row in store.takes.of_guest(store.guests.records(head.guest.id)):
            decision = store.decisions.get(row.decision)
            for_calling_off = decision is not None and decision.moment == CANCELLATION
            of_it = not for_calling_off and called_off is not None and (row.property, row.reservation) == called_off
            given = any(one.grant.rule == row.rule for one in store.grants.of_decision(row.decision))
            if not given and (of_it or not self._stands(store, ground, head, row.decision, row.rule)):
                back += [one.id for one in takes.give_back(store, row.decision, row.rule, at)]
        return back

    def _call_off_waits(
        self,
        store: Store,
        ground: Ground,
        head: GuestHead,
        records: tuple[str, ...],
        called_off: tuple[str, str] | None,
        at: datetime,
    ) -> None:
        """What waits is called off where its rule would not give any more, or with its stay."""
        for row in store.waits.of_guest(records):
            of_it = called_off is not None and (row.property, row.reservation) == called_off
            if row.state in OPEN and (of_it or not self._stands(store, ground, head, row.decision, row.rule)):
                waits.call_off(store, row, REASON, at)

    def _stands(self, store: Store, ground: Ground, head: GuestHead, decision_id: str, rule_id: str) -> bool:
        decision = store.decisions.get(decision_id)
        if decision is None:
            return True
        compiled = self._installation.version(store, decision.rule_set)
        rule = next((one for one in compiled.rule_set.rules if one.id == rule_id), None)
        if rule is None:
            return True
        situation = replace(stored_situation(decision), guest=head.guest, verified=head.verified)
        activity = situation.activity
        if activity is not None and _taken_back(store, activity.id):
            return False
        past = Past(store, ground, head, situation, grants_before_us=to_us(decision.decided_at))
        facts = DecisionFacts(situation, past.read)
        return interpreter.evaluate(rule.when, facts, rule.id) is not Truth.FALSE


def _called_off(store: Store, activity: str) -> tuple[str, str] | None:
    """The property and the reservation of a stay that was taken back and not told anew: nothing is left to give for."""
    stay = store.activities.get(activity)
    if stay is None or stay.kind is not Kind.STAY or stay.property is None or stay.reservation is None:
        return None
    told = store.activities.of_reservation(stay.property, stay.reservation)
    if any(one.kind is Kind.STAY and not _taken_back(store, one.id) for one in told):
        return None
    return stay.property, stay.reservation


def _taken_back(store: Store, activity_id: str) -> bool:
    return any(reversal.amount_minor is None for reversal in store.activities.reversals_of(activity_id))


def stored_situation(decision: DecisionRow) -> Situation:
    """The situation that a decision was about, as it was stored."""
    return msgspec.json.decode(decision.question, type=Situation)
