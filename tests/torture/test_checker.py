"""The checker finds what is planted in a database and in logs made by hand, and nothing in sound ones."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.torture.checker import check, read_logs

TABLES = """
CREATE TABLE entry (transaction_id TEXT, account TEXT, amount INTEGER, unit TEXT);
CREATE TABLE account (id TEXT, kind TEXT, scarce INTEGER, balance INTEGER, funded INTEGER);
CREATE TABLE guest (id TEXT);
CREATE TABLE identity (guest TEXT);
CREATE TABLE decision (id TEXT, guest TEXT, property TEXT, subject TEXT, moment TEXT, state TEXT, hold_expires_us INT);
CREATE TABLE question (guest TEXT, property TEXT, subject TEXT, moment TEXT, decision TEXT);
CREATE TABLE perk_grant (id TEXT, decision TEXT, guest TEXT, property TEXT, rule TEXT, perk TEXT, state TEXT,
  used INTEGER, quantity INTEGER, claims TEXT, granted_day INTEGER, hold_expires_us INTEGER, approver TEXT,
  approve_by_us INTEGER, approved_us INTEGER);
CREATE TABLE grant_event (grant_id TEXT, kind TEXT, quantity INTEGER, reference TEXT, at_us INTEGER);
CREATE TABLE activity (id TEXT, source TEXT, source_key TEXT, reverses TEXT, amount INTEGER);
CREATE TABLE idempotency (key TEXT, status INTEGER, body BLOB);
CREATE TABLE job (id TEXT, state TEXT);
CREATE TABLE waiting (id TEXT, decision TEXT, rule TEXT, state TEXT, grant_id TEXT);
CREATE TABLE points_lot (id TEXT, guest TEXT, points_left INTEGER);
CREATE TABLE perk_take (id TEXT, decision TEXT, guest TEXT, rule TEXT, perk TEXT, points INTEGER, asked INTEGER,
  owed INTEGER, claims TEXT, state TEXT);
CREATE TABLE perk_take_part (take TEXT, source TEXT, quantity INTEGER);
INSERT INTO account VALUES ('stock:a', 'stock', 1, 0, 2), ('out:stock:a', 'stock', 0, 0, 0);
INSERT INTO entry VALUES ('t1', 'stock:a', 2, 'perk:drink'), ('t1', 'out:stock:a', -2, 'perk:drink'),
  ('t2', 'stock:a', -2, 'perk:drink'), ('t2', 'out:stock:a', 2, 'perk:drink');
INSERT INTO guest VALUES ('gst_1');
INSERT INTO identity VALUES ('gst_1');
INSERT INTO decision VALUES ('dec_1', 'gst_1', 'p', 'stay:1', 'arrival', 'committed', NULL),
  ('dec_2', 'gst_1', 'p', 'stay:2', 'arrival', 'confirmed', 100);
INSERT INTO question VALUES ('gst_1', 'p', 'stay:1', 'arrival', 'dec_1'), ('gst_1', 'p', 'stay:2', 'arrival', 'dec_2');
INSERT INTO perk_grant VALUES
  ('gnt_1', 'dec_1', 'gst_1', 'p', 'r', 'drink', 'redeemed', 1, 1, '[["stock:a", 1, "perk:drink"]]', 7, NULL, NULL,
  NULL, NULL),
  ('gnt_2', 'dec_2', 'gst_1', 'p', 'r', 'drink', 'granted', 0, 1, '[["stock:a", 1, "perk:drink"]]', 7, NULL, NULL,
  NULL, NULL),
  ('gnt_3', 'dec_1', 'gst_1', 'p', 'cards', 'card', 'granted', 2, 5, '[]', 7, NULL, NULL, NULL, NULL);
INSERT INTO grant_event VALUES ('gnt_1', 'granted', 1, NULL, 1), ('gnt_1', 'redeemed', 1, 'bill', 2),
  ('gnt_2', 'held', 1, NULL, 3), ('gnt_2', 'granted', 1, NULL, 50), ('gnt_3', 'granted', 5, NULL, 1),
  ('gnt_3', 'taken', 2, 'tak_1', 3);
