"""How many calls a key may make a minute, counted in this process.

The count is an accelerator's business, not the truth's: each worker counts its own share, so a front desk is never
refused because a counter elsewhere is down.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from rewards.clock import monotonic_s
from rewards.errors import RATE_LIMITED, RewardsError

WINDOW_S = 60


@dataclass(slots=True)
class _Count:
    window: int
    now: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left: `limit` calls a minute, `remaining` of them, `reset_s` seconds until the window turns."""

    limit: int
    remaining: int
    reset_s: int


class RateLimiter:
    """A sliding window over the current and the last minute; `limit` calls a minute and key, 0 for none."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[str, _Count] = {}
        self._lock = Lock()

    def take(self, key: str) -> Standing:
        """Count one call; `rate_limited` with Retry-After when the minute is full."""
        at = monotonic_s()
        window = int(at // WINDOW_S)
        share = 1 - (at % WINDOW_S) / WINDOW_S
        reset = max(1, round(WINDOW_S * share))
        with self._lock:
            count = self._turn(key, window)
            used = count.now + count.before * share
            if self._limit and used >= self._limit:
                raise RewardsError(RATE_LIMITED, f"{self._limit} calls a minute are used up.", retry_after_s=reset)
            count.now += 1
        return Standing(self._limit, max(0, int(self._limit - used - 1)), reset)

    def _turn(self, key: str, window: int) -> _Count:
        count = self._counts.setdefault(key, _Count(window))
        if count.window != window:
            count.before = count.now if count.window == window - 1 else 0
            count.now, count.window = 0, window
        return count
