"""Who changed what: a trail that only grows."""

from __future__ import annotations

from datetime import datetime

from rewards.clock import from_us, to_us
from rewards.ledger.ports import AuditLine
from rewards.storage.session import Session


class SqlAudit:
    """Who changed what."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, actor: str, action: str, obj: str, before: str | None, after: str | None, at: datetime) -> None:
        """Append a line; `before` and `after` are JSON."""
        self._session.run(
            "INSERT INTO audit (at_us, actor, action, object, before, after) VALUES (?, ?, ?, ?, ?, ?)",
            (to_us(at), actor, action, obj, before, after),
        )

    def page(self, after_seq: int, limit: int) -> list[AuditLine]:
        """Lines after a sequence number, in order."""
        sql = "SELECT seq, at_us, actor, action, object, before, after FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
        return [AuditLine(row[0], from_us(row[1]), *row[2:]) for row in self._session.all(sql, (after_seq, limit))]