INSERT INTO perk_take VALUES ('tak_1', 'dec_2', 'gst_1', 'r', 'card', 0, 2, 0, '[]', 'taken');
INSERT INTO perk_take_part VALUES ('tak_1', 'gnt_3', 2);
INSERT INTO activity VALUES ('act_1', 'api', 'f1', NULL, NULL), ('act_2', 'api', 'b1', 'act_1', NULL);
INSERT INTO job VALUES ('job_1', 'done');
INSERT INTO waiting VALUES ('wai_1', 'dec_1', 'r', 'had', 'gnt_1'), ('wai_2', 'dec_1', 'r2', 'waiting', NULL);
"""
SCARCE = {"stock": {"perk": "drink", "a_day": 2}, "limit": {"rule": "r", "a_day": 2, "a_guest_a_day": 2}}


def perk(grant: str) -> dict[str, str]:
    return {"grant": grant, "perk": "drink", "rule": "r"}


CARDS = {"grant": "gnt_3", "perk": "card", "rule": "cards"}
PRICE = {"take": "tak_1", "perk": "card", "rule": "r", "quantity": 2}
FIRST = {"decision": "dec_1", "guest": "gst_1", "perks": [perk("gnt_1"), CARDS]}
HELD = {"decision": "dec_2", "guest": "gst_1", "perks": [perk("gnt_2")], "taken": [PRICE]}
REPORT = {"activities": [{"key": "f1"}]}
CALLS: list[tuple[str, str, Any, int, Any]] = [
    ("k1", "decision", {}, 201, FIRST),
    ("k2", "decision", {}, 201, HELD),
    ("k3", "confirm", {}, 200, {"decision": "dec_2", "state": "confirmed"}),
    ("k4", "activity", REPORT, 201, {"activities": [{"activity": "act_1", "status": "recorded"}]}),
    ("k5", "reversal", {"key": "b1"}, 201, {"activity": "act_2", "status": "recorded"}),
    ("k6", "redeem", {"reference": "bill"}, 200, {"id": "gnt_1"}),
    ("k7", "cancel", {}, 409, {"code": "hold_not_open"}),
]  # fmt: skip


CANCELLED = {"decision": "dec_2", "state": "cancelled"}


def refusal(code: str) -> dict[str, str]:
    return {"code": code}


class Archive:
    """A run that was written by hand: a database and the log of one client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = sqlite3.connect(":memory:")
        self.database.executescript(TABLES)
        self.lines: list[dict[str, Any]] = []
        for key, kind, body, status, reply in CALLS:
            self.says(key, kind, body, status, reply)
            self.keep(key, status, reply)
        self.faults = ""

    def says(self, key: str, kind: str, body: Any, status: int, reply: Any, at: float = 5) -> None:
        """A call was answered."""
        event = "ok" if status < 400 else "info" if status >= 500 else "fail"
        self.lines.append({"event": "invoke", "key": key, "kind": kind, "body": body, "at": at})
        self.lines.append({"event": event, "key": key, "status": status, "body": json.dumps(reply), "at": at})

    def keep(self, key: str, status: int, reply: Any) -> None:
        """A reply is kept under its key."""
        self.database.execute("INSERT INTO idempotency VALUES (?, ?, ?)", (key, status, json.dumps(reply).encode()))

    def found(self) -> list[str]:
        """What the checker finds."""
        (self.folder / "client-0.jsonl").write_text("".join(json.dumps(line) + "\n" for line in self.lines))
        (self.folder / "jobs.jsonl").write_text('{"job": "job_1"}\n')
        (self.folder / "faults.jsonl").write_text(self.faults)
        return check(read_logs(self.folder), lambda sql: self.database.execute(sql).fetchall(), SCARCE)


def busy(archive: Archive, times: int) -> None:
    for _ in range(times):
        archive.says("k1", "decision", {}, 503, refusal("database_busy"))


def answered_twice(archive: Archive) -> None:
    """One supervisor said yes and another no, and both were told that it is done."""
    archive.database.execute("UPDATE perk_grant SET approver = 'hotel', approved_us = 5 WHERE id = 'gnt_2'")
    for key, kind in (("k8", "approve"), ("k9", "refuse")):
        archive.says(key, kind, {}, 200, {"id": "gnt_2"})
        archive.keep(key, 200, {"id": "gnt_2"})


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path)


