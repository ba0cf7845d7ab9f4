"""What is special about Mews: the same bytes for another change, folios with rebates, and who earns for what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rewards.sdk.testing import Call, House, Recorded
from rewards.storage.sources import ConnectionRow

from .shapes import (
    ACME,
    ANA,
    BAR,
    BEN,
    LATER,
    ORDER,
    SECOND_BILL,
    SETTINGS,
    R,
    amount,
    customer,
    customers,
    items,
    line,
    listed,
    processed,
    rebate,
    reservation,
    reservations,
    started,
    webhook,
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


def happen(house: House, connection: ConnectionRow, *answers: Recorded, order: str = R) -> None:
    """Mews says that an order changed, and from then on says of it what it says."""
    house.clock.advance(LATER)
    house.answers(*answers)
    assert house.send(connection, Call(webhook(order))).status == 202
    house.settle()
    assert house.defects == []


def spent(house: House, connection: ConnectionRow) -> dict[tuple[str, str], int]:
    """What stands as spent, by guest's profile and category."""
    return {
        (next(name for name in one.identities if name.startswith("pms:")), one.category or ""): one.amount_minor or 0
        for one in house.facts(connection)
        if one.kind == "spend"
    }


def folio(house: House, *lines: Mapping[str, Any], **settings: Any) -> dict[tuple[str, str], int]:
    """What Ana's folio comes to once she has left."""
    connection = house.connect({**SETTINGS, **settings})
    happen(house, connection, reservations(processed()), items(*lines), customers(customer(), customer(BEN)))
    return spent(house, connection)


ANAS = f"pms:mews:{ANA}"


def test_the_same_bytes_twice_are_two_changes(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(reservation()), items(), customers())
    assert house.facts(connection) == []
    happen(house, connection, reservations(started()))
    happen(house, connection, reservations(processed()))
    assert [one.kind for one in house.facts(connection)] == ["check_in", "stay"]


def test_a_check_in_that_is_undone_and_done_again_stands_once(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(started()), items(), customers())
    happen(house, connection, reservations(reservation(updated="2026-11-20T15:10:00Z")))
    assert house.facts(connection) == []
    again = started(updated="2026-11-20T16:00:00Z", ActualStartUtc="2026-11-20T15:59:00Z")
    happen(house, connection, reservations(again))
    assert [(one.kind, one.occurred_at.minute) for one in house.facts(connection)] == [("check_in", 59)]


def test_a_check_out_that_is_undone_takes_the_stay_back_and_leaves_the_check_in(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed()), items(), customers())
    happen(house, connection, reservations(started(updated="2026-11-22T09:40:00Z")))
    assert [one.kind for one in house.facts(connection)] == ["check_in"]


def test_what_mews_said_earlier_changes_nothing_later(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed()), items(), customers())
    happen(house, connection, reservations(started()))
    assert [one.kind for one in house.facts(connection)] == ["check_in", "stay"]


def test_a_reservation_that_mews_no_longer_shows_takes_nothing_back(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed()), items(), customers())
    happen(house, connection, reservations())
    assert [one.kind for one in house.facts(connection)] == ["check_in", "stay"]


@pytest.mark.parametrize(
    ("times", "first", "last"),
    [
        ({}, date(2026, 11, 20), date(2026, 11, 22)),
        # Half past midnight in Rotterdam is the evening before; ten to five is the next day.
        ({"ActualStartUtc": "2026-11-20T23:30:00Z"}, date(2026, 11, 20), date(2026, 11, 22)),
        ({"ActualStartUtc": "2026-11-21T03:50:00Z"}, date(2026, 11, 21), date(2026, 11, 22)),
        # A taxi at three in the morning: the night was slept.
        ({"ActualEndUtc": "2026-11-22T02:00:00Z"}, date(2026, 11, 20), date(2026, 11, 22)),
        # Left a day early; checked out a day late on the screen only; a room for the day.
        ({"ActualEndUtc": "2026-11-21T09:00:00Z"}, date(2026, 11, 20), date(2026, 11, 21)),
        ({"ActualEndUtc": "2026-11-23T09:00:00Z"}, date(2026, 11, 20), date(2026, 11, 22)),
        ({"ActualEndUtc": "2026-11-20T17:00:00Z"}, date(2026, 11, 20), date(2026, 11, 20)),
    ],
)
def test_the_nights_of_a_stay_were_booked_and_slept(
    house: House, times: dict[str, str], first: date, last: date
) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed(**times)), items(), customers())
    stay = next(one for one in house.facts(connection) if one.kind == "stay")
    assert (stay.arrival, stay.day, stay.nights) == (first, last, (last - first).days)


