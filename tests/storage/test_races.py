"""Many at once, on both databases: the last unit, the lost update, the same key, the same stranger."""

from __future__ import annotations

import threading

from rewards.domain.grant import GrantState
from rewards.errors import RewardsError
from rewards.ledger.ports import Account, Entry, GrantEvent, StoredReply
from rewards.storage.engine import SqlDatabase
from rewards.storage.invariants import read_invariants
from rewards.storage.store import SqlStore
from tests.crowd import at_once
from tests.storage.people import CARD, NOON, add_guest, grant_row, guest, stay

CROWD = 50
ROUNDS = 20


def test_the_last_unit_goes_to_one_of_fifty_in_each_of_twenty_rounds(database: SqlDatabase) -> None:
    unit = "perk:suite"

    def open_stock(store: SqlStore, stock: str) -> None:
        store.accounts.open(Account(stock, "stock", unit, True, 0, 0))
        store.accounts.open(Account(f"out:{stock}", "stock", unit, False, 0, 0))
        move(store, stock, 1)

    def move(store: SqlStore, stock: str, amount: int) -> bool:
        if store.accounts.add(stock, amount) is None:
            return False
        store.accounts.add(f"out:{stock}", -amount)
        entries = [Entry(stock, amount, unit), Entry(f"out:{stock}", -amount, unit)]
        store.accounts.post(f"txn_{stock}_{amount}_{threading.get_ident()}", entries, "the last suite", NOON)
        return True

    for number in range(ROUNDS):
        stock = f"stock:{number}"
        database.run_writing(lambda store, stock=stock: open_stock(store, stock))
        taken = at_once(CROWD, lambda _, stock=stock: database.run_writing(lambda store: move(store, stock, -1)))
        assert sorted(taken) == [False] * (CROWD - 1) + [True], f"round {number}"
    with database.reading() as store:
        assert read_invariants(store) == []
        assert store.session.one("SELECT count(*) FROM entry") == (4 * ROUNDS,)


def test_no_update_is_lost_under_the_guests_lock(database: SqlDatabase) -> None:
    add_guest(database)

    def read_then_write(store: SqlStore) -> None:
        store.guests.lock("gst_ana")
        seen = store.histories.head("gst_ana") or b""
        store.histories.put("gst_ana", store.guests.bump("gst_ana"), seen + b".", None)

    def act(_: int) -> None:
        for _ in range(10):
            database.run_writing(read_then_write)

    at_once(8, act)
    with database.reading() as store:
        head = store.guests.head("gst_ana")
    assert head is not None
    assert (head.head, head.version) == (b"." * 80, 81)


def test_one_of_many_stores_the_reply_under_a_key(database: SqlDatabase) -> None:
    def act(number: int) -> tuple[bool, bytes]:
        mine = StoredReply(b"f" * 32, 201, b"%d" % number)

        def work(store: SqlStore) -> tuple[bool, bytes]:
            first = store.idempotency.remember("key_desk POST /decisions", "arrival-1", mine, NOON)
            stored = store.idempotency.recall("key_desk POST /decisions", "arrival-1")
            assert stored is not None
            return first, stored.body

        return database.run_writing(work)

    replies = at_once(20, act)
    assert sorted(first for first, _ in replies) == [False] * 19 + [True]
    assert len({body for _, body in replies}) == 1, "everybody reads the reply of the first"


def test_one_of_many_decisions_stands_for_a_question(database: SqlDatabase) -> None:
    def act(number: int) -> bool:
        asked = ("gst_ana", "harbour", "R-4711", "arrival", f"dec_{number}")
        return database.run_writing(lambda store: store.decisions.claim(*asked))

    assert sorted(at_once(20, act)) == [False] * 19 + [True]


def test_a_stranger_whom_many_meet_at_once_becomes_one_guest(database: SqlDatabase) -> None:
    def act(number: int) -> str:
        def work(store: SqlStore) -> str:
            known = store.guests.resolve(CARD)
            if known is not None:
                return known
            store.guests.add(guest(str(number)), [CARD])
            return f"gst_{number}"

        return database.run_writing(work)

    met = at_once(20, act)
    assert len(set(met)) == 1
    with database.reading() as store:
        assert [each.id for each in store.guests.page(None, 100)] == met[:1]


def test_one_fact_that_many_report_is_recorded_once(database: SqlDatabase) -> None:
    recorded = at_once(20, lambda _: database.run_writing(lambda store: store.activities.add([stay("1"), stay("2")])))
    assert sorted(recorded) == [[False, False]] * 19 + [[True, True]]


def test_of_two_merges_at_once_one_is_refused(database: SqlDatabase) -> None:
    add_guest(database, "ana")
    add_guest(database, "ben")

    def act(number: int) -> str:
        kept, absorbed = ("gst_ana", "gst_ben") if number else ("gst_ben", "gst_ana")

        def work(store: SqlStore) -> str:
            for each in sorted((kept, absorbed)):
                store.guests.lock(each)
            store.guests.merge(f"mrg_{number}", kept, absorbed, "one passport", NOON)
            return "merged"

        try:
            return database.run_writing(work)
        except RewardsError as error:
            return error.code.name

    assert sorted(at_once(2, act)) == ["merge_invalid", "merged"]


def test_a_credit_that_many_redeem_is_not_overspent(database: SqlDatabase) -> None:
    database.run_writing(lambda store: store.grants.add([grant_row(quantity=100)]))

    def act(number: int) -> bool:
        event = GrantEvent("gnt_0001", "redeemed", 30, "key_bar", "a drink", NOON, f"bill-{number}")
        granted = GrantState.GRANTED
        return database.run_writing(lambda store: store.grants.move("gnt_0001", [granted], granted, event, 30))

    assert sorted(at_once(20, act)) == [False] * 17 + [True] * 3
    with database.reading() as store:
        assert read_invariants(store) == []
