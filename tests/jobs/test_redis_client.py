"""A dead or stalled Valkey costs one short try, then nothing until the breaker lets the next try through."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import redis

from rewards.jobs.queues import Enqueuer, Lane
from rewards.jobs.redis_client import BreakerCounts, CircuitBreaker, web_client
from rewards.jobs.valkey import ValkeyStatus


class Hands:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def fail() -> str:
    raise redis.ConnectionError("nobody there")


def test_a_missing_valkey_is_tried_once_and_never_raises(tmp_path: Path) -> None:
    enqueuer = Enqueuer.at(f"unix://{tmp_path}/none.sock")
    assert [enqueuer.enqueue_best_effort(f"job_{number}") for number in range(100)] == [False] * 100
    assert enqueuer.counts == BreakerCounts(passed=0, failed=1, skipped=99)


def test_a_stalled_valkey_is_tried_once_and_found_again(valkey: ValkeyStatus) -> None:
    clock = Hands()
    enqueuer = Enqueuer(web_client(valkey.url, timeout_s=2.0), CircuitBreaker(open_s=10, monotonic=clock))
    assert enqueuer.enqueue_best_effort("job_1")
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        assert [enqueuer.enqueue_best_effort("job_2") for _ in range(50)] == [False] * 50
        assert enqueuer.depth(Lane.JOBS) is None
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    assert enqueuer.counts == BreakerCounts(passed=1, failed=1, skipped=50)
    clock.now_s += 10
    assert enqueuer.enqueue_best_effort("job_3")
    assert not enqueuer.breaker.is_open


def test_nothing_is_sent_twice(valkey: ValkeyStatus) -> None:
    """redis-py would repeat a command whose reply was lost; ours is sent once."""
    client = web_client(valkey.url, timeout_s=2.0)
    client.set("arrivals", 0)
    os.kill(valkey.pid, signal.SIGSTOP)
    try:
        with pytest.raises(redis.TimeoutError):
            client.incr("arrivals")
    finally:
        os.kill(valkey.pid, signal.SIGCONT)
    assert client.get("arrivals") in {b"0", b"1"}


def test_a_request_waits_no_longer_than_its_bound() -> None:
    settings = web_client("redis://127.0.0.1:1").connection_pool.connection_kwargs
    assert (settings["socket_timeout"], settings["socket_connect_timeout"]) == (0.2, 0.2)
    assert settings["retry"].get_retries() == 0


def test_while_open_nothing_is_called() -> None:
    clock = Hands()
    breaker = CircuitBreaker(open_s=10, monotonic=clock)
    assert breaker.call(fail, "house policy") == "house policy"
    clock.now_s += 9.9
    assert breaker.is_open
    assert breaker.call(lambda: pytest.fail("it was called"), "house policy") == "house policy"


def test_after_a_while_one_call_is_tried_and_a_success_closes() -> None:
    clock = Hands()
    breaker = CircuitBreaker(open_s=10, monotonic=clock)
    breaker.call(fail, None)
    clock.now_s += 10
    tried = breaker.call(lambda: [breaker.call(lambda: "second", "skipped"), "first"], [])
    assert tried == ["skipped", "first"], "only one call tries; the others wait for what it finds"
    assert breaker.call(lambda: "third", "skipped") == "third"


def test_a_try_that_fails_opens_again() -> None:
    clock = Hands()
    breaker = CircuitBreaker(open_s=10, monotonic=clock)
    breaker.call(fail, None)
    clock.now_s += 10
    breaker.call(fail, None)
    clock.now_s += 9.9
    assert breaker.is_open
    assert breaker.counts.failed == 2


def test_mistakes_of_our_own_are_not_hidden() -> None:
    breaker = CircuitBreaker()
    with pytest.raises(ZeroDivisionError):
        breaker.call(lambda: 1 / 0, 0.0)
    assert not breaker.is_open
