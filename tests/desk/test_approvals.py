"""What a rule gives only once somebody says yes: it waits, and is approved, refused, or lapses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rewards.desk import holds
from rewards.desk.approvals import OPERATOR, Approver
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.grant import GrantState
from rewards.ledger.ports import GrantRow
from rewards.storage.engine import SqlDatabase
from tests.desk.steps import refused, step
from tests.stage import ANA, BEN, NOW, Stage, perks_of, question, reasons_of

RULES = """
rule: recovery-by-a-clerk
at: request
when:
  all:
    - {fact: request.role, is: clerk}
    - {fact: request.points, at_most: 2000}
give: {perk: points, points: {fact: request.points}}
---
rule: recovery-by-a-supervisor
at: request
when: {fact: request.points, more_than: 2000}
give: {perk: points, points: {fact: request.points}}
limits: [{per: guest, at_most: 1, every: month}]
approval: {by: supervisor, within: 7 days}
---
rule: drink-with-approval
at: arrival
when: always
give: welcome-drink
limits: [{budget: EUR 50, every: month}, {per: guest, at_most: 1, every: month}]
approval: hotel
---
rule: cake-for-a-drink
at: checkout
when: {measure: grants, rule: drink-with-approval, at_least: 1}
give: cake
"""
CLERK = Reader("en", True, "key_clerk", "clerk")
SUPERVISOR = Approver("key_supervisor", "supervisor")
HOTEL = Approver("key_hotel", "hotel")
SEVENTH_DAY_ENDS = datetime(2026, 11, 30, 3, tzinfo=UTC)
"""Four o'clock in Rotterdam after the seventh hotel day, 29 November."""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    stage = Stage(database, RULES)
    stage.stay(ANA, 40)
    stage.stay(BEN, 40)
    stage.stock("welcome-drink", 2)
    return stage


def asks(stage: Stage, points: int | None = None, *, reader: Reader = CLERK, **more: Any) -> dict[str, Any]:
    """A complaint of Ana for which the desk asks for points, with the words of one key."""
    request = {} if points is None else {"request": {"points": points}}
    asked = read_question(question(ANA, **{"moment": "request", **request, **more}))
    return dict(json.loads(stage.desk.ask(asked, reader).body))


def approve(stage: Stage, grant: str, approver: Approver = SUPERVISOR) -> GrantRow:
    return step(stage, lambda store: stage.desk.approve(store, grant, approver, "Mia", "a bad night"))


def refuse(stage: Stage, grant: str, approver: Approver = SUPERVISOR) -> GrantRow:
    return step(stage, lambda store: stage.desk.refuse(store, grant, approver, "Mia", "too much"))


def points_of(stage: Stage) -> tuple[int, int]:
    """What Ana can spend, and what she owes."""
    with stage.database.reading() as store:
        return stage.desk.points(store, asks(stage, mode="preview")["guest"])


def topics(stage: Stage) -> list[str]:
    with stage.database.reading() as store:
        return [row[0] for row in store.session.all("SELECT topic FROM outbox ORDER BY seq", ())]


# --- what a desk asks for


def test_a_clerk_gives_up_to_two_thousand_points_alone(stage: Stage) -> None:
    given = asks(stage, 2000)
    assert [(one["perk"], one["points"], one["state"]) for one in given["perks"]] == [("points", 2000, "delivered")]
    assert "approval" not in given["perks"][0]
    assert points_of(stage) == (2000, 0)


def test_one_point_more_waits_for_a_supervisor_and_is_credited_when_she_says_yes(stage: Stage) -> None:
    asked = asks(stage, 2001)
    (perk,) = asked["perks"]
    assert (perk["state"], perk["points"], perk["approval"]["by"]) == ("pending", 2001, "supervisor")
    assert perk["approval"]["until"] == "2026-11-30T04:00+01:00"
    assert "supervisor" in perk["approval"]["text"]
    assert points_of(stage) == (0, 0)
    assert approve(stage, perk["grant"]).grant.state is GrantState.DELIVERED
    assert points_of(stage) == (2001, 0)
    assert stage.violations() == []
    assert topics(stage)[-4:] == ["grant.pending", "decision.committed", "grant.granted", "grant.delivered"]


