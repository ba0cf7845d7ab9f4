"""The append-only log, the digests, and what is known of properties: on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.errors import RewardsError
from rewards.storage.engine import SqlDatabase
from tests.storage.people import HARBOUR, NOON, TODAY, add_guest, stay


def add(database: SqlDatabase, *activities: Activity) -> list[bool]:
    with database.writing() as store:
        return store.activities.add(activities)


def test_every_field_comes_back(database: SqlDatabase) -> None:
    full = stay(
        "1", rooms=2, count=3, on_time=False, rate_code="BAR", room_class="suite", category="spa", place_id="4sq-9",
        place_name="Café “De Kade”", reverses="act_x", withheld="impossible_travel", evidence=Evidence.WITNESSED,
        occurred_at=NOON - timedelta(microseconds=1),
    )  # fmt: skip
    bare = Activity(
        "act_bare", "gst_ana", Kind.CHECK_IN, NOON, NOON, TODAY, "foursquare", "9", evidence=Evidence.CLAIMED
    )
    assert add(database, full, bare) == [True, True]
    with database.reading() as store:
        assert store.activities.get(full.id) == full
        assert store.activities.get("act_bare") == bare
        assert store.activities.get("act_none") is None


def test_a_second_recording_changes_nothing(database: SqlDatabase) -> None:
    first = stay("1")
    again = replace(first, recorded_at=NOON + timedelta(days=1), withheld="looked_at_again")
    assert add(database, first) == [True]
    assert add(database, stay("2"), again, stay("3")) == [True, False, True]
    with database.reading() as store:
        assert store.activities.get(first.id) == first


def test_the_same_fact_twice_in_one_batch_is_recorded_once(database: SqlDatabase) -> None:
    assert add(database, stay("1"), stay("1"), stay("2")) == [True, False, True]


@pytest.mark.parametrize("change", [{"nights": 3}, {"attributes": {}}, {"property": None}, {"day": date(2026, 11, 23)}])
def test_other_content_under_the_same_key_is_refused_and_the_batch_with_it(
    database: SqlDatabase, change: dict[str, object]
) -> None:
    add(database, stay("1"))
    with pytest.raises(RewardsError) as refused:
        add(database, stay("2"), stay("1", **change))
    assert refused.value.code.name == "activity_conflict"
    assert refused.value.details["source_key"] == "1"
    with database.reading() as store:
        assert store.activities.get(stay("2").id) is None
        assert store.activities.get(stay("1").id) == stay("1")


def test_the_same_key_for_another_guest_is_refused_but_not_after_a_merge(database: SqlDatabase) -> None:
    add_guest(database, "ana")
    add_guest(database, "old")
    add(database, stay("1", "gst_old"))
    with pytest.raises(RewardsError) as refused:
        add(database, stay("1", "gst_ana"))
    assert refused.value.code.name == "activity_conflict"
    with database.writing() as store:
        store.guests.merge("mrg_1", "gst_ana", "gst_old", "one card", NOON)
        assert store.activities.add([stay("1", "gst_ana")]) == [False]


def test_a_large_batch_is_told_apart_one_by_one(database: SqlDatabase) -> None:
    known = [stay(str(number)) for number in range(0, 700, 7)]
    add(database, *known)
    fresh = add(database, *(stay(str(number)) for number in range(700)))
    assert [number for number, new in enumerate(fresh) if not new] == list(range(0, 700, 7))
    with database.reading() as store:
        assert len(store.activities.of_guest(["gst_ana"])) == 700


def test_a_guests_activities_are_those_of_all_her_records_in_order(database: SqlDatabase) -> None:
    late = stay("1", occurred_at=NOON - timedelta(days=400))
    add(database, stay("2"), stay("3", "gst_old", recorded_at=NOON + timedelta(hours=1)), late, stay("4", "gst_ben"))
    with database.reading() as store:
        found = store.activities.of_guest(["gst_ana", "gst_old"])
        known = store.activities.of_guest(["gst_ana", "gst_old"], known_at=NOON)
        nothing = store.activities.of_guest([])
    assert [each.source_key for each in found] == ["1", "2", "3"]
    assert [each.source_key for each in known] == ["1", "2"]
    assert nothing == []


def test_activities_are_found_by_reservation_and_by_what_they_reverse(database: SqlDatabase) -> None:
    spend = stay("2", kind=Kind.SPEND, reservation="R-1", occurred_at=NOON - timedelta(days=1))
    undone = stay("3", kind=Kind.REVERSAL, reverses=stay("1").id, reservation=None)
    add(database, stay("1"), spend, undone, stay("4", property="hill", reservation="R-1"))
    with database.reading() as store:
        assert [each.source_key for each in store.activities.of_reservation("harbour", "R-1")] == ["2", "1"]
        assert store.activities.reversals_of(stay("1").id) == [undone]
        assert store.activities.reversals_of(stay("2").id) == []


def test_activities_are_listed_in_recorded_order(database: SqlDatabase) -> None:
    add(database, *(stay(str(number), occurred_at=NOON - timedelta(days=number)) for number in range(5)))
    with database.reading() as store:
        first = store.activities.page(["gst_ana"], 0, 3)
        rest = store.activities.page(["gst_ana"], first[-1][0], 3)
    assert [each.source_key for _, each in first + rest] == ["0", "1", "2", "3", "4"]


def test_digests_are_replaced_whole(database: SqlDatabase) -> None:
    add_guest(database)
    with database.writing() as store:
        store.histories.put("gst_ana", 2, b"head-2", [(0, b"a"), (1, b"b"), (2, b"c")])
        store.histories.put("gst_ana", 3, b"head-3", None)
        assert store.histories.head("gst_ana") == b"head-3"
        assert store.histories.chunks("gst_ana", 1) == [b"b", b"c"], "an append leaves the chunks alone"
        store.histories.put("gst_ana", 4, b"\x00\xff", [(0, b"z")])
        assert store.histories.chunks("gst_ana", 0) == [b"z"]
        head = store.guests.head("gst_ana")
    assert head is not None
    assert head.head == b"\x00\xff"


def test_heads_of_many_guests_come_at_once(database: SqlDatabase) -> None:
    names = [f"{number:03}" for number in range(300)]
    for name in names[:2]:
        add_guest(database, name)
    with database.writing() as store:
        for name in names[2:]:
            store.histories.put(f"gst_{name}", 1, name.encode(), None)
        heads = store.histories.heads([f"gst_{name}" for name in names])
        assert store.histories.heads([]) == {}
    assert heads == {f"gst_{name}": name.encode() for name in names[2:]}


def test_guests_with_a_digest_are_walked_in_order_without_merged_records(database: SqlDatabase) -> None:
    for name in ("ben", "ana", "old", "no_digest"):
        add_guest(database, name)
    with database.writing() as store:
        for name in ("ben", "ana", "old"):
            store.histories.put(f"gst_{name}", 1, b"", None)
        store.guests.merge("mrg_1", "gst_ana", "gst_old", "one card", NOON)
    with database.reading() as store:
        assert list(store.histories.guests()) == ["gst_ana", "gst_ben"]


def test_properties_come_back_and_grow_the_generation(database: SqlDatabase) -> None:
    bare = replace(HARBOUR, code="hill", position=None, room_classes=(), rollover_hour=0)
    with database.writing() as store:
        before = store.generation()
        store.properties.put(HARBOUR, NOON)
        store.properties.put(bare, NOON)
        store.properties.put(replace(HARBOUR, name="Harbour House"), NOON)
        assert store.properties.all() == (replace(HARBOUR, name="Harbour House"), bare)
        assert store.generation() == before + 3


def test_coverage_opens_is_replaced_and_is_heard_forward_only(database: SqlDatabase) -> None:
    begun = NOON - timedelta(days=30)
    with database.writing() as store:
        store.properties.heard("harbour", "stay", NOON, begun)
        store.properties.heard("harbour", "stay", NOON - timedelta(hours=5), NOON)
        assert store.properties.coverage() == (Coverage("harbour", Kind.STAY, begun, NOON),)
        store.properties.heard("harbour", "stay", NOON + timedelta(minutes=10), NOON)
        later = NOON + timedelta(minutes=10)
        assert store.properties.coverage() == (Coverage("harbour", Kind.STAY, begun, later),)
        whole = Coverage("harbour", Kind.STAY, None, NOON)
        store.properties.put_coverage(whole)
        assert store.properties.coverage() == (whole,)


def test_hearing_grows_the_generation_when_it_opens_and_once_an_hour(database: SqlDatabase) -> None:
    with database.writing() as store:
        steps = []
        for minutes in (0, 10, 50, 60, 70, 119, 120):
            before = store.generation()
            store.properties.heard("harbour", "stay", NOON + timedelta(minutes=minutes), NOON)
            steps.append(store.generation() - before)
    assert steps == [1, 0, 0, 1, 0, 0, 1]


def test_rates_are_exact(database: SqlDatabase) -> None:
    third = Fraction(1, 3)
    with database.writing() as store:
        before = store.generation()
        store.properties.put_rate("USD", "EUR", TODAY, Fraction(92, 100))
        store.properties.put_rate("GBP", "EUR", TODAY, Fraction(117, 100))
        store.properties.put_rate("USD", "EUR", TODAY, third)
        assert store.properties.rates() == [("GBP", "EUR", TODAY, Fraction(117, 100)), ("USD", "EUR", TODAY, third)]
        assert store.generation() == before + 3
