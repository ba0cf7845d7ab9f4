"""Moments that fall due by themselves are asked once a hotel day, and give nobody twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rewards.desk.ask import Answered
from rewards.desk.desk import Desk
from rewards.pluginhost.rollover import roll_over
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, BEN, HARBOUR, PROGRAMME, Stage

RULES = """
rule: win-back
at: scheduled
only_at: {properties: [harbour]}
when:
  all:
    - {measure: stays, where: here, within: 2 years, at_least: 2}
    - {measure: stays, where: here, days_since: last, at_least: 120}
give: [{perk: dinner, amount: EUR 30}]
limits: [{per: guest, at_most: 1, every: 365 days}]
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES)
    for days_ago in (119, 200):
        made.stay(ANA, days_ago)
    for days_ago in (130, 140):
        made.stay(BEN, days_ago, property="hudson")
    return made


def rolled(stage: Stage) -> int:
    return roll_over(stage.database, stage.clock, stage.desk)


def test_a_guest_who_stayed_away_is_written_to_on_the_day_it_falls_due(stage: Stage) -> None:
    assert rolled(stage) == 0
    stage.clock.advance(timedelta(days=1))
    assert rolled(stage) == 1
    assert stage.count("perk_grant") == 1
    assert stage.violations() == []


def test_a_day_is_asked_once_and_the_limit_holds_on_the_next(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=1))
    assert [rolled(stage), rolled(stage)] == [1, 0]
    stage.clock.advance(timedelta(days=1))
    assert rolled(stage) == 0
    assert stage.count("decision") == 1


def test_a_run_that_was_killed_half_way_gives_nobody_twice(stage: Stage) -> None:
    stage.clock.advance(timedelta(days=1))
    assert rolled(stage) == 1
    with stage.database.writing() as store:
        store.session.execute("DELETE FROM scheduled_run", ())
    assert rolled(stage) in (0, 1)
    assert stage.count("perk_grant") == 1
    assert stage.violations() == []


class SlowDesk(Desk):
    """A desk at which two minutes pass with each answer."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.database, stage.clock, PROGRAMME)
        self.passing = stage.clock

    def ask(self, *args: Any, **more: Any) -> Answered:
        answered = super().ask(*args, **more)
        self.passing.advance(timedelta(minutes=2))
        return answered


def test_a_run_in_which_the_hotel_day_turns_leaves_the_new_day_to_be_asked(stage: Stage) -> None:
    """Half a minute before four Ana is not due; she is on the day that has begun when the run ends."""
    stage.clock.move_to(datetime(2026, 11, 23, 3, 59, 30, tzinfo=HARBOUR.zone_info()))
    assert roll_over(stage.database, stage.clock, SlowDesk(stage)) == 0
    assert stage.clock.now() > datetime(2026, 11, 23, 4, tzinfo=HARBOUR.zone_info())
    assert rolled(stage) == 1
