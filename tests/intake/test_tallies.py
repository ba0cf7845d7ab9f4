"""What everybody did day by day is kept with every fact, and is what the log comes to, whatever happened."""

from __future__ import annotations

import random
from functools import partial

import pytest

from rewards.domain.activity import Evidence, Kind
from rewards.history.tally import TallyKey
from rewards.intake.digests import is_current, rebuild
from rewards.intake.people import merge
from rewards.intake.receive import Receipt
from rewards.sdk.drafts import Draft
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.intake.lives import DAY, RULES, Life, who
from tests.stage import NOW, TODAY, Stage

COUNT = 8


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    return Stage(database, RULES)


def check_in(key: str, name: str = "ana", **more: object) -> Draft:
    place: dict[str, object] = {"property": "harbour", "occurred_at": NOW - DAY, "evidence": Evidence.LOCATED}
    return Draft(Kind.CHECK_IN, key, who(name), **{**place, **more})  # type: ignore[arg-type]


def is_what_the_log_says(stage: Stage) -> bool:
    with stage.database.reading() as store:
        return all(is_current(store, guest) for guest in store.histories.guests())


@pytest.mark.parametrize("seed", range(12))
def test_tallies_are_what_the_log_comes_to(stage: Stage, seed: int) -> None:
    life = Life(stage, random.Random(seed))
    for _ in range(4):
        life.go_on(8)
        assert is_what_the_log_says(stage)


def test_facts_of_one_day_add_up_to_one_row(stage: Stage) -> None:
    receipt = stage.record(check_in("1"), check_in("2", occurred_at=NOW - DAY * 1.1))[0]
    stage.record(check_in("3"))
    yesterday = (TODAY - DAY).toordinal()
    key = TallyKey("harbour", yesterday, receipt.guest, "check_in", int(Evidence.LOCATED), yesterday, "")
    with stage.database.reading() as store:
        rows = store.tallies.of_guests([receipt.guest])
    assert [(row.key, row.times) for row in rows] == [(key, 3)]
    assert rows[0].last_us - rows[0].first_us == 0.1 * 86_400_000_000


def test_no_fact_of_many_that_arrive_at_once_is_missing(stage: Stage) -> None:
    def arrive(number: int) -> Receipt:
        ground, draft = stage.ground(), check_in(f"{number}", f"guest {number % 2}")
        return stage.database.run_writing(lambda store: stage.intake.receive(store, ground, "pms", [draft]))[0]

    receipts = met_at_once(COUNT, arrive)
    assert [getattr(one, "status", one) for one in receipts] == ["recorded"] * COUNT
    with stage.database.reading() as store:
        rows = store.tallies.between("harbour", ("check_in",), None, None)
    assert [row.times for row in rows] == [COUNT // 2] * 2
    assert is_what_the_log_says(stage)


def test_facts_that_arrive_while_two_guests_are_united_are_the_kept_ones(stage: Stage) -> None:
    kept, absorbed = (stage.record(check_in(name, name))[0].guest for name in ("ana", "ben"))

    def arrive(number: int) -> object:
        ground = stage.ground()
        if number == 0:
            return stage.database.run_writing(partial(merge, kept=kept, absorbed=absorbed, reason="one", at=NOW))
        draft = check_in(f"{number}", "ben")
        return stage.database.run_writing(lambda store: stage.intake.receive(store, ground, "pms", [draft]))[0]

    met_at_once(COUNT, arrive)
    with stage.database.reading() as store:
        rows = store.tallies.between("harbour", ("check_in",), None, None)
    assert [(row.key.guest, row.times) for row in rows] == [(kept, COUNT + 1)]


def test_a_place_outside_the_group_is_kept_for_check_ins_only(stage: Stage) -> None:
    cafe = {"property": None, "place_id": "cafe"}
    visit = Draft(Kind.VISIT, "2", who("ana"), occurred_at=NOW, place_id="cafe")
    guest = stage.record(check_in("1", **cafe), visit)[0].guest
    with stage.database.reading() as store:
        assert [(row.key.place, row.key.kind) for row in store.tallies.of_guests([guest])] == [("", "check_in")]


def test_a_guest_who_was_here_before_tallies_were_is_due_until_the_tally_is_made(stage: Stage) -> None:
    guest = stage.record(check_in("1"))[0].guest
    with stage.database.writing() as store:
        store.session.run("DELETE FROM tally", ())
        store.session.run("INSERT INTO tally_due (guest) VALUES (?)", (guest,))
    stage.record(check_in("2"), check_in("3", "ben"))
    with stage.database.writing() as store:
        assert (store.tallies.complete(), store.tallies.is_due(guest), is_current(store, guest)) == (False, True, False)
        rebuild(store, guest)
        assert (store.tallies.complete(), store.tallies.is_due(guest), is_current(store, guest)) == (True, False, True)
    assert is_what_the_log_says(stage)
