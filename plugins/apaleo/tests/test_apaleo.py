"""Ana and Ben at Harbour Hotel, as Apaleo tells of them: undone, moved, replaced, reduced, removed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from plugins.apaleo.tests.there import (
    CHECKED_OUT,
    CONFIRMED,
    FOLIO,
    HOUSE,
    IN_HOUSE,
    PAYLOADS,
    TOKEN,
    allowance,
    answers,
    call,
    changed,
    charge,
    folio,
    message,
    reservation,
)
from rewards.sdk.testing import House, Recorded
from rewards.sdk.testing.house import Standing
from rewards.storage.sources import ConnectionRow

ANA, PMS = "email:ana@example.org", "pms:apaleo:QKBLOMFD-1"
NIGHT = charge(1, "Accommodation", "2026-11-20", 130.0)
SECOND = charge(5, "Accommodation", "2026-11-21", 130.0)
DINNER = charge(6, "FoodAndBeverages", "2026-11-21", 42.0)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


class Desk:
    """Harbour Hotel with Apaleo: each call of `says` is a message, and what Apaleo answers from then on."""

    def __init__(self, house: House, **settings: Any) -> None:
        self.house, self.settings, self.number = house, {**HOUSE, **settings}, 0
        self.connection: ConnectionRow = house.connect(self.settings)

    def says(self, said: str, booked: Mapping[str, Any], *folios: Mapping[str, Any]) -> list[Standing]:
        self.number += 1
        self.house.world.answers[:] = answers(booked, *folios)
        told = self.house.send(self.connection, call(message(said, self.number), self.settings))
        assert told.status == 202, told.body
        self.house.settle()
        assert self.house.defects == []
        return self.facts()

    def facts(self) -> list[Standing]:
        return self.house.facts(self.connection)

    def spend(self) -> dict[str, int | None]:
        return {one.source_key.split("/")[2].split("~")[0]: one.amount_minor for one in self.facts() if one.currency}

    def notes(self) -> list[str | None]:
        return [row.note for row in self.house.inbox(self.connection)]


# --- coming, going, and neither ---


def test_a_check_in_that_is_undone_and_done_again_stands_once(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-in", reservation(**IN_HOUSE))
    assert desk.says("Reservation/changed", reservation(**CONFIRMED)) == []
    again = {**IN_HOUSE, "checkInTime": "2026-11-20T16:05:00+01:00", "modified": "2026-11-20T15:05:00Z"}
    assert [one.kind for one in desk.says("Reservation/checked-in", reservation(**again))] == ["check_in"]


def test_a_check_out_that_is_undone_leaves_the_check_in(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-out", reservation(**CHECKED_OUT))
    back = {**IN_HOUSE, "modified": "2026-11-23T09:50:00Z"}
    assert [one.kind for one in desk.says("Reservation/changed", reservation(**back))] == ["check_in"]


def test_cancelled_is_nothing_and_a_cancellation_fee_is_no_spend(house: House) -> None:
    fee = charge(1, "CancellationFees", "2026-11-19", 130.0)
    assert Desk(house).says("Reservation/canceled", reservation(status="Canceled"), folio(fee)) == []


def test_who_leaves_early_stayed_until_then(house: House) -> None:
    left = {**CHECKED_OUT, "checkOutTime": "2026-11-22T09:00:00+01:00"}
    stay = Desk(house).says("Reservation/checked-out", reservation(**left))[-1]
    assert (stay.kind, stay.nights, stay.day) == ("stay", 2, date(2026, 11, 22))


def test_who_is_checked_out_late_stayed_as_booked(house: House) -> None:
    left = {**CHECKED_OUT, "checkOutTime": "2026-11-24T09:00:00+01:00"}
    stay = Desk(house).says("Reservation/checked-out", reservation(**left))[-1]
    assert (stay.nights, stay.day) == (3, date(2026, 11, 23))


def test_the_days_are_those_of_the_hotel(house: House) -> None:
    utc = {"arrival": "2026-11-19T23:30:00Z", "departure": "2026-11-23T10:00:00Z"}
    stay = Desk(house).says("Reservation/checked-out", reservation(**CHECKED_OUT, **utc))[-1]
    assert stay.arrival == date(2026, 11, 20)


def test_dates_that_are_amended_after_the_fact_are_told_anew(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-out", reservation(**CHECKED_OUT))
    amended = {**CHECKED_OUT, "arrival": "2026-11-19T15:00:00+01:00", "modified": "2026-11-24T09:00:00Z"}
    stays = [one for one in desk.says("Reservation/amended", reservation(**amended)) if one.kind == "stay"]
    assert [(one.nights, one.arrival) for one in stays] == [(4, date(2026, 11, 19))]


def test_a_check_in_without_a_time_is_not_made_up(house: House) -> None:
    assert Desk(house).says("Reservation/checked-in", reservation(status="InHouse")) == []


def test_an_answer_that_is_older_changes_nothing(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-out", reservation(**CHECKED_OUT))
    assert len(desk.says("Reservation/changed", reservation(**CONFIRMED))) == 2
    assert "older than what was read before" in desk.notes()


def test_a_reservation_that_cannot_be_found_any_more_takes_nothing_away(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-in", reservation(**IN_HOUSE))
    house.world.answers[:] = [TOKEN, Recorded("GET", "/booking/v1/reservations/QKBLOMFD-1", 404)]
    house.send(desk.connection, call(message("Reservation/changed", 9), HOUSE))
    house.settle()
    assert len(desk.facts()) == 1


# --- how it was booked ---


@pytest.mark.parametrize(
    ("code", "settings", "ours"),
    [
        ("Direct", {}, "direct"), ("Ibe", {}, "direct"), ("BookingCom", {}, "agency"), ("Expedia", {}, "agency"),
        ("ChannelManager", {}, "other"), ("ChannelManager", {"channels": {"ChannelManager": "agency"}}, "agency"),
        ("Whoever", {}, "other"),
    ],
)  # fmt: skip
def test_channels_are_ours(house: House, code: str, settings: dict[str, Any], ours: str) -> None:
    facts = Desk(house, **settings).says("Reservation/checked-in", reservation(**IN_HOUSE, channelCode=code))
    assert [one.channel for one in facts] == [ours]


# --- who it is ---


def test_one_address_is_one_guest_over_several_reservations(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-in", reservation(**IN_HOUSE))
    body = message("Reservation/checked-in", 2, data={"entityId": "WXYZABCD-1"})
    house.world.answers[:] = answers(reservation(**IN_HOUSE, id="WXYZABCD-1"))
    house.send(desk.connection, call(body, HOUSE))
    house.settle()
    assert [one.identities for one in desk.facts()] == [frozenset({ANA, PMS, "pms:apaleo:WXYZABCD-1"})] * 2


def test_a_relayed_address_never_makes_two_people_one(house: House) -> None:
    desk, relay = Desk(house), {"email": "guest.1@guest.booking.com", "lastName": "Vermeer"}
    booked = {**IN_HOUSE, "channelCode": "BookingCom", "booker": None}
    desk.says("Reservation/checked-in", reservation(**booked, primaryGuest=relay))
    ben = message("Reservation/checked-in", 2, data={"entityId": "WXYZABCD-1"})
    house.world.answers[:] = answers(reservation(**booked, id="WXYZABCD-1", primaryGuest={**relay, "lastName": "Ben"}))
    house.send(desk.connection, call(ben, HOUSE))
    house.settle()
    first, second = desk.facts()
    assert PMS in first.identities
    assert PMS not in second.identities


def test_an_agency_of_the_hotels_own_list_names_nobody(house: House) -> None:
    desk = Desk(house, shared_addresses="@travel.example, desk@other.example")
    guest = {"email": "groups@travel.example", "lastName": "Vermeer"}
    facts = desk.says("Reservation/checked-in", reservation(**IN_HOUSE, primaryGuest=guest, booker=None))
    assert PMS in facts[0].identities
    desk.says("Reservation/changed", reservation(**{**IN_HOUSE, "modified": "2026-11-20T18:00:00Z"}))
    assert [ANA in one.identities for one in desk.facts()] == [True]


def test_who_books_for_others_is_not_given_their_stays(house: House) -> None:
    booker = {"firstName": "Ben", "lastName": "Smit", "email": "ben@example.org"}
    facts = Desk(house).says("Reservation/checked-in", reservation(**IN_HOUSE, booker=booker))
    assert facts[0].identities == {ANA, PMS}


def test_a_booker_who_is_the_guest_gives_the_address_that_the_guest_lacks(house: House) -> None:
    guest = {"firstName": "Ana", "lastName": "VERMEER"}
    facts = Desk(house).says("Reservation/checked-in", reservation(**IN_HOUSE, primaryGuest=guest))
    assert facts[0].identities == {ANA, PMS}


def test_when_ben_comes_in_anas_place_all_of_it_is_bens(house: House) -> None:
    desk = Desk(house)
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), folio(NIGHT))
    ben = {"firstName": "Ben", "lastName": "Smit", "email": "ben@example.org"}
    now = {**IN_HOUSE, "modified": "2026-11-20T18:00:00Z", "primaryGuest": ben}
    facts = desk.says("Reservation/changed", reservation(**now), folio(NIGHT))
    assert [(one.kind, sorted(one.identities)) for one in facts] == [
        ("check_in", ["email:ben@example.org"]), ("spend", ["email:ben@example.org"])
    ]  # fmt: skip


def test_a_name_that_is_removed_after_the_stay_takes_nothing_away(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-out", reservation(**CHECKED_OUT), folio(NIGHT))
    removed = {**CHECKED_OUT, "primaryGuest": {"lastName": "***"}, "booker": None, "modified": "2026-11-24T03:00:00Z"}
    facts = desk.says("Reservation/changed", reservation(**removed), folio(NIGHT))
    assert [ANA in one.identities for one in facts] == [True, True, True]


# --- what was spent ---


def test_taxes_fees_transit_and_what_is_not_posted_are_no_spend(house: House) -> None:
    desk = Desk(house)
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), FOLIO)
    assert desk.spend() == {"QKBLOMFD-1-1-C1": 13_000, "QKBLOMFD-1-1-C2": 1_850}


def test_net_amounts_and_categories_as_the_hotel_wants_them(house: House) -> None:
    desk = Desk(house, amounts="net", categories={"RTM-BRK": "breakfast"})
    facts = desk.says("Folio/charge-posted", reservation(**IN_HOUSE), FOLIO)
    assert [(one.category, one.amount_minor) for one in facts if one.kind == "spend"] == [("breakfast", 1_697)]


def test_payments_and_refunds_are_not_even_looked_at(house: House) -> None:
    desk = Desk(house)
    for said in ("Folio/payment-posted", "Folio/refund-posted", "Folio/balance-changed", "Reservation/created"):
        desk.says(said, reservation(**IN_HOUSE), FOLIO)
    assert house.inbox(desk.connection) == []


def test_an_allowance_on_a_charge_then_on_the_rest_of_it(house: House) -> None:
    desk = Desk(house)
    part = allowance(1, "FoodAndBeverages", 10.0, "QKBLOMFD-1-1-C6")
    rest = allowance(2, "FoodAndBeverages", 32.0, "QKBLOMFD-1-1-C6")
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), folio(DINNER))
    desk.says("Folio/allowance-posted", reservation(**IN_HOUSE), folio(DINNER, allowances=[part]))
    assert desk.spend() == {"QKBLOMFD-1-1-C6": 3_200}
    desk.says("Folio/allowance-posted", reservation(**IN_HOUSE), folio(DINNER, allowances=[part, rest]))
    assert desk.spend() == {}


def test_an_allowance_on_a_folio_is_taken_from_its_kind_the_earliest_first(house: House) -> None:
    desk, off = Desk(house), allowance(1, "Accommodation", 150.0)
    desk.says("Folio/allowance-posted", reservation(**IN_HOUSE), folio(NIGHT, SECOND, DINNER, allowances=[off]))
    assert desk.spend() == {"QKBLOMFD-1-1-C5": 11_000, "QKBLOMFD-1-1-C6": 4_200}


def test_a_negative_charge_is_a_reduction_and_one_of_a_tax_is_nothing(house: House) -> None:
    desk = Desk(house)
    less, tax = charge(7, "FoodAndBeverages", "2026-11-21", -12.0), charge(8, "CityTax", "2026-11-21", -8.45)
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), folio(NIGHT, DINNER, less, tax))
    assert desk.spend() == {"QKBLOMFD-1-1-C1": 13_000, "QKBLOMFD-1-1-C6": 3_000}


def test_a_charge_that_moves_to_another_folio_is_counted_there(house: House) -> None:
    desk = Desk(house)
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), folio(NIGHT, DINNER))
    away = folio(NIGHT, {**DINNER, "movedTo": {"id": "QKBLOMFD-1-2"}})
    there = folio({**DINNER, "movedFrom": {"id": "QKBLOMFD-1-1"}}, id="QKBLOMFD-1-2")
    desk.says("Folio/charge-moved-to-folio", reservation(**IN_HOUSE), away, there)
    assert sorted(desk.spend().values(), key=str) == [13_000, 4_200]
    desk.says("Folio/charge-moved-to-folio", reservation(**IN_HOUSE), away)
    assert desk.spend() == {"QKBLOMFD-1-1-C1": 13_000}


def test_a_night_that_is_charged_ahead_is_told_when_it_has_come(house: House) -> None:
    desk, ahead = Desk(house), charge(9, "Accommodation", "2026-11-27", 130.0)
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), folio(NIGHT, ahead))
    assert desk.spend() == {"QKBLOMFD-1-1-C1": 13_000}
    house.clock.advance(timedelta(days=4))
    desk.says("Folio/closed", reservation(**IN_HOUSE), folio(NIGHT, ahead))
    assert desk.spend() == {"QKBLOMFD-1-1-C1": 13_000, "QKBLOMFD-1-1-C9": 13_000}


@pytest.mark.parametrize(("currency", "gross", "minor"), [("JPY", 15_000, 15_000), ("EUR", 0.07, 7)])
def test_amounts_have_the_digits_of_their_currency(house: House, currency: str, gross: float, minor: int) -> None:
    with house.engine.database.writing() as store:
        store.properties.put_rate("JPY", "EUR", date(2000, 1, 1), Fraction(1, 160))
    desk = Desk(house)
    line = charge(1, "Other", "2026-11-21", gross)
    line["amount"]["currency"] = currency
    desk.says("Folio/charge-posted", reservation(**IN_HOUSE), folio(line))
    assert desk.spend() == {"QKBLOMFD-1-1-C1": minor}


# --- the way there ---


def test_a_health_check_is_answered_and_nothing_is_kept(house: House) -> None:
    desk = Desk(house)
    told = house.send(desk.connection, call((PAYLOADS / "healthcheck.json").read_bytes(), HOUSE))
    assert told.status == 202
    assert house.inbox(desk.connection) == []


def test_without_user_and_password_the_address_is_the_secret(house: House) -> None:
    open_house = {name: value for name, value in HOUSE.items() if not name.startswith("webhook_")}
    connection = house.connect(open_house)
    house.answers(*answers(reservation(**IN_HOUSE)))
    sent = call(message("Reservation/checked-in"), HOUSE)
    assert house.send(connection, type(sent)(sent.body)).status == 202


def test_half_of_user_and_password_lets_nobody_in(house: House) -> None:
    half = {name: value for name, value in HOUSE.items() if name != "webhook_password"}
    code = base64.b64encode(b"apaleo:").decode()
    sent = call(message("Reservation/checked-in"), HOUSE)
    assert house.send(house.connect(half), type(sent)(sent.body, {"Authorization": f"Basic {code}"})).status == 401


@pytest.mark.parametrize(("senders", "status"), [("34.240.36.71, 127.0.0.1", 202), ("34.240.36.71", 401)])
def test_only_the_senders_of_the_list_are_heard(house: House, senders: str, status: int) -> None:
    connection = house.connect({**HOUSE, "senders": senders})
    assert house.send(connection, call(message("Reservation/checked-in"), HOUSE)).status == status


@pytest.mark.parametrize("at", [1795190400000, "2026-11-20T14:12:07Z", "2026-11-20T15:12:07+01:00"])
def test_the_time_of_a_message_may_be_written_either_way(house: House, at: object) -> None:
    connection = house.connect(HOUSE)
    house.answers(*answers(reservation(**IN_HOUSE)))
    assert house.send(connection, call(message("reservation/checked-in", timestamp=at), HOUSE)).status == 202
    house.settle()
    assert len(house.facts(connection)) == 1


def test_a_property_that_is_not_mapped_is_not_read(house: House) -> None:
    desk = Desk(house)
    house.send(desk.connection, call(message("Reservation/checked-in", propertyId="BER"), HOUSE))
    assert house.inbox(desk.connection) == []


def test_a_token_is_asked_for_once_and_renewed_once_when_it_is_refused(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-in", reservation(**IN_HOUSE))
    desk.says("Reservation/changed", reservation(**IN_HOUSE))
    assert [one.sent for one in house.world.heard if one.method == "POST"] == [{"grant_type": "client_credentials"}]
    house.world.heard.clear()
    house.world.answers[:] = [TOKEN, Recorded("GET", "/booking/v1/reservations/QKBLOMFD-1", 401)]
    house.send(desk.connection, call(message("Reservation/checked-out", 3), HOUSE))
    house.work()
    assert [one.method for one in house.world.heard] == ["GET", "POST", "GET"]
    house.world.answers += answers(reservation(**CHECKED_OUT))
    house.settle()
    assert len(desk.facts()) == 2


def test_a_secret_that_apaleo_does_not_know_is_said_and_shown_nowhere(house: House) -> None:
    desk = Desk(house)
    house.world.answers[:] = [Recorded("POST", "/connect/token", 400, b'{"error":"invalid_client"}')]
    house.send(desk.connection, call(message("Reservation/checked-in"), HOUSE))
    house.work()
    assert desk.notes() == ["Apaleo does not know the client id or its secret"]


def test_a_poll_reads_page_by_page_and_a_change_once(house: House) -> None:
    desk = Desk(house)
    here = reservation(**IN_HOUSE)
    others = [{**here, "id": f"QKBLOMFD-{number}", "modified": "2026-11-20T14:12:00Z"} for number in range(2, 102)]
    second = Recorded(
        "GET", "/booking/v1/reservations", body=json.dumps({"reservations": [here], "count": 101}).encode(),
        params={"pageNumber": "2", "dateFilter": "Modification"},
    )  # fmt: skip
    house.world.answers[:] = [*answers(here), *changed(others), second]
    assert house.poll(desk.connection) == ""
    assert len(house.inbox(desk.connection)) == 101
    asked = [one.params for one in house.world.heard if one.method == "GET"]
    assert [(one["pageNumber"], one["propertyIds"]) for one in asked] == [
        ("1", "BTN,RTM"),
        ("2", "BTN,RTM"),
        ("1", "BTN,RTM"),
    ]
    assert {one.get("from", one.get("updatedFrom")) for one in asked} == {"2026-11-23T12:00:00Z"}
    house.clock.advance(timedelta(minutes=15))
    house.world.heard.clear()
    house.poll(desk.connection)
    assert len(house.inbox(desk.connection)) == 101
    assert house.world.heard[0].params["from"] == "2026-11-24T11:00:00Z"


def test_a_folio_that_changed_leads_to_its_reservation_and_one_of_no_reservation_nowhere(house: House) -> None:
    desk = Desk(house)
    house_bill = folio(id="RTM-HOUSE")
    house.world.answers[:] = [*answers(reservation(**IN_HOUSE), FOLIO), *changed([], [FOLIO, house_bill])]
    assert house.poll(desk.connection) == ""
    house.settle()
    assert [one.kind for one in desk.facts()] == ["check_in", "spend", "spend"]


def test_what_is_not_needed_is_found_nowhere(house: House) -> None:
    desk = Desk(house)
    desk.says("Reservation/checked-out", reservation(**CHECKED_OUT), FOLIO)
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    assert b"ana@example.org" in stored
    for hidden in (b"411111", b"SPECI2014", b"Sluisweg", b"Vermeer", b"1988-02-29", b"quiet room", b"+3160", b"late"):
        assert hidden not in stored


# --- as others have written it down ---


@pytest.fixture
def wire(shared_data: Path) -> Path:
    """The collected examples of Apaleo, beside the real data."""
    folder = shared_data.parent / "wire" / "apaleo"
    if not folder.is_dir():
        pytest.skip(f"no collected examples at {folder}")
    return folder


def test_collected_messages_and_models_read_as_they_should(house: House, wire: Path) -> None:
    settings = {**HOUSE, "properties": {"BER": "harbour", "HFTF-AADS": "seaside"}}
    connection = house.connect(settings)
    booked = json.loads((wire / "reservation_confirmed_thirdparty.json").read_bytes())
    gone = {
        **booked, "status": "CheckedOut", "checkInTime": "2026-08-01T16:00:00+02:00",
        "checkOutTime": "2026-08-04T10:00:00+02:00",
    }  # fmt: skip
    house.answers(*answers(gone, json.loads((wire / "folio.composed.json").read_bytes())))
    names = ("healthcheck_docs", "healthcheck_sandbox", "booking_changed_thirdparty", "reservation_created_docs",
             "reservation_changed_thirdparty")  # fmt: skip
    bodies = [(wire / f"webhook_{name}.json").read_bytes() for name in names]
    bodies += [json.dumps(one).encode() for one in json.loads((wire / "webhooks_other.composed.json").read_bytes())]
    assert {house.send(connection, call(body, settings)).status for body in bodies} == {202}
    house.settle()
    assert house.defects == []
    assert sorted((one.kind, one.property, one.amount_minor or one.nights) for one in house.facts(connection)) == [
        ("check_in", "harbour", 0), ("spend", "harbour", 3_600), ("spend", "harbour", 15_000), ("stay", "harbour", 3),
    ]  # fmt: skip
