"""Replies kept under the caller's key, in the transaction of their effect."""

from __future__ import annotations

from datetime import datetime

from rewards import failpoints
from rewards.clock import to_us
from rewards.ledger.ports import StoredReply
from rewards.storage.session import Session

_RECALL = "SELECT fingerprint, status, body, headers FROM idempotency WHERE scope = ? AND key = ?"
# A second transaction with the same key waits here until the first has ended.
_REMEMBER = (
    "INSERT INTO idempotency (scope, key, fingerprint, status, body, headers, created_us) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (scope, key) DO NOTHING"
)
_FORGET = (
    "DELETE FROM idempotency WHERE (scope, key) IN "
    "(SELECT scope, key FROM idempotency WHERE created_us < ? ORDER BY created_us LIMIT ?)"
)


class SqlIdempotency:
    """Replies kept under the caller's key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def recall(self, scope: str, key: str) -> StoredReply | None:
        """The reply stored under a key."""
        row = self._session.one(_RECALL, (scope, key))
        return None if row is None else StoredReply(row[0], row[1], row[2], row[3])

    def remember(self, scope: str, key: str, reply: StoredReply, at: datetime) -> bool:
        """Store a reply; False when another transaction stored one first."""
        values = (scope, key, reply.fingerprint, reply.status, reply.body, reply.headers, to_us(at))
        stored = self._session.execute(_REMEMBER, values) > 0
        failpoints.hit("after_idempotency")
        return stored

    def forget(self, before: datetime, limit: int) -> int:
        """Delete up to `limit` replies that were stored before an instant, oldest first; how many."""
        return self._session.execute(_FORGET, (to_us(before), limit))
