"""Fifty with one key are one; a hold that is confirmed and cancelled at once is one of the two."""

from __future__ import annotations

from functools import partial

import pytest

from rewards.desk.ask import Answered, Key
from rewards.domain.grant import GrantState
from rewards.errors import HOLD_NOT_OPEN, RewardsError
from rewards.ledger.ports import GrantRow
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.stage import ANA, Stage

RULES = """
rule: drink
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
"""
CROWD, ROUNDS, STOCK = 50, 10, 100


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    stage = Stage(database, RULES)
    stage.stay(ANA, 30)
    stage.stock("welcome-drink", STOCK)
    return stage


def ask(stage: Stage, key: str) -> Answered:
    return stage.asked(key=Key("desk", key, b"the same body"))


def test_one_key_fifty_times_is_one_execution_and_one_answer(stage: Stage) -> None:
    answers = met_at_once(CROWD, lambda number: ask(stage, "one-key"))
    told = [one for one in answers if isinstance(one, Answered)]
    assert len(told) == CROWD, [one for one in answers if one not in told]
    assert len({(one.status, one.body) for one in told}) == 1
    assert sum(not one.replayed for one in told) == 1
    assert (stage.count("decision"), stage.count("perk_grant"), stage.left("welcome-drink")) == (1, 1, STOCK - 1)
    assert stage.violations() == []


def test_fifty_keys_for_one_question_are_one_decision(stage: Stage) -> None:
    answers = met_at_once(CROWD, lambda number: ask(stage, f"key-{number}"))
    told = [one for one in answers if isinstance(one, Answered)]
    assert len(told) == CROWD, [one for one in answers if one not in told]
    assert len({one.body for one in told}) == 1
    assert sorted(one.status for one in told) == [200] * (CROWD - 1) + [201]
    assert (stage.count("decision"), stage.count("perk_grant"), stage.left("welcome-drink")) == (1, 1, STOCK - 1)


def end(stage: Stage, decision: str, number: int) -> list[GrantRow]:
    if number % 2:
        return stage.database.run_writing(lambda store: stage.desk.confirm(store, decision, "Ben"))
    return stage.database.run_writing(lambda store: stage.desk.cancel(store, decision, "Cas"))


def test_a_hold_that_is_confirmed_and_cancelled_at_once_is_one_of_the_two(stage: Stage) -> None:
    kept = 0
    for turn in range(ROUNDS):
        held = stage.ask(mode="hold", stay={"reservation": f"R-{turn}"})
        ends = met_at_once(8, partial(end, stage, held["decision"]))
        done = [number for number, one in enumerate(ends) if isinstance(one, list)]
        refused = [one for one in ends if isinstance(one, RewardsError) and one.code is HOLD_NOT_OPEN]
        assert (len(done), len(refused)) == (1, 7), ends
        with stage.database.reading() as store:
            grant = store.grants.of_decision(held["decision"])[0].grant
        assert grant.state is (GrantState.GRANTED if done[0] % 2 else GrantState.VOIDED)
        kept += grant.state is GrantState.GRANTED
        assert stage.left("welcome-drink") == STOCK - kept
    assert stage.violations() == []
