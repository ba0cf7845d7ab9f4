"""What a guest holds can be used longer: once as often as the rule says, and taken back with what it rested on."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.intake.people import merge
from rewards.ledger import life
from rewards.ledger.ports import GrantRow
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.desk.steps import refused, step
from tests.stage import ANA, BEN, HARBOUR, PERKS, Stage, perks_of, question, reasons_of

CATALOGUE = (
    PERKS
    + """
gold: {kind: custom, title: {en: Gold, nl: Goud}, valid: {until: 2026-12-31}}
suite-night: {kind: item, title: {en: a suite night, nl: een suitenacht}, valid: {until: 2026-12-31}}
"""
)
RULES = """
rule: welcome
at: arrival
when: always
give: [gold, {perk: suite-night, quantity: 2}, {perk: points, points: 500, valid: {until: 2026-12-31}}]
limits: [{per: guest, at_most: 1}]
---
rule: a-year-more
at: checkout
when: {measure: spend, where: group, at_least: EUR 100}
extend:
  - {perk: suite-night, by: 12 months}
  - {perk: gold, rule: welcome, until: 2027-06-30}
limits: [{per: guest, at_most: 1}]
---
rule: points-too
at: during_stay
when: always
give: cake
extend: {perk: points, by: 3 months}
limits: [{per: stay, at_most: 1}]
---
rule: upgrade-of-gold
at: booking
when: {measure: held, perk: gold, where: group, at_least: 1}
give: [{perk: room-upgrade, levels: 1}]
---
rule: gold-in-march
at: pre_arrival
when: {measure: held, perk: gold, where: group, during: {from: 2027-03-01, until: 2027-03-31}, at_least: 1}
give: cake
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=CATALOGUE)
    made.spend(ANA, 10, 20_000, key="bill")
    made.ask(ANA, enrol=True)
    made.clock.advance(timedelta(hours=1))
    return made


def checkout(stage: Stage, who: Any = ANA, **more: Any) -> dict[str, Any]:
    return stage.ask(who, moment="checkout", **more)


def held(stage: Stage) -> dict[str, GrantRow]:
    with stage.database.reading() as store:
        rows = store.grants.of_guest([guest(stage)])
    return {row.grant.perk: row for row in rows}


def guest(stage: Stage) -> str:
    return str(stage.ask(ANA, mode="preview")["guest"])


def ends(stage: Stage) -> dict[str, str]:
    shown = {perk: row.grant.valid_until.astimezone(HARBOUR.zone_info()) for perk, row in held(stage).items()}
    return {perk: f"{at:%Y-%m-%d %H:%M}" for perk, at in shown.items() if perk in ("gold", "suite-night", "points")}


def replayed(stage: Stage) -> set[str]:
    with stage.database.reading() as store:
        return {one.verdict for deep in (False, True) for one in stage.desk.replay(store, deep=deep)}


NEW_YEAR = "2027-01-01 04:00"


def test_what_is_held_ends_later_and_the_answer_says_so(stage: Stage) -> None:
    assert ends(stage) == {"gold": NEW_YEAR, "suite-night": NEW_YEAR, "points": NEW_YEAR}
    answer = checkout(stage)
    assert answer["perks"] == []
    told = [(one["perk"], one["was_valid_until"], one["valid_until"], one["say"]) for one in answer["extended"]]
    assert told == [
        ("suite-night", "2027-01-01T04:00+01:00", "2028-01-01T04:00+01:00",
         "We have made “a suite night” last longer: it can be used until 31 December 2027."),
        ("gold", "2027-01-01T04:00+01:00", "2027-07-01T04:00+02:00",
         "We have made “Gold” last longer: it can be used until 30 June 2027."),
    ]  # fmt: skip
    assert answer["extended"][0]["why"][0]["needed"] == 10_000
    assert ends(stage) == {"gold": "2027-07-01 04:00", "suite-night": "2028-01-01 04:00", "points": NEW_YEAR}
    assert stage.violations() == []
    assert replayed(stage) == {"identical"}


def test_a_preview_says_the_same_and_changes_nothing(stage: Stage) -> None:
    foreseen = checkout(stage, mode="preview")
    assert set(ends(stage).values()) == {NEW_YEAR}
    given = checkout(stage)
    assert [one.pop("extension") for one in foreseen["extended"]] == [None, None]
    assert all(one.pop("extension").startswith("gnt_") for one in given["extended"])
    assert foreseen["extended"] == given["extended"]


def test_in_dutch_too(stage: Stage) -> None:
    asked = read_question(question(ANA, moment="checkout", mode="preview"))
    told = json.loads(stage.desk.ask(asked, Reader("nl", True)).body)["extended"]
    assert [(one["title"], one["say"]) for one in told] == [
        ("een suitenacht", "We hebben “een suitenacht” verlengd: te gebruiken tot en met 31 december 2027."),
        ("Goud", "We hebben “Goud” verlengd: te gebruiken tot en met 30 juni 2027."),
    ]


