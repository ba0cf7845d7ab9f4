"""Every reason not to give: its code, the values that explain it, its words in both languages, and nothing written.

A reward that is withheld stays open: where its reason goes away, the same question gives it.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.activity import Evidence, Kind
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, BEN, Stage, perks_of, question, reasons_of

DIRECT = "when: {fact: stay.channel, is: direct}"


def one_rule(give: str, when: str = DIRECT, more: str = "", at: str = "arrival") -> str:
    return f"rule: treat\nat: {at}\n{when}\ngive: [{give}]\n{more}\n"


def withheld(stage: Stage, language: str = "en", **more: Any) -> dict[str, Any]:
    """The one thing that is withheld in a preview."""
    asked = read_question(question(mode="preview", **more))
    answer = json.loads(stage.desk.ask(asked, Reader(language, True)).body)
    assert answer["perks"] == []
    (one,) = answer["withheld"]
    return dict(one)


def told(stage: Stage, **more: Any) -> dict[str, Any]:
    """What is withheld, without its words, after a look at those in both languages."""
    english, dutch = withheld(stage, "en", **more), withheld(stage, "nl", **more)
    texts = {english.pop("text"), dutch.pop("text")}
    assert len(texts) == 2
    assert all(text.endswith(".") for text in texts)
    assert english == dutch
    return english


def check_in(stage: Stage, key: str, evidence: Evidence, *, why_withheld: str | None = None) -> str:
    """Ana's check-in of now; its id."""
    draft = Draft(
        Kind.CHECK_IN, key, ANA, "harbour", occurred_at=stage.clock.now(), evidence=evidence, withheld=why_withheld
    )
    return stage.record(draft)[0].activity


def test_a_check_in_that_rests_on_too_little_waits_for_better(database: SqlDatabase) -> None:
    stage = Stage(database, one_rule("{perk: cake}", "when: {fact: activity.kind, is: check_in}",
                                     "evidence: witnessed", at="activity"))  # fmt: skip
    claimed, seen = check_in(stage, "phone", Evidence.CLAIMED), check_in(stage, "desk", Evidence.WITNESSED)
    assert told(stage, moment="activity", activity=claimed) == {
        "rule": "treat", "perk": "cake", "reason": "evidence_too_low", "have": "claimed", "needs": "witnessed",
    }  # fmt: skip
    assert perks_of(stage.ask(moment="activity", activity=seen)) == ["cake"]


def test_a_check_in_that_is_looked_at_earns_nothing_yet(database: SqlDatabase) -> None:
    stage = Stage(database, one_rule("{perk: cake}", "when: {fact: activity.kind, is: check_in}", at="activity"))
    doubtful = check_in(stage, "far", Evidence.LOCATED, why_withheld="impossible_travel")
    one = told(stage, moment="activity", activity=doubtful)
    assert (one["reason"], one["why"]) == ("under_review", "impossible_travel")


def test_a_fact_that_nobody_stated_is_named(database: SqlDatabase) -> None:
    stage = Stage(database, one_rule("{perk: cake}", "when: {fact: guest.country, is_not: NL}"))
    stage.stay(ANA, 10)
    one = told(stage)
    assert (one["reason"], one["fact"]) == ("unknown_fact", "guest.country")


def test_a_house_without_invoices_has_no_punctual_payers(database: SqlDatabase) -> None:
    late = "when: {measure: payments.late, within: 1 year, at_most: 0}"
    stage = Stage(database, one_rule("{perk: cake}", late), known=False)
    stage.stay(ANA, 10)
    one = told(stage)
    assert (one["reason"], one["series"]) == ("not_covered", "payments.late")


@pytest.mark.parametrize(
    ("stay", "reason"),
    [
        ({"room_class": "broom cupboard"}, "room_class_unknown"),
        ({"room_class": None}, "room_class_unknown"),
        ({"room_class": "suite"}, "no_higher_class_free"),
        ({"free_classes": []}, "no_higher_class_free"),
    ],
)
def test_no_upgrade_without_a_room_to_move_to(database: SqlDatabase, stay: dict[str, Any], reason: str) -> None:
    stage = Stage(database, one_rule("{perk: room-upgrade, levels: 1}"))
    stage.stay(ANA, 10)
    assert told(stage, stay=stay)["reason"] == reason
    assert perks_of(stage.ask(stay=stay)) == []
    assert perks_of(stage.ask()) == ["room-upgrade"]


