"""Jobs, leases and the timetable: the truth that queues only accelerate.

`SqlJobs` adds a job in the transaction of its cause; `SqlJobStore` is what the job processes work with, each call a
transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rewards.storage.session import Session

if TYPE_CHECKING:
    from rewards.storage.engine import SqlDatabase
    from rewards.storage.store import SqlStore

_ADD = (
    "INSERT INTO job (id, name, payload, state, due_us, attempt, max_attempts) VALUES (?, ?, ?, 'due', ?, 0, ?) "
    "ON CONFLICT (id) DO NOTHING"
)
_GET = "SELECT id, name, state, due_us, attempt, max_attempts, last_error FROM job WHERE id = ?"
_FREE = "(claimed_until_us IS NULL OR claimed_until_us < ?)"
_CLAIM = (
    "UPDATE job SET claimed_until_us = ?, attempt = attempt + 1 "
    f"WHERE id = ? AND state = 'due' AND due_us <= ? AND attempt < max_attempts AND {_FREE} "
    "RETURNING id, name, payload, attempt, max_attempts"
)
_MINE = "WHERE id = ? AND attempt = ? AND state = 'due'"
_FINISH = f"UPDATE job SET state = 'done', claimed_until_us = NULL {_MINE}"
_FAIL = (
    "UPDATE job SET state = ?, claimed_until_us = NULL, last_error = ?, "
    f"due_us = CASE WHEN ? = 'due' THEN ? ELSE due_us END {_MINE}"
)
# A job waits since it fell due or since its last claim ran out, whichever is later.
_WAITED = "CASE WHEN claimed_until_us > due_us THEN claimed_until_us ELSE due_us END"
_DUE = (
    f"SELECT id, name FROM job WHERE state = 'due' AND due_us <= ? AND attempt < max_attempts AND {_FREE} "
    f"AND {_WAITED} < ? ORDER BY {_WAITED}, id LIMIT ?"
)
_BURY = (
    "UPDATE job SET state = 'dead', claimed_until_us = NULL, last_error = coalesce(last_error, ?) "
    f"WHERE state = 'due' AND attempt >= max_attempts AND {_FREE}"
)
_FORGET = "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND due_us < ? ORDER BY due_us LIMIT ?)"
# Free: the caller gets it with the next token. Its own: the end moves and the token stays. Another's: no row.
_TAKE = (
    "INSERT INTO lease (name, holder, token, until_us) VALUES (?, ?, 1, ?) "
    "ON CONFLICT (name) DO UPDATE SET token = CASE WHEN lease.until_us < ? THEN lease.token + 1 ELSE lease.token END, "
    "holder = excluded.holder, until_us = excluded.until_us "
    "WHERE lease.until_us < ? OR lease.holder = excluded.holder RETURNING token, until_us"
)
_START = (
    "INSERT INTO scheduled_run (task, period_start, started_us) VALUES (?, ?, ?) "
    "ON CONFLICT (task, period_start) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class SqlJobRow:
    """A claimed job; `attempt` counts from 1."""

    id: str
    name: str
    payload: str
    attempt: int
    max_attempts: int


@dataclass(frozen=True, slots=True)
class SqlJobState:
    """How a job stands: `due` (waits or runs), `done` or `dead`; `due_us` in microseconds since 1970 UTC."""

    id: str
    name: str
    state: str
    due_us: int
    attempt: int
    max_attempts: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class SqlDueRow:
    """A job that waits."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SqlLease:
    """Leadership until `until_us`; `token` grows with every change of leader."""

    token: int
    until_us: int


