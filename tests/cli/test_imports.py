"""`rewards import`: history is recorded once, bad rows are listed, questions are asked as the file goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewards.intake import importing
from rewards.storage.engine import open_database
from tests.cli.command import Command

ORDERS = """customer_id date number_of_cds dollar_value
00001 19970101 1 11.77
00002 19970112 1 12.00
00002 19970112 5 77.00
00003 19970102 2 not-a-number
00003 19970330 2 20.76
"""
GROUP = "seed = 7\ntoday = 2026-11-22\nguests = 60\ndays = 200\ndecide_days = 40\n"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.txt"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture
def group(tmp_path: Path, rewards: Command) -> Path:
    """The file of a small demonstration group, for a house whose rules are live."""
    rewards.good("rules", "publish", "rules")
    path = tmp_path / "group.toml"
    path.write_text(GROUP, encoding="utf-8")
    return path


def test_a_second_import_adds_nothing(rewards: Command, orders: Path) -> None:
    first = rewards.good("import", "cdnow-orders", orders, "--json").json
    assert (first["rows"], first["added"], first["rejected"], first["new_guests"]) == (5, 4, 1, 3)
    again = rewards.good("import", "cdnow-orders", orders, "--json").json
    assert (again["rows"], again["added"], again["resumed_from"]) == (0, 0, 5)


def test_digests_made_anew_are_identical_and_a_damaged_one_is_named_and_mended(rewards: Command, group: Path) -> None:
    assert rewards.good("import", "demonstration", group, "--json").json["added"] > 100
    kept = rewards.good("history", "rebuild", "--json").json
    assert kept["guests"] > 20
    assert (kept["differing"], kept["mended"]) == ([], False)
    victim = damaged(rewards)
    looked = rewards("history", "rebuild", "--verify", "--json")
    assert (looked.status, looked.json["differing"], looked.json["mended"]) == (1, [victim], False)
    mended = rewards("history", "rebuild", "--json")
    assert (mended.status, mended.json["differing"], mended.json["mended"]) == (1, [victim], True)
    rewards.good("history", "rebuild", "--verify")


def test_a_tally_that_differs_from_the_log_is_named_and_mended(rewards: Command, group: Path) -> None:
    rewards.good("import", "demonstration", group)
    database = open_database(f"sqlite:///{rewards.home / 'rewards.db'}")
    with database.writing() as store:
        victim = next(iter(store.histories.guests()))
        assert store.session.execute("UPDATE tally SET times = times + 1 WHERE guest = ?", (victim,))
    database.close()
    looked = rewards("history", "rebuild", "--verify", "--json")
    assert (looked.status, looked.json["differing"]) == (1, [victim])
    rewards("history", "rebuild")
    rewards.good("history", "rebuild", "--verify")


def damaged(rewards: Command) -> str:
    """A guest whose digest was exchanged for another's."""
    database = open_database(f"sqlite:///{rewards.home / 'rewards.db'}")
    with database.writing() as store:
        first, second, *_ = store.histories.guests()
        head = store.histories.head(second)
        assert head is not None
        store.histories.put(first, store.guests.bump(first), head, None)
    database.close()
    return first


def test_a_row_that_cannot_be_read_is_listed_with_its_reason(rewards: Command, orders: Path, tmp_path: Path) -> None:
    rejects = tmp_path / "bad.csv"
    said = rewards.good("import", "cdnow-orders", orders, "--rejects", rejects)
    assert f"1 rows rejected, listed in {rejects}" in said.out
    header, row = rejects.read_text(encoding="utf-8").splitlines()
    assert header == "row,reason,raw"
    assert row.startswith("4,")
    assert "not-a-number" in row


def test_an_import_that_stops_goes_on_behind_the_last_recorded_row(
    rewards: Command, orders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing.Importer.run, "__kwdefaults__", {**_DEFAULTS, "batch": 2})
    advance, calls = importing.Importer._advance, []

    def full_disk(self: object, *arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        advance(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(importing.Importer, "_advance", full_disk)
    stopped = rewards("import", "cdnow-orders", orders)
    assert stopped.status == 3
    assert "No space left on device" in stopped.err
    resumed = rewards.good("import", "cdnow-orders", orders, "--json").json
    assert (resumed["resumed_from"], resumed["rows"], resumed["added"]) == (2, 3, 2)


_DEFAULTS: dict[str, object] = dict(importing.Importer.run.__kwdefaults__ or {})


def test_an_import_can_ask_the_question_of_each_arrival(rewards: Command, group: Path) -> None:
    said = rewards.good("import", "demonstration", group, "--decide", "arrival", "--json").json
    assert said["decisions"] > 10
    assert said["perks"] > 0
    replayed = rewards.good("replay", "--json").json
    assert replayed["counts"] == {"identical": said["decisions"]}
    assert rewards.good("replay", "--deep", "--json").json["counts"] == {"identical": said["decisions"]}
    assert rewards.good("ledger", "verify", "--json").json == {"violations": []}


def test_a_source_that_is_not_there_is_a_no_that_names_those_that_are(rewards: Command, orders: Path) -> None:
    said = rewards("import", "klout", orders, "--json")
    assert said.status == 1
    assert said.json["code"] == "not_found"
    assert "cdnow-orders" in said.json["hint"]


def test_a_file_of_another_layout_is_a_no_and_records_nothing(rewards: Command, tmp_path: Path) -> None:
    path = tmp_path / "letters.txt"
    path.write_text("dear sir\n", encoding="utf-8")
    said = rewards("import", "cdnow-orders", path, "--json")
    assert (said.status, said.json["code"]) == (1, "file_invalid")


def test_a_file_that_is_not_there_is_wrong_use(rewards: Command, tmp_path: Path) -> None:
    assert rewards("import", "cdnow-orders", tmp_path / "nothing.txt").status == 2
