"""`python -m tests.torture [--minutes N] [--kills N] [--database …] [--seed N]`: the last line is JSON."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

from tests.fixtures.postgres import PrivatePostgres, binaries
from tests.torture.engine import Served
from tests.torture.mutants import MUTANTS
from tests.torture.run import Report, torture

KINDS = ("web", "worker", "valkey")


def main() -> int:
    """Torture each database, then serve each mutant; 0 when nothing was found and every mutant was."""
    parser = argparse.ArgumentParser(prog="make torture")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--kills", type=int, default=10_000, help="of each kind; by default as many as the time allows")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-mutants", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rewards-torture-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        reports = _databases(folder, options)
        caught = 0 if options.no_mutants else sum(_caught(folder, mutant, options.seed) for mutant in MUTANTS)
    kills = sum(sum(report.kills.values()) for report in reports)
    violations = sum(len(report.violations) for report in reports)
    mutants = 0 if options.no_mutants else len(MUTANTS)
    calls = sum(report.calls for report in reports)
    print(
        json.dumps(
            {"kills": kills, "calls": calls, "violations": violations, "mutants_caught": caught, "mutants": mutants}
        )
    )
    return 0 if violations == 0 and caught == mutants else 1


def _databases(folder: Path, options: argparse.Namespace) -> list[Report]:
    wanted = ["sqlite", "postgresql"] if options.database == "both" else [options.database]
    return [_one(folder, name, options, options.minutes * 60 / len(wanted)) for name in wanted]


def _one(folder: Path, name: str, options: argparse.Namespace, most_s: float) -> Report:
    home = folder / name
    postgres = None
    url = f"sqlite:///{home / 'rewards.db'}"
    if name == "postgresql":
        bin_folder = binaries()
        if bin_folder is None:
            print("no PostgreSQL server on this machine: not tortured", file=sys.stderr)
            return Report()
        postgres = PrivatePostgres(folder / "pg", bin_folder)
        postgres.create()
        postgres.start()
        url = postgres.fresh()
    kinds = (*KINDS, "postgres") if postgres else KINDS
    try:
        report = torture(
            Served(home, url, postgres), kills=options.kills, kinds=kinds, seed=options.seed, most_s=most_s
        )
    finally:
        if postgres is not None:
            postgres.stop()
    print(f"{name}: {dict(report.kills)} kills, {report.calls} calls, {report.intents} intents, "
          f"{len(report.violations)} violations")  # fmt: skip
    for line in report.violations[:20]:
        print("   ", line)
    return report


def _caught(folder: Path, mutant: str, seed: int) -> bool:
    home = folder / mutant
    served = Served(home, f"sqlite:///{home / 'rewards.db'}", None, f"tests.torture.mutants:{mutant}")
    report = torture(served, kills=0, kinds=(), seed=seed, most_s=6, clients=4)
    first = report.violations[0] if report.violations else "not caught"
    print(f"mutant {mutant}: {len(report.violations)} violations; {first}")
    shutil.rmtree(home, ignore_errors=True)
    return bool(report.violations)


if __name__ == "__main__":
    sys.exit(main())
