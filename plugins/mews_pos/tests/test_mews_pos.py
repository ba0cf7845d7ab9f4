"""Mews POS: paid orders, tips, refunds in any order, guests with a room; signatures as Mews makes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rewards.sdk import Draft, Identity, Kind, hmac_base64
from rewards.sdk.testing import Call, Case, Contract, Fact, House, Recorded, Step
from rewards.storage.sources import ConnectionRow

FOLDER = Path(__file__).parents[1]
OUTLET, ANA, ORDER = "outlet-quay", "cust-ana", "order-77"
SETTINGS: Mapping[str, Any] = {
    "signing_secret": "harbours-webhook-secret",
    "api_key": "sk_test_harbour",
    "property": {OUTLET: "harbour"},
}
GUEST = f"pos:mews:{ANA}"


def event(state: str = "paid", at: str = "2026-11-24T11:30:00.465Z", name: str = ORDER) -> bytes:
    data = {"id": name, "type": "orders", "attributes": {"state": state, "updatedAt": at}}
    return json.dumps({"data": data, "meta": {"eventType": "order.state.updated"}}).encode()


def order(
    state: str = "paid", total: str = "48.50", tip: str | None = "3.50", room: str | None = None, **other: Any
) -> Recorded:
    """An order as it is now, with what was included."""
    related = {
        "invoice": {"data": {"id": "inv-1", "type": "invoices"}},
        "customer": {"data": {"id": ANA, "type": "customers"}},
        "booking": {"data": {"id": "book-1", "type": "bookings"}},
        "outlet": {"data": {"id": OUTLET, "type": "outlets"}},
        **other.pop("related", {}),
    }  # fmt: skip
    attributes = {
        "state": state, "notes": "the-window-table", "covers": 2, "createdAt": "2026-11-24T10:00:00Z",
        "updatedAt": other.pop("updated", "2026-11-24T11:30:00Z"),
    }  # fmt: skip
    invoice = {
        "total": total, "tipAmount": tip, "tax": "4.00", "subtotal": "41.00",
        "cancelled": other.pop("cancelled", False),
        "createdAt": "2026-11-24T11:29:00Z", "updatedAt": "2026-11-24T11:29:00Z",
    }  # fmt: skip
    included = [
        {"id": "inv-1", "type": "invoices", "attributes": invoice},
        {"id": ANA, "type": "customers", "attributes": {"fullName": "Ana Silva", "email": "ana@example.org",
                                                        "phone": "0031612345678"}},
        {"id": "book-1", "type": "bookings", "attributes": {"roomNumber": room}},
    ]  # fmt: skip
    data = {"id": ORDER, "type": "orders", "attributes": attributes, "relationships": related}
    return Recorded("GET", f"/pos/v1/orders/{ORDER}", body=json.dumps({"data": data, "included": included}).encode())


def invoices(*found: Mapping[str, Any], following: str | None = None) -> Recorded:
    return Recorded("GET", "/v1/invoices", body=json.dumps({"data": found, "links": {"next": following}}).encode())


def refund(name: str = "inv-2", total: str = "-10.00") -> dict[str, Any]:
    related = {
        "order": {"data": {"id": ORDER, "type": "orders"}},
        "originalInvoice": {"data": {"id": "inv-1", "type": "invoices"}},
    }
    attributes = {"total": total, "cancelled": False, "createdAt": "2026-11-24T11:50:00Z"}
    return {"id": name, "type": "invoices", "attributes": attributes, "relationships": related}


def sale(name: str = "inv-9") -> dict[str, Any]:
    return {**refund(name, "12.00"), "relationships": {"originalInvoice": {"data": None}}}


PAID = Fact("spend", guest=GUEST, property="harbour", amount_minor=4_500, currency="EUR", category="restaurant",
            occurred_at=datetime(2026, 11, 24, 11, 29, tzinfo=UTC), evidence="recorded")  # fmt: skip


class TestContract(Contract):
    folder = FOLDER
    settings = SETTINGS
    other_settings: Mapping[str, Any] = {**SETTINGS, "signing_secret": "seasides-webhook-secret"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return Call(body, {"X-Signature": hmac_base64(settings["signing_secret"], body)})

    def cases(self) -> Sequence[Case]:
        opened = Step(event("open", "2026-11-24T11:00:00Z"), [order("open", updated="2026-11-24T11:00:00Z")])
        return [
            Case("an order is opened and paid", [opened, Step(event(), [order()])], [PAID]),
            Case(
                "a part is refunded",
                [Step(event(), [order()]), Step(poll=True, answers=[invoices(sale(), refund())])],
                [Fact("spend", guest=GUEST, amount_minor=3_500)],
            ),
            Case(
                "an invoice that was cancelled",
                [
                    Step(event(), [order()]),
                    Step(
                        event("open", "2026-11-24T11:40:00Z"), [order(cancelled=True, updated="2026-11-24T11:40:00Z")]
                    ),
                ],
                [],
            ),
        ]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(FOLDER, tmp_path)
    yield made
    made.close()


def happen(house: House, connection: ConnectionRow, body: bytes, *answers: Recorded) -> int:
    house.answers(*answers)
    secret = SETTINGS["signing_secret"]
    told = house.send(connection, Call(body, {"X-Signature": hmac_base64(secret, body)}))
    house.settle()
    assert house.defects == []
    return told.status


def amounts(house: House, connection: ConnectionRow) -> list[int | None]:
    return [one.amount_minor for one in house.facts(connection)]


def test_the_signature_is_made_as_mews_shows_it(house: House) -> None:
    connection = house.connect({**SETTINGS, "signing_secret": "mews-pos-test-secret"})
    body = (
        b'{"data":{"id":"98656c4a-950d-4b19-b7ef-ad1744e92b53","type":"bookings","attributes":{"status":"seated",'
        b'"updatedAt":"2025-02-06T09:41:30.465Z"}},"meta":{"eventType":"booking.status.updated"}}'
    )
    good = {"X-Signature": "bjuGKd3L8M8hDm00peJFqy8mIS7yGexytvE7FXVPoDw="}
    assert house.send(connection, Call(body, good)).status == 202
    assert house.send(connection, Call(body + b" ", good)).status == 401
    assert house.inbox(connection) == [], "a table is nobody's spend"


def test_a_refund_that_comes_first_waits_and_two_take_all(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(order("open"), invoices(refund()))
    assert house.poll(connection) == ""
    house.settle()
    assert house.facts(connection) == []
    happen(house, connection, event(), order())
    assert amounts(house, connection) == [3_500]
    house.answers(invoices(refund(), refund("inv-3", "-35.00")))
    assert house.poll(connection) == ""
    house.settle()
    assert house.facts(connection) == []


def test_refunds_come_page_by_page(house: House) -> None:
    connection = house.connect(SETTINGS)
    second = invoices(refund("inv-3", "-5.00"))
    after = Recorded(second.method, second.url, body=second.body, params={"page[after]": "NA"})
    house.answers(order(), invoices(refund(), following="https://elsewhere.example/?page%5Bafter%5D=NA"), after)
    assert house.poll(connection) == ""
    house.settle()
    assert amounts(house, connection) == [3_000]


def test_a_refund_that_names_no_order_is_shown_and_stops_no_other(house: House) -> None:
    connection = house.connect(SETTINGS)
    lost = refund("inv-lost")
    lost["relationships"]["order"] = {"data": None}
    house.answers(order(), invoices(lost, refund()))
    assert house.poll(connection) == ""
    house.settle()
    assert amounts(house, connection) == [3_500]
    assert [row.note for row in house.inbox(connection) if row.state == "dead"] == [
        "a refund names no order, so nothing is taken back for it"
    ]


def test_a_guest_with_a_room_is_told_by_the_folio_unless_the_hotel_says_otherwise(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, event(), order(room="112"))
    assert amounts(house, connection) == []
    other = house.connect({**SETTINGS, "house_guests": True})
    happen(house, other, event(), order(room="112"))
    assert amounts(house, other) == [4_500]


@pytest.mark.parametrize(
    "related",
    [
        {"customer": {"data": None}},
        {"outlet": {"data": {"id": "outlet-elsewhere", "type": "outlets"}}},
        {"invoice": {"data": None}},
    ],
)
def test_an_order_of_nobody_nowhere_or_nothing_is_no_spend(house: House, related: dict[str, Any]) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, event(), order(related=related))
    assert amounts(house, connection) == []


def test_an_address_is_kept_and_nothing_else_of_a_customer(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, event(), order())
    (fact,) = house.facts(connection)
    assert fact.identities == {GUEST, "email:ana@example.org"}
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    for secret in (b"the-window-table", b"0031612345678", b"Ana Silva"):
        assert secret not in stored


@pytest.mark.parametrize(("checked", "guests"), [(False, 2), (True, 1)])
def test_an_address_unites_only_where_the_hotel_checks_it(house: House, checked: bool, guests: int) -> None:
    member = Draft(
        Kind.SPEND, "earlier", (Identity("email", "ana@example.org", verified=True),), "harbour",
        datetime(2026, 11, 1, tzinfo=UTC), amount_minor=100, currency="EUR",
    )  # fmt: skip
    with house.engine.database.writing() as store:
        house.engine.sources.intake.receive(store, house.engine.sources.ground(store), "elsewhere", [member])
    connection = house.connect({**SETTINGS, "trust_emails": checked})
    happen(house, connection, event(), order())
    with house.engine.database.reading() as store:
        found = {store.guests.resolve(Identity("email", "ana@example.org"))}
        found.add(store.guests.resolve(Identity("pos", f"mews:{ANA}")))
    assert len(found) == guests
