"""Ana and Ben at Harbour Hotel: what OPERA says late, takes back, moves and corrects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from rewards.sdk import Refused
from rewards.sdk.testing import House, Recorded, Standing, Step
from rewards.storage.sources import ConnectionRow

from ..folio import kept, lines
from .book import (
    ANA,
    ARRIVES,
    BEN,
    DRINKS,
    HERE,
    LEAVES,
    QUEUE,
    SETTINGS,
    TOKEN,
    as_body,
    event,
    folio,
    line,
    queue,
    reservation,
    step,
)

ROOM, BAR = line(501, "1000", 119, "2026-11-20"), line(502, "2010", 25.50)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE.parent, tmp_path)
    yield made
    made.close()


@pytest.fixture
def opera(house: House) -> ConnectionRow:
    return house.connect(SETTINGS)


def tell(house: House, opera: ConnectionRow, *steps: Step) -> list[Standing]:
    for one in steps:
        house.answers(*one.answers)
        assert house.poll(opera) == ""
        house.settle()
    assert house.defects == []
    return house.facts(opera)


def told(facts: Sequence[Standing]) -> list[tuple[Any, ...]]:
    return sorted((one.kind, one.category or "", one.amount_minor or 0) for one in facts)


def test_a_check_out_that_is_undone_takes_back_the_stay_and_not_the_bill(house: House, opera: ConnectionRow) -> None:
    bill = folio(ROOM, BAR)
    back = step([event(6, "REVERSE CHECK OUT", "2026-11-22 10:50:00.0")], reservation("InHouse"), bill)
    assert told(tell(house, opera, ARRIVES, LEAVES)) == [
        ("check_in", "", 0), ("spend", "bar", 2_550), ("spend", "room", 11_900), ("spend", "room", 11_900),
        ("stay", "", 0),
    ]  # fmt: skip
    assert told(tell(house, opera, back)) == [
        ("check_in", "", 0), ("spend", "bar", 2_550), ("spend", "room", 11_900),
    ]  # fmt: skip


def test_a_check_in_undone_and_made_again_happened_the_second_time(house: House, opera: ConnectionRow) -> None:
    undone = step([event(4, "REVERSE CHECK IN", "2026-11-20 16:00:00.0")], reservation("Reserved"))
    again = step([event(8, "CHECK IN", "2026-11-20 18:30:00.0")], reservation("InHouse"))
    assert tell(house, opera, ARRIVES, undone) == []
    facts = tell(house, opera, again)
    assert [one.occurred_at for one in facts] == [datetime(2026, 11, 20, 17, 30, tzinfo=UTC)]


def test_any_order_of_the_same_events_ends_the_same(house: House) -> None:
    events = [
        event(1, "CHECK IN", "2026-11-20 15:02:10.0"),
        event(4, "REVERSE CHECK IN", "2026-11-20 16:00:00.0"),
        event(8, "CHECK IN", "2026-11-20 18:30:00.0"),
        event(3, "CHECK OUT", "2026-11-22 10:41:03.0"),
    ]
    ends = set()
    for order in permutations(events):
        opera = house.connect(SETTINGS)
        for one in order:
            tell(house, opera, step([one], reservation("CheckedOut"), folio(ROOM, BAR)))
        ends.add(tuple(map(str, house.told(opera))))
    assert len(ends) == 1


def test_an_update_whose_status_says_checked_in_is_a_check_in(house: House, opera: ConnectionRow) -> None:
    said = event(9, "UPDATE RESERVATION", "2026-11-20 15:02:10.0", status="CHECKED IN")
    facts = tell(house, opera, step([said], reservation("InHouse")))
    assert [(one.kind, one.occurred_at) for one in facts] == [
        ("check_in", datetime(2026, 11, 20, 14, 2, 10, tzinfo=UTC))
    ]


def test_a_guest_who_cancels_or_stays_away_earns_nothing(house: House, opera: ConnectionRow) -> None:
    for status in ("Cancelled", "NoShow"):
        said = event(10 + len(status), "UPDATE RESERVATION", "2026-11-20 12:00:00.0")
        assert tell(house, opera, step([said], reservation(status, guest=BEN))) == []
    assert {row.note for row in house.inbox(opera)} == {"cancelled", "no-show"}


def test_a_status_that_nobody_knows_changes_nothing(house: House, opera: ConnectionRow) -> None:
    before = tell(house, opera, ARRIVES)
    odd = step([event(11, "UPDATE RESERVATION", "2026-11-21 12:00:00.0")], reservation("Teleported"))
    assert tell(house, opera, odd) == before


def test_a_reservation_that_is_no_longer_found_keeps_what_was_told(house: House, opera: ConnectionRow) -> None:
    before = tell(house, opera, ARRIVES)
    gone = Recorded("GET", "/rsv/v1/hotels/HOTEL1/reservations/919074", 404)
    asked = Recorded("GET", QUEUE, body=queue(event(12, "UPDATE RESERVATION", "2026-11-21 12:00:00.0")))
    assert tell(house, opera, Step(poll=True, answers=[TOKEN, asked, gone])) == before


def test_a_changed_departure_is_one_stay_of_the_days_that_were_stayed(house: House, opera: ConnectionRow) -> None:
    early = step(
        [event(13, "UPDATE RESERVATION", "2026-11-22 11:00:00.0")],
        reservation("CheckedOut", departure="2026-11-21"), folio(ROOM),
    )  # fmt: skip
    stays = [one for one in tell(house, opera, ARRIVES, LEAVES, early) if one.kind == "stay"]
    assert [(one.nights, str(one.day)) for one in stays] == [(1, "2026-11-21")]


def test_a_reservation_handed_to_ben_is_bens(house: House, opera: ConnectionRow) -> None:
    handed = step(
        [event(14, "UPDATE RESERVATION", "2026-11-21 12:00:00.0")], reservation("InHouse", guest=BEN), folio(ROOM, BAR)
    )
    facts = tell(house, opera, ARRIVES, DRINKS, handed)
    assert len(facts) == 3
    assert {name for one in facts for name in one.identities} == {"opera:QUAY/687129"}


def test_a_card_shown_at_check_out_gets_the_whole_stay(house: House, opera: ConnectionRow) -> None:
    unknown = step([event(1, "CHECK IN", "2026-11-20 15:02:10.0")], reservation("InHouse", guest=(ANA[0], "")))
    facts = tell(house, opera, unknown, LEAVES)
    assert len(facts) == 5
    assert all("card:00412" in one.identities for one in facts)


def test_a_number_that_nobody_checked_does_not_make_two_people_one(house: House, opera: ConnectionRow) -> None:
    typed = step([event(1, "CHECK IN", "2026-11-20 15:02:10.0")], reservation("InHouse"))
    other = step(
        [event(20, "CHECK IN", "2026-11-23 15:00:00.0", reservation="919080")],
        reservation("InHouse", number="919080", guest=("700000", "")), number="919080",
    )  # fmt: skip
    wrong = step(
        [event(21, "UPDATE RESERVATION", "2026-11-23 16:00:00.0", reservation="919080")],
        reservation("InHouse", number="919080", guest=("700000", "00412")), number="919080",
    )  # fmt: skip
    facts = tell(house, opera, typed, other, wrong)
    assert all("opera:QUAY/700000" not in one.identities for one in facts)


def test_a_number_that_the_desk_checks_makes_profile_and_holder_one(house: House) -> None:
    opera = house.connect({**SETTINGS, "cards_checked": True})
    without = step([event(1, "CHECK IN", "2026-11-20 15:02:10.0")], reservation("InHouse", guest=(ANA[0], "")))
    facts = tell(house, opera, without, DRINKS)
    assert {name for one in facts for name in one.identities} == {"card:00412", "opera:QUAY/687128"}


def test_house_use_does_not_earn(house: House, opera: ConnectionRow) -> None:
    used = step([event(1, "CHECK IN", "2026-11-20 15:02:10.0")], reservation("InHouse", houseUseOnly=True), folio(ROOM))
    assert tell(house, opera, used) == []


# --- the folio ---


def billed(house: House, opera: ConnectionRow, *bills: bytes) -> list[Standing]:
    """The spend that stands after these folios were read one after the other."""
    for number, bill in enumerate(bills, 30):
        asked = event(number, "UPDATE RESERVATION", f"2026-11-21 22:{number}:00.0")
        tell(house, opera, step([asked], reservation("InHouse"), bill))
    return [one for one in house.facts(opera) if one.kind == "spend"]


def test_a_line_that_is_voided_is_taken_back_and_its_twin_stands(house: House, opera: ConnectionRow) -> None:
    twin = line(503, "2010", 9.25)
    void = line(504, "2010", -25.50, quantity=-1)
    facts = billed(house, opera, folio(ROOM, BAR, twin), folio(ROOM, BAR, twin, void))
    assert told(facts) == [("spend", "bar", 925), ("spend", "room", 11_900)]


def test_a_rebate_under_a_code_of_its_own_is_taken_off_its_category(house: House, opera: ConnectionRow) -> None:
    rebate = line(510, "1900", -19.00)
    facts = billed(house, opera, folio(ROOM, BAR), folio(ROOM, BAR, rebate))
    assert told(facts) == [("spend", "bar", 2_550), ("spend", "room", 10_000)]


def test_what_comes_after_a_void_does_not_tell_the_old_lines_anew(house: House, opera: ConnectionRow) -> None:
    part, later = line(504, "2010", -5), line(505, "2010", 8)
    facts = billed(house, opera, folio(ROOM, BAR), folio(ROOM, BAR, part), folio(ROOM, BAR, part, later))
    assert {one.source_key.rpartition("/")[2]: one.amount_minor for one in facts} == {
        "501": 11_900, "502": 2_050, "505": 800,
    }  # fmt: skip


def test_a_rebate_greater_than_everything_leaves_nothing_and_nothing_below(house: House, opera: ConnectionRow) -> None:
    assert billed(house, opera, folio(ROOM, BAR, line(510, "1900", -500))) == []


def test_a_posting_that_is_deleted_or_moved_to_another_room_is_gone(house: House, opera: ConnectionRow) -> None:
    assert told(billed(house, opera, folio(ROOM, BAR), folio(ROOM))) == [("spend", "room", 11_900)]
    tell(
        house, opera, step([event(50, "UPDATE RESERVATION", "2026-11-21 23:50:00.0")], reservation("InHouse"), folio())
    )
    assert [one for one in house.facts(opera) if one.kind == "spend"] == []


@pytest.mark.parametrize(
    "silence",
    [
        as_body({"reservationFolioInformation": {"folioWindows": []}}),
        as_body({"reservationFolioInformation": {}}),
        as_body({"reservationFolioInformation": {"folioWindows": [{"folioWindowNo": 1}]}}),
    ],
)
def test_a_folio_that_says_nothing_takes_nothing_back(house: House, opera: ConnectionRow, silence: bytes) -> None:
    assert len(billed(house, opera, folio(ROOM, BAR), silence)) == 2


def test_payments_wrappers_and_codes_without_a_category_are_no_spend(house: House, opera: ConnectionRow) -> None:
    bill = folio(
        ROOM, line(600, "9000", -119, kind="Payment"), line(601, "2010", 30, kind="Wrapper"), line(602, "7777", 5)
    )
    assert told(billed(house, opera, bill)) == [("spend", "room", 11_900)]
    assert "transaction codes without a category: 7777" in {row.note for row in house.inbox(opera)}


def test_a_window_in_pages_is_read_to_its_end(house: House, opera: ConnectionRow) -> None:
    path = "/csh/v1/hotels/HOTEL1/reservations/919074/folios"
    rest = Recorded("GET", path, body=folio(BAR), params={"folioWindowNo": "1", "offset": "1"})
    house.answers(*step([event(30, "UPDATE RESERVATION", "2026-11-21 22:00:00.0")], reservation("InHouse")).answers)
    house.answers(Recorded("GET", path, body=folio(ROOM, hasMore=True)), rest)
    house.poll(opera)
    house.settle()
    assert told(house.facts(opera)) == [("check_in", "", 0), ("spend", "bar", 2_550), ("spend", "room", 11_900)]


@pytest.mark.parametrize(
    ("amount", "currency", "minor"), [("1500", "JPY", 1_500), ("1.234", "BHD", 1_234), ("25.5", "EUR", 2_550)]
)
def test_money_is_counted_in_the_units_of_its_currency(amount: str, currency: str, minor: int) -> None:
    posting = line(700, "2010", amount)
    posting["postedAmount"]["currencyCode"] = currency
    read = lines([kept(posting)], {"2010": "bar"}, "EUR")
    assert [(one.amount, one.currency) for one in read] == [(minor, currency)]


def test_an_amount_of_more_digits_than_its_currency_has_is_refused() -> None:
    with pytest.raises(Refused):
        lines([kept(line(700, "2010", "25.505"))], {"2010": "bar"}, "EUR")


def test_a_posting_of_the_till_leads_to_its_reservation(house: House, opera: ConnectionRow) -> None:
    posted = event(40, "NEW POSTING", "2026-11-21 21:15:00.0", reservation="88123")
    posted["businessEvent"]["header"]["moduleName"] = "Cashiering"
    posted["businessEvent"]["details"].append({"dataElement": "RESV_NAME_ID", "newValue": "919074"})
    facts = tell(house, opera, ARRIVES, step([posted], reservation("InHouse"), folio(BAR)))
    assert told(facts) == [("check_in", "", 0), ("spend", "bar", 2_550)]
