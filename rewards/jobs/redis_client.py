"""How we talk to Valkey or Redis: short time-outs, no hidden retries, and a breaker in front.

It only accelerates, so no caller may wait for it or fail because of it. redis-py would repeat every command up to ten
times, idempotent or not, and spend seconds on a dead server; here a command costs 200 ms at most and is sent once.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from rewards.clock import monotonic_s

log = logging.getLogger("rewards.redis")

WEB_TIMEOUT_S = 0.2
BREAKER_OPEN_S = 10.0

T = TypeVar("T")


def web_client(url: str, timeout_s: float = WEB_TIMEOUT_S) -> redis.Redis:
    """A client for request handlers: waits `timeout_s` seconds for a connection and for each reply, and never retries.

    It connects at the first command.
    """
    return redis.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), 0)
    )


def worker_client(url: str) -> redis.Redis:
    """A client for one RQ worker, never shared: RQ sets the pool's socket time-out to outlast its blocking pops."""
    return redis.Redis.from_url(url, socket_connect_timeout=2.0, retry=Retry(NoBackoff(), 0))


@dataclass(frozen=True, slots=True)
class BreakerCounts:
    """Calls so far: that went through, that failed, and that were not tried because the breaker was open."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


class CircuitBreaker:
    """Stops calling what does not answer: after a failure nothing is tried for `open_s` seconds, then one call is.

    Safe between threads. Only the time-outs, connection and server errors of redis-py count as failures.
    """

    def __init__(self, open_s: float = BREAKER_OPEN_S, monotonic: Callable[[], float] = monotonic_s) -> None:
        self._open_s = open_s
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open_until_s = float("-inf")
        self._counts = BreakerCounts()

    @property
    def counts(self) -> BreakerCounts:
        """What happened so far."""
        return self._counts

    @property
    def is_open(self) -> bool:
        """Whether the next call would be skipped."""
        return self._monotonic() < self._open_until_s

    def call(self, command: Callable[[], T], otherwise: T) -> T:
        """What `command` returns; `otherwise` when it fails or is not tried. Raises no redis-py error."""
        if not self._may_try():
            return otherwise
        try:
            answer = command()
        except (redis.RedisError, OSError) as error:
            self._failed(error)
            return otherwise
        self._passed()
        return answer

    def _may_try(self) -> bool:
        with self._lock:
            if self._monotonic() >= self._open_until_s:
                if self._open_until_s > float("-inf"):
                    # One caller tries; the others wait for its result for as long as a try may take.
                    self._open_until_s = self._monotonic() + 2 * WEB_TIMEOUT_S
                return True
            self._counts = BreakerCounts(self._counts.passed, self._counts.failed, self._counts.skipped + 1)
            return False

    def _passed(self) -> None:
        with self._lock:
            if self._open_until_s > float("-inf"):
                log.info("Valkey answers again")
            self._open_until_s = float("-inf")
            self._counts = BreakerCounts(self._counts.passed + 1, self._counts.failed, self._counts.skipped)

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._open_until_s = self._monotonic() + self._open_s
            self._counts = BreakerCounts(self._counts.passed, self._counts.failed + 1, self._counts.skipped)
        log.warning("Valkey does not answer (%s); not asking it for %.0f s", error, self._open_s)