def test_the_role_is_that_of_the_key_and_no_key_without_one_is_a_clerk(stage: Stage) -> None:
    assert asks(stage, 100, reader=Reader("en", True, "key_till"))["perks"] == []
    assert asks(stage, 100, reader=Reader("en", True, "key_bar", "barkeeper"))["perks"] == []
    assert reasons_of(asks(stage, mode="preview")) == {
        "recovery-by-a-clerk": "unknown_fact", "recovery-by-a-supervisor": "unknown_fact",
    }  # fmt: skip


def test_the_same_request_again_is_answered_by_what_waits(stage: Stage) -> None:
    first = asks(stage, 5000)
    again = asks(stage, 5000)
    assert again == first
    assert asks(stage, 9000)["perks"] == first["perks"]
    assert stage.count("perk_grant") == 1


def test_a_preview_says_pending_and_writes_nothing(stage: Stage) -> None:
    (perk,) = asks(stage, 5000, mode="preview")["perks"]
    assert (perk["state"], perk["grant"], perk["approval"]["by"]) == ("pending", None, "supervisor")
    assert stage.count("perk_grant") == 0


# --- who may say yes


def test_only_the_role_of_the_rule_approves_and_never_the_key_that_asked(stage: Stage) -> None:
    grant = asks(stage, 5000)["perks"][0]["grant"]
    for approver, code in (
        (Approver("key_clerk", "clerk"), "role_missing"),
        (Approver("key_other"), "role_missing"),
        (Approver("key_clerk", "supervisor"), "approval_own"),
    ):
        assert refused(stage, lambda store, who=approver: stage.desk.approve(store, grant, who, "Cas", "")) == code
        assert refused(stage, lambda store, who=approver: stage.desk.refuse(store, grant, who, "Cas", "no")) == code
    assert approve(stage, grant).grant.state is GrantState.DELIVERED


def test_the_operator_approves_what_any_role_would_even_what_its_own_key_asked(stage: Stage) -> None:
    grant = asks(stage, 5000)["perks"][0]["grant"]
    assert approve(stage, grant, Approver("key_clerk", None, admin=True)).grant.state is GrantState.DELIVERED
    drink = asks(stage, moment="arrival")["perks"][0]["grant"]
    assert approve(stage, drink, OPERATOR).grant.state is GrantState.GRANTED


def test_every_yes_and_no_is_in_the_trail_with_who_and_why(stage: Stage) -> None:
    approve(stage, asks(stage, 5000)["perks"][0]["grant"])
    refuse(stage, asks(stage, moment="arrival")["perks"][0]["grant"], HOTEL)
    with stage.database.reading() as store:
        lines = [line for line in store.audit.page(0, 100) if line.action.startswith("grant.")]
    assert [(line.actor, line.action) for line in lines] == [
        ("key_supervisor", "grant.approve"), ("key_hotel", "grant.refuse"),
    ]  # fmt: skip
    assert json.loads(lines[1].after or "") == {"state": "refused", "by": "Mia", "reason": "too much"}


# --- what waits took its share


def test_what_waits_has_its_stock_and_cannot_be_used(stage: Stage) -> None:
    grant = asks(stage, moment="arrival")["perks"][0]["grant"]
    assert stage.left("welcome-drink") == 1
    desk = stage.desk
    assert refused(stage, lambda store: desk.redeem(store, grant, "bill-1", None, "bar")) == "grant_not_redeemable"
    assert refused(stage, lambda store: desk.deliver(store, grant, "bar", "")) == "grant_not_redeemable"
    assert refused(stage, lambda store: desk.fail(store, grant, "bar", "none left")) == "grant_not_redeemable"
    approve(stage, grant, HOTEL)
    assert step(stage, lambda store: desk.redeem(store, grant, "bill-1", None, "bar")).used == 1
    assert stage.left("welcome-drink") == 1
    assert stage.violations() == []


def test_no_gives_back_stock_budget_and_limit_and_is_not_asked_again(stage: Stage) -> None:
    grant = asks(stage, moment="arrival")["perks"][0]["grant"]
    assert refuse(stage, grant, HOTEL).grant.state is GrantState.REFUSED
    assert stage.left("welcome-drink") == 2
    again = asks(stage, moment="arrival")
    assert again["perks"] == []
    assert reasons_of(again) == {"drink-with-approval": "approval_refused"}
    assert asks(stage, moment="arrival") == again
    other = asks(stage, moment="arrival", stay={"reservation": "R-2"})
    assert [one["state"] for one in other["perks"]] == ["pending"]
    assert stage.violations() == []


def test_points_that_were_refused_were_never_the_guests(stage: Stage) -> None:
    refuse(stage, asks(stage, 5000)["perks"][0]["grant"])
    assert points_of(stage) == (0, 0)
    assert stage.violations() == []


