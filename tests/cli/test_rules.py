"""`rewards rules`: check, explain, test, publish, diff."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rewards.paths import bundled
from rewards.storage.engine import open_database
from tests.cli.command import Command


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of one's own: the direct booker."""
    return Path(shutil.copytree(bundled("rules") / "direct_booker", tmp_path / "packs" / "direct_booker"))


def spoil(pack: Path) -> None:
    """Two mistakes: an influence score, and a perk that is in no catalogue."""
    path = pack / "rules.yaml"
    text = path.read_text(encoding="utf-8").replace("stay.channel, is: direct", "guest.klout, is: 80", 1)
    path.write_text(text.replace("perk: loyalty-points", "perk: gold-bar"), encoding="utf-8")


def live_version(rewards: Command) -> int | None:
    """The version of the rules that are live."""
    database = open_database(f"sqlite:///{rewards.home / 'rewards.db'}")
    with database.reading() as store:
        live = store.rule_sets.live()
    database.close()
    return live.version if live else None


def test_sound_packs_are_checked_and_played(rewards: Command) -> None:
    checked = rewards.good("rules", "check", "rules", "--json").json
    assert checked["sound"]
    assert checked["rules"] > 10
    played = rewards.good("rules", "test", "rules", "--json").json
    assert played["cases"] == played["passed"] > 40
    assert played["failed"] == []


def test_published_rules_of_programmes_are_played_and_stay_unpublished(rewards: Command) -> None:
    played = rewards.good("rules", "test", "rules/published", "--json").json
    assert played["cases"] == played["passed"] > 700
    assert played["failed"] == []
    before = rewards.good("rules", "check", "rules", "--json").json["rules"]
    rewards.good("rules", "publish", "rules")
    assert rewards.good("rules", "diff", "rules").status == 0
    assert rewards.good("rules", "check", "rules", "rules/published", "--json").json["rules"] > before + 90
    assert rewards("rules", "diff", "rules", "rules/published").status == 1


def test_every_mistake_is_told_at_once_with_its_place(rewards: Command, pack: Path) -> None:
    spoil(pack)
    said = rewards("rules", "check", pack, "--json")
    assert said.status == 1
    assert not said.json["sound"]
    problems = said.json["diagnostics"]
    assert len(problems) >= 2
    assert all(one["file"] == "direct_booker/rules.yaml" and one["line"] > 0 and one["column"] > 0 for one in problems)
    words = rewards("rules", "check", pack)
    assert "direct_booker/rules.yaml:6:" in words.out
    assert "Nothing can be published." in words.out


def test_a_check_speaks_dutch(rewards: Command, pack: Path) -> None:
    spoil(pack)
    english, dutch = (rewards("rules", "check", pack, "--lang", language).out for language in ("en", "nl"))
    assert english != dutch
    assert "gold-bar" in dutch


def test_a_document_with_any_error_publishes_nothing(rewards: Command, pack: Path) -> None:
    spoil(pack)
    said = rewards("rules", "publish", pack, "--json")
    assert said.status == 1
    assert said.json["code"] == "rules_invalid"
    assert len(said.json["details"]["diagnostics"]) >= 2
    assert live_version(rewards) is None


def test_one_bad_pack_keeps_the_good_ones_back_too(rewards: Command, pack: Path) -> None:
    spoil(pack)
    good = bundled("rules") / "birthday"
    assert rewards("rules", "publish", good, pack).status == 1
    assert "v1 is live" in rewards.good("rules", "publish", good).out


def test_publishing_the_same_again_makes_no_new_version(rewards: Command, pack: Path) -> None:
    first = rewards.good("rules", "publish", pack, "--note", "autumn", "--json").json
    assert (first["version"], first["changed"]) == (1, True)
    assert first["digest"].startswith("sha256:")
    again = rewards.good("rules", "publish", pack, "--json").json
    assert again == {**first, "changed": False}


def test_a_change_is_shown_before_it_is_published(rewards: Command, pack: Path) -> None:
    rewards.good("rules", "publish", pack)
    assert "Nothing would change." in rewards.good("rules", "diff", pack).out
    path = pack / "rules.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("points: 250", "points: 300"), encoding="utf-8")
    said = rewards("rules", "diff", pack)
    assert said.status == 1
    assert "-" in said.out
    assert "300" in said.out
    assert "direct-booker" not in said.out
    assert rewards.good("rules", "publish", pack, "--json").json["version"] == 2
    assert rewards("rules", "diff", pack, "--version", 1).status == 1
    assert rewards.good("rules", "diff", pack).status == 0


def test_a_version_that_was_never_published_is_a_no(rewards: Command, pack: Path) -> None:
    assert rewards("rules", "diff", pack, "--version", 9, "--json").json["code"] == "rule_set_unknown"


def test_rules_are_read_aloud_in_both_languages(rewards: Command, pack: Path) -> None:
    english = rewards.good("rules", "explain", pack, "--json").json
    dutch = rewards.good("rules", "explain", pack, "--lang", "nl", "--json").json
    assert set(english) == {"direct-booker", "direct-points"}
    assert english["direct-booker"].startswith("On arrival")
    assert dutch["direct-booker"].startswith("Bij aankomst")


def test_a_file_of_rules_is_read_aloud_like_its_pack(rewards: Command, pack: Path) -> None:
    assert rewards.good("rules", "explain", pack / "rules.yaml").out == rewards.good("rules", "explain", pack).out


def test_the_schemas_for_editors_are_printed(rewards: Command, pack: Path) -> None:
    of_rules, of_perks = rewards.good("rules", "schema").json, rewards.good("rules", "schema", "--perks").json
    assert of_rules["$schema"] == of_perks["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert rewards.good("rules", "schema", "--json").json == of_rules
    assert of_rules["title"] == "A rule, or the countings that rules name"
    assert of_rules != of_perks


def test_publishing_warns_of_a_stock_that_nobody_set(rewards: Command) -> None:
    rewards.good(
        "properties", "add", "harbour", "--name", "Harbour Hotel", "--brand", "quayside", "--city", "Rotterdam",
        "--country", "NL", "--zone", "Europe/Amsterdam", "--currency", "EUR", "--room-class", "standard",
    )  # fmt: skip
    said = rewards.good("rules", "publish", "rules/")
    assert "[stock_unset]" in said.out
    assert "at harbour." in said.out


def test_a_case_that_does_not_come_out_is_a_no(rewards: Command, pack: Path) -> None:
    path = pack / "cases.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("expect: unknown", "expect: granted"), encoding="utf-8")
    said = rewards("rules", "test", pack, "--json")
    assert said.status == 1
    assert [one["case"] for one in said.json["failed"]] == ["the channel is not known"]


def test_a_folder_without_rules_is_wrong_use(rewards: Command, tmp_path: Path) -> None:
    assert rewards("rules", "check", tmp_path).status == 2


def test_checking_asks_for_no_database(bare: Command, pack: Path) -> None:
    assert bare.good("rules", "check", pack, "--json").json["sound"]
    assert not (bare.home / "rewards.db").exists()
