"""Facts of one guest that arrive at once: each is recorded once, weighed once, and taken back once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from rewards.domain.activity import Kind
from rewards.domain.guest import Identity
from rewards.errors import ALREADY_REVERSED, RewardsError
from rewards.intake.digests import is_current, rebuild
from rewards.intake.people import merge
from rewards.intake.receive import Receipt
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.stage import ANA, NOW, TODAY, Stage

RULES = """
rule: drink
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
"""
COUNT, ROUNDS = 8, 5


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    return Stage(database, RULES)


def stay(stage: Stage, key: str, days_ago: int, who: Sequence[Identity] = ANA) -> Receipt:
    leaves = TODAY - timedelta(days=days_ago)
    draft = Draft(Kind.STAY, key, tuple(who), "harbour", arrival=leaves - timedelta(days=2), departure=leaves)
    ground = stage.ground()
    return stage.database.run_writing(lambda store: stage.intake.receive(store, ground, "pms", [draft]))[0]


def take_back(stage: Stage, key: str, name: str) -> Receipt:
    draft = Draft(Kind.REVERSAL, name, (), "harbour", occurred_at=NOW, reverses_key=key)
    ground = stage.ground()
    return stage.database.run_writing(lambda store: stage.intake.receive(store, ground, "pms", [draft]))[0]


def nth_stay(stage: Stage, turn: int, number: int) -> Receipt:
    return stay(stage, f"{turn}/{number}", 50 - turn)


def nth_return(stage: Stage, turn: int, number: int) -> Receipt:
    return take_back(stage, f"stay {turn}", f"back {turn}/{number}")


def stays_of(stage: Stage, guest: str) -> int:
    """How many stays of a guest and of the records merged into it are logged."""
    with stage.database.reading() as store:
        return len(store.activities.of_guest(store.guests.records(guest)))


def digest_is_the_log(stage: Stage) -> bool:
    """Whether digests and tallies say what they say when they are made anew from the log."""
    with stage.database.reading() as store:
        if not all(is_current(store, guest) for guest in store.histories.guests()):
            return False
        before = {guest: store.histories.head(guest) for guest in store.histories.guests()}
    with stage.database.writing() as store:
        for guest in before:
            rebuild(store, guest)
    with stage.database.reading() as store:
        return before == {guest: store.histories.head(guest) for guest in store.histories.guests()}


def test_no_stay_is_missing_from_the_digest_when_many_arrive_at_once(stage: Stage) -> None:
    stay(stage, "first", 100)
    for turn in range(ROUNDS):
        receipts = met_at_once(COUNT, partial(nth_stay, stage, turn))
        assert [getattr(one, "status", one) for one in receipts] == ["recorded"] * COUNT
        assert digest_is_the_log(stage)
    assert stage.count("activity") == 1 + ROUNDS * COUNT


def test_the_first_stays_of_a_guest_all_count(stage: Stage) -> None:
    receipts = met_at_once(COUNT, lambda number: stay(stage, f"stay {number}", 10))
    assert [getattr(one, "status", one) for one in receipts] == ["recorded"] * COUNT
    assert digest_is_the_log(stage)


def test_one_stay_reported_by_many_is_one_stay(stage: Stage) -> None:
    receipts = met_at_once(COUNT, lambda number: stay(stage, "the stay", 10))
    assert sorted(getattr(one, "status", str(one)) for one in receipts) == ["duplicate"] * (COUNT - 1) + ["recorded"]
    assert stage.count("activity") == 1
    assert digest_is_the_log(stage)


def test_a_stay_is_taken_back_whole_once(stage: Stage) -> None:
    for turn in range(ROUNDS):
        stay(stage, f"stay {turn}", 10 + turn)
        found = met_at_once(COUNT, partial(nth_return, stage, turn))
        refused = [one for one in found if isinstance(one, RewardsError) and one.code is ALREADY_REVERSED]
        assert len(refused) == COUNT - 1, found
    assert stage.count("activity") == 2 * ROUNDS
    assert digest_is_the_log(stage)


def test_a_stay_that_is_taken_back_while_others_arrive_leaves_those(stage: Stage) -> None:
    for turn in range(ROUNDS):
        stay(stage, f"old {turn}", 30 + turn)

        def work(number: int, turn: int = turn) -> Receipt:
            if number == 0:
                return take_back(stage, f"old {turn}", f"back {turn}")
            return stay(stage, f"new {turn}/{number}", 20)

        assert [getattr(one, "status", one) for one in met_at_once(COUNT, work)] == ["recorded"] * COUNT
        assert digest_is_the_log(stage)


def test_a_stay_that_arrives_while_its_guest_is_united_with_another_counts_for_the_kept_one(stage: Stage) -> None:
    for turn in range(ROUNDS * 2):
        kept, absorbed = (Identity("card", f"{side}{turn}", verified=True) for side in "AB")
        guests = [stage.stay((identity,), 40).guest for identity in (kept, absorbed)]

        def work(
            number: int, turn: int = turn, guests: Sequence[str] = guests, who: Identity = absorbed
        ) -> Receipt | str:
            if number == COUNT // 2:
                return stage.database.run_writing(lambda store: merge(store, guests[0], guests[1], "one person", NOW))
            return stay(stage, f"{turn}/{number}", 20, (who,))

        found = met_at_once(COUNT, work)
        assert [one for one in found if isinstance(one, Exception)] == []
        assert digest_is_the_log(stage)
        assert stays_of(stage, guests[0]) == COUNT + 1


def test_facts_that_unite_two_guests_at_once_unite_them_once(stage: Stage) -> None:
    for turn in range(ROUNDS):
        pair = (Identity("card", f"C{turn}", verified=True), Identity("email", f"c{turn}@example.org", verified=True))
        guests = [stage.stay((identity,), 40).guest for identity in pair]
        found = met_at_once(COUNT, lambda number, turn=turn, pair=pair: stay(stage, f"{turn}/{number}", 20, pair))
        assert [one for one in found if isinstance(one, Exception)] == []
        assert {one.guest for one in found if isinstance(one, Receipt)} <= set(guests)
        assert sorted(len(one.united) for one in found if isinstance(one, Receipt)) == [0] * (COUNT - 1) + [1]
        assert digest_is_the_log(stage)
