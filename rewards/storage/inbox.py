"""What sources were told and has to be worked on: a row a notice, stored before it was acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rewards.storage.session import Row, Session

_COLUMNS = "seq, connection, key, kind, entity, payload, state, received_us, due_us, attempt, note"
_FREE = "(claimed_until_us IS NULL OR claimed_until_us < ?)"
_MINE = "seq = ? AND attempt = ? AND state = 'due'"


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to store: `payload` JSON, `digest` the SHA-256 of what it says."""

    key: str
    kind: str
    entity: str
    payload: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A stored notice. `attempt` counts from 1 when it is claimed, and is the claim's proof."""

    seq: int
    connection: str
    key: str
    kind: str
    entity: str
    payload: str | None
    state: str
    received_us: int
    due_us: int
    attempt: int
    note: str | None


@dataclass(frozen=True, slots=True)
class InboxState:
    """How a connection's inbox stands: notices due and dead, and since when the oldest due one is there (or None)."""

    due: int
    dead: int
    oldest_us: int | None


def _make(row: Row) -> InboxRow:
    return InboxRow(*row)


class SqlInbox:
    """The inbox of every connection."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, connection: str, notices: Sequence[NewNotice], at_us: int) -> tuple[int, list[str]]:
        """Store notices; how many were new, and the keys that came with other content than the first time."""
        head = "INSERT INTO inbox (connection, key, kind, entity, payload, hash, state, received_us, due_us, attempt)"
        rows = [
            (connection, one.key, one.kind, one.entity, one.payload, one.digest, "due", at_us, at_us, 0)
            for one in notices
        ]
        new = {row[0] for row in self._session.insert_new(head, "ON CONFLICT DO NOTHING RETURNING key", rows)}
        return len(new), self._changed(connection, [one for one in notices if one.key not in new])

    def _changed(self, connection: str, known: Sequence[NewNotice]) -> list[str]:
        if not known:
            return []
        sql = "SELECT key, hash FROM inbox WHERE connection = ? AND key IN ({keys})"
        stored = {row[0]: bytes(row[1]) for row in self._session.all_in(sql, [one.key for one in known], [connection])}
        return [one.key for one in known if stored.get(one.key) != one.digest]

    def waiting(self, now_us: int) -> list[str]:
        """Connections with a notice that can be worked on now."""
        sql = f"SELECT DISTINCT connection FROM inbox WHERE state = 'due' AND due_us <= ? AND {_FREE}"
        return sorted(row[0] for row in self._session.all(sql, (now_us, now_us)))

    def claim(self, connection: str, now_us: int, until_us: int, limit: int) -> list[InboxRow]:
        """Take up to `limit` notices of a connection until an instant, the oldest first."""
        skip = f"{self._session.for_update} SKIP LOCKED" if self._session.for_update else ""
        sql = (
            "UPDATE inbox SET claimed_until_us = ?, attempt = attempt + 1 WHERE seq IN (SELECT seq FROM inbox "
            f"WHERE connection = ? AND state = 'due' AND due_us <= ? AND {_FREE} ORDER BY seq LIMIT ?{skip}) "
            f"RETURNING {_COLUMNS}"
        )
        rows = self._session.all(sql, (until_us, connection, now_us, now_us, limit))
        return sorted((_make(row) for row in rows), key=lambda row: row.seq)

    def is_mine(self, row: InboxRow) -> bool:
        """Whether a claim still stands; the row is held until this transaction ends."""
        sql = f"SELECT 1 FROM inbox WHERE {_MINE}{self._session.for_update}"
        return self._session.one(sql, (row.seq, row.attempt)) is not None

    def settle(self, row: InboxRow, state: str, note: str | None) -> bool:
        """End a notice (`done`, `skipped`, `dead`); False where another took it over. Only dead ones keep a payload."""
        keep = "payload" if state == "dead" else "NULL"
        sql = f"UPDATE inbox SET state = ?, note = ?, claimed_until_us = NULL, payload = {keep} WHERE {_MINE}"
        return self._session.execute(sql, (state, note, row.seq, row.attempt)) > 0

    def postpone(self, row: InboxRow, due_us: int, note: str | None, *, counted: bool) -> bool:
        """Let go of a notice until an instant; False where another took it over. `counted`: the attempt was one."""
        sql = f"UPDATE inbox SET due_us = ?, note = ?, claimed_until_us = NULL, attempt = attempt - ? WHERE {_MINE}"
        return self._session.execute(sql, (due_us, note, int(not counted), row.seq, row.attempt)) > 0

    def retry(self, connection: str, now_us: int) -> int:
        """Make a connection's dead notices due again, as if for the first time; how many."""
        sql = (
            "UPDATE inbox SET state = 'due', due_us = ?, attempt = 0, claimed_until_us = NULL, received_us = ? "
            "WHERE connection = ? AND state = 'dead'"
        )
        return self._session.execute(sql, (now_us, now_us, connection))

    def page(self, connection: str, state: str | None, after: int, limit: int) -> list[InboxRow]:
        """Notices of a connection by number after `after`, of a state or of all."""
        where, values = ("AND state = ? ", [state]) if state else ("", [])
        sql = f"SELECT {_COLUMNS} FROM inbox WHERE connection = ? {where}AND seq > ? ORDER BY seq LIMIT ?"
        return [_make(row) for row in self._session.all(sql, [connection, *values, after, limit])]

    def states(self) -> dict[str, InboxState]:
        """How the inbox of each connection stands; none for one without notices that are due or dead."""
        sql = (
            "SELECT connection, SUM(CASE WHEN state = 'due' THEN 1 ELSE 0 END), "
            "SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), MIN(CASE WHEN state = 'due' THEN received_us END) "
            "FROM inbox WHERE state IN ('due', 'dead') GROUP BY connection"
        )
        return {row[0]: InboxState(int(row[1]), int(row[2]), row[3]) for row in self._session.all(sql)}
