"""How many calls a key may make a minute, counted in this process.

The count is an accelerator's business, not the truth's: each worker counts its own share, so a front desk is never
refused because a counter elsewhere is down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from rewards.clock import monotonic_s

WINDOW_S = 60


@dataclass(slots=True)
class _Count:
    window: int
    now: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left: `limit` calls a minute (0: no limit), `remaining` of them, `reset_s` seconds to the next window.

    `full` says that this call was one too many; it was not counted.
    """

    limit: int
    remaining: int
    reset_s: int
    full: bool = False

    def headers(self) -> dict[str, str]:
        """The RateLimit headers of an answer; none without a limit."""
        if not self.limit:
            return {}
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class RateLimiter:
    """A sliding window over the current and the last minute; `limit` calls a minute and key, 0 for none."""

    def __init__(self, limit: int, seconds: Callable[[], float] = monotonic_s) -> None:
        self._limit = limit
        self._seconds = seconds
        self._counts: dict[str, _Count] = {}
        self._lock = Lock()

    def take(self, key: str) -> Standing:
        """Count one call; a full minute counts nothing and says so."""
        if not self._limit:
            return Standing(0, 0, 0)
        at = self._seconds()
        window = int(at // WINDOW_S)
        share = 1 - (at % WINDOW_S) / WINDOW_S
        reset = max(1, round(WINDOW_S * share))
        with self._lock:
            count = self._turn(key, window)
            used = count.now + count.before * share
            full = used >= self._limit
            count.now += not full
        return Standing(self._limit, max(0, int(self._limit - used - 1)), reset, full)

    def _turn(self, key: str, window: int) -> _Count:
        count = self._counts.setdefault(key, _Count(window))
        if count.window != window:
            count.before = count.now if count.window == window - 1 else 0
            count.now, count.window = 0, window
        return count
