"""`rewards sources mapping`: proposed from a file, saved by name, tried, and used by `rewards import --mapping`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.storage.engine import open_database
from tests.cli.command import Command, committed

EXPORT = """Nr;Kaart;Aankomst;Vertrek;Bedrag;Kanaal;Naam
R-1;00412;13-03-2026;15-03-2026;1.234,50;Direct;Ana
R-2;00413;15-03-2026;16-03-2026;99,00;Booking.com;Ben
R-3;00413;17-03-2026;16-03-2026;99,00;Direct;Ben
"""
NEW = ("--kind", "stay", "--constant", "property=harbour", "--constant", "currency=EUR")


@pytest.fixture
def export(tmp_path: Path, house: Command) -> Path:
    """A hotel's own export, beside a house that has Harbour Hotel."""
    path = tmp_path / "export.csv"
    path.write_text(EXPORT, encoding="utf-8")
    return path


def proposed(house: Command, export: Path, *more: str) -> Any:
    return house.good("sources", "mapping", "new", "pms", export, *NEW, *more, "--json").json


def test_a_proposal_shows_what_was_found_and_saves_nothing(house: Command, export: Path) -> None:
    mapping = proposed(house, export)
    assert mapping["file"] == {"format": "csv", "encoding": "utf-8", "delimiter": ";", "header_row": 1}
    assert (mapping["columns"]["arrival"], mapping["columns"]["guest.card"]) == ("Aankomst", "Kaart")
    assert (mapping["dates"], mapping["decimal"], mapping["key"]) == ("d-m-y", ",", ["Nr"])
    assert mapping["found"]["unused"] == ["Nr", "Naam"]
    assert house.good("sources", "mapping", "list").out.strip() == "No mappings yet."


def test_a_saved_mapping_is_shown_tried_and_imports(house: Command, export: Path, tmp_path: Path) -> None:
    document = tmp_path / "pms.json"
    document.write_text(json.dumps(proposed(house, export)), encoding="utf-8")
    assert "“pms” is saved" in house.good("sources", "mapping", "save", "pms", document).out
    assert house.good("sources", "mapping", "list", "--json").json == ["pms"]
    assert house.good("sources", "mapping", "show", "pms", "--json").json["namespace"] == "pms"
    tried = house("sources", "mapping", "test", "pms", export, "--json")
    assert tried.status == 1
    assert tried.json[0]["drafts"][0] == {
        "kind": "stay", "source_key": "pms/stay/R-1", "identities": ["card:00412"], "property": "harbour",
        "arrival": "2026-03-13", "departure": "2026-03-15", "amount_minor": 123450, "currency": "EUR",
        "channel": "Direct",
    }  # fmt: skip
    assert (tried.json[2]["line"], tried.json[2]["column"]) == (4, "Vertrek")
    assert "before the arrival" in tried.json[2]["rejected"]
    said = house.good("import", "files", export, "--mapping", "pms", "--json").json
    assert (said["added"], said["rejected"]) == (2, 1)
    assert "Naam" not in Path(said["rejects_file"]).read_text(encoding="utf-8")
    assert house.good("import", "files", export, "--mapping", "pms", "--json").json["rows"] == 0
    house.good("history", "rebuild", "--verify")


def test_a_file_that_can_be_read_in_two_ways_is_not_saved_without_a_choice(house: Command, export: Path) -> None:
    export.write_text(EXPORT.replace("13-", "03-").replace("15-", "05-").replace("16-", "06-").replace("17-", "07-"),
                      encoding="utf-8")  # fmt: skip
    assert proposed(house, export)["dates"] == "d-m-y or m/d/y"
    refused = house("sources", "mapping", "new", "pms", export, *NEW, "--save", "--json")
    assert (refused.status, refused.json["field"]) == (1, "dates")
    assert proposed(house, export, "--dates", "d-m-y", "--save")["dates"] == "d-m-y"


def test_a_mapping_is_changed_and_removed_and_the_trail_says_so(house: Command, export: Path) -> None:
    proposed(house, export, "--save")
    changed = house.good("sources", "mapping", "new", "pms", export, *NEW, "--constant", "channel=direct", "--save")
    assert "“pms” is changed" in changed.out
    assert "“pms” is verwijderd" in house.good("sources", "mapping", "remove", "pms", "--lang", "nl").out
    gone = house("sources", "mapping", "show", "pms", "--json")
    assert (gone.status, gone.json["code"]) == (1, "mapping_unknown")


def test_files_are_not_read_without_a_mapping_nor_other_sources_with_one(house: Command, export: Path) -> None:
    bare = house("import", "files", export, "--json")
    assert (bare.status, bare.json["code"]) == (1, "file_invalid")
    assert "--mapping" in bare.json["hint"]
    assert house("import", "files", export, "--mapping", "nowhere", "--json").json["code"] == "mapping_unknown"
    wrong = house("sources", "mapping", "new", "pms", export, *NEW, "--source", "cdnow-orders", "--json")
    assert (wrong.status, wrong.json["field"]) == (1, "mapping")