@pytest.mark.parametrize(
    ("booked", "channel"),
    [
        ({"Origin": "Distributor"}, "direct"),
        ({"Origin": "Commander", "CommanderOrigin": "Phone"}, "direct"),
        ({"Origin": "Commander", "CommanderOrigin": "Channel"}, "agency"),
        ({"Origin": "ChannelManager"}, "agency"),
        ({"Origin": "Distributor", "TravelAgencyId": "agency-1"}, "agency"),
        ({"Origin": "Commander", "PartnerCompanyId": ACME}, "corporate"),
        ({"Origin": "Connector"}, "other"),
        ({"Origin": "SomethingNew"}, "other"),
    ],
)
def test_only_what_was_booked_with_the_house_is_direct(house: House, booked: dict[str, str], channel: str) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed(**booked)), items(), customers())
    assert {one.channel for one in house.facts(connection) if one.kind == "stay"} == {channel}


def test_a_companys_own_reservation_is_nobodys_stay(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed(AccountId=ACME, AccountType="Company")), items(), customers())
    assert house.facts(connection) == []


# --- the folio ---


def test_taxes_fees_and_deposits_earn_nothing(house: House) -> None:
    kinds = ["CityTax", "Deposit", "CancellationFee", "InvoiceFee", "MulticurrencyFee", "SomethingNew"]
    assert folio(house, *(line(kind, kind, 40) for kind in kinds)) == {}


def test_an_open_bill_is_not_spend_yet_and_a_cancelled_line_never(house: House) -> None:
    open_line = line("a", "ProductOrder", 10, AccountingState="Open", ClosedUtc=None)
    gone = line("b", "ProductOrder", 10, AccountingState="Canceled", CanceledUtc="2026-11-22T09:00:00Z")
    assert folio(house, open_line, gone, line("c", "ProductOrder", 3)) == {(ANAS, "extra"): 300}


def test_what_ben_drank_on_anas_reservation_is_his(house: House) -> None:
    bens = line("beer", "ProductOrder", 6, ServiceId=BAR, AccountId=BEN, BillId=SECOND_BILL)
    found = folio(house, line("night", "SpaceOrder", 119), bens)
    assert found == {(ANAS, "room"): 11_900, (f"pms:mews:{BEN}", "bar"): 600}


def test_what_a_company_pays_counts_where_the_hotel_says_so(house: House) -> None:
    paid = line("night", "SpaceOrder", 119, AccountId=ACME, AccountType="Company")
    assert folio(house, paid) == {}
    assert folio(house, paid, company_bills=True) == {(ANAS, "room"): 11_900}


def test_amounts_without_tax_are_rounded_once_on_the_sum(house: House) -> None:
    lines = [line(f"n{at}", "SpaceOrder", 0.37, Amount=amount(0.37, 0.333)) for at in range(3)]
    assert folio(house, *lines, amounts="net") == {(ANAS, "room"): 100}


def test_a_currency_that_is_none_is_refused(house: House) -> None:
    connection = house.connect(SETTINGS)
    odd = line("x", "ProductOrder", 5, Amount=amount(5, currency="???"))
    happen(house, connection, reservations(processed()), items(odd), customers())
    assert house.facts(connection) == []
    assert [row.state for row in house.inbox(connection)] == ["dead"]


def test_a_rebate_is_taken_off_in_part_and_then_whole(house: House) -> None:
    connection = house.connect(SETTINGS)
    wine = line("wine", "ProductOrder", 18.5, ServiceId=BAR)
    happen(house, connection, reservations(processed()), items(wine), customers())
    happen(house, connection, items(wine, rebate("r1", "wine", -8.5)))
    assert spent(house, connection) == {(ANAS, "bar"): 1_000}
    happen(house, connection, items(wine, rebate("r1", "wine", -8.5), rebate("r2", "wine", -10)))
    assert spent(house, connection) == {}


