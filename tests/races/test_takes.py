"""Two clerks, and more, spend the same awards at once: each is spent once, and what comes back comes back once."""

from __future__ import annotations

from typing import Any

import pytest

from rewards.errors import ALREADY_EXISTS, BALANCE_TOO_LOW, GRANT_NOT_REDEEMABLE, HOLD_NOT_OPEN, RewardsError
from rewards.ledger import takes
from rewards.ledger.take_rows import TakeRow
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.stage import ANA, PERKS, Stage

RULES = """
rule: awards
at: scheduled
when: always
give: [{perk: night-award, quantity: 6}, {perk: award-points, points: 600}]
---
rule: upgrade
at: booking
when: {measure: left, perk: night-award, at_least: 1}
give: {perk: late-checkout}
take: [{perk: night-award, quantity: 2}, {perk: award-points, points: 200}]
"""
MORE = """
night-award: {kind: item, title: {en: a night award, nl: een nachtaward}}
award-points: {kind: points, title: {en: award points, nl: awardpunten}}
"""
CROWD, ROUNDS = 16, 5


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=PERKS + MORE)
    made.stay(ANA, 9)
    return made


def left(stage: Stage, guest: str) -> tuple[int, int]:
    """Awards and points that can still be used."""
    with stage.database.reading() as store:
        rows = [row for row in store.grants.of_guest([guest]) if row.grant.perk == "night-award"]
        return sum(row.grant.quantity - row.used for row in rows), stage.desk.points(store, guest)[0]


def booked(stage: Stage, number: int, **more: Any) -> dict[str, Any]:
    return stage.ask(moment="booking", stay={"reservation": f"R-{number}"}, **more)


def test_six_awards_pay_for_three_of_sixteen_bookings(stage: Stage) -> None:
    guest = str(stage.ask(moment="scheduled", stay={"reservation": "R-0"})["guest"])
    answers = met_at_once(CROWD, lambda number: booked(stage, number + 1))
    told = [one for one in answers if isinstance(one, dict)]
    assert len(told) == CROWD, [one for one in answers if one not in told]
    assert sum(bool(one["perks"]) for one in told) == 3
    assert left(stage, guest) == (0, 0)
    assert stage.violations() == []


def test_a_clerk_redeems_while_others_book_and_the_guest_spends(stage: Stage) -> None:
    answer = stage.ask(moment="scheduled", stay={"reservation": "R-0"})
    guest, award = str(answer["guest"]), next(one["grant"] for one in answer["perks"] if one["perk"] == "night-award")

    def act(number: int) -> Any:
        if number % 3 == 0:
            return stage.database.run_writing(lambda store: stage.desk.redeem(store, award, f"use-{number}", 1, "Ben"))
        if number % 3 == 1:
            return stage.database.run_writing(
                lambda store: stage.desk.spend_points(
                    store, guest, 100, f"bill-{number}", "a towel", perk="award-points"
                )
            )
        return booked(stage, number + 1)

    found = met_at_once(CROWD, act)
    refused = [one for one in found if isinstance(one, Exception)]
    assert all(isinstance(one, RewardsError) and one.code in (GRANT_NOT_REDEEMABLE, BALANCE_TOO_LOW) for one in refused)
    given = sum(bool(one["perks"]) for one in found if isinstance(one, dict))
    redeemed = sum(not isinstance(one, Exception) for number, one in enumerate(found) if number % 3 == 0)
    spent = sum(not isinstance(one, Exception) for number, one in enumerate(found) if number % 3 == 1)
    assert left(stage, guest) == (6 - redeemed - 2 * given, 600 - 100 * spent - 200 * given)
    assert stage.violations() == []


def test_what_was_paid_comes_back_once_whoever_gives_it_back(stage: Stage) -> None:
    guest = str(stage.ask(moment="scheduled", stay={"reservation": "R-0"})["guest"])
    for turn in range(ROUNDS):
        held = booked(stage, 1, mode="hold")
        assert left(stage, guest) == (4, 400)

        def back(number: int, held: dict[str, Any] = held) -> Any:
            if number % 2:
                return stage.database.run_writing(lambda store: stage.desk.cancel(store, held["decision"], "Cas"))
            return stage.database.run_writing(lambda store: returned(stage, store, held["decision"]))

        found = met_at_once(8, back)
        refused = [one for one in found if isinstance(one, Exception)]
        codes = (HOLD_NOT_OPEN, ALREADY_EXISTS)
        assert all(isinstance(one, RewardsError) and one.code in codes for one in refused), refused
        assert left(stage, guest) == (6, 600), turn
    assert stage.violations() == []


def returned(stage: Stage, store: Any, decision: str) -> list[TakeRow]:
    """Give back under the guest's lock, as whoever may."""
    store.guests.lock(store.decisions.get(decision).guest)
    return takes.give_back(store, decision, "upgrade", stage.clock.now())
