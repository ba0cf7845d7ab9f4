"""Everything at once: it comes up, heals, stops in order, and leaves nothing behind, however it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from rewards.clock import SystemClock
from rewards.errors import SETTING_INVALID, RewardsError
from rewards.jobs.serve import ServeConfig, claim_port, serve
from rewards.jobs.valkey import Binary, PrivateValkey, ValkeyStatus
from tests.jobs.fakes import FileJobStore
from tests.jobs.helpers import (
    content,
    eventually,
    is_alive,
    patient_client,
    patient_enqueuer,
    processes_of,
    running,
    toy_environment,
)

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")


@dataclass(frozen=True)
class Toy:
    """A served toy house."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def said(self) -> dict[str, Any]:
        """What `on_ready` was told."""
        return json.loads(eventually(lambda: content(self.folder / "ready"), "everything is ready"))  # type: ignore[no-any-return]

    @property
    def store(self) -> FileJobStore:
        return FileJobStore(self.folder / "jobs.json")

    @property
    def redis_url(self) -> str:
        return f"unix://{self.folder}/home/valkey/valkey.sock"

    def alive(self) -> list[int]:
        """Every process of this house, whoever its parent is."""
        return processes_of(self.folder)

    def answer(self) -> int | None:
        """The web worker that answers, or None while none does."""
        address = urlsplit(self.said["url"])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
        try:
            connection.request("GET", "/")
            return int(connection.getresponse().read())
        except OSError:
            return None
        finally:
            connection.close()

    def run_a_job(self, job_id: str) -> None:
        """A job is added and offered, and gets done."""
        now_us = SystemClock().now_us()
        self.store.add(job_id=job_id, name="greet", payload='{"guest": "Ana"}', due_at_us=now_us, max_attempts=6)
        patient_enqueuer(self.redis_url).enqueue_best_effort(job_id)
        eventually(lambda: self.store.job(job_id)["state"] == "done", f"{job_id} is done")


@contextmanager
def served(folder: Path, redis_url: str = "", **fields: object) -> Iterator[Toy]:
    arguments = ["-m", "tests.jobs.toyhouse", json.dumps({"port": 0, "workers": 1, **fields})]
    with running(arguments, toy_environment(folder, redis_url)) as process:
        yield Toy(folder, process)


def test_it_comes_up_works_and_stops_in_order(tmp_path: Path) -> None:
    with served(tmp_path, workers=2) as toy:
        assert set(toy.said["processes"]) == {"valkey", "web", "worker-jobs", "sweeper"}
        assert content(tmp_path / "migrated") == "yes"
        assert toy.answer() in toy.alive()
        assert patient_client(toy.redis_url).client_list()
        assert toy.said["valkey"] == toy.said["processes"]["valkey"]
        toy.run_a_job("job_1")
        toy.process.send_signal(signal.SIGTERM)
        assert toy.process.wait(timeout=60) == 0
        assert content(tmp_path / "stopped") == "yes"
        assert toy.alive() == []
        assert not (tmp_path / "home" / "valkey" / "valkey.sock").exists()


def test_ctrl_c_stops_it_even_before_it_is_ready(tmp_path: Path) -> None:
    with served(tmp_path) as toy:
        eventually(lambda: content(tmp_path / "migrated"), "it has begun")
        eventually(lambda: len(toy.alive()) > 1, "something was started")
        toy.process.send_signal(signal.SIGINT)
        assert toy.process.wait(timeout=60) == 0
        assert toy.alive() == []


def test_kill_9_leaves_no_orphan(tmp_path: Path) -> None:
    with served(tmp_path, workers=2) as toy:
        pids = set(toy.said["processes"].values()) | {toy.answer()}
        assert len(toy.alive()) > len(pids)
        toy.process.kill()
        toy.process.wait()
        eventually(lambda: toy.alive() == [], "every process of the house is gone")
    (tmp_path / "ready").unlink()
    with served(tmp_path) as again:
        assert again.answer(), "the home is free for the next one"


def test_kill_9_of_the_web_server_and_its_master_leaves_no_orphan(tmp_path: Path) -> None:
    with served(tmp_path) as toy:
        web = toy.said["processes"]["web"]
        assert web in toy.alive()
        toy.process.kill()
        os.kill(web, signal.SIGKILL)
        toy.process.wait()
        eventually(lambda: toy.alive() == [], "every process of the house is gone")


