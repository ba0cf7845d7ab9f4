"""SQLite: one file, one writer at a time, readers beside it.

The newest SQLite there is comes with `pysqlite3`; elsewhere the standard module serves. All commits, and with them all
checkpoints, happen in the writer's turn, so no two connections ever checkpoint and write at the same instant (the
corruption that SQLite repaired in 3.51.3 needs that). Reading connections cannot write.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool, QueuePool

from rewards.clock import Clock
from rewards.errors import SETTING_INVALID, RewardsError
from rewards.storage.backend import WAIT_S, busy, down, unwrapped
from rewards.storage.session import Row, Session, Value
from rewards.storage.store import SqlStore
from rewards.storage.turn import WriterTurn

MIGRATION_WAIT_S = 120.0

_PRAGMAS = (
    "journal_mode = WAL",
    f"busy_timeout = {int(WAIT_S * 1000)}",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    # Without it a REPLACE would delete rows past the triggers that forbid it.
    "recursive_triggers = ON",
    "temp_store = MEMORY",
    "cache_size = -8192",
    "journal_size_limit = 67108864",
)
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED")
_DOWN = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_NOTADB")


def driver() -> ModuleType:
    """`pysqlite3` where there is one, else the standard library's `sqlite3`."""
    try:
        return importlib.import_module("pysqlite3")
    except ImportError:
        return sqlite3


class SqliteSession(Session):
    """Statements on a `sqlite3` connection, which keeps them prepared."""

    dialect = "sqlite"
    for_update = ""

    def __init__(self, clock: Clock, connection: Any) -> None:
        super().__init__(clock)
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Value] = ()) -> int:
        changed: int = self._connection.execute(sql, values).rowcount
        return changed

    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        self._connection.execute(sql, values)

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        rows: list[Row] = self._connection.execute(sql, values).fetchall()
        return rows

    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        self._connection.executemany(sql, rows)

    def begin(self, *, write: bool) -> None:
        self._connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


class SqliteBackend:
    """Connections to one SQLite file, and the turn of its writers."""

    dialect = "sqlite"

    def __init__(self, url: URL, clock: Clock, synchronous: str) -> None:
        if not url.database or url.database == ":memory:":
            raise RewardsError(
                SETTING_INVALID,
                f"“{url}” names no file.",
                hint="Write sqlite:///path/to/rewards.db; several processes share it.",
                field="database_url",
            )
        self._path = Path(url.database)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._url, self._clock, self._synchronous = url, clock, synchronous
        self._driver = driver()
        self._turn = WriterTurn(Path(f"{self._path}-turn"))
        self._abandoned: list[Engine] = []
        self._open()

    def _open(self) -> None:
        self._writers = self._engine(f"synchronous = {self._synchronous}")
        self._readers = self._engine("query_only = ON")

    def _engine(self, *pragmas: str, pooled: bool = True) -> Engine:
        kept: dict[str, Any] = {"pool_size": 8, "max_overflow": 56, "pool_timeout": WAIT_S, "pool_use_lifo": True}
        engine = create_engine(
            self._url,
            module=self._driver,
            poolclass=QueuePool if pooled else NullPool,
            pool_reset_on_return=None,
            connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 512},
            **(kept if pooled else {}),
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, record: Any) -> None:
            for pragma in (*_PRAGMAS, *pragmas):
                connection.execute(f"PRAGMA {pragma}")
            record.info["store"] = SqlStore(SqliteSession(self._clock, connection))

        return engine

    @contextmanager
    def lease(self, *, write: bool) -> Iterator[SqlStore]:
        """A store on a pooled connection."""
        connection = (self._writers if write else self._readers).raw_connection()
        try:
            store: SqlStore = connection.info["store"]
            yield store
        finally:
            connection.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The writer's turn."""
        with self._taken(WAIT_S):
            yield

    @contextmanager
    def _taken(self, wait_s: float) -> Iterator[None]:
        if not self._turn.take(wait_s):
            raise busy(f"Others have been writing for {wait_s:g} seconds; this transaction's turn did not come.")
        try:
            yield
        finally:
            self._turn.give()

    def engine(self) -> Engine:
        """An engine for migrations: tables are copied, so foreign keys wait until the end."""
        return self._engine(f"synchronous = {self._synchronous}", "foreign_keys = OFF", pooled=False)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """The writer's turn, waited for as long as another process's migration may take."""
        with self._taken(MIGRATION_WAIT_S):
            yield

    def refusal(self, error: BaseException, *, write: bool) -> RewardsError | None:
        """Locked: `database_busy`; a full, broken or unreadable file: `database_down`."""
        cause = unwrapped(error)
        if isinstance(cause, RewardsError):
            return cause
        if not isinstance(cause, self._driver.Error):
            return None
        name: str = getattr(cause, "sqlite_errorname", "")
        if name.startswith(_BUSY):
            return busy(f"SQLite: {cause}.")
        meant = name.startswith(_DOWN) and (write or name != "SQLITE_READONLY")
        return down(f"SQLite ({name}): {cause}.") if meant else None

    def close(self) -> None:
        """Close every connection and the lock file."""
        self._writers.dispose()
        self._readers.dispose()
        self._turn.close()

    def after_fork(self) -> None:
        """Keep the parent's connections unused and unclosed: a child that closes one can damage the file."""
        self._abandoned += [self._writers, self._readers]
        self._turn.after_fork()
        self._open()
