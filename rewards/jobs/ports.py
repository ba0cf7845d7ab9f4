"""What the jobs need of storage: small Protocols, so that nothing here knows a database.

Storage lies below and cannot import this file; it satisfies these shapes structurally, with primitive arguments and
rows of its own. Instants are integer microseconds since 1970 UTC (`…_us`). Every method is one transaction of its own
and may be called from several threads and processes at once. `tests/jobs/job_store_contract.py` is the suite that each
store must pass.

The rows, as the store keeps them:

    job(id TEXT PK, name TEXT, payload TEXT (JSON), state TEXT due|done|dead, due_us INT, claimed_until_us INT NULL,
        attempt INT, max_attempts INT, last_error TEXT NULL)
    lease(name TEXT PK, holder TEXT, token BIGINT, until_us BIGINT)
    scheduled_run(task TEXT, period_start TEXT, started_us INT, PK(task, period_start)); `started_us` is `due_at_us`
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

U_co = TypeVar("U_co", covariant=True)
"""The store's unit of work: what the effects of a job write through."""


class JobRow(Protocol):
    """A claimed job. `attempt` counts from 1 and is the claim's proof: only its holder may finish, fail or extend."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str:
        """Name of the task, looked up in the table of tasks; never a path that is imported."""
        ...

    @property
    def payload(self) -> str:
        """A JSON object as text, written by the use case that added the job."""
        ...

    @property
    def attempt(self) -> int: ...

    @property
    def max_attempts(self) -> int: ...


class DueRow(Protocol):
    """A job that waits: enough to offer it to the right queue."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


class Lease(Protocol):
    """Leadership for a while. `token` grows with every change of leader (a fencing token); `until_us` is its end."""

    @property
    def token(self) -> int: ...

    @property
    def until_us(self) -> int: ...


class JobStore(Protocol[U_co]):
    """Jobs, leases and the timetable in SQL: the truth that queues only accelerate."""

    def add(self, *, job_id: str, name: str, payload: str, due_at_us: int, max_attempts: int) -> bool:
        """Adds a due job with attempt 0; False, and no change, when the id exists. (Use cases add theirs in their own
        transaction; this is for jobs that belong to none.)"""
        ...

    def claim(self, job_id: str, *, now_us: int, until_us: int) -> JobRow | None:
        """Takes the job, or None when there is nothing to take.

        One statement: `UPDATE job SET claimed_until_us = until, attempt = attempt + 1 WHERE id = ? AND state = 'due'
        AND due_us <= now AND attempt < max_attempts AND (claimed_until_us IS NULL OR claimed_until_us < now)
        RETURNING …`.
        Of several callers at once exactly one gets the row.
        """
        ...

    def extend(self, job_id: str, attempt: int, *, until_us: int) -> bool:
        """Moves the end of a claim; False when the job is no longer due under this attempt."""
        ...

    def finish(self, job_id: str, attempt: int, effects: Callable[[U_co], None] | None) -> bool:
        """Marks the job done and applies its effects, in one transaction.

        First `UPDATE … SET state = 'done', claimed_until_us = NULL WHERE id = ? AND attempt = ? AND state = 'due'`;
        when that touches no row: False, and the effects are not called. Then `effects(unit)`; what it raises rolls all
        back and leaves through here.
        """
        ...

    def fail(self, job_id: str, attempt: int, *, error: str, retry_at_us: int | None) -> bool:
        """Records a failure and frees the claim: due again at `retry_at_us`, or dead for None. False when the job is
        no longer due under this attempt."""
        ...

    def due(self, *, now_us: int, waited_us: int, limit: int) -> Sequence[DueRow]:
        """Jobs that could be claimed now and have been so for more than `waited_us`; the longest due first.

        A job waits since it fell due or since its last claim ran out, whichever is later; a job whose attempts are
        used up is not listed.
        """
        ...

    def bury(self, *, now_us: int, error: str) -> int:
        """Makes dead each due job whose attempts are used up and whose last claim ran out (its process was killed
        each time), with `error` where `last_error` is empty; how many."""
        ...

    def forget_done(self, *, before_us: int, limit: int) -> int:
        """Deletes up to `limit` done jobs that fell due before `before_us`; how many. Dead jobs stay."""
        ...

    def take_lease(self, name: str, holder: str, *, now_us: int, until_us: int) -> Lease | None:
        """Takes or renews the lease; None while another holds it.

        Free (no row, or `until_us < now`): the caller gets it with `token + 1`. Held by `holder`: `until_us` moves and
        the token stays. One statement or one transaction; of several callers exactly one gets it.
        """
        ...

    def release_lease(self, name: str, holder: str, token: int) -> bool:
        """Gives the lease up at once (`until_us = 0`; row and token stay); False when it was another's already."""
        ...

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
        """Starts a timetable entry's period, once in the world: one transaction that inserts `scheduled_run` and a
        due job called `task`. False, and no change, when that period has been started or when `token` is no longer the
        token of lease `lease` (a leader that slept past its lease)."""
        ...


class HoldKeeper(Protocol):
    """The ledger's part that lets holds lapse."""

    def expire_holds(self, now_us: int, limit: int) -> int:
        """Resolves up to `limit` holds whose time is over, oldest first; how many. A hold resolves at most once, so
        two sweepers do no harm."""
        ...
