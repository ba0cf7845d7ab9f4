"""`rewards migrate`, `doctor`, `keys`, `backup`, and how commands end."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from rewards.app import build_engine, create_app, tools
from rewards.cli.main import cli
from rewards.cli.running import KEY_FILE, demonstration_key
from rewards.cli.words import both, keys, phrase
from rewards.settings import Settings, load
from rewards.storage.engine import open_database
from tests.cli.command import Command


def states(rewards: Command) -> dict[str, str]:
    return {one["check"]: one["state"] for one in rewards("doctor", "--json").json}


def test_an_empty_home_is_migrated_once_and_again_without_harm(bare: Command) -> None:
    first = bare.good("migrate", "--json").json
    assert first["revision"]
    assert bare.good("migrate", "--json").json == first


def test_commands_on_tables_of_another_version_are_a_failure_that_says_what_to_do(bare: Command) -> None:
    said = bare("properties", "list", "--json")
    assert said.status == 3
    assert said.json["code"] == "database_down"
    assert "rewards migrate" in said.err


def test_the_doctor_finds_what_is_missing_and_is_content_once_it_is_there(bare: Command) -> None:
    sick = bare("doctor", "--json")
    assert sick.status == 1
    assert states(bare)["schema"] == "bad"
    bare.good("migrate")
    assert states(bare)["schema"] == "good"
    assert states(bare)["rules"] == "warning"
    bare.good("rules", "publish", "rules")
    assert states(bare)["rules"] == "good"
    assert bare.good("doctor").out.count("good ") >= 5


def test_the_doctor_warns_of_commits_that_a_power_cut_may_lose(
    rewards: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert states(rewards)["database"] == "good"
    monkeypatch.setenv("REWARDS_SQLITE_SYNCHRONOUS", "NORMAL")
    assert states(rewards)["database"] == "warning"


def test_a_level_of_the_log_that_is_none_is_refused_by_name(bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARDS_LOG_LEVEL", "loud")
    said = bare("migrate", "--json")
    assert (said.status, said.json["code"], said.json["field"]) == (2, "setting_invalid", "log_level")
    assert "REWARDS_LOG_LEVEL is “loud”" in said.err


def test_the_doctor_names_a_queue_that_does_not_answer(rewards: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert states(rewards)["queue"] == "warning"


def test_the_doctor_names_settings_and_shows_no_secret(rewards: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:open-sesame@127.0.0.1:1/0")
    said = rewards("doctor")
    assert "REDIS_URL" in said.out
    assert "open-sesame" not in said.out + said.err


def test_the_doctor_looks_at_postgresql(postgres_url: str, bare: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    bare.good("migrate")
    found = {one["check"]: one for one in bare("doctor", "--json").json}
    assert found["database"]["state"] == "good"
    assert "fsync on" in found["database"]["detail"]
    assert found["clock"]["state"] == "good"
    refused = bare("backup", bare.home / "copy.db")
    assert (refused.status, "pg_dump" in refused.err) == (2, True)


def test_a_key_is_shown_once_opens_the_api_and_is_revoked(rewards: Command) -> None:
    made = rewards.good("keys", "new", "--name", "desk", "--scope", "rules:read", "--json").json
    client = create_app(load()).test_client()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert client.get("/v1/perks", headers=headers).status_code == 200
    assert client.get("/v1/keys", headers=headers).status_code == 403
    listed = rewards.good("keys", "list").out
    assert made["id"] in listed
    assert made["secret"] not in listed
    rewards.good("keys", "revoke", made["id"])
    assert client.get("/v1/perks", headers=headers).status_code == 401
    assert rewards("keys", "revoke", made["id"]).status == 1


def test_a_key_for_a_scope_or_a_hotel_that_is_not_there_is_a_no(rewards: Command) -> None:
    scope = rewards("keys", "new", "--name", "desk", "--scope", "everything", "--json")
    assert (scope.status, scope.json["code"]) == (1, "field_invalid")
    hotel = rewards("keys", "new", "--name", "desk", "--scope", "admin", "--property", "atlantis", "--json")
    assert (hotel.status, hotel.json["code"]) == (1, "property_unknown")
    assert "No keys yet." in rewards.good("keys", "list").out


def test_a_backup_is_a_whole_database_and_overwrites_nothing(rewards: Command, tmp_path: Path) -> None:
    rewards.good("rules", "publish", "rules")
    copy = tmp_path / "copy.db"
    rewards.good("backup", copy)
    database = open_database(f"sqlite:///{copy}")
    with database.reading() as store:
        live = store.rule_sets.live()
    database.close()
    assert live is not None
    before = copy.read_bytes()
    assert rewards("backup", copy).status == 1
    assert copy.read_bytes() == before


def test_the_demonstration_keeps_its_key_for_its_owner_and_makes_another_when_it_is_lost(rewards: Command) -> None:
    engine = build_engine(Settings(home=rewards.home))
    first = demonstration_key(tools(), engine)
    path = rewards.home / KEY_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert demonstration_key(tools(), engine) == first
    path.unlink()
    assert demonstration_key(tools(), engine) != first
    engine.database.close()


def test_wrong_use_is_told_apart_from_a_no(rewards: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rewards("levitate").status == 2
    assert rewards("decide").status == 2
    monkeypatch.setenv("REWARDS_WORKERS", "many")
    said = rewards("properties", "list", "--json")
    assert (said.status, said.json["field"]) == (2, "REWARDS_WORKERS")


def test_what_breaks_on_our_side_is_a_failure_with_its_trace(rewards: Command) -> None:
    shutil.rmtree(rewards.home)
    rewards.home.write_text("a file where the folder should be")
    said = rewards("properties", "list")
    assert said.status == 3
    assert "Traceback" in said.err


def test_every_command_answers_in_json_and_in_two_languages() -> None:
    def leaves(command: object) -> list[object]:
        inner = getattr(command, "commands", None)
        return [leaf for one in inner.values() for leaf in leaves(one)] if inner else [command]

    for command in leaves(cli):
        names = {option for parameter in command.params for option in parameter.opts}  # type: ignore[attr-defined]
        assert {"--json", "--lang"} <= names, command
        assert command.help, command  # type: ignore[attr-defined]


def test_both_languages_of_a_phrase_say_the_same_values() -> None:
    def fields(text: str) -> set[str]:
        return {piece.partition("}")[0].partition(":")[0] for piece in text.split("{")[1:]}

    for key in keys():
        english, dutch = both(key)
        assert fields(english) == fields(dutch), key
    assert phrase("rows_so_far", "en", rows=12_345) == "12,345 rows"
    assert phrase("rows_so_far", "nl", rows=12_345) == "12.345 rijen"


def test_the_doctor_says_how_many_guests_have_no_place_yet(rewards: Command) -> None:
    assert states(rewards)["places"] == "good"
    engine = build_engine(Settings(home=rewards.home))
    with engine.database.writing() as store:
        store.session.run("INSERT INTO tally_due (guest) VALUES ('gst_ana')", ())
    engine.database.close()
    assert states(rewards)["places"] == "warning"
    assert "1 guests" in rewards("doctor").out
