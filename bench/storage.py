"""Goals 10 and 11 and the imports: start from nothing, database bytes for each activity, activities a second."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from bench import servers
from bench.rows import Row, row
from rewards.clock import SystemClock
from rewards.storage.engine import open_database


def run(quick: bool) -> list[Row]:
    """Rows of goals 10 and 11, and the import rate."""
    return [_start(), *_size(50_000 if quick else 1_000_000)]


def _start() -> Row:
    """Seconds from nothing (package installed, no data directory) to the first decision answered."""
    port = servers.free_port()
    with servers.folder() as home:
        environment = os.environ | {"REWARDS_HOME": str(home / "var"), "PORT": str(port)}
        began = time.perf_counter()
        process = subprocess.Popen(
            [Path(sys.executable).parent / "rewards", "serve", "--demo"], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            key = _key(process)
            _ask(port, key)
            took = time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(30)
    return row("10", "seconds from nothing to the first decision answered", round(took, 2), "<= 5", took <= 5)


def _key(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip().startswith("Key"):
            return line.split()[1]
    raise RuntimeError("the server printed no key")


def _ask(port: int, key: str) -> None:
    body = json.dumps({"guest": "card:00412", "property": "harbour", "moment": "arrival"}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/decisions", body, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def _size(activities: int) -> list[Row]:
    with servers.folder() as home:
        database = open_database(f"sqlite:///{home / 'rewards.db'}", synchronous="FULL")
        database.migrate()
        with database.writing() as store:
            for prop in servers.engine_rules.PROPERTIES:
                store.properties.put(prop, SystemClock().now())
        empty = _bytes(home)
        began = time.perf_counter()
        servers.fill(database, activities // 50, 50)
        took = time.perf_counter() - began
        with database.reading() as store:
            store.session.one("SELECT 1", ())
        database.close()
        used = (_bytes(home) - empty) / activities
    rate = activities / took
    return [
        row("11", f"bytes of database an activity ({activities:,} activities)", round(used), "<= 1024", used <= 1024),
        row("import", "activities a second into SQLite, synced", round(rate), ">= 10000", rate >= 10_000),
    ]


def _bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in home.glob("rewards.db*"))