def test_a_sound_run_has_no_violation(archive: Archive) -> None:
    assert archive.found() == []


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("INSERT INTO entry VALUES ('t3', 'stock:a', 1, 'drink')", "I1"),
        ("UPDATE account SET balance = 1 WHERE id = 'stock:a'", "I2 a balance"),
        ("INSERT INTO entry VALUES ('t3', 'nowhere', 0, 'drink')", "I2 an entry on no account"),
        ("UPDATE account SET balance = -1 WHERE id = 'stock:a'", "I3"),
        ("DELETE FROM decision WHERE id = 'dec_1'", "I4 a grant without its decision"),
        ("DELETE FROM decision WHERE id = 'dec_1'", "I4 the decision dec_1 was acknowledged and is not stored"),
        ("DELETE FROM perk_grant WHERE id = 'gnt_1'", "I4 the grant gnt_1 was acknowledged and is not stored"),
        ("UPDATE perk_grant SET perk = 'cake' WHERE id = 'gnt_1'", "I4 gnt_1 was told as"),
        ("UPDATE decision SET guest = 'gst_2' WHERE id = 'dec_1'", "I4 dec_1 was told to be of gst_1"),
        ("DELETE FROM activity WHERE id = 'act_1'", "I4 the activity act_1 was acknowledged and is not stored"),
        ("DELETE FROM grant_event WHERE kind = 'redeemed'", "I4 the use of a grant"),
        ("UPDATE grant_event SET reference = 'other' WHERE kind = 'redeemed'", "I5 the use of a grant"),
        ("INSERT INTO grant_event VALUES ('gnt_1', 'redeemed', 0, 'bill', 9)", "I4 the use"),
        ("INSERT INTO activity VALUES ('act_3', 'api', 'f3', NULL, NULL)", "I5 the activity act_3 is stored"),
        ("INSERT INTO guest VALUES ('gst_2')", "I5 a guest nobody can name"),
        ("DELETE FROM question WHERE decision = 'dec_1'", "I5 a decision whose question is not claimed"),
        ("UPDATE question SET decision = 'dec_2'", "I5 a question that stands on no decision of its own"),
        ("UPDATE perk_grant SET decision = 'dec_1' WHERE id = 'gnt_2'", "I5 one question was given the same"),
        ("UPDATE waiting SET grant_id = NULL", "I5 what came of waiting is no grant of its own decision and rule"),
        ("UPDATE waiting SET grant_id = 'gnt_2'", "I5 what came of waiting is no grant of its own decision and rule"),
        ("UPDATE waiting SET grant_id = 'gnt_1'", "I5 a grant came of waiting twice"),
        ("UPDATE decision SET state = 'cancelled' WHERE id = 'dec_1'", "I8 it waits although its decision was"),
        ("DELETE FROM idempotency WHERE key = 'k1'", "I6 the answer to decision under k1 is not the one"),
        ("UPDATE idempotency SET status = 200 WHERE key = 'k7'", "I6 the answer to cancel under k7 is not the one"),
        ("INSERT INTO idempotency VALUES ('k9', 200, x'')", "I6 a reply is kept under k9"),
        ("UPDATE perk_grant SET state = 'voided' WHERE id = 'gnt_2'", "I7 stock:a lacks 2, and standing grants took 1"),
        ("UPDATE perk_grant SET quantity = 2 WHERE id = 'gnt_2'", "I7 3 of drink were given at p on day 7, of 2"),
        ("UPDATE grant_event SET at_us = 101 WHERE grant_id = 'gnt_2'", "I8 a hold was confirmed after its end"),
        ("UPDATE perk_grant SET state = 'held' WHERE id = 'gnt_2'", "I8 a hold stands after"),
        ("UPDATE perk_grant SET approver = 'hotel' WHERE id = 'gnt_2'", "I8 a grant stands that nobody approved"),
        ("UPDATE perk_grant SET state = 'pending' WHERE id = 'gnt_2'", "I8 a grant waits for nobody"),
        ("UPDATE perk_grant SET approve_by_us = 5, approved_us = 5 WHERE id = 'gnt_2'", "I8 a grant was approved"),
        ("UPDATE perk_grant SET approved_us = 5 WHERE id = 'gnt_2'", "I5 the answer to what waited gnt_2 is stored"),
        ("INSERT INTO grant_event VALUES ('gnt_2', 'refused', 1, NULL, 51)", "I5 the answer to what waited gnt_2"),
        ("UPDATE decision SET state = 'cancelled' WHERE id = 'dec_2'", "I8 a grant stands of a hold"),
        ("UPDATE decision SET state = 'expired' WHERE id = 'dec_2'", "I8 dec_2 is expired, and clients were told"),
        ("UPDATE perk_grant SET used = 2 WHERE id = 'gnt_1'", "I8 a grant was used more often than its quantity"),
        ("UPDATE perk_grant SET used = 0 WHERE id = 'gnt_1'", "I8 what is used of a grant is not what its events say"),
        ("INSERT INTO activity VALUES ('act_3', 'api', 'f1', NULL, NULL)", "I10 one fact is recorded twice"),
        ("INSERT INTO activity VALUES ('act_3', 'api', 'b2', 'act_1', NULL)", "I10 a fact was taken back whole twice"),
        ("DELETE FROM perk_take", "I4 the take tak_1 was acknowledged and is not stored"),
        ("INSERT INTO perk_take VALUES ('tak_2', 'dec_1', 'gst_1', 'x', 'y', 0, 2, 0, '[]', 'given_back')",
         "I5 the take tak_2 is stored and nobody was told"),
        ("UPDATE perk_take SET rule = 'other'", "I4 tak_1 was told as"),
        ("DELETE FROM decision WHERE id = 'dec_2'", "I19 a take without its decision"),
        ("UPDATE perk_take SET asked = 1", "I19 more was taken than was asked"),
        ("UPDATE perk_take_part SET quantity = 1", "I19 what was taken of a grant is not what its events say"),
        ("UPDATE perk_take SET state = 'given_back'", "I19 what was taken of a grant is not what its events say"),
        ("UPDATE perk_take SET state = 'given_back'", "I19 something stands whose price was given back"),
        ("INSERT INTO perk_take SELECT 'tak_2', decision, guest, rule, perk, 0, 2, 0, '[]', state FROM perk_take",
         "I19 one question was taken the same by one rule twice"),
        ("UPDATE perk_grant SET state = 'failed' WHERE id = 'gnt_2'",
         "I19 a take stands and nothing stands of what it paid for"),
        ("UPDATE perk_take SET state = 'held'", "I19 a take of a hold that was settled"),
        ("UPDATE decision SET state = 'cancelled' WHERE id = 'dec_2'", "I19 a take of a hold that was settled"),
        ("INSERT INTO account VALUES ('points:gst_1', 'balance', 1, 5, 0)", "I19 a balance of points"),
        ("UPDATE perk_take SET claims = '[[\"stock:a\", 1, \"grants\"]]'", "I7 stock:a lacks 2, and standing"),
        ("UPDATE job SET state = 'due'", "I11 the job job_1 is due"),
        ("DELETE FROM job", "I11 the job job_1 is lost"),
    ],
)  # fmt: skip
def test_a_planted_row_is_found(archive: Archive, sql: str, says: str) -> None:
    archive.database.execute(sql)
    found = archive.found()
    assert any(line.startswith(says) for line in found), found


