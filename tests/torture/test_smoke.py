"""A short torture in the suite: every kind of process is killed a few times, and nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

from tests.torture.engine import Served
from tests.torture.run import Plan, torture

KINDS = ("web", "worker", "valkey")
KILLS = 4


def _served(tmp_path: Path, **more: str) -> Served:
    home = tmp_path / "home"
    return Served(home, f"sqlite:///{home / 'rewards.db'}", None, **more)


def test_nothing_is_lost_or_doubled_when_processes_are_killed(tmp_path: Path) -> None:
    report = torture(_served(tmp_path), Plan(KINDS, KILLS, most_s=40, seed=11, clients=4))
    assert report.violations == []
    assert {kind: report.kills[kind] for kind in KINDS} == dict.fromkeys(KINDS, KILLS)
    assert report.intents > 0


def test_the_checker_catches_an_engine_that_answers_before_it_commits(tmp_path: Path) -> None:
    served = _served(tmp_path, mutant="told_before_commit")
    report = torture(served, Plan(most_s=2, seed=11, clients=3, jobs=False))
    assert any(line.startswith("I4") for line in report.violations)
