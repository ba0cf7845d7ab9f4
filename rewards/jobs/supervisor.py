"""Keeps a set of children running until it is told to stop, from one thread that sleeps until something happens.

Signals wake it through a pipe: the end of a child, Ctrl-C, SIGTERM. Nothing is polled but the readiness of what is
starting. Children are started by the main thread, to which the kernel ties their lives (see shim.py).
"""

from __future__ import annotations

import logging
import os
import select
import signal
from collections.abc import Callable, Sequence
from types import FrameType, TracebackType
from typing import Any, Self

from rewards.clock import monotonic_s
from rewards.errors import INTERNAL, RewardsError
from rewards.jobs.processes import Child

log = logging.getLogger("rewards.serve")

STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})
_LONGEST_WAIT_S = 5.0
_LOOK_WHILE_STARTING_S = 0.05
_FIRST_READY_WITHIN_S = 10.0
_SAY_SO_AFTER_S = 15.0
_STARTS_BEFORE_GIVING_UP = 3


class SignalWatch:
    """Collects SIGINT, SIGTERM and SIGCHLD while it is entered; main thread only. Restores the handlers at the end."""

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        self._old_fd = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._old: dict[int, Any] = {
            signum: signal.signal(signum, _noted) for signum in (*STOP_SIGNALS, signal.SIGCHLD)
        }
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum, handler in self._old.items():
            signal.signal(signum, handler)
        signal.set_wakeup_fd(self._old_fd)
        os.close(self._read)
        os.close(self._write)

    def wait(self, timeout_s: float) -> frozenset[int]:
        """The signals that came, waiting up to `timeout_s` for the first."""
        ready, _, _ = select.select([self._read], [], [], max(0.0, timeout_s))
        return frozenset(os.read(self._read, 4_096)) if ready else frozenset()


def _noted(signum: int, frame: FrameType | None) -> None:
    """The wake-up pipe carries the number; a handler must exist for that."""


class Supervisor:
    """Starts children in order, starts again what dies, and stops all: what is `stop_last` after the rest."""

    def __init__(self, children: Sequence[Child], on_ready: Callable[[], None]) -> None:
        self._children = tuple(children)
        self._on_ready = on_ready
        self._announced = False
        self._stop_asked = False
        self._say_so_at_s = float("inf")

    def run(self) -> None:
        """Runs until SIGINT or SIGTERM; a second one kills what is still stopping.

        Calls `on_ready` once, when each essential child is ready. Errors: `internal` when an essential child died three
        times before it was ever ready; what `on_ready` raises. All children are stopped in every case.
        """
        with SignalWatch() as signals:
            try:
                self._start_all(signals)
                self._say_so_at_s = monotonic_s() + _SAY_SO_AFTER_S
                while not self._stop_asked:
                    self._notice(signals.wait(self._pause_s()))
                    self._look_after_children()
            finally:
                self._stop_all(signals)

    def _notice(self, signums: frozenset[int]) -> None:
        if signums & STOP_SIGNALS:
            self._stop_asked = True

    def _start_all(self, signals: SignalWatch) -> None:
        """Starts each; one that others rely on (`stop_last`) is given time to answer first."""
        for child in self._children:
            if self._stop_asked:
                return
            child.start()
            if child.spec.stop_last:
                self._await_first_ready(child, signals)

    def _await_first_ready(self, child: Child, signals: SignalWatch) -> None:
        deadline = monotonic_s() + _FIRST_READY_WITHIN_S
        while not child.is_ready() and not self._stop_asked:
            if monotonic_s() > deadline:
                log.warning("%s does not answer yet; going on without it", child.spec.name)
                return
            self._notice(signals.wait(_LOOK_WHILE_STARTING_S))
            self._revive(child)

    def _look_after_children(self) -> None:
        for child in self._children:
            self._revive(child)
            if child.spec.essential and not self._announced and child.early_deaths >= _STARTS_BEFORE_GIVING_UP:
                raise RewardsError(
                    INTERNAL,
                    f"{child.spec.name} ended {child.early_deaths} times before it was ready.",
                    hint="Its own lines above say why.",
                )
        ready = {child: child.is_ready() for child in self._children}
        if not self._announced:
            self._announce([child.spec.name for child in self._children if child.spec.essential and not ready[child]])

    def _announce(self, missing: list[str]) -> None:
        if not missing:
            self._announced = True
            self._on_ready()
        elif monotonic_s() > self._say_so_at_s:
            self._say_so_at_s = float("inf")
            log.warning("still waiting for %s to answer", ", ".join(missing))

    def _revive(self, child: Child) -> None:
        child.check_death()
        if child.restart_at_s is not None and monotonic_s() >= child.restart_at_s and not self._stop_asked:
            child.start()

    def _pause_s(self) -> float:
        """Until the next restart is due; short while something is starting, for nothing tells when it is ready."""
        if any(child.pid is not None and not child.was_ready for child in self._children):
            return _LOOK_WHILE_STARTING_S
        due = [child.restart_at_s - monotonic_s() for child in self._children if child.restart_at_s is not None]
        return min([_LONGEST_WAIT_S, *due])

    def _stop_all(self, signals: SignalWatch) -> None:
        for last in (False, True):
            phase = [child for child in self._children if child.spec.stop_last == last]
            for child in phase:
                child.ask_to_stop()
            self._await_end(phase, signals)

    def _await_end(self, phase: list[Child], signals: SignalWatch) -> None:
        started_s = monotonic_s()
        while True:
            waited_s = monotonic_s() - started_s
            running = [child for child in phase if not child.wait_stopped(0.0)]
            for child in running:
                if waited_s > child.spec.stop_grace_s:
                    child.kill()
            if not running:
                return
            if signals.wait(_LOOK_WHILE_STARTING_S) & STOP_SIGNALS:
                log.warning("asked again: killing what is left")
                for child in running:
                    child.kill()