def test_more_than_a_guest_may_have_is_found(archive: Archive) -> None:
    archive.database.execute("UPDATE perk_grant SET rule = 'r2' WHERE id = 'gnt_2'")
    copy = "'gnt_9', decision, guest, property, 'r', perk, state, used, quantity, '[]', granted_day"
    others = "NULL, NULL, NULL, NULL FROM perk_grant WHERE id <> 'gnt_3'"
    archive.database.execute(f"INSERT INTO perk_grant SELECT {copy}, {others}")
    assert "I7 r gave 3 to the guest gst_1 on day 7, at most 2" in archive.found()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda it: it.says("k1", "decision", {}, 500, refusal("internal")), "I17 decision under k1 was answered 500"),
        (lambda it: it.says("k1", "decision", {}, 503, refusal("database_down")), "I17 decision under k1 was answered"),
        (lambda it: it.says("k8", "decision", {}, 422, refusal("rate_unknown")), "I17 decision under k8 was refused"),
        (lambda it: busy(it, 9), "I17 9 of 16 calls were told that the database is busy"),
        (lambda it: it.says("k2", "decision", {}, 201, {**HELD, "as_of": 2}), "I6 two different answers to decision"),
        (lambda it: it.says("k7", "cancel", {}, 409, {"code": "hold_not_open", "at": 2}), "I6 two different answers"),
        (lambda it: it.says("k8", "cancel", {}, 200, CANCELLED), "I8 dec_2 was settled 2 times"),
        (lambda it: it.lines.append({"event": "invoke", "key": "k8", "kind": "decision"}), "I5 1 intents were never"),
        (lambda it: it.says("k8", "redeem", {"reference": "bill"}, 200, {"id": "gnt_1"}), "I4 the use"),
        (lambda it: it.says("k8", "approve", {}, 200, {"id": "gnt_2"}), "I4 the answer to what waited gnt_2 was"),
        (answered_twice, "I8 gnt_2 is to approve, and clients were told ['approve', 'refuse']"),
        (lambda it: it.says("k8", "activity", REPORT, 201, CALLS[3][4]), "I10 the fact f1 was acknowledged as 1"),
    ],
)
def test_a_wrong_answer_is_found(archive: Archive, spoil: Callable[[Archive], Any], says: str) -> None:
    spoil(archive)
    found = archive.found()
    assert any(line.startswith(says) for line in found), found


def test_a_dependency_that_is_down_may_be_said(archive: Archive) -> None:
    archive.faults = '{"event": "down", "what": "postgres", "at": 4}\n{"event": "up", "what": "postgres", "at": 4.5}\n'
    archive.lines[:0] = [
        {"event": "invoke", "key": "k1", "kind": "decision", "body": {}, "at": 5},
        {"event": "info", "key": "k1", "error": "reset", "at": 5},
        {"event": "invoke", "key": "k1", "kind": "decision", "body": {}, "at": 5},
        {"event": "info", "key": "k1", "status": 503, "body": '{"code": "database_down"}', "at": 6},
    ]
    assert archive.found() == []
