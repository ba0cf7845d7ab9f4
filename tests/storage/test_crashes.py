"""What a killed process leaves, on both databases: nothing before COMMIT, everything after it, and no lock."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rewards import failpoints
from rewards.errors import RewardsError
from rewards.storage.engine import SqlDatabase
from tests.storage.crasher import write
from tests.storage.people import CARD, HARBOUR, NOON, stay

ROOT = Path(__file__).resolve().parents[2]


def crash(url: str, failpoint: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.storage.crasher", url, failpoint]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def written(database: SqlDatabase) -> list[bool]:
    """Whether each part of the transaction is there."""
    with database.reading() as store:
        return [
            store.guests.resolve(CARD) is not None,
            store.activities.get(stay("1").id) is not None,
            store.session.one("SELECT 1 FROM outbox") is not None,
            store.idempotency.recall("key_desk", "arrival-1") is not None,
        ]


@pytest.mark.parametrize("name", ["after_begin", "after_idempotency", "before_commit"])
def test_a_kill_before_commit_leaves_nothing(database: SqlDatabase, migrated_url: str, name: str) -> None:
    ended = crash(migrated_url, f"{name}:kill")
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, ""), ended.stderr
    assert written(database) == [False] * 4
    database.run_writing(write)
    assert written(database) == [True] * 4, "the same call again does it once"


def test_a_kill_after_commit_leaves_everything(database: SqlDatabase, migrated_url: str) -> None:
    ended = crash(migrated_url, "after_commit:kill")
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, ""), ended.stderr
    assert written(database) == [True] * 4


def test_nothing_armed_kills_nothing(database: SqlDatabase, migrated_url: str) -> None:
    ended = crash(migrated_url, "before_commit:kill@2")
    assert (ended.returncode, ended.stdout.strip()) == (0, "acknowledged"), ended.stderr
    assert written(database) == [True] * 4


def test_an_exit_ends_the_process_at_once(database: SqlDatabase, migrated_url: str) -> None:
    ended = crash(migrated_url, "before_commit:exit")
    assert (ended.returncode, ended.stdout) == (failpoints.EXIT_STATUS, "")
    assert written(database) == [False] * 4


def test_a_raise_rolls_back_before_commit_and_not_after(database: SqlDatabase) -> None:
    for name, generation in (("before_commit", 0), ("after_commit", 1)):
        failpoints.arm(f"{name}:raise", test_mode=True)
        with pytest.raises(failpoints.FailpointHit):
            database.run_writing(lambda store: store.properties.put(HARBOUR, NOON))
        failpoints.arm("", test_mode=False)
        with database.reading() as store:
            assert store.generation() == generation


def test_a_failpoint_is_hit_at_its_number_only() -> None:
    failpoints.arm("after_begin:raise@3", test_mode=True)
    failpoints.hit("after_begin")
    failpoints.hit("before_commit")
    failpoints.hit("after_begin")
    with pytest.raises(failpoints.FailpointHit):
        failpoints.hit("after_begin")
    failpoints.hit("after_begin")
    failpoints.arm("", test_mode=False)


@pytest.mark.parametrize(
    "text",
    ["before_commit", "before_commit:", "nowhere:kill", "before_commit:explode", "after_begin:kill@0", "a:kill@x"],
)
def test_a_failpoint_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(RewardsError) as refused:
        failpoints.arm(text, test_mode=True)
    assert refused.value.code.name == "setting_invalid"
    failpoints.hit("before_commit")


def test_no_failpoint_is_armed_outside_test_mode() -> None:
    with pytest.raises(RewardsError, match="before_commit:kill"):
        failpoints.arm("before_commit:kill", test_mode=False)
    failpoints.hit("before_commit")
