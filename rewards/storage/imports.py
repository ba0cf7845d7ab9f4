"""How far each file has been read, in the transaction that recorded its rows."""

from __future__ import annotations

from datetime import datetime

from rewards.clock import to_us
from rewards.storage.session import Session

_BEGIN = (
    "INSERT INTO import_run (source, file_hash, rows_done, rows_added, rows_rejected, state, started_us, updated_us) "
    "VALUES (?, ?, 0, 0, 0, 'running', ?, ?) "
    "ON CONFLICT (source, file_hash) DO UPDATE SET updated_us = excluded.updated_us RETURNING rows_done"
)
_ADVANCE = (
    "UPDATE import_run SET rows_done = ?, rows_added = rows_added + ?, rows_rejected = rows_rejected + ?, "
    "updated_us = ? WHERE source = ? AND file_hash = ?"
)


class SqlImports:
    """How far each file has been read."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def begin(self, source: str, file_hash: str, at: datetime) -> int:
        """Open (or open again) the import of a file; returns the number of the last row recorded, 0 at first."""
        row = self._session.one(_BEGIN, (source, file_hash, to_us(at), to_us(at)))
        return 0 if row is None else row[0]

    def restart(self, source: str, file_hash: str, at: datetime) -> None:
        """Read a file from its first row again; nothing where its import was never begun."""
        sql = (
            "UPDATE import_run SET rows_done = 0, state = 'running', updated_us = ? WHERE source = ? AND file_hash = ?"
        )
        self._session.run(sql, (to_us(at), source, file_hash))

    def is_done(self, source: str, file_hash: str) -> bool:
        """Whether the whole file is recorded."""
        sql = "SELECT 1 FROM import_run WHERE source = ? AND file_hash = ? AND state = 'done'"
        return self._session.one(sql, (source, file_hash)) is not None

    def advance(self, source: str, file_hash: str, row: int, added: int, rejected: int, at: datetime) -> None:
        """Rows up to `row` are recorded; `added` and `rejected` are added to the counts."""
        if not self._session.execute(_ADVANCE, (row, added, rejected, to_us(at), source, file_hash)):
            raise LookupError(f"the import of {file_hash} by {source} was never begun")

    def finish(self, source: str, file_hash: str, at: datetime) -> None:
        """The whole file is recorded; a later `begin` still returns its last row."""
        self._session.run(
            "UPDATE import_run SET state = 'done', updated_us = ? WHERE source = ? AND file_hash = ?",
            (to_us(at), source, file_hash),
        )
