"""The queues and what may stand in them: the id of a job's row, never the work itself.

One queue per worker: RQ pops from a single queue with a safety copy, from several without one. JSON only, since RQ's
default would unpickle what it finds. What is lost here is found again by the sweeper, so a failed enqueue is counted
and no more. RQ's own retries stay unused: they need its scheduler and vanish with Valkey; the row carries its retries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from rewards.jobs.redis_client import BreakerCounts, CircuitBreaker, web_client

JOB_VERSION = 1
"""Version of what stands in the queue: the arguments `(row id, version)`."""

DISPATCHER = "rewards.jobs.tasks.run_job"
_RESULT_TTL_S = 60
_FAILURE_TTL_S = 7 * 86_400


class Lane(StrEnum):
    """A queue, served by workers of its own."""

    JOBS = "jobs"
    """Short work: deliver, expire, poll. Each job in a process of its own."""

    ANALYSIS = "analysis"
    """Previews and backtests, in one long-lived process that keeps its columns in memory."""

    @property
    def timeout_s(self) -> int:
        """How long one job may run, in seconds."""
        return 180 if self is Lane.JOBS else 3_600


class RowJob(Job):
    """A job as read from the queue, where anybody with the socket may have written: it can name the dispatcher only."""

    def restore(self, raw_data: Mapping[Any, Any]) -> None:
        """Reads the fields, and drops every callback and webhook: we set none.

        What cannot be read counts as not there, for else RQ ends its worker over it, at every start.
        """
        try:
            super().restore(raw_data)
        except (ValueError, TypeError, AttributeError, AssertionError) as error:
            raise NoSuchJobError(f"The queue holds something that is no job: {error}") from error
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []

    @property
    def func(self) -> Any:
        """The dispatcher; ValueError for any other name. Nothing is imported by name from the queue."""
        from rewards.jobs.tasks import run_job

        if self.func_name != DISPATCHER or self.instance is not None:
            raise ValueError(f"The queue names “{self.func_name}”; only {DISPATCHER} is run.")
        return run_job


def open_queue(lane: Lane, connection: redis.Redis) -> Queue:
    """The queue of a lane on this connection."""
    return Queue(
        lane.value,
        connection=connection,
        serializer=JSONSerializer(),
        job_class=RowJob,
        default_timeout=lane.timeout_s,
    )


@dataclass(frozen=True, slots=True)
class Enqueuer:
    """Tells the workers about rows that are committed. It has connections of its own, behind a breaker."""

    client: redis.Redis
    breaker: CircuitBreaker

    @classmethod
    def at(cls, url: str) -> Enqueuer:
        """An enqueuer for a Valkey or Redis address; connects at the first call."""
        return cls(web_client(url), CircuitBreaker())

    @property
    def counts(self) -> BreakerCounts:
        """Calls that went through, failed, or were skipped while the breaker was open."""
        return self.breaker.counts

    def enqueue_best_effort(self, row_id: str, lane: Lane = Lane.JOBS) -> bool:
        """Offers a committed row to the lane's workers; whether that worked. Never raises over a broken queue: the
        sweeper offers the row again, or runs it."""
        return self.breaker.call(lambda: self._enqueue(row_id, lane), False)

    def depth(self, lane: Lane) -> int | None:
        """How many offers wait in the lane, or None when Valkey does not say."""
        return self.breaker.call(lambda: open_queue(lane, self.client).count, None)

    def _enqueue(self, row_id: str, lane: Lane) -> bool:
        open_queue(lane, self.client).enqueue(
            DISPATCHER,
            row_id,
            JOB_VERSION,
            description=row_id,
            result_ttl=_RESULT_TTL_S,
            failure_ttl=_FAILURE_TTL_S,
        )
        return True
