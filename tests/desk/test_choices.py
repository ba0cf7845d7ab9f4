"""The guest chooses: as many as the rule says, each once, from what can be had, up to the last day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rewards.ledger.ports import GrantRow
from rewards.storage.engine import SqlDatabase
from tests.desk.steps import Act, refused, step
from tests.stage import ANA, BEN, HARBOUR, Stage, perks_of, reasons_of

ONE = """
rule: treat
at: arrival
when: {fact: stay.channel, is: direct}
give: [{choose: 1, of: [{perk: cake}, {perk: welcome-drink}], within: 10 days}]
limits: [{per: stay, at_most: 1}]
"""
TWO = """
rule: treat
at: arrival
when: {fact: stay.channel, is: direct}
give: [{choose: 2, of: [{perk: cake}, {perk: welcome-drink}, {perk: late-checkout, until: "14:00"}], within: 10 days}]
"""


DATED = ONE.replace("within: 10 days", "by: 2026-11-29")


def staged(database: SqlDatabase, rules: str) -> Stage:
    stage = Stage(database, rules)
    stage.stock("welcome-drink", 5)
    return stage


def choosing(stage: Stage, grant: str, perk: str) -> Act:
    return lambda store: stage.desk.choose(store, grant, perk, "guest")


def choose(stage: Stage, grant: str, perk: str) -> GrantRow:
    return step(stage, choosing(stage, grant, perk))


def by_perk(answer: dict[str, Any]) -> dict[str, str]:
    return {perk["perk"]: perk["grant"] for perk in answer["perks"]}


def test_a_choice_of_two_gives_two(database: SqlDatabase) -> None:
    stage = staged(database, TWO)
    answer = stage.ask(ANA, enrol=True)
    assert perks_of(answer) == ["cake", "welcome-drink"]
    assert {(perk["choose"], perk["choose_of"]) for perk in answer["perks"]} == {
        (2, "cake,welcome-drink,late-checkout")
    }
    assert stage.left("welcome-drink") == 4
    assert stage.violations() == []


def test_each_of_two_may_be_exchanged_but_no_option_is_had_twice(database: SqlDatabase) -> None:
    stage = staged(database, TWO)
    grants = by_perk(stage.ask(ANA, enrol=True))
    assert refused(stage, choosing(stage, grants["cake"], "welcome-drink")) == "field_invalid"
    assert choose(stage, grants["welcome-drink"], "late-checkout").grant.perk == "late-checkout"
    assert stage.left("welcome-drink") == 5
    assert refused(stage, choosing(stage, grants["cake"], "late-checkout")) == "field_invalid"
    assert choose(stage, grants["cake"], "welcome-drink").grant.perk == "welcome-drink"
    assert stage.violations() == []


def test_what_is_gone_is_replaced_by_another_option_and_told(database: SqlDatabase) -> None:
    stage = staged(database, TWO)
    stage.stock("welcome-drink", 0)
    answer = stage.ask(ANA, enrol=True)
    assert perks_of(answer) == ["cake", "late-checkout"]
    assert reasons_of(answer) == {"treat": "stock_gone"}


def test_of_a_choice_that_is_mostly_gone_the_rest_is_had_once(database: SqlDatabase) -> None:
    stage = staged(database, TWO.replace('{perk: late-checkout, until: "14:00"}', "{perk: room-upgrade, levels: 1}"))
    stage.stock("welcome-drink", 0)
    answer = stage.ask(ANA, enrol=True, stay={"free_classes": []})
    assert perks_of(answer) == ["cake"]
    refused = [(one["perk"], one["reason"]) for one in answer["withheld"]]
    assert refused == [("welcome-drink", "stock_gone"), ("room-upgrade", "no_higher_class_free")]


def test_a_default_that_is_gone_leaves_another_option_standing(database: SqlDatabase) -> None:
    stage = staged(database, ONE.replace("within: 10 days", "within: 10 days, default: welcome-drink"))
    assert perks_of(stage.ask(ANA, enrol=True)) == ["welcome-drink"]
    stage.stock("welcome-drink", 1)
    assert perks_of(stage.ask(ANA, stay={"reservation": "R-2"})) == ["cake"]


def test_without_a_default_nothing_is_left_after_the_last_day(database: SqlDatabase) -> None:
    stage = staged(database, ONE)
    perk = stage.ask(ANA, enrol=True)["perks"][0]
    assert (perk["choose_by"], perk["valid_until"]) == ("2026-12-02", "2026-12-03T04:00+01:00")
    stage.clock.advance(timedelta(days=11))
    assert refused(stage, choosing(stage, perk["grant"], "cake")) == "grant_not_redeemable"
    assert stage.desk.expire_due() == 1
    with stage.database.reading() as store:
        row = store.grants.get(perk["grant"])
    assert row is not None
    assert row.grant.state.value == "expired"
    assert stage.violations() == []


@pytest.mark.parametrize("perk", ["cake", "welcome-drink"])
def test_what_was_chosen_lasts_as_long_as_any(database: SqlDatabase, perk: str) -> None:
    stage = staged(database, ONE)
    given = stage.ask(ANA, enrol=True)["perks"][0]["grant"]
    chosen = choose(stage, given, perk)
    assert (chosen.grant.perk, chosen.grant.state.value) == (perk, "granted")
    stage.clock.advance(timedelta(days=11))
    assert stage.desk.expire_due() == 0
    used = stage.database.run_writing(lambda store: stage.desk.redeem(store, chosen.grant.id, "b", None, "bar"))
    assert used.grant.state.value == "redeemed"
    assert refused(stage, choosing(stage, chosen.grant.id, perk)) == "field_invalid"
    assert stage.violations() == []


def test_a_choice_is_one_for_its_limit_whatever_is_chosen(database: SqlDatabase) -> None:
    stage = staged(database, ONE)
    given = stage.ask(ANA, enrol=True)["perks"][0]["grant"]
    choose(stage, given, "welcome-drink")
    choices = stage.ask(ANA)
    assert perks_of(choices) == ["welcome-drink"]
    assert stage.left("welcome-drink") == 4
    assert stage.violations() == []


def test_points_stand_last_because_they_cannot_be_exchanged(database: SqlDatabase) -> None:
    rules = ONE.replace("{perk: cake}, {perk: welcome-drink}", "{perk: points, points: 50}, {perk: cake}")
    stage = staged(database, rules)
    answer = stage.ask(ANA, enrol=True)
    assert perks_of(answer) == ["cake"]
    chosen = choose(stage, answer["perks"][0]["grant"], "points")
    assert chosen.grant.state.value == "delivered"
    with stage.database.reading() as store:
        assert stage.desk.points(store, answer["guest"]) == (50, 0)
    assert stage.violations() == []


def test_choices_replay_identically(database: SqlDatabase) -> None:
    stage = staged(database, TWO)
    stage.ask(ANA, enrol=True)
    stage.stock("welcome-drink", 1)
    stage.ask(ANA, stay={"reservation": "R-2"})
    with stage.database.reading() as store:
        assert [one.verdict for one in stage.desk.replay(store)] == ["identical", "identical"]


def test_all_choose_up_to_the_same_day_by_the_clock_of_the_house(database: SqlDatabase) -> None:
    stage = staged(database, DATED)
    ana = stage.ask(ANA, enrol=True)["perks"][0]
    stage.clock.advance(timedelta(days=6))
    ben = stage.ask(BEN, enrol=True, stay={"reservation": "R-2"})["perks"][0]
    assert (ana["choose_by"], ben["choose_by"]) == ("2026-11-29", "2026-11-29")
    assert ben["valid_until"] == "2026-11-30T04:00+01:00"
    last = datetime(2026, 11, 30, 3, 59, tzinfo=HARBOUR.zone_info())
    stage.clock.advance(last - stage.clock.now())
    stage.stock("welcome-drink", 5, last.date() - timedelta(days=1))
    assert choose(stage, ana["grant"], "welcome-drink").grant.perk == "welcome-drink"
    stage.clock.advance(timedelta(minutes=1))
    assert refused(stage, choosing(stage, ben["grant"], "welcome-drink")) == "grant_not_redeemable"
    assert stage.violations() == []


@pytest.mark.parametrize("more", ["", ", default: welcome-drink"])
def test_past_the_day_nothing_is_offered_any_more(database: SqlDatabase, more: str) -> None:
    stage = staged(database, DATED.replace("by: 2026-11-29", f"by: 2026-11-29{more}"))
    last = datetime(2026, 11, 30, 3, 59, tzinfo=HARBOUR.zone_info())
    stage.clock.advance(last - stage.clock.now())
    stage.stock("welcome-drink", 5, last.date() - timedelta(days=1))
    assert len(perks_of(stage.ask(ANA, enrol=True, mode="preview"))) == 1
    stage.clock.advance(timedelta(minutes=1))
    answer = stage.ask(ANA, enrol=True)
    assert perks_of(answer) == []
    assert [(one["reason"], one["text"]) for one in answer["withheld"]] == [
        ("choice_over", "It could be chosen until 29 November 2026.")
    ]
    with stage.database.reading() as store:
        assert {one.verdict for one in stage.desk.replay(store)} == {"identical"}
