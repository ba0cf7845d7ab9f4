"""Rules that read what the guest was given: a status that is held, points that were earned, a gift that was had."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from rewards.intake.people import merge
from rewards.ledger import life
from rewards.storage.engine import SqlDatabase
from tests.desk.steps import step
from tests.stage import ANA, BEN, HARBOUR, PERKS, Stage, perks_of

CATALOGUE = f"""{PERKS}
gold: {{kind: custom, title: {{en: Gold, nl: Goud}}, valid: {{end_of: year, plus: 1 year}}}}
base-points: {{kind: points, title: {{en: base points, nl: basispunten}}, valid: 730 days}}
bonus-points: {{kind: points, title: {{en: bonus points, nl: bonuspunten}}, valid: 730 days}}
"""
RULES = """
rule: gold
at: checkout
when: {measure: nights, where: group, in: this year, including: this, at_least: 25}
give: gold
limits: [{per: guest, at_most: 1, every: year}]
---
rule: gold-is-moved-up
at: arrival
when: {measure: held, perk: gold, where: group, at_least: 1}
give: [{perk: room-upgrade, levels: 1}]
---
rule: points-of-a-stay
at: checkout
when: always
give: [{perk: base-points, points: 400}, {perk: bonus-points, points: 900}]
---
rule: thousand-base-points
at: checkout
when: {measure: earned, perk: base-points, where: group, at_least: 1000}
give: cake
limits: [{per: guest, at_most: 1}]
---
rule: welcome
at: arrival
when: {measure: grants, perk: welcome-drink, within: 30 days, at_most: 0}
give: welcome-drink
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=CATALOGUE)
    for who in (ANA, BEN):
        made.stay(who, 40, nights=24)
    for day in range(60):
        made.stock("welcome-drink", 5, made.clock.now().date() + timedelta(days=day))
    return made


def checkout(stage: Stage, reservation: str) -> dict[str, Any]:
    return stage.ask(ANA, moment="checkout", stay={"reservation": reservation})


def arrival(stage: Stage, reservation: str, who: Any = ANA) -> list[str]:
    return perks_of(stage.ask(who, stay={"reservation": reservation}))


def replayed(stage: Stage) -> set[str]:
    with stage.database.reading() as store:
        return {one.verdict for deep in (False, True) for one in stage.desk.replay(store, deep=deep)}


def test_a_status_that_was_earned_is_held_from_then_on_and_only_by_who_earned_it(stage: Stage) -> None:
    assert "room-upgrade" not in arrival(stage, "R-1")
    assert "gold" in perks_of(checkout(stage, "R-1"))
    stage.clock.advance(timedelta(hours=1))
    assert "room-upgrade" in arrival(stage, "R-2")
    assert "room-upgrade" not in arrival(stage, "R-3", BEN)
    assert replayed(stage) == {"identical"}
    assert stage.violations() == []


def test_a_status_is_held_to_the_end_of_next_year_and_no_longer(stage: Stage) -> None:
    checkout(stage, "R-1")
    last = datetime(2028, 1, 1, 3, 59, tzinfo=HARBOUR.zone_info())
    assert "room-upgrade" in perks_of(stage.ask(ANA, mode="preview", as_of=last.isoformat()))
    assert "room-upgrade" not in perks_of(
        stage.ask(ANA, mode="preview", as_of=(last + timedelta(minutes=1)).isoformat())
    )


def test_a_status_that_was_taken_back_is_held_no_more(stage: Stage) -> None:
    (gold,) = (perk["grant"] for perk in checkout(stage, "R-1")["perks"] if perk["perk"] == "gold")
    stage.clock.advance(timedelta(hours=1))
    at = stage.clock.now()
    step(stage, lambda store: life.void(store, gold, by="clerk", reason="not hers", at=at))
    assert "room-upgrade" not in arrival(stage, "R-2")
    assert stage.violations() == []


def test_only_base_points_lead_to_what_base_points_lead_to(stage: Stage) -> None:
    """400 a stay: a thousand are earned with the third; the 900 of the bonus count for nothing here."""
    given = []
    for number in range(4):
        given.append("cake" in perks_of(checkout(stage, f"R-{number}")))
        stage.clock.advance(timedelta(days=1))
    assert given == [False, False, False, True]
    assert replayed(stage) == {"identical"}


def test_what_is_missing_is_told_in_the_units_of_what_is_given(stage: Stage) -> None:
    checkout(stage, "R-1")
    stage.clock.advance(timedelta(days=1))
    told = {miss["rule"]: miss for miss in checkout(stage, "R-2")["near_misses"]}
    assert told["thousand-base-points"]["missing"] == "600 more units of “base points” at our hotels"
    assert (told["thousand-base-points"]["needed"], told["thousand-base-points"]["actual"]) == (1000, 400)


def test_a_welcome_is_given_again_when_the_last_one_is_thirty_days_ago(stage: Stage) -> None:
    given = []
    for number, days in enumerate((0, 29, 1)):
        stage.clock.advance(timedelta(days=days))
        given.append("welcome-drink" in arrival(stage, f"R-{number}"))
    assert given == [True, False, True]
    assert replayed(stage) == {"identical"}


def test_a_union_unites_what_both_were_given(stage: Stage) -> None:
    checkout(stage, "R-1")
    ben = stage.stay(BEN, 5).guest
    ana = stage.stay(ANA, 5).guest
    stage.clock.advance(timedelta(hours=1))
    at = stage.clock.now()
    stage.database.run_writing(lambda store: merge(store, ben, ana, "one person", at))
    assert "room-upgrade" in arrival(stage, "R-9", BEN)
    assert stage.violations() == []
