"""What is reckoned at the desk: the number stands in the grant, is paid from the budget, and a replay finds it."""

from __future__ import annotations

from collections import Counter

import pytest

from rewards.domain.grant import GrantState
from rewards.errors import RewardsError
from rewards.ledger.ports import GrantRow
from rewards.storage.engine import SqlDatabase
from tests.desk.steps import step
from tests.stage import ANA, BEN, READER, Stage, perks_of, reasons_of

RULES = """
rule: ten-a-euro
at: checkout
only_at: {properties: [harbour]}
when: always
give:
  perk: points
  points: {smallest: [{rate: 10, per: EUR 1, of: {fact: stay.amount}}, 5000]}
  or_else: welcome-drink
---
rule: five-per-cent
at: arrival
when: {measure: stays, at_least: 1}
give: {perk: dinner, amount: {percent: 5, of: {measure: spend, in: this year}}, or_else: cake}
limits: [{budget: EUR 30, every: month}]
---
rule: score
at: request
only_at: {properties: [harbour]}
when: {amount: {sum: [{measure: stays}, {rate: 1, per: EUR 100, of: {measure: spend}}]}, at_least: 5}
give: {perk: cake, quantity: {measure: stays}}
---
rule: choice
at: booking
only_at: {properties: [harbour]}
when: always
give:
  - choose: 1
    of: [{perk: cake}, {perk: points, points: {rate: 100, per: 1, of: {measure: stays}}}]
    within: 10 days
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    stage = Stage(database, RULES)
    stage.stock("welcome-drink", 5)
    return stage


def grant(stage: Stage, id_: str) -> GrantRow:
    with stage.database.reading() as store:
        row = store.grants.get(id_)
    assert row is not None
    return row


def test_points_are_given_by_the_whole_euro_and_credited_once(stage: Stage) -> None:
    answer = stage.ask(ANA, enrol=True, moment="checkout", stay={"amount_minor": 24_799, "currency": "EUR"})
    (perk,) = answer["perks"]
    assert (perk["perk"], perk["points"], perk["quantity"]) == ("points", 2_470, 2_470)
    assert perk["reckoned"] == {"points": "10 points for each whole €1 of the price of this stay (at most 5,000)"}
    assert "2,470 points" in perk["say"]
    assert stage.balance(f"points:{answer['guest']}") == 2_470
    assert stage.violations() == []


def test_a_price_in_dollars_is_reckoned_in_the_currency_of_the_house_or_refused(stage: Stage) -> None:
    with pytest.raises(RewardsError) as caught:
        stage.ask(ANA, enrol=True, moment="checkout", stay={"amount_minor": 24_799, "currency": "USD"})
    assert caught.value.code.name == "rate_unknown"


def test_what_nobody_stated_gives_the_alternative_and_says_why(stage: Stage) -> None:
    answer = stage.ask(ANA, enrol=True, moment="checkout")
    assert perks_of(answer) == ["welcome-drink"]
    (waits,) = answer["withheld"]
    assert (waits["rule"], waits["perk"], waits["reason"]) == ("ten-a-euro", "points", "amount_unknown")
    assert waits["text"] == "How much this reward comes to is not known, because this is not: the price of this stay."
    assert waits["fact"] == "stay.amount"


def test_less_than_a_whole_euro_comes_to_nothing(stage: Stage) -> None:
    answer = stage.ask(ANA, enrol=True, moment="checkout", stay={"amount_minor": 99})
    assert perks_of(answer) == ["welcome-drink"]
    assert reasons_of(answer) == {"ten-a-euro": "amount_zero"}


def test_a_credit_is_paid_from_the_budget_by_what_it_came_to(stage: Stage) -> None:
    for who, cents in ((ANA, 50_019), (BEN, 20_000)):
        stage.stay(who, 3)
        stage.spend(who, 2, cents)
    (ana,) = stage.ask(ANA)["perks"]
    assert (ana["perk"], ana["amount"], ana["currency"]) == ("dinner", 2_500, "EUR")
    assert grant(stage, ana["grant"]).grant.cost_minor == 2_500
    answer = stage.ask(BEN, stay={"reservation": "R-2"})
    assert perks_of(answer) == []
    # Ten euros do not fit beside twenty-five, nor does a cake of twelve.
    assert {one["reason"] for one in answer["withheld"]} == {"budget_spent"}
    assert stage.violations() == []


def test_a_score_is_told_without_the_money_it_was_reckoned_from(stage: Stage) -> None:
    stage.stay(ANA, 3)
    stage.stay(ANA, 9)
    stage.spend(ANA, 2, 39_999)
    (cake,) = stage.ask(ANA, moment="request")["perks"]
    assert (cake["perk"], cake["quantity"]) == ("cake", 2)
    (why,) = cake["why"]
    assert set(why) == {"condition"}
    assert why["condition"].endswith("at least 5")


def test_a_score_that_falls_short_gives_nothing(stage: Stage) -> None:
    stage.stay(ANA, 3)
    stage.spend(ANA, 2, 39_999)
    answer = stage.ask(ANA, moment="request")
    assert (answer["perks"], answer["withheld"]) == ([], [])


def test_the_guest_chooses_what_was_reckoned_when_it_was_given(stage: Stage) -> None:
    stage.stay(ANA, 3)
    stage.stay(ANA, 9)
    (cake,) = stage.ask(ANA, moment="booking")["perks"]
    assert cake["perk"] == "cake"
    stage.stay(ANA, 15)
    chosen = step(stage, lambda store: stage.desk.choose(store, cake["grant"], "points", "guest"))
    assert (chosen.grant.perk, chosen.grant.quantity, chosen.grant.state) == ("points", 200, GrantState.DELIVERED)
    assert chosen.grant.params["points"] == 200
    assert stage.violations() == []


def test_every_reckoned_decision_replays_identically(stage: Stage) -> None:
    stage.stay(ANA, 3)
    stage.spend(ANA, 2, 30_000)
    stage.ask(ANA, moment="checkout", stay={"amount_minor": 24_799})
    stage.ask(ANA, moment="checkout", stay={"reservation": "R-2"})
    stage.ask(ANA)
    stage.ask(ANA, moment="request")
    stage.ask(ANA, moment="booking", stay={"reservation": "R-3"})
    stage.ask(BEN, enrol=True, moment="booking", stay={"reservation": "R-4"})
    with stage.database.reading() as store:
        shallow = Counter(one.verdict for one in stage.desk.replay(store))
        deep = Counter(one.verdict for one in stage.desk.replay(store, deep=True))
    assert shallow == deep == Counter(identical=6)


def test_a_house_that_records_nothing_gives_no_share_of_what_it_does_not_know(database: SqlDatabase) -> None:
    stage = Stage(database, RULES, known=False)
    stage.stay(ANA, 3)
    stage.spend(ANA, 2, 50_000)
    answer = stage.ask(ANA)
    assert perks_of(answer) == ["cake"]
    (waits,) = answer["withheld"]
    assert (waits["reason"], waits["series"]) == ("amount_unknown", "spend")
    assert waits["text"].endswith("because this is not: purchases.")


def test_what_no_ledger_holds_is_withheld(database: SqlDatabase) -> None:
    stage = Stage(
        database,
        "rule: huge\nat: arrival\nwhen: always\n"
        "give: {perk: points, points: {times: 1000, of: {percent: 100000, of: 1000000001}}, or_else: cake}\n",
    )
    answer = stage.ask(ANA, enrol=True)
    assert perks_of(answer) == ["cake"]
    assert reasons_of(answer) == {"huge": "amount_too_large"}


def test_a_reader_who_may_not_read_amounts_sees_the_rule_and_not_the_guest(stage: Stage) -> None:
    stage.stay(ANA, 3)
    stage.spend(ANA, 2, 50_000)
    assert READER.money
    (told,) = stage.ask(ANA)["perks"]
    assert told["reckoned"] == {"amount": "5% of the amount spent at this hotel this calendar year"}
