"""Goals 1, 2, 4, 6 and 11 over HTTP: the shipped app and route, nothing switched off, against the yardstick."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench import servers
from bench.rows import Row, rotated, row
from bench.servers import Load

GUESTS = 1_000
CONNECTIONS = 16


def run(quick: bool) -> list[Row]:
    """Rows of every goal that is measured over HTTP; none where the load generator is not installed."""
    if not servers.has_wrk():
        return [row("1", "decisions over HTTP: install wrk to measure", None, "-", None)]
    rounds, seconds = (2, 3) if quick else (5, 4)
    with servers.folder() as base:
        key = servers.prepare(_made(base / "small"), 1_000, GUESTS)
        more_rules = servers.prepare(_made(base / "rules"), 10_000, GUESTS)
        crowd = 20_000 if quick else 1_000_000
        more_guests = servers.prepare(_made(base / "guests"), 1_000, crowd, activities=3)
        cases: dict[str, Callable[[int], tuple[Load, float]]] = {
            "noop": lambda turn: _noop(base, turn, seconds, CONNECTIONS),
            "normal": lambda turn: _ours(base, "small", key, turn, seconds, CONNECTIONS, "NORMAL", GUESTS),
            "full": lambda turn: _ours(base, "small", key, turn, seconds, CONNECTIONS, "FULL", GUESTS),
            "rules": lambda turn: _ours(base, "rules", more_rules, turn, seconds, CONNECTIONS, "NORMAL", GUESTS),
            "guests": lambda turn: _ours(base, "guests", more_guests, turn, seconds, CONNECTIONS, "NORMAL", crowd),
            "noop-1": lambda turn: _noop(base, turn, seconds, 1),
            "full-1": lambda turn: _ours(base, "small", key, turn, seconds, 1, "FULL", GUESTS),
        }
        found: dict[str, list[tuple[Load, float]]] = {name: [] for name in cases}
        names = list(cases)
        for turn in range(rounds):
            for name in rotated(names, turn):
                found[name].append(cases[name](turn))
        disk = _fdatasync(base)
    return _rows(found, crowd, disk)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _noop(base: Path, turn: int, seconds: int, connections: int) -> tuple[Load, float]:
    with servers.server("bench.noop:create_app", base) as (url, _):
        return servers.load(url, "none", seconds=seconds, connections=connections, guests=GUESTS, seed=turn), 0.0


def _ours(
    base: Path, name: str, key: str, turn: int, seconds: int, connections: int, synchronous: str, guests: int
) -> tuple[Load, float]:
    home = base / f"run-{name}-{synchronous}-{connections}-{turn}"
    servers.copy(base / name, home)
    with servers.server("rewards.app:create_app", home, synchronous) as (url, pid):
        measured = servers.load(url, key, seconds=seconds, connections=connections, guests=guests, seed=turn + 10)
        return measured, servers.rss_mib(pid)


def _rows(found: dict[str, list[tuple[Load, float]]], crowd: int, disk: tuple[float, float]) -> list[Row]:
    rate = {name: statistics.median(load.per_second for load, _ in runs) for name, runs in found.items()}
    p50 = {name: statistics.median(load.p50_ms for load, _ in runs) for name, runs in found.items()}
    p99 = {name: statistics.median(load.p99_ms for load, _ in runs) for name, runs in found.items()}
    spread = [load.per_second for load, _ in found["noop"]]
    rss = max(size for _, size in found["normal"])
    note = f"no-op {rate['noop']:.0f}/s [{min(spread):.0f}–{max(spread):.0f}]"

    def ratio(top: str, bottom: str) -> float:
        return round(rate[top] / rate[bottom], 3)

    def told(name: str) -> str:
        return f"{rate[name]:.0f}/s, p50 {p50[name]:.1f} ms, p99 {p99[name]:.1f} ms"

    return [
        row("1", f"decisions over HTTP, NORMAL ({told('normal')}; {note})", ratio("normal", "noop"), ">= 0.45",
            ratio("normal", "noop") >= 0.45),
        row("2", f"decisions over HTTP, FULL ({told('full')}; fdatasync {disk[0]:.0f}/{disk[1]:.0f} µs p50/p99)",
            ratio("full", "noop"), ">= 0.25", ratio("full", "noop") >= 0.25),
        row("4", f"one connection, FULL, p50 ({p50['full-1']:.2f} ms against {p50['noop-1']:.2f} ms)",
            round(p50["full-1"] / p50["noop-1"], 2), "<= 2.5", p50["full-1"] <= 2.5 * p50["noop-1"]),
        row("6", "decisions/s at 10,000 rules against 1,000", ratio("rules", "normal"), ">= 0.9",
            ratio("rules", "normal") >= 0.9),
        row("6", f"decisions/s at {crowd:,} guests against {GUESTS:,}", ratio("guests", "normal"), ">= 0.9",
            ratio("guests", "normal") >= 0.9),
        row("11", "MiB resident a web worker at 1,000 rules", round(rss, 1), "<= 150", rss <= 150),
    ]  # fmt: skip


def _fdatasync(base: Path) -> tuple[float, float]:
    """Median and p99 of 500 times appending 4 KiB and syncing, µs."""
    times = []
    with (base / "sync").open("ab") as stream:
        for _ in range(500):
            start = time.perf_counter()
            stream.write(b"x" * 4096)
            stream.flush()
            os.fdatasync(stream.fileno())
            times.append((time.perf_counter() - start) * 1e6)
    times.sort()
    return times[250], times[495]
