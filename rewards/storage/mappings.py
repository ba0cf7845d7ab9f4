"""Saved mappings of files, by source and name."""

from __future__ import annotations

from datetime import datetime

from rewards.clock import from_us, to_us
from rewards.intake.mappings import Saved
from rewards.storage.session import Row, Session

_COLUMNS = "source, name, document, saved_us, saved_by"
_PUT = (
    f"INSERT INTO file_mapping ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (source, name) DO UPDATE SET document = excluded.document, saved_us = excluded.saved_us, "
    "saved_by = excluded.saved_by"
)


class SqlMappings:
    """Saved mappings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, saved: Saved) -> None:
        """Save a mapping; the one of this name is replaced."""
        values = (saved.source, saved.name, saved.document, to_us(saved.saved_at), saved.saved_by)
        self._session.run(_PUT, values)

    def get(self, source: str, name: str) -> Saved | None:
        """The mapping of a name."""
        row = self._session.one(f"SELECT {_COLUMNS} FROM file_mapping WHERE source = ? AND name = ?", (source, name))
        return None if row is None else _saved(row)

    def all(self, source: str) -> list[Saved]:
        """Every mapping of a source, by name."""
        sql = f"SELECT {_COLUMNS} FROM file_mapping WHERE source = ? ORDER BY name"
        return [_saved(row) for row in self._session.all(sql, (source,))]

    def remove(self, source: str, name: str) -> bool:
        """Forget a mapping; False where there is none."""
        return self._session.execute("DELETE FROM file_mapping WHERE source = ? AND name = ?", (source, name)) == 1


def _saved(row: Row) -> Saved:
    source, name, document, saved_us, saved_by = row
    at: datetime = from_us(saved_us)
    return Saved(source, name, document, at, saved_by)
