"""What every job store promises, whatever it is made of. One suite for the fakes here and the SQL store.

To use it, subclass `JobStoreContract` in a test module and give it the two fixtures it asks for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import pytest

from rewards.jobs.ports import JobRow, JobStore

SECOND = 1_000_000
NOON = 1_795_608_000 * SECOND
RACERS = 8


class EffectProbe(Protocol):
    """How the suite writes an effect inside a unit of work, and reads what was committed."""

    def write(self, unit: Any, text: str) -> None:
        """Writes `text` through the unit of work."""

    def read(self) -> list[str]:
        """Every committed text, in order."""


class JobStoreContract:
    """Subclass it; override `open_store` and `effects`."""

    @pytest.fixture
    def open_store(self) -> Callable[[], JobStore[Any]]:
        """Opens a handle on the same empty data at each call."""
        raise NotImplementedError

    @pytest.fixture
    def effects(self) -> EffectProbe:
        """Writes and reads effects in that data."""
        raise NotImplementedError

    @pytest.fixture
    def store(self, open_store: Callable[[], JobStore[Any]]) -> JobStore[Any]:
        return open_store()

    # --- adding and claiming

    def test_an_id_is_added_once(self, store: JobStore[Any]) -> None:
        assert add(store, "job_1", payload='{"grant": "gnt_ana"}')
        assert not add(store, "job_1", payload='{"grant": "gnt_ben"}')
        assert claimed(store, "job_1").payload == '{"grant": "gnt_ana"}'

    def test_a_claim_carries_what_the_work_needs(self, store: JobStore[Any]) -> None:
        add(store, "job_1", name="deliver", payload='{"guest": "gst_ana"}', max_attempts=3)
        row = claimed(store, "job_1")
        assert (row.id, row.name, row.payload) == ("job_1", "deliver", '{"guest": "gst_ana"}')
        assert (row.attempt, row.max_attempts) == (1, 3)

    def test_a_claimed_job_is_nobody_elses_until_the_claim_lapses(self, store: JobStore[Any]) -> None:
        add(store, "job_1")
        claimed(store, "job_1", now_us=NOON)
        assert claim(store, "job_1", now_us=NOON + 15 * SECOND) is None
        assert claimed(store, "job_1", now_us=NOON + 15 * SECOND + 1).attempt == 2

    def test_a_job_cannot_be_claimed_before_it_is_due(self, store: JobStore[Any]) -> None:
        add(store, "job_1", due_at_us=NOON + 1)
        assert claim(store, "job_1", now_us=NOON) is None
        assert claim(store, "job_1", now_us=NOON + 1) is not None

    def test_what_is_not_there_cannot_be_claimed(self, store: JobStore[Any]) -> None:
        assert claim(store, "job_none") is None

    def test_of_many_racers_one_gets_the_claim(self, open_store: Callable[[], JobStore[Any]]) -> None:
        add(open_store(), "job_1")
        rows = race(open_store, lambda store, _: claim(store, "job_1"))
        assert [row.attempt for row in rows if row] == [1]

    def test_an_extended_claim_lapses_later(self, store: JobStore[Any]) -> None:
        add(store, "job_1")
        claimed(store, "job_1", now_us=NOON)
        assert store.extend("job_1", 1, until_us=NOON + 60 * SECOND)
        assert claim(store, "job_1", now_us=NOON + 60 * SECOND) is None
        assert claim(store, "job_1", now_us=NOON + 60 * SECOND + 1) is not None

    def test_a_claim_that_was_lost_cannot_be_extended(self, store: JobStore[Any]) -> None:
        add(store, "job_1")
        claimed(store, "job_1", now_us=NOON)
        claimed(store, "job_1", now_us=NOON + 20 * SECOND)
        assert not store.extend("job_1", 1, until_us=NOON + 60 * SECOND)

    # --- finishing

    def test_finishing_applies_the_effects_once(self, store: JobStore[Any], effects: EffectProbe) -> None:
        add(store, "job_1")
        claimed(store, "job_1")
        assert store.finish("job_1", 1, lambda unit: effects.write(unit, "Ana was told"))
        assert not store.finish("job_1", 1, lambda unit: effects.write(unit, "Ana was told again"))
        assert effects.read() == ["Ana was told"]
        assert claim(store, "job_1", now_us=NOON + 60 * SECOND) is None

    def test_a_job_without_effects_can_be_finished(self, store: JobStore[Any]) -> None:
        add(store, "job_1")
        claimed(store, "job_1")
        assert store.finish("job_1", 1, None)
        assert not store.finish("job_1", 1, None)

    def test_effects_that_fail_leave_nothing_and_the_job_due(self, store: JobStore[Any], effects: EffectProbe) -> None:
        def half_way(unit: Any) -> None:
            effects.write(unit, "half")
            raise RuntimeError("the till is closed")

        add(store, "job_1")
        claimed(store, "job_1")
        with pytest.raises(RuntimeError, match="the till is closed"):
            store.finish("job_1", 1, half_way)
        assert effects.read() == []
        assert store.finish("job_1", 1, None)

    def test_who_lost_the_claim_writes_nothing(self, store: JobStore[Any], effects: EffectProbe) -> None:
        add(store, "job_1")
        claimed(store, "job_1", now_us=NOON)
        claimed(store, "job_1", now_us=NOON + 20 * SECOND)
        assert not store.finish("job_1", 1, lambda unit: effects.write(unit, "the slow worker"))
        assert store.finish("job_1", 2, lambda unit: effects.write(unit, "the quick worker"))
        assert effects.read() == ["the quick worker"]

    def test_of_many_racers_one_finishes(self, open_store: Callable[[], JobStore[Any]], effects: EffectProbe) -> None:
        add(open_store(), "job_1")
        claimed(open_store(), "job_1")
        done = race(
            open_store, lambda store, name: store.finish("job_1", 1, lambda unit: effects.write(unit, f"by {name}"))
        )
        assert sorted(done) == [False] * (RACERS - 1) + [True]
        assert len(effects.read()) == 1

    # --- failing

    def test_a_failed_job_waits_for_its_next_attempt(self, store: JobStore[Any]) -> None:
        add(store, "job_1")
        claimed(store, "job_1")
        assert store.fail("job_1", 1, error="Timeout: no answer", retry_at_us=NOON + 5 * SECOND)
        assert claim(store, "job_1", now_us=NOON + 5 * SECOND - 1) is None
        assert claimed(store, "job_1", now_us=NOON + 5 * SECOND).attempt == 2

    def test_a_dead_job_stays_dead(self, store: JobStore[Any], effects: EffectProbe) -> None:
        add(store, "job_1")
        claimed(store, "job_1")
        assert store.fail("job_1", 1, error="ValueError: poison", retry_at_us=None)
        assert claim(store, "job_1", now_us=NOON + 3_600 * SECOND) is None
        assert not store.finish("job_1", 1, lambda unit: effects.write(unit, "too late"))
        assert not store.fail("job_1", 1, error="again", retry_at_us=NOON)
        assert effects.read() == []

    def test_who_lost_the_claim_cannot_fail_the_job(self, store: JobStore[Any]) -> None:
        add(store, "job_1")
        claimed(store, "job_1", now_us=NOON)
        claimed(store, "job_1", now_us=NOON + 20 * SECOND)
        assert not store.fail("job_1", 1, error="the slow worker", retry_at_us=None)
        assert store.finish("job_1", 2, None)

    def test_a_job_that_kills_its_process_each_time_is_buried(self, store: JobStore[Any]) -> None:
        add(store, "job_1", max_attempts=2)
        claimed(store, "job_1", now_us=NOON)
        claimed(store, "job_1", now_us=NOON + 20 * SECOND)
        assert store.bury(now_us=NOON + 30 * SECOND, error="killed") == 0, "its second claim still runs"
        assert claim(store, "job_1", now_us=NOON + 60 * SECOND) is None, "there is no third attempt"
        assert store.bury(now_us=NOON + 60 * SECOND, error="killed") == 1
        assert store.bury(now_us=NOON + 60 * SECOND, error="killed") == 0
        assert not store.finish("job_1", 2, None)

    # --- what is due

    def test_the_longest_due_comes_first_and_no_more_than_asked(self, store: JobStore[Any]) -> None:
        for number, due_at_us in ((1, NOON - 10 * SECOND), (2, NOON - 30 * SECOND), (3, NOON - 20 * SECOND)):
            add(store, f"job_{number}", due_at_us=due_at_us, name=f"task-{number}")
        rows = store.due(now_us=NOON, waited_us=5 * SECOND, limit=2)
        assert [(row.id, row.name) for row in rows] == [("job_2", "task-2"), ("job_3", "task-3")]

    def test_a_job_is_left_over_only_after_the_wait(self, store: JobStore[Any]) -> None:
        add(store, "job_1", due_at_us=NOON)
        assert due_ids(store, now_us=NOON + 5 * SECOND, waited_us=5 * SECOND) == []
        assert due_ids(store, now_us=NOON + 5 * SECOND + 1, waited_us=5 * SECOND) == ["job_1"]

    def test_without_a_wait_a_job_is_due_just_after_its_time(self, store: JobStore[Any]) -> None:
        add(store, "job_1", due_at_us=NOON)
        assert due_ids(store, now_us=NOON + 1, waited_us=0) == ["job_1"]

    def test_claimed_done_dead_and_used_up_jobs_are_not_due(self, store: JobStore[Any]) -> None:
        for name in ("claimed", "done", "dead", "used_up"):
            add(store, name, due_at_us=NOON, max_attempts=1)
            claimed(store, name, now_us=NOON)
        store.extend("claimed", 1, until_us=NOON + 600 * SECOND)
        store.finish("done", 1, None)
        store.fail("dead", 1, error="poison", retry_at_us=None)
        assert due_ids(store, now_us=NOON + 60 * SECOND, waited_us=0) == []

    def test_a_lapsed_claim_waits_from_its_end(self, store: JobStore[Any]) -> None:
        add(store, "job_1", due_at_us=NOON)
        claimed(store, "job_1", now_us=NOON)
        lapse_us = NOON + 15 * SECOND
        assert due_ids(store, now_us=lapse_us + 5 * SECOND, waited_us=5 * SECOND) == []
        assert due_ids(store, now_us=lapse_us + 5 * SECOND + 1, waited_us=5 * SECOND) == ["job_1"]

    def test_old_done_jobs_are_forgotten_and_dead_ones_kept(self, store: JobStore[Any]) -> None:
        for name in ("old", "new", "dead", "due"):
            add(store, name, due_at_us=NOON if name == "new" else NOON - 100 * SECOND)
        for name in ("old", "new", "dead"):
            claimed(store, name)
        store.finish("old", 1, None)
        store.finish("new", 1, None)
        store.fail("dead", 1, error="poison", retry_at_us=None)
        assert store.forget_done(before_us=NOON, limit=10) == 1
        assert add(store, "old"), "it is gone, so its id is free"
        assert not add(store, "new")
        assert not add(store, "dead")
        assert not add(store, "due")

    def test_forgetting_stops_at_its_limit(self, store: JobStore[Any]) -> None:
        for number in range(3):
            add(store, f"job_{number}", due_at_us=NOON - SECOND)
            claimed(store, f"job_{number}")
            store.finish(f"job_{number}", 1, None)
        assert store.forget_done(before_us=NOON, limit=2) == 2
        assert store.forget_done(before_us=NOON, limit=2) == 1

    # --- leadership

    def test_a_lease_is_one_holders_until_it_ends(self, store: JobStore[Any]) -> None:
        first = take(store, "ana", now_us=NOON)
        assert first is not None
        assert first.until_us == NOON + 10 * SECOND
        assert take(store, "ben", now_us=NOON + 10 * SECOND) is None
        second = take(store, "ben", now_us=NOON + 10 * SECOND + 1)
        assert second is not None
        assert second.token > first.token

    def test_renewing_keeps_the_token(self, store: JobStore[Any]) -> None:
        first = take(store, "ana", now_us=NOON)
        again = take(store, "ana", now_us=NOON + 5 * SECOND)
        assert first is not None
        assert again is not None
        assert again.token == first.token
        assert take(store, "ben", now_us=NOON + 12 * SECOND) is None

    def test_coming_back_after_the_end_brings_a_new_token(self, store: JobStore[Any]) -> None:
        first = take(store, "ana", now_us=NOON)
        late = take(store, "ana", now_us=NOON + 60 * SECOND)
        assert first is not None
        assert late is not None
        assert late.token > first.token

    def test_a_lease_that_is_given_up_is_free_at_once(self, store: JobStore[Any]) -> None:
        first = take(store, "ana", now_us=NOON)
        assert first is not None
        assert store.release_lease("sweeper", "ana", first.token)
        second = take(store, "ben", now_us=NOON + 1)
        assert second is not None
        assert second.token > first.token
        assert not store.release_lease("sweeper", "ana", first.token)
        assert take(store, "carla", now_us=NOON + 2) is None, "Ben's lease was not given up by Ana"

    def test_of_many_racers_one_leads(self, open_store: Callable[[], JobStore[Any]]) -> None:
        leases = race(open_store, lambda store, name: take(store, name, now_us=NOON))
        assert len([lease for lease in leases if lease]) == 1

    # --- the timetable

    def test_a_period_starts_once(self, store: JobStore[Any]) -> None:
        lease = take(store, "ana", now_us=NOON)
        assert lease is not None
        assert schedule(store, lease.token)
        assert not schedule(store, lease.token)
        assert not schedule(store, lease.token, job_id="job_other")
        row = claimed(store, "job_night")
        assert (row.name, row.payload) == ("night", '{"year": 2026}')
        assert claim(store, "job_other") is None

    def test_another_period_or_task_starts_too(self, store: JobStore[Any]) -> None:
        lease = take(store, "ana", now_us=NOON)
        assert lease is not None
        assert schedule(store, lease.token)
        assert schedule(store, lease.token, period_start="2026-11-26T00:00:00Z", job_id="job_2")
        assert schedule(store, lease.token, task="morning", job_id="job_3")

    def test_a_leader_that_slept_past_its_lease_starts_nothing(self, store: JobStore[Any]) -> None:
        old = take(store, "ana", now_us=NOON)
        new = take(store, "ben", now_us=NOON + 60 * SECOND)
        assert old is not None
        assert new is not None
        assert not schedule(store, old.token)
        assert claim(store, "job_night") is None
        assert schedule(store, new.token)

    def test_without_a_lease_nothing_starts(self, store: JobStore[Any]) -> None:
        assert not schedule(store, 1)
        assert claim(store, "job_night") is None

    def test_of_many_racers_one_starts_the_period(self, open_store: Callable[[], JobStore[Any]]) -> None:
        lease = take(open_store(), "ana", now_us=NOON)
        assert lease is not None
        started = race(open_store, lambda store, name: schedule(store, lease.token, job_id=f"job_{name}"))
        assert sorted(started) == [False] * (RACERS - 1) + [True]


def add(
    store: JobStore[Any],
    job_id: str,
    *,
    name: str = "deliver",
    payload: str = "{}",
    due_at_us: int = NOON,
    max_attempts: int = 6,
) -> bool:
    """Adds a job, due at noon unless said otherwise."""
    return store.add(job_id=job_id, name=name, payload=payload, due_at_us=due_at_us, max_attempts=max_attempts)


def claim(store: JobStore[Any], job_id: str, now_us: int = NOON) -> JobRow | None:
    """Claims a job for 15 seconds."""
    return store.claim(job_id, now_us=now_us, until_us=now_us + 15 * SECOND)


def claimed(store: JobStore[Any], job_id: str, now_us: int = NOON) -> JobRow:
    """Claims a job that can be claimed."""
    row = claim(store, job_id, now_us)
    assert row is not None, f"{job_id} could not be claimed"
    return row


def due_ids(store: JobStore[Any], *, now_us: int, waited_us: int) -> list[str]:
    """The ids of what is due."""
    return [row.id for row in store.due(now_us=now_us, waited_us=waited_us, limit=100)]


def take(store: JobStore[Any], holder: str, *, now_us: int) -> Any:
    """Takes the sweeper's lease for 10 seconds."""
    return store.take_lease("sweeper", holder, now_us=now_us, until_us=now_us + 10 * SECOND)


def schedule(
    store: JobStore[Any],
    token: int,
    *,
    task: str = "night",
    period_start: str = "2026-11-25T00:00:00Z",
    job_id: str = "job_night",
) -> bool:
    """Starts a period of the timetable."""
    return store.schedule(
        task=task,
        period_start=period_start,
        lease="sweeper",
        token=token,
        job_id=job_id,
        payload='{"year": 2026}',
        due_at_us=NOON,
        max_attempts=6,
    )


def race(open_store: Callable[[], JobStore[Any]], action: Callable[[JobStore[Any], str], Any]) -> list[Any]:
    """What each of eight racers got who all started at once, each with a handle of its own."""
    barrier = threading.Barrier(RACERS)

    def run(number: int) -> Any:
        store = open_store()
        barrier.wait(timeout=30)
        return action(store, f"racer-{number}")

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))
