"""What is special about Square: its signature, when a payment counts, tips and gift cards, and what is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from plugins.square.tests.told import SETTINGS, approved, at, dispute, eur, event, paid, refund, signed, thing
from rewards.sdk.testing import Call, House, Standing
from rewards.storage.sources import ConnectionRow

# From the tests of Square's own library (square-python-sdk, Apache-2.0).
KEY = "Ibxx_5AKakO-3qeNVR61Dw"
URL = "https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9"
SIGNATURE = "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4="
PING = (
    b'{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
    b'"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z",'
    b'"data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}'
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


def tell(house: House, connection: ConnectionRow, *bodies: bytes) -> list[int]:
    """What each message is answered; then all are worked on."""
    key = str(SETTINGS["signature_key"])
    told = [house.send(connection, signed(body, key)).status for body in bodies]
    house.settle()
    return told


def after(house: House, *bodies: bytes, settings: Mapping[str, Any] = SETTINGS) -> list[Standing]:
    connection = house.connect(settings)
    assert all(status == 202 for status in tell(house, connection, *bodies))
    assert house.defects == []
    return house.facts(connection)


def amounts(found: list[Standing]) -> list[tuple[int | None, str | None]]:
    return [(one.amount_minor, one.withheld) for one in found]


def notes(house: House, connection: ConnectionRow) -> list[str | None]:
    return [row.note for row in house.inbox(connection)]


@pytest.mark.parametrize(
    ("key", "url", "signature", "body", "status"),
    [
        (KEY, URL, SIGNATURE, PING, 202),
        (KEY, URL.replace("/679a", "/79a"), SIGNATURE, PING, 401),
        (KEY, URL, SIGNATURE, PING.replace(b"2022-07", b"2022-06"), 401),
        (KEY[:-1] + "x", URL, SIGNATURE, PING, 401),
        (KEY, URL, SIGNATURE.replace("GF4", "GF5"), PING, 401),
    ],
)
def test_the_official_vectors(house: House, key: str, url: str, signature: str, body: bytes, status: int) -> None:
    connection = house.connect({**SETTINGS, "signature_key": key, "notification_url": url})
    call = Call(body, {"x-square-hmacsha256-signature": signature})
    assert house.send(connection, call).status == status
    assert house.inbox(connection) == []


def test_every_recorded_vector_is_judged_as_square_judges_it(house: House, wire: Path) -> None:
    vectors = json.loads((wire / "test_vectors.json").read_bytes())["vectors"]
    mine = [one for one in vectors if one["scheme"] == "square-hmac-sha256"]
    assert len(mine) >= 3
    for one in mine:
        settings = {**SETTINGS, "signature_key": one["secret"], "notification_url": one["notification_url"]}
        call = Call(one["body"].encode(), {"x-square-hmacsha256-signature": one["signature"]})
        assert house.send(house.connect(settings), call).status == (202 if one["valid"] else 401)


def test_without_a_registered_address_the_one_that_was_called_is_signed(house: House) -> None:
    connection = house.connect({name: value for name, value in SETTINGS.items() if name != "notification_url"})
    called = f"http://localhost/v1/sources/square/{connection.address}"
    key = str(SETTINGS["signature_key"])
    assert house.send(connection, signed(paid(), key, called)).status == 202
    assert house.send(connection, signed(paid(), key, called + "x")).status == 401


def test_a_payment_counts_once_it_is_completed(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, approved())
    assert (house.facts(connection), notes(house, connection)) == ([], ["the payment is not completed"])
    tell(house, connection, paid(), paid(20), paid(21))
    assert amounts(house.facts(connection)) == [(5_000, None)]


def test_an_older_telling_that_comes_late_changes_nothing(house: House) -> None:
    late = event("payment.updated", thing("payment", status="APPROVED", updated_at="2026-11-24T10:18:59.999999999Z"))
    assert amounts(after(house, paid(), late, approved())) == [(5_000, None)]


def test_of_two_tellings_of_one_instant_the_version_decides_and_then_the_end(house: House) -> None:
    told = (paid(), refund("COMPLETED", 40, 8, cents=1_000), refund("FAILED", 40, 7), refund("PENDING", 40, 8))
    assert amounts(after(house, *told)) == [(4_000, None)]


def test_tips_count_where_the_hotel_says_so_and_a_refund_comes_off_the_drinks_first(house: House) -> None:
    told = (paid(), refund("COMPLETED", 40, 3, cents=2_000))
    assert amounts(after(house, *told)) == [(3_000, None)]
    assert amounts(after(house, *told, settings={**SETTINGS, "tips": True})) == [(3_600, None)]


def test_a_refund_before_its_payment_waits_for_it(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, refund("COMPLETED", 40, 3))
    assert (house.facts(connection), notes(house, connection)) == ([], ["the payment itself has not come yet"])
    tell(house, connection, paid())
    assert amounts(house.facts(connection)) == [(3_000, None)]


def test_a_refund_that_is_only_asked_for_takes_nothing_back(house: House) -> None:
    assert amounts(after(house, paid(), refund("PENDING", 40, 3))) == [(5_000, None)]
    told = (paid(46, refunded_money=eur(2_000), refund_ids=["re_1"]), refund("PENDING", 40, 3))
    assert amounts(after(house, *told)) == [(5_000, None)]


def test_more_refunded_than_paid_leaves_nothing_and_says_so(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, paid(), refund("COMPLETED", 40, 3, cents=5_600))
    assert notes(house, connection) == [None, None]
    tell(house, connection, refund("COMPLETED", 41, 3, "re_2", 1_000))
    assert house.facts(connection) == []
    assert "more was taken back than was paid" in notes(house, connection)


def test_the_same_refund_again_is_taken_back_once(house: House) -> None:
    told = (paid(), refund("COMPLETED", 40, 3), refund("COMPLETED", 41, 4), refund("COMPLETED", 42, 5))
    assert amounts(after(house, *told)) == [(3_000, None)]


def test_a_refund_in_another_currency_withholds_the_payment(house: House) -> None:
    other = refund("COMPLETED", 40, 3, amount_money={"amount": 2_000, "currency": "USD"})
    assert amounts(after(house, paid(), other)) == [(5_000, "refunded in another currency")]


def test_a_dispute_that_is_lost_takes_back_its_part(house: House) -> None:
    told = (paid(), dispute("EVIDENCE_REQUIRED", 50, 1, 1_500), dispute("LOST", 52, 6, 1_500))
    assert amounts(after(house, *told)) == [(3_500, None)]


def test_an_inquiry_withholds_until_it_is_closed(house: House) -> None:
    assert amounts(after(house, paid(), dispute("INQUIRY_PROCESSING", 50, 2))) == [(5_000, "disputed")]
    told = (paid(), dispute("INQUIRY_PROCESSING", 50, 2), dispute("INQUIRY_CLOSED", 51, 3))
    assert amounts(after(house, *told)) == [(5_000, None)]


def test_what_a_gift_card_pays_was_counted_when_the_card_was_sold(house: House) -> None:
    card = {"status": "CAPTURED", "card": {"card_brand": "SQUARE_GIFT_CARD", "last_4": "0908"}}
    told = (
        paid(card_details=card),
        paid(id="other", source_type="EXTERNAL", external_details={"type": "OTHER_GIFT_CARD"}),
    )
    assert after(house, *told) == []
    assert len(after(house, *told, settings={**SETTINGS, "gift_cards": True})) == 2


def test_cash_is_counted_as_of_when_the_payment_was_made(house: House) -> None:
    cash = thing("payment", source_type="CASH", updated_at=at(50))
    del cash["card_details"]
    (found,) = after(house, event("payment.created", cash))
    assert found.occurred_at.isoformat() == "2026-11-24T10:16:51.086000+00:00"


def test_locations_lead_to_houses_and_an_unknown_one_nowhere(house: House) -> None:
    connection = house.connect(SETTINGS)
    pounds = {"amount": 900, "currency": "GBP"}
    sea = {"amount_money": pounds, "total_money": pounds, "tip_money": None}
    tell(house, connection, paid(location_id="LSEASIDE01", id="p2", **sea), paid(location_id="LSOMEWHERE", id="p3"))
    assert [(one.property, one.amount_minor, one.currency) for one in house.facts(connection)] == [
        ("seaside", 900, "GBP")
    ]
    assert "the payment's location is mapped to no property" in notes(house, connection)


def test_the_reference_names_a_guest_or_a_reservation_or_nothing(house: House) -> None:
    (as_guest,) = after(house, paid())
    (as_reservation,) = after(house, paid(), settings={**SETTINGS, "reference": "reservation"})
    (as_nothing,) = after(house, paid(), settings={**SETTINGS, "reference": "nothing"})
    assert (as_guest.reservation, as_reservation.reservation, as_nothing.reservation) == (None, "00412", None)
    assert "card:00412" in as_guest.identities
    assert "square_customer:QPTXANA" in as_reservation.identities


def test_without_customers_only_a_reference_names_a_guest(house: House) -> None:
    settings = {**SETTINGS, "customers": False}
    assert after(house, paid(reference_id=None), settings=settings) == []
    (ben,) = after(house, paid(reference_id="00777"), settings=settings)
    assert ben.identities == {"card:00777"}


def test_no_name_address_card_or_note_is_kept(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, paid(), refund("COMPLETED", 40, 3))
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    for word in (b"loud-stranger", b"oud stranger", b"Loud Stranger", b"sq-1-fingerprint"):
        assert word not in stored


def test_loyalty_gift_cards_orders_and_customers_say_nothing(house: House, wire: Path) -> None:
    connection = house.connect(SETTINGS)
    for pattern in ("loyalty.*", "gift_card.*", "order.*", "customer.*"):
        bodies = [file.read_bytes() for file in (wire / "square").glob(pattern)]
        assert bodies
        assert set(tell(house, connection, *bodies)) == {202}
    assert house.inbox(connection) == []


def test_official_examples_are_read(house: House, wire: Path) -> None:
    connection = house.connect({**SETTINGS, "locations": {"S8GWD5R9QB376": "harbour"}})
    names = ("payment.created", "payment.updated", "refund.created", "dispute.created", "dispute.state.updated")
    bodies = [(wire / "square" / f"{name}.json").read_bytes() for name in (*names, "refund.updated_partial.composed")]
    assert set(tell(house, connection, *bodies)) == {202}
    assert house.defects == []
    assert len(house.inbox(connection)) == 6
    assert sorted(note or "" for note in notes(house, connection)) == [
        "the payment is not completed", *["the payment itself has not come yet"] * 4, "the payment names no guest",
    ]  # fmt: skip


def test_the_official_payment_of_somebody_we_know_is_recorded(house: House, wire: Path) -> None:
    said = json.loads((wire / "square" / "payment.updated.json").read_bytes())
    said["data"]["object"]["payment"] |= {"reference_id": "00412", "amount_money": eur(100), "total_money": eur(100)}
    (found,) = after(house, json.dumps(said).encode(), settings={**SETTINGS, "locations": {"S8GWD5R9QB376": "harbour"}})
    assert (found.amount_minor, found.occurred_at.isoformat()) == (100, "2020-11-22T21:19:00.832000+00:00")


def test_a_call_by_get_is_no_message(house: House) -> None:
    connection = house.connect(SETTINGS)
    call = replace(signed(paid(), str(SETTINGS["signature_key"])), method="GET")
    assert 400 <= house.send(connection, call).status < 500
