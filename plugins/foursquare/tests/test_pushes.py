"""A push says where to look: with the right secret the check-in is asked for, and what Foursquare says of it counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from plugins.foursquare.tests.guests import (
    ANA,
    BEN,
    SETTINGS,
    WITHDRAWN,
    checkin,
    form,
    history,
    join,
    payload,
    pushed,
    told,
    vault,
)
from rewards.sdk.testing import Call
from rewards.sdk.testing.house import House
from rewards.sdk.testing.mutations import off_by_a_byte
from rewards.storage.sources import ConnectionRow

JSON = {"content-type": "application/json"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    assert made.defects == []
    made.close()


@pytest.fixture
def connection(house: House) -> ConnectionRow:
    row = house.connect(SETTINGS)
    join(house, row)
    return row


def send(house: House, connection: ConnectionRow, call: Call) -> int:
    status = house.send(connection, call).status
    house.settle()
    return status


def evidences(house: House, connection: ConnectionRow) -> list[str]:
    return [one.evidence for one in house.facts(connection)]


def test_a_push_of_a_connected_guest_is_asked_for_before_it_counts(house: House, connection: ConnectionRow) -> None:
    house.answers(checkin(payload("checkin.json")))
    told_back = house.send(connection, pushed(form(told("push.json"))))
    assert (told_back.status, told_back.body) == (200, b"ok")
    assert house.facts(connection) == []
    house.settle()
    (one,) = house.facts(connection)
    assert (one.property, one.evidence, one.category) == ("harbour", "located", "Hotel")
    assert one.identities == {"card:00412", f"foursquare:{ANA}"}


@pytest.mark.parametrize(
    "body",
    [
        {"secret": "HARBOUR-PUSH", **told("push.json")},
        {"secret": "HARBOUR-PUSH", "checkin": json.dumps(told("push.json")["checkin"])},
    ],
)
def test_a_push_as_json_is_read_too(house: House, connection: ConnectionRow, body: dict[str, Any]) -> None:
    house.answers(checkin(payload("checkin.json")))
    assert send(house, connection, Call(json.dumps(body).encode(), JSON)) == 200
    assert evidences(house, connection) == ["located"]


def test_a_secret_that_is_not_ours_leaves_nothing(house: House, connection: ConnectionRow) -> None:
    push = told("push.json")
    for wrong in ("", *off_by_a_byte("HARBOUR-PUSH"), "harbour-push", "é"):
        assert send(house, connection, pushed(form(push, wrong))) == 401
        assert send(house, connection, Call(json.dumps({**push, "secret": wrong}).encode(), JSON)) == 401
    twice = form(push, "wrong") + b"&secret=HARBOUR-PUSH"
    for body in (form(push).partition(b"&secret")[0], twice, b"", b"secret=%ff", b"a=1&" * 30, b'{"secret": 7}'):
        assert send(house, connection, pushed(body)) == 401
    assert house.inbox(connection) == []
    assert house.world.heard == []


def test_without_a_push_secret_no_push_is_taken(house: House) -> None:
    connection = house.connect({"venues": SETTINGS["venues"]})
    for secret in ("", "HARBOUR-PUSH"):
        assert send(house, connection, pushed(form(told("push.json"), secret))) == 401


def test_likes_tips_and_photos_say_nothing(house: House, connection: ConnectionRow) -> None:
    for kind in ("like", "tip", "photo"):
        assert send(house, connection, pushed(form({kind: {"id": "5b38", "user": {"id": ANA}}}))) == 200
    assert house.inbox(connection) == []


def test_a_check_in_that_foursquare_does_not_know_never_counts(house: House, connection: ConnectionRow) -> None:
    house.answers(checkin(b'{"meta":{"code":400,"errorType":"param_error"}}', status=400))
    assert send(house, connection, pushed(form(told("push.json")))) == 200
    assert house.facts(connection) == []
    (row,) = house.inbox(connection)
    assert (row.state, row.note) == ("done", "Foursquare knows no such check-in")


def test_a_check_in_of_somebody_else_under_anas_name_is_refused(house: House, connection: ConnectionRow) -> None:
    answer = told("checkin.json")
    answer["response"]["checkin"]["user"]["id"] = BEN
    house.answers(checkin(json.dumps(answer).encode()))
    send(house, connection, pushed(form(told("push.json"))))
    assert house.facts(connection) == []
    assert [(row.state, row.note) for row in house.inbox(connection)] == [("dead", "the check-in is somebody else's")]


def test_what_was_pushed_falsely_is_corrected_by_what_foursquare_says(house: House, connection: ConnectionRow) -> None:
    push = told("push.json")
    push["checkin"]["createdAt"] += 3_600
    push["checkin"]["venue"]["name"] = "Somewhere"
    house.answers(checkin(payload("checkin.json")))
    send(house, connection, pushed(form(push)))
    (one,) = house.facts(connection)
    assert one.occurred_at.hour == 18


def test_somebody_who_has_not_connected_counts_as_claimed_and_only_at_the_house(house: House) -> None:
    connection = house.connect(SETTINGS)
    push = told("push_ben.json")
    send(house, connection, pushed(form(push)))
    push["checkin"] |= {"id": "65f0c1aa1d2e3f4a5b6c7d10", "venue": {"id": "4bcafe000000000000000009", "name": "Cafe"}}
    send(house, connection, pushed(form(push)))
    assert [(one.property, one.evidence, one.identities) for one in house.facts(connection)] == [
        ("harbour", "claimed", {f"foursquare:{BEN}"}),
    ]  # fmt: skip


def test_who_connects_later_is_the_same_guest_and_the_check_in_becomes_better(house: House) -> None:
    connection = house.connect(SETTINGS)
    push = told("push_ben.json")
    send(house, connection, pushed(form(push)))
    join(house, connection, BEN, token="BEN-TOKEN", guest="card:00413")
    item = {**told("history.json")["response"]["checkins"]["items"][0], "id": push["checkin"]["id"]}
    body = json.dumps({"meta": {"code": 200}, "response": {"checkins": {"count": 1, "items": [item]}}}).encode()
    house.answers(history(body, token="BEN-TOKEN"))
    assert house.poll(connection) == ""
    house.settle()
    (one,) = house.facts(connection)
    assert (one.evidence, one.identities) == ("located", {"card:00413", f"foursquare:{BEN}"})


def test_a_push_that_comes_after_the_poll_changes_nothing(house: House, connection: ConnectionRow) -> None:
    house.answers(history(payload("history.json")), checkin(payload("checkin.json")))
    house.poll(connection)
    house.settle()
    before = house.told(connection)
    send(house, connection, pushed(form(told("push.json"))))
    assert house.told(connection) == before
    assert len(before) == 2


def test_a_check_in_that_was_deleted_meanwhile_is_taken_back(house: House, connection: ConnectionRow) -> None:
    house.answers(history(payload("history.json")))
    house.poll(connection)
    house.settle()
    house.answers(checkin(b'{"meta":{"code":404}}', status=404))
    send(house, connection, pushed(form(told("push.json"))))
    assert [one.property for one in house.facts(connection)] == [None]


def test_a_token_withdrawn_when_a_push_comes_ends_the_connection_and_the_check_in_stays_claimed(
    house: House, connection: ConnectionRow
) -> None:
    house.answers(checkin(WITHDRAWN, status=401))
    send(house, connection, pushed(form(told("push.json"))))
    assert evidences(house, connection) == ["claimed"]
    assert vault(house, connection).names() == []
    with house.engine.database.reading() as store:
        row = store.connections.get(connection.id)
    assert row is not None
    assert "withdrawn" in str(row.last_error)


def test_the_recorded_push_is_read(house: House, shared_data: Path) -> None:
    path = shared_data.parent / "wire" / "foursquare" / "push.composed.form.txt"
    if not path.is_file():
        pytest.skip("the recorded push is not beside the checkout")
    venue = {"453774dcf964a520bd3b1fe3": "seaside"}
    body = path.read_bytes().strip()
    settings = {"venues": venue, "push_secret": body.rpartition(b"secret=")[2].decode()}
    connection = house.connect(settings)
    assert send(house, connection, pushed(body)) == 200
    (one,) = house.facts(connection)
    assert (one.property, one.occurred_at.timestamp(), one.evidence) == ("seaside", 1496001790, "claimed")


def test_the_recorded_check_in_is_read_of_a_connected_guest(house: House, shared_data: Path) -> None:
    path = shared_data.parent / "wire" / "foursquare" / "checkin_api_v2_swarm.json"
    if not path.is_file():
        pytest.skip("the recorded check-in is not beside the checkout")
    connection = house.connect({"venues": {"453774dcf964a520bd3b1fe3": "seaside"}})
    join(house, connection)
    body = json.dumps({"meta": {"code": 200}, "response": {"checkins": {"items": [json.loads(path.read_bytes())]}}})
    house.answers(history(body.encode()))
    assert house.poll(connection) == ""
    house.settle()
    (one,) = house.facts(connection)
    assert (one.property, one.category) == ("seaside", "Category Name")
