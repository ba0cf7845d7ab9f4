"""What becomes of a grant: used in parts, handed over, replaced, taken back; and what a corrected past does to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rewards.errors import RewardsError
from rewards.ledger import points
from rewards.ledger.stock import stock_of
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.desk.steps import refused, step
from tests.stage import ANA, BEN, TODAY, Stage, perks_of, reasons_of

RULES = """
rule: diner
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: dinner, amount: EUR 50}]
limits: [{per: guest, at_most: 1, every: month}, {budget: EUR 80, every: month}]
---
rule: sweet
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 2}
give: [{choose: 1, of: [{perk: cake}, {perk: welcome-drink}], within: 30 days, default: cake}]
---
rule: collector
at: checkout
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: points, points: 250}]
limits: [{per: stay, at_most: 1}]
"""
BUDGET = "budget:diner:EUR:all:2026-11"


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES)
    made.stay(ANA, 30, key="first")
    made.stock("welcome-drink", 5)
    return made


def dinner(stage: Stage) -> str:
    return str(next(perk["grant"] for perk in stage.ask()["perks"] if perk["perk"] == "dinner"))


def test_a_credit_is_used_in_parts_each_named_once(stage: Stage) -> None:
    grant = dinner(stage)
    first = step(stage, lambda store: stage.desk.redeem(store, grant, "bill-1", 3_000, "bar"))
    assert (first.used, first.grant.state.value) == (3_000, "granted")
    assert refused(stage, lambda store: stage.desk.redeem(store, grant, "bill-1", 100, "bar")) == "already_exists"
    assert refused(stage, lambda store: stage.desk.redeem(store, grant, "bill-2", 2_001, "bar")) == "field_invalid"
    last = step(stage, lambda store: stage.desk.redeem(store, grant, "bill-3", None, "bar"))
    assert (last.used, last.grant.state.value) == (5_000, "redeemed")
    assert refused(stage, lambda store: stage.desk.redeem(store, grant, "bill-4", 1, "bar")) == "grant_not_redeemable"
    assert stage.violations() == []


def test_a_grant_is_found_by_the_code_a_guest_shows(stage: Stage) -> None:
    code = stage.ask()["perks"][0]["code"]
    with stage.database.reading() as store:
        row = store.grants.get(code)
    assert row is not None
    assert row.grant.perk == "dinner"


def test_a_grant_past_its_end_is_refused_and_returns_its_money(stage: Stage) -> None:
    grant = dinner(stage)
    assert reasons_of(stage.ask(BEN, enrol=True, mode="preview")) == {}
    stage.stay(BEN, 5)
    assert reasons_of(stage.ask(BEN, stay={"reservation": "B"}))["diner"] == "budget_spent"
    stage.clock.advance(timedelta(days=91))
    assert refused(stage, lambda store: stage.desk.redeem(store, grant, "x", None, "bar")) == "grant_not_redeemable"
    assert stage.desk.expire_due() >= 1
    assert stage.balance(BUDGET) == 8_000
    assert stage.violations() == []


def test_what_is_taken_back_in_part_returns_the_unused_share(stage: Stage) -> None:
    grant = dinner(stage)
    step(stage, lambda store: stage.desk.redeem(store, grant, "bill-1", 2_000, "bar"))
    row = step(stage, lambda store: stage.desk.void(store, grant, "desk", "a mistake"))
    assert row.grant.state.value == "voided"
    assert stage.balance(BUDGET) == 8_000 - 2_000
    assert refused(stage, lambda store: stage.desk.void(store, grant, "desk", "again")) == "grant_not_redeemable"
    assert stage.violations() == []


def test_a_failed_perk_is_replaced_from_stock(stage: Stage) -> None:
    grant = dinner(stage)
    new = step(stage, lambda store: stage.desk.substitute(store, grant, "welcome-drink", 2, "desk", "kitchen closed"))
    assert (new.grant.perk, new.grant.quantity, new.grant.state.value) == ("welcome-drink", 2, "granted")
    with stage.database.reading() as store:
        old = store.grants.get(grant)
    assert old is not None
    assert old.grant.state.value == "substituted"
    assert stage.left("welcome-drink") == 3
    assert perks_of(stage.ask(stay={"reservation": "R-2"})) == []
    assert stage.violations() == []


def test_the_guest_chooses_until_the_last_day(stage: Stage) -> None:
    stage.stay(ANA, 10)
    given = next(perk for perk in stage.ask()["perks"] if perk["rule"] == "sweet")
    assert (given["perk"], given["choose_by"]) == ("cake", "2026-12-22")
    assert refused(stage, lambda store: stage.desk.choose(store, given["grant"], "dinner", "guest")) == "field_invalid"
    row = step(stage, lambda store: stage.desk.choose(store, given["grant"], "welcome-drink", "guest"))
    assert row.grant.perk == "welcome-drink"
    assert stage.violations() == []


def test_a_cut_of_the_stock_below_what_is_promised_is_seen(stage: Stage) -> None:
    stage.stay(ANA, 10)
    given = next(perk for perk in stage.ask()["perks"] if perk["rule"] == "sweet")
    step(stage, lambda store: stage.desk.choose(store, given["grant"], "welcome-drink", "guest"))
    stage.stock("welcome-drink", 0)
    with stage.database.reading() as store:
        standing = stock_of(store, "harbour", "welcome-drink", TODAY)
    assert (standing.quantity, standing.left, standing.over_promised) == (0, 0, 1)
    assert stage.violations() == []


def test_an_edited_limit_is_topped_up_once(stage: Stage) -> None:
    dinner(stage)
    stage.stay(BEN, 5)
    assert reasons_of(stage.ask(BEN, stay={"reservation": "B1"}))["diner"] == "budget_spent"
    stage.publish(RULES.replace("EUR 80", "EUR 100"))
    assert "dinner" in perks_of(stage.ask(BEN, stay={"reservation": "B2"}))
    stage.publish(RULES.replace("EUR 80", "EUR 60"))
    assert reasons_of(stage.ask("card:new", enrol=True, mode="preview")) == {}
    assert stage.violations() == []


# --- a past that is corrected ---


def test_a_stay_taken_back_voids_what_rested_on_it_and_is_not_used(stage: Stage) -> None:
    grant = dinner(stage)
    stage.take_back("first")
    with stage.database.reading() as store:
        row = store.grants.get(grant)
        events = store.grants.events(grant)
    assert row is not None
    assert row.grant.state.value == "voided"
    assert "taken back" in events[-1].reason
    assert stage.violations() == []


def test_what_was_used_stays_and_keeps_its_charge(stage: Stage) -> None:
    grant = dinner(stage)
    step(stage, lambda store: stage.desk.redeem(store, grant, "bill-1", None, "bar"))
    stage.take_back("first")
    with stage.database.reading() as store:
        row = store.grants.get(grant)
    assert row is not None
    assert row.grant.state.value == "redeemed"
    assert stage.balance(BUDGET) == 3_000
    assert stage.violations() == []


def test_a_fact_that_changes_nothing_takes_nothing_back(stage: Stage) -> None:
    stage.stay(ANA, 20, key="second")
    grant = dinner(stage)
    stage.take_back("second")
    with stage.database.reading() as store:
        row = store.grants.get(grant)
    assert row is not None
    assert row.grant.state.value == "granted"


def test_points_that_were_spent_become_a_debt_that_later_points_pay(stage: Stage) -> None:
    guest = stage.ask(moment="checkout")["guest"]
    with stage.database.writing() as store:
        stage.desk.spend_points(store, guest, 200, "bill-1", "a towel")
        assert points.balance(store, guest) == (50, 0)
    stage.take_back("first")
    with stage.database.reading() as store:
        assert points.balance(store, guest) == (0, 200)
    with pytest.raises(RewardsError) as caught, stage.database.writing() as store:
        stage.desk.spend_points(store, guest, 1, "bill-2", "a towel")
    assert caught.value.code.name == "balance_too_low"
    stage.stay(ANA, 1, key="later")
    stage.ask(moment="checkout", stay={"reservation": "R-9"})
    with stage.database.reading() as store:
        assert points.balance(store, guest) == (50, 0)
    assert stage.violations() == []


def test_points_of_a_hold_are_given_when_it_is_confirmed(stage: Stage) -> None:
    held = stage.ask(moment="checkout", mode="hold")
    with stage.database.writing() as store:
        assert points.balance(store, held["guest"]) == (0, 0)
        stage.desk.confirm(store, held["decision"], "desk")
        assert points.balance(store, held["guest"]) == (250, 0)
    assert stage.violations() == []


def test_a_merged_guest_keeps_one_limit_and_parting_leaves_grants_where_they_were_used(stage: Stage) -> None:
    from rewards.intake.people import merge, unmerge

    stage.stay(BEN, 12)
    first = stage.ask(BEN, stay={"reservation": "B"})
    assert perks_of(first) == ["dinner"]
    with stage.database.writing() as store:
        ana = store.guests.resolve(ANA[0])
        ben = store.guests.resolve(BEN[0])
        assert ana is not None
        assert ben is not None
        union = merge(store, ana, ben, "one person", stage.clock.now())
    both = stage.ask(ANA, mode="preview")
    assert both["guest"] == ana
    assert [perk["rule"] for perk in both["perks"]] == ["sweet"]
    assert reasons_of(both) == {"diner": "limit_reached"}
    with stage.database.writing() as store:
        assert {row.grant.guest for row in store.grants.of_guest(store.guests.records(ana))} == {ben}
        unmerge(store, union, stage.clock.now())
        assert store.grants.of_guest(store.guests.records(ana)) == []
        assert len(store.grants.of_guest(store.guests.records(ben))) == 1
    assert stage.violations() == []


def test_a_rolling_limit_counts_from_the_day_of_the_grant(database: SqlDatabase) -> None:
    rules = """
