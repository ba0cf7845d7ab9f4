"""Rules that take: awards that pay for an upgrade, points that are forfeited; all of it, part of it, or a debt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rewards.clock import to_us
from rewards.desk.approvals import Approver
from rewards.desk.evaluate import situate
from rewards.desk.past import Past
from rewards.desk.wire import read_question
from rewards.domain.grant import GrantState
from rewards.errors import RewardsError
from rewards.intake.people import merge
from rewards.ledger import life, takes
from rewards.ledger.ports import GrantRow, Store
from rewards.ledger.take_rows import TakeRow, TakeState
from rewards.rulelang.evaluation import exactly
from rewards.rulelang.nodes import Measure, Series
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, BEN, HARBOUR, PERKS, TODAY, Stage, perks_of, reasons_of

RULES = """
rule: awards-of-the-year
at: scheduled
when: always
give: {perk: night-award, quantity: 5, valid: 60 days}
limits: [{per: guest, at_most: 1}]
---
rule: newer-awards
at: checkout
when: always
give: {perk: night-award, quantity: 2, valid: 30 days}
---
rule: stay-points
at: checkout
when: always
give: [{perk: award-points, points: 1000}, {perk: status-points, points: 1000}]
---
rule: award-for-every-night
at: booking
when: {measure: left, perk: night-award, at_least: 1}
give: {perk: room-upgrade, levels: 1, until: checkout}
take: {perk: night-award, quantity: {fact: stay.nights}}
group: upgrade
---
rule: points-for-the-night
at: booking
when: always
give: {perk: late-checkout}
take: {perk: award-points, points: 300}
group: upgrade
priority: -1
---
rule: late-cancellation
at: cancellation
when: {fact: stay.days_ahead, less_than: 3}
take: {perk: award-points, points: {percent: 50, of: {measure: left, perk: award-points}}, short: part}
limits: [{per: stay, at_most: 1}]
---
rule: no-show
at: no_show
when: always
take: {perk: award-points, points: 1500, short: debt}
"""
MORE = """
night-award: {kind: item, title: {en: a night award, nl: een nachtaward}}
award-points: {kind: points, title: {en: award points, nl: awardpunten}, valid: 2 years}
status-points: {kind: points, title: {en: status points, nl: statuspunten}, valid: 2 years}
"""


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=PERKS + MORE)
    for who in (ANA, BEN):
        made.stay(who, 9, key=f"stay of {who[0].value}")
    return made


def booked(stage: Stage, nights: int = 2, reservation: str = "R-1", **more: Any) -> dict[str, Any]:
    """The answer at a booking of so many nights."""
    stay = {"reservation": reservation, "departure": (TODAY + timedelta(days=nights)).isoformat()}
    return stage.ask(moment="booking", stay=stay, **more)


def left(stage: Stage, perk: str = "night-award") -> int:
    """What Ana can still use, by the ledger's grants and lots."""
    with stage.database.reading() as store:
        guest = store.guests.resolve(ANA[0])
        assert guest is not None
        rows = store.grants.of_guest([guest], states=[GrantState.GRANTED])
        units = sum(row.grant.quantity - row.used for row in rows if row.grant.perk == perk)
        return units + sum(lot.left for lot in store.lots.open_of([guest]) if lot.perk == perk)


def taken(answer: dict[str, Any]) -> list[tuple[str, int, str]]:
    """What was taken: perk, quantity, state."""
    return [(one["perk"], one["quantity"], one["state"]) for one in answer.get("taken", ())]


def grant(stage: Stage, answer: dict[str, Any]) -> GrantRow:
    with stage.database.reading() as store:
        row = store.grants.get(answer["perks"][0]["grant"])
    assert row is not None
    return row


def kept(stage: Stage, answer: dict[str, Any]) -> TakeRow:
    with stage.database.reading() as store:
        row = store.takes.get(answer["taken"][0]["take"])
    assert row is not None
    return row


