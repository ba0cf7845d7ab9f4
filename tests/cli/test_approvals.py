"""`rewards grants pending`, `approve` and `refuse`, and keys with a role."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Command, committed

RULES = """
rule: cake-with-approval
title: {en: A cake, nl: Een taart}
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 1}
give: cake
approval: manager
---
rule: kitchen-cake
title: {en: A cake from the kitchen, nl: Een taart uit de keuken}
at: during_stay
when: {fact: request.role, is: kitchen}
give: cake
"""
PERKS = "cake: {kind: item, title: {en: a cake, nl: een taart}, valid: 30 days}\n"


@pytest.fixture
def asked(house: Command, tmp_path: Path) -> Command:
    """The house with two cakes that nobody has approved yet."""
    pack = tmp_path / "cakes"
    pack.mkdir()
    (pack / "rules.yaml").write_text(RULES, "utf-8")
    (pack / "perks.yaml").write_text(PERKS, "utf-8")
    house.good("rules", "publish", pack)
    for guest in ("card:00412", "card:00413"):
        assert committed(house, guest)["perks"][0]["state"] == "pending"
    return house


def test_what_waits_is_listed_approved_and_refused(asked: Command) -> None:
    first, second = asked.good("grants", "pending", "--json").json
    assert (first["rule"], first["role"]) == ("cake-with-approval", "manager")
    assert f"{first['grant']} cake van cake-with-approval wacht op manager" in (
        asked.good("grants", "pending", "--lang", "nl").out
    )
    assert asked.good("grants", "approve", first["grant"], "--by", "Mia", "--json").json["state"] == "granted"
    assert "refused" in asked.good("grants", "refuse", second["grant"], "--reason", "too sweet").out
    assert "Nothing waits" in asked.good("grants", "pending").out
    again = asked("grants", "approve", first["grant"], "--json")
    assert (again.status, again.json["code"]) == (1, "approval_not_open")
    assert asked("grants", "refuse", second["grant"]).status == 2
    assert asked.good("ledger", "verify", "--json").json == {"violations": []}
    assert asked.good("replay", "--deep", "--json").json["counts"] == {"identical": 2}


def test_only_what_waits_at_a_hotel_is_listed_for_it(asked: Command) -> None:
    assert len(asked.good("grants", "pending", "--property", "harbour", "--json").json) == 2
    assert asked.good("grants", "pending", "--property", "garden", "--json").json == []


def test_a_key_has_a_role_of_small_letters(rewards: Command) -> None:
    made = rewards.good("keys", "new", "--name", "Mia", "--scope", "grants:approve", "--role", "manager", "--json").json
    assert made["role"] == "manager"
    assert "manager" in rewards.good("keys", "list").out
    said = rewards("keys", "new", "--name", "Mia", "--scope", "grants:approve", "--role", "The Manager", "--json")
    assert (said.status, said.json["code"]) == (1, "field_invalid")


def test_a_preview_as_somebody_of_a_role_asks(asked: Command) -> None:
    question = ("decide", "--guest", "card:00412", "--property", "harbour", "--moment", "during_stay")
    assert asked(*question).status == 1
    assert asked.good(*question, "--role", "kitchen", "--json").json["perks"][0]["perk"] == "cake"
