"""A real RQ worker on a real Valkey: what it runs, what it must never run, and what a kill leaves behind."""

from __future__ import annotations

import json
import pickle
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from rq.job import Job

from rewards.clock import SystemClock
from rewards.errors import SETTING_INVALID, RewardsError
from rewards.jobs.queues import DISPATCHER, Enqueuer, Lane, RowJob
from rewards.jobs.tasks import JobRuntime
from rewards.jobs.valkey import Binary, PrivateValkey, ValkeyStatus
from rewards.jobs.worker import make_worker
from tests.jobs import toyhouse
from tests.jobs.fakes import FileJobStore, MemoryJobStore
from tests.jobs.helpers import content, eventually, is_alive, patient_client, patient_enqueuer, running, toy_environment

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")


@pytest.fixture
def store(tmp_path: Path) -> FileJobStore:
    return FileJobStore(tmp_path / "jobs.json")


@pytest.fixture
def enqueuer(valkey: ValkeyStatus) -> Enqueuer:
    return patient_enqueuer(valkey.url)


@pytest.fixture
def worker(tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore) -> Iterator[subprocess.Popen[bytes]]:
    with running(worker_command(), toy_environment(tmp_path, valkey.url)) as process:
        yield process


def worker_command(lane: str = "jobs") -> list[str]:
    return ["-m", "rewards.jobs.worker", "--runtime", toyhouse.RUNTIME, "--lane", lane]


def offer(
    store: FileJobStore, enqueuer: Enqueuer, job_id: str, name: str, max_attempts: int = 6, lane: Lane = Lane.JOBS
) -> None:
    payload = json.dumps({"guest": "Ana"})
    now_us = SystemClock().now_us()
    assert store.add(job_id=job_id, name=name, payload=payload, due_at_us=now_us, max_attempts=max_attempts)
    assert enqueuer.enqueue_best_effort(job_id, lane)


def state(store: FileJobStore, job_id: str) -> str:
    return str(store.job(job_id)["state"])


def works(store: FileJobStore, enqueuer: Enqueuer) -> None:
    """The worker still runs what it should."""
    offer(store, enqueuer, "job_good", "greet")
    eventually(lambda: state(store, "job_good") == "done", "the worker runs a good job")
    assert store.effects()[-1] == "greeted Ana"


@pytest.mark.usefixtures("worker")
def test_it_runs_what_is_offered_and_once_when_offered_twice(store: FileJobStore, enqueuer: Enqueuer) -> None:
    offer(store, enqueuer, "job_1", "greet")
    assert enqueuer.enqueue_best_effort("job_1")
    eventually(lambda: state(store, "job_1") == "done", "the job is done")
    eventually(lambda: enqueuer.depth(Lane.JOBS) == 0, "the second offer was taken too")
    works(store, enqueuer)
    assert store.effects() == ["greeted Ana", "greeted Ana"], "one for each job"


def test_the_analysis_lane_runs_in_one_process(
    tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore, enqueuer: Enqueuer
) -> None:
    (tmp_path / "gate").touch()
    with running(worker_command("analysis"), toy_environment(tmp_path, valkey.url)) as worker:
        offer(store, enqueuer, "job_1", "wait", lane=Lane.ANALYSIS)
        eventually(lambda: state(store, "job_1") == "done", "the analysis is done")
        assert content(tmp_path / "waiting-1") == str(worker.pid)


@pytest.mark.usefixtures("worker")
def test_a_poison_job_ends_dead_with_its_error(store: FileJobStore, enqueuer: Enqueuer) -> None:
    offer(store, enqueuer, "job_1", "poison", max_attempts=1)
    eventually(lambda: state(store, "job_1") == "dead", "the poison job is dead")
    assert "ValueError: Ana paid in seashells" in store.job("job_1")["last_error"]
    assert store.effects() == []
    works(store, enqueuer)


