"""`python -m tests.races [--rounds N]`: the race for the last unit on both databases; the last line is JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rewards.storage.engine import open_database
from tests.fixtures.postgres import PrivatePostgres, binaries
from tests.races.last_unit import race


def main() -> int:
    """0 when every round gave exactly one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    options = parser.parse_args()
    found = {}
    with tempfile.TemporaryDirectory(prefix="rewards-race-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        found["sqlite"] = _one(f"sqlite:///{folder / 'rewards.db'}", options.rounds)
        bin_folder = binaries()
        if bin_folder is not None:
            postgres = PrivatePostgres(folder / "pg", bin_folder)
            postgres.create()
            postgres.start()
            found["postgresql"] = _one(postgres.fresh(), options.rounds)
            postgres.stop()
    print(json.dumps(found))
    return 0 if all(one["rounds"] == one["exactly_one"] for one in found.values()) else 1


def _one(url: str, rounds: int) -> dict[str, int]:
    database = open_database(url)
    database.migrate()
    turns = race(database, rounds)
    database.close()
    exact = sum(turn.given == 1 and not turn.failures for turn in turns)
    return {"rounds": rounds, "exactly_one": exact, "failures": sum(len(turn.failures) for turn in turns)}


if __name__ == "__main__":
    sys.exit(main())
