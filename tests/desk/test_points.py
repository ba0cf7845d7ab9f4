"""Points lapse by lots: what ends first is spent first, and what is over is gone, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from rewards.domain.activity import Coverage, Kind
from rewards.errors import RewardsError
from rewards.intake.people import merge
from rewards.ledger import points
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.stage import ANA, BEN, HARBOUR, NOW, PERKS, Stage, open_hotels

RULES = """
rule: stay-points
at: checkout
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: points, points: 100, valid: 30 days}]
---
rule: year-points
at: scheduled
when: always
give: [{perk: points, points: 1000, valid: {end_of: year, plus: 1 month}}]
"""
YEAR_ENDS = datetime(2027, 2, 1, 4, tzinfo=HARBOUR.zone_info())


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=PERKS)
    for who in (ANA, BEN):
        made.stay(who, 1, key=f"stay of {who[0].value}")
    return made


def earned(stage: Stage, moment: str = "checkout", reservation: str = "R-1", who: object = ANA) -> str:
    """The guest, after they were given points."""
    answer = stage.ask(who, moment=moment, stay={"reservation": reservation})  # type: ignore[arg-type]
    assert len(answer["perks"]) == 1
    return str(answer["guest"])


def standing(stage: Stage, guest: str) -> tuple[int, int]:
    with stage.database.reading() as store:
        return stage.desk.points(store, guest)


def lots(stage: Stage, guest: str) -> list[int]:
    """What is left of each lot, the first to lapse first."""
    with stage.database.reading() as store:
        return [lot.left for lot in stage.desk.lapsing(store, guest)]


def spent(stage: Stage, guest: str, amount: int, bill: str) -> None:
    stage.database.run_writing(lambda store: stage.desk.spend_points(store, guest, amount, bill, "a towel"))


def test_what_lapses_first_is_spent_first_whenever_it_came(stage: Stage) -> None:
    guest = earned(stage, "scheduled")
    earned(stage)
    assert lots(stage, guest) == [100, 1_000]
    spent(stage, guest, 30, "bill-1")
    assert lots(stage, guest) == [70, 1_000]
    spent(stage, guest, 80, "bill-2")
    assert lots(stage, guest) == [990]
    assert standing(stage, guest) == (990, 0)
    assert stage.violations() == []


def test_points_can_be_spent_to_the_last_instant_and_lapse_once(stage: Stage) -> None:
    guest = earned(stage, "scheduled")
    stage.clock.move_to(YEAR_ENDS - timedelta(seconds=1))
    spent(stage, guest, 400, "bill-1")
    assert stage.desk.expire_due() == 0
    stage.clock.move_to(YEAR_ENDS)
    assert standing(stage, guest) == (0, 0)
    with pytest.raises(RewardsError, match="there are 0"):
        spent(stage, guest, 1, "bill-2")
    assert [stage.desk.expire_due(), stage.desk.expire_due()] == [1, 0]
    with stage.database.reading() as store:
        assert points.balance(store, guest) == (0, 0)
    assert stage.count("outbox WHERE topic = 'points.lapsed'") == 1
    assert stage.violations() == []


def test_a_stay_that_is_taken_back_takes_its_own_points_and_leaves_the_others(stage: Stage) -> None:
    guest = earned(stage, "scheduled")
    earned(stage)
    stage.take_back("stay of 00412")
    assert (lots(stage, guest), standing(stage, guest)) == ([1_000], (1_000, 0))
    assert stage.violations() == []


def test_points_that_were_spent_and_then_taken_back_come_from_the_other_lots(stage: Stage) -> None:
    guest = earned(stage, "scheduled")
    earned(stage)
    spent(stage, guest, 60, "bill-1")
    stage.take_back("stay of 00412")
    assert (lots(stage, guest), standing(stage, guest)) == ([940], (940, 0))
    assert stage.violations() == []


def test_points_that_lapsed_unspent_are_not_taken_back_a_second_time(stage: Stage) -> None:
    guest = earned(stage)
    spent(stage, guest, 30, "bill-1")
    stage.clock.advance(timedelta(days=31))
    assert stage.desk.expire_due() == 1
    stage.take_back("stay of 00412")
    assert standing(stage, guest) == (0, 30)
    assert stage.violations() == []


def test_a_debt_is_paid_before_a_lot_is_filled(stage: Stage) -> None:
    guest = earned(stage)
    spent(stage, guest, 100, "bill-1")
    stage.take_back("stay of 00412")
    assert standing(stage, guest) == (0, 100)
    earned(stage, "scheduled", "R-2")
    assert (lots(stage, guest), standing(stage, guest)) == ([900], (900, 0))
    assert stage.violations() == []


def test_points_of_two_records_of_one_guest_are_spent_in_the_order_of_their_ends(stage: Stage) -> None:
    kept, absorbed = earned(stage, "scheduled"), earned(stage, who=BEN)
    at = stage.clock.now()
    stage.database.run_writing(lambda store: merge(store, kept, absorbed, "one person", at))
    assert lots(stage, kept) == [100, 1_000]
    spent(stage, kept, 150, "bill-1")
    assert lots(stage, kept) == [950]
    stage.clock.move_to(YEAR_ENDS)
    assert stage.desk.expire_due() == 1
    assert stage.violations() == []


def test_what_is_spent_while_it_lapses_is_spent_or_lapsed(stage: Stage) -> None:
    guest = earned(stage)
    earned(stage, "scheduled", "R-2")
    stage.clock.advance(timedelta(days=30))

    def work(number: int) -> object:
        if number % 2:
            return stage.desk.expire_due()
        return spent(stage, guest, 300, f"bill-{number}")

    found = met_at_once(8, work)
    refused = [one for one in found if isinstance(one, RewardsError)]
    assert [one.code.name for one in refused] == ["balance_too_low"]
    assert standing(stage, guest) == (100, 0)
    assert stage.violations() == []


IDLE_PERKS = PERKS.replace(
    "points: {kind: points,", "points: {kind: points, lapses: {after: 12 months, without: [stays, spending]},"
).replace("valid: 730 days", "valid: 100 years")
IDLE_RULES = RULES.replace("valid: 30 days", "valid: 50 years").replace("{end_of: year, plus: 1 month}", "50 years")


@pytest.fixture
def idle(database: SqlDatabase) -> Stage:
    made = Stage(database, IDLE_RULES, perks=IDLE_PERKS)
    with database.writing() as store:
        open_hotels(store, NOW, NOW + timedelta(days=4_000))
    made.stay(ANA, 1, key="the stay")
    return made


def on_day(stage: Stage, days: int) -> int:
    """How many lots lapse for idleness, so many days after the points came."""
    stage.clock.move_to(NOW + timedelta(days=days))
    return stage.desk.lapse_idle()


def test_points_lapse_after_a_year_without_a_stay_and_once(idle: Stage) -> None:
    guest = earned(idle)
    earned(idle, "scheduled", "R-2")
    assert [on_day(idle, 364), on_day(idle, 365), on_day(idle, 366)] == [0, 2, 0]
    assert standing(idle, guest) == (0, 0)
    assert idle.violations() == []


def test_a_stay_and_what_is_spent_keep_points_for_another_year(idle: Stage) -> None:
    guest = earned(idle)
    assert on_day(idle, 300) == 0
    spent(idle, guest, 10, "bill-1")
    assert [on_day(idle, 665), on_day(idle, 666)] == [0, 1]
    assert standing(idle, guest) == (0, 0)


def test_being_given_more_points_keeps_none_where_the_perk_does_not_say_so(idle: Stage) -> None:
    guest = earned(idle)
    idle.clock.move_to(NOW + timedelta(days=300))
    earned(idle, "scheduled", "R-2")
    assert on_day(idle, 365) == 2
    assert standing(idle, guest) == (0, 0)


def test_where_a_source_fell_silent_nothing_lapses(idle: Stage) -> None:
    guest = earned(idle)
    with idle.database.writing() as store:
        store.properties.put_coverage(Coverage("hudson", Kind.STAY, None, NOW + timedelta(days=100)))
    assert on_day(idle, 1_000) == 0
    assert standing(idle, guest) == (100, 0)