def test_a_rebate_of_a_line_that_earned_nothing_takes_nothing(house: House) -> None:
    fee = line("fee", "CancellationFee", 50)
    back = line("back", "AdditionalExpenseRebate", -50, Data=rebate("x", "fee", -50)["Data"])
    assert folio(house, line("night", "SpaceOrder", 119), fee, back) == {(ANAS, "room"): 11_900}


def test_a_discount_that_names_no_line_is_taken_off_what_else_the_guest_spent(house: House) -> None:
    found = folio(house, line("night", "SpaceOrder", 119), line("sorry", "CustomItem", -19, BillId=SECOND_BILL))
    assert found == {(ANAS, "room"): 10_000}


def test_more_taken_off_than_was_spent_is_nothing_and_never_below(house: House) -> None:
    assert folio(house, line("beer", "ProductOrder", 6), line("sorry", "CustomItem", -19, BillId=SECOND_BILL)) == {}


def test_an_order_at_the_bar_without_a_reservation_is_spend(house: House) -> None:
    connection = house.connect(SETTINGS)
    lunch = line("lunch", "ProductOrder", 24, ServiceId=BAR, ServiceOrderId=ORDER)
    happen(house, connection, reservations(), items(lunch), customers(), order=ORDER)
    assert spent(house, connection) == {(ANAS, "bar"): 2_400}


# --- who it is ---


def test_an_address_or_code_that_was_typed_leads_to_nobody_elses_stays(house: House) -> None:
    connection = house.connect(SETTINGS)
    mine = customer(BEN, Email="shared@example.org", LoyaltyCode="00412")
    happen(house, connection, reservations(processed(AccountId=BEN)), items(), customers(mine))
    thief = customer(ANA, Email="shared@example.org", LoyaltyCode="00412")
    other = {"Id": "r-2", "Number": "4712"}
    happen(house, connection, reservations(processed(**other)), items(), customers(thief), order="r-2")
    guests = {frozenset(name for name in one.identities if name.startswith("pms:")) for one in house.facts(connection)}
    assert guests == {frozenset({ANAS}), frozenset({f"pms:mews:{BEN}"})}


def test_a_number_of_our_own_programme_unites_a_profile_with_its_member(house: House) -> None:
    connection = house.connect({**SETTINGS, "programme": "prog-1"})
    member = {"Id": "m-1", "AccountId": ANA, "LoyaltyProgramId": "prog-1", "State": "Enrolled", "IsPrimary": True,
              "MembershipNumber": "00412", "Points": 22, "ActivityState": "Active"}  # fmt: skip
    cancelled = {**member, "Id": "m-2", "State": "Canceled", "MembershipNumber": "00999"}
    told = listed("loyaltyMemberships/getAll", "LoyaltyMemberships", [member, cancelled])
    happen(house, connection, reservations(processed()), items(), customers(), told)
    assert {name for one in house.facts(connection) for name in one.identities if name.startswith("card:")} == {
        "card:00412"
    }


def test_a_changed_address_changes_no_fact(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed()), items(), customers())
    before = [one.source_key for one in house.facts(connection)]
    later = processed(updated="2026-11-23T08:00:00Z")
    happen(house, connection, reservations(later), customers(customer(Email="new@example.org")))
    assert [one.source_key for one in house.facts(connection)] == before


def test_nothing_else_of_a_profile_or_a_line_is_stored(house: House) -> None:
    folio(house, line("night", "SpaceOrder", 119))
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    assert b"4711" in stored
    for secret in (b"prefers-the-loud-room", b"31-ZZZ-9", b"0031612345678", b"1983-12-31", b"window seat"):
        assert secret not in stored


# --- where it happened ---


def test_another_enterprise_of_the_same_token_is_not_asked_about(house: House) -> None:
    connection = house.connect(SETTINGS)
    assert house.send(connection, Call(webhook(R, enterprise="somebody-elses"))).status == 202
    house.settle()
    assert house.facts(connection) == []
    assert house.world.heard == []


def test_only_the_enterprise_that_was_named_is_asked(house: House) -> None:
    connection = house.connect(SETTINGS)
    happen(house, connection, reservations(processed()), items(line("n", "SpaceOrder", 9)), customers())
    asked = [one.sent for one in house.world.heard if "customers" not in one.url]
    assert {json.dumps(one["EnterpriseIds"]) for one in asked} == {json.dumps(list(SETTINGS["enterprises"]))}
