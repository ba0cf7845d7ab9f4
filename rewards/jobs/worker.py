"""A worker: takes row ids from one queue and runs them, each in a process of its own.

The analysis lane runs in the worker's own process instead, so that what one job loaded serves the next. Settings are
those that recovered fastest when workers were killed; whatever RQ still loses, the sweeper delivers.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import redis
from redis.client import Pipeline
from rq import Queue, SimpleWorker, Worker
from rq.job import Job

from rewards.errors import SETTING_INVALID, RewardsError
from rewards.jobs.factories import find_factory, log_to_stderr
from rewards.jobs.queues import Lane, RowJob, open_queue
from rewards.jobs.redis_client import worker_client
from rewards.jobs.shim import set_parent_death_signal
from rewards.jobs.tasks import JobRuntime, install
from rewards.settings import load

log = logging.getLogger("rewards.worker")

WORKER_TTL_S = 25
MAINTENANCE_INTERVAL_S = 30
JOB_MONITORING_INTERVAL_S = 5
RESULT_TTL_S = 60
_RECONNECT_S = 2.0
CANNOT_START = 3


class _Patient:
    """A worker that a lost connection does not end: its errands between jobs are left out, and come round again.

    RQ waits for Valkey to come back only while it takes a job from the queue; a connection that broke before that would
    end the worker.
    """

    max_connection_wait_time = _RECONNECT_S

    def check_for_suspension(self, burst: bool) -> None:
        """Whether somebody suspended all workers; not asked where nobody answers."""
        _leniently(super().check_for_suspension, burst)  # type: ignore[misc]

    def run_maintenance_tasks(self) -> None:
        """Tidies RQ's registers."""
        _leniently(super().run_maintenance_tasks)  # type: ignore[misc]

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """Says that the worker is alive."""
        _leniently(super().heartbeat, timeout, pipeline)  # type: ignore[misc]


def _leniently(errand: Callable[..., object], *arguments: object) -> None:
    try:
        errand(*arguments)
    except redis.ConnectionError as error:
        log.warning("Valkey does not answer (%s); going on without %s", error, errand.__name__)


class RowWorker(_Patient, Worker):
    """Forks for every job; the fork dies with the worker, so no job runs on after its worker was replaced."""

    runtime: JobRuntime[Any] | None = None

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """The forked process: ties its life to the worker's, drops inherited connections, runs the job."""
        set_parent_death_signal(signal.SIGKILL, self.pid or 0)
        if self.runtime is not None:
            self.runtime.after_fork()
        super().main_work_horse(job, queue)


class AnalysisWorker(_Patient, SimpleWorker):
    """Runs jobs in its own process, one after another."""


def make_worker(runtime: JobRuntime[Any], lane: Lane) -> Worker | SimpleWorker:
    """A worker for one lane, ready to `work()`; connects to Valkey at once.

    Errors: `setting_invalid` where the runtime has no `redis_url`; redis-py's ConnectionError where none answers.
    """
    if not runtime.redis_url:
        raise RewardsError(
            SETTING_INVALID,
            "A worker needs Valkey or Redis, and REDIS_URL is not set.",
            hint="Without it the sweeper runs the jobs; no worker is needed.",
            field="redis_url",
        )
    install(runtime)
    connection = worker_client(runtime.redis_url)
    kind = AnalysisWorker if lane is Lane.ANALYSIS else RowWorker
    worker = kind(
        [open_queue(lane, connection)],
        connection=connection,
        job_class=RowJob,
        serializer="json",
        default_result_ttl=RESULT_TTL_S,
        worker_ttl=WORKER_TTL_S,
        maintenance_interval=MAINTENANCE_INTERVAL_S,
        job_monitoring_interval=JOB_MONITORING_INTERVAL_S,
        log_job_description=False,
    )
    if isinstance(worker, RowWorker):
        worker.runtime = runtime
    return worker


def main(arguments: list[str] | None = None) -> int:
    """`python -m rewards.jobs.worker --runtime MODULE:CALLABLE [--lane jobs|analysis]`; runs until SIGTERM."""
    parser = argparse.ArgumentParser(prog="rewards worker")
    parser.add_argument("--runtime", required=True)
    parser.add_argument("--lane", choices=[lane.value for lane in Lane], default=Lane.JOBS.value)
    options = parser.parse_args(arguments)
    log_to_stderr(f"worker-{options.lane}[{os.getpid()}]", load().log_level)
    try:
        worker = make_worker(find_factory(options.runtime)(), Lane(options.lane))
        worker.work(logging_level="WARNING")
    except (RewardsError, redis.RedisError) as error:
        log.error("%s", error)  # noqa: TRY400 - a sentence for the operator, not a trace
        return CANNOT_START
    return 0


if __name__ == "__main__":
    sys.exit(main())
