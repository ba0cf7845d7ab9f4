"""Job stores made of dictionaries: one in memory, one in a JSON file that several processes share.

Both hold the contract of `job_store_contract.py`. The file is replaced whole, so a kill at any instant leaves the state
before or after a call.
"""

from __future__ import annotations

import copy
import fcntl
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class FakeJob:
    """A row, as a store gives it."""

    id: str
    name: str
    payload: str
    attempt: int
    max_attempts: int


@dataclass(frozen=True, slots=True)
class FakeLease:
    """A lease, as a store gives it."""

    token: int
    until_us: int


class FakeUnit:
    """A unit of work: effects are words in a list."""

    def __init__(self, effects: list[str]) -> None:
        self.effects = effects


class MemoryJobStore:
    """All in dictionaries, behind one lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._state: dict[str, Any] = {"jobs": {}, "leases": {}, "runs": [], "effects": []}

    @contextmanager
    def _transaction(self) -> Iterator[dict[str, Any]]:
        """The state to change; what raises changes nothing."""
        with self._lock:
            draft = copy.deepcopy(self._load())
            yield draft
            self._save(draft)

    def _load(self) -> dict[str, Any]:
        return self._state

    def _save(self, state: dict[str, Any]) -> None:
        self._state = state

    # --- for tests to look at

    def effects(self) -> list[str]:
        """Every committed effect, in order."""
        with self._transaction() as state:
            return list(state["effects"])

    def job(self, job_id: str) -> dict[str, Any]:
        """A job's row."""
        with self._transaction() as state:
            return dict(state["jobs"][job_id])

    def job_ids(self) -> list[str]:
        """Every job's id."""
        with self._transaction() as state:
            return list(state["jobs"])

    # --- the port

    def add(self, *, job_id: str, name: str, payload: str, due_at_us: int, max_attempts: int) -> bool:
        with self._transaction() as state:
            return _insert(state, job_id, name, payload, due_at_us, max_attempts)

    def claim(self, job_id: str, *, now_us: int, until_us: int) -> FakeJob | None:
        with self._transaction() as state:
            job = state["jobs"].get(job_id)
            if job is None or not _claimable(job, now_us):
                return None
            job["claimed_until"] = until_us
            job["attempt"] += 1
            return FakeJob(job_id, job["name"], job["payload"], job["attempt"], job["max_attempts"])

    def extend(self, job_id: str, attempt: int, *, until_us: int) -> bool:
        with self._transaction() as state:
            job = _held(state, job_id, attempt)
            if job:
                job["claimed_until"] = until_us
            return bool(job)

    def finish(self, job_id: str, attempt: int, effects: Callable[[FakeUnit], None] | None) -> bool:
        with self._transaction() as state:
            job = _held(state, job_id, attempt)
            if not job:
                return False
            job.update(state="done", claimed_until=None)
            if effects:
                effects(FakeUnit(state["effects"]))
            return True

    def fail(self, job_id: str, attempt: int, *, error: str, retry_at_us: int | None) -> bool:
        with self._transaction() as state:
            job = _held(state, job_id, attempt)
            if not job:
                return False
            job.update(claimed_until=None, last_error=error)
            job.update({"state": "dead"} if retry_at_us is None else {"due_at": retry_at_us})
            return True

    def due(self, *, now_us: int, waited_us: int, limit: int) -> Sequence[FakeJob]:
        with self._transaction() as state:
            waiting = [
                (max(job["due_at"], job["claimed_until"] or 0), job_id, job)
                for job_id, job in state["jobs"].items()
                if _claimable(job, now_us)
            ]
            left = sorted((each for each in waiting if each[0] < now_us - waited_us), key=lambda each: each[:2])
            return [FakeJob(i, job["name"], job["payload"], job["attempt"], 0) for _, i, job in left[:limit]]

    def bury(self, *, now_us: int, error: str) -> int:
        with self._transaction() as state:
            used_up = [
                job
                for job in state["jobs"].values()
                if job["state"] == "due" and job["attempt"] >= job["max_attempts"] and _free(job, now_us)
            ]
            for job in used_up:
                job.update(state="dead", claimed_until=None, last_error=job["last_error"] or error)
            return len(used_up)

    def forget_done(self, *, before_us: int, limit: int) -> int:
        with self._transaction() as state:
            jobs = state["jobs"]
            old = [i for i, job in jobs.items() if job["state"] == "done" and job["due_at"] < before_us][:limit]
            for job_id in old:
                del jobs[job_id]
            return len(old)

    def take_lease(self, name: str, holder: str, *, now_us: int, until_us: int) -> FakeLease | None:
        with self._transaction() as state:
            row = state["leases"].setdefault(name, {"holder": "", "token": 0, "until": 0})
            if row["until"] >= now_us and row["holder"] != holder:
                return None
            if row["until"] < now_us:
                row.update(holder=holder, token=row["token"] + 1)
            row["until"] = until_us
            return FakeLease(row["token"], until_us)

    def release_lease(self, name: str, holder: str, token: int) -> bool:
        with self._transaction() as state:
            row = state["leases"].get(name)
            if row is None or (row["holder"], row["token"]) != (holder, token):
                return False
            row["until"] = 0
            return True

    def schedule(
        self,
        *,
        task: str,
        period_start: str,
        lease: str,
        token: int,
        job_id: str,
        payload: str,
        due_at_us: int,
        max_attempts: int,
    ) -> bool:
        with self._transaction() as state:
            held = state["leases"].get(lease)
            run = [task, period_start]
            if held is None or held["token"] != token or run in state["runs"]:
                return False
            state["runs"].append(run)
            return _insert(state, job_id, task, payload, due_at_us, max_attempts)


class FileJobStore(MemoryJobStore):
    """The same in one JSON file, for processes that must share it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        if not path.exists():
            self._save(self._state)

    @contextmanager
    def _transaction(self) -> Iterator[dict[str, Any]]:
        with self._lock, self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with super()._transaction() as state:
                yield state

    def _load(self) -> dict[str, Any]:
        return json.loads(self._path.read_text())  # type: ignore[no-any-return]

    def _save(self, state: dict[str, Any]) -> None:
        draft = self._path.with_suffix(f".{os.getpid()}.new")
        draft.write_text(json.dumps(state))
        draft.replace(self._path)


def _insert(state: dict[str, Any], job_id: str, name: str, payload: str, due_at_us: int, max_attempts: int) -> bool:
    if job_id in state["jobs"]:
        return False
    state["jobs"][job_id] = {
        "name": name,
        "payload": payload,
        "state": "due",
        "due_at": due_at_us,
        "claimed_until": None,
        "attempt": 0,
        "max_attempts": max_attempts,
        "last_error": None,
    }
    return True


def _free(job: dict[str, Any], now_us: int) -> bool:
    return job["claimed_until"] is None or job["claimed_until"] < now_us


def _claimable(job: dict[str, Any], now_us: int) -> bool:
    due = job["state"] == "due" and job["due_at"] <= now_us and job["attempt"] < job["max_attempts"]
    return due and _free(job, now_us)


def _held(state: dict[str, Any], job_id: str, attempt: int) -> dict[str, Any] | None:
    job = state["jobs"].get(job_id)
    return job if job and job["state"] == "due" and job["attempt"] == attempt else None
