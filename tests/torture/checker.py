"""Compares what clients were told with what is stored, in plain SQL; shares no code with the engine.

`python -m tests.torture.checker HOME DATABASE` checks an archived run again: HOME holds `logs/` and `scarce.json`,
DATABASE is a SQLite file or a postgresql:// address, which is only read.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.torture.stored import Query, stored

REFUSALS = {
    "hold_not_open", "grant_not_redeemable", "already_exists", "already_reversed", "reversal_too_large",
    "field_invalid", "approval_not_open",
}  # fmt: skip
"""What a client may be refused for: what others did first, or more than is left of a grant."""

NOTICED_S = 5.0
"""How long after a dependency is back a call may still be told that it is down."""

BUSY_SHARE = 0.005


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a call: `ok`, `fail` or `info`, the status (0: no answer), and the body's SHA-256."""

    event: str
    status: int
    digest: bytes
    code: str
    at: float


@dataclass
class Told:
    """What clients sent and were told."""

    kinds: dict[str, str] = field(default_factory=dict)
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[str, str] = field(default_factory=dict)
    grants: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    takes: dict[str, tuple[str, str, str, int]] = field(default_factory=dict)
    facts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    recorded: Counter[str] = field(default_factory=Counter)
    ended: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    uses: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    said: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    down: list[tuple[float, float]] = field(default_factory=list)
    jobs: set[str] = field(default_factory=set)


def read_logs(folder: Path) -> Told:
    """Every line of every client, what was hurt when, and the jobs that were planted."""
    told = Told()
    for path in sorted(folder.glob("client-*.jsonl")):
        intents: dict[str, dict[str, Any]] = {}
        for line in _lines(path):
            if line["event"] == "invoke":
                intents[line["key"]] = line
                told.kinds[line["key"]] = line["kind"]
            else:
                _note(told, intents[line["key"]], line)
    _read_faults(told, folder / "faults.jsonl")
    told.jobs = {line["job"] for line in _lines(folder / "jobs.jsonl")}
    return told


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            yield from (json.loads(text) for text in file)


def _read_faults(told: Told, path: Path) -> None:
    began: float | None = None
    for line in _lines(path):
        if line["event"] == "down":
            began = line["at"]
        elif line["event"] == "up" and began is not None:
            told.down.append((began, line["at"]))


def _note(told: Told, intent: dict[str, Any], line: dict[str, Any]) -> None:
    status, text = line.get("status", 0), line.get("body", "")
    value = json.loads(text) if text.startswith("{") else {}
    key, digest = line["key"], hashlib.sha256(text.encode()).digest()
    told.answers[key].append(Answer(line["event"], status, digest, value.get("code", ""), line["at"]))
    if line["event"] != "ok":
        return
    kind = intent["kind"]
    if kind == "decision":
        told.decisions[value["decision"]] = value["guest"]
        told.grants |= {one["grant"]: (one["perk"], one["rule"], value["guest"]) for one in value["perks"]}
        told.takes |= {
            one["take"]: (one["perk"], one["rule"], value["guest"], one["quantity"]) for one in value.get("taken", ())
        }
    elif kind in ("confirm", "cancel"):
        told.ended[value["decision"]][key] = value["state"]
    elif kind in ("approve", "refuse"):
        told.said[value["id"]][key] = kind
    elif kind == "redeem":
        told.uses[value["id"], intent["body"]["reference"]].add(key)
    else:
        receipts = value["activities"] if kind == "activity" else [value]
        sent = intent["body"]["activities"] if kind == "activity" else [intent["body"]]
        first = len([one for one in told.answers[key] if one.event == "ok"]) == 1
        for fact, receipt in zip(sent, receipts, strict=True):
            told.facts[fact["key"]].add(receipt["activity"])
            told.recorded[fact["key"]] += first and receipt["status"] == "recorded"


def check(told: Told, query: Query, scarce: dict[str, Any]) -> list[str]:
    """Every violation. Clients must have gone on until each intent was settled."""
    return [*stored(query, scarce), *_answers(told), *_replies(told, query), *_effects(told, query)]


# --- answers among themselves ---


def _answers(told: Told) -> Iterator[str]:
    busy = calls = 0
    for key, answers in told.answers.items():
        kind = told.kinds[key]
        calls += len(answers)
        for one in answers:
            if one.status >= 500 and one.status != 503:
                yield f"I17 {kind} under {key} was answered {one.status}"
            elif one.event == "fail" and one.code not in REFUSALS:
                yield f"I17 {kind} under {key} was refused: {one.status} {one.code}"
            elif one.status == 503 and not _was_down(told, one.at):
                busy += one.code == "database_busy"
                if one.code != "database_busy":
                    yield f"I17 {kind} under {key} was answered 503 {one.code} while nothing was down"
        if len({(one.status, one.digest) for one in answers if _is_kept(one)}) > 1:
            yield f"I6 two different answers to {kind} under {key}"
    if busy > max(5, BUSY_SHARE * calls):
        yield f"I17 {busy} of {calls} calls were told that the database is busy"
    unsettled = [key for key in told.kinds if not any(one.event != "info" for one in told.answers.get(key, ()))]
    if unsettled:
        yield f"I5 {len(unsettled)} intents were never settled, such as {unsettled[0]}"


def _is_kept(answer: Answer) -> bool:
    """Whether it is an answer that the same call gets again: a success, or a business refusal."""
    return answer.event == "ok" or (answer.event == "fail" and answer.status == 409)


def _was_down(told: Told, at: float) -> bool:
    return any(began <= at <= ended + NOTICED_S for began, ended in told.down)


