"""A served engine that can be hurt: its processes, its queue and its database are real."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from rewards.api.keys import new_secret
from tests.fixtures.postgres import PrivatePostgres
from tests.torture.house import prepare
from tests.torture.stored import Query

ROOT = Path(__file__).resolve().parents[2]
STOCK = 60
READY_S = 60
LIVED_S = {"web": 0.7, "worker": 2.2, "valkey": 0.5}
"""How old a process is before it is killed: one that has not begun to work has nothing to lose."""

MARKS = {"web": "rewards.jobs.web", "worker": "rewards.jobs.worker", "valkey": "valkey"}


class Served:
    """`rewards serve` on a home folder; `url` of the database.

    `mutant` names an engine with a planted mistake to serve instead; `failpoint` is armed in every process.
    """

    def __init__(
        self, home: Path, url: str, postgres: PrivatePostgres | None, *, mutant: str = "", failpoint: str = ""
    ) -> None:
        self.home = home
        self.url = url
        self.postgres = postgres
        self.mutant = mutant
        self.failpoint = failpoint
        self.port = _free_port()
        self.key = new_secret()
        self.process: subprocess.Popen[bytes] | None = None
        self._seen: dict[int, float] = {}

    @property
    def log(self) -> Path:
        """What the processes said."""
        return self.home / "served.log"

    def prepare(self) -> None:
        """Tables, hotels, rules, stock and a key."""
        prepare(self.url, self.home, self.key, STOCK)

    def start(self) -> None:
        """Start serving and wait until it answers."""
        environment = os.environ | {
            "REWARDS_HOME": str(self.home), "PORT": str(self.port), "DATABASE_URL": self.url if self.postgres else "",
            "REWARDS_WORKERS": "4" if self.mutant else "2", "REWARDS_RATE_LIMIT": "10000000", "REDIS_URL": "",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        if self.failpoint:
            environment |= {"REWARDS_TEST": "1", "REWARDS_FAILPOINT": self.failpoint}
        command = [str(Path(sys.executable).with_name("rewards")), "serve"]
        if self.mutant:
            command = [sys.executable, "-m", "tests.torture.mutants", self.mutant]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=self.home, stdout=log, stderr=log)
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        """Wait until /readyz answers, at most a minute."""
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            if self._is_ready():
                return
            time.sleep(0.1)
        raise RuntimeError(self.log.read_text(errors="replace")[-3000:])

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """Stop everything."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)

    def digests_agree(self) -> bool:
        """Whether `rewards history rebuild --verify` finds every digest as the log has it."""
        environment = os.environ | {"REWARDS_HOME": str(self.home), "DATABASE_URL": self.url if self.postgres else ""}
        command = [str(Path(sys.executable).with_name("rewards")), "history", "rebuild", "--verify"]
        with self.log.open("ab") as log:
            done = subprocess.run(command, env=environment, cwd=self.home, stdout=log, stderr=log, check=False)
        return done.returncode == 0

    # --- what can be hurt ---

    def victims(self, what: str) -> list[int]:
        """Processes of a kind that have lived long enough: `web` (a web worker), `worker` (the RQ worker), `valkey`."""
        rows = _processes()
        top = self.process.pid if self.process else 0
        found = [pid for pid, parent, command in rows if parent == top and MARKS[what] in command]
        if what == "web":
            found = [pid for pid, parent, _ in rows if parent in found]
        now = time.monotonic()
        return [pid for pid in found if now - self._seen.setdefault(pid, now) >= LIVED_S[what]]

    def hurt(self, what: str, dice: random.Random) -> bool:
        """kill -9 one process of a kind; the whole PostgreSQL server for `postgres`. False when there was none."""
        if what == "postgres":
            return self._hurt_postgres()
        victims = self.victims(what)
        if not victims:
            return False
        victim = dice.choice(victims)
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            self._note("killed", what)
            return True
        return False

    def _hurt_postgres(self) -> bool:
        if self.postgres is None:
            return False
        self._note("down", "postgres")
        self.postgres.kill()
        self.postgres.start()
        self._note("up", "postgres")
        return True

    def _note(self, event: str, what: str) -> None:
        with (self.home / "logs" / "faults.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"event": event, "what": what, "at": time.time()}) + "\n")

    def deaths_at_failpoints(self) -> int:
        """How many web workers ended by themselves."""
        return self.log.read_text(errors="replace").count("Unexpected exit from worker")

    @contextlib.contextmanager
    def query(self) -> Iterator[Query]:
        """A function that asks the database in plain SQL, past the engine."""
        if self.postgres is not None:
            with psycopg.connect(self.url, autocommit=True) as connection:
                yield lambda sql: connection.execute(sql.encode()).fetchall()
            return
        opened = sqlite3.connect(f"file:{self.home / 'rewards.db'}?mode=ro", uri=True)
        try:
            yield lambda sql: opened.execute(sql).fetchall()
        finally:
            opened.close()


def _processes() -> list[tuple[int, int, str]]:
    done = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = (line.split(None, 2) for line in done.stdout.splitlines())
    return [(int(row[0]), int(row[1]), row[2]) for row in rows if len(row) == 3]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
