"""The sweeper delivers what queue and workers lost, and one sweeper does it at a time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.clock import Clock, FrozenClock, SystemClock
from rewards.jobs.queues import Lane
from rewards.jobs.sweeper import KILLED_EACH_TIME, LEASE_NAME, Sweep, Sweeper, SweeperSettings, make_sweeper
from rewards.jobs.tasks import JobRuntime, Outcome, Task, Work, run_row
from rewards.jobs.timetable import TimetableEntry
from rewards.jobs.valkey import ValkeyStatus
from tests.jobs import toyhouse
from tests.jobs.fakes import FakeUnit, FileJobStore, MemoryJobStore
from tests.jobs.helpers import eventually, patient_client, patient_enqueuer, running, toy_environment

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Holds:
    """Holds of the ledger: so many are over."""

    def __init__(self, over: int) -> None:
        self.over = over

    def expire_holds(self, now_us: int, limit: int) -> int:
        expired = min(self.over, limit)
        self.over -= expired
        return expired


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)


@pytest.fixture
def store() -> MemoryJobStore:
    return MemoryJobStore()


@pytest.fixture
def runtime(store: MemoryJobStore, clock: FrozenClock) -> JobRuntime[FakeUnit]:
    return house(store, clock)


def house(store: MemoryJobStore, clock: Clock, redis_url: str = "") -> JobRuntime[FakeUnit]:
    tasks = {"greet": Task(toyhouse.greet), "study": Task(toyhouse.greet, lane=Lane.ANALYSIS)}
    return JobRuntime(store, tasks, clock, redis_url=redis_url)


def add(store: MemoryJobStore, job_id: str, clock: Clock, name: str = "greet", **more: Any) -> None:
    fields = {"due_at_us": clock.now_us(), "max_attempts": 6} | more
    assert store.add(job_id=job_id, name=name, payload='{"guest": "Ana"}', **fields)


# --- delivery


def test_a_row_whose_enqueue_was_lost_is_offered_again(
    store: MemoryJobStore, clock: FrozenClock, valkey: ValkeyStatus
) -> None:
    sweeper = Sweeper(house(store, clock), patient_enqueuer(valkey.url))
    add(store, "job_1", clock)
    clock.advance(timedelta(seconds=5))
    assert sweeper.sweep().offered == 0, "a worker may be about to claim it"
    clock.advance(timedelta(seconds=1))
    assert sweeper.sweep() == Sweep(leads=True, offered=1)
    assert patient_enqueuer(valkey.url).depth(Lane.JOBS) == 1


def test_each_lane_gets_its_own_rows(store: MemoryJobStore, clock: FrozenClock, valkey: ValkeyStatus) -> None:
    sweeper = Sweeper(house(store, clock), patient_enqueuer(valkey.url))
    for number in range(3):
        add(store, f"job_{number}", clock)
    add(store, "job_study", clock, name="study")
    add(store, "job_odd", clock, name="unheard-of")
    clock.advance(timedelta(seconds=6))
    assert sweeper.sweep().offered == 5
    enqueuer = patient_enqueuer(valkey.url)
    assert (enqueuer.depth(Lane.JOBS), enqueuer.depth(Lane.ANALYSIS)) == (4, 1)


def test_a_slow_worker_does_not_make_the_queue_grow(
    store: MemoryJobStore, clock: FrozenClock, valkey: ValkeyStatus
) -> None:
    sweeper = Sweeper(house(store, clock), patient_enqueuer(valkey.url), SweeperSettings(queue_depth=3, batch=2))
    for number in range(10):
        add(store, f"job_{number}", clock)
    clock.advance(timedelta(seconds=6))
    assert [sweeper.sweep().offered for _ in range(5)] == [2, 2, 0, 0, 0]


def test_a_claimed_row_is_left_alone(store: MemoryJobStore, clock: FrozenClock, valkey: ValkeyStatus) -> None:
    sweeper = Sweeper(house(store, clock), patient_enqueuer(valkey.url))
    add(store, "job_1", clock)
    clock.advance(timedelta(seconds=6))
    now_us = clock.now_us()
    assert store.claim("job_1", now_us=now_us, until_us=now_us + 15_000_000)
    assert sweeper.sweep().offered == 0
    assert sweeper.drain() == []


def test_a_row_nobody_takes_is_run_by_the_sweeper(
    store: MemoryJobStore, clock: FrozenClock, valkey: ValkeyStatus
) -> None:
    sweeper = Sweeper(house(store, clock), patient_enqueuer(valkey.url))
    add(store, "job_1", clock)
    clock.advance(timedelta(seconds=15))
    sweeper.sweep()
    assert sweeper.drain() == []
    clock.advance(timedelta(seconds=1))
    assert sweeper.drain() == [Outcome.DONE]
    assert store.effects() == ["greeted Ana"]


def test_while_valkey_is_dead_the_sweeper_runs_what_waits(
    store: MemoryJobStore, clock: FrozenClock, tmp_path: Path
) -> None:
    sweeper = make_sweeper(house(store, clock, f"unix://{tmp_path}/none.sock"))
    add(store, "job_1", clock)
    clock.advance(timedelta(seconds=6))
    assert sweeper.sweep() == Sweep(leads=True, offered=0)
    assert sweeper.drain() == [Outcome.DONE]


def test_without_a_queue_the_sweeper_runs_everything_and_says_so(
    store: MemoryJobStore, clock: FrozenClock, runtime: JobRuntime[FakeUnit], caplog: pytest.LogCaptureFixture
) -> None:
    sweeper = make_sweeper(runtime)
    assert "the sweeper runs the jobs itself" in caplog.text
    add(store, "job_1", clock)
    add(store, "job_study", clock, name="study")
    clock.advance(timedelta(microseconds=1))
    sweeper.sweep()
    assert sweeper.drain() == [Outcome.DONE, Outcome.DONE]
    assert sweeper.drain() == []


def test_a_job_that_killed_its_process_each_time_is_buried_with_the_reason(
    store: MemoryJobStore, clock: FrozenClock, runtime: JobRuntime[FakeUnit]
) -> None:
    add(store, "job_1", clock, max_attempts=1)
    store.claim("job_1", now_us=clock.now_us(), until_us=clock.now_us() + 15_000_000)
    clock.advance(timedelta(seconds=16))
    assert make_sweeper(runtime).sweep().buried == 1
    assert (store.job("job_1")["state"], store.job("job_1")["last_error"]) == ("dead", KILLED_EACH_TIME)


def test_holds_lapse_a_batch_at_a_time(runtime: JobRuntime[FakeUnit]) -> None:
    sweeper = make_sweeper(replace(runtime, holds=Holds(over=150)))
    assert [sweeper.sweep().expired for _ in range(3)] == [100, 50, 0]


def test_done_rows_are_forgotten_after_a_week(
    store: MemoryJobStore, clock: FrozenClock, runtime: JobRuntime[FakeUnit]
) -> None:
    add(store, "job_1", clock)
    assert run_row(runtime, "job_1") is Outcome.DONE
    sweeper = make_sweeper(runtime)
    clock.advance(timedelta(days=7))
    assert sweeper.sweep().forgotten == 0
    clock.advance(timedelta(seconds=1))
    assert sweeper.sweep().forgotten == 1
    assert store.job_ids() == []


# --- leadership


def test_one_sweeper_leads_and_the_other_takes_over(
    store: MemoryJobStore, clock: FrozenClock, runtime: JobRuntime[FakeUnit]
) -> None:
    first, second = make_sweeper(runtime), make_sweeper(runtime)
    add(store, "job_1", clock)
    clock.advance(timedelta(microseconds=1))
    assert (first.sweep().leads, second.sweep().leads) == (True, False)
    assert second.drain() == [], "only the leader runs what is left over"
    clock.advance(timedelta(seconds=6))
    assert (second.sweep().leads, first.sweep().leads) == (True, False)
    assert first.drain() == []
    assert second.drain() == [Outcome.DONE]


def test_a_leader_whose_lease_ran_out_runs_nothing(
    store: MemoryJobStore, clock: FrozenClock, runtime: JobRuntime[FakeUnit]
) -> None:
    sweeper = make_sweeper(runtime, SweeperSettings(lease_s=0))
    add(store, "job_1", clock)
    clock.advance(timedelta(microseconds=1))
    assert sweeper.sweep().leads
    assert sweeper.drain() == []


# --- the timetable


def test_a_period_is_started_once_whoever_leads(
    store: MemoryJobStore, clock: FrozenClock, runtime: JobRuntime[FakeUnit]
) -> None:
    entries = (TimetableEntry("greet", 3_600, '{"guest": "Ben"}'), TimetableEntry("study", 86_400, '{"guest": "Ana"}'))
    first, second = (make_sweeper(replace(runtime, timetable=entries)) for _ in range(2))
    assert [first.sweep().started for _ in range(3)] == [2, 0, 0]
    clock.advance(timedelta(seconds=6))
    assert second.sweep() == Sweep(leads=True, started=0)
    clock.advance(timedelta(hours=1))
    assert second.sweep().started == 1
    clock.advance(timedelta(microseconds=1))
    assert second.drain() == [Outcome.DONE] * 3
    assert sorted(store.effects()) == ["greeted Ana", "greeted Ben", "greeted Ben"]


def test_after_an_outage_only_the_current_period_is_started(clock: FrozenClock, runtime: JobRuntime[FakeUnit]) -> None:
    sweeper = make_sweeper(replace(runtime, timetable=(TimetableEntry("greet", 3_600),)))
    assert sweeper.sweep().started == 1
    clock.advance(timedelta(days=3))
    assert [sweeper.sweep().started for _ in range(2)] == [1, 0]


# --- the loop and the process


class FailsAtFirst(MemoryJobStore):
    """Is down for its first three calls."""

    calls = 0

    def take_lease(self, name: str, holder: str, *, now_us: int, until_us: int) -> Any:
        self.calls += 1
        if self.calls <= 3:
            raise ConnectionError("the database does not answer")
        return super().take_lease(name, holder, now_us=now_us, until_us=until_us)


@contextmanager
def in_a_thread(action: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=action, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=60)
        assert not thread.is_alive()


def test_it_comes_back_when_the_database_does(caplog: pytest.LogCaptureFixture) -> None:
    store, clock = FailsAtFirst(), SystemClock()
    add(store, "job_1", clock)
    with in_a_thread(make_sweeper(house(store, clock), SweeperSettings(tick_s=0.01)).run):
        eventually(lambda: store.effects() == ["greeted Ana"], "the job is done")
    assert "the database does not answer" in caplog.text


def test_it_gives_its_lease_up_at_the_end(store: MemoryJobStore) -> None:
    clock = SystemClock()
    sweeper = make_sweeper(house(store, clock), SweeperSettings(tick_s=0.01))
    with in_a_thread(sweeper.run):
        eventually(lambda: sweeper.leads, "it leads")
    now_us = clock.now_us()
    assert store.take_lease(LEASE_NAME, "another", now_us=now_us, until_us=now_us + 1)


def test_a_task_that_hangs_beyond_all_limits_ends_the_process_for_another(runtime: JobRuntime[FakeUnit]) -> None:
    gate = threading.Event()

    def hang(work: Work) -> None:
        gate.wait()

    clock, store = SystemClock(), MemoryJobStore()
    add(store, "job_1", clock, name="hang")
    hung = replace(runtime, store=store, clock=clock, tasks={"hang": Task(hang)})
    sweeper = make_sweeper(hung, SweeperSettings(tick_s=0.01))
    ended: list[BaseException] = []

    def run(stop: threading.Event) -> None:
        try:
            sweeper.run(stop)
        except RuntimeError as error:
            ended.append(error)

    with in_a_thread(run):
        eventually(lambda: sweeper._busy_since_s, "the job hangs")
        sweeper._busy_since_s = float("-inf")
        eventually(lambda: ended, "the sweeper gave up")
        gate.set()
    assert "two hours" in str(ended[0])


def test_the_process_runs_jobs_and_ends_on_sigterm(tmp_path: Path) -> None:
    store, clock = FileJobStore(tmp_path / "jobs.json"), SystemClock()
    add(store, "job_1", clock)
    command = ["-m", "rewards.jobs.sweeper", "--runtime", toyhouse.RUNTIME]
    with running(command, toy_environment(tmp_path)) as process:
        eventually(lambda: store.effects() == ["greeted Ana"], "the job is done")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    now_us = clock.now_us()
    assert store.take_lease(LEASE_NAME, "another", now_us=now_us, until_us=now_us + 1)


def test_a_lost_enqueue_ends_in_a_real_worker(tmp_path: Path, valkey: ValkeyStatus) -> None:
    """The row is there, the queue never heard of it: the sweeper's process tells it, the worker's process runs it."""
    store, clock = FileJobStore(tmp_path / "jobs.json"), SystemClock()
    add(store, "job_1", clock, due_at_us=clock.now_us() - 6_000_000)
    environment = toy_environment(tmp_path, valkey.url)
    worker = ["-m", "rewards.jobs.worker", "--runtime", toyhouse.RUNTIME]
    with running(worker, environment):
        client = patient_client(valkey.url)
        eventually(lambda: client.scard("rq:workers"), "the worker listens")
        assert Sweeper(house(store, clock), patient_enqueuer(valkey.url)).sweep().offered == 1
        eventually(lambda: store.effects() == ["greeted Ana"], "the worker did it")
