"""Transactions: the one place where they begin, commit and roll back.

`open_database` gives the same `SqlDatabase` for SQLite and PostgreSQL. A transaction that writes commits on a clean
exit and leaves nothing on an exception; it is acknowledged only after COMMIT has returned.
"""

from __future__ import annotations

import os
import random
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from rewards import failpoints
from rewards.clock import Clock, SystemClock
from rewards.errors import SETTING_INVALID, RewardsError
from rewards.storage import migrate
from rewards.storage.backend import Backend
from rewards.storage.lost_race import LostRace
from rewards.storage.postgres import PostgresBackend
from rewards.storage.sqlite import SqliteBackend
from rewards.storage.store import SqlStore

T = TypeVar("T")

TRIES = 5
_FIRST_PAUSE_S = 0.01


class SqlDatabase:
    """A database of either kind; usable by several threads at once.

    `url` is its address without a password, `dialect` is `sqlite` or `postgresql`.
    """

    def __init__(self, backend: Backend, url: str) -> None:
        self._backend = backend
        self.url = url
        self.dialect = backend.dialect
        _opened.add(self)

    @contextmanager
    def reading(self) -> Iterator[SqlStore]:
        """A consistent snapshot that writes nothing.

        Errors: `database_busy`, `database_down`.
        """
        with self._refusing(write=False), self._backend.lease(write=False) as store:
            store.session.begin(write=False)
            try:
                yield store
                store.session.commit()
            except BaseException:
                store.session.rollback()
                raise

    @contextmanager
    def writing(self) -> Iterator[SqlStore]:
        """A transaction that commits on a clean exit and leaves nothing on an exception.

        SQLite: the writer's turn, then BEGIN IMMEDIATE. PostgreSQL: READ COMMITTED, so callers lock what they decide
        on. Errors: `database_busy` after 3 seconds (PostgreSQL: after 2 for a lock), `database_down`.
        """
        with self._refusing():
            with self._backend.lease(write=True) as store, self._backend.turn():
                store.session.begin(write=True)
                try:
                    failpoints.hit("after_begin")
                    yield store
                    failpoints.hit("before_commit")
                    store.session.commit()
                except BaseException:
                    store.session.rollback()
                    raise
            failpoints.hit("after_commit")

    def run_writing(self, work: Callable[[SqlStore], T]) -> T:
        """Run `work` in a transaction and return what it returns; up to 5 tries where the database asks for another.

        `work` may run more than once, each time on a state in which its earlier tries left nothing.
        """
        for attempt in range(1, TRIES):
            try:
                return self._run_once(work)
            except LostRace:
                # Jitter, or two transactions that met in a deadlock would meet again.
                threading.Event().wait(random.uniform(0, _FIRST_PAUSE_S * 2**attempt))
        return self._run_once(work)

    def _run_once(self, work: Callable[[SqlStore], T]) -> T:
        with self.writing() as store:
            return work(store)

    @contextmanager
    def _refusing(self, *, write: bool = True) -> Iterator[None]:
        try:
            yield
        except RewardsError:
            raise
        except Exception as error:
            refusal = self._backend.refusal(error, write=write)
            if refusal is None:
                raise
            raise refusal from error

    def migrate(self) -> None:
        """Bring the tables to the newest revision; of several processes one migrates and the others wait."""
        with self._refusing():
            migrate.upgrade(self._backend)

    def revision(self) -> str | None:
        """The revision of the tables, None before the first migration."""
        with self._refusing():
            return migrate.current(self._backend)

    def is_current(self) -> bool:
        """Whether the tables are at the newest revision."""
        return self.revision() == migrate.newest()

    def backup(self, file: Path) -> None:
        """Copy a SQLite database while it is in use, compacted, into a new file; nobody's turn to write is taken."""
        # Reading connections refuse the statement, though it reads: it writes, to another file.
        with self._refusing(), self._backend.lease(write=True) as store:
            store.session.run("VACUUM INTO ?", (str(file),))

    def close(self) -> None:
        """Close every connection."""
        _opened.discard(self)
        self._backend.close()

    def after_fork(self) -> None:
        """Called in every forked child: the parent's connections are not ours to use."""
        self._backend.after_fork()


_opened: weakref.WeakSet[SqlDatabase] = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for database in list(_opened):
        database.after_fork()


os.register_at_fork(after_in_child=_after_fork_in_child)


def open_database(url: str, *, synchronous: str = "FULL", clock: Clock | None = None) -> SqlDatabase:
    """Open a database; connects when it is first used, and makes no table: `migrate` does.

    `url` is `sqlite:///path` or `postgresql://…`. `synchronous` (SQLite) is FULL, or NORMAL, which a killed process
    survives and a power cut may not. `clock` (default: the machine's) dates rows whose instant the caller does not say.
    Errors: `setting_invalid` for an address of another kind.
    """
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
    except ArgumentError as error:
        raise _unusable("It is not an address.") from error
    if synchronous not in ("FULL", "NORMAL"):
        raise RewardsError(SETTING_INVALID, f"synchronous is “{synchronous}”.", hint="FULL or NORMAL.")
    used = clock or SystemClock()
    shown = parsed.render_as_string(hide_password=True)
    if kind == "sqlite":
        return SqlDatabase(SqliteBackend(parsed, used, synchronous), shown)
    if kind == "postgresql":
        return SqlDatabase(PostgresBackend(parsed, used), shown)
    raise _unusable(f"“{kind}” is no kind of database that is used here.")


def _unusable(message: str) -> RewardsError:
    hint = "Write sqlite:///path/to/rewards.db or postgresql://user@host/name."
    return RewardsError(SETTING_INVALID, message, hint=hint, field="database_url")
