"""Events for the hotel's systems, in the transaction of their cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rewards.clock import to_us
from rewards.ids import new_id
from rewards.storage.session import Session


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """An event: its number, id, topic, guest (or None), JSON payload and instant (microseconds since 1970 UTC)."""

    seq: int
    id: str
    topic: str
    guest: str | None
    payload: str
    created_us: int


class SqlOutbox:
    """Events that wait to be sent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, topic: str, guest: str | None, payload: str, at: datetime) -> None:
        """Append an event; `payload` is JSON."""
        self._session.run(
            "INSERT INTO outbox (id, topic, guest, payload, created_us) VALUES (?, ?, ?, ?, ?)",
            (new_id("evt"), topic, guest, payload, to_us(at)),
        )

    def newest(self) -> int:
        """The number of the newest event, 0 where there is none."""
        row = self._session.one("SELECT COALESCE(MAX(seq), 0) FROM outbox")
        return int(row[0]) if row else 0

    def after(self, seq: int, topics: Sequence[str], limit: int) -> list[OutboxRow]:
        """Events of some topics after a number, in order."""
        if not topics:
            return []
        sql = (
            "SELECT seq, id, topic, guest, payload, created_us FROM outbox WHERE seq > ? "
            f"AND topic IN ({','.join('?' * len(topics))}) ORDER BY seq LIMIT ?"
        )
        return [OutboxRow(*row) for row in self._session.all(sql, (seq, *topics, limit))]

    def get(self, seq: int) -> OutboxRow | None:
        """The event of a number."""
        row = self._session.one("SELECT seq, id, topic, guest, payload, created_us FROM outbox WHERE seq = ?", (seq,))
        return None if row is None else OutboxRow(*row)
