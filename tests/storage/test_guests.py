"""Guests, identities, merges: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rewards.domain.guest import Guest, Identity
from rewards.errors import RewardsError
from rewards.storage.engine import SqlDatabase
from tests.storage.people import CARD, MAIL, NOON, add_guest, guest


def test_a_guest_comes_back_as_she_was_put(database: SqlDatabase) -> None:
    ana = Guest(
        "gst_ana", NOON, "Ana", "nl", NOON + timedelta(microseconds=7), date(1984, 2, 29), "NL", None,
        {"vip": True, "pillow": "hard", "children": 2},
    )  # fmt: skip
    with database.writing() as store:
        store.guests.add(ana, [CARD])
    with database.reading() as store:
        head = store.guests.head("gst_ana")
    assert head is not None
    assert head.guest == ana
    assert (head.version, head.head, head.verified) == (1, None, False)


def test_nobody_has_an_unknown_identity(database: SqlDatabase) -> None:
    with database.reading() as store:
        assert store.guests.resolve(CARD) is None
        assert store.guests.head("gst_nobody") is None
        assert store.guests.records("gst_nobody") == ()
        assert store.guests.identities("gst_nobody") == ()


def test_an_identity_belongs_to_one_guest(database: SqlDatabase) -> None:
    add_guest(database, "ana", CARD)
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.guests.add(guest("ben"), [MAIL, CARD])
    assert refused.value.code.name == "identity_taken"
    assert "card:00412" in refused.value.message
    with database.reading() as store:
        assert store.guests.resolve(CARD) == "gst_ana"
        assert store.guests.resolve(MAIL) is None
        assert store.guests.head("gst_ben") is None


def test_a_guest_is_added_once(database: SqlDatabase) -> None:
    add_guest(database)
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.guests.add(guest(), [])
    assert refused.value.code.name == "already_exists"


def test_an_update_leaves_creation_and_merge_alone_and_grows_the_version(database: SqlDatabase) -> None:
    add_guest(database)
    changed = replace(guest(), created_at=NOON + timedelta(days=9), first_name="Ana", merged_into="gst_ben")
    with database.writing() as store:
        store.guests.update(changed)
        head = store.guests.head("gst_ana")
    assert head is not None
    assert (head.guest, head.version) == (replace(guest(), first_name="Ana"), 2)
    with pytest.raises(RewardsError, match="gst_nobody"), database.writing() as store:
        store.guests.update(guest("nobody"))


def test_the_version_grows_and_is_locked(database: SqlDatabase) -> None:
    add_guest(database)
    with database.writing() as store:
        assert store.guests.lock("gst_ana") == 1
        assert store.guests.bump("gst_ana") == 2
        assert store.guests.lock("gst_ana") == 2
    for refuse in ("lock", "bump"):
        with pytest.raises(RewardsError) as refused, database.writing() as store:
            getattr(store.guests, refuse)("gst_nobody")
        assert refused.value.code.name == "guest_unknown"


def test_putting_an_identity_only_raises_what_is_known_of_it(database: SqlDatabase) -> None:
    add_guest(database, "ana", CARD)
    with database.writing() as store:
        store.guests.put_identity("gst_ana", CARD)
        assert store.guests.lock("gst_ana") == 1, "nothing new was learned"
        store.guests.put_identity("gst_ana", replace(CARD, verified=True))
        store.guests.put_identity("gst_ana", replace(CARD, shared=True))
        store.guests.put_identity("gst_ana", CARD)
        store.guests.put_identity("gst_ana", MAIL)
        assert store.guests.identities("gst_ana") == (Identity("card", "00412", True, True), MAIL)
        assert store.guests.lock("gst_ana") == 4
        head = store.guests.head("gst_ana")
    assert head is not None
    assert head.verified


def test_an_identity_of_another_is_not_put(database: SqlDatabase) -> None:
    add_guest(database, "ana", CARD)
    add_guest(database, "ben")
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.guests.put_identity("gst_ben", CARD)
    assert refused.value.code.name == "identity_taken"


def test_merged_records_answer_as_one_guest(database: SqlDatabase) -> None:
    add_guest(database, "ana", CARD)
    add_guest(database, "old", MAIL)
    add_guest(database, "older", Identity("pms", "77"))
    with database.writing() as store:
        store.guests.merge("mrg_1", "gst_old", "gst_older", "one passport", NOON)
        store.guests.merge("mrg_2", "gst_ana", "gst_old", "one card", NOON)
    with database.writing() as store:
        assert store.guests.records("gst_ana") == ("gst_ana", "gst_old", "gst_older")
        assert store.guests.resolve(Identity("pms", "77")) == "gst_ana"
        assert [each.text() for each in store.guests.identities("gst_ana")] == [
            "card:00412", "email:ana@example.org", "pms:77",
        ]  # fmt: skip
        head = store.guests.head("gst_older")
        assert head is not None
        assert (head.guest.id, head.verified) == ("gst_ana", True), "a record merged into her has a verified address"
        assert store.guests.lock("gst_older") == head.version
        store.guests.put_identity("gst_ana", Identity("pms", "77", verified=True))
        assert [each.id for each in store.guests.page(None, 10)] == ["gst_ana"]


def test_a_merge_is_undone_once(database: SqlDatabase) -> None:
    add_guest(database, "ana", CARD)
    add_guest(database, "old", MAIL)
    with database.writing() as store:
        store.guests.merge("mrg_1", "gst_ana", "gst_old", "one card", NOON)
        before = store.guests.lock("gst_ana")
        assert store.guests.unmerge("mrg_1", NOON) == ("gst_ana", "gst_old")
        assert store.guests.lock("gst_ana") > before
        assert store.guests.records("gst_ana") == ("gst_ana",)
        assert store.guests.resolve(MAIL) == "gst_old"
    for merge in ("mrg_1", "mrg_none"):
        with pytest.raises(RewardsError) as refused, database.writing() as store:
            store.guests.unmerge(merge, NOON)
        assert refused.value.code.name == "merge_invalid"


def test_undoing_names_the_guest_that_holds_the_kept_record_now(database: SqlDatabase) -> None:
    for name in ("ana", "old", "older"):
        add_guest(database, name)
    with database.writing() as store:
        store.guests.merge("mrg_1", "gst_old", "gst_older", "one passport", NOON)
        store.guests.merge("mrg_2", "gst_ana", "gst_old", "one card", NOON)
        assert store.guests.unmerge("mrg_1", NOON) == ("gst_ana", "gst_older")
        assert store.guests.records("gst_ana") == ("gst_ana", "gst_old")


@pytest.mark.parametrize(
    ("kept", "absorbed"),
    [("gst_ana", "gst_ana"), ("gst_ana", "gst_old"), ("gst_old", "gst_ben"), ("gst_ana", "gst_nobody")],
    ids=["itself", "merged_already", "into_a_merged_record", "nobody"],
)
def test_what_cannot_be_merged(database: SqlDatabase, kept: str, absorbed: str) -> None:
    for name in ("ana", "ben", "old"):
        add_guest(database, name)
    with database.writing() as store:
        store.guests.merge("mrg_1", "gst_ana", "gst_old", "one card", NOON)
    with pytest.raises(RewardsError) as refused, database.writing() as store:
        store.guests.merge("mrg_2", kept, absorbed, "by hand", NOON)
    assert refused.value.code.name == "merge_invalid"


def test_guests_are_listed_in_pages(database: SqlDatabase) -> None:
    for name in ("dirk", "ana", "cleo", "ben"):
        add_guest(database, name)
    with database.reading() as store:
        first = store.guests.page(None, 3)
        rest = store.guests.page(first[-1].id, 3)
    assert [each.id for each in first] == ["gst_ana", "gst_ben", "gst_cleo"]
    assert [each.id for each in rest] == ["gst_dirk"]
