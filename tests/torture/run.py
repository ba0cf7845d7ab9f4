"""One run: clients, kills, and the checker's verdict."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.torture.checker import check, read_logs
from tests.torture.client import Client, Target
from tests.torture.engine import Served

CLIENTS = 6
BETWEEN_KILLS_S = (0.15, 0.6)
SETTLE_S = 90


@dataclass
class Report:
    """What a run came to."""

    kills: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    intents: int = 0
    violations: list[str] = field(default_factory=list)


def torture(
    served: Served, *, kills: int, kinds: tuple[str, ...], seed: int, most_s: float, clients: int = CLIENTS
) -> Report:
    """Hurt each kind of process `kills` times under load, at most `most_s` seconds, then check."""
    logs = served.home / "logs"
    logs.mkdir(parents=True)
    served.prepare()
    served.start()
    target = Target(served.port, served.key, threading.Event())
    crew = [Client(number, seed, target, logs) for number in range(clients)]
    for client in crew:
        client.start()
    report = Report()
    try:
        _hurt(served, report, kills, kinds, seed, most_s)
        _settle(served, target, crew)
    finally:
        served.stop()
    report.calls = sum(client.calls for client in crew)
    report.intents = sum(client.intents for client in crew)
    report.violations = verdict(served, logs)
    return report


def verdict(served: Served, logs: Path) -> list[str]:
    """What the checker finds."""
    with served.query() as query:
        return check(read_logs(logs), query)


def _hurt(served: Served, report: Report, kills: int, kinds: tuple[str, ...], seed: int, most_s: float) -> None:
    dice = random.Random(f"{seed}/kills")
    until = time.monotonic() + most_s
    while time.monotonic() < until and any(report.kills[kind] < kills for kind in kinds):
        time.sleep(dice.uniform(*BETWEEN_KILLS_S))
        open_kinds = [kind for kind in kinds if report.kills[kind] < kills]
        if not open_kinds:
            continue
        kind = dice.choice(open_kinds)
        if served.hurt(kind, dice.choice):
            report.kills[kind] += 1
    if not kinds:
        time.sleep(max(0.0, until - time.monotonic()))


def _settle(served: Served, target: Target, crew: list[Client]) -> None:
    """Everything is left alone until each intent that was begun has its answer."""
    target.stop.set()
    served.wait_until_healthy()
    for client in crew:
        client.join(SETTLE_S)
    target.give_up.set()
    for client in crew:
        client.join(10)
