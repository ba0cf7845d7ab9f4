"""From a row's id to its work: claim, run, and settle, at least once and with one effect.

`run_job` is the only function a queue can name; the row names a task, and only a task in the table runs. A task does
its slow or outside work first and returns its effects; the store applies those and marks the row done in one
transaction, under the claim. So a second run, after a lost reply, a kill or a lapsed claim, changes nothing.
"""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from rewards.clock import US_PER_SECOND, Clock, monotonic_s
from rewards.errors import INTERNAL, RewardsError
from rewards.jobs.ports import HoldKeeper, JobRow, JobStore
from rewards.jobs.queues import JOB_VERSION, Lane
from rewards.jobs.timetable import TimetableEntry

log = logging.getLogger("rewards.jobs")

CLAIM_S = 15
"""A claim lapses after this many seconds unless it is extended: how long a killed worker holds up its job."""

RETRY_AFTER_S = (5, 30, 120, 600, 3_600)
DEFAULT_MAX_ATTEMPTS = 1 + len(RETRY_AFTER_S)
_ERROR_LENGTH = 2_000

U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Work:
    """What a task is given: the row's id, its payload as read from JSON, and which attempt this is (from 1)."""

    id: str
    payload: Mapping[str, Any]
    attempt: int


Handler = Callable[[Work], Callable[[U], None] | None]
"""Does the outside part of the work and returns the effects to write, or None where there are none to write.

Called at least once per job and perhaps by two processes at once; the effects are applied once. What it raises is kept
in the row, which is tried again after 5 s, 30 s, 2 min, 10 min and 1 h and then is dead.
"""


@dataclass(frozen=True, slots=True)
class Task(Generic[U]):
    """A kind of work and the lane it runs in."""

    handler: Handler[U]
    lane: Lane = Lane.JOBS


@dataclass(frozen=True, slots=True)
class JobRuntime(Generic[U]):
    """All that a job process needs, made by the application's factory.

    `redis_url` empty: there is no queue, the sweeper runs all. `after_fork` is called in each forked job process before
    it touches the store, so it can drop connections that belong to its parent.
    """

    store: JobStore[U]
    tasks: Mapping[str, Task[U]]
    clock: Clock
    redis_url: str = ""
    holds: HoldKeeper | None = None
    timetable: tuple[TimetableEntry, ...] = ()
    after_fork: Callable[[], None] = field(default=lambda: None)


class Outcome(StrEnum):
    """How one run of a row ended."""

    DONE = "done"
    NOT_CLAIMED = "not_claimed"
    """Done, dead, claimed by another, or not due yet: nothing was run."""

    RETRY = "retry"
    DEAD = "dead"
    LOST = "lost"
    """The claim had lapsed and another took the job; nothing was written."""

    NEWER = "newer"
    """Offered by a newer version than this process understands; left for a newer worker."""


_installed: list[JobRuntime[Any]] = []


def install(runtime: JobRuntime[Any]) -> None:
    """Sets what `run_job` works with in this process and those forked from it."""
    _installed[:] = [runtime]


def run_job(row_id: object, version: object) -> str:
    """Runs the job of a row: the one function that stands in a queue. Returns an `Outcome`.

    Errors: `internal` where the process has no runtime, TypeError for arguments of another kind.
    """
    if not isinstance(row_id, str) or type(version) is not int:
        raise TypeError(f"run_job takes a row id and a version; it got {row_id!r} and {version!r}.")
    if not _installed:
        raise RewardsError(INTERNAL, "This process has no job runtime.", hint="Start it by `rewards worker`.")
    if version > JOB_VERSION:
        log.warning("job %s was offered by version %d, this worker knows %d", row_id, version, JOB_VERSION)
        return Outcome.NEWER.value
    return run_row(_installed[0], row_id).value


def run_row(runtime: JobRuntime[U], row_id: str) -> Outcome:
    """Claims and runs a row, if it can be claimed, and settles it. Raises only what the store raises."""
    now_us = runtime.clock.now_us()
    row = runtime.store.claim(row_id, now_us=now_us, until_us=now_us + CLAIM_S * US_PER_SECOND)
    if row is None:
        return Outcome.NOT_CLAIMED
    try:
        with _claim_kept(runtime, row):
            effects = _run_handler(runtime, row)
            done = runtime.store.finish(row.id, row.attempt, effects)
    except Exception as error:  # noqa: BLE001 - any failure of any task is data: kept in the row and retried.
        return _failed(runtime, row, error)
    return Outcome.DONE if done else Outcome.LOST


def _run_handler(runtime: JobRuntime[U], row: JobRow) -> Callable[[U], None] | None:
    task = runtime.tasks.get(row.name)
    if task is None:
        raise LookupError(f"There is no task “{row.name}”; there are {', '.join(sorted(runtime.tasks)) or 'none'}.")
    payload = json.loads(row.payload)
    if not isinstance(payload, dict):
        raise TypeError(f"The payload is a JSON {type(payload).__name__}; an object is wanted.")
    return task.handler(Work(row.id, payload, row.attempt))


def _failed(runtime: JobRuntime[U], row: JobRow, error: Exception) -> Outcome:
    retry_at_us = None
    if row.attempt < row.max_attempts:
        delay_s = RETRY_AFTER_S[min(row.attempt, len(RETRY_AFTER_S)) - 1]
        retry_at_us = runtime.clock.now_us() + delay_s * US_PER_SECOND
    text = _in_words(error)
    if not runtime.store.fail(row.id, row.attempt, error=text, retry_at_us=retry_at_us):
        return Outcome.LOST
    level = logging.WARNING if retry_at_us else logging.ERROR
    log.log(level, "job %s (%s) failed, attempt %d of %d: %s", row.id, row.name, row.attempt, row.max_attempts, text)
    return Outcome.RETRY if retry_at_us else Outcome.DEAD


def _in_words(error: Exception) -> str:
    """The error and the place that raised it, at most 2,000 characters."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({frames[-1].name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"[:_ERROR_LENGTH]


@contextmanager
def _claim_kept(runtime: JobRuntime[U], row: JobRow) -> Iterator[None]:
    """Extends the claim every third of its length for as long as the body runs, up to the lane's time limit."""
    stop = threading.Event()
    task = runtime.tasks.get(row.name)
    limit_s = (task.lane if task else Lane.JOBS).timeout_s
    keeper = threading.Thread(target=_keep_claim, args=(runtime, row, stop, limit_s), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep_claim(runtime: JobRuntime[Any], row: JobRow, stop: threading.Event, limit_s: float) -> None:
    give_up_s = monotonic_s() + limit_s
    while not stop.wait(CLAIM_S / 3) and monotonic_s() < give_up_s:
        try:
            until_us = runtime.clock.now_us() + CLAIM_S * US_PER_SECOND
            if not runtime.store.extend(row.id, row.attempt, until_us=until_us):
                return
        except Exception:  # The store may be down for a moment; the claim simply runs on towards its end.
            log.warning("job %s: its claim could not be extended", row.id, exc_info=True)
