"""Reads what clients were told and what is stored, in plain SQL; shares no code with the engine."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Query = Callable[[str], list[tuple[Any, ...]]]

SQL = {
    "I1 entries of a transaction do not sum to zero": (
        "SELECT transaction_id FROM entry GROUP BY transaction_id, unit HAVING SUM(amount) <> 0"
    ),
    "I2 a balance is not the sum of its entries": (
        "SELECT a.id FROM account a LEFT JOIN entry e ON e.account = a.id GROUP BY a.id, a.balance "
        "HAVING a.balance <> COALESCE(SUM(e.amount), 0)"
    ),
    "I3 a stock, budget, limit or balance is below zero": (
        "SELECT id FROM account WHERE kind IN ('stock', 'budget', 'limit', 'balance') AND balance < 0 "
        "AND id NOT LIKE 'out:%' AND id NOT LIKE 'over:%'"
    ),
    "I4 a grant without its decision": (
        "SELECT g.id FROM perk_grant g LEFT JOIN decision d ON d.id = g.decision WHERE d.id IS NULL"
    ),
    "I7 more was given of a perk than there was stock": (
        "SELECT a.id FROM account a WHERE a.kind = 'stock' AND a.scarce = 1 AND a.balance > a.funded"
    ),
    "I8 a hold stands after its decision was settled": (
        "SELECT g.id FROM perk_grant g JOIN decision d ON d.id = g.decision "
        "WHERE g.state = 'held' AND d.state <> 'held'"
    ),
    "I10 one fact is recorded twice": (
        "SELECT source_key FROM activity GROUP BY source, source_key HAVING COUNT(*) > 1"
    ),
    "I5 two decisions stand for one reservation": (
        "SELECT subject FROM decision WHERE subject LIKE 'stay:%' AND state IN ('committed', 'held', 'confirmed') "
        "GROUP BY guest, property, subject, moment HAVING COUNT(*) > 1"
    ),
    "I8 a grant was used more often than its quantity": "SELECT id FROM perk_grant WHERE used > quantity OR used < 0",
}


@dataclass
class Told:
    """What clients were told, by key."""

    answers: dict[str, list[tuple[str, int, str]]] = field(default_factory=lambda: defaultdict(list))
    invoked: set[str] = field(default_factory=set)


def read_logs(folder: Path) -> Told:
    """Every line of every client."""
    told = Told()
    for path in sorted(folder.glob("client-*.jsonl")):
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if line["event"] == "invoke":
                told.invoked.add(line["key"])
            elif line["event"] == "answer":
                told.answers[line["key"]].append((line["kind"], line["status"], line["body"]))
    return told


def check(told: Told, query: Query, *, complete: bool = True) -> list[str]:
    """Every violation; `complete` says that clients went on until each intent was settled."""
    return [*_stored(query), *_answers(told), *_effects(told, query, complete=complete)]


def _stored(query: Query) -> Iterator[str]:
    for name, sql in SQL.items():
        yield from (f"{name}: {row[0]}" for row in query(sql))


def _answers(told: Told) -> Iterator[str]:
    for key, answers in told.answers.items():
        for kind, status, body in answers:
            if status >= 500 and status != 503:
                yield f"I17 {kind} under {key} was answered {status}: {body[:120]}"
        settled = {(status, body) for _, status, body in answers if status < 400}
        if len(settled) > 1:
            yield f"I6 two different answers under {key}"


def _effects(told: Told, query: Query, *, complete: bool) -> Iterator[str]:
    decisions, grants, activities = set(), set(), set()
    for answers in told.answers.values():
        for kind, status, body in answers:
            if status < 400 and kind == "decision":
                value = json.loads(body)
                decisions.add(value["decision"])
                grants |= {perk["grant"] for perk in value["perks"]}
            elif status < 400 and kind == "activity":
                activities |= {one["activity"] for one in json.loads(body)["activities"]}
    yield from _compare("decision", decisions, {row[0] for row in query("SELECT id FROM decision")}, complete)
    yield from _compare("grant", grants, {row[0] for row in query("SELECT id FROM perk_grant")}, complete)
    yield from _compare("activity", activities, {row[0] for row in query("SELECT id FROM activity")}, complete)
    unsettled = [key for key in told.invoked if key not in told.answers]
    if complete and unsettled:
        yield f"I5 {len(unsettled)} intents were never settled, such as {unsettled[0]}"


def _compare(what: str, told: set[str], stored: set[str], complete: bool) -> Iterator[str]:
    yield from (f"I4 the {what} {lost} was acknowledged and is not stored" for lost in sorted(told - stored)[:20])
    if complete:
        extra = sorted(stored - told)
        yield from (f"I5 the {what} {doubled} is stored and nobody was told of it" for doubled in extra[:20])
