"""What waits is answered once: yes, no and the end of the wait at one instant are one of the three."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from rewards.desk.approvals import OPERATOR, Approver
from rewards.domain.grant import GrantState
from rewards.errors import APPROVAL_NOT_OPEN, RewardsError
from rewards.ledger.ports import GrantRow
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.stage import ANA, NOW, Stage

RULES = """
rule: drink
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}, {perk: points, points: 70}]
approval: {by: hotel, within: 1 day}
"""
ROUNDS, STOCK, CROWD = 6, 100, 8
HOTEL = Approver("key_hotel", "hotel")


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    stage = Stage(database, RULES)
    stage.stay(ANA, 30)
    stage.stock("welcome-drink", STOCK)
    return stage


def say(stage: Stage, grant: str, number: int) -> GrantRow:
    who = HOTEL if number % 4 else OPERATOR
    what = stage.desk.approve if number % 2 else stage.desk.refuse
    return stage.database.run_writing(lambda store: what(store, grant, who, f"clerk {number}", "at once"))


def balance(stage: Stage, guest: str) -> tuple[int, int]:
    with stage.database.reading() as store:
        return stage.desk.points(store, guest)


def test_yes_and_no_at_once_are_one_of_the_two(stage: Stage) -> None:
    drinks = credited = 0
    for turn in range(ROUNDS):
        answer = stage.ask(stay={"reservation": f"R-{turn}"})
        for perk in answer["perks"]:
            said = met_at_once(CROWD, partial(say, stage, perk["grant"]))
            done = [number for number, one in enumerate(said) if isinstance(one, GrantRow)]
            late = [one for one in said if isinstance(one, RewardsError) and one.code is APPROVAL_NOT_OPEN]
            assert (len(done), len(late)) == (1, CROWD - 1), said
            yes = done[0] % 2
            drinks += yes and perk["perk"] == "welcome-drink"
            credited += 70 if yes and perk["perk"] == "points" else 0
        assert stage.left("welcome-drink") == STOCK - drinks
        assert balance(stage, answer["guest"]) == (credited, 0)
    assert stage.violations() == []


def test_the_end_of_the_wait_and_a_yes_at_once_give_it_once_or_not_at_all(stage: Stage) -> None:
    perks = stage.ask()["perks"]
    stage.clock.move_to(NOW + timedelta(days=2))
    guest = stage.ask(mode="preview")["guest"]

    def act(number: int) -> object:
        return stage.desk.expire_due() if number % 2 else say(stage, perks[number % 4 // 2]["grant"], 1)

    told = met_at_once(CROWD, act)
    assert sum(one for one in told if isinstance(one, int)) == len(perks)
    assert not any(isinstance(one, GrantRow) for one in told)
    with stage.database.reading() as store:
        rows = [store.grants.get(perk["grant"]) for perk in perks]
    assert {row.grant.state for row in rows if row is not None} == {GrantState.EXPIRED}
    assert (stage.left("welcome-drink"), balance(stage, guest)) == (STOCK, (0, 0))
    assert stage.violations() == []


def test_a_crowd_that_asks_the_same_waits_for_one_answer(stage: Stage) -> None:
    told = met_at_once(CROWD, lambda number: stage.ask())
    grants = {perk["grant"] for one in told if isinstance(one, dict) for perk in one["perks"]}
    assert (len(grants), stage.count("perk_grant"), stage.left("welcome-drink")) == (2, 2, STOCK - 1)
