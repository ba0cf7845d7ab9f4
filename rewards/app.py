"""The composition root: the only module that knows every part.

Settings → clock → storage → use cases → faces. Nothing is connected at import; `create_app` checks that the tables are
current and leaves migrating to the one process that serves.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask

from rewards import failpoints
from rewards import settings as settings_module
from rewards.api.blueprint import build
from rewards.api.calls import key_of
from rewards.api.house import House
from rewards.api.keys import check_role, check_scopes, hash_secret, new_secret
from rewards.api.limits import RateLimiter
from rewards.cli.main import run
from rewards.cli.tools import Tools
from rewards.clock import Clock, SystemClock
from rewards.desk.desk import Desk
from rewards.desk.installation import Programme
from rewards.errors import DATABASE_DOWN, RewardsError
from rewards.geo import Geocoder
from rewards.intake.receive import Intake
from rewards.jobs import serve as serving
from rewards.jobs import sweeper, worker
from rewards.jobs.factories import log_to_stderr
from rewards.jobs.processes import ChildSpec, python_module
from rewards.jobs.queues import Enqueuer, Lane
from rewards.jobs.tasks import JobRuntime, Task, Work
from rewards.jobs.timetable import TimetableEntry
from rewards.jobs.valkey import find_binary
from rewards.pluginhost import delivering, polling, rollover, seeding, tallying
from rewards.pluginhost.host import INBOX_TASK, SourceHost
from rewards.pluginhost.working import work as work_inbox
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase, open_database
from rewards.storage.jobs import SqlJobStore

log = logging.getLogger("rewards.app")

RUNTIME = "rewards.app:create_job_runtime"
EXPIRE_TASK = "expire_grants"
EXPIRE_EVERY_S = 60
WAIT_TASK = "try_waiting"
WAIT_EVERY_S = 60
IDLE_TASK = "lapse_idle_points"
IDLE_EVERY_S = 86_400
INBOX_EVERY_S = 30
POLLS_TASK = "source_polls"
POLLS_EVERY_S = 10
DELIVERIES_EVERY_S = 5
EXPIRED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine without faces."""

    settings: Settings
    clock: Clock
    database: SqlDatabase
    desk: Desk
    intake: Intake
    sources: SourceHost


def build_engine(settings: Settings, clock: Clock | None = None) -> Engine:
    """Put the engine together; connects when it is first used."""
    failpoints.arm(settings.test_failpoint, test_mode=settings.test_mode)
    clock = clock or SystemClock()
    settings.home.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.sqlalchemy_url(), synchronous=settings.sqlite_synchronous, clock=clock)
    programme = Programme(
        settings.programme_zone,
        settings.programme_currency,
        settings.programme_rollover_hour,
        timedelta(hours=settings.stale_after_hours) // timedelta(microseconds=1),
    )
    desk = Desk(database, clock, programme, hold_minutes=settings.hold_minutes)
    intake = Intake(clock, corrected=desk.corrected)
    enqueue = Enqueuer.at(settings.redis_url).enqueue_best_effort if settings.redis_url else None
    sources = SourceHost(settings, clock, database, intake, desk, enqueue, key_of)
    return Engine(settings, clock, database, desk, intake, sources)


def build_house(engine: Engine) -> House:
    """What the API calls."""
    settings = engine.settings
    geocoder = None
    if settings.nominatim_url:
        geocoder = Geocoder(settings.nominatim_url, timeout_s=settings.geocoder_timeout_s)
    limiter = RateLimiter(settings.rate_limit_per_minute)
    return House(settings, engine.clock, engine.database, engine.desk, engine.intake, limiter, engine.sources, geocoder)


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The whole application. `database_down` where the tables are not at this version (`rewards migrate`)."""
    engine = build_engine(settings or settings_module.load(), clock)
    app = Flask("rewards", static_folder=None)
    app.register_blueprint(mount(engine))
    return app


def mount(engine: Engine, prefix: str = "") -> Blueprint:
    """The engine's blueprint; `database_down` where the tables are not current, `plugin_invalid` for two of one name.

    A database that does not answer is let pass, for a worker that starts meanwhile has no reason to die: calls are told
    503, and the first that finds it back looks at the tables before anything is answered.
    """
    # Two plugins of one name refuse to start; what else is wrong with a plugin is told where sources are listed.
    _ = engine.sources.found
    looked = _is_current(engine.database)

    def look() -> None:
        nonlocal looked
        looked = looked or _is_current(engine.database)

    return build(build_house(engine), prefix=prefix, first=None if looked else look)


def _is_current(database: SqlDatabase) -> bool:
    """Whether the tables were seen to be at the newest revision: not where the database does not answer."""
    try:
        current = database.is_current()
    except RewardsError as error:
        if error.retry_after_s is None:
            raise
        log.warning("Serving though the tables could not be looked at: %s", error)
        return False
    if not current:
        raise RewardsError(
            DATABASE_DOWN, "The tables are not at this version's revision.", hint="Run `rewards migrate` once."
        )
    return True


class _Holds:
    """Lets holds and unused grants lapse, as the sweeper asks."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def expire_holds(self, now_us: int, limit: int) -> int:
        """Resolve up to `limit` that are over; how many."""
        return self._engine.desk.expire_due(limit)


