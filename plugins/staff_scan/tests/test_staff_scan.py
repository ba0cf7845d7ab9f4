"""Ben works at the desk of Harbour Hotel and scans: who may, what is told, what is undone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import Told
from rewards.storage.sources import ConnectionRow

from .people import bearing, furnish


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    url = request.getfixturevalue("migrated_postgres_url") if request.param == "postgresql" else ""
    made = House(Path(__file__).parents[1], tmp_path, database_url=url)
    furnish(made)
    yield made
    made.close()


@pytest.fixture
def desk(house: House) -> ConnectionRow:
    return house.connect({"kinds": "card,pms", "links": "https://me.harbour.example/g"})


def post(house: House, desk: ConnectionRow, path: str, said: Any, key: str = "harbour") -> Told:
    told = house.send(desk, Call(json.dumps(said).encode(), bearing(key), path=path))
    house.settle()
    return told


def scan(house: House, desk: ConnectionRow, text: str, key: str = "harbour") -> Told:
    return post(house, desk, "/scan/harbour", {"scanned": text}, key)


def undo(house: House, desk: ConnectionRow, name: str) -> Told:
    return post(house, desk, "/undo/harbour", {"scan": name})


def test_a_scan_says_who_came_and_by_whom_it_was_seen(house: House, desk: ConnectionRow) -> None:
    told = scan(house, desk, "00412")
    assert told.status == 202
    (fact,) = house.facts(desk)
    assert (fact.kind, fact.evidence, fact.property) == ("check_in", "witnessed", "harbour")
    assert json.loads(fact.attributes) == {"rests_on": "staff_scan", "by": "key_harbour"}


def test_only_a_key_that_may_read_guests_is_told_the_name(house: House, desk: ConnectionRow) -> None:
    assert "guest" not in json.loads(scan(house, desk, "00412").body)
    greeted = json.loads(scan(house, desk, "00412", "greets").body)
    assert greeted["guest"] == {"first_name": "Ana", "language": "en"}


def test_a_double_scan_is_one_check_in_and_the_evening_is_another(house: House, desk: ConnectionRow) -> None:
    for minutes in (0, 1, 200, 60):
        house.clock.advance(timedelta(minutes=minutes))
        assert scan(house, desk, "00412").status == 202
    assert [one.occurred_at - house.now for one in house.facts(desk)] == [timedelta(0), timedelta(minutes=261)]


def test_a_scan_is_undone_within_the_hour_and_done_again(house: House, desk: ConnectionRow) -> None:
    name = json.loads(scan(house, desk, "00412").body)["scan"]
    house.clock.advance(timedelta(minutes=59))
    assert undo(house, desk, name).status == 202
    assert undo(house, desk, name).status == 202
    assert house.facts(desk) == []
    house.clock.advance(timedelta(minutes=1))
    scan(house, desk, "00412")
    assert len(house.facts(desk)) == 1


def test_after_the_hour_it_is_not_undone(house: House, desk: ConnectionRow) -> None:
    name = json.loads(scan(house, desk, "00412").body)["scan"]
    house.clock.advance(timedelta(hours=1, seconds=1))
    told = undo(house, desk, name)
    assert told.status == 409
    assert len(house.facts(desk)) == 1


@pytest.mark.parametrize("text", ["99999", "https://elsewhere.example/g/x7Kq", "link:x7Kq"])
def test_an_unknown_card_is_told_so_and_leaves_nothing(house: House, desk: ConnectionRow, text: str) -> None:
    told = scan(house, desk, text)
    assert (told.status, json.loads(told.body)["detail"]) == (404, "Nobody has this card; nothing was recorded.")
    assert house.inbox(desk) == []
    assert house.facts(desk) == []
    with house.engine.database.reading() as store:
        assert len(store.guests.page(None, 10)) == 3


def test_a_number_of_two_guests_is_asked_back(house: House, desk: ConnectionRow) -> None:
    assert scan(house, desk, "00977").status == 409
    assert house.facts(desk) == []
    assert scan(house, desk, "card:00977").status == 202
    assert [one.identities for one in house.facts(desk)] == [frozenset({"card:00977", "pms:00412X"})]


def test_a_guests_link_is_scanned_like_a_card(house: House, desk: ConnectionRow) -> None:
    assert scan(house, desk, "https://me.harbour.example/g/x7Kq").status == 202
    assert "card:00412" in house.facts(desk)[0].identities


@pytest.mark.parametrize(
    ("key", "path", "status"),
    [
        ("seaside", "/scan/harbour", 403),
        ("reads", "/scan/harbour", 403),
        ("harbour", "/scan/seaside", 403),
        ("group", "/scan/nowhere", 404),
        ("seaside", "/undo/harbour", 403),
    ],
)
def test_who_may_not_scan_here_scans_nothing(
    house: House, desk: ConnectionRow, key: str, path: str, status: int
) -> None:
    assert post(house, desk, path, {"scanned": "00412", "scan": "x"}, key).status == status
    assert house.inbox(desk) == []


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "seaside/gst_ana/1795521600000",
        "harbour/gst_ana/9999999999999",
        "harbour/gst_ana/99999999999999",
        "harbour//1",
    ],
)
def test_a_scan_that_never_was_is_not_undone(house: House, desk: ConnectionRow, name: str) -> None:
    assert undo(house, desk, name).status == 404
    assert house.inbox(desk) == []


def test_an_undoing_of_no_scan_changes_nothing(house: House, desk: ConnectionRow) -> None:
    scan(house, desk, "00412")
    house.clock.advance(timedelta(minutes=5))
    undo(house, desk, f"harbour/gst_ana/{int(house.now.timestamp()) * 1_000 + 1}")
    assert len(house.facts(desk)) == 1
    assert house.inbox(desk)[-1].note == "it changes nothing"


def test_weeks_of_visits_keep_a_small_state(house: House, desk: ConnectionRow) -> None:
    for _ in range(20):
        scan(house, desk, "00412")
        house.clock.advance(timedelta(hours=24))
    assert len(house.facts(desk)) == 20
    with house.engine.database.writing() as store:
        kept = store.connections.entity_state(desk.id, "guest", "harbour/gst_ana", house.clock.now_us())
    assert len(json.loads(kept or "")["scans"]) <= 4
