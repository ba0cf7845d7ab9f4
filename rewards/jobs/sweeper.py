"""The delivery guarantee: what the database says is due gets done, whatever became of queue and workers.

One sweeper leads, by a lease in the database; its fencing token keeps a leader that slept past its lease from starting
a period. Each pass: bury jobs that killed their process every time, start the timetable's periods, let holds lapse,
offer rows that nobody claimed, forget old rows. A second thread runs rows itself when nobody else does: all of them
where there is no Valkey, those left too long where there is one.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, Generic, TypeVar

from rewards.clock import US_PER_DAY, US_PER_SECOND, monotonic_s
from rewards.errors import RewardsError
from rewards.ids import new_id
from rewards.jobs.factories import find_factory, log_to_stderr
from rewards.jobs.ports import DueRow, Lease
from rewards.jobs.queues import Enqueuer, Lane
from rewards.jobs.tasks import DEFAULT_MAX_ATTEMPTS, JobRuntime, Outcome, run_row
from rewards.jobs.timetable import TimetableEntry, period_job_id, period_name, period_start_us
from rewards.settings import load

log = logging.getLogger("rewards.sweeper")

LEASE_NAME = "sweeper"
KILLED_EACH_TIME = "The process that ran it was killed at every attempt; it never finished."
CANNOT_START = 3

U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class SweeperSettings:
    """Times in seconds, counts in rows.

    `offer_after_s`: an unclaimed row is offered to the queue again. `run_after_s`: the sweeper runs it itself although
    there is a queue. `queue_depth`: nothing is offered again while so many offers wait, or a slow worker's queue would
    grow with every pass.
    """

    tick_s: float = 1.0
    lease_s: int = 5
    offer_after_s: float = 5.0
    run_after_s: float = 15.0
    batch: int = 100
    queue_depth: int = 200
    keep_done_days: int = 7


@dataclass(frozen=True, slots=True)
class Sweep:
    """What one pass did; all zero for a sweeper that does not lead."""

    leads: bool = False
    buried: int = 0
    started: int = 0
    expired: int = 0
    offered: int = 0
    forgotten: int = 0


@dataclass(slots=True)
class Sweeper(Generic[U]):
    """One sweeper. `sweep` and `drain` are single passes; `run` repeats both until it is told to stop."""

    runtime: JobRuntime[U]
    enqueuer: Enqueuer | None = None
    settings: SweeperSettings = field(default_factory=SweeperSettings)
    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{new_id('swp')}")
    _lease: Lease | None = None
    _leads_until_s: float = 0.0
    _queue_works: bool = False
    _busy_since_s: float | None = None

    def sweep(self) -> Sweep:
        """One pass of the leader's work. Raises what the store raises; the next pass makes up for it."""
        lease = self._take_lease()
        if lease is None:
            return Sweep()
        now_us = self.runtime.clock.now_us()
        return Sweep(
            leads=True,
            buried=self._bury(now_us),
            started=sum(self._start(entry, lease, now_us) for entry in self.runtime.timetable),
            expired=self._expire_holds(now_us),
            offered=self._offer(now_us),
            forgotten=self.runtime.store.forget_done(
                before_us=now_us - self.settings.keep_done_days * US_PER_DAY, limit=self.settings.batch
            ),
        )

    def drain(self) -> list[Outcome]:
        """Runs what nobody else has run, one row after another; nothing unless this sweeper leads."""
        outcomes = []
        for row in self._left_over():
            if not self.leads:
                break
            self._busy_since_s = monotonic_s()
            outcomes.append(run_row(self.runtime, row.id))
        self._busy_since_s = None
        return outcomes

    @property
    def leads(self) -> bool:
        """Whether its lease still holds, by this process's own clock, which cannot be set back."""
        return monotonic_s() < self._leads_until_s

    def run(self, stop: threading.Event) -> None:
        """Sweeps and drains every `tick_s` until `stop`; gives the lease up at the end.

        Errors: RuntimeError when a job it runs itself hangs far beyond any limit; a new process must take over.
        """
        drainer = threading.Thread(target=self._repeat, args=(self.drain, stop), daemon=True)
        drainer.start()
        try:
            self._repeat(self._checked_sweep, stop)
        finally:
            stop.set()
            drainer.join(timeout=self.settings.tick_s)
            self._release()

    def _repeat(self, action: Callable[[], object], stop: threading.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                action()
                failures = 0
            except HungJob:
                raise
            except (
                Exception
            ) as error:  # The store may be down; the guarantee is to come back, so nothing ends the loop.
                failures += 1
                # The trace once, not every second for as long as a database is down.
                log.warning("A pass failed, %d in a row: %s", failures, error, exc_info=failures == 1)
            stop.wait(self.settings.tick_s)

    def _checked_sweep(self) -> Sweep:
        busy_since_s = self._busy_since_s
        if busy_since_s is not None and monotonic_s() - busy_since_s > 2 * Lane.ANALYSIS.timeout_s:
            raise HungJob("A job has been running in the sweeper for two hours; starting over.")
        return self.sweep()

    def _take_lease(self) -> Lease | None:
        asked_s, now_us = monotonic_s(), self.runtime.clock.now_us()
        until_us = now_us + self.settings.lease_s * US_PER_SECOND
        lease = self.runtime.store.take_lease(LEASE_NAME, self.holder, now_us=now_us, until_us=until_us)
        if (lease is None) != (self._lease is None):
            log.info("this sweeper %s", "leads" if lease else "no longer leads")
        self._lease = lease
        # Counted from before the question, so we stop believing it before the database does.
        self._leads_until_s = asked_s + self.settings.lease_s if lease else 0.0
        return lease

    def _release(self) -> None:
        if self._lease is not None:
            self.runtime.store.release_lease(LEASE_NAME, self.holder, self._lease.token)
        self._lease, self._leads_until_s = None, 0.0

    def _bury(self, now_us: int) -> int:
        buried = self.runtime.store.bury(now_us=now_us, error=KILLED_EACH_TIME)
        if buried:
            log.error("%d jobs are dead: %s", buried, KILLED_EACH_TIME)
        return buried

    def _start(self, entry: TimetableEntry, lease: Lease, now_us: int) -> bool:
        start_us = period_start_us(entry, now_us)
        return self.runtime.store.schedule(
            task=entry.task,
            period_start=period_name(start_us),
            lease=LEASE_NAME,
            token=lease.token,
            job_id=period_job_id(entry, start_us),
            payload=entry.payload,
            due_at_us=now_us,
            max_attempts=DEFAULT_MAX_ATTEMPTS,
        )

    def _expire_holds(self, now_us: int) -> int:
        if self.runtime.holds is None:
            return 0
        return self.runtime.holds.expire_holds(now_us, self.settings.batch)

    def _offer(self, now_us: int) -> int:
        """Offers each lane's unclaimed rows, while that lane's queue is short; how many went through."""
        if self.enqueuer is None:
            return 0
        waited_us = round(self.settings.offer_after_s * US_PER_SECOND)
        rows = self.runtime.store.due(now_us=now_us, waited_us=waited_us, limit=self.settings.batch)
        depths = {lane: self.enqueuer.depth(lane) for lane in Lane}
        self._queue_works = None not in depths.values()
        offered = 0
        for row in rows:
            lane = self._lane(row)
            depth = depths[lane]
            if depth is not None and depth < self.settings.queue_depth:
                offered += self.enqueuer.enqueue_best_effort(row.id, lane)
        return offered

    def _lane(self, row: DueRow) -> Lane:
        task = self.runtime.tasks.get(row.name)
        return task.lane if task else Lane.JOBS

    def _left_over(self) -> list[DueRow]:
        """Rows that we should run ourselves: at once without a queue, after a while with one."""
        if not self.leads:
            return []
        waited_s = 0.0
        if self.enqueuer is not None:
            waited_s = self.settings.run_after_s if self._queue_works else self.settings.offer_after_s
        return list(
            self.runtime.store.due(
                now_us=self.runtime.clock.now_us(),
                waited_us=round(waited_s * US_PER_SECOND),
                limit=self.settings.batch,
            )
        )


class HungJob(RuntimeError):
    """A job never came back; only a new process helps."""


def make_sweeper(runtime: JobRuntime[U], settings: SweeperSettings | None = None) -> Sweeper[U]:
    """A sweeper for this runtime; says so when there is no queue and it runs everything itself."""
    if not runtime.redis_url:
        log.warning("No Valkey or Redis: the sweeper runs the jobs itself, one after another")
    enqueuer = Enqueuer.at(runtime.redis_url) if runtime.redis_url else None
    return Sweeper(runtime, enqueuer, settings or SweeperSettings())


def main(arguments: list[str] | None = None) -> int:
    """`python -m rewards.jobs.sweeper --runtime MODULE:CALLABLE`; runs until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="rewards sweeper")
    parser.add_argument("--runtime", required=True)
    options = parser.parse_args(arguments)
    log_to_stderr(f"sweeper[{os.getpid()}]", load().log_level)
    stop = threading.Event()

    def request_stop(signum: int, frame: FrameType | None) -> None:
        stop.set()

    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, request_stop)
    try:
        sweeper: Sweeper[Any] = make_sweeper(find_factory(options.runtime)())
        sweeper.run(stop)
    except (RewardsError, HungJob) as error:
        log.error("%s", error)  # noqa: TRY400 - a sentence for the operator, not a trace
        return CANNOT_START
    return 0


if __name__ == "__main__":
    sys.exit(main())
