"""A served engine that can be hurt: its processes, its queue and its database are real."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from rewards.api.keys import hash_secret, new_secret
from rewards.clock import SystemClock
from rewards.domain.activity import Coverage, Kind
from rewards.ids import new_id
from rewards.ledger.stock import set_stock
from rewards.storage.engine import open_database
from rewards.studio.publish import publish, read_draft
from tests.fixtures.postgres import PrivatePostgres
from tests.stage import HARBOUR, HUDSON, PERKS

ROOT = Path(__file__).resolve().parents[2]
RULES = """
rule: drink
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
limits: [{per: stay, at_most: 1}]
---
rule: regular
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 2}
give: [{perk: dinner, amount: EUR 10}]
limits: [{per: stay, at_most: 1}, {budget: EUR 100000, every: month}]
---
rule: cake-a-day
at: arrival
when: {measure: stays, where: here, ever: true, at_least: 1}
give: [{perk: cake}]
limits: [{per: guest, at_most: 1, every: day}, {per: property, at_most: 200, every: day}]
"""
STOCK = 60
READY_S = 60


class Served:
    """`rewards serve` on a home folder; `url` of the database; `factory` of the app where a mutant is served."""

    def __init__(self, home: Path, url: str, postgres: PrivatePostgres | None, factory: str = "") -> None:
        self.home = home
        self.url = url
        self.postgres = postgres
        self.factory = factory
        self.port = _free_port()
        self.key = new_secret()
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Tables, two hotels, rules, stock and a key."""
        self.home.mkdir(parents=True, exist_ok=True)
        database = open_database(self.url)
        database.migrate()
        now = SystemClock().now()
        with database.writing() as store:
            for prop in (HARBOUR, HUDSON):
                store.properties.put(prop, now)
                for kind in (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND):
                    store.properties.put_coverage(Coverage(prop.code, kind, None, now + timedelta(days=1)))
            publish(store, read_draft(RULES, PERKS, (HARBOUR, HUDSON), "EUR"), by="torture", note="", now=now)
            for prop in (HARBOUR, HUDSON):
                for day in (now.date() - timedelta(days=1), now.date(), now.date() + timedelta(days=1)):
                    set_stock(store, prop.code, "welcome-drink", day, STOCK, "torture", now)
            store.properties.put_rate("USD", "EUR", datetime(2020, 1, 1, tzinfo=UTC).date(), _one())
            store.keys.add(new_id("key"), hash_secret(self.key), "torture", ["admin"], [], now)
        database.close()

    def start(self) -> None:
        """Start serving and wait until it answers."""
        environment = os.environ | {
            "REWARDS_HOME": str(self.home), "PORT": str(self.port), "DATABASE_URL": self.url if self.postgres else "",
            "REWARDS_WORKERS": "2", "REWARDS_RATE_LIMIT": "0", "REDIS_URL": "", "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        command = [sys.executable, "-c", "from rewards.app import main; main()", "serve"]
        if self.factory:
            command = [sys.executable, "-m", "rewards.jobs.web", "--app", self.factory, "--port", str(self.port)]
        with (self.home / "served.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=self.home, stdout=log, stderr=log)
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Wait until /readyz answers, at most a minute."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with (
                contextlib.suppress(OSError, urllib.error.URLError),
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer,
            ):
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise RuntimeError((self.home / "served.log").read_text(errors="replace")[-3000:])

    def stop(self) -> None:
        """Stop everything."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    # --- what can be hurt ---

    def pids(self, what: str) -> list[int]:
        """Processes of a kind: `web` (a web worker), `worker` (the RQ worker), `valkey`."""
        if what == "web":
            parents = self._children("rewards.jobs.web")
            return [pid for pid, parent, _ in _processes() if parent in parents]
        return self._children({"worker": "rewards.jobs.worker", "valkey": "valkey"}[what])

    def _children(self, mark: str) -> list[int]:
        top = self.process.pid if self.process else 0
        if self.factory:
            return [top]
        return [pid for pid, parent, command in _processes() if parent == top and mark in command]

    def hurt(self, what: str, choose: Any) -> bool:
        """kill -9 one process of a kind; the whole PostgreSQL server for `postgres`. False when there was none."""
        if what == "postgres":
            if self.postgres is None:
                return False
            self.postgres.kill()
            self.postgres.start()
            return True
        pids = self.pids(what)
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(choose(pids), signal.SIGKILL)
            return True
        return False

    @contextlib.contextmanager
    def query(self) -> Iterator[Any]:
        """A function that asks the database in plain SQL, past the engine."""
        if self.postgres is not None:
            with psycopg.connect(self.url, autocommit=True) as connection:
                yield lambda sql: connection.execute(sql).fetchall()
            return
        opened = sqlite3.connect(self.home / "rewards.db")
        try:
            yield lambda sql: opened.execute(sql).fetchall()
        finally:
            opened.close()


def _one() -> Any:
    from fractions import Fraction

    return Fraction(9, 10)


def _processes() -> list[tuple[int, int, str]]:
    done = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in done.stdout.splitlines())
    return [(int(row[0]), int(row[1]), row[2]) for row in rows if len(row) == 3]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
