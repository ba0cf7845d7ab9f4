"""What is special about CloudEvents: three ways to send one, what the sender may claim, and what is dropped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.sdk import Secret, sign_standard_webhook
from rewards.sdk.testing import Call, House
from rewards.storage.sources import ConnectionRow

HERE = Path(__file__).parent
SECRET = {"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
STAY = json.loads((HERE / "payloads" / "stay.json").read_bytes())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE.parent, tmp_path)
    yield made
    made.close()


def signed(house: House, body: bytes, kind: str, name: str = "msg_1", **more: str) -> Call:
    headers = sign_standard_webhook(Secret(SECRET["signing_secret"]), name, house.clock.now(), body)
    return Call(body, {**headers, "content-type": kind, **more})


def send(house: House, connection: ConnectionRow, event: Any, kind: str = "application/cloudevents+json") -> int:
    return house.send(connection, signed(house, json.dumps(event).encode(), kind)).status


def test_a_batch_is_a_list_of_events(house: House) -> None:
    connection = house.connect(SECRET)
    other = {**STAY, "id": "e-3", "data": {**STAY["data"], "arrival": "2026-11-10", "departure": "2026-11-12"}}
    assert send(house, connection, [STAY, other, STAY], "application/cloudevents-batch+json") == 202
    house.settle()
    assert len(house.facts(connection)) == 2


def test_binary_mode_is_signed_by_its_id(house: House) -> None:
    connection = house.connect(SECRET)
    body = json.dumps(STAY["data"]).encode()
    headers = {"ce-specversion": "1.0", "ce-type": STAY["type"], "ce-source": "x"}
    good = signed(house, body, "application/json", "e-9", **headers, **{"ce-id": "e-9"})
    stolen = signed(house, body, "application/json", "e-9", **headers, **{"ce-id": "e-10"})
    assert house.send(connection, good).status == 202
    assert house.send(connection, stolen).status == 400
    house.settle()
    assert len(house.facts(connection)) == 1


def test_a_sender_claims_no_more_than_it_may(house: House) -> None:
    connection = house.connect({**SECRET, "evidence": "located"})
    send(house, connection, STAY)
    house.settle()
    assert [one.evidence for one in house.facts(connection)] == ["located"]


def test_their_names_of_houses_lead_to_ours_and_an_unknown_one_nowhere(house: House) -> None:
    connection = house.connect({**SECRET, "properties": {"HOTEL-1": "harbour"}})
    send(house, connection, {**STAY, "data": {**STAY["data"], "property": "HOTEL-1"}})
    send(house, connection, {**STAY, "id": "e-4", "data": {**STAY["data"], "property": "HOTEL-2"}})
    house.settle()
    assert [one.property for one in house.facts(connection)] == ["harbour"]


def test_a_second_event_about_the_same_fact_changes_nothing(house: House) -> None:
    connection = house.connect(SECRET)
    named = {**STAY, "data": {**STAY["data"], "key": "stay-1"}}
    send(house, connection, named)
    send(house, connection, {**named, "id": "e-8", "data": {**named["data"], "amount_minor": 99_900}})
    house.settle()
    assert [one.amount_minor for one in house.facts(connection)] == [23_800]


def test_what_is_not_declared_is_found_nowhere(house: House) -> None:
    connection = house.connect(SECRET)
    data = {**STAY["data"], "followers": 31_415_926, "klout": 88, "note": "loud-stranger"}
    send(house, connection, {**STAY, "data": data, "reach": "loud-stranger"})
    house.settle()
    assert len(house.facts(connection)) == 1
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    assert b"31415926" not in stored
    assert b"loud-stranger" not in stored


def test_the_old_secret_is_accepted_while_it_is_replaced(house: House) -> None:
    from rewards.pluginhost import connections

    connection = house.connect(SECRET)
    new = {"signing_secret": "whsec_c2Vhc2lkZSBoYXMgYSBzZWNyZXQgdG9v"}
    with house.engine.database.writing() as store:
        connections.change(
            house.engine.sources, store, connection.id, settings=new, keep_old_hours=24, by="test"
        )  # fmt: skip
    assert send(house, connection, STAY) == 202
    house.clock.advance(timedelta(hours=25))
    assert send(house, connection, {**STAY, "id": "e-5"}) == 401
