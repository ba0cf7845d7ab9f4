"""A limit is an account: opened at its first use, topped up or cut when it is edited, never beyond it."""

from __future__ import annotations

import pytest

from rewards.ledger.accounts import over
from rewards.ledger.funds import LiveFunds, PreviewFunds
from rewards.ledger.ports import Store
from rewards.storage.engine import SqlDatabase
from rewards.storage.invariants import read_invariants
from tests.crowd import at_once
from tests.stage import NOW

ACCOUNT, UNIT = "limit:fortnightly-regular:property:harbour:2026-11-22", "grants"


def limited(store: Store, allowed: int, *, take: int = 0, back: int = 0) -> int:
    """Bring the limit to `allowed`, take and give back so many, and return what is left."""
    funds = LiveFunds(store, NOW)
    funds.limited(ACCOUNT, "limit", UNIT, allowed)
    for _ in range(take):
        assert funds.take(ACCOUNT, 1, UNIT)
    for _ in range(back):
        funds.put_back(ACCOUNT, 1, UNIT)
    funds.post("a test")
    preview = PreviewFunds(store)
    preview.limited(ACCOUNT, "limit", UNIT, allowed)
    left = funds.left(ACCOUNT)
    assert max(0, preview.left(ACCOUNT)) == left
    return left


def beyond(store: Store) -> int:
    """How many are promised beyond the limit."""
    found = store.accounts.get(over(ACCOUNT))
    return -found.balance if found else 0


def test_a_limit_that_is_raised_leaves_what_is_more(database: SqlDatabase) -> None:
    with database.writing() as store:
        assert limited(store, 5, take=3) == 2
        assert limited(store, 8) == 5
        assert beyond(store) == 0
        assert read_invariants(store) == []


def test_a_limit_cut_below_its_use_leaves_nothing_until_that_is_settled(database: SqlDatabase) -> None:
    with database.writing() as store:
        limited(store, 10, take=5)
        assert (limited(store, 2), beyond(store)) == (0, 3)
        assert (limited(store, 2, back=1), beyond(store)) == (0, 2)
        assert (limited(store, 4), beyond(store)) == (0, 0)
        assert (limited(store, 10), beyond(store)) == (6, 0)
        assert read_invariants(store) == []


def test_what_is_given_back_settles_the_promise_beyond_the_limit_first(database: SqlDatabase) -> None:
    with database.writing() as store:
        limited(store, 3, take=3)
        limited(store, 1)
        assert (limited(store, 1, back=3), beyond(store)) == (1, 0)
        assert read_invariants(store) == []


@pytest.mark.parametrize(("before", "after", "left"), [(1, 20, 19), (20, 5, 4)])
def test_an_edit_that_many_see_at_once_is_made_once(database: SqlDatabase, before: int, after: int, left: int) -> None:
    with database.writing() as store:
        limited(store, before, take=1)
    at_once(8, lambda _: database.run_writing(lambda store: limited(store, after)))
    with database.reading() as store:
        found = store.accounts.get(ACCOUNT)
        assert found is not None
        assert (found.balance, found.funded) == (left, after)
        assert read_invariants(store) == []


def test_a_preview_takes_nothing(database: SqlDatabase) -> None:
    with database.writing() as store:
        limited(store, 2, take=1)
        preview = PreviewFunds(store)
        preview.limited(ACCOUNT, "limit", UNIT, 2)
        assert [preview.take(ACCOUNT, 1, UNIT), preview.take(ACCOUNT, 1, UNIT)] == [True, False]
        preview.put_back(ACCOUNT, 1, UNIT)
        assert preview.left(ACCOUNT) == 1
        assert limited(store, 2) == 1
