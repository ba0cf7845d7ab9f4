"""One question has one answer; what is scarce is given once; every refusal has its reason. On both databases."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest

from rewards.desk.ask import Key
from rewards.desk.wire import read_question
from rewards.domain.guest import Identity
from rewards.errors import RewardsError
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.stage import ANA, BEN, NOW, READER, TODAY, Stage, perks_of, question, reasons_of

UPGRADE = """
rule: regular
at: arrival
when: {measure: stays, where: here, within: 180 days, at_least: 3}
give: [{perk: room-upgrade, levels: 1, until: checkout, or_else: {perk: late-checkout, until: "14:00"}}]
limits: [{per: stay, at_most: 1}]
group: room
priority: 20
---
rule: anybody
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
limits: [{per: guest, at_most: 1, every: day}]
---
rule: second-choice
at: arrival
when: {measure: stays, where: here, within: 180 days, at_least: 1}
give: [{perk: cake}]
group: room
priority: 10
"""
TABLES = ("decision", "question", "perk_grant", "grant_event", "entry", "account", "outbox", "idempotency", "guest")


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, UPGRADE)
    for days_ago in (10, 40, 70):
        made.stay(ANA, days_ago)
    made.stock("welcome-drink", 100)
    return made


def rows(stage: Stage) -> dict[str, int]:
    return {table: stage.count(table) for table in TABLES}


def key(name: str, mark: bytes = b"mark") -> Key:
    return Key("test", name, mark)


def test_a_preview_says_all_and_writes_nothing(stage: Stage) -> None:
    before = rows(stage)
    answer = stage.ask(mode="preview")
    assert perks_of(answer) == ["room-upgrade", "welcome-drink"]
    assert reasons_of(answer) == {"second-choice": "group_taken"}
    assert answer["decision"] is None
    assert rows(stage) == before


def test_a_commit_gives_with_the_conditions_that_earned_it(stage: Stage) -> None:
    answer = stage.ask()
    upgrade = answer["perks"][0]
    assert (upgrade["from"], upgrade["to"], upgrade["levels"]) == ("standard", "superior", 1)
    assert upgrade["valid_until"] == "2026-11-24T11:00+01:00"
    assert upgrade["why"] == [{"condition": "at least 3 stays at this hotel in 180 days", "needed": 3, "actual": 3}]
    assert stage.violations() == []


def test_the_same_key_gives_the_same_bytes_and_another_body_is_refused(stage: Stage) -> None:
    first = stage.asked(key=key("k1"))
    before = rows(stage)
    again = stage.asked(key=key("k1"))
    assert (again.body, again.status, again.replayed) == (first.body, first.status, True)
    with pytest.raises(RewardsError) as caught:
        stage.asked(key=key("k1", b"other"))
    assert caught.value.code.name == "idempotency_key_reused"
    assert rows(stage) == before


def test_another_key_for_the_same_question_returns_what_stands(stage: Stage) -> None:
    first = stage.asked(key=key("k1"))
    again = stage.asked(key=key("k2"))
    assert (again.body, again.status) == (first.body, 200)
    assert stage.count("perk_grant") == 2


def test_what_became_due_since_is_added_to_what_stands(stage: Stage) -> None:
    full = {"free_classes": ["standard"]}
    first = stage.ask(stay=full, key=key("k1"))
    assert perks_of(first) == ["late-checkout", "welcome-drink"]
    stage.publish(UPGRADE + "\n---\nrule: late-idea\nat: arrival\nwhen: {fact: stay.nights, at_least: 2}\n"
                  "give: [{perk: cake}]\n")  # fmt: skip
    second = stage.ask(stay=full, key=key("k2"))
    assert perks_of(second) == ["late-checkout", "welcome-drink", "cake"]
    assert [perk["grant"] for perk in second["perks"]][:2] == [perk["grant"] for perk in first["perks"]]
    assert stage.count("perk_grant") == 3
    assert stage.violations() == []


def test_no_free_room_falls_to_the_or_else_and_says_why(stage: Stage) -> None:
    answer = stage.ask(stay={"free_classes": ["standard"]})
    assert perks_of(answer) == ["late-checkout", "welcome-drink"]
    assert reasons_of(answer)["regular"] == "no_higher_class_free"


def test_stock_that_is_gone_is_a_reason_and_stock_that_nobody_set_is_none(stage: Stage) -> None:
    stage.stock("welcome-drink", 1)
    assert "welcome-drink" in perks_of(stage.ask(BEN, enrol=True, stay={"reservation": "R-2"}))
    assert reasons_of(stage.ask())["anybody"] == "stock_gone"
    stage.clock.advance(timedelta(days=1))
    assert reasons_of(stage.ask(stay={"reservation": "R-3"}))["anybody"] == "stock_gone"
    assert stage.violations() == []


def test_an_unknown_guest_is_previewed_as_new_and_committed_only_on_request(stage: Stage) -> None:
    assert perks_of(stage.ask("card:unknown", mode="preview")) == ["welcome-drink"]
    before = rows(stage)
    for mode in ("commit", "hold"):
        with pytest.raises(RewardsError) as caught:
            stage.ask("card:unknown", mode=mode)
        assert caught.value.code.name == "guest_unknown"
    assert rows(stage) == before
    assert stage.ask("card:unknown", enrol=True)["guest"].startswith("gst_")


def test_a_hold_is_confirmed_once_cancelled_once_or_lapses(stage: Stage) -> None:
    held = stage.ask(mode="hold", hold_minutes=10)
    assert held["hold_expires_at"] == "2026-11-22T14:13:11Z"
    assert {perk["state"] for perk in held["perks"]} == {"held"}
    with stage.database.writing() as store:
        assert {row.grant.state.value for row in stage.desk.confirm(store, held["decision"], "desk")} == {"granted"}
    for settle in (stage.desk.confirm, stage.desk.cancel):
        with pytest.raises(RewardsError) as caught, stage.database.writing() as store:
            settle(store, held["decision"], "desk")
        assert caught.value.code.name == "hold_not_open"
    assert stage.violations() == []


def test_a_cancelled_hold_gives_everything_back(stage: Stage) -> None:
    stage.stock("welcome-drink", 1)
    held = stage.ask(mode="hold")
    with stage.database.writing() as store:
        stage.desk.cancel(store, held["decision"], "desk")
    assert perks_of(stage.ask(key=key("k2"))) == ["room-upgrade", "welcome-drink"]
    assert stage.violations() == []


def test_a_hold_that_lapsed_cannot_be_confirmed_and_gives_back(stage: Stage) -> None:
    stage.stock("welcome-drink", 1)
    held = stage.ask(mode="hold", hold_minutes=10)
    stage.clock.advance(timedelta(minutes=11))
    with pytest.raises(RewardsError) as caught, stage.database.writing() as store:
        stage.desk.confirm(store, held["decision"], "desk")
    assert caught.value.code.name == "hold_not_open"
    assert stage.desk.expire_due() == 2
    assert perks_of(stage.ask(key=key("k2"))) == ["room-upgrade", "welcome-drink"]
    assert stage.violations() == []


def test_a_decision_as_of_another_instant_is_a_preview_only(stage: Stage) -> None:
    earlier = (NOW - timedelta(days=50)).isoformat()
    answer = stage.ask(mode="preview", as_of=earlier)
    assert perks_of(answer) == ["cake"]
    assert answer["as_of"] == "2026-10-03T14:03:11Z"
    with pytest.raises(RewardsError) as caught:
        stage.ask(as_of=earlier)
    assert caught.value.field == "as_of"
    later = stage.ask(mode="preview", as_of=(NOW + timedelta(days=170)).isoformat())
    assert "room-upgrade" not in perks_of(later)


def test_what_was_known_then_differs_from_what_is_known_now(stage: Stage) -> None:
    stage.clock.advance(timedelta(hours=2))
    stage.stay(BEN, 5)
    stage.stay(BEN, 15)
    stage.stay(BEN, 25)
    then = NOW.isoformat()
    assert "room-upgrade" in perks_of(stage.ask(BEN, mode="preview", as_of=then))
    assert "room-upgrade" not in perks_of(stage.ask(BEN, mode="preview", as_of=then, known_at=then))


def test_a_guest_who_changed_between_look_and_lock_is_looked_at_again(stage: Stage) -> None:
    asker = stage.desk._asker
    parsed = read_question(question())
    with stage.database.reading() as store:
        first = asker._consider_first(store, parsed, READER, NOW)
    stage.take_back(f"stay/{ANA[0].value}/{TODAY - timedelta(days=10)}")
    answered = stage.database.run_writing(lambda store: asker.settle_in(store, parsed, READER, None, NOW, first))
    assert perks_of(json.loads(answered.body)) == ["cake", "welcome-drink"]


@pytest.mark.parametrize("same_key", [True, False])
def test_twenty_at_once_for_one_question_get_one_answer(stage: Stage, same_key: bool) -> None:
    def call(number: int) -> bytes:
        return stage.asked(key=key("k" if same_key else f"k{number}")).body

    bodies = at_once(20, call)
    assert len(set(bodies)) == 1
    assert stage.count("decision") == 1
    assert stage.count("perk_grant") == 2
    assert stage.violations() == []


def test_the_last_unit_goes_to_one_of_many(stage: Stage) -> None:
    stage.stock("welcome-drink", 1)

    def call(number: int) -> bytes:
        who = (Identity("card", f"crowd-{number}"),)
        return stage.asked(who, enrol=True, stay={"reservation": f"C-{number}"}).body

    bodies = at_once(20, call)
    assert sum(b'"perk":"welcome-drink","title"' in body for body in bodies) == 1
    assert sum(b"stock_gone" in body for body in bodies) == 19
    assert stage.violations() == []


def test_every_decision_replays_identically(stage: Stage) -> None:
    stage.ask()
    stage.ask(BEN, enrol=True, stay={"reservation": "R-2", "free_classes": ["standard"]})
    stage.ask(stay={"reservation": "R-3"}, mode="hold")
    with stage.database.reading() as store:
        shallow = Counter(one.verdict for one in stage.desk.replay(store))
        deep = [one for one in stage.desk.replay(store, deep=True) if one.verdict != "identical"]
    assert shallow == Counter(identical=3)
    assert deep == []