def test_one_award_pays_for_each_night_and_what_lapses_first_goes_first(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    stage.ask(moment="checkout")
    answer = booked(stage, 3)
    assert perks_of(answer) == ["room-upgrade"]
    assert taken(answer) == [("night-award", 3, "taken")]
    assert answer["taken"][0]["say"] == "Taken: 3 × “a night award”."
    assert left(stage) == 4
    with stage.database.reading() as store:
        rows = {row.grant.rule: row for row in store.grants.of_guest([answer["guest"]])}
    assert rows["newer-awards"].grant.state is GrantState.REDEEMED
    assert (rows["awards-of-the-year"].used, rows["awards-of-the-year"].grant.state) == (1, GrantState.GRANTED)
    assert stage.violations() == []


def test_too_few_awards_take_nothing_and_the_next_of_the_group_has_its_turn(stage: Stage) -> None:
    stage.ask(moment="checkout")
    answer = booked(stage, 3)
    assert perks_of(answer) == ["late-checkout"]
    assert taken(answer) == [("award-points", 300, "taken")]
    assert reasons_of(answer)["award-for-every-night"] == "not_enough_left"
    (short,) = [one for one in answer["withheld"] if one["rule"] == "award-for-every-night"]
    assert short["text"] == "The guest has not enough left of “a night award”."
    assert (short["there"], short["asked"]) == (2, 3)
    assert left(stage) == 2
    assert left(stage, "award-points") == 700
    assert left(stage, "status-points") == 1_000
    assert stage.violations() == []


def test_a_preview_answers_as_the_commit_does_and_writes_nothing(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    before = {table: stage.count(table) for table in ("perk_take", "perk_grant", "grant_event", "entry", "outbox")}
    shown = booked(stage, 2, mode="preview")
    assert {table: stage.count(table) for table in before} == before
    done = booked(stage, 2)
    assert shown["taken"] == [{**done["taken"][0], "take": None}]
    assert perks_of(shown) == perks_of(done)


def test_asking_again_takes_nothing_again(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    first = booked(stage, 2)
    assert booked(stage, 2) == first
    assert booked(stage, 2, mode="preview")["taken"] == first["taken"]
    assert left(stage) == 3


def test_what_was_paid_comes_back_when_the_house_could_not(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    answer = booked(stage, 2)
    row = grant(stage, answer)
    stage.database.run_writing(lambda store: stage.desk.fail(store, row.grant.id, "desk", "no room"))
    assert left(stage) == 5
    assert kept(stage, answer).state is TakeState.GIVEN_BACK
    stage.database.run_writing(lambda store: takes.give_back(store, row.grant.decision, row.grant.rule, now(stage)))
    assert left(stage) == 5
    assert stage.violations() == []
    again = booked(stage, 2)
    assert taken(again) == [("night-award", 2, "taken")]
    assert left(stage) == 3


def now(stage: Stage) -> Any:
    """The instant of the stage."""
    return stage.clock.now()


def test_what_lapsed_meanwhile_comes_back_lapsed(stage: Stage) -> None:
    stage.ask(moment="checkout")
    answer = booked(stage, 2)
    row = grant(stage, answer)
    stage.clock.advance(timedelta(days=31))
    stage.database.run_writing(lambda store: stage.desk.void(store, row.grant.id, "desk", "called off"))
    assert perks_of(booked(stage, 2, "R-2", mode="preview")) == ["late-checkout"]
    stage.desk.expire_due()
    assert left(stage) == 0
    with stage.database.reading() as store:
        (source,) = [one for one in store.grants.of_guest([answer["guest"]]) if one.grant.rule == "newer-awards"
                     and one.grant.perk == "night-award"]  # fmt: skip
        assert (source.grant.state, source.used) == (GrantState.EXPIRED, 0)
    assert stage.violations() == []


def test_a_hold_takes_at_once_and_gives_back_when_it_is_cancelled_or_lapses(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    held = booked(stage, 2, mode="hold")
    assert (taken(held), left(stage)) == ([("night-award", 2, "held")], 3)
    stage.database.run_writing(lambda store: stage.desk.cancel(store, held["decision"], "desk"))
    assert left(stage) == 5
    held = booked(stage, 2, mode="hold")
    stage.clock.advance(timedelta(minutes=31))
    assert stage.desk.expire_due() >= 1
    assert left(stage) == 5
    held = booked(stage, 2, mode="hold")
    stage.database.run_writing(lambda store: stage.desk.confirm(store, held["decision"], "desk"))
    assert taken(booked(stage, 2)) == [("night-award", 2, "taken")]
    assert (kept(stage, held).state, left(stage)) == (TakeState.TAKEN, 3)
    assert stage.violations() == []


def test_part_of_what_is_there_is_forfeited_once_for_a_reservation(stage: Stage) -> None:
    stage.ask(moment="checkout")
    cancelled = stage.ask(moment="cancellation", stay={"arrival": (TODAY + timedelta(days=2)).isoformat()})
    assert (perks_of(cancelled), taken(cancelled)) == ([], [("award-points", 500, "taken")])
    assert cancelled["taken"][0]["say"] == "Taken: 500 points."
    assert stage.ask(moment="cancellation", stay={"arrival": (TODAY + timedelta(days=2)).isoformat()}) == cancelled
    assert left(stage, "award-points") == 500
    assert left(stage, "status-points") == 1_000
    arrival, departure = ((TODAY + timedelta(days=days)).isoformat() for days in (3, 5))
    in_time = {"reservation": "R-2", "arrival": arrival, "departure": departure}
    assert taken(stage.ask(moment="cancellation", stay=in_time)) == []
    assert stage.violations() == []


def test_the_limit_of_a_rule_that_only_takes_counts_what_it_took(stage: Stage) -> None:
    stage.ask(moment="checkout")
    stay = {"arrival": (TODAY + timedelta(days=1)).isoformat()}
    first = stage.ask(moment="cancellation", stay=stay)
    with stage.database.reading() as store:
        assert store.grants.count([first["guest"]], "late-cancellation", None, "R-1") == 1
        assert store.grants.count_all("late-cancellation", 0, "harbour") == 1
        assert store.grants.last_us([first["guest"]], "late-cancellation") is not None
    stage.database.run_writing(lambda store: takes.give_back(store, first["decision"], "late-cancellation", now(stage)))
    with stage.database.reading() as store:
        assert store.grants.count([first["guest"]], "late-cancellation", None, "R-1") == 0
    assert left(stage, "award-points") == 1_000
    assert taken(stage.ask(moment="cancellation", stay=stay)) == [("award-points", 500, "taken")]
    assert stage.violations() == []


def test_what_is_not_there_is_owed_and_later_points_pay_it(stage: Stage) -> None:
    stage.ask(moment="checkout")
    answer = stage.ask(moment="no_show")
    assert answer["taken"][0]["quantity"] == 1_500
    assert answer["taken"][0]["owed"] == 500
    assert answer["taken"][0]["say"] == "Taken: 1,500 points, of which 500 are owed."
    assert points(stage, answer) == (500, 0)
    stage.ask(moment="no_show", stay={"reservation": "R-9"})
    assert points(stage, answer) == (0, 1_000)
    stage.ask(moment="checkout", stay={"reservation": "R-2"})
    assert points(stage, answer) == (1_000, 0)
    assert stage.violations() == []


def points(stage: Stage, answer: dict[str, Any]) -> tuple[int, int]:
    with stage.database.reading() as store:
        return stage.desk.points(store, answer["guest"])


def test_a_debt_that_is_forgiven_comes_off_and_one_that_was_paid_comes_back(stage: Stage) -> None:
    answer = stage.ask(moment="no_show")
    assert points(stage, answer) == (0, 1_500)
    stage.ask(moment="checkout")
    assert points(stage, answer) == (500, 0)
    stage.database.run_writing(lambda store: takes.give_back_all(store, answer["decision"], now(stage)))
    assert points(stage, answer) == (2_000, 0)
    assert left(stage, "award-points") == 1_500
    assert stage.violations() == []


def test_a_rule_that_finds_nothing_to_take_did_nothing(stage: Stage) -> None:
    stay = {"arrival": (TODAY + timedelta(days=1)).isoformat()}
    answer = stage.ask(moment="cancellation", stay=stay)
    assert taken(answer) == []
    assert reasons_of(answer) == {"late-cancellation": "amount_zero"}
    assert stage.count("perk_take") == 0


def test_taking_back_the_stay_behind_the_upgrade_gives_the_awards_back(stage: Stage) -> None:
    stage.ask(moment="scheduled", stay={"reservation": "R-0"})
    answer = booked(stage, 2)
    stage.stay(ANA, 0, key="the stay itself", reservation="R-1")
    stage.take_back("the stay itself")
    assert grant(stage, answer).grant.state is GrantState.VOIDED
    assert left(stage) == 5
    assert stage.violations() == []


def test_a_forfeit_stays_though_the_stay_was_called_off(stage: Stage) -> None:
    stage.ask(moment="checkout", stay={"reservation": "R-5"})
    answer = stage.ask(moment="cancellation")
    assert taken(answer) == [("award-points", 500, "taken")]
    stage.stay(ANA, 0, key="the stay itself", reservation="R-1")
    stage.take_back("the stay itself")
    assert kept(stage, answer).state is TakeState.TAKEN
    assert stage.violations() == []


def test_the_upgrade_that_replaces_another_keeps_what_was_paid(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    answer = booked(stage, 2)
    row = grant(stage, answer)
    new = stage.database.run_writing(
        lambda store: stage.desk.substitute(store, row.grant.id, "cake", 1, "desk", "no room free")
    )
    assert left(stage) == 3
    stage.database.run_writing(lambda store: stage.desk.void(store, new.grant.id, "desk", "called off"))
    assert left(stage) == 5
    assert stage.violations() == []


def test_units_come_back_to_a_grant_that_ended_otherwise_and_stay_ended(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    answer = booked(stage, 2)

    def end(store: Store) -> None:
        (source,) = [one for one in store.grants.of_guest([answer["guest"]]) if one.grant.perk == "night-award"]
        life.void(store, source.grant.id, by="desk", reason="a mistake", at=now(stage))
        takes.give_back(store, answer["decision"], "award-for-every-night", now(stage))

    stage.database.run_writing(end)
    assert left(stage) == 0
    with stage.database.reading() as store:
        (source,) = [one for one in store.grants.of_guest([answer["guest"]]) if one.grant.perk == "night-award"]
    assert (source.grant.state, source.used) == (GrantState.VOIDED, 0)


def test_a_guest_spends_points_of_one_perk_and_sees_them_apart(stage: Stage) -> None:
    answer = stage.ask(moment="checkout")
    guest = str(answer["guest"])

    def spend(amount: int, bill: str) -> None:
        stage.database.run_writing(
            lambda store: stage.desk.spend_points(store, guest, amount, bill, "a towel", perk="award-points")
        )

    spend(600, "bill-1")
    with stage.database.reading() as store:
        assert stage.desk.points_by_perk(store, guest) == {"award-points": 400, "status-points": 1_000}
    with pytest.raises(RewardsError, match="500 points are asked; there are 400"):
        spend(500, "bill-2")
    assert points(stage, answer) == (1_400, 0)
    assert stage.violations() == []


def test_a_decision_that_took_replays_identically(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    stage.ask(moment="checkout")
    booked(stage, 3)
    booked(stage, 9, "R-2")
    stage.ask(moment="cancellation")
    stage.ask(moment="no_show")
    with stage.database.reading() as store:
        assert {one.verdict for one in stage.desk.replay(store)} == {"identical"}
        assert {one.verdict for one in stage.desk.replay(store, deep=True)} == {"identical"}


def test_nobody_is_told_how_near_a_penalty_is(stage: Stage) -> None:
    stage.publish(
        RULES
        + """
---
rule: many-stays-cost
at: cancellation
when: {measure: stays, ever: true, at_least: 3}
take: {perk: award-points, points: 10, short: part}
---
rule: many-stays-pay
at: cancellation
when: {measure: stays, ever: true, at_least: 4}
give: {perk: cake}
"""
    )
    answer = stage.ask(
        moment="cancellation", mode="preview", stay={"departure": (TODAY + timedelta(days=9)).isoformat()}
    )
    assert [one["rule"] for one in answer["near_misses"]] == ["many-stays-pay"]


def test_whoever_considered_a_question_considers_it_again_when_an_award_was_used(stage: Stage) -> None:
    answer = stage.ask(moment="scheduled")
    stage.ask(moment="checkout")
    guest = str(answer["guest"])

    def version() -> int:
        with stage.database.reading() as store:
            head = store.guests.head(guest)
        assert head is not None
        return head.version

    first = version()
    award = answer["perks"][0]["grant"]
    stage.database.run_writing(lambda store: stage.desk.redeem(store, award, "use-1", 1, "Ben"))
    second = version()
    stage.database.run_writing(lambda store: stage.desk.spend_points(store, guest, 1, "bill-1", "a towel"))
    assert first < second < version()


def test_what_is_left_is_not_known_as_of_an_earlier_instant(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    ago = (now(stage) - timedelta(seconds=1)).isoformat()
    ahead = (now(stage) + timedelta(days=1)).isoformat()
    shown = booked(stage, 2, mode="preview", as_of=ago)
    assert reasons_of(shown)["award-for-every-night"] == "not_covered"
    assert perks_of(booked(stage, 2, mode="preview", as_of=ahead)) == ["room-upgrade"]


def test_a_merged_guest_pays_with_what_either_record_has(stage: Stage) -> None:
    ana = str(stage.ask(moment="checkout")["guest"])
    ben = str(stage.ask(BEN, moment="checkout", stay={"reservation": "R-7"})["guest"])
    with stage.database.writing() as store:
        merge(store, ana, ben, "one person", now(stage))
    answer = booked(stage, 4)
    assert taken(answer) == [("night-award", 4, "taken")]
    row = grant(stage, answer)
    stage.database.run_writing(lambda store: stage.desk.void(store, row.grant.id, "desk", "called off"))
    with stage.database.reading() as store:
        rows = [one for one in store.grants.of_guest([ana, ben]) if one.grant.perk == "night-award"]
    assert sorted((one.grant.guest, one.used) for one in rows) == sorted([(ana, 0), (ben, 0)])
    assert stage.violations() == []


def test_credits_are_taken_in_their_own_currency(stage: Stage) -> None:
    stage.publish("""
rule: credits
at: checkout
when: always
give: [{perk: dinner, amount: EUR 30}]
---
rule: dollars
at: scheduled
when: always
give: [{perk: dinner, amount: USD 90}]
---
rule: late-for-credit
at: booking
when: always
give: {perk: late-checkout}
take: {perk: dinner, amount: EUR 20}
""")
    stage.ask(moment="scheduled")
    assert reasons_of(booked(stage)) == {"late-for-credit": "not_enough_left"}
    stage.ask(moment="checkout")
    answer = booked(stage, 2, "R-2")
    assert [(one["quantity"], one["currency"]) for one in answer["taken"]] == [(2_000, "EUR")]
    assert answer["taken"][0]["say"] == "Taken: “dinner credit” of €20."
    assert reasons_of(booked(stage, 2, "R-3")) == {"late-for-credit": "not_enough_left"}
    assert stage.violations() == []


def test_what_waits_for_an_approval_is_paid_for_and_comes_back_when_somebody_says_no(stage: Stage) -> None:
    stage.publish(
        RULES
        + """
---
rule: suite-for-awards
at: pre_arrival
when: always
give: {perk: cake}
take: {perk: night-award, quantity: 2}
approval: supervisor
"""
    )
    stage.ask(moment="scheduled")
    first = stage.ask(moment="pre_arrival")
    assert (first["perks"][0]["state"], taken(first), left(stage)) == ("pending", [("night-award", 2, "taken")], 3)
    who = Approver("key_2", "supervisor", False)
    waits = str(first["perks"][0]["grant"])
    stage.database.run_writing(lambda store: stage.desk.refuse(store, waits, who, "Mia", "no suite"))
    assert left(stage) == 5
    second = stage.ask(moment="pre_arrival", stay={"reservation": "R-2"})
    given = str(second["perks"][0]["grant"])
    stage.database.run_writing(lambda store: stage.desk.approve(store, given, who, "Mia", "as asked"))
    assert left(stage) == 3
    third = stage.ask(moment="pre_arrival", stay={"reservation": "R-3"})
    assert left(stage) == 1
    stage.clock.advance(timedelta(days=15))
    stage.desk.expire_due()
    assert kept(stage, third).state is TakeState.GIVEN_BACK
    assert left(stage) == 3
    assert stage.violations() == []


def test_units_that_come_back_later_do_not_make_a_grant_stand_longer(stage: Stage) -> None:
    stage.ask(moment="scheduled")
    answer = booked(stage, 2)
    stage.clock.advance(timedelta(hours=1))

    def end(store: Store) -> None:
        (source,) = [one for one in store.grants.of_guest([answer["guest"]]) if one.grant.perk == "night-award"]
        life.void(store, source.grant.id, by="desk", reason="a mistake", at=now(stage))

    stage.database.run_writing(end)
    stage.clock.advance(timedelta(hours=1))
    between = now(stage)
    stage.clock.advance(timedelta(hours=1))
    stage.database.run_writing(lambda store: takes.give_back_all(store, answer["decision"], now(stage)))
    with stage.database.reading() as store:
        head = store.guests.head(str(answer["guest"]))
        assert head is not None
        ground = stage.desk.ground(store)
        question = read_question({"guest": head.guest.id, "property": "harbour", "moment": "arrival"})
        it = situate(store, question, head, HARBOUR, to_us(between))
        past = Past(store, ground, head, it, known_at=between)
        measure = Measure(Series.GRANTS, perks=("night-award",))
        assert past.read(measure, "r", it.day) == exactly(0)
