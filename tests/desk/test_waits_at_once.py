"""A worker that is killed in a try, and tries that meet cancellations: it is had once, or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rewards.clock import to_us
from rewards.desk.ask import Answered
from rewards.errors import WAIT_NOT_OPEN, RewardsError
from rewards.ledger.waits import WaitRow, WaitState
from rewards.storage.engine import SqlDatabase
from tests.crowd import met_at_once
from tests.stage import ANA, Stage

ROOT = Path(__file__).resolve().parents[2]
RULES = """
rule: spa
at: booking
when: always
give: {perk: spa, wait: {from: {days_before: 3}, until: {days_before: 1, at: "14:00"}}}
"""
PERKS = "spa: {kind: item, title: {en: a spa entry, nl: een spabezoek}, cost: EUR 20, stock: daily}\n"
FIRST = datetime(2026, 11, 26, 3, tzinfo=UTC)
DAY, STOCK, CROWD, ROUNDS = date(2026, 11, 26), 40, 8, 5


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=PERKS)
    made.stock("spa", STOCK, DAY)
    return made


def book(stage: Stage, reservation: str = "R-1") -> str:
    stay = {"reservation": reservation, "arrival": "2026-11-29", "departure": "2026-12-01"}
    answer = stage.ask(ANA, moment="booking", enrol=True, stay=stay)
    return str(answer["waiting"][0]["wait"])


def found(stage: Stage, wait: str) -> WaitRow:
    with stage.database.reading() as store:
        row = store.waits.get(wait)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("failpoint", "state"), [("after_begin", "waiting"), ("before_commit", "waiting"), ("after_commit", "had")]
)
def test_a_killed_worker_has_had_it_once_or_not_at_all(
    stage: Stage, migrated_url: str, failpoint: str, state: str
) -> None:
    wait = book(stage)
    command = [sys.executable, "-m", "tests.desk.trier", migrated_url, str(to_us(FIRST)), f"{failpoint}:kill"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, ""), ended.stderr
    assert found(stage, wait).state.value == state
    stage.clock.move_to(FIRST)
    assert stage.desk.try_waiting() == (state == "waiting")
    assert (found(stage, wait).state.value, stage.left("spa", DAY), stage.count("perk_grant")) == ("had", STOCK - 1, 1)
    assert stage.violations() == []


def test_a_try_that_meets_a_cancellation_is_one_of_the_two(stage: Stage) -> None:
    had = 0
    for turn in range(ROUNDS):
        wait = book(stage, f"R-{turn}")
        stage.clock.move_to(FIRST)

        def meet(number: int, wait: str = wait) -> object:
            if number % 2:
                return stage.desk.try_waiting()
            return stage.database.run_writing(lambda store: stage.desk.stop_waiting(store, wait, "desk", "no"))

        ends = met_at_once(CROWD, meet)
        stopped = [one for one in ends if isinstance(one, WaitRow)]
        refused = [one for one in ends if isinstance(one, RewardsError) and one.code is WAIT_NOT_OPEN]
        row = found(stage, wait)
        assert (len(stopped), len(refused)) == ((0, 4) if row.state is WaitState.HAD else (1, 3)), ends
        had += row.state is WaitState.HAD
        assert (stage.left("spa", DAY), stage.count("perk_grant")) == (STOCK - had, had)
        stage.clock.move_to(datetime(2026, 11, 22, 14, tzinfo=UTC))
    assert stage.violations() == []


def test_a_try_that_meets_the_same_question_gives_nothing_twice(stage: Stage) -> None:
    wait = book(stage)
    stage.clock.move_to(FIRST)
    stay = {"reservation": "R-1", "arrival": "2026-11-29", "departure": "2026-12-01"}

    def meet(number: int) -> object:
        return stage.desk.try_waiting() if number % 2 else stage.asked(ANA, moment="booking", stay=stay)

    ends = met_at_once(CROWD, meet)
    assert all(isinstance(one, (int, Answered)) for one in ends), ends
    assert (found(stage, wait).state.value, stage.count("perk_grant"), stage.count("waiting")) == ("had", 1, 1)
    assert stage.left("spa", DAY) == STOCK - 1
    assert stage.violations() == []
