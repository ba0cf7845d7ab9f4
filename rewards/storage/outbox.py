"""Events for the hotel's systems, in the transaction of their cause."""

from __future__ import annotations

from datetime import datetime

from rewards.clock import to_us
from rewards.ids import new_id
from rewards.storage.session import Session


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
