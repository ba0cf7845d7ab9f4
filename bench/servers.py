"""Servers for a case, each on a fresh database, pinned to a core of its own; and the load that is put on them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bench import engine_rules
from rewards.api.keys import hash_secret, new_secret
from rewards.clock import SystemClock
from rewards.domain.activity import Coverage, Kind
from rewards.domain.guest import Identity
from rewards.domain.perk import Perk, PerkKind, UnitCost
from rewards.history.exchange import Rates
from rewards.ids import new_id
from rewards.intake.receive import Ground, Intake
from rewards.rulelang.nodes import BudgetLimit, Calendar, CountLimit, Limit, Per, Rule, Unit
from rewards.sdk.drafts import Draft
from rewards.storage.engine import open_database
from rewards.studio.publish import to_row

ROOT = Path(__file__).resolve().parents[1]
LUA = ROOT / "bench" / "load" / "decisions.lua"
SERVER_CORE, LOAD_CORE = "0", "1"
DAY = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of load came to."""

    per_second: float
    p50_ms: float
    p99_ms: float


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(home: Path, rules: int, guests: int, activities: int = 12) -> str:
    """A database with rules, guests and their pasts in a folder; returns an API key."""
    database = open_database(f"sqlite:///{home / 'rewards.db'}", synchronous="NORMAL")
    database.migrate()
    now = SystemClock().now()
    found = engine_rules.rule_set(engine_rules.specs(rules))
    drink = Perk("welcome-drink", PerkKind.ITEM, {"en": "a drink", "nl": "een drankje"}, UnitCost(450, "EUR"))
    published = to_row([_limited(rule) for rule in found.rules], {drink.code: drink}, 1, "bench", "", now)
    secret = new_secret()
    with database.writing() as store:
        for prop in engine_rules.PROPERTIES:
            store.properties.put(prop, now)
            for kind in (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND):
                store.properties.put_coverage(Coverage(prop.code, kind, None, now + timedelta(days=30)))
        store.rule_sets.publish(published)
        store.keys.add(new_id("key"), hash_secret(secret), "bench", ["admin"], [], now)
    fill(database, guests, activities)
    database.close()
    return secret


def _limited(rule: Rule) -> Rule:
    """A limit for each stay, and a budget for every fourth rule, as live rules have them."""
    limits: tuple[Limit, ...] = (CountLimit(Per.STAY, 1),)
    if int(rule.id[1:]) % 4 == 0:
        limits = (*limits, BudgetLimit(10_000_000_000, "EUR", Calendar(Unit.MONTH)))
    return replace(rule, limits=limits, group=f"g{int(rule.id[1:]) % 3}")


def fill(database: object, guests: int, activities: int) -> None:
    """Guests `card:0` … with stays and purchases over two years."""
    ground = Ground({prop.code: prop for prop in engine_rules.PROPERTIES}, Rates(()), "UTC", 4)
    intake = Intake(SystemClock())
    batch: list[Draft] = []
    for number in range(guests):
        who = (Identity("card", str(number), verified=True),)
        batch += [_draft(who, number, index) for index in reversed(range(activities))]
        if len(batch) >= 10_000 or number == guests - 1:
            with database.writing() as store:  # type: ignore[attr-defined]
                intake.receive(store, ground, "bench", batch, live=False)
            batch = []


def _draft(who: tuple[Identity, ...], number: int, index: int) -> Draft:
    day = DAY - timedelta(days=index * 37 + number % 30)
    prop = engine_rules.PROPERTIES[(number * 7 + index) % 200].code
    if index % 3 == 2:
        at = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
        return Draft(
            Kind.SPEND, f"{number}/{index}", who, prop, occurred_at=at, amount_minor=1_000 + number % 9_000,
            currency="EUR", category="bar",
        )  # fmt: skip
    return Draft(
        Kind.STAY, f"{number}/{index}", who, prop, arrival=day - timedelta(days=2), departure=day,
        amount_minor=20_000, currency="EUR", channel="direct",
    )  # fmt: skip


@contextlib.contextmanager
def server(factory: str, home: Path, synchronous: str = "FULL") -> Iterator[tuple[str, int]]:
    """A granian server with one worker on its own core; yields its address and its process id."""
    port = free_port()
    environment = os.environ | {
        "REWARDS_HOME": str(home), "REWARDS_SQLITE_SYNCHRONOUS": synchronous, "REWARDS_RATE_LIMIT": "0",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    command = [
        "taskset", "-c", SERVER_CORE, str(Path(sys.executable).parent / "granian"), "--interface", "wsgi",
        "--runtime-mode", "st", "--blocking-threads", "1", "--workers", "1", "--host", "127.0.0.1", "--port", str(port),
        "--factory", "--no-ws", "--log-level", "error", factory,
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not answer within a minute")


def load(url: str, key: str, *, seconds: int, connections: int, guests: int, seed: int) -> Load:
    """Put load on a server for some seconds after one of warming up; any answer but 2xx voids the case.

    The first question compiles every rule, which is not what a decision costs; it is asked before.
    """
    _first(url, key)
    for length, turn in ((1, seed * 2), (seconds, seed * 2 + 1)):
        found = _wrk(url, key, length, connections, guests, turn)
    if found["non2xx"] or found["socket"]:
        raise RuntimeError(f"{found['non2xx']} answers were no 2xx, {found['socket']} connections failed: {url}")
    return Load(found["requests"] / found["seconds"], found["p50_ms"], found["p99_ms"])


def _first(url: str, key: str) -> None:
    body = json.dumps({"guest": "card:0", "property": "hotel-000", "moment": "arrival"}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/v1/decisions", body, headers)
    urllib.request.urlopen(request, timeout=300).close()


def _wrk(url: str, key: str, seconds: int, connections: int, guests: int, seed: int) -> dict[str, float]:
    command = [
        "taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(LUA),
        "-H", f"Authorization: Bearer {key}", "-H", "Content-Type: application/json", url,
    ]  # fmt: skip
    environment = os.environ | {"BENCH_SEED": str(seed), "BENCH_GUESTS": str(guests)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    return dict(json.loads(line.removeprefix("RESULT ")))


def rss_mib(pid: int) -> float:
    """Resident memory of the largest process below `pid`, MiB."""
    done = subprocess.run(["ps", "-o", "rss=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    sizes = [int(size) for size in done.stdout.split()] or [0]
    return max(sizes) / 1024


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="rewards-bench-") as name:
        yield Path(name)


def copy(template: Path, home: Path) -> None:
    """A fresh copy of a prepared database."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(template / "rewards.db", home / "rewards.db")


def has_wrk() -> bool:
    """Whether the load generator is installed (Debian: wrk)."""
    return shutil.which("wrk") is not None and shutil.which("taskset") is not None