rule: quarterly
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: cake}]
limits: [{per: guest, at_most: 1, every: 90 days}]
"""
    stage = Stage(database, rules)
    stage.stay(ANA, 30)
    assert perks_of(stage.ask()) == ["cake"]
    for days, expected in ((89, []), (90, ["cake"])):
        stage.clock.move_to(stage.clock.now().replace(year=2026, month=11, day=22) + timedelta(days=days))
        arrival = TODAY + timedelta(days=days)
        stay = {"reservation": f"R-{days}", "arrival": arrival.isoformat(),
                "departure": (arrival + timedelta(days=1)).isoformat()}  # fmt: skip
        assert perks_of(stage.ask(stay=stay)) == expected, days


def test_since_the_last_grant_counts_anew(database: SqlDatabase) -> None:
    rules = """
rule: every-two
at: arrival
when: {measure: stays, where: here, since: last grant, at_least: 2}
give: [{perk: cake}]
"""
    stage = Stage(database, rules)
    stage.stay(ANA, 30)
    assert perks_of(stage.ask()) == []
    stage.stay(ANA, 20)
    assert perks_of(stage.ask()) == ["cake"]
    assert perks_of(stage.ask(stay={"reservation": "R-2"})) == []
    assert date.fromisoformat(stage.ask(mode="preview", stay={"reservation": "R-3"})["as_of"][:10]) == TODAY


def test_a_rolling_limit_of_the_house_counts_everybody(database: SqlDatabase) -> None:
    rules = """
