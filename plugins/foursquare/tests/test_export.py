"""A guest's own export becomes check-ins that are claimed, once each; what was edited or packed badly is refused."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plugins.foursquare.export import MOST_BYTES, SwarmExport
from plugins.foursquare.tests.house import ANA, VENUE, House, reader, recorded, zipped
from rewards.clock import FrozenClock
from rewards.domain.activity import Evidence, Kind
from rewards.errors import RewardsError
from rewards.sdk import Identity
from rewards.storage.engine import SqlDatabase


@pytest.fixture
def house(database: SqlDatabase, frozen_clock: FrozenClock, tmp_path: Path) -> House:
    return House(database, frozen_clock, tmp_path)


def refused(path: Path) -> RewardsError:
    with pytest.raises(RewardsError) as caught:
        list(reader().rows(path, ""))
    return caught.value


def test_check_ins_at_the_house_are_claimed_on_the_houses_own_day(house: House) -> None:
    report = house.take(recorded("checkins1.json"))
    assert (report.rows, report.added, report.skipped, report.rejected) == (4, 1, 2, 1)
    (one,) = house.log()
    assert (one.kind, one.property, one.evidence) == (Kind.CHECK_IN, "harbour", Evidence.CLAIMED)
    assert (one.occurred_at, one.day) == (datetime(2026, 11, 20, 18, 5, 9, tzinfo=UTC), date(2026, 11, 20))
    assert (one.source, one.source_key) == ("foursquare", "checkin/65f0c1aa1d2e3f4a5b6c7d01")
    assert (one.place_id, one.place_name, one.category) == (VENUE, "Harbour Hotel", None)
    assert report.skipped_by_reason == {"no venue": 1, "a place that is none of the hotels": 1}


def test_the_zip_with_all_its_parts_is_read_and_times_in_either_form(house: House, tmp_path: Path) -> None:
    parts = {name: recorded(f"{name}.json").read_bytes() for name in ("checkins1", "checkins2")}
    report = house.take(zipped(tmp_path, **parts))
    assert (report.rows, report.added, report.rejected) == (5, 2, 1)
    assert [one.occurred_at for one in house.log()] == [
        datetime(2022, 8, 28, 17, 50, 22, tzinfo=UTC), datetime(2026, 11, 20, 18, 5, 9, tzinfo=UTC),
    ]  # fmt: skip


def test_the_rows_are_told_by_time_and_refused_ones_first() -> None:
    rows = list(reader(places=True).rows(recorded("checkins1.json"), ""))
    assert [row.number for row in rows] == [1, 2, 3, 4]
    assert rows[0].rejected is not None
    times = [draft.occurred_at for row in rows for draft in row.drafts]
    assert times == sorted(times)  # type: ignore[type-var]


def test_a_place_elsewhere_is_kept_only_where_the_mapping_says_so(house: House) -> None:
    report = house.take(recorded("checkins1.json"), places=True)
    assert (report.added, report.skipped, report.rejected) == (3, 0, 1)
    assert [(one.property, one.place_name) for one in house.log()] == [
        (None, None), (None, "Cafe on the Quay"), ("harbour", "Harbour Hotel"),
    ]  # fmt: skip


def test_the_file_again_and_a_newer_export_add_nothing_known(house: House, tmp_path: Path) -> None:
    path = recorded("checkins1.json")
    house.take(path)
    assert (house.take(path).rows, len(house.log())) == (0, 1)
    newer = tmp_path / "checkins1.json"
    newer.write_text(json.dumps(json.loads(path.read_text())["items"][:1]))
    report = house.take(newer)
    assert (report.rows, report.added, report.unchanged, report.rejected) == (1, 0, 1, 0)


def test_an_edited_file_changes_nothing_that_is_recorded(house: House, tmp_path: Path) -> None:
    house.take(recorded("checkins1.json"))
    edited = json.loads(recorded("checkins1.json").read_text())["items"][:1]
    edited[0]["createdAt"] = "2020-01-01 12:00:00.000000"
    path = tmp_path / "checkins1.json"
    path.write_text(json.dumps(edited))
    report = house.take(path)
    assert (report.added, report.unchanged, report.rejected) == (0, 1, 0)
    assert [one.occurred_at.year for one in house.log()] == [2026]


def test_bens_file_with_anas_check_in_in_it_brings_ben_nothing(house: House, tmp_path: Path) -> None:
    house.take(recorded("checkins1.json"))
    ben = Identity("card", "00413")
    report = house.take(recorded("checkins1.json"), ben)
    assert (report.added, report.unchanged) == (0, 1)
    assert house.counts(ben) == []
    assert len(house.counts(ANA)) == 1


def test_no_position_text_or_visibility_leaves_the_file(house: House) -> None:
    house.take(recorded("checkins1.json"), places=True)
    said = repr(house.log()) + (house.folder / "rejects.csv").read_text(encoding="utf-8")
    for word in ("51.9", "4.48", "harbour!", "closeFriends", "https"):
        assert word not in said


def test_a_proposal_names_the_venues_to_pick_the_hotels_from() -> None:
    proposed = SwarmExport().proposed(recorded("checkins1.json"), {})
    assert proposed["venues"] == {}
    venues = proposed["found"]["venues"]  # type: ignore[index]
    assert {"venue": VENUE, "name": "Harbour Hotel", "times": 1} in venues
    del proposed["found"]
    assert SwarmExport().checked(proposed, "swarm") == {"kind": "check_in", "venues": {}, "places": False}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "stay"}, "mapping.kind"),
        ({"venues": ["harbour"]}, "mapping.venues"),
        ({"venues": {VENUE: ""}}, "mapping.venues"),
        ({"places": "yes"}, "mapping.places"),
        ({"guest": "00412"}, "mapping.guest"),
        ({"score": 3}, "mapping.score"),
        ({"venues": {VENUE: "elsewhere"}}, f"mapping.venues.{VENUE}"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_by_its_field(changed: dict[str, object], field: str) -> None:
    with pytest.raises(RewardsError) as caught:
        reader(**changed)
    assert (caught.value.code.name, caught.value.field) == ("field_invalid", field)


def test_without_a_mapping_or_a_guest_nothing_is_read(house: House) -> None:
    with pytest.raises(RewardsError) as caught:
        list(SwarmExport().rows(recorded("checkins1.json"), ""))
    assert "--guest" in (caught.value.hint or "")
    with pytest.raises(RewardsError) as caught:
        house.take(recorded("checkins1.json"), None)
    assert caught.value.field == "guest"
    assert house.take(recorded("checkins1.json"), None, guest="card:00412").added == 1


@pytest.mark.parametrize("body", [b"", b"[", b"{}", b'{"items": 3}', b"\xff\xfe", b"null", b'[{"id": NaN}]'])
def test_a_file_that_is_no_export_is_refused_whole(body: bytes, tmp_path: Path) -> None:
    path = tmp_path / "checkins1.json"
    path.write_bytes(body)
    assert refused(path).code.name == "file_invalid"


def test_a_zip_that_is_damaged_empty_or_a_bomb_is_refused(tmp_path: Path) -> None:
    assert "0 files" in refused(zipped(tmp_path)).message
    whole = zipped(tmp_path, checkins1=recorded("checkins1.json").read_bytes() * 40)
    body = bytearray(whole.read_bytes())
    body[200:260] = bytes(60)
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(bytes(body))
    assert refused(damaged).code.name == "file_invalid"
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("checkins1.json", b" " * (MOST_BYTES + 1))
    assert "MiB" in refused(bomb).message


@pytest.mark.parametrize(
    "item",
    [
        None, 7, "x", {}, {"id": 3, "createdAt": 5}, {"id": "a b", "createdAt": 5}, {"id": "a", "createdAt": True},
        {"id": "a", "createdAt": -5}, {"id": "a", "createdAt": 10**30}, {"id": "a", "createdAt": "1960-01-01 00:00:00"},
        {"id": "a", "createdAt": 5, "venue": []}, {"id": "a", "createdAt": 5, "venue": {"name": "x"}},
        {"id": "a", "createdAt": 5, "type": "tip"}, {"id": "x" * 65, "createdAt": 5},
    ],
)  # fmt: skip
def test_a_check_in_that_is_spoiled_is_one_refused_row(item: object, tmp_path: Path) -> None:
    path = tmp_path / "checkins1.json"
    path.write_text(json.dumps([item]))
    (row,) = reader(places=True).rows(path, "")
    assert row.rejected is not None
    assert row.drafts == ()


@pytest.mark.parametrize(
    "name", ["data/swarm/data_export_checkins.json", "wire/foursquare/swarm_export_checkins1_thirdparty.json"]
)
def test_what_swarm_really_wrote_is_read(name: str, shared_data: Path) -> None:
    path = shared_data.parent / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside the checkout")
    rows = list(reader(places=True).rows(path, ""))
    assert rows
    assert all(row.rejected is None and row.drafts for row in rows)
