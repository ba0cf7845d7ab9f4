"""119,390 real bookings of two hotels: cancelled ones earn nothing, repeat guests are decided at arrival."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.desk.wire import read_question
from rewards.domain.activity import Kind
from rewards.intake.receive import Receipt
from rewards.sdk.files import FileRow
from rewards.storage.invariants import read_invariants
from tests.data.houses import READER, House, house
from tests.data.independent import bookings, returning_upgrades, room_order

FILE = "hotel_bookings.csv.gz"
ROWS, CANCELED, NO_SHOWS, CHECK_OUTS, NEGATIVE = 119_390, 43_017, 1_207, 75_166, 1
CODES = {"City Hotel": "lisbon-city", "Resort Hotel": "algarve-resort"}


class Arrivals:
    """What the import with decisions came to."""

    def __init__(self, made: House, path: Path, folder: Path) -> None:
        self.house = made
        self.asked = 0
        self.upgrades: dict[int, str] = {}
        self.rejects = folder / "rejects.csv"
        self.report = made.load("hotel-bookings", path, self.rejects, self.decide)
        self.again = made.load("hotel-bookings", path, self.rejects)

    def decide(self, row: FileRow, receipts: list[Receipt]) -> None:
        """Commit the arrival of a repeat guest, as of its own time."""
        stay = row.stay
        assert stay is not None
        assert stay.arrival is not None
        assert stay.departure is not None
        question = read_question(
            {
                "guest": row.drafts[0].identities[0].text(),
                "property": row.drafts[0].property,
                "moment": "arrival",
                "mode": "commit",
                "stay": {
                    "reservation": stay.reservation,
                    "arrival": stay.arrival.isoformat(),
                    "departure": stay.departure.isoformat(),
                    "room_class": stay.room_class,
                    "channel": stay.channel,
                },
            }
        )
        self.asked += 1
        for perk in json.loads(self.house.desk.ask(question, READER, at=row.at).body)["perks"]:
            if perk["rule"] == "returning-guest-upgrade":
                self.upgrades[row.number] = perk["to"]


@pytest.fixture(scope="module")
def arrivals(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arrivals]:
    folder = tmp_path_factory.mktemp("portugal")
    with house(folder, "fortnightly_regular", zone="Europe/Lisbon", currency="EUR") as made:
        yield Arrivals(made, shared_data / FILE, folder)


def test_cancelled_bookings_and_no_shows_are_no_stays(arrivals: Arrivals) -> None:
    report = arrivals.report
    assert report.rows == ROWS
    assert report.skipped_by_reason == {"canceled": CANCELED, "no-show": NO_SHOWS}
    assert report.rejected == NEGATIVE
    assert report.new_guests == CHECK_OUTS - NEGATIVE
    assert "-6.38" in arrivals.rejects.read_text()
    assert (arrivals.again.rows, arrivals.again.added) == (0, 0)


def test_room_classes_stand_in_the_order_of_their_median_rate(arrivals: Arrivals, shared_data: Path) -> None:
    found, _ = bookings(shared_data / FILE)
    with arrivals.house.database.reading() as store:
        classes = {prop.code: list(prop.room_classes) for prop in store.properties.all()}
    assert classes == {code: room_order(found, hotel) for hotel, code in CODES.items()}


def test_the_upgrades_of_returning_guests_are_those_worked_out_independently(
    arrivals: Arrivals, shared_data: Path
) -> None:
    found, _ = bookings(shared_data / FILE)
    expected = returning_upgrades(found)
    assert arrivals.upgrades == expected
    assert 0 < len(expected) < arrivals.asked


def test_what_the_hotels_gave_and_what_the_engine_gives_can_be_compared(arrivals: Arrivals, shared_data: Path) -> None:
    found, _ = bookings(shared_data / FILE)
    order = {hotel: room_order(found, hotel) for hotel in CODES}
    moved_up = {
        one.row
        for one in found
        if one.assigned in order[one.hotel]
        and order[one.hotel].index(one.assigned) > order[one.hotel].index(one.reserved)
    }
    assert moved_up
    assert set(arrivals.upgrades) - moved_up, "loyal guests whom the hotels left where they were"
    assert moved_up - set(arrivals.upgrades), "guests moved up though the house did not know them"


def test_stays_of_no_night_and_of_no_amount_are_recorded(arrivals: Arrivals) -> None:
    with arrivals.house.database.reading() as store:
        covered = {(known.property, known.kind) for known in store.properties.coverage()}
        rows = store.session.one("SELECT count(*) FROM activity WHERE kind = 'stay' AND nights = 0", ())
        free = store.session.one("SELECT count(*) FROM activity WHERE kind = 'stay' AND amount = 0", ())
    assert covered == {(code, Kind.STAY) for code in CODES.values()}
    assert rows is not None
    assert rows[0] == 680
    assert free is not None
    assert free[0] > 0


def test_the_ledger_is_clean(arrivals: Arrivals) -> None:
    with arrivals.house.database.reading() as store:
        assert read_invariants(store) == []


def test_every_decision_replays_identically(arrivals: Arrivals) -> None:
    with arrivals.house.database.reading() as store:
        verdicts = [one.verdict for one in arrivals.house.desk.replay(store)]
    assert len(verdicts) == arrivals.asked
    assert set(verdicts) == {"identical"}
