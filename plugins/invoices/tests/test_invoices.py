"""What is special about invoices: days in the house's zone, credit notes, doubt, and the two forms of the books."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from plugins.invoices.tests.told import DUE, HOUR, SETTINGS, STRIPE, books, said, signed, stripe
from rewards.sdk.testing import House, Standing
from rewards.storage.sources import ConnectionRow

CSV = "invoice,guest,property,due,paid,amount,currency,as_of\n"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


def tell(
    house: House, connection: ConnectionRow, *bodies: bytes, settings: Mapping[str, Any] = SETTINGS, kind: str = ""
) -> list[int]:
    """What each message is answered; then all are worked on."""
    header = "Stripe-Signature" if settings.get("sender") == "stripe" else "X-Signature"
    calls = [signed(body, settings["signing_secret"], house.clock.now(), header=header, kind=kind) for body in bodies]
    told = [house.send(connection, call).status for call in calls]
    house.settle()
    return told


def after(house: House, *bodies: bytes, settings: Mapping[str, Any] = SETTINGS, kind: str = "") -> list[Standing]:
    connection = house.connect(settings)
    assert set(tell(house, connection, *bodies, settings=settings, kind=kind)) == {202}
    assert house.defects == []
    return house.facts(connection)


def paid(found: list[Standing]) -> list[tuple[bool | None, date, int | None]]:
    return [(one.on_time, one.day, one.amount_minor) for one in found]


def notes(house: House, connection: ConnectionRow) -> list[str | None]:
    return [row.note for row in house.inbox(connection)]


def test_an_invoice_is_late_the_moment_its_day_is_over_in_the_house(house: House) -> None:
    evening, night = said("2026-11-20T22:59:59Z"), said("2026-11-20T23:00:00Z")
    assert after(house, books(evening)) == []
    assert paid(after(house, books(night))) == [(False, date(2026, 11, 21), 125_050)]
    at_the_sea = {"property": "seaside", "currency": "GBP"}
    assert after(house, books({**night, **at_the_sea})) == []


def test_a_payment_with_a_time_counts_on_its_day_in_the_house(house: House) -> None:
    told = said("2026-11-23T06:00:00Z", paid="2026-11-20T23:30:00Z")
    assert paid(after(house, books(told))) == [(False, date(2026, 11, 21), 125_050)]
    at_the_sea = {**told, "property": "seaside", "currency": "GBP"}
    assert paid(after(house, books(at_the_sea))) == [(True, date(2026, 11, 20), 125_050)]


def test_a_late_invoice_that_is_paid_becomes_nothing_else(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, books(said("2026-11-21T06:00:00Z")))
    before = house.facts(connection)
    tell(house, connection, books(said("2026-11-24T06:00:00Z", paid="2026-11-23")))
    assert house.facts(connection) == before
    assert paid(before) == [(False, date(2026, 11, 21), 125_050)]


def test_the_bank_was_slow_and_ana_was_not(house: House) -> None:
    told = (books(said("2026-11-21T06:00:00Z")), books(said("2026-11-23T06:00:00Z", paid="2026-11-20")))
    assert paid(after(house, *told)) == [(True, date(2026, 11, 20), 125_050)]


def test_more_time_is_given_before_it_is_late(house: House) -> None:
    told = (books(said("2026-11-19T06:00:00Z")), books(said("2026-11-22T06:00:00Z", due="2026-11-30")))
    assert after(house, *told) == []


def test_a_credit_note_takes_its_part_off_and_a_whole_one_all(house: House) -> None:
    connection = house.connect(SETTINGS)
    told = {"paid": "2026-11-19"}
    tell(house, connection, books(said("2026-11-20T06:00:00Z", **told)))
    tell(house, connection, books(said("2026-11-21T06:00:00Z", **told, credited=250.5)))
    assert paid(house.facts(connection)) == [(True, date(2026, 11, 19), 100_000)]
    tell(house, connection, books(said("2026-11-22T06:00:00Z", **told, credited=1250.5)))
    assert house.facts(connection) == []
    tell(house, connection, books(said("2026-11-23T06:00:00Z", **told, credited=0)))
    assert paid(house.facts(connection)) == [(True, date(2026, 11, 19), 125_050)]


def test_a_disputed_invoice_is_kept_without_effect_until_it_is_settled(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, books(said("2026-11-21T06:00:00Z", disputed=True)))
    assert [(one.on_time, one.withheld) for one in house.facts(connection)] == [(False, "disputed")]
    tell(house, connection, books(said("2026-11-22T06:00:00Z")))
    assert [(one.on_time, one.withheld) for one in house.facts(connection)] == [(False, None)]


def test_an_older_export_that_comes_late_changes_nothing(house: House) -> None:
    told = (books(said("2026-11-23T06:00:00Z", paid="2026-11-20")), books(said("2026-11-21T06:00:00Z")))
    assert paid(after(house, *told)) == [(True, date(2026, 11, 20), 125_050)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"as_of": "2026-11-26T12:00:00Z"}, {"as_of": "2026-11-21T06:00:00"}, {"as_of": "2026-11-21"},
        {"due": "20-11-2026"}, {"due": "2026-11-31"}, {"paid": "yesterday"}, {"amount": "1250.50"}, {"amount": -1},
        {"amount": 12.345}, {"currency": "eur"}, {"currency": "JPY"}, {"invoice": " "}, {"invoice": "a~2"},
        {"guest": "x" * 121}, {"void": "no"}, {"credited": -1}, {"open": 0}, {"property": 7},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_whole(house: House, wrong: dict[str, Any]) -> None:
    connection = house.connect(SETTINGS)
    good = said("2026-11-21T06:00:00Z", invoice="1")
    assert tell(house, connection, books(good, {**said("2026-11-21T06:00:00Z"), **wrong})) == [400]
    assert house.inbox(connection) == []


def test_one_invoice_or_a_list_of_them_will_do(house: House) -> None:
    one, other = said("2026-11-21T06:00:00Z"), said("2026-11-21T06:00:00Z", invoice="2", guest="00777")
    assert len(after(house, json.dumps(one).encode())) == 1
    assert len(after(house, json.dumps([one, other]).encode())) == 2
    assert after(house, b"[]") == []


def test_the_houses_are_named_as_the_hotel_says(house: House) -> None:
    told = said("2026-11-21T06:00:00Z", property="HH")
    mapped = {**SETTINGS, "houses": {"HH": "harbour"}}
    assert [one.property for one in after(house, books(told), settings=mapped)] == ["harbour"]
    assert after(house, books(told)) == []
    assert after(house, books({**told, "property": "SH"}), settings=mapped) == []


def test_an_invoice_without_a_house_is_of_the_connections_one_house(house: House) -> None:
    told = said("2026-11-21T06:00:00Z")
    del told["property"]
    one, both = house.connect(SETTINGS, properties=["harbour"]), house.connect(SETTINGS)
    for connection in (one, both):
        tell(house, connection, books(told))
    assert [fact.property for fact in house.facts(one)] == ["harbour"]
    assert house.facts(both) == []
    assert notes(house, both) == ["the invoice is of no property that this connection is on for"]


def test_an_invoice_of_nobody_is_not_recorded(house: House) -> None:
    connection = house.connect(SETTINGS)
    tell(house, connection, books(said("2026-11-21T06:00:00Z", guest=None)))
    assert (house.facts(connection), notes(house, connection)) == ([], ["the invoice names no guest"])


@pytest.mark.parametrize(
    "body",
    [
        "7,00412,harbour,2026-11-20,,80.00,EUR\n",
        "7,00412,harbour,2026-11-20,,80.00,EUR,2026-11-21T06:00:00Z,x\n",
        "7,00412,harbour,2026-11-20,,80;00,EUR,2026-11-21T06:00:00Z\n",
        '7,"00412\n',
        "7,004\x0712,harbour,2026-11-20,,80.00,EUR,2026-11-21T06:00:00Z\n",
        "7,00412,harbour,2026-11-20,,NaN,EUR,2026-11-21T06:00:00Z\n",
        "7,00412,harbour,2026-11-20,,1e999999999,EUR,2026-11-21T06:00:00Z\n",
    ],
    ids=range(7),
)
def test_rows_that_cannot_be_read_are_refused(house: House, body: str) -> None:
    connection = house.connect(SETTINGS)
    assert tell(house, connection, (CSV + body).encode(), kind="text/csv; charset=utf-8") == [400]
    assert house.inbox(connection) == []


def test_rows_with_commas_and_a_mark_of_byte_order_are_read(house: House) -> None:
    body = (
        "\ufeff" + CSV.replace("\n", "\r\n") + '"7",00412,harbour,2026-11-20,2026-11-20,80,EUR,2026-11-21T06:00:00Z\r\n'
    )
    assert paid(after(house, body.encode(), kind="text/csv")) == [(True, date(2026, 11, 20), 8_000)]


def test_stripes_due_day_is_one_of_the_house(house: House) -> None:
    in_rotterdam = stripe("invoice.paid", "paid", DUE + 1, DUE + 1)
    metadata = {"guest": "00412", "property": "seaside"}
    at_the_sea = stripe("invoice.paid", "paid", DUE + 1, DUE + 1, metadata=metadata, currency="gbp")
    assert paid(after(house, in_rotterdam, settings=STRIPE)) == [(False, date(2026, 11, 21), 125_050)]
    assert paid(after(house, at_the_sea, settings=STRIPE)) == [(True, date(2026, 11, 20), 125_050)]


def test_stripes_credit_notes_after_the_payment_take_their_part_off(house: House) -> None:
    credited = stripe("invoice.updated", "paid", DUE, DUE - 1, post_payment_credit_notes_amount=25_050)
    told = (stripe("invoice.paid", "paid", DUE - 1, DUE - 1), credited)
    assert paid(after(house, *told, settings=STRIPE)) == [(True, date(2026, 11, 20), 100_000)]


def test_an_invoice_of_stripe_may_be_marked_as_disputed(house: House) -> None:
    metadata = {"guest": "00412", "property": "harbour", "disputed": "true"}
    told = stripe("invoice.overdue", "open", DUE + HOUR, metadata=metadata)
    assert [one.withheld for one in after(house, told, settings=STRIPE)] == ["disputed"]


def test_an_invoice_that_stripe_collects_by_itself_has_no_due_day(house: House) -> None:
    connection = house.connect(STRIPE)
    tell(house, connection, stripe("invoice.paid", "paid", DUE, DUE, due_date=None), settings=STRIPE)
    assert (house.facts(connection), notes(house, connection)) == ([], ["the invoice has no due day"])


def test_stripes_other_mode_is_refused_and_other_events_say_nothing(house: House) -> None:
    connection = house.connect({**STRIPE, "mode": "test"})
    told = (stripe("invoice.paid", "paid", DUE, DUE), stripe("invoice.upcoming", "draft", DUE))
    assert tell(house, connection, *told, settings=STRIPE) == [400, 400]
    live = house.connect(STRIPE)
    assert tell(house, live, told[1], settings=STRIPE) == [202]
    assert house.inbox(live) == []


def test_a_customer_of_stripe_is_a_guest_unless_the_hotel_says_otherwise(house: House) -> None:
    told = stripe("invoice.overdue", "open", DUE + HOUR, metadata={"property": "harbour"})
    assert [one.identities for one in after(house, told, settings=STRIPE)] == [{"stripe_customer:cus_Ana0001"}]
    assert after(house, told, settings={**STRIPE, "customers": False}) == []


def test_no_name_or_address_is_kept(house: House) -> None:
    assert len(after(house, stripe("invoice.overdue", "open", DUE + HOUR), settings=STRIPE)) == 1
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    for word in (b"loud-stranger", b"Loud Stranger", b"loud stranger", b"invoice.stripe.com"):
        assert word not in stored
