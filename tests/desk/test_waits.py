"""What cannot be had waits: it is tried again on the house's clock, had once, or over at its end."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rewards.desk.ask import Key
from rewards.errors import RewardsError
from rewards.ledger.waits import WaitRow
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.desk.steps import refused, step
from tests.stage import ANA, BEN, Stage, perks_of, reasons_of

PERKS = """
suite-upgrade: {kind: upgrade, title: {en: suite upgrade, nl: suite}, cost: EUR 50, stock: daily}
late-checkout: {kind: late-checkout, title: {en: late checkout, nl: laat uitchecken}}
spa-entry: {kind: item, title: {en: a spa entry, nl: een spabezoek}, cost: EUR 20, stock: daily}
cake: {kind: item, title: {en: a cake, nl: een taart}}
"""
SUITE = """
rule: suite
at: booking
when: always
give:
  - perk: suite-upgrade
    levels: 2
    until: checkout
    wait: {from: {days_before: 3}, until: {days_before: 1, at: "14:00"}}
    or_else: late-checkout
limits: [{per: guest, at_most: 1, every: stay}, {budget: EUR 1000, every: month}]
---
rule: other-upgrade
at: booking
when: always
priority: -1
give: {perk: suite-upgrade, levels: 1}
---
rule: cake
at: booking
when: {measure: stays, ever: true, at_least: 1}
priority: -2
give: cake
"""
ARRIVAL = date(2026, 11, 29)
STAY = {"reservation": "R-7", "arrival": "2026-11-29", "departure": "2026-12-01", "free_classes": ["superior"]}


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall clock in Rotterdam in November, when it is an hour ahead of UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, SUITE, perks=PERKS)
    made.stay(ANA, 30)
    return made


def book(stage: Stage, who: Any = ANA, **more: Any) -> dict[str, Any]:
    return stage.ask(who, moment="booking", stay=STAY | more.pop("stay", {}), enrol=True, **more)


def try_at(stage: Stage, at: datetime) -> int:
    stage.clock.move_to(at)
    return stage.desk.try_waiting()


def waits_of(stage: Stage) -> list[WaitRow]:
    with stage.database.reading() as store:
        found = [store.waits.get(row[0]) for row in store.session.all("SELECT id FROM waiting ORDER BY id", ())]
    return [row for row in found if row is not None]


def topics(stage: Stage) -> list[str]:
    with stage.database.reading() as store:
        return [row[0] for row in store.session.all("SELECT topic FROM outbox ORDER BY seq", ())]


def test_a_suite_waits_for_the_third_day_before_arrival(stage: Stage) -> None:
    stage.stock("suite-upgrade", 5)
    answer = book(stage)
    assert perks_of(answer) == ["cake"]
    [waiting] = answer["waiting"]
    assert (waiting["perk"], waiting["rule"], waiting["every"]) == ("suite-upgrade", "suite", "day")
    assert (waiting["from"], waiting["until"]) == ("2026-11-26T04:00+01:00", "2026-11-28T14:00+01:00")
    assert waiting["text"] == (
        "“suite upgrade” waits: it is tried every day from 26 November 2026 at 04:00 on, "
        "until 28 November 2026 at 14:00."
    )
    # It keeps its place: no lower upgrade is given meanwhile.
    assert reasons_of(answer) == {"other-upgrade": "better_given"}
    assert stage.left("suite-upgrade") == 5
    assert try_at(stage, local(26, 3, 59)) == 0


def test_it_is_had_on_the_day_that_has_stock_and_only_once(stage: Stage) -> None:
    book(stage)
    stage.stock("suite-upgrade", 1, date(2026, 11, 27))
    assert try_at(stage, local(26, 4)) == 1
    [row] = waits_of(stage)
    assert (row.state.value, row.tries, row.reason) == ("waiting", 1, "stock_gone")
    assert try_at(stage, local(26, 23)) == 0
    assert try_at(stage, local(27, 4)) == 1
    assert try_at(stage, local(27, 5)) == 0
    [row] = waits_of(stage)
    assert row.state.value == "had"
    assert stage.left("suite-upgrade", date(2026, 11, 27)) == 0
    assert topics(stage)[-2:] == ["grant.granted", "wait.had"]
    again = book(stage)
    assert sorted(perks_of(again)) == ["cake", "suite-upgrade"]
    suite = next(perk for perk in again["perks"] if perk["perk"] == "suite-upgrade")
    assert (suite["grant"], suite["to"], suite["valid_until"]) == (row.grant, "suite", "2026-12-01T11:00+01:00")
    assert again.get("waiting", []) == []
    assert stage.violations() == []


def test_at_two_the_day_before_it_is_over_and_the_other_perk_is_given(stage: Stage) -> None:
    book(stage)
    for day in (26, 27, 28):
        assert try_at(stage, local(day, 4)) == 1
    stage.stock("suite-upgrade", 5, date(2026, 11, 28))
    assert try_at(stage, local(28, 13, 59)) == 0
    assert try_at(stage, local(28, 14)) == 1
    [row] = waits_of(stage)
    assert (row.state.value, row.tries) == ("ended", 3)
    # Its place is free again, for the lower upgrade.
    assert perks_of(book(stage)) == ["cake", "late-checkout", "suite-upgrade"]
    assert try_at(stage, local(29, 4)) == 0
    assert "wait.ended" in topics(stage)
    assert stage.violations() == []


def test_nothing_is_tried_after_the_end_however_late_the_engine_comes(stage: Stage) -> None:
    book(stage)
    stage.stock("suite-upgrade", 5, date(2026, 11, 28))
    assert try_at(stage, local(28, 15)) == 1
    assert waits_of(stage)[0].state.value == "ended"
    assert stage.left("suite-upgrade", date(2026, 11, 28)) == 5


def test_who_books_when_trying_has_begun_has_it_at_once_or_waits_for_tomorrow(stage: Stage) -> None:
    stage.clock.move_to(local(27, 12))
    stage.stock("suite-upgrade", 1, date(2026, 11, 27))
    answer = book(stage)
    assert "suite-upgrade" in perks_of(answer)
    assert "waiting" not in answer
    ben = book(stage, BEN, stay={"reservation": "R-8"})
    assert reasons_of(ben)["suite"] == "stock_gone"
    assert ben["waiting"][0]["text"] == "“suite upgrade” waits: it is tried every day until 28 November 2026 at 14:00."
    stage.stock("suite-upgrade", 1, date(2026, 11, 28))
    assert try_at(stage, local(28, 4)) == 1
    assert stage.left("suite-upgrade", date(2026, 11, 28)) == 0


def test_who_books_after_the_end_is_tried_once_and_has_the_other_perk(stage: Stage) -> None:
    stage.clock.move_to(local(28, 14))
    answer = book(stage)
    assert perks_of(answer) == ["late-checkout", "cake"]
    assert "waiting" not in answer
    assert stage.count("waiting") == 0


def test_without_an_arrival_there_is_no_telling(stage: Stage) -> None:
    answer = book(stage, stay={"arrival": None, "departure": None})
    assert reasons_of(answer)["suite"] == "arrival_unknown"
    assert "late-checkout" in perks_of(answer)


def test_asking_again_shows_what_waits_and_makes_no_second_one(stage: Stage) -> None:
    first, again = book(stage), book(stage)
    assert again == first
    assert len(waits_of(stage)) == 1
    preview = book(stage, mode="preview")
    assert preview["waiting"] == first["waiting"]


def test_a_preview_writes_nothing_and_says_what_would_wait(stage: Stage) -> None:
    preview = book(stage, mode="preview")
    assert (preview["waiting"][0]["wait"], preview["waiting"][0]["perk"]) == (None, "suite-upgrade")
    assert stage.count("waiting") == 0


def test_a_hold_waits_only_once_it_is_confirmed(stage: Stage) -> None:
    held = book(stage, mode="hold", hold_minutes=44_640)
    assert held["waiting"][0]["state"] == "held"
    stage.stock("suite-upgrade", 1, date(2026, 11, 26))
    assert try_at(stage, local(26, 4)) == 0
    step(stage, lambda store: stage.desk.confirm(store, held["decision"], "desk"))
    assert try_at(stage, local(26, 9)) == 1
    assert waits_of(stage)[0].state.value == "had"


def test_a_hold_that_lapses_or_is_cancelled_waits_for_nothing(stage: Stage) -> None:
    held = book(stage, mode="hold", hold_minutes=10)
    step(stage, lambda store: stage.desk.cancel(store, held["decision"], "desk"))
    assert waits_of(stage)[0].state.value == "cancelled"
    held = book(stage, mode="hold", hold_minutes=10)
    assert len(held["waiting"]) == 1
    stage.clock.advance(timedelta(minutes=11))
    stage.desk.expire_due()
    assert stage.desk.try_waiting() == 1
    assert [row.state.value for row in waits_of(stage)] == ["cancelled", "cancelled"]
    assert len(book(stage)["waiting"]) == 1


def test_a_cancelled_reservation_ends_it(stage: Stage) -> None:
    book(stage)
    stage.ask(moment="cancellation", stay=STAY)
    [row] = waits_of(stage)
    assert (row.state.value, row.reason) == ("cancelled", "the reservation was cancelled")
    stage.stock("suite-upgrade", 1, date(2026, 11, 26))
    assert try_at(stage, local(26, 4)) == 0
    assert stage.left("suite-upgrade", date(2026, 11, 26)) == 1


def test_another_reservation_goes_on(stage: Stage) -> None:
    book(stage)
    stage.ask(moment="cancellation", stay=STAY | {"reservation": "R-9"})
    assert waits_of(stage)[0].state.value == "waiting"


def test_the_house_calls_it_off_once(stage: Stage) -> None:
    wait = book(stage)["waiting"][0]["wait"]
    row = step(stage, lambda store: stage.desk.stop_waiting(store, wait, "desk", "the guest said no"))
    assert (row.state.value, row.reason) == ("cancelled", "the guest said no (desk)")
    assert refused(stage, lambda store: stage.desk.stop_waiting(store, wait, "desk", "again")) == "wait_not_open"
    assert refused(stage, lambda store: stage.desk.stop_waiting(store, "wai_1", "desk", "again")) == "wait_unknown"


def test_a_fact_that_is_taken_back_ends_what_rested_on_it(database: SqlDatabase) -> None:
    rule = SUITE.replace("when: always\ngive:", "when: {measure: stays, ever: true, at_least: 1}\ngive:", 1)
    stage = Stage(database, rule, perks=PERKS)
    stage.stay(ANA, 30, key="last")
    book(stage)
    stage.take_back("last")
    assert waits_of(stage)[0].state.value == "cancelled"


def test_what_is_had_takes_limits_and_budget_of_its_day(database: SqlDatabase) -> None:
    rule = SUITE.replace("budget: EUR 1000", "budget: EUR 199").replace("every: stay}", "every: year}")
    stage = Stage(database, rule, perks=PERKS)
    book(stage)
    book(stage, stay={"reservation": "R-8"})
    stage.stock("suite-upgrade", 5, date(2026, 11, 26))
    assert try_at(stage, local(26, 4)) == 2
    # Two classes for two nights are EUR 200: the budget is too small by one.
    assert [row.reason for row in waits_of(stage)] == ["budget_spent", "budget_spent"]
    stage.publish(rule.replace("EUR 199", "EUR 500"))
    assert stage.left("suite-upgrade", date(2026, 11, 26)) == 5
    assert stage.violations() == []


def test_of_two_reservations_the_limit_of_the_guest_lets_one_have_it(database: SqlDatabase) -> None:
    stage = Stage(database, SUITE.replace("every: stay}", "every: year}"), perks=PERKS)
    book(stage)
    book(stage, stay={"reservation": "R-8"})
    stage.stock("suite-upgrade", 5, date(2026, 11, 26))
    assert try_at(stage, local(26, 4)) == 2
    assert [(row.state.value, row.reason) for row in waits_of(stage)] == [("had", None), ("waiting", "limit_reached")]
    assert stage.left("suite-upgrade", date(2026, 11, 26)) == 4


def test_many_workers_have_it_once(stage: Stage) -> None:
    book(stage)
    stage.stock("suite-upgrade", 9, date(2026, 11, 26))
    stage.clock.move_to(local(26, 4))
    at_once(8, lambda _: stage.desk.try_waiting())
    assert stage.left("suite-upgrade", date(2026, 11, 26)) == 8
    assert [row.tries for row in waits_of(stage)] == [1]
    assert topics(stage).count("wait.had") == 1
    assert stage.violations() == []


def test_the_last_one_is_had_by_one_of_two_guests(stage: Stage) -> None:
    book(stage)
    book(stage, BEN, stay={"reservation": "R-8"})
    stage.stock("suite-upgrade", 1, date(2026, 11, 26))
    stage.clock.move_to(local(26, 4))
    at_once(8, lambda _: stage.desk.try_waiting())
    assert sorted(row.state.value for row in waits_of(stage)) == ["had", "waiting"]
    assert stage.left("suite-upgrade", date(2026, 11, 26)) == 0
    assert stage.violations() == []


def test_a_try_that_fails_midway_leaves_nothing_and_is_made_again(stage: Stage, monkeypatch: Any) -> None:
    book(stage)
    stage.stock("suite-upgrade", 1, date(2026, 11, 26))
    with monkeypatch.context() as broken:
        broken.setattr("rewards.desk.waits.announce", _raise)
        stage.clock.move_to(local(26, 4))
        with pytest.raises(RuntimeError):
            stage.desk.try_waiting()
    assert stage.left("suite-upgrade", date(2026, 11, 26)) == 1
    assert waits_of(stage)[0].state.value == "waiting"
    assert stage.desk.try_waiting() == 1
    assert waits_of(stage)[0].state.value == "had"
    assert stage.violations() == []


def _raise(*_: object) -> None:
    raise RuntimeError


def test_hours_after_the_answer_are_real_hours(database: SqlDatabase) -> None:
    rule = """