def create_job_runtime() -> JobRuntime[Any]:
    """What the worker and the sweeper run."""
    settings = settings_module.load()
    engine = build_engine(settings)
    return JobRuntime(
        store=SqlJobStore(engine.database),
        tasks=_tasks(engine, settings),
        clock=engine.clock,
        redis_url=settings.redis_url,
        holds=_Holds(engine),
        timetable=_TIMETABLE,
    )


_TIMETABLE = (
    TimetableEntry(EXPIRE_TASK, EXPIRE_EVERY_S),
    TimetableEntry(IDLE_TASK, IDLE_EVERY_S),
    TimetableEntry(WAIT_TASK, WAIT_EVERY_S),
    TimetableEntry(rollover.TASK, rollover.EVERY_S),
    TimetableEntry(tallying.TASK, tallying.EVERY_S),
    TimetableEntry(INBOX_TASK, INBOX_EVERY_S),
    TimetableEntry(POLLS_TASK, POLLS_EVERY_S),
    TimetableEntry(delivering.TASK, DELIVERIES_EVERY_S),
)


def _tasks(engine: Engine, settings: Settings) -> dict[str, Task[Any]]:
    """What each job of the queue does."""
    database, clock, desk, sources = engine.database, engine.clock, engine.desk, engine.sources
    return {
        EXPIRE_TASK: _task(lambda work: _until_none_is_due(desk.expire_due)),
        IDLE_TASK: _task(lambda work: desk.lapse_idle()),
        WAIT_TASK: _task(lambda work: _until_none_is_due(desk.try_waiting)),
        rollover.TASK: _task(lambda work: rollover.roll_over(database, clock, desk)),
        tallying.TASK: _task(lambda work: tallying.catch_up(database)),
        seeding.TASK: _task(lambda work: seeding.seed(database, clock, desk, settings), Lane.ANALYSIS),
        INBOX_TASK: _task(lambda work: work_inbox(sources, work.payload.get("connection"))),
        POLLS_TASK: _task(lambda work: polling.start_due(sources)),
        polling.POLL_TASK: _task(lambda work: polling.poll(sources, work.payload["connection"])),
        delivering.TASK: _task(lambda work: delivering.deliver(sources)),
    }


def _task(run: Callable[[Work], object], lane: Lane = Lane.JOBS) -> Task[Any]:
    """A task that writes by itself: what it returns are no effects for the queue."""

    def handler(work: Work) -> None:
        run(work)

    return Task(handler, lane)


def _until_none_is_due(settle: Callable[[int], int]) -> None:
    """Settle what is due, so many at once, until fewer than that were."""
    while settle(EXPIRED_AT_ONCE) == EXPIRED_AT_ONCE:
        pass


def _serve(settings: Settings, *, migrate: Callable[[], None], on_ready: Callable[[str], None], analysis: bool) -> None:
    log_to_stderr("serve", settings.log_level)
    config = serving.ServeConfig(
        home=settings.home,
        environment=settings_module.for_children(settings),
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        redis_url=settings.redis_url,
        lanes=(Lane.JOBS, Lane.ANALYSIS) if analysis else (Lane.JOBS,),
        extra=_listeners(settings),
    )
    serving.serve(config, migrate=migrate, on_ready=lambda running: on_ready(running.url))


def _listeners(settings: Settings) -> tuple[ChildSpec, ...]:
    """The process that holds streams open, where a connection has one at the start."""
    engine = build_engine(settings)
    try:
        with engine.database.reading() as store:
            rows = [row for row in store.connections.all() if row.on]
        manifests = engine.sources.found.manifests
        wanted = any(row.source in manifests and manifests[row.source].streams for row in rows)
    except Exception as error:  # noqa: BLE001 - before the first migration there are no tables, and nothing to hear
        log.debug("no streams are looked for: %s", error)
        wanted = False
    finally:
        engine.database.close()
    if not wanted:
        return ()
    environment = settings_module.for_children(settings)
    return (ChildSpec(name="listen", argv=python_module("rewards.app", "listen"), environment=environment),)


def _queue() -> tuple[str, str]:
    """Where jobs are queued, as `rewards doctor` says it."""
    settings = settings_module.load()
    if settings.redis_url:
        if Enqueuer.at(settings.redis_url).depth(Lane.JOBS) is None:
            return "warning", "REDIS_URL does not answer; the sweeper runs all jobs"
        return "good", "REDIS_URL answers"
    binary = find_binary()
    if binary is None:
        return "warning", "no valkey-server or redis-server; the sweeper runs all jobs"
    return "good", f"a private {binary.kind} {'.'.join(str(part) for part in binary.version)}"


def tools() -> Tools:
    """What the command line works with; the engine is put together when a command needs it."""
    return Tools(
        load_settings=settings_module.load,
        make_engine=lambda: build_engine(settings_module.load()),
        new_secret=new_secret,
        hash_secret=hash_secret,
        check_scopes=check_scopes,
        check_role=check_role,
        serve=_serve,
        worker=lambda lane: worker.main(["--runtime", RUNTIME, "--lane", lane]),
        sweeper=lambda: sweeper.main(["--runtime", RUNTIME]),
        queue=_queue,
    )


def main() -> None:
    """The command `rewards`."""
    sys.exit(run(tools()))


if __name__ == "__main__":
    main()