def test_amounts_of_what_earned_it_are_for_who_may_read_them(stage: Stage) -> None:
    asked = read_question(question(ANA, moment="checkout", mode="commit"))
    told = json.loads(stage.desk.ask(asked, Reader("en", False)).body)["extended"]
    assert [sorted(why) for why in told[0]["why"]] == [["condition"]]
    again = json.loads(stage.desk.ask(asked, Reader("en", False)).body)["extended"]
    assert again == told


def test_the_same_question_extends_once_and_the_limit_holds_for_every_other(stage: Stage) -> None:
    first = checkout(stage, stay={"reservation": "R-1"})
    after = ends(stage)
    again = checkout(stage, stay={"reservation": "R-1"})
    assert again["extended"] == first["extended"]
    other = checkout(stage, stay={"reservation": "R-2"})
    assert "extended" not in other
    assert reasons_of(other) == {"a-year-more": "limit_reached"}
    assert ends(stage) == after
    assert stage.violations() == []


def test_who_holds_nothing_of_it_is_told_so_and_the_limit_is_not_used_up(database: SqlDatabase) -> None:
    stage = Stage(database, RULES, perks=CATALOGUE)
    stage.spend(ANA, 10, 20_000)
    empty = checkout(stage)
    assert [(one["perk"], one["reason"], one["text"]) for one in empty["withheld"]] == [
        ("suite-night", "nothing_to_extend", "The guest holds nothing of it that would end later."),
        ("gold", "nothing_to_extend", "The guest holds nothing of it that would end later."),
    ]
    stage.ask(ANA)
    stage.clock.advance(timedelta(hours=1))
    assert len(checkout(stage)["extended"]) == 2
    assert replayed(stage) == {"identical"}


def test_a_status_is_held_for_as_long_as_it_was_extended(stage: Stage) -> None:
    later = datetime(2027, 6, 30, 12, tzinfo=HARBOUR.zone_info())
    asking = {"moment": "booking", "mode": "preview", "as_of": later.isoformat()}
    assert "room-upgrade" not in perks_of(stage.ask(ANA, **asking))
    checkout(stage)
    assert "room-upgrade" in perks_of(stage.ask(ANA, **asking))
    asking["as_of"] = (later + timedelta(days=1)).isoformat()
    assert "room-upgrade" not in perks_of(stage.ask(ANA, **asking))


def test_what_was_known_then_knows_the_end_of_then(stage: Stage) -> None:
    march = datetime(2027, 3, 2, 12, tzinfo=HARBOUR.zone_info())
    asking = {"moment": "pre_arrival", "mode": "preview", "as_of": march.isoformat()}
    before = stage.clock.now()
    stage.clock.advance(timedelta(hours=1))
    assert perks_of(stage.ask(ANA, **asking)) == []
    checkout(stage)
    stage.clock.advance(timedelta(hours=1))
    assert perks_of(stage.ask(ANA, **asking)) == ["cake"]
    assert perks_of(stage.ask(ANA, **asking, known_at=before.isoformat())) == []
    assert perks_of(stage.ask(ANA, **asking, known_at=stage.clock.now().isoformat())) == ["cake"]


def test_points_lapse_later_and_something_may_be_given_beside(stage: Stage) -> None:
    answer = stage.ask(ANA, moment="during_stay")
    assert perks_of(answer) == ["cake"]
    assert [(one["perk"], one["valid_until"]) for one in answer["extended"]] == [("points", "2027-04-01T04:00+02:00")]
    stage.clock.move_to(datetime(2027, 3, 31, 12, tzinfo=HARBOUR.zone_info()))
    stage.desk.expire_due()
    assert stage.balance(f"points:{guest(stage)}") == 500
    stage.clock.move_to(datetime(2027, 4, 1, 4, tzinfo=HARBOUR.zone_info()))
    stage.desk.expire_due()
    assert stage.balance(f"points:{guest(stage)}") == 0
    assert stage.violations() == []


def test_what_ended_or_was_used_up_is_not_extended(stage: Stage) -> None:
    nights = held(stage)["suite-night"].grant.id
    step(stage, lambda store: stage.desk.redeem(store, nights, "used", None, "desk"))
    assert [one["perk"] for one in checkout(stage, mode="preview")["extended"]] == ["gold"]
    stage.clock.move_to(datetime(2027, 1, 1, 4, tzinfo=HARBOUR.zone_info()))
    assert reasons_of(checkout(stage)) == {"a-year-more": "nothing_to_extend"}


def test_a_delivered_status_is_extended_and_what_is_used_in_part(stage: Stage) -> None:
    gold, nights = held(stage)["gold"].grant.id, held(stage)["suite-night"].grant.id
    step(stage, lambda store: stage.desk.deliver(store, gold, "Cas", "card handed over"))
    step(stage, lambda store: stage.desk.redeem(store, nights, "one", 1, "desk"))
    assert [one["perk"] for one in checkout(stage)["extended"]] == ["suite-night", "gold"]
    assert stage.violations() == []


