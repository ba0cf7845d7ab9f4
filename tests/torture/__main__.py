"""`python -m tests.torture [--minutes N] [--kills N] [--database …] [--seed N]`: the last line is JSON."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rewards.failpoints import NAMES
from tests.fixtures.postgres import PrivatePostgres, binaries
from tests.torture.engine import Served
from tests.torture.mutants import MUTANTS, Mutant
from tests.torture.run import Plan, Report, torture

KINDS = ("web", "worker", "valkey")
DATABASES = ("sqlite", "postgresql")
AT_A_POINT_S = 8
MUTANT_S = (5, 25)


def main() -> int:
    """Torture each database, then serve each mutant; 0 when nothing was found and every mutant was."""
    options = _options()
    with _workshop(options.keep) as folder:
        reports = [report for name in options.databases for report in _database(folder, name, options)]
        caught = [_is_caught(folder, mutant, options.seed) for mutant in _mutants(options)]
    result = {
        "kills": sum(sum(report.kills.values()) for report in reports),
        "calls": sum(report.calls for report in reports),
        "violations": sum(len(report.violations) for report in reports),
        "mutants_caught": sum(caught),
        "mutants": len(caught),
    }
    print(json.dumps(result))
    return 0 if result["violations"] == 0 and all(caught) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture")
    parser.add_argument("--minutes", type=float, default=5, help="at most, for the random kills of all databases")
    parser.add_argument("--kills", type=int, default=10_000, help="of each kind; by default as many as the time allows")
    parser.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="leave logs and databases in this folder")
    parser.add_argument("--no-points", action="store_true", help="leave out the deaths at each failpoint")
    parser.add_argument("--no-mutants", action="store_true")
    options = parser.parse_args()
    options.databases = [options.database] if options.database != "both" else list(DATABASES)
    if binaries() is None and "postgresql" in options.databases:
        print("no PostgreSQL server on this machine: it is left out")
        options.databases.remove("postgresql")
    print(f"seed {options.seed}", flush=True)
    return options


@contextmanager
def _workshop(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="rewards-torture-", ignore_cleanup_errors=True) as name:
        # PostgreSQL's account must be able to walk into its folder.
        Path(name).chmod(0o755)
        yield Path(name)


def _mutants(options: argparse.Namespace) -> list[Mutant]:
    return [] if options.no_mutants else [mutant for mutant in MUTANTS if mutant.database in options.databases]


@contextmanager
def _served(folder: Path, name: str, database: str, *, mutant: str = "", failpoint: str = "") -> Iterator[Served]:
    """An engine in a folder of its own, which is emptied at the end but for what the checker read."""
    home = folder / name
    if database == "sqlite":
        yield Served(home, f"sqlite:///{home / 'rewards.db'}", None, mutant=mutant, failpoint=failpoint)
        return
    bin_folder = binaries()
    if bin_folder is None:
        raise RuntimeError("no PostgreSQL server on this machine")
    server = PrivatePostgres(folder / f"{name}-pg", bin_folder)
    server.create()
    server.start()
    try:
        yield Served(home, server.fresh(), server, mutant=mutant, failpoint=failpoint)
    finally:
        server.stop()


def _database(folder: Path, name: str, options: argparse.Namespace) -> Iterator[Report]:
    most_s = options.minutes * 60 / len(options.databases)
    for point in () if options.no_points else NAMES:
        with _served(folder, f"{name}-{point}", name, failpoint=f"{point}:kill@15") as served:
            report = torture(served, Plan(most_s=max(AT_A_POINT_S, most_s / 20), seed=options.seed))
        yield _told(f"{name}, {point}", report)
    kinds = (*KINDS, "postgres") if name == "postgresql" else KINDS
    with _served(folder, name, name) as served:
        report = torture(served, Plan(kinds, options.kills, most_s, options.seed))
    yield _told(name, report)


def _told(what: str, report: Report) -> Report:
    kinds = Counter(line.split(" ", 1)[0] for line in report.violations)
    print(
        f"{what}: killed {dict(report.kills)}, {report.calls} calls, {report.intents} intents, violations {dict(kinds)}"
    )
    print("".join(f"    {line}\n" for line in report.violations[:20]), end="", flush=True)
    return report


def _is_caught(folder: Path, mutant: Mutant, seed: int) -> bool:
    """Whether a short run finds it, or else a longer one: some mistakes show only when two calls meet."""
    return any(_found_in(folder, mutant, seed, most_s) for most_s in MUTANT_S)


def _found_in(folder: Path, mutant: Mutant, seed: int, most_s: int) -> bool:
    with _served(folder, mutant.name, mutant.database, mutant=mutant.name, failpoint=mutant.failpoint) as served:
        report = torture(served, Plan(most_s=most_s, seed=seed, guests=12, jobs=False))
    found = Counter(line.split(" ", 1)[0] for line in report.violations)
    first = (report.violations or ["not caught"])[0]
    print(f"mutant {mutant.name}: {report.calls} calls in {most_s} s, {dict(found)}, {first}", flush=True)
    for left in folder.glob(f"{mutant.name}*"):
        shutil.rmtree(left, ignore_errors=True)
    return bool(report.violations)


if __name__ == "__main__":
    sys.exit(main())
