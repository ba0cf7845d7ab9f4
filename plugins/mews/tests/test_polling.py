"""Looking for changes: every list once, page by page, no stretch of time left out; invoices in time and late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from rewards.sdk.testing import Call, House
from rewards.storage.sources import ConnectionRow

from .shapes import (
    ACME,
    HARBOUR,
    SETTINGS,
    R,
    bills,
    customers,
    invoice,
    items,
    line,
    listed,
    paid,
    payment,
    payments,
    processed,
    reservation,
    reservations,
    webhook,
)

NOTHING = (reservations(), items(), payments(), bills(), customers())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    made.answers(*NOTHING)
    yield made
    made.close()


def look(house: House, connection: ConnectionRow) -> list[tuple[str, str, str]]:
    """Look for changes and work on them; which lists were asked, by which interval, from when to when."""
    before = len(house.world.heard)
    assert house.poll(connection) == ""
    asked = house.world.heard[before:]
    house.settle()
    assert house.defects == []
    return [
        (f"{one.url.rpartition('/v1/')[2]} {name}", said["StartUtc"], said["EndUtc"])
        for one in asked
        for name, said in sorted(one.sent.items())
        if isinstance(said, dict) and "StartUtc" in said
    ]


def test_each_list_is_asked_once_and_the_next_stretch_begins_before_the_last_one_ended(house: House) -> None:
    connection = house.connect(SETTINGS)
    asked = look(house, connection)
    assert [what for what, _, _ in asked] == [
        "reservations/getAll/2023-06-06 UpdatedUtc", "orderItems/getAll UpdatedUtc", "orderItems/getAll ClosedUtc",
        "payments/getAll UpdatedUtc", "bills/getAll UpdatedUtc",
    ]  # fmt: skip
    assert {(since, until) for _, since, until in asked} == {("2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z")}
    house.clock.advance(timedelta(minutes=5))
    assert {(since, until) for _, since, until in look(house, connection)} == {
        ("2026-11-24T11:58:00Z", "2026-11-24T12:05:00Z")
    }


def test_what_was_looked_at_is_not_looked_at_again(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(reservations(processed()), items(line("n", "SpaceOrder", 119)))
    look(house, connection)
    before = len(house.inbox(connection))
    look(house, connection)
    assert len(house.inbox(connection)) == before
    assert [one.kind for one in house.facts(connection)] == ["check_in", "stay", "spend"]


def test_a_webhook_and_a_look_tell_one_story_once(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(reservations(processed()), items(line("n", "SpaceOrder", 119)))
    assert house.send(connection, Call(webhook(R))).status == 202
    look(house, connection)
    assert [one.kind for one in house.facts(connection)] == ["check_in", "stay", "spend"]


def test_long_lists_come_page_by_page(house: House) -> None:
    connection = house.connect(SETTINGS)
    first = [reservation(Id=f"r-{at}", Number=str(at)) for at in range(500)]
    what, name = "reservations/getAll/2023-06-06", "Reservations"
    house.answers(
        listed(what, name, first, Limitation={"Count": 500}),
        listed(what, name, [reservation(Id="r-500")], Limitation={"Count": 500, "Cursor": "r-499"}),
    )
    assert house.poll(connection) == ""
    assert len(house.inbox(connection)) == 501


def test_a_long_silence_is_caught_up_stretch_by_stretch(house: House) -> None:
    connection = house.connect({**SETTINGS, "history_days": 200})
    stretches = sorted({(since, until) for _, since, until in look(house, connection)})
    assert len(stretches) == 3
    assert (stretches[0][0], stretches[-1][1]) == ("2026-05-08T12:00:00Z", "2026-11-24T12:00:00Z")
    assert all(later[0] < earlier[1] for earlier, later in pairwise(stretches))


def test_a_poll_that_breaks_off_goes_on_where_it_was(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(listed("payments/getAll", "Payments", []))
    house.world.answers[-1] = type(house.world.answers[-1])("POST", "/payments/getAll", status=429)
    assert house.poll(connection) == "the other system answered 429"
    house.clock.advance(timedelta(minutes=1))
    house.answers(payments())
    assert [what for what, _, _ in look(house, connection)] == ["payments/getAll UpdatedUtc", "bills/getAll UpdatedUtc"]


def test_only_houses_that_the_connection_is_on_for_are_asked(house: House) -> None:
    two = {**SETTINGS, "enterprises": {HARBOUR: "harbour", "seasides-enterprise": "seaside"}}
    connection = house.connect(two, properties=["harbour"])
    look(house, connection)
    assert {tuple(one.sent["EnterpriseIds"]) for one in house.world.heard} == {(HARBOUR,)}


# --- invoices ---


@pytest.mark.parametrize(
    ("at", "on_time"),
    [
        # Due until 23:59:59 in Rotterdam on the 23rd; an hour after midnight there is the day after.
        ("2026-11-20T10:00:00Z", True),
        ("2026-11-23T22:59:59Z", True),
        ("2026-11-23T23:00:00Z", False),
        ("2026-11-24T10:00:00Z", False),
    ],
)
def test_an_invoice_is_in_time_until_its_last_day_is_over(house: House, at: str, on_time: bool) -> None:
    connection = house.connect(SETTINGS)
    house.answers(bills(paid(at)))
    look(house, connection)
    assert [(one.kind, one.on_time) for one in house.facts(connection)] == [("payment", on_time)]


def test_a_payment_that_comes_makes_its_bill_looked_at_again(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(bills(invoice()))
    look(house, connection)
    assert house.facts(connection) == []
    # The list of changed bills is empty; the payment leads to the bill.
    house.answers(
        bills(), payments(payment()), listed("bills/getAll", "Bills", [paid()], BillIds=[payment()["BillId"]])
    )
    look(house, connection)
    assert [(one.kind, one.on_time) for one in house.facts(connection)] == [("payment", True)]


def test_a_payment_that_bounced_is_taken_back(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(bills(paid()))
    look(house, connection)
    house.answers(bills(invoice(UpdatedUtc="2026-11-24T09:00:00Z")))
    look(house, connection)
    assert house.facts(connection) == []


@pytest.mark.parametrize(
    "other", [{"Type": "Receipt"}, {"AccountId": ACME, "AccountType": "Company"}, {"DueUtc": None}, {"State": "Open"}]
)
def test_a_receipt_or_a_companys_bill_is_no_payment_of_a_guest(house: House, other: dict[str, str]) -> None:
    connection = house.connect(SETTINGS)
    house.answers(bills(paid(**other)))
    look(house, connection)
    assert house.facts(connection) == []


def test_no_card_is_stored(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(payments(payment()), bills(paid()))
    look(house, connection)
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    assert b"card-on-file-77" not in stored
