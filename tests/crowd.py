"""Many threads that start at one instant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

MEETING_S = 30


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)` to `work(count - 1)` from one instant on; what each returned, in order. A failure is raised."""
    barrier = threading.Barrier(count)

    def run(number: int) -> T:
        barrier.wait(MEETING_S)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def met_at_once(count: int, work: Callable[[int], T]) -> list[T | Exception]:
    """The same, with what went wrong for some in the place of what they would have returned."""

    def meet(number: int) -> T | Exception:
        try:
            return work(number)
        except Exception as error:  # noqa: BLE001 - whatever a racer meets is what the race came to
            return error

    return at_once(count, meet)
