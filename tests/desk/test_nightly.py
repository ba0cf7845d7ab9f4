"""A stock of nights: one of each night of the stay is taken, every one or none."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rewards.errors import STOCK_GONE, RewardsError
from rewards.storage.engine import SqlDatabase
from tests.stage import PERKS, TODAY, Stage, perks_of

RULES = """
rule: suite-for-every-night
at: [booking, arrival, during_stay]
when: always
give: {perk: suite, levels: 2, until: checkout, or_else: late-checkout}
"""
MORE = """
suite: {kind: upgrade, title: {en: a suite, nl: een suite}, stock: nightly}
"""
NIGHTS = [TODAY + timedelta(days=ahead) for ahead in range(5)]


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=PERKS + MORE)
    for night in NIGHTS[:4]:
        made.stock("suite", 1, night)
    return made


def lefts(stage: Stage) -> list[int]:
    return [stage.left("suite", night) for night in NIGHTS]


def stay(first: int, last: int, **more: Any) -> dict[str, Any]:
    return {"arrival": NIGHTS[first].isoformat(), "departure": NIGHTS[last].isoformat(), **more}


def enrolled(stage: Stage, guest: str, **more: Any) -> dict[str, Any]:
    return stage.ask(guest, enrol=True, **more)


def test_every_night_of_the_stay_is_taken(stage: Stage) -> None:
    answer = enrolled(stage, "card:1", moment="booking", stay=stay(1, 4))
    assert perks_of(answer) == ["suite"]
    assert lefts(stage) == [1, 0, 0, 0, 0]
    again = enrolled(stage, "card:2", moment="booking", stay=stay(0, 1))
    assert perks_of(again) == ["suite"]
    assert lefts(stage) == [0, 0, 0, 0, 0]
    assert stage.violations() == []


def test_one_night_that_is_gone_leaves_all_others(stage: Stage) -> None:
    enrolled(stage, "card:1", moment="booking", stay=stay(2, 3))
    answer = enrolled(stage, "card:2", moment="booking", stay=stay(0, 4))
    assert perks_of(answer) == ["late-checkout"]
    (gone,) = answer["withheld"]
    assert (gone["reason"], gone["night"]) == ("stock_gone", NIGHTS[2].isoformat())
    assert gone["text"] == "Nothing is left of “a suite” for the night of 24 November 2026."
    assert lefts(stage) == [1, 1, 0, 1, 0]
    assert stage.violations() == []


def test_a_night_for_which_nobody_set_a_stock_is_none(stage: Stage) -> None:
    answer = enrolled(stage, "card:1", moment="booking", stay=stay(3, 4, departure="2026-11-27"))
    assert perks_of(answer) == ["late-checkout"]
    assert lefts(stage) == [1, 1, 1, 1, 0]


def test_in_the_stay_only_the_nights_from_today_on_are_taken(stage: Stage) -> None:
    since = (TODAY - timedelta(days=2)).isoformat()
    answer = enrolled(stage, "card:1", moment="during_stay", stay=stay(0, 2, arrival=since))
    assert perks_of(answer) == ["suite"]
    assert lefts(stage) == [0, 0, 1, 1, 0]


@pytest.mark.parametrize("left_out", [{"departure": None}, {"arrival": None}, {"departure": TODAY.isoformat()}])
def test_without_a_night_that_is_left_there_is_nothing_to_give(stage: Stage, left_out: dict[str, Any]) -> None:
    since = (TODAY - timedelta(days=1)).isoformat()
    answer = enrolled(stage, "card:1", moment="during_stay", stay={**stay(0, 2), "arrival": since, **left_out})
    assert [one["reason"] for one in answer["withheld"]] == ["no_nights"]
    assert lefts(stage) == [1, 1, 1, 1, 0]


def test_what_the_house_could_not_give_frees_every_night(stage: Stage) -> None:
    answer = enrolled(stage, "card:1", moment="booking", stay=stay(0, 3))
    grant = answer["perks"][0]["grant"]
    stage.database.run_writing(lambda store: stage.desk.fail(store, grant, "desk", "the pipes"))
    assert lefts(stage) == [1, 1, 1, 1, 0]
    assert stage.violations() == []


def test_an_upgrade_of_two_rooms_takes_two_of_each_night(stage: Stage) -> None:
    stage.stock("suite", 2, NIGHTS[0])
    assert perks_of(enrolled(stage, "card:1", moment="booking", stay=stay(0, 2, rooms=2))) == ["late-checkout"]
    stage.stock("suite", 2, NIGHTS[1])
    assert perks_of(enrolled(stage, "card:2", moment="booking", stay=stay(0, 2, rooms=2, reservation="R-2"))) == [
        "suite"
    ]
    assert lefts(stage) == [0, 0, 1, 1, 0]
    assert stage.violations() == []


def test_a_preview_sees_every_night_and_takes_none(stage: Stage) -> None:
    shown = stage.ask("card:1", mode="preview", moment="booking", stay=stay(0, 3))
    assert perks_of(shown) == ["suite"]
    assert lefts(stage) == [1, 1, 1, 1, 0]


def test_put_in_the_place_of_another_it_takes_the_nights_that_are_left(stage: Stage) -> None:
    enrolled(stage, "card:1", moment="booking", stay=stay(1, 2))
    other = enrolled(stage, "card:2", moment="booking", stay=stay(0, 2))
    grant = other["perks"][0]["grant"]
    with pytest.raises(RewardsError) as caught:
        stage.database.run_writing(lambda store: stage.desk.substitute(store, grant, "suite", 1, "desk", "a wish"))
    assert caught.value.code is STOCK_GONE
    third = enrolled(stage, "card:3", moment="booking", stay=stay(2, 4))
    assert lefts(stage) == [1, 0, 0, 0, 0]
    stage.database.run_writing(lambda store: stage.desk.fail(store, third["perks"][0]["grant"], "desk", "the pipes"))
    assert lefts(stage) == [1, 0, 1, 1, 0]
    assert stage.violations() == []
