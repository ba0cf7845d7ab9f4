"""A short torture in the suite: every kind of process is killed a few times, and nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

from tests.torture.engine import Served
from tests.torture.run import torture

KINDS = ("web", "worker", "valkey")


def test_nothing_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    served = Served(home, f"sqlite:///{home / 'rewards.db'}", None)
    report = torture(served, kills=3, kinds=KINDS, seed=11, most_s=30, clients=4)
    assert report.violations == []
    assert {kind: report.kills[kind] for kind in KINDS} == dict.fromkeys(KINDS, 3)
    assert report.intents > 0


def test_the_checker_catches_an_engine_that_answers_before_it_commits(tmp_path: Path) -> None:
    home = tmp_path / "home"
    served = Served(home, f"sqlite:///{home / 'rewards.db'}", None, "tests.torture.mutants:told_before_commit")
    report = torture(served, kills=0, kinds=(), seed=11, most_s=3, clients=3)
    assert any(line.startswith("I4") for line in report.violations)
