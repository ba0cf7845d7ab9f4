"""Evaluates stored decisions again: on the facts they read, or on what was known when they were made."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from rewards.clock import to_us
from rewards.decisions.facts import DecisionFacts, NotRecordedError, Read, RecordedFacts
from rewards.decisions.options import Option
from rewards.decisions.propose import Proposal, propose
from rewards.decisions.resolve import Claims, Paid, Refusal, Settled, outcome_of, resolve
from rewards.decisions.situation import Situation
from rewards.decisions.takings import Taking
from rewards.desk.installation import Installation
from rewards.desk.past import Past
from rewards.desk.reassess import stored_situation
from rewards.ledger.ports import DecisionRow, Store
from rewards.rulelang.evaluation import FactValue, Reading
from rewards.rulelang.nodes import AMONG_GUESTS, Measure, Rule, Series


@dataclass(frozen=True, slots=True)
class Replayed:
    """The verdict on one decision: `identical`, or what differs (stored against again)."""

    decision: str
    verdict: str
    differences: tuple[str, ...] = ()


class _RecordedTaker:
    """Refuses what was refused then, and nothing else."""

    def __init__(self, refused: list[list[str]]) -> None:
        self._short = {rule for rule, _, reason in refused if reason == _SHORT}
        self._rule = ""
        self._refused = {(rule, perk): reason for rule, perk, reason in refused if reason not in _BEFORE_TAKING}
        self._limits = {rule: reason for rule, _, reason in refused if reason == "limit_reached"}

    def begin(self, rule: Rule) -> Claims | Refusal:
        """The limits of a rule, as they stood."""
        self._rule = rule.id
        reason = self._limits.get(rule.id)
        return Refusal(reason) if reason else ()

    def take(self, rule: Rule, option: Option) -> Claims | Refusal:
        """Stock and budget of a perk, as they stood."""
        reason = self._refused.get((rule.id, option.perk.code))
        return Refusal(reason) if reason else ()

    def give_back(self, claims: Claims) -> None:
        """Nothing was taken."""

    def pay(self, taking: Taking) -> Paid | Refusal:
        """What the guest could pay then; of which grants is not asked again."""
        return Refusal(_SHORT) if self._rule in self._short else Paid(taking, (("", taking.quantity),))

    def put_back(self, paid: Paid) -> None:
        """Nothing was taken."""


_SHORT = "not_enough_left"
_BEFORE_TAKING = frozenset(
    {
        _SHORT, "limit_reached", "group_taken", "not_combinable", "better_given", "milestone_given",
        "room_class_unknown", "no_higher_class_free", "validity_over", "choice_over", "arrival_unknown", "wait_over",
        "amount_unknown", "amount_zero",
        "amount_too_large",
    }
)  # fmt: skip


class _AsKnown(DecisionFacts):
    """Measures from the log; all else as it was read, because no log keeps what a guest was like then.

    Neither does it keep who stood where among all guests, nor what was left of each grant: that is as it was read too.
    """

    def __init__(self, situation: Situation, read: Read, then: RecordedFacts) -> None:
        super().__init__(situation, read)
        self._then = then
        self.tells_amounts = then.tells_amounts

    def fact(self, name: str) -> FactValue:
        """The recorded value; NotRecordedError for a fact that was not read."""
        return self._then.fact(name)

    def measure(self, measure: Measure, rule: str) -> Reading:
        """From the log; NotRecordedError for one that no log can tell and that was not read."""
        if measure.aggregate in AMONG_GUESTS or measure.series is Series.LEFT:
            return self._then.measure(measure, rule)
        return super().measure(measure, rule)


class Replayer:
    """Replays decisions."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def replay(self, store: Store, row: DecisionRow, *, deep: bool = False) -> Replayed:
        """Evaluate a decision again. `deep`: on facts taken from the log as it was known then."""
        compiled = self._installation.version(store, row.rule_set)
        stored = json.loads(row.facts)
        situation = stored_situation(row)
        recorded = RecordedFacts(stored["record"])
        facts: RecordedFacts | DecisionFacts = recorded
        if deep:
            head = store.guests.head(row.guest)
            if head is None:
                return Replayed(row.id, "erased")
            situation = replace(situation, guest=head.guest, verified=head.verified)
            ground = self._installation.ground(store)
            past = Past(store, ground, head, situation, known_at=row.decided_at, grants_before_us=to_us(row.decided_at))
            facts = _AsKnown(situation, past.read, recorded)
        try:
            proposal = propose(compiled, situation, facts)
        except NotRecordedError as error:
            return Replayed(row.id, "different", (f"it reads what was not read then: {error}",))
        return _compared(row, stored, proposal)


def _compared(row: DecisionRow, stored: dict[str, Any], proposal: Proposal) -> Replayed:
    settled = msgspec.convert(stored["settled"], Settled)
    resolution = resolve(proposal, _RecordedTaker(stored["refused"]), settled)
    again = {"takes": [], **outcome_of(proposal, resolution)}
    found = tuple(
        f"{name}: stored {json.dumps(stored.get(name, []))}, again {json.dumps(value)}"
        for name, value in again.items()
        if json.loads(json.dumps(value)) != stored.get(name, [])
    )
    return Replayed(row.id, "different" if found else "identical", found)