def test_what_is_not_a_mapping_is_refused_by_its_part(house: Command, export: Path, tmp_path: Path) -> None:
    document = tmp_path / "pms.json"
    for text, field in (
        ("{", "mapping"),
        ("[]", "mapping"),
        ('{"kind": "stays"}', "kind"),
        ('{"kind": "stay"}', "key"),
    ):
        document.write_text(text, encoding="utf-8")
        refused = house("sources", "mapping", "save", "pms", document, "--json")
        assert (refused.status, refused.json["field"]) == (1, field)
    assert house("sources", "mapping", "new", "P M S", export, *NEW, "--json").json["field"] == "name"
    assert house("sources", "mapping", "new", "pms", export, *NEW, "--column", "arrival").status == 2


def test_a_file_is_read_again_once_the_hotel_that_was_missing_is_there(house: Command, export: Path) -> None:
    proposed(house, export, "--constant", "property=annex", "--save")
    first = house.good("import", "files", export, "--mapping", "pms", "--json").json
    assert (first["added"], first["rejected"]) == (0, 3)
    house.good("properties", "add", "annex", "--name", "Harbour Annex", "--brand", "blue", "--zone", "Europe/Amsterdam",
               "--currency", "EUR", "--city", "Rotterdam", "--country", "NL")  # fmt: skip
    assert house.good("import", "files", export, "--mapping", "pms", "--json").json["rows"] == 0
    again = house.good("import", "files", export, "--mapping", "pms", "--again", "--json").json
    assert (again["rows"], again["added"], again["rejected"]) == (3, 2, 1)


def stays(path: Path, *days_ago: int, amount: str = "100,00", status: str = "Out") -> Path:
    """The export of a guest who left so many days ago, after one night each time."""
    rows = []
    for ago in days_ago:
        left = datetime.now(UTC).date() - timedelta(days=ago)
        days = f"{left - timedelta(days=1):%d-%m-%Y};{left:%d-%m-%Y}"
        rows.append(f"R-{ago};00500;{days};{amount};{status}")
    path.write_text("\n".join(["Nr;Kaart;Aankomst;Vertrek;Bedrag;Status", *rows]), encoding="utf-8")
    return path


def state_of(house: Command, grant: str) -> str:
    database = open_database(f"sqlite:///{house.home / 'rewards.db'}")
    with database.reading() as store:
        row = store.grants.get(grant)
    database.close()
    assert row is not None
    return row.grant.state.value


def test_a_perk_stands_as_long_as_what_it_rests_on_is_still_told(house: Command, tmp_path: Path) -> None:
    export = stays(tmp_path / "export.csv", 7, 9, 11)
    mapping = {
        **proposed(house, export, "--dates", "d-m-y"),
        "corrections": True,
        "cancelled": {"Status": ["Cancelled"]},
    }
    document = tmp_path / "pms.json"
    document.write_text(json.dumps(mapping), encoding="utf-8")
    house.good("sources", "mapping", "save", "pms", document)
    house.good("import", "files", export, "--mapping", "pms")
    grants = {perk["rule"]: perk["grant"] for perk in committed(house, "card:00500")["perks"]}
    upgrade = grants["returning-guest-upgrade"]
    corrected = house.good(
        "import", "files", stays(tmp_path / "dearer.csv", 7, 9, 11, amount="120,00"), "--mapping", "pms", "--json"
    ).json
    assert (corrected["added"], corrected["rejected"]) == (6, 0)
    assert state_of(house, upgrade) == "granted"
    house.good("import", "files", stays(tmp_path / "gone.csv", 7, status="Cancelled"), "--mapping", "pms")
    assert state_of(house, upgrade) == "voided"
    house.good("history", "rebuild", "--verify")
    assert house.good("ledger", "verify", "--json").json == {"violations": []}


def test_a_guests_own_export_is_read_by_a_mapping_that_may_be_saved_again(house: Command, tmp_path: Path) -> None:
    item = {
        "id": "50a1b2c3d4e5f60718293a4b", "createdAt": "2026-03-01 18:00:00.000000", "timeZoneOffset": 60,
        "venue": {"id": "4b5e662aa70d", "name": "Harbour Hotel"},
    }  # fmt: skip
    export = tmp_path / "checkins1.json"
    export.write_text(json.dumps({"count": 1, "items": [item]}), encoding="utf-8")
    document = tmp_path / "swarm.json"
    document.write_text(json.dumps({"kind": "check_in", "venues": {"4b5e662aa70d": "harbour"}}), encoding="utf-8")
    for _ in range(2):
        house.good("sources", "mapping", "save", "swarm", document, "--source", "foursquare")
    reading = ("import", "foursquare", export, "--mapping", "swarm", "--guest", "card:00412", "--json")
    assert house.good(*reading).json["added"] == 1
    assert house.good(*reading).json["rows"] == 0