def test_an_end_that_lies_later_already_stays(database: SqlDatabase) -> None:
    stage = Stage(database, RULES.replace("2027-06-30", "2026-12-30"), perks=CATALOGUE)
    stage.spend(ANA, 10, 20_000)
    stage.ask(ANA)
    stage.clock.advance(timedelta(hours=1))
    assert [one["perk"] for one in checkout(stage)["extended"]] == ["suite-night"]
    assert ends(stage)["gold"] == NEW_YEAR


def test_a_hold_extends_at_once_and_its_end_takes_it_back(stage: Stage) -> None:
    for over in ("cancel", "lapse"):
        answer = checkout(stage, mode="hold", hold_minutes=30)
        assert len(answer["extended"]) == 2
        assert ends(stage)["suite-night"] == "2028-01-01 04:00"
        if over == "cancel":
            step(stage, lambda store, it=answer["decision"]: stage.desk.cancel(store, it, "desk") or [])  # type: ignore[misc]
        else:
            stage.clock.advance(timedelta(minutes=31))
            stage.desk.expire_due()
        assert set(ends(stage).values()) == {NEW_YEAR}
        assert stage.violations() == []
    assert len(checkout(stage)["extended"]) == 2


def test_a_confirmed_hold_stays(stage: Stage) -> None:
    answer = checkout(stage, mode="hold", hold_minutes=30)
    with stage.database.writing() as store:
        stage.desk.confirm(store, answer["decision"], "desk")
    stage.clock.advance(timedelta(hours=2))
    stage.desk.expire_due()
    assert ends(stage)["suite-night"] == "2028-01-01 04:00"
    assert checkout(stage)["extended"] == answer["extended"]
    assert stage.violations() == []


def test_a_fact_that_is_taken_back_takes_the_extension_back_where_it_is_unused(stage: Stage) -> None:
    checkout(stage)
    nights = held(stage)["suite-night"].grant.id
    stage.clock.move_to(datetime(2027, 1, 5, 12, tzinfo=HARBOUR.zone_info()))
    step(stage, lambda store: stage.desk.redeem(store, nights, "in the longer time", None, "desk"))
    stage.take_back("bill")
    assert ends(stage) == {"gold": NEW_YEAR, "suite-night": "2028-01-01 04:00", "points": NEW_YEAR}
    stage.desk.expire_due()
    assert (held(stage)["gold"].grant.state.value, held(stage)["suite-night"].grant.state.value) == (
        "expired", "redeemed",
    )  # fmt: skip
    assert stage.violations() == []


def test_an_extension_that_another_was_built_on_stays(database: SqlDatabase) -> None:
    rules = RULES.replace("limits: [{per: guest, at_most: 1}]\n---\nrule: points-too", "---\nrule: points-too")
    stage = Stage(database, rules, perks=CATALOGUE)
    stage.spend(ANA, 10, 20_000)
    stage.ask(ANA)
    stage.clock.advance(timedelta(hours=1))
    first = checkout(stage, stay={"reservation": "R-1"})["extended"][0]["extension"]
    second = checkout(stage, stay={"reservation": "R-2"})["extended"][0]["extension"]
    assert ends(stage)["suite-night"] == "2029-01-01 04:00"
    for mark, left in ((first, "2029-01-01 04:00"), (second, "2028-01-01 04:00")):
        step(stage, lambda store, it=mark: life.void(store, it, by="clerk", reason="a mistake", at=stage.clock.now()))  # type: ignore[misc]
        assert ends(stage)["suite-night"] == left
    assert stage.violations() == []


def test_an_extension_is_no_perk_that_could_be_used_or_replaced(stage: Stage) -> None:
    mark = checkout(stage)["extended"][0]["extension"]
    assert refused(stage, lambda store: stage.desk.redeem(store, mark, "r", None, "desk")) == "grant_not_redeemable"
    assert refused(stage, lambda store: stage.desk.deliver(store, mark, "Cas", "why")) == "grant_not_redeemable"
    assert refused(stage, lambda store: stage.desk.substitute(store, mark, "cake", 1, "Cas", "why")) == (
        "grant_not_redeemable"
    )


def test_of_united_guests_what_either_holds_is_extended(stage: Stage) -> None:
    stage.ask(BEN, enrol=True)
    stage.clock.advance(timedelta(hours=1))
    with stage.database.writing() as store:
        head = stage.ask(BEN, mode="preview")["guest"]
        merge(store, guest(stage), head, "the same person", stage.clock.now())
    assert [one["perk"] for one in checkout(stage)["extended"]] == ["suite-night", "suite-night", "gold", "gold"]
    assert stage.violations() == []


def test_two_clerks_at_once_extend_once(stage: Stage) -> None:
    answers = at_once(8, lambda number: checkout(stage, stay={"reservation": f"R-{number}"}))
    assert sum("extended" in answer for answer in answers) == 1
    assert ends(stage)["suite-night"] == "2028-01-01 04:00"
    assert stage.violations() == []