rule: spa
at: arrival
when: always
give: {perk: spa-entry, wait: {every: hour, until: 3 hours}, or_else: cake}
"""
    stage = Stage(database, rule, perks=PERKS)
    begin = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # half past two, half an hour before the clocks go back
    stage.clock.move_to(begin)
    answer = stage.ask(enrol=True)
    assert (answer["waiting"][0]["from"], answer["waiting"][0]["until"]) == (
        "2026-10-25T02:30+02:00", "2026-10-25T04:30+01:00",
    )  # fmt: skip
    assert [try_at(stage, begin + timedelta(minutes=after)) for after in (59, 60, 61, 120, 179, 180)] == [
        0,
        1,
        0,
        1,
        0,
        1,
    ]
    assert perks_of(stage.ask()) == ["cake"]


@pytest.mark.parametrize(
    ("arrival", "at", "end"),
    [
        (date(2026, 10, 26), "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first of the two
        (date(2026, 10, 26), "03:30", datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
        (date(2027, 3, 29), "02:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # skipped: half past three
        (date(2027, 3, 29), "03:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_the_end_lies_on_the_wall_clock_through_both_clock_changes(
    database: SqlDatabase, arrival: date, at: str, end: datetime
) -> None:
    rule = f"""
rule: spa
at: booking
when: always
give: {{perk: spa-entry, wait: {{until: {{days_before: 1, at: "{at}"}}}}}}
"""
    stage = Stage(database, rule, perks=PERKS)
    stage.clock.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    stage.ask(moment="booking", stay={"arrival": arrival.isoformat(), "departure": None}, enrol=True)
    [row] = waits_of(stage)
    assert row.end_us == int(end.timestamp()) * 1_000_000
    for earlier in range(30):
        if try_at(stage, end - timedelta(minutes=30 - earlier)):
            continue
    assert waits_of(stage)[0].state.value == "waiting"
    assert try_at(stage, end) == 1
    assert waits_of(stage)[0].state.value == "ended"


def test_two_days_end_with_the_next_hotel_day(database: SqlDatabase) -> None:
    rule = "rule: spa\nat: arrival\nwhen: always\ngive: {perk: spa-entry, wait: {until: 2 days}}\n"
    stage = Stage(database, rule, perks=PERKS)
    assert stage.ask(enrol=True)["waiting"][0]["until"] == "2026-11-24T04:00+01:00"


def test_a_merged_guest_has_what_either_record_waited_for(stage: Stage) -> None:
    book(stage)
    ben = book(stage, BEN, stay={"reservation": "R-8"})
    with stage.database.writing() as store:
        ana = store.guests.resolve(ANA[0])
        assert ana is not None
        store.guests.merge("mrg_1", ana, ben["guest"], "one person", stage.clock.now())
    stage.stock("suite-upgrade", 5, date(2026, 11, 26))
    assert try_at(stage, local(26, 4)) == 2
    with stage.database.reading() as store:
        given = store.grants.of_guest((ana,))
    assert sorted(row.grant.perk for row in given if row.grant.perk == "suite-upgrade") == ["suite-upgrade"] * 2


def test_replay_finds_every_decision_as_it_was(stage: Stage) -> None:
    book(stage)
    stage.clock.move_to(local(27, 12))
    book(stage, BEN, stay={"reservation": "R-8"})
    try_at(stage, local(28, 14))
    stage.stock("suite-upgrade", 1, date(2026, 11, 28))
    assert len(book(stage)["perks"]) == 3
    with stage.database.reading() as store:
        for deep in (False, True):
            assert [one.differences for one in stage.desk.replay(store, deep=deep)] == [()] * 3


def test_one_that_cannot_be_tried_keeps_no_other_waiting(stage: Stage, monkeypatch: Any) -> None:
    first = book(stage)["waiting"][0]["wait"]
    book(stage, BEN, stay={"reservation": "R-8"})
    stage.stock("suite-upgrade", 5, date(2026, 11, 26))
    with stage.database.writing() as store:
        store.session.execute("UPDATE waiting SET decision = 'dec_lost' WHERE id = ?", (first,))
    assert try_at(stage, local(26, 4)) == 2
    found = {row.id == first: (row.state.value, row.reason) for row in waits_of(stage)}
    assert found == {True: ("waiting", "error"), False: ("had", None)}


def test_the_events_name_what_waited(stage: Stage) -> None:
    book(stage)
    try_at(stage, local(28, 14))
    with stage.database.reading() as store:
        row = store.session.one("SELECT payload FROM outbox WHERE topic = 'wait.ended'", ())
    assert row is not None
    told = json.loads(row[0])
    assert (told["perk"], told["rule"], told["property"]) == ("suite-upgrade", "suite", "harbour")
    assert told["grant"] == waits_of(stage)[0].grant


def test_one_key_has_one_answer_whatever_became_of_it(stage: Stage) -> None:
    key = Key("desk", "a-key-of-the-desk", b"same")
    first = stage.asked(moment="booking", stay=STAY, key=key)
    try_at(stage, local(28, 14))
    assert stage.asked(moment="booking", stay=STAY, key=key).body == first.body


def test_a_refusal_names_no_secret(stage: Stage) -> None:
    with pytest.raises(RewardsError) as error:
        step(stage, lambda store: stage.desk.stop_waiting(store, "wai_" + "x" * 500, "desk", "again"))
    assert len(str(error.value)) < 200


# --- what was paid for it

PAID = """
rule: suite
at: booking
when: {measure: left, perk: night-award, at_least: 2}
give: {perk: suite-upgrade, levels: 2, wait: {from: {days_before: 3}, until: {days_before: 1, at: "14:00"}}}
take: [{perk: night-award, quantity: 2}]
limits: [{per: guest, at_most: 1, every: year}, {per: property, at_most: 1, every: month}]
---
rule: awards
at: checkout
when: always
give: {perk: night-award, quantity: 2, valid: {until: 2026-12-31}}
limits: [{per: stay, at_most: 1}]
"""
AWARD = "night-award: {kind: item, title: {en: a night award, nl: een nachtbon}}\n"


@pytest.fixture
def paying(database: SqlDatabase) -> Stage:
    made = Stage(database, PAID, perks=PERKS + AWARD)
    made.ask(moment="checkout", enrol=True)
    return made


def awards(stage: Stage) -> tuple[str, int]:
    """Where the grant of night awards stands, and how many of them are used or taken."""
    with stage.database.reading() as store:
        guest = stage.ask(mode="preview")["guest"]
        rows = store.grants.of_guest((guest,))
    [row] = [row for row in rows if row.grant.perk == "night-award"]
    return row.grant.state.value, row.used


def test_awards_are_taken_while_it_waits_and_stay_taken_once_it_is_had(paying: Stage) -> None:
    answer = book(paying)
    assert (len(answer["waiting"]), [one["perk"] for one in answer["taken"]]) == (1, ["night-award"])
    assert awards(paying) == ("redeemed", 2)
    paying.stock("suite-upgrade", 1, date(2026, 11, 27))
    assert [try_at(paying, local(day, 4)) for day in (26, 27)] == [1, 1]
    assert waits_of(paying)[0].state.value == "had"
    assert awards(paying) == ("redeemed", 2)
    assert paying.violations() == []


def test_awards_come_back_at_the_end_and_the_limits_with_them(paying: Stage) -> None:
    book(paying)
    assert try_at(paying, local(28, 14)) == 1
    assert waits_of(paying)[0].state.value == "ended"
    assert awards(paying) == ("granted", 0)
    again = book(paying, stay={"reservation": "R-8", "arrival": "2026-12-10", "departure": "2026-12-12"})
    assert (len(again["waiting"]), awards(paying)) == (1, ("redeemed", 2))
    assert paying.violations() == []


def test_what_lapsed_while_it_waited_comes_back_of_no_use(database: SqlDatabase) -> None:
    stage = Stage(database, PAID.replace("2026-12-31", "2026-11-27"), perks=PERKS + AWARD)
    stage.ask(moment="checkout", enrol=True)
    book(stage)
    assert try_at(stage, local(28, 14)) == 1
    stage.desk.expire_due()
    assert awards(stage) == ("expired", 0)
    again = book(stage, stay={"reservation": "R-8", "arrival": "2026-12-10", "departure": "2026-12-12"})
    assert "waiting" not in again
    assert stage.violations() == []


@pytest.mark.parametrize("how", ["reservation", "house"])
def test_awards_come_back_when_it_is_called_off(paying: Stage, how: str) -> None:
    wait = book(paying)["waiting"][0]["wait"]
    if how == "reservation":
        paying.ask(moment="cancellation", stay=STAY)
    else:
        step(paying, lambda store: paying.desk.stop_waiting(store, wait, "desk", "the guest said no"))
    assert awards(paying) == ("granted", 0)
    assert paying.violations() == []


def test_awards_of_a_suite_that_was_had_and_failed_come_back(paying: Stage) -> None:
    book(paying)
    paying.stock("suite-upgrade", 1, date(2026, 11, 26))
    try_at(paying, local(26, 4))
    grant = waits_of(paying)[0].grant
    assert grant is not None
    step(paying, lambda store: paying.desk.fail(store, grant, "desk", "a burst pipe"))
    assert awards(paying) == ("granted", 0)
    assert paying.left("suite-upgrade", date(2026, 11, 26)) == 1
    assert paying.violations() == []


def test_two_bookings_do_not_pay_with_the_same_awards(paying: Stage) -> None:
    stays = ("R-7", "R-8", "R-9")
    answers = at_once(3, lambda number: book(paying, stay={"reservation": stays[number]}))
    assert sorted(len(answer.get("waiting", ())) for answer in answers) == [0, 0, 1]
    assert awards(paying) == ("redeemed", 2)
    assert paying.violations() == []
