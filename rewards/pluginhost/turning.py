"""A message that is turned away."""

from __future__ import annotations


class Turned(Exception):
    """A refusal on its way out: HTTP status, a sentence for the sender, and seconds to wait where that helps."""

    def __init__(self, status: int, reason: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s