def test_what_waits_counts_for_its_limit(stage: Stage) -> None:
    asks(stage, moment="arrival")
    other = asks(stage, moment="arrival", stay={"reservation": "R-2"})
    assert reasons_of(other) == {"drink-with-approval": "limit_reached"}


def test_what_waits_was_not_given_for_the_rules_that_count_it(stage: Stage) -> None:
    grant = asks(stage, moment="arrival")["perks"][0]["grant"]
    assert perks_of(asks(stage, moment="checkout", mode="preview")) == []
    stage.clock.move_to(NOW + timedelta(hours=1))
    approve(stage, grant, HOTEL)
    stage.clock.move_to(NOW + timedelta(hours=2))
    assert perks_of(asks(stage, moment="checkout")) == ["cake"]
    before = asks(stage, moment="checkout", mode="preview", as_of=(NOW + timedelta(minutes=30)).isoformat())
    assert perks_of(before) == []


def test_a_decision_made_while_it_waited_is_replayed_to_the_letter(stage: Stage) -> None:
    grant = asks(stage, moment="arrival")["perks"][0]["grant"]
    stage.clock.move_to(NOW + timedelta(minutes=10))
    asks(stage, moment="checkout")
    stage.clock.move_to(NOW + timedelta(minutes=20))
    approve(stage, grant, HOTEL)
    asks(stage, 3000)
    with stage.database.reading() as store:
        for deep in (False, True):
            assert {one.verdict for one in stage.desk.replay(store, deep=deep)} == {"identical"}


# --- how it ends


def test_it_can_be_approved_to_the_last_instant_of_the_seventh_hotel_day(stage: Stage) -> None:
    grant = asks(stage, 5000)["perks"][0]["grant"]
    stage.clock.move_to(SEVENTH_DAY_ENDS - timedelta(microseconds=1))
    assert stage.desk.expire_due() == 0
    assert approve(stage, grant).grant.state is GrantState.DELIVERED


def test_a_moment_later_it_is_too_late_and_all_of_it_goes_back(stage: Stage) -> None:
    drink = asks(stage, moment="arrival")["perks"][0]["grant"]
    grant = asks(stage, 5000)["perks"][0]["grant"]
    stage.clock.move_to(SEVENTH_DAY_ENDS)
    code = refused(stage, lambda store: stage.desk.approve(store, grant, SUPERVISOR, "Mia", ""))
    assert code == "approval_not_open"
    assert stage.desk.expire_due() == 1
    with stage.database.reading() as store:
        assert store.grants.get(grant).grant.state is GrantState.EXPIRED  # type: ignore[union-attr]
        assert store.grants.get(drink).grant.state is GrantState.PENDING  # type: ignore[union-attr]
        assert store.grants.events(grant)[-1].reason == "nobody approved it in time"
    assert stage.violations() == []
    assert [one["state"] for one in asks(stage, 5000)["perks"]] == ["pending"]


def test_what_lapsed_before_anybody_noticed_makes_room_for_the_same_question(stage: Stage) -> None:
    first = asks(stage, 5000)["perks"][0]["grant"]
    stage.clock.move_to(SEVENTH_DAY_ENDS)
    (perk,) = asks(stage, 5000)["perks"]
    assert perk["grant"] != first
    assert stage.desk.expire_due() == 0
    assert stage.violations() == []


def test_it_waits_no_longer_than_the_perk_could_be_used(stage: Stage) -> None:
    stage.publish(RULES.replace("give: welcome-drink", "give: {perk: welcome-drink, valid: 2 days}"))
    (perk,) = asks(stage, moment="arrival")["perks"]
    assert perk["approval"]["until"] == "2026-11-24T04:00+01:00" == perk["valid_until"]


def test_yes_twice_is_said_once(stage: Stage) -> None:
    grant = asks(stage, 5000)["perks"][0]["grant"]
    approve(stage, grant)
    for say in (stage.desk.approve, stage.desk.refuse):
        assert refused(stage, lambda store, say=say: say(store, grant, SUPERVISOR, "Mia", "")) == "approval_not_open"
    assert points_of(stage) == (5000, 0)


def test_what_nobody_has_to_approve_is_not_approved(stage: Stage) -> None:
    grant = asks(stage, 500)["perks"][0]["grant"]
    assert refused(stage, lambda store: stage.desk.approve(store, grant, OPERATOR, "Mia", "")) == "approval_not_open"


