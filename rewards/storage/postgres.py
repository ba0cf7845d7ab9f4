"""PostgreSQL: many writers at once, so callers lock what they decide on.

A transaction runs in psycopg's pipeline: a statement is sent at once and waited for only where its answer is read, so
BEGIN travels with the first question and everything that only writes travels with COMMIT. What such a statement meets
shows at the next answer or at the end; COMMIT is then never done, and its own answer is checked besides.
"""

from __future__ import annotations

import contextlib
import select
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, PoolProxiedConnection, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from rewards.clock import Clock
from rewards.errors import DATABASE_BUSY, RewardsError
from rewards.storage.backend import WAIT_S, busy, down, unwrapped
from rewards.storage.lost_race import LostRace
from rewards.storage.session import Row, Session, Value
from rewards.storage.store import SqlStore

LOCK_S = 2
STATEMENT_S = 10

_SETTINGS = (
    f"SET lock_timeout = '{LOCK_S}s'",
    f"SET statement_timeout = '{STATEMENT_S}s'",
    f"SET idle_in_transaction_session_timeout = '{STATEMENT_S}s'",
)
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
_PREPARED = 512

_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected)
_BUSY = (errors.LockNotAvailable, errors.QueryCanceled, errors.TooManyConnections)
_DOWN = (
    errors.OperationalError,
    errors.IdleInTransactionSessionTimeout,
    errors.DiskFull,
)


class _Integer(Dumper):
    """Integers as text of no stated type, as strings and NULL go, so that a statement is prepared once.

    With a type a NULL would need another prepared statement than a number at each place.
    """

    oid = 0

    def dump(self, obj: int) -> Buffer | None:
        return b"%d" % obj


@lru_cache(maxsize=2048)
def numbered(sql: str) -> bytes:
    """A statement with `$1`, `$2` … for each `?`."""
    first, *rest = sql.split("?")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(rest, 1))]).encode()


class PostgresSession(Session):
    """Statements on a psycopg connection in pipeline mode; each is prepared at its first use."""

    dialect = "postgresql"
    for_update = " FOR UPDATE"

    def __init__(self, clock: Clock, connection: psycopg.Connection[Any]) -> None:
        super().__init__(clock)
        self._connection = connection
        self._pipeline: AbstractContextManager[psycopg.Pipeline] | None = None

    def _send(self, sql: str, values: Sequence[Value]) -> psycopg.Cursor[Any]:
        return self._connection.execute(numbered(sql), values, binary=True)

    def execute(self, sql: str, values: Sequence[Value] = ()) -> int:
        # In a pipeline only rows can be waited for, so each changed row says that it was.
        return len(self._send(f"{sql} RETURNING 1", values).fetchall())

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        self._send(sql, values)

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        row: Row | None = self._send(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        return self._send(sql, values).fetchall()

    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        for row in rows:
            self._send(sql, row)

    def begin(self, *, write: bool) -> None:
        self._pipeline = self._connection.pipeline()
        self._pipeline.__enter__()
        self._connection.execute(_WRITE if write else _READ)

    def commit(self) -> None:
        done = self._connection.execute("COMMIT")
        self._leave()
        if done.statusmessage != "COMMIT":
            raise RuntimeError(f"COMMIT was answered by {done.statusmessage}: an earlier error was passed over")

    def _leave(self) -> None:
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            pipeline.__exit__(None, None, None)

    def rollback(self) -> None:
        # The error that brought us here is the one that is told; these only repeat it.
        with contextlib.suppress(psycopg.Error):
            self._leave()
        if self._connection.closed or self._connection.info.transaction_status == TransactionStatus.IDLE:
            return
        try:
            self._connection.execute("ROLLBACK")
        except psycopg.Error:
            self._connection.close()


class PostgresBackend:
    """A pool of connections to one PostgreSQL database."""

    dialect = "postgresql"

    def __init__(self, url: URL, clock: Clock) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        self._clock = clock
        self._abandoned: list[Engine] = []
        self._open()

    def _open(self) -> None:
        self._engine = create_engine(
            self._url,
            pool_size=8,
            max_overflow=56,
            pool_timeout=WAIT_S,
            pool_use_lifo=True,
            pool_reset_on_return=None,
            connect_args={"autocommit": True, "prepare_threshold": 0, **self._arguments()},
        )

        @event.listens_for(self._engine, "connect")
        def prepare(connection: Any, record: Any) -> None:
            record.info["store"] = SqlStore(PostgresSession(self._clock, prepared(connection)))

    def _arguments(self) -> dict[str, Any]:
        return {"client_encoding": "utf8", "connect_timeout": int(WAIT_S)}

    @contextmanager
    def lease(self, *, write: bool) -> Iterator[SqlStore]:
        """A store on a pooled connection that is alive."""
        connection = self._engine.raw_connection()
        while not _alive(connection):
            connection.invalidate()
            connection = self._engine.raw_connection()
        try:
            store: SqlStore = connection.info["store"]
            yield store
        finally:
            if _raw(connection).closed:
                connection.invalidate()
            else:
                connection.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Writers need no turn here."""
        yield

    def engine(self) -> Engine:
        """An engine for migrations."""
        return create_engine(self._url, poolclass=NullPool, connect_args=self._arguments())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Migrations wait for each other on a lock inside their transaction."""
        yield

    def refusal(self, error: BaseException, *, write: bool) -> RewardsError | None:
        """A deadlock: another try; a lock not had in time: `database_busy`; no server: `database_down`."""
        cause = unwrapped(error)
        if isinstance(cause, RewardsError):
            return cause
        if isinstance(cause, _AGAIN):
            return LostRace(DATABASE_BUSY, f"PostgreSQL: {_said(cause)}", retry_after_s=1)
        if isinstance(cause, _BUSY):
            return busy(f"PostgreSQL: {_said(cause)}")
        meant = isinstance(cause, _DOWN) or (write and isinstance(cause, errors.ReadOnlySqlTransaction))
        return down(f"PostgreSQL: {_said(cause)}") if meant else None

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def after_fork(self) -> None:
        """Keep the parent's connections unused and unclosed: closing one would end the parent's session."""
        self._abandoned.append(self._engine)
        self._open()


def prepared(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A new connection with our time limits and ways of passing values."""
    for setting in _SETTINGS:
        connection.execute(setting)
    connection.cursor_factory = psycopg.RawCursor
    connection.prepared_max = _PREPARED
    connection.adapters.register_dumper(int, _Integer)
    return connection


def _raw(connection: PoolProxiedConnection) -> psycopg.Connection[Any]:
    raw: psycopg.Connection[Any] = connection.driver_connection  # type: ignore[assignment]
    return raw


def _alive(connection: PoolProxiedConnection) -> bool:
    """Whether an idle connection still has its server: one that has something to say unasked is asked."""
    raw = _raw(connection)
    if raw.closed:
        return False
    socket = select.poll()
    socket.register(raw.fileno(), select.POLLIN)
    if not socket.poll(0):
        return True
    try:
        raw.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _said(error: BaseException) -> str:
    """The first line of what the server said, as a sentence."""
    return f"{str(error).partition(chr(10))[0].rstrip('.')}."
