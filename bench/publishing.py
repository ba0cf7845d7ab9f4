"""Goal 9, the second half: how slow the slowest answer is while one changed rule of 10,000 goes live."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from dataclasses import replace
from pathlib import Path

from bench import servers
from bench.rows import Row, row
from rewards.clock import SystemClock
from rewards.desk.installation import read_rule_set
from rewards.ledger.ports import RuleSetRow
from rewards.rulelang.nodes import RuleSet
from rewards.storage.engine import open_database
from rewards.studio.publish import to_row

RULES, PUBLICATIONS = 10_000, 5


def run(quick: bool) -> list[Row]:
    """The slowest answer to one connection that keeps asking while rules are published."""
    rules = 1_000 if quick else RULES
    with servers.folder() as home:
        key = servers.prepare(home, rules, 200)
        with servers.server("rewards.app:create_app", home) as (url, _):
            asker = _Asker(url, key)
            asker.ask()  # The first answer compiles everything and is not what a publication costs.
            asker.start()
            for _ in range(PUBLICATIONS):
                time.sleep(0.5)
                _publish(home)
            time.sleep(1.0)
            asker.stop.set()
            asker.join()
    slowest, usual = max(asker.times), statistics.median(asker.times)
    name = (
        f"slowest answer in ms while one of {rules:,} rules is published {PUBLICATIONS} times (median {usual:.1f} ms)"
    )
    return [row("9", name, round(slowest, 1), "<= 50", slowest <= 50)]


class _Asker(threading.Thread):
    """One connection that keeps asking."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__()
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=120)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self.stop = threading.Event()
        self.times: list[float] = []

    def run(self) -> None:
        """Ask until it is time to stop."""
        while not self.stop.is_set():
            began = time.perf_counter()
            self.ask()
            self.times.append((time.perf_counter() - began) * 1_000)
        self.connection.close()

    def ask(self) -> None:
        """One preview."""
        body = {"guest": "card:7", "property": "hotel-007", "moment": "arrival"}
        self.connection.request("POST", "/v1/decisions", json.dumps(body), self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"answered {answer.status}")


def _publish(home: Path) -> None:
    """Change one rule's priority and make it live, past the API, so that only the web worker's part is timed."""
    database = open_database(f"sqlite:///{home / 'rewards.db'}")
    with database.reading() as store:
        live = store.rule_sets.live()
    if live is None:
        raise RuntimeError("nothing is live")
    found = _read(live.version, live)
    changed = (replace(found.rules[0], priority=found.rules[0].priority + 1), *found.rules[1:])
    row = to_row(changed, found.perks, live.version + 1, "bench", "", SystemClock().now())
    _KNOWN[row.version] = RuleSet(changed, found.perks, row.version, row.digest)
    with database.writing() as store:
        store.rule_sets.publish(row)
    database.close()


_KNOWN: dict[int, RuleSet] = {}


def _read(version: int, live: RuleSetRow) -> RuleSet:
    """The live rules; read from their text only the first time, because reading ten thousand takes a while."""
    if version not in _KNOWN:
        _KNOWN[version] = read_rule_set(live)
    return _KNOWN[version]
