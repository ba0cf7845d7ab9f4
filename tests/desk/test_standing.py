"""What was given for a question stands, whoever asks again, however, and whatever became of holds and guests since."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from rewards.desk.ask import Key
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.grant import GrantState
from rewards.domain.guest import Identity
from rewards.errors import RewardsError
from rewards.intake.people import merge, unmerge
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.stage import ANA, NOW, READER, Stage, perks_of, question, reasons_of

RULES = """
rule: regular
at: arrival
when: {measure: stays, where: here, within: 180 days, at_least: 2}
give: [{perk: room-upgrade, levels: 1, until: checkout}]
group: room
priority: 30
---
rule: anybody
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: cake}]
priority: 20
---
rule: consolation
at: arrival
when: {fact: stay.adults, at_least: 1}
give: [{perk: late-checkout, until: "14:00"}]
group: room
priority: 10
---
rule: family
at: arrival
when: {fact: stay.children, at_least: 1}
give: [{perk: room-upgrade, levels: 2, until: checkout}]
priority: 5
"""
ALONE = """
rule: alone
at: arrival
when: {measure: stays, where: here, within: 180 days, at_least: 2}
give: [{perk: room-upgrade, levels: 1, until: checkout}]
combines: false
priority: 30
---
rule: anybody
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: cake}]
"""
DELIA = (Identity("card", "00999", verified=True),)
FULL = {"free_classes": ["standard"]}


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES)
    made.stay(ANA, 10, key="first")
    made.stay(ANA, 40, key="second")
    made.stock("welcome-drink", 9)
    return made


def key(name: str) -> Key:
    return Key("test", name, b"mark")


def grants(answer: dict[str, Any]) -> dict[str, str]:
    return {perk["rule"]: perk["grant"] for perk in answer["perks"]}


def unite(stage: Stage, kept: str, absorbed: str) -> str:
    return stage.database.run_writing(lambda store: merge(store, kept, absorbed, "one person", stage.clock.now()))


def guest_of(stage: Stage, who: tuple[Identity, ...]) -> str:
    with stage.database.reading() as store:
        return str(store.guests.resolve(who[0]))


@pytest.mark.parametrize("end", ["cancelled", "lapsed", "swept"])
def test_a_hold_that_came_on_top_takes_nothing_else_with_it(stage: Stage, end: str) -> None:
    first = stage.ask(stay=FULL)
    assert perks_of(first) == ["cake"]
    held = stage.ask(mode="hold", hold_minutes=10)
    assert perks_of(held) == ["cake", "room-upgrade"]
    assert [perk["state"] for perk in held["perks"]] == ["granted", "held"]
    if end == "cancelled":
        stage.database.run_writing(lambda store: stage.desk.cancel(store, held["decision"], "desk"))
    else:
        stage.clock.advance(timedelta(minutes=11))
    if end == "swept":
        assert stage.desk.expire_due() == 1
    again = stage.ask(stay=FULL)
    assert grants(again) == grants(first)
    then = stage.ask()
    assert perks_of(then) == ["cake", "room-upgrade"]
    assert grants(then)["anybody"] == grants(first)["anybody"]
    assert grants(then)["regular"] != grants(held)["regular"]
    assert stage.violations() == []


def test_a_hold_that_lapsed_makes_room_before_anybody_swept_it(stage: Stage) -> None:
    stage.publish(RULES.replace("group: room\npriority: 30", "limits: [{per: stay, at_most: 1}]\npriority: 30"))
    held = stage.ask(mode="hold", hold_minutes=10)
    stage.clock.advance(timedelta(minutes=11))
    committed = stage.ask()
    assert perks_of(committed) == ["room-upgrade", "cake"]
    assert set(grants(committed).values()).isdisjoint(grants(held).values())
    with stage.database.reading() as store:
        row = store.decisions.get(held["decision"])
    assert row is not None
    assert row.state == "expired"
    assert stage.violations() == []


def test_a_group_stays_taken_when_its_rule_would_not_give_any_more(stage: Stage) -> None:
    couple = {"adults": 2}
    assert perks_of(stage.ask(stay=couple)) == ["room-upgrade", "cake"]
    stage.publish(RULES.replace("within: 180 days", "within: 5 days"))
    again = stage.ask(stay=couple)
    assert perks_of(again) == ["room-upgrade", "cake"]
    assert reasons_of(stage.ask(mode="preview", stay=couple))["consolation"] == "group_taken"
    assert stage.count("perk_grant") == 2


def test_an_upgrade_that_stands_leaves_no_other(stage: Stage) -> None:
    assert perks_of(stage.ask()) == ["room-upgrade", "cake"]
    again = stage.ask(stay={"children": 1})
    assert perks_of(again) == ["room-upgrade", "cake"]
    assert reasons_of(stage.ask(mode="preview", stay={"children": 1}))["family"] == "better_given"


def test_a_rule_that_does_not_combine_stays_alone(database: SqlDatabase) -> None:
    stage = Stage(database, ALONE)
    stage.stay(ANA, 10)
    stage.stay(ANA, 40)
    assert perks_of(stage.ask(stay=FULL)) == ["cake"]
    assert perks_of(stage.ask()) == ["cake"]
    other = {"reservation": "R-2"}
    assert perks_of(stage.ask(stay=other)) == ["room-upgrade"]
    assert perks_of(stage.ask(stay=other)) == ["room-upgrade"]
    assert reasons_of(stage.ask(mode="preview", stay=other))["anybody"] == "not_combinable"


def test_what_lapsed_unused_is_not_given_again(stage: Stage) -> None:
    stage.ask()
    stage.clock.advance(timedelta(days=60))
    assert stage.desk.expire_due() == 2
    again = stage.ask()
    assert perks_of(again) == []
    assert stage.count("perk_grant") == 2


def test_what_the_house_could_not_do_is_open_again(stage: Stage) -> None:
    given = stage.ask(stay={"adults": 1})
    with stage.database.writing() as store:
        stage.desk.fail(store, grants(given)["regular"], "desk", "the room is not ready")
    again = stage.ask(stay={"adults": 1, "free_classes": ["standard"]})
    assert perks_of(again) == ["cake", "late-checkout"]
    assert stage.violations() == []


def test_what_became_of_a_perk_shows_when_it_is_asked_again(stage: Stage) -> None:
    given = stage.ask()
    with stage.database.writing() as store:
        stage.desk.deliver(store, grants(given)["regular"], "desk", "the key")
        new = stage.desk.substitute(store, grants(given)["anybody"], "welcome-drink", 1, "desk", "no cake left")
    again = stage.ask()
    assert {perk["perk"]: perk["state"] for perk in again["perks"]} == {
        "room-upgrade": "delivered", "welcome-drink": "granted",
    }  # fmt: skip
    drink = again["perks"][1]
    assert (drink["grant"], drink["code"], drink["instead_of"]) == (new.grant.id, new.grant.code, "cake")
    assert drink["say"]
    assert again["decision"] == given["decision"]


def test_a_held_perk_that_was_confirmed_is_not_held_any_more(stage: Stage) -> None:
    held = stage.ask(mode="hold")
    stage.database.run_writing(lambda store: stage.desk.confirm(store, held["decision"], "desk"))
    again = stage.ask()
    assert grants(again) == grants(held)
    assert {perk["state"] for perk in again["perks"]} == {"granted"}
    assert "hold_expires_at" not in again


def test_a_preview_shows_what_stands_and_writes_nothing(stage: Stage) -> None:
    given = stage.ask(stay=FULL)
    before = stage.count("perk_grant"), stage.count("decision"), stage.count("entry")
    preview = stage.ask(mode="preview")
    assert perks_of(preview) == ["cake", "room-upgrade"]
    assert [perk["grant"] for perk in preview["perks"]] == [grants(given)["anybody"], None]
    earlier = stage.ask(mode="preview", as_of=(NOW - timedelta(days=1)).isoformat())
    assert {perk["grant"] for perk in earlier["perks"]} == {None}
    assert (stage.count("perk_grant"), stage.count("decision"), stage.count("entry")) == before


def test_who_may_not_read_amounts_is_not_told_those_of_another(database: SqlDatabase) -> None:
    spender = (
        "rule: spender\nat: arrival\ngive: [{perk: cake}]\n"
        "when: {measure: spend, where: here, within: 1 year, currency: EUR, at_least: EUR 100}\n"
        "---\nrule: more\nat: arrival\ngive: [{perk: dinner, amount: EUR 5}]\n"
        "when: {measure: spend, where: here, within: 1 year, currency: EUR, at_least: EUR 500}\n"
    )
    stage = Stage(database, spender)
    stage.spend(ANA, 5, 12_300)
    told = stage.asked()
    assert b"12300" in told.body
    clerk = stage.desk.ask(read_question(question()), Reader("en", False), key("clerk"))
    assert b"12300" not in clerk.body
    assert b"377" not in clerk.body
    assert "€100" in clerk.body.decode()
    assert clerk.status == 200


# --- guests that turn out to be one


def test_one_reservation_of_two_records_is_answered_once(stage: Stage) -> None:
    given = stage.ask(DELIA, enrol=True)
    union = unite(stage, guest_of(stage, ANA), given["guest"])
    for who in (ANA, DELIA):
        again = stage.ask(who)
        assert grants(again)["anybody"] == grants(given)["anybody"]
        assert perks_of(again) == ["cake", "room-upgrade"]
    assert stage.count("perk_grant") == 2
    stage.database.run_writing(lambda store: unmerge(store, union, stage.clock.now()))
    assert perks_of(stage.ask(DELIA)) == ["cake"]
    assert stage.violations() == []


def test_both_records_answers_are_one_after_their_union(stage: Stage) -> None:
    given = {**grants(stage.ask(stay=FULL)), **grants(stage.ask(DELIA, enrol=True, stay={"adults": 1}))}
    assert set(given) == {"anybody", "consolation"}
    unite(stage, guest_of(stage, ANA), guest_of(stage, DELIA))
    again = stage.ask(stay={"adults": 1})
    assert perks_of(again) == ["cake", "cake", "late-checkout"]
    assert stage.count("perk_grant") == 3


def test_a_guest_united_between_look_and_lock_is_looked_at_again(stage: Stage) -> None:
    stage.stay(DELIA, 3)
    asker = stage.desk._asker
    parsed = read_question(question(DELIA))
    with stage.database.reading() as store:
        first = asker._consider_first(store, parsed, READER, NOW)
    assert first is not None
    unite(stage, guest_of(stage, ANA), guest_of(stage, DELIA))
    with stage.database.writing() as store:
        # The worst case: the kept record has by chance the version that was seen of the other one.
        store.session.run("UPDATE guest SET version = ? WHERE id = ?", (first.guest_version, guest_of(stage, ANA)))
        answered = asker.settle_in(store, parsed, READER, None, NOW, first)
    assert perks_of(json.loads(answered.body)) == ["room-upgrade", "cake"]
    assert json.loads(answered.body)["guest"] == guest_of(stage, ANA)


def test_a_guest_parted_between_look_and_lock_is_looked_at_again(stage: Stage) -> None:
    stage.stay(DELIA, 3)
    delia = guest_of(stage, DELIA)
    union = unite(stage, guest_of(stage, ANA), delia)
    asker = stage.desk._asker
    parsed = read_question(question(DELIA))
    with stage.database.reading() as store:
        first = asker._consider_first(store, parsed, READER, NOW)
    stage.database.run_writing(lambda store: unmerge(store, union, stage.clock.now()))
    answered = stage.database.run_writing(lambda store: asker.settle_in(store, parsed, READER, None, NOW, first))
    assert json.loads(answered.body)["guest"] == delia
    assert perks_of(json.loads(answered.body)) == ["cake"]


def test_a_window_since_the_last_grant_is_read_under_the_lock(database: SqlDatabase) -> None:
    rule = "rule: again\nat: arrival\nwhen: {measure: stays, where: here, since: last grant, at_least: 2}\n"
    stage = Stage(database, rule + "give: [{perk: cake}]")
    stage.stay(ANA, 10)
    stage.stay(ANA, 40)
    answers = at_once(8, lambda number: stage.ask(stay={"reservation": f"R-{number}"}))
    assert [perk for answer in answers for perk in perks_of(answer)] == ["cake"]
    assert stage.count("decision") == 8


# --- replay


def test_answers_that_carry_on_earlier_ones_replay_identically(stage: Stage) -> None:
    stage.ask(stay={**FULL, "adults": 2})
    stage.ask(stay={"adults": 2, "children": 1})
    stage.ask(mode="hold", stay={"reservation": "R-2", "children": 1})
    stage.clock.advance(timedelta(hours=1))
    stage.ask(stay={"reservation": "R-2", "children": 1})
    with stage.database.reading() as store:
        replayed = [one for deep in (False, True) for one in stage.desk.replay(store, deep=deep)]
    assert len(replayed) >= 6
    assert [one for one in replayed if one.verdict != "identical"] == []


def test_a_lapsed_hold_is_over_though_nobody_swept_it(stage: Stage) -> None:
    held = stage.ask(mode="hold", hold_minutes=1)
    stage.clock.advance(timedelta(minutes=2))
    with pytest.raises(RewardsError), stage.database.writing() as store:
        stage.desk.confirm(store, held["decision"], "desk")
    with stage.database.reading() as store:
        row = store.grants.get(grants(held)["regular"])
    assert row is not None
    assert row.grant.state is GrantState.HELD
