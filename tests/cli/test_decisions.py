"""`rewards decide`, `explain`, `replay`, `grants` and `ledger`, on the cast of the demonstration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rewards.app import build_engine
from rewards.pluginhost import seeding
from rewards.settings import Settings
from rewards.studio.publish import publish, read_draft
from tests.cli.command import STAY, Command, committed


def ask(house: Command, guest: str, *more: str) -> Any:
    return house("decide", "--guest", guest, "--property", "harbour", "--stay", STAY, *more)


def test_ana_gets_her_upgrade_with_the_reasons(house: Command) -> None:
    said = ask(house, "card:00412", "--json")
    assert said.status == 0
    upgrade = next(perk for perk in said.json["perks"] if perk["perk"] == "room-upgrade")
    assert upgrade["rule"] == "fortnightly-regular"
    assert {"condition": "at least 6 stays at this hotel in 180 days", "needed": 6, "actual": 8} in upgrade["why"]
    assert said.json["decision"] is None


def test_cas_is_told_that_he_is_one_stay_short(house: Command) -> None:
    missing = {one["rule"]: one["missing"] for one in ask(house, "card:00414", "--json").json["near_misses"]}
    assert "1 more stay here" in missing["fortnightly-regular"]


def test_who_gets_nothing_is_a_no(house: Command) -> None:
    said = house("decide", "--guest", "card:99999", "--property", "harbour", "--moment", "pre_arrival")
    assert said.status == 1


def test_the_answer_is_read_in_dutch(house: Command) -> None:
    said = ask(house, "card:00412", "--lang", "nl")
    assert "want minstens 6 verblijven in dit hotel in 180 dagen" in said.out


def test_a_question_comes_from_a_file_as_the_api_takes_it(house: Command, tmp_path: Path) -> None:
    path = tmp_path / "question.json"
    path.write_text(
        json.dumps({"guest": "card:00412", "property": "harbour", "moment": "arrival", "mode": "commit"}), "utf-8"
    )
    assert house.good("decide", path, "--json").json["mode"] == "preview"
    path.write_text("[1, 2", "utf-8")
    assert house("decide", path, "--json").json["code"] == "malformed_json"
    path.write_text('{"guest": "card:1", "property": "harbour", "moment": "arrival", "klout": 80}', "utf-8")
    assert house("decide", path, "--json").json["code"] == "field_invalid"
    assert house("decide", "--guest", "card:1", "--property", "atlantis", "--json").json["code"] == "property_unknown"


def test_previewing_writes_nothing(house: Command) -> None:
    ask(house, "card:00412")
    assert house.good("replay", "--json").json["decisions"] == 0


def test_a_decision_is_explained_by_rules_and_facts(house: Command) -> None:
    decision = committed(house, "card:00412")["decision"]
    said = house.good("explain", decision, "--json").json
    assert said["rules"]["fortnightly-regular"].startswith("On arrival")
    assert said["answer"]["decision"] == decision
    assert said["facts"]
    dutch = house.good("explain", decision, "--lang", "nl").out
    assert "De regel “fortnightly-regular”: Bij aankomst" in dutch
    assert house("explain", "dec_none", "--json").json["code"] == "decision_unknown"


def test_stored_decisions_replay_identically(house: Command) -> None:
    decision = committed(house, "card:00412")["decision"]
    committed(house, "card:00413")
    assert house.good("replay", "--all", "--json").json["counts"] == {"identical": 2}
    assert house.good("replay", decision, "--deep", "--json").json["counts"] == {"identical": 1}
    assert "2 of 2 decisions identical" in house.good("replay").out
    assert house("replay", decision, "--all").status == 2


def test_a_decision_that_was_tampered_with_is_named(house: Command) -> None:
    decision = committed(house, "card:00412")["decision"]
    engine = build_engine(Settings(home=house.home))
    with engine.database.reading() as store:
        row = store.decisions.get(decision)
    assert row is not None
    changed = json.loads(row.facts)
    changed["awards"] = []
    with engine.database.writing() as store:
        store.session.run("DROP TRIGGER decision_no_update")
        store.session.run("UPDATE decision SET facts = ? WHERE id = ?", (json.dumps(changed), decision))
    engine.database.close()
    said = house("replay", "--json")
    assert said.status == 1
    assert [one["decision"] for one in said.json["differing"]] == [decision]


def test_a_grant_is_redeemed_once_under_one_reference_and_taken_back(house: Command) -> None:
    perks = {perk["perk"]: perk for perk in committed(house, "card:00412")["perks"]}
    upgrade, late = perks["room-upgrade"], perks["late-checkout"]
    used = house.good("grants", "redeem", upgrade["code"], "--reference", "bill-1", "--json").json
    assert (used["grant"], used["state"], used["left"]) == (upgrade["grant"], "redeemed", 0)
    again = house("grants", "redeem", upgrade["code"], "--reference", "bill-1", "--json")
    assert again.status == 1
    taken = house.good("grants", "reverse", late["grant"], "--reason", "the room was sold", "--json").json
    assert taken["state"] == "voided"
    gone = house("grants", "redeem", late["grant"], "--reference", "bill-2", "--json")
    assert (gone.status, gone.json["code"]) == (1, "grant_not_redeemable")
    assert house.good("ledger", "verify", "--json").json == {"violations": []}


def test_what_waits_is_listed_and_called_off(house: Command) -> None:
    assert house.good("grants", "waiting").out == "Nothing waits.\n"
    rules = "rule: spa\nat: arrival\nwhen: always\ngive: {perk: spa, wait: {until: 2 days}}\n"
    perks = "spa: {kind: item, title: {en: a spa entry, nl: een spabezoek}, stock: daily}"
    engine = build_engine(Settings(home=house.home))
    with engine.database.writing() as store:
        draft = read_draft(rules, perks, store.properties.all(), "EUR")
        publish(store, draft, by="test", note="", now=engine.clock.now())
    engine.database.close()
    assert "“a spa entry” waits: it is tried every day until" in ask(house, "card:00412").out
    wait = committed(house, "card:00412")["waiting"][0]["wait"]
    [listed] = house.good("grants", "waiting", "--property", "harbour", "--json").json["waiting"]
    assert (listed["wait"], listed["perk"], listed["reason"]) == (wait, "spa", None)
    assert house("grants", "waiting", "--property", "atlantis", "--json").json["code"] == "property_unknown"
    assert f"{wait}: spa voor " in house.good("grants", "waiting", "--lang", "nl").out
    off = house.good("grants", "stop-waiting", wait, "--reason", "the guest said no", "--json").json
    assert off == {"wait": wait, "state": "cancelled"}
    again = house("grants", "stop-waiting", wait, "--reason", "again", "--json")
    assert (again.status, again.json["code"]) == (1, "wait_not_open")


def test_a_ledger_that_was_tampered_with_is_a_no(house: Command) -> None:
    committed(house, "card:00412")
    assert "Every invariant" in house.good("ledger", "verify").out
    engine = build_engine(Settings(home=house.home))
    with engine.database.writing() as store:
        store.session.run("UPDATE account SET balance = balance + 1 WHERE id = (SELECT MIN(id) FROM account)")
    engine.database.close()
    said = house("ledger", "verify", "--json")
    assert said.status == 1
    assert len(said.json["violations"]) == 1


def test_preparing_the_demonstration_again_changes_nothing(house: Command) -> None:
    def state() -> object:
        engine = build_engine(Settings(home=house.home))
        with engine.database.reading() as store:
            found = store.counts(), store.properties.all(), store.rule_sets.page(9), store.properties.rates()
        engine.database.close()
        return found

    before = state()
    engine = build_engine(Settings(home=house.home))
    seeding.prepare(engine.database, engine.clock, engine.settings, guests=10)
    engine.database.close()
    assert state() == before


def test_a_cohort_is_counted_and_then_given_more_time_once(house: Command) -> None:
    committed(house, "card:00412")
    asked = ("grants", "extend", "--perk", "late-checkout", "--by", "1 month", "--reference", "summer")
    counted = house.good(*asked, "--dry-run", "--json").json
    assert (counted["guests"], counted["extended"]) == (1, 1)
    assert house.good(*asked, "--json").json == counted
    again = house.good(*asked, "--json").json
    assert (again["extended"], again["before"]) == (0, counted["extended"])
    assert house.good(*asked, "--lang", "nl").out.startswith("0 verlengd, ")
    assert house(*asked[:4], "--reference", "summer", "--json").json["code"] == "field_invalid"
    house.good("ledger", "verify")