@pytest.mark.usefixtures("worker")
def test_a_job_that_kills_its_process_leaves_the_worker_alive(store: FileJobStore, enqueuer: Enqueuer) -> None:
    offer(store, enqueuer, "job_1", "kill", max_attempts=1)
    eventually(lambda: store.job("job_1")["attempt"] == 1, "it was tried")
    works(store, enqueuer)
    assert state(store, "job_1") == "due", "the sweeper buries it once its claim has lapsed"


def plant(valkey: ValkeyStatus, data: bytes, **fields: str) -> None:
    """Writes a job into the queue as somebody who reached the socket would."""
    client = patient_client(valkey.url)
    row = {
        "data": zlib.compress(data),
        "created_at": "2026-11-24T12:00:00.000000Z",
        "origin": "jobs",
        "status": "queued",
    }
    client.hset("rq:job:planted", mapping={**row, **fields})
    client.rpush("rq:queue:jobs", "planted")
    assert client.llen("rq:queue:jobs") <= 1


def taken(valkey: ValkeyStatus) -> bool:
    """Whether the worker took the planted job and was done with it."""
    client = patient_client(valkey.url)
    return not client.llen("rq:queue:jobs") and not client.llen("rq:queue:jobs:intermediate")


class Bomb:
    """Runs `toyhouse.planted` when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return toyhouse.planted, ()


@pytest.mark.usefixtures("worker")
def test_a_planted_pickle_is_not_run(
    tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore, enqueuer: Enqueuer
) -> None:
    plant(valkey, pickle.dumps(Bomb()))
    eventually(lambda: taken(valkey), "the worker took the planted job")
    works(store, enqueuer)
    assert patient_client(valkey.url).hget("rq:job:planted", "status") == b"failed"
    assert not (tmp_path / "planted").exists()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "named",
    [
        ["tests.jobs.toyhouse.planted", None, [], {}],
        ["os.system", None, ["touch planted"], {}],
        ["run_job", "tests.jobs.toyhouse", ["job_1", 1], {}],
        [DISPATCHER, None, [["job_1"], "1"], {}],
    ],
)
def test_a_planted_name_is_not_run(
    tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore, enqueuer: Enqueuer, named: list[object]
) -> None:
    plant(valkey, json.dumps(named).encode())
    eventually(lambda: taken(valkey), "the worker took the planted job")
    works(store, enqueuer)
    assert patient_client(valkey.url).hget("rq:job:planted", "status") == b"failed"
    assert not (tmp_path / "planted").exists()


@pytest.mark.parametrize(
    "fields", [{"status": "bribed"}, {"timeout": "never"}, {"created_at": "yesterday"}, {"retry_intervals": "{"}]
)
def test_garbage_does_not_end_the_worker(
    valkey: ValkeyStatus,
    store: FileJobStore,
    enqueuer: Enqueuer,
    worker: subprocess.Popen[bytes],
    fields: dict[str, str],
) -> None:
    plant(valkey, b"garbage", **fields)
    works(store, enqueuer)
    assert worker.poll() is None


@pytest.mark.usefixtures("worker")
def test_planted_callbacks_are_not_run(
    tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore, enqueuer: Enqueuer
) -> None:
    callback = "tests.jobs.toyhouse.planted"
    data = json.dumps([DISPATCHER, None, ["job_none", 1], {}]).encode()
    plant(valkey, data, success_callback_name=callback, failure_callback_name=callback, stopped_callback_name=callback)
    eventually(lambda: taken(valkey), "the worker took the planted job")
    works(store, enqueuer)
    assert not (tmp_path / "planted").exists()


def test_planted_callbacks_and_webhooks_are_dropped_on_reading(valkey: ValkeyStatus) -> None:
    client = patient_client(valkey.url)
    planted = Job.create(toyhouse.planted, connection=client, serializer="json", id="planted")
    planted._success_callback_name = "tests.jobs.toyhouse.planted"
    planted.save()
    client.hset("rq:job:planted", "webhooks", json.dumps([{"url": "http://127.0.0.1:1/", "job_status": "finished"}]))
    assert Job.fetch("planted", connection=client, serializer="json").webhooks, "RQ itself would call it"
    read = RowJob.fetch("planted", connection=client, serializer="json")
    assert (read.success_callback, read.failure_callback, read.stopped_callback, read.webhooks) == (
        None,
        None,
        None,
        [],
    )
    with pytest.raises(ValueError, match=r"only rewards\.jobs\.tasks\.run_job is run"):
        _ = read.func


def test_kill_9_of_the_worker_ends_its_job_and_another_worker_does_it_once(
    tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore, enqueuer: Enqueuer, worker: subprocess.Popen[bytes]
) -> None:
    offer(store, enqueuer, "job_1", "wait")
    horse = int(eventually(lambda: content(tmp_path / "waiting-1"), "the job runs"))
    assert horse != worker.pid
    worker.kill()
    worker.wait()
    eventually(lambda: not is_alive(horse), "the job's process ended with its worker")
    (tmp_path / "gate").touch()
    row = store.job("job_1")
    assert (row["state"], row["attempt"], store.effects()) == ("due", 1, [])
    store.extend("job_1", 1, until_us=0)  # The claim has lapsed; the sweeper offers the row again.
    with running(worker_command(), toy_environment(tmp_path, valkey.url)):
        assert enqueuer.enqueue_best_effort("job_1")
        eventually(lambda: state(store, "job_1") == "done", "the second worker did it")
    assert store.effects() == ["passed the gate at attempt 2"]


def test_sigterm_lets_the_job_in_hand_end(
    tmp_path: Path, store: FileJobStore, enqueuer: Enqueuer, worker: subprocess.Popen[bytes]
) -> None:
    offer(store, enqueuer, "job_1", "wait")
    eventually(lambda: content(tmp_path / "waiting-1"), "the job runs")
    worker.send_signal(signal.SIGTERM)
    (tmp_path / "gate").touch()
    assert worker.wait(timeout=60) == 0
    assert (state(store, "job_1"), store.effects()) == ("done", ["passed the gate at attempt 1"])


def test_a_worker_outlives_its_valkey(
    tmp_path: Path, valkey: ValkeyStatus, store: FileJobStore, enqueuer: Enqueuer, worker: subprocess.Popen[bytes]
) -> None:
    works(store, enqueuer)
    patient_client(valkey.url).client_kill_filter(_type="normal", skipme=True)
    offer(store, patient_enqueuer(valkey.url), "job_2", "greet")
    eventually(lambda: state(store, "job_2") == "done", "the worker came back and ran the job")
    assert worker.poll() is None


@pytest.mark.parametrize("lane", list(Lane))
def test_nothing_that_a_worker_does_between_two_jobs_ends_it_when_valkey_is_gone(
    tmp_path: Path, binary: Binary, caplog: pytest.LogCaptureFixture, lane: Lane
) -> None:
    with PrivateValkey(tmp_path / "short-lived", binary) as server:
        worker = make_worker(JobRuntime(MemoryJobStore(), {}, SystemClock(), redis_url=server.start().url), lane)
    worker.check_for_suspension(burst=False)
    worker.run_maintenance_tasks()
    worker.heartbeat()
    told = [record.getMessage() for record in caplog.records if record.name == "rewards.worker"]
    assert [message.rpartition(" ")[2] for message in told] == [
        "check_for_suspension", "run_maintenance_tasks", "heartbeat",
    ]  # fmt: skip


def test_a_worker_without_a_queue_says_what_to_set() -> None:
    runtime = JobRuntime(MemoryJobStore(), {}, SystemClock())
    with pytest.raises(RewardsError) as refusal:
        make_worker(runtime, Lane.JOBS)
    assert refusal.value.code is SETTING_INVALID
    assert "REDIS_URL" in refusal.value.message


def test_a_worker_that_cannot_reach_its_queue_ends_with_a_sentence(tmp_path: Path) -> None:
    environment = toy_environment(tmp_path, f"unix://{tmp_path}/none.sock")
    ended = subprocess.run(
        [sys.executable, *worker_command()], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 3
    assert "Traceback" not in ended.stderr
    assert "none.sock" in ended.stderr
