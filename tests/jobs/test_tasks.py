"""From a row to its work: claimed, run, settled; failures kept in the row; effects once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rewards.clock import FrozenClock
from rewards.errors import RewardsError
from rewards.jobs import tasks
from rewards.jobs.queues import JOB_VERSION
from rewards.jobs.tasks import RETRY_AFTER_S, JobRuntime, Outcome, Task, Work, install, run_job, run_row
from tests.jobs.fakes import FakeUnit, MemoryJobStore
from tests.jobs.helpers import eventually

SECOND = 1_000_000


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(datetime(2026, 11, 24, 12, tzinfo=UTC))


@pytest.fixture
def store() -> MemoryJobStore:
    return MemoryJobStore()


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_installed", [])


def make(
    store: MemoryJobStore, clock: FrozenClock, handler: Callable[[Work], Callable[[FakeUnit], None] | None]
) -> JobRuntime[FakeUnit]:
    return JobRuntime(store, {"deliver": Task(handler)}, clock)


def add(store: MemoryJobStore, clock: FrozenClock, payload: str = '{"guest": "Ana"}', **more: Any) -> None:
    fields = {"name": "deliver", "due_at_us": clock.now_us(), "max_attempts": 6} | more
    assert store.add(job_id="job_1", payload=payload, **fields)


def greet(work: Work) -> Callable[[FakeUnit], None]:
    return lambda unit: unit.effects.append(f"greeted {work.payload['guest']}, attempt {work.attempt}")


def test_a_job_runs_once_however_often_it_is_offered(store: MemoryJobStore, clock: FrozenClock) -> None:
    install(make(store, clock, greet))
    add(store, clock)
    assert [run_job("job_1", JOB_VERSION) for _ in range(3)] == ["done", "not_claimed", "not_claimed"]
    assert store.effects() == ["greeted Ana, attempt 1"]


def test_an_unknown_row_is_no_error(store: MemoryJobStore, clock: FrozenClock) -> None:
    assert run_row(make(store, clock, greet), "job_none") is Outcome.NOT_CLAIMED


def test_a_process_without_a_runtime_says_so() -> None:
    with pytest.raises(RewardsError, match="no job runtime"):
        run_job("job_1", JOB_VERSION)


@pytest.mark.parametrize("arguments", [(7, 1), ("job_1", "1"), ("job_1", True), (None, 1), (["job_1"], 1)])
def test_arguments_of_another_kind_are_refused(arguments: tuple[object, object]) -> None:
    with pytest.raises(TypeError, match="row id and a version"):
        run_job(*arguments)


def test_an_offer_of_a_newer_version_is_left_for_a_newer_worker(store: MemoryJobStore, clock: FrozenClock) -> None:
    install(make(store, clock, greet))
    add(store, clock)
    assert run_job("job_1", JOB_VERSION + 1) == "newer"
    assert store.job("job_1")["attempt"] == 0


def test_a_failing_job_is_tried_again_later_and_later_then_dead(store: MemoryJobStore, clock: FrozenClock) -> None:
    def refuse(work: Work) -> None:
        raise ConnectionError(f"attempt {work.attempt}: the till is closed")

    runtime = make(store, clock, refuse)
    add(store, clock)
    for number, delay_s in enumerate(RETRY_AFTER_S, start=1):
        assert run_row(runtime, "job_1") is Outcome.RETRY
        assert store.job("job_1")["due_at"] == clock.now_us() + delay_s * SECOND
        assert f"ConnectionError: attempt {number}" in store.job("job_1")["last_error"]
        clock.advance(timedelta(seconds=delay_s - 1))
        assert run_row(runtime, "job_1") is Outcome.NOT_CLAIMED
        clock.advance(timedelta(seconds=1))
    assert run_row(runtime, "job_1") is Outcome.DEAD
    assert store.job("job_1")["state"] == "dead"
    assert "attempt 6: the till is closed (refuse, line" in store.job("job_1")["last_error"]


def test_effects_that_fail_are_a_failure_and_leave_nothing(store: MemoryJobStore, clock: FrozenClock) -> None:
    def half(unit: FakeUnit) -> None:
        unit.effects.append("half")
        raise ValueError("no stock")

    add(store, clock)
    assert run_row(make(store, clock, lambda work: half), "job_1") is Outcome.RETRY
    assert store.effects() == []
    assert "no stock" in store.job("job_1")["last_error"]


def test_a_task_nobody_knows_is_kept_with_the_names_that_are_known(store: MemoryJobStore, clock: FrozenClock) -> None:
    add(store, clock, name="os.system")
    assert run_row(make(store, clock, greet), "job_1") is Outcome.RETRY
    assert "no task “os.system”; there are deliver" in store.job("job_1")["last_error"]


@pytest.mark.parametrize(("payload", "said"), [("[1]", "an object is wanted"), ("{", "JSONDecodeError")])
def test_a_payload_that_cannot_be_read_is_kept(
    store: MemoryJobStore, clock: FrozenClock, payload: str, said: str
) -> None:
    add(store, clock, payload=payload)
    assert run_row(make(store, clock, greet), "job_1") is Outcome.RETRY
    assert said in store.job("job_1")["last_error"]


def test_who_was_overtaken_writes_nothing(store: MemoryJobStore, clock: FrozenClock) -> None:
    def slow(work: Work) -> Callable[[FakeUnit], None]:
        if work.attempt == 1:
            clock.advance(timedelta(minutes=1))
            assert run_row(runtime, "job_1") is Outcome.DONE
        return greet(work)

    runtime = make(store, clock, slow)
    add(store, clock)
    assert run_row(runtime, "job_1") is Outcome.LOST
    assert store.effects() == ["greeted Ana, attempt 2"]


def test_who_was_overtaken_cannot_fail_the_job_either(store: MemoryJobStore, clock: FrozenClock) -> None:
    def slow(work: Work) -> Callable[[FakeUnit], None]:
        if work.attempt == 1:
            clock.advance(timedelta(minutes=1))
            assert run_row(runtime, "job_1") is Outcome.DONE
            raise ValueError("too late")
        return greet(work)

    runtime = make(store, clock, slow)
    add(store, clock)
    assert run_row(runtime, "job_1") is Outcome.LOST
    assert (store.job("job_1")["state"], store.job("job_1")["last_error"]) == ("done", None)


def test_a_claim_is_extended_while_the_work_goes_on(
    store: MemoryJobStore, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "CLAIM_S", 0.03)

    def long(work: Work) -> Callable[[FakeUnit], None]:
        first_us = store.job("job_1")["claimed_until"]
        clock.advance(timedelta(seconds=5))
        eventually(lambda: store.job("job_1")["claimed_until"] > first_us, "the claim is extended")
        return greet(work)

    add(store, clock)
    assert run_row(make(store, clock, long), "job_1") is Outcome.DONE


def test_an_error_is_kept_in_bounded_space(store: MemoryJobStore, clock: FrozenClock) -> None:
    def shout(work: Work) -> None:
        raise ValueError("A" * 1_000_000)

    add(store, clock)
    run_row(make(store, clock, shout), "job_1")
    assert len(store.job("job_1")["last_error"]) == 2_000
