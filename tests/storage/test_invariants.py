"""The check of the ledger finds each thing that must never be, and nothing where all is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rewards.clock import to_us
from rewards.domain.grant import Approval, GrantState
from rewards.ledger.ports import Account, Entry, Extended, GrantEvent
from rewards.ledger.waits import WaitRow, WaitState
from rewards.storage.engine import SqlDatabase
from rewards.storage.invariants import read_invariants
from tests.storage.people import NOON, decision_row, grant_row

UNIT = "perk:suite"


@pytest.fixture
def ledger(database: SqlDatabase) -> SqlDatabase:
    """Two suites were set, Ana got one and a credit of which she used a part; all of it in balance."""
    with database.writing() as store:
        for account, balance, scarce in (("stock", 1, True), ("out:stock", -1, False)):
            store.accounts.open(Account(account, "stock", UNIT, scarce, balance, 0))
        store.accounts.post("txn_1", [Entry("stock", 2, UNIT), Entry("out:stock", -2, UNIT)], "set", NOON)
        store.accounts.post("txn_2", [Entry("stock", -1, UNIT), Entry("out:stock", 1, UNIT)], "dec_1", NOON)
        store.decisions.add(decision_row())
        store.decisions.claim("gst_ana", "harbour", "R-4711", "arrival", "dec_0001")
        store.grants.add([grant_row(1), grant_row(2, quantity=500), grant_row(3, state=GrantState.HELD)])
        until = NOON + timedelta(days=14)
        pending = {"state": GrantState.PENDING, "approval": Approval("hotel", until), "hold_expires_at": until}
        store.grants.add([grant_row(4, **pending)])
        part = GrantEvent("gnt_0002", "redeemed", 200, "key_bar", "a drink", NOON, "bill-1")
        store.grants.move("gnt_0002", [GrantState.GRANTED], GrantState.GRANTED, part, 200)
        ends = to_us(grant_row(2).grant.valid_until)
        moved = Extended("gnt_0002", "extended", ends, ends + 5, "dec_0001", "a-year-more", NOON, "gnt_0009")
        assert store.grants.move_end(moved, 300)
        done = GrantEvent("gnt_0001", "delivered", 1, "clerk", "handed over", NOON)
        store.grants.move("gnt_0001", [GrantState.GRANTED], GrantState.DELIVERED, done, 1)
        grant = grant_row(1).grant
        waits = WaitRow(
            "wai_1", "gst_ana", grant.decision, "harbour", "stay:R-4711", "arrival", "R-4711", grant.rule, "suite", 0,
            False, 1, 2, 3, WaitState.WAITING, 0,
        )  # fmt: skip
        had = replace(waits, id="wai_2", outcome=1, state=WaitState.HAD, grant="gnt_0001", over_us=2)
        store.waits.add([waits, had])
    return database


def test_a_ledger_in_balance_has_no_violation(ledger: SqlDatabase) -> None:
    with ledger.reading() as store:
        assert read_invariants(store) == []


_ENTRY = "INSERT INTO entry (transaction_id, account, amount, unit, why, posted_us) VALUES "
_MISFIT = ", which does not fit what came of it"
_WAIT = "UPDATE waiting SET state ="
_MOVED = "INSERT INTO grant_event (grant_id, kind, quantity, by, reason, reference, at_us, from_us, until_us) VALUES "
_LOT = "INSERT INTO points_lot (id, guest, earned, points_left, lapsed, earned_us, expires_us)"
MOVED = to_us(grant_row(2).grant.valid_until) + 5
_STATE = "UPDATE perk_grant SET state ="


@pytest.mark.parametrize(
    ("mischief", "expected"),
    [
        (f"{_ENTRY} ('txn_9', 'stock', 1, 'EUR', 'x', 0)", "the entries of txn_9 sum to 1 EUR, not to zero"),
        ("UPDATE account SET balance = 7 WHERE id = 'stock'", "stock shows 7, its entries say 1"),
        (f"{_ENTRY} ('txn_9', 'nowhere', 1, 'EUR', 'x', 0)", "entries stand on nowhere, which is no account"),
        ("UPDATE perk_grant SET used = 300 WHERE id = 'gnt_0002'", "gnt_0002 shows 300 used, its events say 200"),
        (f"{_STATE} 'voided' WHERE id = 'gnt_0001'", "gnt_0001 is voided, its last event says delivered"),
        (f"{_STATE} 'redeemed' WHERE id = 'gnt_0002'", "gnt_0002 is redeemed, its last event says redeemed"),
        (f"{_STATE} 'granted' WHERE id = 'gnt_0004'", "gnt_0004 is granted, and nobody approved it"),
        (
            "UPDATE perk_grant SET approved_us = approve_by_us WHERE id = 'gnt_0004'",
            "gnt_0004 was approved after its end",
        ),
        (
            "UPDATE perk_grant SET hold_expires_us = NULL WHERE id = 'gnt_0004'",
            "gnt_0004 is pending, and nobody can approve it",
        ),
        ("UPDATE perk_grant SET valid_until_us = 7 WHERE id = 'gnt_0002'",
         f"gnt_0002 was moved to end at {MOVED} and goes on from 7"),
        (f"{_MOVED} ('gnt_0002', 'shortened', 1, 'x', 'x', 'x', 0, {MOVED - 1}, {MOVED})",
         f"gnt_0002 was moved to end at {MOVED} and goes on from {MOVED - 1}"),
        (f"{_LOT} VALUES ('gnt_0001', 'gst_ana', 1, 0, 0, 0, 7)",
         f"the points of gnt_0001 lapse at 7, their grant ends at {MOVED - 5}"),
        ("UPDATE question SET decision = 'dec_9'", "a question stands on dec_9, which is no decision"),
        (f"{_WAIT} 'had' WHERE id = 'wai_1'", f"wai_1 is had{_MISFIT}"),
        (f"{_WAIT} 'waiting' WHERE id = 'wai_2'", f"wai_2 is waiting{_MISFIT}"),
        ("UPDATE waiting SET grant_id = 'gnt_9' WHERE id = 'wai_2'", f"wai_2 is had{_MISFIT}"),
        ("UPDATE waiting SET grant_id = 'gnt_0001'", "gnt_0001 came of waiting twice"),
    ],
    ids=[
        "unbalanced", "balance", "orphan", "used", "state", "redeemed_in_part_only", "unapproved", "late", "nobody",
        "end", "chain of ends", "lot",
        "standing", "had_without", "had_still", "had_another", "had_twice",
    ],
)  # fmt: skip
def test_each_violation_is_found_and_named(ledger: SqlDatabase, mischief: str, expected: str) -> None:
    with ledger.writing() as store:
        store.session.run(mischief)
    with ledger.reading() as store:
        assert expected in read_invariants(store)


def test_a_scarce_account_below_zero_is_found_though_the_database_forbids_it(sqlite_database: SqlDatabase) -> None:
    with sqlite_database.writing() as store:
        store.accounts.open(Account("stock", "stock", UNIT, True, 0, 0))
    with sqlite_database.writing() as store:
        store.session.run("PRAGMA ignore_check_constraints = ON")
        store.session.run("UPDATE account SET balance = -1 WHERE id = 'stock'")
    with sqlite_database.reading() as store:
        assert "stock is at -1, below zero" in read_invariants(store)