def test_what_waits_can_be_taken_back(stage: Stage) -> None:
    grant = asks(stage, moment="arrival")["perks"][0]["grant"]
    step(stage, lambda store: stage.desk.void(store, grant, "Mia", "a mistake"))
    assert stage.left("welcome-drink") == 2
    assert refused(stage, lambda store: stage.desk.approve(store, grant, HOTEL, "Mia", "")) == "approval_not_open"
    assert stage.violations() == []


# --- holds and facts that are taken back


def test_a_confirmed_hold_waits_for_its_approval(stage: Stage) -> None:
    held = asks(stage, 5000, mode="hold", hold_minutes=30)
    (perk,) = held["perks"]
    assert (perk["state"], perk["approval"]["by"]) == ("held", "supervisor")
    assert refused(stage, lambda store: stage.desk.approve(store, perk["grant"], SUPERVISOR, "Mia", "")) == (
        "approval_not_open"
    )
    with stage.database.writing() as store:
        (row,) = holds.confirm(store, held["decision"], by="desk", now=NOW)
    assert row.grant.state is GrantState.PENDING
    assert row.grant.hold_expires_at == SEVENTH_DAY_ENDS
    assert points_of(stage) == (0, 0)
    approve(stage, perk["grant"])
    assert points_of(stage) == (5000, 0)
    assert stage.violations() == []


def test_a_cancelled_hold_waits_for_nobody(stage: Stage) -> None:
    held = asks(stage, 5000, mode="hold")
    with stage.database.writing() as store:
        (row,) = holds.cancel(store, held["decision"], by="desk", now=NOW)
    assert row.grant.state is GrantState.VOIDED
    assert stage.violations() == []


def test_a_stay_that_is_called_off_takes_what_waits_with_it(stage: Stage) -> None:
    stage.stay(ANA, 0, key="R-9", reservation="R-9")
    grant = asks(stage, moment="arrival", stay={"reservation": "R-9"})["perks"][0]["grant"]
    stage.take_back("R-9")
    with stage.database.reading() as store:
        assert store.grants.get(grant).grant.state is GrantState.VOIDED  # type: ignore[union-attr]
    assert stage.left("welcome-drink") == 2
    assert stage.violations() == []


# --- what it takes


TAKES = """
rule: earned-before
at: checkout
when: always
give: {perk: points, points: 800}
---
rule: cake-for-points
at: arrival
when: always
give: cake
take: {perk: points, points: 500}
approval: {by: hotel, within: 1 day}
"""


@pytest.mark.parametrize("end", ["approved", "refused", "lapsed"])
def test_what_was_taken_for_it_comes_back_unless_it_is_approved(database: SqlDatabase, end: str) -> None:
    stage = Stage(database, TAKES)
    stage.stay(ANA, 40)
    guest = stage.ask(ANA, moment="checkout")["guest"]
    answer = stage.ask(ANA)
    grant = answer["perks"][0]["grant"]
    assert (answer["perks"][0]["state"], answer["taken"][0]["quantity"]) == ("pending", 500)
    if end == "approved":
        approve(stage, grant, HOTEL)
    elif end == "refused":
        refuse(stage, grant, HOTEL)
    else:
        stage.clock.move_to(NOW + timedelta(days=2))
        assert stage.desk.expire_due() == 1
    with stage.database.reading() as store:
        assert stage.desk.points(store, guest) == ((300, 0) if end == "approved" else (800, 0))
    assert stage.violations() == []


# --- the address that a stay was booked with


@pytest.mark.parametrize(
    ("email", "given"),
    [("ana@example.org", ["cake"]), (" Ana@Example.org ", ["cake"]), ("ben@example.org", []), (None, [])],
)
def test_a_stay_booked_with_the_guests_own_address(database: SqlDatabase, email: str | None, given: list[str]) -> None:
    rule = "rule: own\nat: arrival\nwhen: {fact: stay.own_email, is: true}\ngive: cake\n"
    stage = Stage(database, rule)
    stage.stay(ANA, 40)
    answer = stage.ask(ANA, stay={"email": email} if email else {})
    assert perks_of(answer) == given
    assert reasons_of(answer) == ({} if email else {"own": "unknown_fact"})
    with stage.database.reading() as store:
        stored = store.decisions.get(answer["decision"])
    assert stored is not None
    assert "example.org" not in stored.question + stored.facts + stored.reply.decode()
