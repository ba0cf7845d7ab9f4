"""Whose turn it is to write: one writer at a time over all processes that share a SQLite file.

SQLite's own waiting sleeps and retries, which gives two writers long tails; an advisory lock on a file wakes the next
one at once. `flock` cannot wait for a limited time, so a thread that does nothing else waits in its place, and only
where another process holds the lock. The kernel frees the lock of a process that dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

from rewards.clock import monotonic_s


class WriterTurn:
    """The turn on one file: `take` and `give`, usable by every thread of the process.

    The threads of a process queue before one descriptor, so `flock` decides between processes only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def _open(self) -> None:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._gate = threading.Lock()
        self._owner: int | None = None
        self._changed = threading.Condition()
        self._wanted = self._got = self._blocked = self._closed = False
        self._waiter: threading.Thread | None = None

    def take(self, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds for the turn; False when it did not come.

        RuntimeError where the thread has the turn already: it would wait for itself.
        """
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread is writing already; one transaction at a time")
        until = monotonic_s() + timeout_s
        if not self._gate.acquire(timeout=timeout_s):
            return False
        if self._lock_at_once() or self._lock_until(until):
            self._owner = threading.get_ident()
            return True
        self._gate.release()
        return False

    def give(self) -> None:
        """Give the turn back."""
        self._owner = None
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self._gate.release()

    def _lock_at_once(self) -> bool:
        with self._changed:
            # The waiter of a caller that gave up still stands in line with our descriptor: it is joined, not passed.
            if self._blocked:
                return False
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _lock_until(self, until: float) -> bool:
        with self._changed:
            self._wanted = True
            if self._waiter is None:
                self._waiter = threading.Thread(target=self._wait_for_others, name="writer-turn", daemon=True)
                self._waiter.start()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._got, max(0.0, until - monotonic_s()))
            got, self._got, self._wanted = self._got, False, False
        return got

    def _wait_for_others(self) -> None:
        while self._asked():
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
            with self._changed:
                self._blocked = False
                self._got = self._wanted
                if not self._wanted:
                    fcntl.flock(self._descriptor, fcntl.LOCK_UN)
                self._changed.notify_all()

    def _asked(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or (self._wanted and not self._got))
            self._blocked = not self._closed
            return self._blocked

    def close(self) -> None:
        """Let go of the file; nobody may hold the turn. A waiter that still stands in line ends with the process."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            if not self._blocked:
                os.close(self._descriptor)

    def after_fork(self) -> None:
        """In a forked child: leave the parent's lock alone and stand in line with a descriptor of one's own.

        The inherited descriptor shares the parent's lock; closing it frees nothing while the parent has it open.
        """
        os.close(self._descriptor)
        self._open()
