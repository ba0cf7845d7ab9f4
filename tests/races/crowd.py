"""Many threads that start at one instant."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def at_once(count: int, work: Callable[[int], T]) -> list[T | Exception]:
    """Run `work(0)` to `work(count - 1)` from one instant on; what each returned or raised, in order."""
    barrier = threading.Barrier(count)
    found: list[T | Exception] = [RuntimeError("it never ended")] * count

    def run(number: int) -> None:
        barrier.wait()
        try:
            found[number] = work(number)
        except Exception as error:  # noqa: BLE001 - whatever a racer meets is what the race came to
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
