"""What Mews shows in its documentation, read by us. It states no licence, so it lies beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plugins.mews import reading
from rewards.sdk import read_json
from rewards.sdk.testing import Call, House, Recorded

from .shapes import SETTINGS, webhook


@pytest.fixture
def official(shared_data: Path) -> Path:
    folder = shared_data.parent / "wire" / "mews"
    if not folder.is_dir():
        pytest.skip("no official payloads of Mews lie beside the real data")
    return folder


def answer(official: Path, name: str) -> Any:
    return read_json((official / f"{name}.response.json").read_bytes())


def test_every_official_answer_is_read(official: Path) -> None:
    (booked,) = map(reading.reservation, answer(official, "reservations_getAll_2023-06-06")["Reservations"])
    assert (booked["state"], booked["number"], booked["channel"], booked["started"]) == (
        "Confirmed",
        "52",
        "agency",
        None,
    )
    tax, night = map(reading.line, answer(official, "orderItems_getAll")["OrderItems"])
    assert [(one["type"], one["state"], str(one["gross"]), one["currency"]) for one in (tax, night)] == [
        ("CityTax", "Open", "5", "EUR"), ("SpaceOrder", "Open", "100", "EUR"),
    ]  # fmt: skip
    assert str(night["net"]) == "93.46"
    ((name, john),) = map(reading.person, answer(official, "customers_getAll")["Customers"])
    assert john == {"code": "LL810213", "email": "j.smith@example.com", "relayed": False}
    assert name == booked["account"]
    (number,) = map(reading.membership, answer(official, "loyaltyMemberships_getAll")["LoyaltyMemberships"])
    assert number == (name, None), "it is new, and not enrolled"
    (bill,) = map(reading.bill, answer(official, "bills_getAll")["Bills"])
    assert (bill["type"], bill["owner"], bill["paid"]) == ("Invoice", "Company", None)


def test_the_official_webhook_and_answers_come_to_a_booking(official: Path, tmp_path: Path) -> None:
    said = json.loads((official / "general_webhook.json").read_bytes())
    enterprise, order = said["EnterpriseId"], said["Events"][0]["Value"]["Id"]
    reservation = answer(official, "reservations_getAll_2023-06-06")["Reservations"][0]["Id"]
    house = House(Path(__file__).parents[1], tmp_path)
    for what, name in (
        ("reservations/getAll/2023-06-06", "reservations_getAll_2023-06-06"),
        ("orderItems/getAll", "orderItems_getAll"),
        ("customers/getAll", "customers_getAll"),
    ):
        house.answers(Recorded("POST", what, body=(official / f"{name}.response.json").read_bytes()))
    connection = house.connect({**SETTINGS, "enterprises": {enterprise: "harbour"}})
    assert house.send(connection, Call((official / "general_webhook.json").read_bytes())).status == 202
    assert house.send(connection, Call(webhook(reservation, enterprise=enterprise))).status == 202
    house.settle()
    notes = {row.entity: row.note for row in house.inbox(connection)}
    assert notes == {order: "Mews shows nothing under this id", reservation: "booked"}
    assert (house.facts(connection), house.defects) == ([], [])
    house.close()
