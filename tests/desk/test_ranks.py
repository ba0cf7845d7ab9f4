"""The best regular of a house: who leads gets it, who is close is told how close, what is not known gives nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from rewards.clock import isoformat
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.activity import Evidence, Kind
from rewards.domain.guest import Identity
from rewards.intake.people import merge, unmerge
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, BEN, NOW, Stage, perks_of, question, reasons_of

DAY = timedelta(days=1)
MAYOR = """
rule: mayor
at: arrival
when: {measure: rank, of: visits, within: 60 days, ties: incumbent, evidence: located, at_most: 1}
give: [{perk: cake}]
"""
PODIUM = """
rule: podium
at: arrival
when: {measure: rank, of: visits, within: 60 days, at_most: 3}
give: [{perk: cake}]
"""
PATRON = """
rule: patron
at: arrival
when: {measure: rank, of: spend, within: 60 days, at_most: 1}
give: [{perk: cake}]
"""
SWARM = """
rule: swarm
at: arrival
when: {measure: crowd, within: 3 hours, at_least: 3}
give: [{perk: cake}]
"""


def card(name: str) -> tuple[Identity, ...]:
    return (Identity("card", name, verified=True),)


CROWD = tuple(card(name) for name in ("cor", "dew", "eva"))


def visits(stage: Stage, who: Sequence[Identity], *days_ago: int, **more: Any) -> None:
    fields = {"property": "harbour", "evidence": Evidence.LOCATED} | more
    stage.record(
        *(
            Draft(Kind.CHECK_IN, f"{who[0].value}/{days}/{fields}", tuple(who), occurred_at=NOW - DAY * days, **fields)
            for days in days_ago
        )
    )


def verdicts(stage: Stage, *, deep: bool = False) -> set[str]:
    with stage.database.reading() as store:
        return {one.verdict for one in stage.desk.replay(store, deep=deep)}


def test_who_has_the_most_visit_days_gets_it_and_nobody_else(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1, 2, 3)
    visits(stage, BEN, 1, 2)
    assert perks_of(stage.ask(ANA)) == ["cake"]
    assert perks_of(stage.ask(BEN)) == []
    assert perks_of(stage.ask(card("nobody"), mode="preview")) == []


def test_the_reason_says_the_place(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1)
    perk = stage.ask(ANA)["perks"][0]
    assert perk["say"] == "You are one of our best regulars here, so we are giving you “a cake”."
    assert perk["why"][0]["actual"] == 1
    assert perk["why"][0]["condition"].startswith("in first place at this hotel in 60 days by number of visits")


def test_claims_from_an_armchair_win_nothing(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1)
    visits(stage, BEN, 1, 2, 3, evidence=Evidence.CLAIMED)
    assert perks_of(stage.ask(BEN)) == []
    assert perks_of(stage.ask(ANA)) == ["cake"]


def test_who_draws_level_does_not_take_the_place(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 3, 4)
    visits(stage, BEN, 1, 2)
    assert perks_of(stage.ask(BEN, mode="preview")) == []
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]
    visits(stage, BEN, 0)
    assert perks_of(stage.ask(BEN)) == ["cake"]


def test_a_place_is_lost_at_the_turn_of_the_day_though_nobody_does_anything(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 58, 59, 1)
    visits(stage, BEN, 2, 3)
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]
    stage.clock.move_to(NOW + 2 * DAY)
    assert perks_of(stage.ask(ANA, mode="preview")) == []
    assert perks_of(stage.ask(BEN, mode="preview")) == ["cake"]


def test_a_late_fact_and_a_correction_move_the_places(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1, 2)
    visits(stage, BEN, 1)
    visits(stage, BEN, 30, 40)
    assert perks_of(stage.ask(BEN, mode="preview")) == ["cake"]
    key = f"{BEN[0].value}/30/" + str({"property": "harbour", "evidence": Evidence.LOCATED})
    stage.take_back(key)
    stage.take_back(key.replace("/30/", "/40/"))
    assert perks_of(stage.ask(BEN, mode="preview")) == []
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]


def test_two_records_of_one_person_are_one_guest_until_they_are_parted(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1, 2, 3)
    visits(stage, BEN, 4, 5)
    visits(stage, CROWD[0], 6, 7)
    with database.writing() as store:
        ben, cor = (store.guests.resolve(who[0]) for who in (BEN, CROWD[0]))
        united = merge(store, ben or "", cor or "", "the same person", NOW)
    assert perks_of(stage.ask(BEN, mode="preview")) == ["cake"]
    assert perks_of(stage.ask(CROWD[0], mode="preview")) == ["cake"]
    assert perks_of(stage.ask(ANA, mode="preview")) == []
    with database.writing() as store:
        unmerge(store, united, NOW)
    assert perks_of(stage.ask(BEN, mode="preview")) == []
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]


def test_who_was_never_here_is_not_among_the_first_three_of_two(database: SqlDatabase) -> None:
    stage = Stage(database, PODIUM)
    visits(stage, ANA, 1)
    stage.stay(BEN, 3)
    assert perks_of(stage.ask(ANA)) == ["cake"]
    assert perks_of(stage.ask(BEN)) == []
    assert reasons_of(stage.ask(BEN)) == {}


def test_how_far_it_is_to_first_place_is_told_among_five_guests(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1, 2, 3, 4)
    visits(stage, BEN, 1, 2, 3)
    for other in CROWD[:2]:
        visits(stage, other, 1)
    assert stage.ask(BEN, mode="preview")["near_misses"] == []
    visits(stage, CROWD[2], 1)
    (near,) = stage.ask(BEN)["near_misses"]
    assert (near["needed"], near["actual"], near["unit"], near["by"]) == (5, 3, "visits", "2027-01-17")
    assert near["missing"] == "2 more visits here for first place before 18 January 2027"
    assert near["condition"].startswith("in first place at this hotel")
    assert stage.ask(ANA, mode="preview")["near_misses"] == []
    assert {*verdicts(stage), *verdicts(stage, deep=True)} == {"identical"}


def test_an_amount_to_first_place_is_told_only_to_who_may_read_amounts(database: SqlDatabase) -> None:
    stage = Stage(database, PATRON)
    for cents, who in ((5_000, ANA), (3_000, BEN), *((100, each) for each in CROWD)):
        stage.spend(who, 1, cents)
    (near,) = stage.ask(BEN, mode="preview")["near_misses"]
    assert near["missing"].startswith("€20 more spent here for first place before")
    assert near["unit"] == "EUR minor"
    asked = read_question(question(BEN, mode="preview"))
    told = stage.desk.ask(asked, Reader("en", False), None).body.decode()
    assert "20.00" not in told
    assert "5000" not in told


def test_a_decision_keeps_the_place_that_it_read(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1)
    assert perks_of(stage.ask(ANA)) == ["cake"]
    visits(stage, BEN, 1, 2, 3)
    assert perks_of(stage.ask(ANA, mode="preview", stay={"reservation": "R-2"})) == []
    assert {*verdicts(stage), *verdicts(stage, deep=True)} == {"identical"}


def test_asked_about_another_instant_the_place_is_that_of_then_or_is_not_known(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 5, 6)
    visits(stage, BEN, 1, 2, 3)
    then = isoformat(NOW - 4 * DAY)
    assert perks_of(stage.ask(ANA, mode="preview", as_of=then)) == ["cake"]
    assert perks_of(stage.ask(BEN, mode="preview", as_of=then)) == []
    known = stage.ask(ANA, mode="preview", as_of=then, known_at=then)
    assert (perks_of(known), reasons_of(known)) == ([], {"mayor": "not_covered"})


@pytest.mark.parametrize("known", [True, False])
def test_what_is_not_covered_gives_nothing(database: SqlDatabase, known: bool) -> None:
    stage = Stage(database, MAYOR, known=known)
    visits(stage, ANA, 1, 2, 3)
    answer = stage.ask(ANA)
    assert perks_of(answer) == (["cake"] if known else [])
    assert reasons_of(answer) == ({} if known else {"mayor": "not_covered"})


def test_while_tallies_are_being_made_nobody_leads(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR)
    visits(stage, ANA, 1, 2, 3)
    with database.writing() as store:
        store.session.run("INSERT INTO tally_due (guest) VALUES ('gst_ben')", ())
    answer = stage.ask(ANA, mode="preview")
    assert (perks_of(answer), reasons_of(answer)) == ([], {"mayor": "not_covered"})


def test_a_crowd_is_who_is_still_here(database: SqlDatabase) -> None:
    stage = Stage(database, SWARM)
    for who in (ANA, *CROWD[:2]):
        visits(stage, who, 0)
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]
    stage.clock.move_to(NOW + timedelta(minutes=10))
    left = Draft(Kind.CHECK_IN, "left", CROWD[0], occurred_at=NOW + timedelta(minutes=5), place_id="cafe")
    stage.record(left)
    assert perks_of(stage.ask(ANA, mode="preview")) == []
    visits(stage, CROWD[2], 0)
    assert perks_of(stage.ask(ANA, mode="preview")) == ["cake"]
    stage.clock.move_to(NOW + timedelta(hours=3))
    assert perks_of(stage.ask(ANA, mode="preview")) == []


def test_the_best_guest_of_the_group_is_the_best_of_all_houses_together(database: SqlDatabase) -> None:
    stage = Stage(database, MAYOR.replace("of: visits,", "of: visits, where: group,"))
    visits(stage, ANA, 1, 2)
    visits(stage, BEN, 1)
    visits(stage, BEN, 2, 3, property="hudson")
    assert perks_of(stage.ask(ANA, mode="preview")) == []
    answer = stage.ask(BEN)
    (perk,) = answer["perks"]
    assert perk["say"] == "To thank you for your loyalty, we are giving you “a cake”."
    assert perk["why"][0]["condition"].startswith("in first place at our hotels in 60 days by number of visits")
    assert verdicts(stage) == verdicts(stage, deep=True) == {"identical"}
