"""API keys: only the SHA-256 of a key is here, so a stolen database opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rewards.clock import from_us, to_us
from rewards.errors import ALREADY_EXISTS, RewardsError
from rewards.storage.rows import from_json, maybe_instant, to_json
from rewards.storage.session import Row, Session

_COLUMNS = "id, name, scopes, properties, created_us, revoked_us, role"


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as stored; no `properties` means all of them, `revoked_at` None that it is valid.

    `role` is what the person or system that has it is in the house, such as supervisor.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    properties: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None
    role: str | None = None


def _make(row: Row) -> KeyRow:
    scopes, properties = tuple(from_json(row[2])), tuple(from_json(row[3]))
    return KeyRow(row[0], row[1], scopes, properties, from_us(row[4]), maybe_instant(row[5]), row[6])


class SqlKeys:
    """API keys by their hash."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def find(self, key_hash: bytes) -> KeyRow | None:
        """The valid key with this SHA-256 (32 bytes), None for one that is unknown or revoked."""
        sql = f"SELECT {_COLUMNS} FROM api_key WHERE hash = ? AND revoked_us IS NULL"
        row = self._session.one(sql, (key_hash,))
        return None if row is None else _make(row)

    def add(
        self,
        key_id: str,
        key_hash: bytes,
        name: str,
        scopes: Sequence[str],
        properties: Sequence[str],
        at: datetime,
        role: str | None = None,
    ) -> None:
        """Add a key; `already_exists` where its id or hash is there."""
        values = (key_id, key_hash, name, to_json(list(scopes)), to_json(list(properties)), to_us(at), role)
        sql = (
            "INSERT INTO api_key (id, hash, name, scopes, properties, created_us, role) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING"
        )
        if not self._session.execute(sql, values):
            raise RewardsError(ALREADY_EXISTS, f"There is a key {key_id} already.")

    def revoke(self, key_id: str, at: datetime) -> bool:
        """Revoke a key; False when it is unknown or revoked already."""
        sql = "UPDATE api_key SET revoked_us = ? WHERE id = ? AND revoked_us IS NULL"
        return self._session.execute(sql, (to_us(at), key_id)) > 0

    def all(self) -> list[KeyRow]:
        """Every key, revoked ones too, oldest first."""
        return [_make(row) for row in self._session.all(f"SELECT {_COLUMNS} FROM api_key ORDER BY created_us, id")]
