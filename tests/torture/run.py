"""One run: clients, jobs, kills, and the checker's verdict."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from rewards.clock import SystemClock
from rewards.errors import RewardsError
from rewards.storage.engine import open_database
from rewards.storage.jobs import SqlJobStore
from tests.torture.checker import check, read_logs
from tests.torture.client import Client, Target
from tests.torture.engine import Served

CLIENTS = 6
GUESTS = 40
BETWEEN_KILLS_S = (0.15, 0.6)
BETWEEN_JOBS_S = 0.4
ANSWERS_BETWEEN_KILLS, AGAIN_WITHIN_S = 5, 20
SETTLE_S = 60
JOB_TRIES = 50


@dataclass
class Report:
    """What a run came to."""

    kills: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    intents: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: how often each kind of process is killed, in which time, under how many clients."""

    kinds: tuple[str, ...] = ()
    kills: int = 0
    most_s: float = 10
    seed: int = 1
    clients: int = CLIENTS
    guests: int = GUESTS
    jobs: bool = True


class Planter(threading.Thread):
    """Gives the worker something to do: small jobs, planted in the database as a use case plants them."""

    def __init__(self, url: str, logs: Path, stop: threading.Event) -> None:
        super().__init__(name="planter", daemon=True)
        self._store = SqlJobStore(database := open_database(url))
        self._database = database
        self._logs = logs
        self._stopped = stop

    def run(self) -> None:
        """Plant a job every now and then, each until it is acknowledged."""
        number = 0
        with (self._logs / "jobs.jsonl").open("w", encoding="utf-8") as log:
            while not self._stopped.wait(BETWEEN_JOBS_S):
                if self._plant(f"job_torture_{number}"):
                    log.write(json.dumps({"job": f"job_torture_{number}"}) + "\n")
                    log.flush()
                    number += 1
        self._database.close()

    def _plant(self, job: str) -> bool:
        now_us = SystemClock().now_us()
        try:
            self._store.add(job_id=job, name="expire_grants", payload="{}", due_at_us=now_us, max_attempts=JOB_TRIES)
        except RewardsError:
            return False
        return True


def torture(served: Served, plan: Plan) -> Report:
    """Hurt each kind of process under load, then let everything come to rest, then check."""
    logs = served.home / "logs"
    logs.mkdir(parents=True)
    served.prepare()
    served.start()
    target = Target(served.port, served.key, plan.guests)
    crew = [Client(number, plan.seed, target, logs) for number in range(plan.clients)]
    workers: list[threading.Thread] = [*crew, *([Planter(served.url, logs, target.stop)] if plan.jobs else [])]
    for worker in workers:
        worker.start()
    report = Report()
    try:
        _hurt(served, crew, report, plan)
        _settle(served, target, workers)
    finally:
        target.stop.set()
        target.give_up.set()
        served.stop()
    report.calls = sum(client.calls for client in crew)
    report.intents = sum(client.intents for client in crew)
    if served.failpoint:
        report.kills["failpoint"] = served.deaths_at_failpoints()
    report.violations = verdict(served, logs)
    return report


def verdict(served: Served, logs: Path) -> list[str]:
    """What the checker finds, and whether the digests say what the log says."""
    scarce = json.loads((served.home / "scarce.json").read_text(encoding="utf-8"))
    with served.query() as query:
        found = check(read_logs(logs), query, scarce)
    if not served.mutant and not served.digests_agree():
        found.append("I2 a digest does not say what the log of activities says")
    return found


def _hurt(served: Served, crew: list[Client], report: Report, plan: Plan) -> None:
    dice = random.Random(f"{plan.seed}/kills")
    until = time.monotonic() + plan.most_s
    while time.monotonic() < until:
        open_kinds = [kind for kind in plan.kinds if report.kills[kind] < plan.kills]
        if plan.kinds and not open_kinds:
            return
        time.sleep(dice.uniform(*BETWEEN_KILLS_S))
        if open_kinds and served.hurt(kind := dice.choice(open_kinds), dice):
            report.kills[kind] += 1
            _await_load(crew, until)


def _await_load(crew: list[Client], until: float) -> None:
    """Wait until calls are answered again: what is killed at rest proves nothing."""
    enough = sum(client.answered for client in crew) + ANSWERS_BETWEEN_KILLS
    until = min(until, time.monotonic() + AGAIN_WITHIN_S)
    while time.monotonic() < until and sum(client.answered for client in crew) < enough:
        time.sleep(0.02)


def _settle(served: Served, target: Target, workers: list[threading.Thread]) -> None:
    """Everything is left alone until each intent that was begun has its answer and each job has run."""
    target.stop.set()
    served.wait_until_healthy()
    until = time.monotonic() + (15 if served.mutant else SETTLE_S)
    for worker in workers:
        worker.join(max(0.0, until - time.monotonic()))
    target.give_up.set()
    for worker in workers:
        worker.join(10)
    while time.monotonic() < until and not served.mutant and _jobs_wait(served):
        time.sleep(0.2)


def _jobs_wait(served: Served) -> bool:
    with served.query() as query:
        return bool(query("SELECT id FROM job WHERE state = 'due' AND id LIKE 'job_torture_%' LIMIT 1"))
