"""The checker finds what is planted in a database made by hand, and nothing in a sound one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.torture.checker import Told, check, read_logs

TABLES = """
CREATE TABLE entry (transaction_id TEXT, account TEXT, amount INTEGER, unit TEXT);
CREATE TABLE account (id TEXT, kind TEXT, scarce INTEGER, balance INTEGER, funded INTEGER);
CREATE TABLE decision (id TEXT, guest TEXT, property TEXT, subject TEXT, moment TEXT, state TEXT);
CREATE TABLE perk_grant (id TEXT, decision TEXT, state TEXT, used INTEGER, quantity INTEGER);
CREATE TABLE activity (id TEXT, source TEXT, source_key TEXT);
INSERT INTO account VALUES ('stock:a', 'stock', 1, 1, 2), ('out:stock:a', 'stock', 0, -1, 0);
INSERT INTO entry VALUES ('t1', 'stock:a', 2, 'drink'), ('t1', 'out:stock:a', -2, 'drink'),
  ('t2', 'stock:a', -1, 'drink'), ('t2', 'out:stock:a', 1, 'drink');
INSERT INTO decision VALUES ('dec_1', 'g', 'p', 'stay:1', 'arrival', 'committed');
INSERT INTO perk_grant VALUES ('gnt_1', 'dec_1', 'granted', 0, 1);
INSERT INTO activity VALUES ('act_1', 'api', 'k1');
"""


@pytest.fixture
def database() -> sqlite3.Connection:
    opened = sqlite3.connect(":memory:")
    opened.executescript(TABLES)
    return opened


def told() -> Told:
    found = Told()
    answer = json.dumps({"decision": "dec_1", "perks": [{"grant": "gnt_1"}]})
    found.answers["k1"] = [("decision", 201, answer)]
    found.answers["k2"] = [("activity", 201, json.dumps({"activities": [{"activity": "act_1"}]}))]
    found.invoked = {"k1", "k2"}
    return found


def found(database: sqlite3.Connection, what: Told) -> list[str]:
    return check(what, lambda sql: database.execute(sql).fetchall())


def test_a_sound_database_has_no_violation(database: sqlite3.Connection) -> None:
    assert found(database, told()) == []


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("INSERT INTO entry VALUES ('t3', 'stock:a', 1, 'drink')", "I1"),
        ("UPDATE account SET balance = 5 WHERE id = 'stock:a'", "I2"),
        ("UPDATE account SET balance = -1 WHERE id = 'stock:a'", "I3"),
        ("DELETE FROM decision", "I4"),
        ("DELETE FROM perk_grant", "I4 the grant gnt_1 was acknowledged"),
        ("DELETE FROM activity", "I4 the activity act_1 was acknowledged"),
        ("INSERT INTO decision VALUES ('dec_2', 'g', 'p', 'stay:1', 'arrival', 'committed')", "I5"),
        ("INSERT INTO activity VALUES ('act_2', 'api', 'k1')", "I10"),
        ("UPDATE perk_grant SET used = 2", "I8"),
        ("UPDATE perk_grant SET state = 'held'", "I8"),
    ],
)
def test_a_planted_violation_is_found(database: sqlite3.Connection, sql: str, says: str) -> None:
    database.execute(sql)
    assert any(line.startswith(says) for line in found(database, told()))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda it: it.answers["k1"].append(("decision", 500, "{}")), "I17"),
        (lambda it: it.answers["k2"].append(("activity", 201, '{"activities": []}')), "I6"),
        (lambda it: it.invoked.add("k3"), "I5 1 intents were never settled"),
    ],
)
def test_a_wrong_answer_is_found(database: sqlite3.Connection, spoil: Callable[[Any], None], says: str) -> None:
    what = told()
    spoil(what)
    assert any(line.startswith(says) for line in found(database, what))


def test_logs_are_read_as_they_were_written(tmp_path: Path) -> None:
    lines = [
        {"event": "invoke", "key": "k1", "kind": "decision"},
        {"event": "info", "key": "k1", "error": "reset"},
        {"event": "answer", "key": "k1", "kind": "decision", "status": 201, "body": "{}"},
    ]
    (tmp_path / "client-0.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    read = read_logs(tmp_path)
    assert read.invoked == {"k1"}
    assert read.answers["k1"] == [("decision", 201, "{}")]