def replaced(toy: Toy, find: Callable[[], int | None]) -> None:
    """Kills what `find` finds and waits until it finds another."""
    victim = eventually(find, "there is one")
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: not is_alive(victim), "it is dead")
    eventually(lambda: find() not in {victim, None}, "another took its place")
    assert toy.process.poll() is None


def process_running(toy: Toy, *words: str) -> int | None:
    """The process whose command line has all these words and whose parent is the supervisor."""
    for pid in toy.alive():
        command = Path(f"/proc/{pid}/cmdline")
        parent = Path(f"/proc/{pid}/stat")
        try:
            text, status = command.read_bytes().replace(b"\0", b" ").decode(), parent.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if all(word in text for word in words) and int(status.rpartition(")")[2].split()[1]) == toy.process.pid:
            return pid
    return None


def test_whatever_is_killed_comes_back(tmp_path: Path) -> None:
    with served(tmp_path) as toy:
        replaced(toy, toy.answer)
        replaced(toy, lambda: process_running(toy, "rewards.jobs.web"))
        assert eventually(toy.answer, "the new web server answers")
        replaced(toy, lambda: process_running(toy, "rewards.jobs.worker"))
        replaced(toy, lambda: process_running(toy, "rewards.jobs.sweeper"))
        valkey = patient_client(toy.redis_url)
        assert valkey.set("ana", "here")
        assert valkey.waitaof(1, 0, 30_000)[0] == 1  # everysec promises no more than what has reached the disk
        replaced(toy, lambda: process_running(toy, "valkey.sock"))
        eventually(lambda: answers(toy.redis_url), "Valkey answers")
        assert patient_client(toy.redis_url).get("ana") == b"here"
        toy.run_a_job("job_1")
        assert toy.store.effects() == ["greeted Ana"]


def answers(url: str) -> bool:
    try:
        return bool(patient_client(url).ping())
    except redis.RedisError:
        return False


def test_without_a_binary_the_sweeper_runs_the_jobs(tmp_path: Path) -> None:
    with served(tmp_path, without_binary=True) as toy:
        assert set(toy.said["processes"]) == {"web", "sweeper"}
        assert toy.said["valkey"] is None
        toy.run_a_job("job_1")


def test_with_a_queue_of_ones_own_none_is_started(tmp_path: Path, valkey: ValkeyStatus) -> None:
    with served(tmp_path, redis_url=valkey.url) as toy:
        assert set(toy.said["processes"]) == {"web", "worker-jobs", "sweeper"}
        client = patient_client(valkey.url)
        eventually(lambda: client.scard("rq:workers"), "its worker listens there")


def test_an_application_that_cannot_be_made_ends_everything_with_the_reason(tmp_path: Path) -> None:
    arguments = json.dumps({"port": 0, "workers": 1, "app_factory": "tests.jobs.toyhouse:broken_app"})
    environment = toy_environment(tmp_path)
    command = [sys.executable, "-m", "tests.jobs.toyhouse", arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode != 0
    assert "the rule set is missing" in ended.stderr
    assert "web ended 3 times before it was ready" in ended.stderr
    assert processes_of(tmp_path) == []


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    def migrate() -> None:
        pytest.fail("it began to migrate")

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(RewardsError) as refusal:
            serve(ServeConfig(home=tmp_path / "home", environment={}, port=port), migrate=migrate)
    assert refusal.value.code is SETTING_INVALID
    assert f"Port {port} on 127.0.0.1" in refusal.value.message
    assert not (tmp_path / "home").exists()


def test_a_free_port_is_found() -> None:
    assert claim_port("127.0.0.1", 0) > 0


def test_a_second_server_on_the_home_is_refused_before_it_migrates(tmp_path: Path, binary: Binary) -> None:
    def migrate() -> None:
        pytest.fail("it began to migrate")

    with PrivateValkey(tmp_path, binary), pytest.raises(RewardsError, match="Another Rewards server"):
        serve(ServeConfig(home=tmp_path, environment={}, port=0), migrate=migrate)


@pytest.mark.usefixtures("binary")
def test_a_migration_that_fails_starts_nothing_and_gives_the_home_back(tmp_path: Path) -> None:
    def migrate() -> None:
        raise RuntimeError("the disk is full")

    config = ServeConfig(home=tmp_path, environment={}, port=0)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="the disk is full"):
            serve(config, migrate=migrate)
    assert not (tmp_path / "valkey" / "valkey.sock").exists()
