"""Replies, events, the audit trail, keys and imports: on both databases."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from rewards.errors import RewardsError
from rewards.ledger.ports import StoredReply
from rewards.storage.engine import SqlDatabase
from tests.storage.people import NOON, write_and_fail

REPLY = StoredReply(b"\x00" * 32, 201, '{"say":"–"}'.encode(), '{"Location":"/v1/x"}')


def test_a_reply_is_remembered_once_and_recalled_byte_for_byte(database: SqlDatabase) -> None:
    other = StoredReply(b"\x01" * 32, 200, b"{}")
    with database.writing() as store:
        assert store.idempotency.recall("key_desk POST /decisions", "arrival-1") is None
        assert store.idempotency.remember("key_desk POST /decisions", "arrival-1", REPLY, NOON)
        assert not store.idempotency.remember("key_desk POST /decisions", "arrival-1", other, NOON)
        assert store.idempotency.remember("key_bar POST /decisions", "arrival-1", other, NOON)
    with database.reading() as store:
        assert store.idempotency.recall("key_desk POST /decisions", "arrival-1") == REPLY


def test_old_replies_are_forgotten_in_portions(database: SqlDatabase) -> None:
    with database.writing() as store:
        for day in range(5):
            store.idempotency.remember("scope", f"key-{day}", REPLY, NOON + timedelta(days=day))
        before = NOON + timedelta(days=3)
        assert [store.idempotency.forget(before, 2) for _ in range(3)] == [2, 1, 0]
        assert store.idempotency.recall("scope", "key-2") is None
        assert store.idempotency.recall("scope", "key-3") == REPLY


def test_events_wait_with_the_cause_they_came_from(database: SqlDatabase) -> None:
    with pytest.raises(RuntimeError):
        write_and_fail(database, lambda store: store.outbox.add("grant.granted", "gst_ben", "{}", NOON))
    with database.writing() as store:
        store.outbox.add("grant.granted", "gst_ana", '{"grant":"gnt_1"}', NOON)
        store.outbox.add("rules.published", None, "{}", NOON)
    with database.reading() as store:
        rows = store.session.all("SELECT id, topic, guest, payload, sent_us FROM outbox ORDER BY seq")
    assert [row[1:] for row in rows] == [
        ("grant.granted", "gst_ana", '{"grant":"gnt_1"}', None), ("rules.published", None, "{}", None),
    ]  # fmt: skip
    assert all(row[0].startswith("evt_") for row in rows)


def test_the_audit_trail_keeps_the_order(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.audit.add("clerk", "stock.set", "suite", "1", "2", NOON)
        store.audit.add("marketer", "rules.publish", "v2", None, json.dumps({"version": 2}), NOON)
        lines = store.session.all("SELECT actor, action, object, before, after FROM audit ORDER BY seq")
    assert lines == [
        ("clerk", "stock.set", "suite", "1", "2"),
        ("marketer", "rules.publish", "v2", None, '{"version": 2}'),
    ]


def test_a_key_is_found_by_its_hash_until_it_is_revoked(database: SqlDatabase) -> None:
    desk = hashlib.sha256(b"desk").digest()
    with database.writing() as store:
        store.keys.add("key_1", desk, "Desk", ["decisions:write"], ["harbour"], NOON)
        store.keys.add("key_2", hashlib.sha256(b"bar").digest(), "Bar", ["grants:write"], [], NOON)
    with database.writing() as store:
        found = store.keys.find(desk)
        assert found is not None
        assert (found.id, found.name, found.scopes, found.properties) == (
            "key_1", "Desk", ("decisions:write",), ("harbour",),
        )  # fmt: skip
        assert store.keys.find(hashlib.sha256(b"door").digest()) is None
        assert store.keys.revoke("key_1", NOON)
        assert not store.keys.revoke("key_1", NOON)
        assert store.keys.find(desk) is None
        assert [(key.id, key.revoked_at) for key in store.keys.all()] == [("key_1", NOON), ("key_2", None)]


@pytest.mark.parametrize(("key_id", "secret"), [("key_1", b"new"), ("key_2", b"desk")])
def test_neither_id_nor_hash_of_a_key_is_used_twice(database: SqlDatabase, key_id: str, secret: bytes) -> None:
    with database.writing() as store:
        store.keys.add("key_1", hashlib.sha256(b"desk").digest(), "Desk", ["admin"], [], NOON)
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.keys.add(key_id, hashlib.sha256(secret).digest(), "Again", ["admin"], [], NOON)
    assert refused.value.code.name == "already_exists"


def test_an_import_resumes_behind_its_last_recorded_row(database: SqlDatabase) -> None:
    with database.writing() as store:
        assert store.imports.begin("cdnow", "abc", NOON) == 0
        store.imports.advance("cdnow", "abc", 2_000, 1_990, 10, NOON)
    with pytest.raises(RuntimeError):
        write_and_fail(database, lambda store: store.imports.advance("cdnow", "abc", 4_000, 2_000, 0, NOON))
    with database.writing() as store:
        assert store.imports.begin("cdnow", "abc", NOON) == 2_000
        assert store.imports.begin("cdnow", "other", NOON) == 0
        store.imports.advance("cdnow", "abc", 3_000, 1_000, 0, NOON)
        store.imports.finish("cdnow", "abc", NOON)
        assert store.imports.begin("cdnow", "abc", NOON) == 3_000
        rows = store.session.all("SELECT rows_added, rows_rejected, state FROM import_run WHERE file_hash = 'abc'")
    assert rows == [(2_990, 10, "done")]


def test_an_import_that_was_never_begun_cannot_advance(database: SqlDatabase) -> None:
    with pytest.raises(LookupError, match="nothing"), database.writing() as store:
        store.imports.advance("cdnow", "nothing", 1, 1, 0, NOON)
