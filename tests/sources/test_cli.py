"""`rewards sources` in an operator's hands."""

from __future__ import annotations

import pytest

from tests.cli.command import Command
from tests.cli.conftest import bare, house, rewards

__all__ = ["bare", "house", "rewards"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_a_connection_from_beginning_to_end(house: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILL_SECRET", SECRET)
    assert "No source" in house.good("sources", "list").out
    add = ("sources", "add", "cloudevents", "--property", "harbour", "--set", "signing_secret=env:TILL_SECRET")
    made = house.good(*add, "--json").json
    assert (made["on"], made["settings"]["signing_secret"]) == (["harbour"], "env:TILL_SECRET")
    listed = house.good("sources", "list")
    assert made["path"] in listed.out
    assert "gehoord nooit" in house.good("sources", "list", "--lang", "nl").out
    assert house.good("sources", "off", made["id"], "--json").json["on"] == []
    assert house.good("sources", "on", made["id"], "--json").json["on"] == ["harbour"]
    changed = house.good("sources", "set", made["id"], "verified=true", "--json").json
    assert changed["settings"]["verified"] == "True"
    assert house.good("sources", "check", made["id"]).out.strip() == "The other system answers."
    assert house.good("sources", "inbox", made["id"]).out.strip() == "No notices."
    assert house.good("sources", "retry", made["id"], "--json").json == {"notices": 0, "events": 0}
    house.good("sources", "remove", made["id"])
    assert house.good("sources", "list", "--json").json == []


def test_what_cannot_be_is_a_no_without_the_secret(house: Command) -> None:
    said = house(
        "sources", "add", "cloudevents", "--property", "atlantis", "--set", f"signing_secret={SECRET}", "--json"
    )
    assert (said.status, said.json["code"]) == (1, "property_unknown")
    assert SECRET not in said.out + said.err
    assert house("sources", "set", "src_none", "a=b").status == 1
    assert house("sources", "poll", "src_none").status == 1