rule: five-a-month
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: cake}]
limits: [{per: property, at_most: 2, every: 30 days}]
"""
    stage = Stage(database, rules)
    given = [perks_of(stage.ask(f"card:{n}", enrol=True, stay={"reservation": f"R-{n}"})) for n in range(3)]
    assert given == [["cake"], ["cake"], []]
    assert perks_of(stage.ask("card:9", enrol=True, property="hudson", stay={"reservation": "H"})) == ["cake"]
    stage.clock.advance(timedelta(days=29))
    assert perks_of(stage.ask("card:4", enrol=True, stay={"reservation": "R-4"})) == []
    stage.clock.advance(timedelta(days=1))
    assert perks_of(stage.ask("card:5", enrol=True, stay={"reservation": "R-5"})) == ["cake"]
    assert stage.violations() == []


def test_many_at_once_do_not_pass_a_rolling_limit_of_the_house(database: SqlDatabase) -> None:
    rules = """
rule: three-a-month
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: cake}]
limits: [{per: rule, at_most: 3, every: 30 days}]
"""
    stage = Stage(database, rules)

    def call(number: int) -> bytes:
        return stage.asked(f"card:{number}", enrol=True, stay={"reservation": f"R-{number}"}).body

    bodies = at_once(16, call)
    assert sum(b'"grant":"gnt_' in body for body in bodies) == 3
    assert stage.violations() == []
