"""36,563 real check-ins of New York: recorded once, decided as an independent computation says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.desk.wire import read_question
from rewards.intake.importing import ImportReport
from rewards.intake.receive import Receipt
from rewards.sdk.files import FileRow
from rewards.storage.invariants import read_invariants
from tests.data.houses import READER, House, house
from tests.data.independent import Seen, foursquare_specials

FILE = "foursquare_nyc_checkins.csv.gz"
ROWS, HOTEL_ROWS, HOTELS = 36_563, 570, 53


class Journey:
    """What the import with decisions came to."""

    def __init__(self, made: House, path: Path, folder: Path) -> None:
        self.house = made
        self.given: list[Seen] = []
        self.report: ImportReport = made.load("foursquare-tsmc", path, folder / "rejects.csv", self.decide)
        self.again: ImportReport = made.load("foursquare-tsmc", path, folder / "rejects.csv")

    def decide(self, row: FileRow, receipts: list[Receipt]) -> None:
        """Commit the moment of a hotel check-in, as of its own time."""
        draft, receipt = row.drafts[0], receipts[0]
        question = read_question(
            {
                "guest": draft.identities[0].text(),
                "property": draft.property,
                "moment": "activity",
                "mode": "commit",
                "activity": receipt.activity,
            }
        )
        answer = json.loads(self.house.desk.ask(question, READER, at=row.at).body)
        gives = frozenset(perk["rule"] for perk in answer["perks"])
        self.given.append(Seen(draft.identities[0].value, draft.property or "", row.at, gives))


@pytest.fixture(scope="module")
def journey(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    folder = tmp_path_factory.mktemp("new-york")
    with house(folder, "foursquare_specials", zone="America/New_York", currency="USD") as made:
        yield Journey(made, shared_data / FILE, folder)


def test_every_check_in_is_recorded_and_none_twice(journey: Journey) -> None:
    assert (journey.report.rows, journey.report.added, journey.report.rejected) == (ROWS, ROWS, 0)
    assert (journey.again.rows, journey.again.added, journey.again.resumed_from) == (0, 0, ROWS)
    with journey.house.database.reading() as store:
        assert len(store.properties.all()) == HOTELS


def test_every_hotel_check_in_is_decided_as_the_independent_computation_says(
    journey: Journey, shared_data: Path
) -> None:
    expected = foursquare_specials(shared_data / FILE)
    assert len(expected) == HOTEL_ROWS
    assert journey.given == expected
    counts = Counter(rule for seen in expected for rule in seen.gives)
    assert counts["newbie-special"] == 163
    assert min(counts.values()) > 0


def test_the_same_day_repeats_are_one_visit(journey: Journey) -> None:
    days = {(seen.user, seen.venue, seen.at.date()) for seen in journey.given}
    assert len(days) < HOTEL_ROWS


def test_the_ledger_is_clean(journey: Journey) -> None:
    with journey.house.database.reading() as store:
        assert read_invariants(store) == []


def test_every_decision_replays_identically_also_from_the_log(journey: Journey) -> None:
    with journey.house.database.reading() as store:
        verdicts = list(journey.house.desk.replay(store))
        deep = list(journey.house.desk.replay(store, deep=True))
    assert len(verdicts) == HOTEL_ROWS
    assert {one.verdict for one in verdicts} == {"identical"}, [one for one in verdicts if one.differences][:3]
    assert [one for one in deep if one.verdict != "identical"] == []
