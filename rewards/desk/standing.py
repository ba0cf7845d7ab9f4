"""What was answered to the same question before, and what of it still stands.

A question is one guest, property, subject and moment, whatever key it comes with. What it was given stands until it is
taken back: a hold that lapsed or was cancelled takes nothing else with it, and a perk that lapsed unused is not given
again. A guest of several records is asked about under each of their ids, because a merge moves no rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rewards.clock import to_us
from rewards.decisions.extending import is_mark
from rewards.decisions.propose import Withheld
from rewards.decisions.resolve import Settled
from rewards.decisions.situation import Situation, subject_of
from rewards.desk import holds, waits
from rewards.desk.installation import Ground, Installation
from rewards.desk.reply import Reader, redacted, replaced_json, withheld_json
from rewards.domain.grant import GrantState
from rewards.domain.perk import PerkKind
from rewards.ledger import life, takes
from rewards.ledger.ports import DecisionRow, GrantRow, Store
from rewards.ledger.take_rows import STANDING, TakeRow, TakeState
from rewards.ledger.waits import WaitRow, WaitState
from rewards.rulelang.nodes import Rule

_Had = tuple[str, str, str]
"""What was given or waits: the decision, the rule and the perk."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Earlier decisions on a question, oldest first, and what they settled.

    `rows` are their grants that count, in order; `over` the promises among them that have lapsed without anybody
    noticing; `refused` what somebody said no to, which is not asked again.
    `takes` and `over_takes` are the same of what was taken, `waits` is what still waits.
    """

    decisions: tuple[DecisionRow, ...]
    rows: tuple[GrantRow, ...]
    over: tuple[GrantRow, ...]
    settled: Settled
    takes: tuple[TakeRow, ...] = ()
    over_takes: tuple[TakeRow, ...] = ()
    waits: tuple[WaitRow, ...] = ()
    refused: tuple[GrantRow, ...] = ()

    @property
    def newest(self) -> DecisionRow:
        """The decision that stands."""
        return self.decisions[-1]


def find(store: Store, installation: Installation, it: Situation, *, united: bool, now: datetime) -> Standing | None:
    """What stands for a question, None where it was never answered, or only by holds that are over."""
    records = store.guests.records(it.guest.id) if united else (it.guest.id,)
    ids = [store.decisions.standing(record, it.property.code, subject_of(it), it.moment) for record in records]
    found = [row for row in (store.decisions.get(one) for one in ids if one) if row is not None]
    decisions = tuple(sorted(found, key=lambda row: row.id))
    if not decisions:
        return None
    waited = store.waits.of_question(records, it.property.code, subject_of(it), it.moment)
    rows = _rows(store, decisions, [row.grant for row in waited if row.grant is not None])
    over = tuple(row for row in rows if row.grant.state in life.PROMISED and holds.is_over(row, now))
    counted = tuple(row for row in rows if life.counts(row) and row not in over)
    taken = _takes(store, decisions)
    lapsed = tuple(row for row in taken if takes.is_over(row, now))
    kept = tuple(row for row in taken if row.state in STANDING and row not in lapsed)
    still = tuple(row for row in waited if waits.is_open(row, to_us(now)))
    # What waits keeps the place of its rule, as if it were given.
    settled = _settled(store, installation, [*counted, *kept, *still], decisions)
    said_no = tuple(row for row in rows if row.grant.state is GrantState.REFUSED)
    fired = dict.fromkeys((*settled.fired, *(row.grant.rule for row in said_no)))
    settled = replace(settled, fired=tuple(fired))
    ended = tuple(row.rule for row in waited if row.state is WaitState.ENDED and row.rule not in settled.fired)
    return Standing(decisions, counted, over, replace(settled, ended=ended), kept, lapsed, still, said_no)


def refused(standing: Standing | None) -> tuple[Withheld, ...]:
    """What somebody said no to, as the reason that it is withheld."""
    rows = standing.refused if standing else ()
    return tuple(Withheld(row.grant.rule, row.grant.perk, "approval_refused") for row in rows)


def is_void(standing: Standing, now: datetime) -> bool:
    """Whether nothing was ever given that counts, and every answer was a hold that is over."""
    standing_now = standing.rows or standing.takes or standing.waits
    return not standing_now and all(_is_over(row, now) for row in standing.decisions)


def _is_over(row: DecisionRow, now: datetime) -> bool:
    lapsed = row.hold_expires_at is not None and row.hold_expires_at <= now
    return row.state in ("cancelled", "expired") or (row.state == "held" and lapsed)


def _rows(store: Store, decisions: Iterable[DecisionRow], waited_for: Iterable[str]) -> list[GrantRow]:
    """Every grant that these decisions gave or carried on or that came of waiting, and what replaced them."""
    rows: dict[str, GrantRow] = {}
    named = [grant for decision in decisions for grant in json.loads(decision.facts)["grants"]]
    for grant in (*named, *waited_for):
        row = store.grants.get(grant)
        if row is not None:
            rows[row.grant.id] = row
    for row in list(rows.values()):
        if row.grant.state is GrantState.SUBSTITUTED:
            rows |= {one.grant.id: one for one in store.grants.of_decision(row.grant.decision)}
    return list(rows.values())


def _takes(store: Store, decisions: Iterable[DecisionRow]) -> list[TakeRow]:
    """Whatever these decisions took or carried on."""
    named = [take for decision in decisions for take in json.loads(decision.facts).get("taken", ())]
    found = (store.takes.get(take) for take in dict.fromkeys(named))
    return [row for row in found if row is not None]


def _settled(
    store: Store,
    installation: Installation,
    rows: Iterable[GrantRow | TakeRow | WaitRow],
    decisions: Iterable[DecisionRow],
) -> Settled:
    read: dict[str, DecisionRow | None] = {decision.id: decision for decision in decisions}
    fired: list[str] = []
    groups: dict[str, str] = {}
    alone = upgraded_by = None
    for row in rows:
        fact = row.grant if isinstance(row, GrantRow) else row
        if fact.decision not in read:
            read[fact.decision] = store.decisions.get(fact.decision)
        rule, kind = _rule_of(store, installation, fact.rule, fact.perk, read[fact.decision])
        fired.append(fact.rule)
        if rule is not None and rule.group is not None:
            groups.setdefault(rule.group, rule.id)
        if rule is not None and not rule.combines:
            alone = rule.id
        if kind is PerkKind.UPGRADE:
            upgraded_by = fact.rule
    return Settled(tuple(dict.fromkeys(fired)), tuple(groups.items()), alone, upgraded_by)


def _rule_of(
    store: Store, installation: Installation, rule_id: str, code: str, decision: DecisionRow | None
) -> tuple[Rule | None, PerkKind | None]:
    """The rule that gave or took, as it was written at its decision, and the kind of the perk."""
    if decision is None:
        return None, None
    rule_set = installation.version(store, decision.rule_set).rule_set
    perk = rule_set.perks.get(code)
    return next((rule for rule in rule_set.rules if rule.id == rule_id), None), perk.kind if perk else None


def told(standing: Standing, it: Situation, ground: Ground, reader: Reader) -> list[dict[str, Any]]:
    """The perks that stand, in the words they were given in, with their states of today."""
    known = {perk["grant"]: perk for decision in standing.decisions for perk in _readable(decision, reader)["perks"]}
    perks = []
    for row in standing.rows:
        if row.grant.state in life.HAD and not is_mark(row.grant.perk):
            perk = known.get(row.grant.id) or replaced_json(row, it, ground, reader)
            perks.append({**perk, "state": row.grant.state.value})
            if row.grant.state not in life.PROMISED:
                perks[-1].pop("approval", None)
    return perks


def told_takes(standing: Standing, reader: Reader) -> list[dict[str, Any]]:
    """What was taken and not given back, in the words it was taken in, with its states of today."""
    known = {
        one["take"]: one for decision in standing.decisions for one in _readable(decision, reader).get("taken", ())
    }
    return [{**known[row.id], "state": row.state.value} for row in standing.takes if row.id in known]


def extended(standing: Standing, reader: Reader) -> list[dict[str, Any]]:
    """The extensions that stand, in the words they were told in."""
    stand = {row.grant.id for row in standing.rows if row.grant.state in life.HAD}
    told = (each for decision in standing.decisions for each in _readable(decision, reader).get("extended", ()))
    return list({(each["extension"], each["grant"]): each for each in told if each["extension"] in stand}.values())


def _readable(decision: DecisionRow, reader: Reader) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(decision.reply)
    return value if reader.money else redacted(value)


def repeated(standing: Standing, it: Situation, ground: Ground, reader: Reader) -> dict[str, Any]:
    """The answer that stands, as it was given, with its perks as they are today."""
    value = {**_readable(standing.newest, reader), "perks": told(standing, it, ground, reader)}
    known = [one for one in value["withheld"] if one["reason"] != "approval_refused"]
    value["withheld"] = [*known, *(withheld_json(one, ground, reader) for one in refused(standing))]
    for name, still in (("taken", told_takes(standing, reader)), ("extended", extended(standing, reader))):
        value.pop(name, None)
        if still:
            value[name] = still
    if standing.waits or "waiting" in value:
        value["waiting"] = waits.told(standing.waits, it, ground, reader)
    held = any(row.grant.state is GrantState.HELD for row in standing.rows)
    if not held and not any(row.state is TakeState.HELD for row in standing.takes):
        value.pop("hold_expires_at", None)
    return value