class SqlJobs:
    """Jobs in the transaction of their cause."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def has_run(self, task: str, period_start: str) -> bool:
        """Whether a task is done for a period."""
        sql = "SELECT 1 FROM scheduled_run WHERE task = ? AND period_start = ?"
        return self._session.one(sql, (task, period_start)) is not None

    def mark_run(self, task: str, period_start: str, at_us: int) -> None:
        """Note that a task is done for a period; noting it twice is once."""
        self._session.execute(_START, (task, period_start, at_us))

    def add(self, *, job_id: str, name: str, payload: str, due_at_us: int, max_attempts: int) -> bool:
        """Add a due job with attempt 0; False, and no change, when the id exists."""
        return self._session.execute(_ADD, (job_id, name, payload, due_at_us, max_attempts)) > 0

    def get(self, job_id: str) -> SqlJobState | None:
        """How a job stands, None where there is none."""
        row = self._session.one(_GET, (job_id,))
        return None if row is None else SqlJobState(*row)


class SqlJobStore:
    """Jobs, leases and the timetable in SQL; every method is one transaction."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    def add(self, *, job_id: str, name: str, payload: str, due_at_us: int, max_attempts: int) -> bool:
        """Add a due job that belongs to no use case's transaction; False when the id exists."""

        def work(store: SqlStore) -> bool:
            return store.jobs.add(
                job_id=job_id, name=name, payload=payload, due_at_us=due_at_us, max_attempts=max_attempts
            )

        return self._database.run_writing(work)

    def claim(self, job_id: str, *, now_us: int, until_us: int) -> SqlJobRow | None:
        """Take the job until `until_us`, or None when there is nothing to take."""

        def work(store: SqlStore) -> SqlJobRow | None:
            row = store.session.one(_CLAIM, (until_us, job_id, now_us, now_us))
            return None if row is None else SqlJobRow(*row)

        return self._database.run_writing(work)

    def extend(self, job_id: str, attempt: int, *, until_us: int) -> bool:
        """Move the end of a claim; False when the job is no longer due under this attempt."""
        sql = f"UPDATE job SET claimed_until_us = ? {_MINE}"
        return self._database.run_writing(lambda store: store.session.execute(sql, (until_us, job_id, attempt)) > 0)

    def finish(self, job_id: str, attempt: int, effects: Callable[[SqlStore], None] | None) -> bool:
        """Mark the job done and apply its effects, in one transaction; False when the claim was lost."""

        def work(store: SqlStore) -> bool:
            if not store.session.execute(_FINISH, (job_id, attempt)):
                return False
            if effects is not None:
                effects(store)
            return True

        return self._database.run_writing(work)

    def fail(self, job_id: str, attempt: int, *, error: str, retry_at_us: int | None) -> bool:
        """Record a failure and free the claim: due again at `retry_at_us`, or dead for None."""
        state = "dead" if retry_at_us is None else "due"
        values = (state, error, state, retry_at_us or 0, job_id, attempt)
        return self._database.run_writing(lambda store: store.session.execute(_FAIL, values) > 0)

    def due(self, *, now_us: int, waited_us: int, limit: int) -> list[SqlDueRow]:
        """Jobs that could be claimed now and have been so for more than `waited_us`; the longest due first."""
        with self._database.reading() as store:
            rows = store.session.all(_DUE, (now_us, now_us, now_us - waited_us, limit))
        return [SqlDueRow(*row) for row in rows]

    def bury(self, *, now_us: int, error: str) -> int:
        """Make dead each due job whose attempts are used up and whose last claim ran out; how many."""
        return self._database.run_writing(lambda store: store.session.execute(_BURY, (error, now_us)))

    def forget_done(self, *, before_us: int, limit: int) -> int:
        """Delete up to `limit` done jobs that fell due before `before_us`; how many."""
        return self._database.run_writing(lambda store: store.session.execute(_FORGET, (before_us, limit)))

    def take_lease(self, name: str, holder: str, *, now_us: int, until_us: int) -> SqlLease | None:
        """Take or renew the lease; None while another holds it."""

        def work(store: SqlStore) -> SqlLease | None:
            row = store.session.one(_TAKE, (name, holder, until_us, now_us, now_us))
            return None if row is None else SqlLease(*row)

        return self._database.run_writing(work)

    def release_lease(self, name: str, holder: str, token: int) -> bool:
        """Give the lease up at once; False when it was another's already."""
        sql = "UPDATE lease SET until_us = 0 WHERE name = ? AND holder = ? AND token = ?"
        return self._database.run_writing(lambda store: store.session.execute(sql, (name, holder, token)) > 0)

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
        """Start a timetable entry's period, once in the world; False for a second start or an outdated leader."""

        def work(store: SqlStore) -> bool:
            lock = f"SELECT token FROM lease WHERE name = ? AND token = ?{store.session.for_update}"
            if store.session.one(lock, (lease, token)) is None:
                return False
            if not store.session.execute(_START, (task, period_start, due_at_us)):
                return False
            return store.jobs.add(
                job_id=job_id, name=task, payload=payload, due_at_us=due_at_us, max_attempts=max_attempts
            )

        return self._database.run_writing(work)
