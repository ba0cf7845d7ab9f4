"""A milestone that was handed over never gives again, however the number comes back; what was not used may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, TODAY, Stage, perks_of, reasons_of

RULES = """
rule: third-stay
at: arrival
when: {measure: stays, where: here, ever: true, every: 3}
give: [{perk: cake}]
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    return three_stays(Stage(database, RULES))


def three_stays(stage: Stage) -> Stage:
    for number in (1, 2, 3):
        stage.stay(ANA, 10 * number, key=f"stay-{number}")
    return stage


def ask(stage: Stage, reservation: str, **more: Any) -> dict[str, Any]:
    return stage.ask(stay={"reservation": reservation}, **more)


def deliver(stage: Stage, answer: dict[str, Any]) -> None:
    grant = answer["perks"][0]["grant"]
    stage.database.run_writing(lambda store: stage.desk.deliver(store, grant, "desk", ""))


def fall_and_rise(stage: Stage) -> None:
    """A stay is taken back, and another one reaches the same number."""
    stage.take_back("stay-1")
    stage.stay(ANA, 1, key="stay-4")


def test_a_delivered_milestone_is_not_given_when_it_is_reached_again(stage: Stage) -> None:
    deliver(stage, ask(stage, "R-1"))
    fall_and_rise(stage)
    for mode in ("preview", "hold", "commit"):
        again = ask(stage, f"R-{mode}", mode=mode)
        assert perks_of(again) == [], mode
        assert reasons_of(again) == {"third-stay": "milestone_given"}, mode
    assert "the same number before" in again["withheld"][0]["text"]
    assert stage.violations() == []


def test_a_redeemed_milestone_is_not_given_again_either(stage: Stage) -> None:
    grant = ask(stage, "R-1")["perks"][0]["grant"]
    stage.database.run_writing(lambda store: stage.desk.redeem(store, grant, "bill", None, "bar"))
    fall_and_rise(stage)
    assert reasons_of(ask(stage, "R-2")) == {"third-stay": "milestone_given"}


def test_a_milestone_that_was_not_used_is_voided_and_may_be_reached_again(stage: Stage) -> None:
    ask(stage, "R-1")
    fall_and_rise(stage)
    assert perks_of(ask(stage, "R-2")) == ["cake"]
    assert stage.violations() == []


def test_the_next_milestone_gives_whatever_became_of_the_one_before(stage: Stage) -> None:
    deliver(stage, ask(stage, "R-1"))
    fall_and_rise(stage)
    for number in (5, 6, 7):
        stage.stay(ANA, 0, key=f"stay-{number}", nights=1, reservation=f"S-{number}")
    assert perks_of(ask(stage, "R-2")) == ["cake"]


def test_a_milestone_of_a_new_year_is_another_one(database: SqlDatabase) -> None:
    rules = RULES.replace("ever: true", "in: this year")
    stage = three_stays(Stage(database, rules))
    deliver(stage, ask(stage, "R-1"))
    fall_and_rise(stage)
    assert reasons_of(ask(stage, "R-2")) == {"third-stay": "milestone_given"}
    stage.clock.advance(timedelta(days=70))
    for days in (45, 50, 55):
        stage.stay(ANA, -days, key=f"next-{days}", nights=1)
    arrival = TODAY + timedelta(days=70)
    stay = {"reservation": "N", "arrival": arrival.isoformat(), "departure": (arrival + timedelta(days=1)).isoformat()}
    assert perks_of(stage.ask(stay=stay)) == ["cake"]


def test_a_rule_that_counts_something_else_since_is_another_milestone(stage: Stage) -> None:
    deliver(stage, ask(stage, "R-1"))
    stage.publish(RULES.replace("measure: stays", "measure: nights"))
    assert perks_of(ask(stage, "R-2")) == ["cake"]


def test_a_streak_may_be_lost_and_earned_again(database: SqlDatabase) -> None:
    rules = """
rule: three-months
at: arrival
when: {measure: stays, where: here, ever: true, streak: month, exactly: 3}
give: [{perk: cake}]
"""
    stage = Stage(database, rules)
    for days in (5, 35, 65):
        stage.stay(ANA, days, key=f"month-{days}")
    deliver(stage, ask(stage, "R-1"))
    assert perks_of(ask(stage, "R-2")) == ["cake"]


def test_what_a_milestone_settled_replays_identically(stage: Stage) -> None:
    deliver(stage, ask(stage, "R-1"))
    fall_and_rise(stage)
    ask(stage, "R-2")
    with stage.database.reading() as store:
        assert [one.verdict for one in stage.desk.replay(store)] == ["identical", "identical"]
