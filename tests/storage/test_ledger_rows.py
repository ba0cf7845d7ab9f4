"""Accounts, entries, grants and their life, decisions, rule sets: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rewards.domain.grant import GrantState
from rewards.errors import RewardsError
from rewards.ledger.ports import Account, Entry, GrantEvent, RuleSetRow
from rewards.storage.engine import SqlDatabase
from tests.storage.people import NOON, TODAY, decision_row, grant_row

STOCK = Account("stock:harbour:suite", "stock", "perk:suite", True, 2, 2)
SPENT = Account("out:stock:harbour:suite", "stock", "perk:suite", False, -2, 0)


def event(kind: str, quantity: int = 1, *, reference: str | None = None) -> GrantEvent:
    return GrantEvent("gnt_0001", kind, quantity, "key_desk", "at the bar", NOON + timedelta(hours=1), reference)


# --- accounts


def test_an_account_is_opened_once(database: SqlDatabase) -> None:
    with database.writing() as store:
        assert store.accounts.get(STOCK.id) is None
        assert store.accounts.open(STOCK)
        assert not store.accounts.open(replace(STOCK, balance=99))
        assert store.accounts.get(STOCK.id) == STOCK


def test_a_scarce_account_stops_at_zero_and_others_do_not(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.accounts.open(STOCK)
        store.accounts.open(SPENT)
        assert [store.accounts.add(STOCK.id, -1) for _ in range(3)] == [1, 0, None]
        assert store.accounts.add(STOCK.id, 5, funded=5) == 5
        assert store.accounts.get(STOCK.id) == replace(STOCK, balance=5, funded=7)
        assert store.accounts.add(SPENT.id, -(2**53)) == -(2**53) - 2


def test_an_account_that_was_never_opened_has_nothing_to_add_to(database: SqlDatabase) -> None:
    with pytest.raises(LookupError, match="stock:nowhere"), database.writing() as store:
        store.accounts.add("stock:nowhere", 1)


def test_entries_are_posted_only_in_balance(database: SqlDatabase) -> None:
    unit = STOCK.unit
    with database.writing() as store:
        store.accounts.post("txn_1", [Entry(STOCK.id, -1, unit), Entry(SPENT.id, 1, unit)], "dec_1", NOON)
        with pytest.raises(ValueError, match="EUR"):
            store.accounts.post(
                "txn_2", [Entry("a", -1, unit), Entry("b", 1, unit), Entry("c", 1, "EUR")], "dec_2", NOON
            )
        rows = store.session.all("SELECT transaction_id, account, amount, unit, why FROM entry ORDER BY seq")
    assert rows == [("txn_1", STOCK.id, -1, unit, "dec_1"), ("txn_1", SPENT.id, 1, unit, "dec_1")]


# --- grants


def test_a_grant_comes_back_with_its_claims_and_its_first_event(database: SqlDatabase) -> None:
    row = grant_row(claims=(Entry(STOCK.id, 1, STOCK.unit), Entry("budget", 4_000, "EUR")))
    held = grant_row(
        2, state=GrantState.HELD, hold_expires_at=NOON + timedelta(minutes=30), reservation=None, params={}
    )
    with database.writing() as store:
        store.grants.add([row, held])
        store.grants.add([])
    with database.reading() as store:
        assert store.grants.get("gnt_0001") == row
        assert store.grants.get("7KQM-0002") == held
        assert store.grants.get("gnt_none") is None
        assert store.grants.of_decision("dec_1") == [row, held]
        kinds = [(each.kind, each.quantity, each.by) for each in store.grants.events("gnt_0002")]
    assert kinds == [("held", 1, "dec_1")]


def test_a_code_belongs_to_one_grant(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.grants.add([grant_row()])
    with pytest.raises(Exception, match=r"(?i)unique"), database.writing() as store:
        store.grants.add([grant_row(2, code="7KQM-0001")])
    with database.reading() as store:
        assert store.grants.get("gnt_0002") is None


def test_a_grant_moves_only_from_where_it_is_expected(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.grants.add([grant_row()])
        assert not store.grants.move("gnt_0001", [GrantState.HELD], GrantState.VOIDED, event("voided"), 0)
        states = [GrantState.HELD, GrantState.GRANTED]
        assert store.grants.move("gnt_0001", states, GrantState.DELIVERED, event("delivered"), 1)
        assert not store.grants.move("gnt_0001", states, GrantState.DELIVERED, event("delivered"), 0)
        assert not store.grants.move("gnt_none", states, GrantState.DELIVERED, event("delivered"), 0)
        found = store.grants.get("gnt_0001")
        assert found is not None
        assert (found.grant.state, found.used) == (GrantState.DELIVERED, 1)
        assert [each.kind for each in store.grants.events("gnt_0001")] == ["granted", "delivered"]


def test_a_credit_is_redeemed_in_parts_and_never_beyond_its_worth(database: SqlDatabase) -> None:
    granted = [GrantState.GRANTED]
    with database.writing() as store:
        store.grants.add([grant_row(quantity=5_000)])
        assert store.grants.move("gnt_0001", granted, GrantState.GRANTED, event("redeemed", 3_000), 3_000)
        assert not store.grants.move("gnt_0001", granted, GrantState.GRANTED, event("redeemed", 2_001), 2_001)
        assert store.grants.move("gnt_0001", granted, GrantState.REDEEMED, event("redeemed", 2_000), 2_000)
        found = store.grants.get("gnt_0001")
    assert found is not None
    assert (found.grant.state, found.used) == (GrantState.REDEEMED, 5_000)


def test_a_reference_is_recorded_once_for_ever(database: SqlDatabase) -> None:
    granted, bill = [GrantState.GRANTED], event("redeemed", 100, reference="bill-9")
    with database.writing() as store:
        store.grants.add([grant_row(quantity=100)])
        assert store.grants.move("gnt_0001", granted, GrantState.REDEEMED, bill, 100)
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.grants.move("gnt_0001", granted, GrantState.REDEEMED, bill, 100)
    assert refused.value.code.name == "already_exists"
    with database.reading() as store:
        assert store.grants.events("gnt_0001")[-1] == bill


def test_a_hold_that_is_confirmed_has_no_end_any_more(database: SqlDatabase) -> None:
    held = grant_row(state=GrantState.HELD, hold_expires_at=NOON + timedelta(minutes=30))
    with database.writing() as store:
        store.grants.add([held])
        assert store.grants.move("gnt_0001", [GrantState.HELD], GrantState.GRANTED, event("granted"), 0)
        found = store.grants.get("gnt_0001")
    assert found is not None
    assert (found.grant.state, found.grant.hold_expires_at) == (GrantState.GRANTED, None)


def test_a_guests_grants_are_those_of_all_her_records_newest_first(database: SqlDatabase) -> None:
    rows = [
        grant_row(1, granted_at=NOON - timedelta(days=3)),
        grant_row(2, guest="gst_old"),
        grant_row(3, guest="gst_ben"),
        grant_row(4, state=GrantState.VOIDED, granted_at=NOON - timedelta(days=9)),
    ]
    with database.writing() as store:
        store.grants.add(rows)
        mine = store.grants.of_guest(["gst_ana", "gst_old"])
        voided = store.grants.of_guest(["gst_ana", "gst_old"], states=[GrantState.VOIDED])
        assert store.grants.of_guest([]) == []
    assert [row.grant.id for row in mine] == ["gnt_0002", "gnt_0001", "gnt_0004"]
    assert [row.grant.id for row in voided] == ["gnt_0004"]


def test_grants_that_stand_are_counted(database: SqlDatabase) -> None:
    today = TODAY.toordinal()
    rows = [
        grant_row(1),
        grant_row(8, perk="late-checkout"),
        grant_row(2, decision="dec_2", guest="gst_old", reservation="R-1", granted_at=NOON + timedelta(hours=1)),
        grant_row(3, decision="dec_3", state=GrantState.VOIDED, granted_at=NOON + timedelta(days=1)),
        grant_row(4, decision="dec_4", state=GrantState.FAILED),
        replace(grant_row(5, decision="dec_5", state=GrantState.EXPIRED), granted_day=today - 90),
        grant_row(9, decision="dec_9", state=GrantState.EXPIRED, hold_expires_at=NOON),
        grant_row(6, rule="another-rule"),
        grant_row(7, guest="gst_ben"),
    ]
    records, rule = ["gst_ana", "gst_old"], "fortnightly-regular"
    with database.writing() as store:
        store.grants.add(rows)
        assert store.grants.count(records, rule, None, None) == 3
        assert store.grants.count(records, rule, today - 90, None) == 3
        assert store.grants.count(records, rule, today - 89, None) == 2
        assert store.grants.count(records, rule, None, "R-1") == 1
        assert store.grants.count(records, "no-rule", None, None) == 0
        last = store.grants.last_us(records, rule)
        assert store.grants.last_us(records, "no-rule") is None
    assert last == int((NOON + timedelta(hours=1)).timestamp()) * 1_000_000


def test_what_is_due_comes_oldest_first(database: SqlDatabase) -> None:
    minute = timedelta(minutes=1)
    rows = [
        grant_row(1, valid_until=NOON - minute),
        grant_row(2, state=GrantState.HELD, hold_expires_at=NOON - 2 * minute),
        grant_row(3, valid_until=NOON),
        grant_row(4, valid_until=NOON + minute),
        grant_row(5, state=GrantState.HELD, hold_expires_at=NOON + minute, valid_until=NOON - minute),
        grant_row(6, valid_until=NOON - minute, state=GrantState.DELIVERED, used=1),
        grant_row(7, valid_until=NOON - minute, quantity=100, used=40),
    ]
    due = ["gnt_0002", "gnt_0001", "gnt_0007", "gnt_0003"]
    with database.writing() as store:
        store.grants.add(rows)
        assert [row.grant.id for row in store.grants.due(NOON, 10)] == due
        assert [row.grant.id for row in store.grants.due(NOON, 1)] == ["gnt_0002"]


# --- decisions


def test_a_decision_comes_back_byte_for_byte(database: SqlDatabase) -> None:
    row = decision_row()
    held = decision_row(2, state="held", mode="hold", hold_expires_at=NOON + timedelta(minutes=30))
    with database.writing() as store:
        store.decisions.add(row)
        store.decisions.add(held)
    with database.reading() as store:
        assert store.decisions.get("dec_0001") == row
        assert store.decisions.get("dec_0002") == held
        assert store.decisions.get("dec_none") is None


def test_a_question_has_one_standing_decision(database: SqlDatabase) -> None:
    asked = ("gst_ana", "harbour", "R-4711", "arrival")
    with database.writing() as store:
        assert store.decisions.standing(*asked) is None
        assert store.decisions.claim(*asked, "dec_1")
        assert not store.decisions.claim(*asked, "dec_2")
        assert store.decisions.standing(*asked) == "dec_1"
        assert store.decisions.claim("gst_ana", "harbour", "R-4711", "checkout", "dec_3")
        store.decisions.replace(*asked, "dec_4")
        assert store.decisions.standing(*asked) == "dec_4"


def test_a_hold_resolves_once(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.decisions.add(decision_row(state="held"))
        assert store.decisions.move("dec_0001", "held", "confirmed")
        assert not store.decisions.move("dec_0001", "held", "cancelled")
        assert not store.decisions.move("dec_none", "held", "cancelled")


def test_decisions_are_listed_in_pages(database: SqlDatabase) -> None:
    with database.writing() as store:
        for number in range(1, 6):
            store.decisions.add(decision_row(number, guest="gst_ben" if number == 2 else "gst_ana"))
        assert [row.id for row in store.decisions.page(None, 2)] == ["dec_0001", "dec_0002"]
        assert [row.id for row in store.decisions.page("dec_0004", 2)] == ["dec_0005"]
        assert [row.id for row in store.decisions.page("dec_0001", 2, ["gst_ana"])] == ["dec_0003", "dec_0004"]


# --- rule sets


def rule_set(version: int) -> RuleSetRow:
    return RuleSetRow(version, f"sha256:{version}", "rule: newbie\n", "[]", NOON, "marketer", "Für die Neuen")


def test_the_newest_rule_set_is_live(database: SqlDatabase) -> None:
    with database.writing() as store:
        assert store.rule_sets.live() is None
        before = store.generation()
        store.rule_sets.publish(rule_set(1))
        store.rule_sets.publish(rule_set(2))
        assert store.generation() == before + 2
        assert store.rule_sets.live() == rule_set(2)
        assert store.rule_sets.get(1) == rule_set(1)
        assert store.rule_sets.get(9) is None
        assert store.rule_sets.page(1) == [rule_set(2)]


def test_a_version_is_published_once(database: SqlDatabase) -> None:
    with database.writing() as store:
        store.rule_sets.publish(rule_set(1))
        before = store.generation()
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.rule_sets.publish(rule_set(1))
    assert refused.value.code.name == "already_exists"
    with database.reading() as store:
        assert store.generation() == before