def test_a_budget_in_money_without_a_rate_gives_nothing_until_there_is_one(database: SqlDatabase) -> None:
    stage = Stage(database, one_rule("{perk: cake}", more="limits: [{budget: USD 100, every: month}]"))
    stage.stay(ANA, 10)
    one = told(stage)
    assert (one["reason"], one["from"], one["to"]) == ("rate_unknown", "EUR", "USD")
    with stage.database.writing() as store:
        store.properties.put_rate("EUR", "USD", date(2026, 11, 1), Fraction(11, 10))
    assert perks_of(stage.ask()) == ["cake"]
    assert stage.balance("budget:treat:USD:all:2026-11") == 10_000 - 1_320
    assert stage.violations() == []


def test_a_budget_of_a_month_is_whole_again_in_the_next(database: SqlDatabase) -> None:
    stage = Stage(database, one_rule("{perk: cake}", more="limits: [{budget: EUR 12, every: month, per: property}]"))
    stage.stay(ANA, 10)
    assert perks_of(stage.ask()) == ["cake"]
    one = told(stage, stay={"reservation": "R-2"})
    assert (one["reason"], one["left"], one["needed"], one["currency"]) == ("budget_spent", 0, 1_200, "EUR")
    assert perks_of(stage.ask(BEN, enrol=True, property="hudson", stay={"reservation": "H", "room_class": None})) == [
        "cake"
    ]
    stage.clock.advance(timedelta(days=9))
    assert perks_of(stage.ask(stay={"reservation": "R-2"})) == ["cake"]
    assert stage.violations() == []


LIMITS = {
    "guest": ("{per: guest, at_most: 1, every: day}", {}, {"who": BEN, "enrol": True}),
    "stay": ("{per: stay, at_most: 1}", {"stay": {"reservation": "R-1"}, "moment": "checkout"}, {}),
    "property": (
        "{per: property, at_most: 1, every: day}",
        {"who": BEN, "enrol": True},
        {"property": "hudson", "stay": {"reservation": "H", "room_class": None}},
    ),
    "rule": ("{per: rule, at_most: 1, every: day}", {"property": "hudson", "stay": {"reservation": "H"}}, None),
}


@pytest.mark.parametrize("per", LIMITS)
def test_a_limit_counts_for_whom_it_says(database: SqlDatabase, per: str) -> None:
    limit, within, beyond = LIMITS[per]
    stage = Stage(database, one_rule("{perk: cake}", more=f"limits: [{limit}]", at="[arrival, checkout]"))
    stage.stay(ANA, 10)
    assert perks_of(stage.ask()) == ["cake"]
    again = stage.ask(**{"stay": {"reservation": "R-2"}, **within})
    assert (perks_of(again), reasons_of(again)) == ([], {"treat": "limit_reached"})
    assert (again["withheld"][0]["per"], again["withheld"][0]["at_most"]) == (per, 1)
    if beyond is not None:
        assert perks_of(stage.ask(**{"stay": {"reservation": "R-3"}, **beyond})) == ["cake"]
    stage.clock.advance(timedelta(days=1))
    tomorrow = perks_of(stage.ask(**{"stay": {"reservation": "R-4"}, **within}))
    assert tomorrow == ([] if per == "stay" else ["cake"])
    assert stage.violations() == []


def test_who_may_not_read_amounts_is_not_told_what_a_budget_lacks(database: SqlDatabase) -> None:
    stage = Stage(database, one_rule("{perk: cake}", more="limits: [{budget: EUR 1, every: month}]"))
    stage.stay(ANA, 10)
    asked = read_question(question(mode="preview"))
    answer = json.loads(stage.desk.ask(asked, Reader("en", False)).body)
    (one,) = answer["withheld"]
    assert one["reason"] == "budget_spent"
    assert {"left", "needed", "currency"}.isdisjoint(one)
