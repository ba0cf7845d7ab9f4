"""`rewards plugins`: what is found, and whether it keeps to its contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command, committed

MANIFEST = (
    'name = "leaflets"\nsummary = "Leaflets"\nversion = "1"\nneeds = ">=0.1"\nreads = "file"\nformats = [".txt"]\n'
)
SOUND = """
from rewards.sdk import Draft, FileRow, Identity, Kind

class Source:
    def properties(self, path):
        return ()

    def known(self, path):
        return ()

    def rows(self, path, file_hash):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield FileRow(number, (Draft(Kind.REFERRAL, KEY, (Identity("card", line),), day=DAY),))

source = Source()
"""
GROUP = "seed = 7\ntoday = 2026-11-22\nguests = 20\ndays = 100\ndecide_days = 10\n"


@pytest.fixture
def leaflets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's own plugin, without its code."""
    folder = tmp_path / "plugins" / "leaflets"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST, encoding="utf-8")
    monkeypatch.setenv("REWARDS_PLUGINS_DIR", str(tmp_path / "plugins"))
    monkeypatch.setattr("sys.modules", dict(__import__("sys").modules))
    return folder


def write(folder: Path, key: str) -> Path:
    """The plugin's code with one way to name its facts, and a file it reads."""
    head = "from datetime import date\nfrom itertools import count\nDAY = date(2026, 11, 1)\nNUMBER = count()\n"
    (folder / "__init__.py").write_text(head + SOUND.replace("KEY", key), encoding="utf-8")
    path = folder / "leaflets.txt"
    path.write_text("00412\n00413\n", encoding="utf-8")
    return path


def test_bundled_plugins_are_listed_without_running_them_and_load(rewards: Command) -> None:
    names = {one["name"] for one in rewards.good("plugins", "list", "--json").json}
    assert {"cdnow-orders", "demonstration", "foursquare-tsmc", "hotel-bookings"} <= names
    tried = rewards.good("plugins", "test", "--json").json
    assert all(one["problems"] == [] for one in tried)


def test_a_source_is_tried_on_a_file_and_nothing_is_recorded(rewards: Command, tmp_path: Path) -> None:
    path = tmp_path / "group.toml"
    path.write_text(GROUP, encoding="utf-8")
    (tried,) = rewards.good("plugins", "test", "demonstration", path, "--json").json
    assert tried["rows"] > 20
    assert tried["drafts"] > 20
    assert "No hotels yet." in rewards.good("properties", "list").out


def test_an_operators_plugin_is_found_beside_the_bundled_ones(rewards: Command, leaflets: Path) -> None:
    path = write(leaflets, "line")
    assert "leaflets" in rewards.good("plugins", "list").out
    assert "2 rows, 2 activities" in rewards.good("plugins", "test", "leaflets", path).out
    assert rewards.good("import", "leaflets", path, "--json").json["added"] == 2


def test_a_source_that_would_double_its_facts_is_a_no(rewards: Command, leaflets: Path) -> None:
    path = write(leaflets, "str(next(NUMBER))")
    said = rewards("plugins", "test", "leaflets", path, "--json")
    assert said.status == 1
    assert "second reading" in said.json[0]["problems"][0]


def test_a_plugin_that_fails_to_load_is_named(rewards: Command, leaflets: Path) -> None:
    (leaflets / "__init__.py").write_text("raise RuntimeError('the printer is on fire')", encoding="utf-8")
    said = rewards("plugins", "test", "leaflets", "--json")
    assert said.status == 1
    assert "the printer is on fire" in said.json[0]["problems"][0]


def test_two_plugins_of_one_name_refuse_to_start(rewards: Command, leaflets: Path) -> None:
    (leaflets / "plugin.toml").write_text(MANIFEST.replace("leaflets", "demonstration"), encoding="utf-8")
    said = rewards("plugins", "list", "--json")
    assert (said.status, said.json["code"]) == (1, "plugin_invalid")
    assert str(leaflets) in said.json["detail"]


STAYS = """
from datetime import date, timedelta
from rewards.sdk import Draft, FileRow, Identity, Kind

WHO = (Identity("card", "00500"),)

class Source:
    def properties(self, path):
        return ()

    def known(self, path):
        return ()

    def rows(self, path, file_hash):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            word, key = line.split()
            day = date(2026, 10, int(key))
            stay = Draft(Kind.STAY, key, WHO, "harbour", arrival=day - timedelta(days=1), departure=day)
            back = Draft(Kind.REVERSAL, f"back-{key}", (), reverses_key=key, day=day)
            yield FileRow(number, (stay if word == "stay" else back,))

source = Source()
"""


def test_a_file_that_takes_stays_back_takes_back_what_rested_on_them(house: Command, leaflets: Path) -> None:
    (leaflets / "__init__.py").write_text(STAYS, encoding="utf-8")
    stays, corrections = leaflets / "stays.txt", leaflets / "corrections.txt"
    stays.write_text("stay 5\nstay 12\nstay 19\n", encoding="utf-8")
    house.good("import", "leaflets", stays)
    grants = {perk["rule"]: perk["grant"] for perk in committed(house, "card:00500")["perks"]}
    corrections.write_text("back 12\n", encoding="utf-8")
    house.good("import", "leaflets", corrections)
    gone = house("grants", "redeem", grants["returning-guest-upgrade"], "--reference", "bill-1", "--json")
    assert (gone.status, gone.json["details"]["state"]) == (1, "voided")
    house.good("history", "rebuild", "--verify")
    assert house.good("ledger", "verify", "--json").json == {"violations": []}
