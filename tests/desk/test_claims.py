"""What a grant took is what it gives back: when it lapses, is replaced, chosen anew, or was points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rewards.desk import holds
from rewards.domain.grant import GrantState
from rewards.ledger import points
from rewards.storage.engine import SqlDatabase
from rewards.storage.grants import SqlGrants
from tests.desk.steps import refused, step
from tests.stage import ANA, PERKS, Stage, perks_of

RULES = """
rule: diner
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: dinner, amount: EUR 50}]
limits: [{budget: EUR 80, every: month}]
---
rule: sweet
at: request
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{choose: 1, of: [{perk: cake}, {perk: welcome-drink}], within: 30 days, default: cake}]
---
rule: collector
at: checkout
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: points, points: 250}]
"""
BUDGET = "budget:diner:EUR:all:2026-11"
PLENTY = PERKS.replace("dinner: {kind: credit,", "dinner: {kind: credit, stock: daily,")


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES)
    made.stay(ANA, 30)
    made.stock("welcome-drink", 5)
    return made


def given(stage: Stage, **more: Any) -> str:
    return str(stage.ask(**more)["perks"][0]["grant"])


def state(stage: Stage, grant: str) -> GrantState:
    with stage.database.reading() as store:
        row = store.grants.get(grant)
    assert row is not None
    return row.grant.state


def test_a_credit_used_in_part_lapses_with_its_rest(stage: Stage) -> None:
    grant = given(stage)
    step(stage, lambda store: stage.desk.redeem(store, grant, "bill-1", 3_000, "bar"))
    stage.clock.advance(timedelta(days=91))
    assert stage.desk.expire_due() == 1
    assert state(stage, grant) is GrantState.EXPIRED
    assert stage.balance(BUDGET) == 8_000 - 3_000
    assert stage.desk.expire_due() == 0
    assert stage.violations() == []


def test_points_are_delivered_at_once_and_hold_up_nobody_who_lapses(stage: Stage) -> None:
    for number in range(3):
        answer = stage.ask(moment="checkout", stay={"reservation": f"R-{number}"})
        assert answer["perks"][0]["state"] == "delivered"
    grant = given(stage)
    stage.clock.advance(timedelta(days=800))
    assert stage.desk.expire_due(limit=1) == 1
    assert state(stage, grant) is GrantState.EXPIRED
    with stage.database.reading() as store:
        guest = stage.ask(mode="preview")["guest"]
        assert points.balance(store, guest) == (750, 0)
        assert stage.desk.points(store, guest) == (0, 0)
    assert stage.desk.expire_due() == 3
    with stage.database.reading() as store:
        assert points.balance(store, guest) == (0, 0)
    assert stage.violations() == []


def test_points_can_be_taken_back_by_hand(stage: Stage) -> None:
    answer = stage.ask(moment="checkout")
    step(stage, lambda store: stage.desk.void(store, answer["perks"][0]["grant"], "desk", "a mistake"))
    with stage.database.reading() as store:
        assert points.balance(store, answer["guest"]) == (0, 0)
    assert stage.violations() == []


def test_a_hold_that_was_confirmed_while_the_sweeper_looked_stays(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = stage.ask(mode="hold", hold_minutes=10)
    later = stage.clock.now() + timedelta(minutes=11)
    with stage.database.reading() as store:
        seen = store.grants.due(later, 10)
    with stage.database.writing() as store:
        stage.desk.confirm(store, held["decision"], "desk")
    monkeypatch.setattr(SqlGrants, "due", lambda *_: seen)
    with stage.database.writing() as store:
        assert holds.expire_due(store, later, 10) == 0
    assert state(stage, held["perks"][0]["grant"]) is GrantState.GRANTED


def test_a_replacement_takes_its_own_from_stock_and_budget(stage: Stage) -> None:
    grant = given(stage)
    assert stage.balance(BUDGET) == 3_000
    new = step(stage, lambda store: stage.desk.substitute(store, grant, "welcome-drink", 2, "desk", "kitchen closed"))
    assert (stage.left("welcome-drink"), stage.balance(BUDGET)) == (3, 8_000 - 2 * 500)
    step(stage, lambda store: stage.desk.void(store, new.grant.id, "desk", "he left"))
    assert (stage.left("welcome-drink"), stage.balance(BUDGET)) == (5, 8_000)
    assert stage.violations() == []


def test_a_replacement_that_the_budget_or_the_stock_does_not_cover_is_refused(stage: Stage) -> None:
    grant = given(stage)

    def instead(perk: str, quantity: int) -> str:
        return refused(stage, lambda store: stage.desk.substitute(store, grant, perk, quantity, "desk", "closed"))

    assert instead("dinner", 8_001) == "budget_spent"
    assert instead("welcome-drink", 6) == "stock_gone"
    assert instead("late-checkout", 2) == "field_invalid"
    assert instead("moon", 1) == "perk_unknown"
    assert state(stage, grant) is GrantState.GRANTED
    assert stage.violations() == []


def test_a_credit_in_the_place_of_another_costs_what_it_is_worth(stage: Stage) -> None:
    grant = given(stage)
    new = step(stage, lambda store: stage.desk.substitute(store, grant, "dinner", 7_000, "desk", "to make it good"))
    assert (new.grant.cost_minor, new.grant.currency, stage.balance(BUDGET)) == (7_000, "EUR", 1_000)


def test_points_in_the_place_of_a_perk_are_credited(stage: Stage) -> None:
    grant = given(stage)
    new = step(stage, lambda store: stage.desk.substitute(store, grant, "points", 400, "desk", "to make it good"))
    assert new.grant.state is GrantState.DELIVERED
    with stage.database.reading() as store:
        assert points.balance(store, new.grant.guest) == (400, 0)
    assert stage.violations() == []


def test_a_choice_is_among_the_perks_of_its_own_version(stage: Stage) -> None:
    grant = given(stage, moment="request")
    stage.perks = PERKS.replace("welcome-drink:", "other-drink:")
    stage.publish(RULES.split("---")[0])
    row = step(stage, lambda store: stage.desk.choose(store, grant, "welcome-drink", "guest"))
    assert (row.grant.perk, stage.left("welcome-drink")) == ("welcome-drink", 4)
    step(stage, lambda store: stage.desk.void(store, row.grant.id, "desk", "he left"))
    assert stage.left("welcome-drink") == 5
    assert refused(stage, lambda store: stage.desk.choose(store, row.grant.id, "cake", "guest")) == "field_invalid"
    assert stage.violations() == []


def test_a_credit_with_stock_takes_one_of_it(database: SqlDatabase) -> None:
    stage = Stage(database, RULES, perks=PLENTY)
    stage.stay(ANA, 30)
    stage.stock("dinner", 1)
    assert perks_of(stage.ask()) == ["dinner"]
    assert perks_of(stage.ask(stay={"reservation": "R-2"})) == []
    assert stage.violations() == []