def _replies(told: Told, query: Query) -> Iterator[str]:
    """What is kept under a key is what was told under it."""
    kept: dict[str, tuple[int, bytes]] = {}
    for key, status, body in query("SELECT key, status, body FROM idempotency"):
        if key in kept or key not in told.kinds:
            yield f"I6 a reply is kept under {key}, which has one already or was never sent"
        kept[key] = (status, hashlib.sha256(bytes(body)).digest())
    for key, answers in told.answers.items():
        last = answers[-1]
        if _is_kept(last) and kept.get(key) != (last.status, last.digest):
            yield f"I6 the answer to {told.kinds[key]} under {key} is not the one that is kept"


# --- answers and what is stored ---


def _effects(told: Told, query: Query) -> Iterator[str]:
    yield from _decisions(told, query)
    yield from _takes(told, query)
    yield from _facts(told, query)
    yield from _uses(told, query)
    yield from _approvals(told, query)
    yield from _jobs(told, query)


def _decisions(told: Told, query: Query) -> Iterator[str]:
    rows = {row[0]: row[1:] for row in query("SELECT id, guest, state FROM decision")}
    yield from _compared("decision", told.decisions, rows)
    for decision, guest in told.decisions.items():
        if decision in rows and rows[decision][0] != guest:
            yield f"I4 {decision} was told to be of {guest} and is of {rows[decision][0]}"
    for decision, (_, state) in rows.items():
        ends = told.ended.get(decision, {})
        if len(ends) > 1:
            yield f"I8 {decision} was settled {len(ends)} times: {sorted(ends.values())}"
        elif (state in ("confirmed", "cancelled")) != bool(ends) or (ends and state not in ends.values()):
            yield f"I8 {decision} is {state}, and clients were told {sorted(ends.values()) or 'nothing'}"
    grants = {row[0]: row[1:] for row in query("SELECT id, perk, rule, guest FROM perk_grant")}
    yield from _compared("grant", told.grants, grants)
    for grant, terms in told.grants.items():
        if grant in grants and tuple(grants[grant]) != terms:
            yield f"I4 {grant} was told as {terms} and is stored as {grants[grant]}"


def _takes(told: Told, query: Query) -> Iterator[str]:
    sql = (
        "SELECT t.id, t.perk, t.rule, t.guest, t.owed + COALESCE(SUM(p.quantity), 0) FROM perk_take t LEFT JOIN "
        "perk_take_part p ON p.take = t.id GROUP BY t.id, t.perk, t.rule, t.guest, t.owed"
    )
    rows = {row[0]: row[1:] for row in query(sql)}
    yield from _compared("take", told.takes, rows)
    for take, terms in told.takes.items():
        if take in rows and tuple(rows[take]) != terms:
            yield f"I4 {take} was told as {terms} and is stored as {rows[take]}"


def _facts(told: Told, query: Query) -> Iterator[str]:
    rows = query("SELECT id, source_key FROM activity")
    yield from _compared("activity", {one for ids in told.facts.values() for one in ids}, [row[0] for row in rows])
    for key, ids in told.facts.items():
        if len(ids) > 1 or told.recorded[key] != 1:
            yield f"I10 the fact {key} was acknowledged as {len(ids)} activities, new {told.recorded[key]} times"


def _uses(told: Told, query: Query) -> Iterator[str]:
    rows = Counter(query("SELECT grant_id, reference FROM grant_event WHERE kind = 'redeemed'"))
    yield from _compared("use of a grant", told.uses, rows)
    for use, times in rows.items():
        if times > 1 or len(told.uses.get(use, ())) > 1:
            yield f"I4 the use {use} is stored {times} times and was told under {len(told.uses.get(use, ()))} keys"


def _approvals(told: Told, query: Query) -> Iterator[str]:
    """What waited was approved or refused once, as who did it was told."""
    yes = "SELECT id FROM perk_grant WHERE approved_us IS NOT NULL"
    no = "SELECT grant_id FROM grant_event WHERE kind = 'refused'"
    stored = {row[0]: "approve" for row in query(yes)} | {row[0]: "refuse" for row in query(no)}
    yield from _compared("answer to what waited", told.said, stored)
    for grant, said in told.said.items():
        if len(said) > 1 or stored.get(grant) not in said.values():
            yield f"I8 {grant} is to {stored.get(grant, 'wait')}, and clients were told {sorted(said.values())}"


def _jobs(told: Told, query: Query) -> Iterator[str]:
    if told.jobs:
        states: dict[str, str] = dict(query("SELECT id, state FROM job"))
        for job in sorted(told.jobs):
            if states.get(job) != "done":
                yield f"I11 the job {job} is {states.get(job, 'lost')}"


def _compared(what: str, told: Iterable[Any], rows: Iterable[Any]) -> Iterator[str]:
    acknowledged, found = set(told), set(rows)
    yield from (f"I4 the {what} {lost} was acknowledged and is not stored" for lost in sorted(acknowledged - found))
    yield from (f"I5 the {what} {extra} is stored and nobody was told of it" for extra in sorted(found - acknowledged))


def main() -> int:
    """Check an archived run; 0 where nothing is found."""
    home, database = Path(sys.argv[1]), sys.argv[2]
    opened: Any = (
        psycopg.connect(database) if "://" in database else sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    )
    scarce = json.loads((home / "scarce.json").read_text(encoding="utf-8"))
    found = check(read_logs(home / "logs"), lambda sql: list(opened.execute(sql).fetchall()), scarce)
    print("\n".join(found) or "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
