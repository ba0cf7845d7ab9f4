"""A child process that never outlives us, and what is known about its life.

A child runs in a session of its own, so Ctrl-C in the terminal reaches only the supervisor, which then stops everything
in order; and what a dead child leaves in its group is killed before its number is given back.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rewards.clock import monotonic_s

log = logging.getLogger("rewards.processes")

SHIM = Path(__file__).with_name("shim.py")
_BY_PIPE = not sys.platform.startswith("linux")
_LOOK_EVERY_S = 0.02
_EARLY_S = 2.0
_FIRST_DELAY_S = 0.2
_LONGEST_DELAY_S = 5.0


@dataclass(frozen=True, slots=True)
class ChildSpec:
    """What to run and how to end it.

    `argv[0]` is an absolute path. `environment` is the whole environment, None for ours. `umask` -1 keeps ours.
    `keep_fds` stay open in the child. `ready` says whether it answers; a child without it counts as ready after two
    seconds of life. `before_start` is called before every start with how often in a row it died before it was ready.
    An `essential` child that cannot get ready at the first start stops everything. A `stop_last` child serves the
    others: it is given time to answer before they start, and is stopped after them.
    """

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str] | None = None
    umask: int = -1
    keep_fds: tuple[int, ...] = ()
    ready: Callable[[], bool] | None = None
    before_start: Callable[[int], None] | None = None
    stop_grace_s: float = 5.0
    essential: bool = False
    stop_last: bool = False
    watch_by_pipe: bool = field(default=_BY_PIPE)


class Child:
    """One run after another of a `ChildSpec`. Start it from the main thread only (see shim.py)."""

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.early_deaths = 0
        self.starts = 0
        self.restart_at_s: float | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: int | None = None
        self._started_s = 0.0
        self.was_ready = False

    @property
    def pid(self) -> int | None:
        """Its process id while it runs, else None."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Starts it; no effect while it runs."""
        if self._process is not None:
            return
        if self.spec.before_start:
            self.spec.before_start(self.early_deaths)
        read_end, self._pipe = os.pipe() if self.spec.watch_by_pipe else (-1, None)
        try:
            self._process = self._popen(read_end)
        finally:
            if read_end >= 0:
                os.close(read_end)
        self._started_s, self.was_ready, self.restart_at_s = monotonic_s(), False, None
        self.starts += 1
        log.info("%s: started (process %d)", self.spec.name, self._process.pid)

    def _popen(self, read_end: int) -> subprocess.Popen[bytes]:
        shim = [sys.executable, "-I", "-S", str(SHIM), str(os.getpid()), str(int(signal.SIGTERM)), str(read_end)]
        return subprocess.Popen(  # noqa: S603 - the command lines are our own
            [*shim, *self.spec.argv],
            env=self.spec.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            umask=self.spec.umask,
            pass_fds=self.spec.keep_fds + ((read_end,) if read_end >= 0 else ()),
        )

    def is_ready(self) -> bool:
        """Whether it has answered in this life; asked until it has, and remembered as `was_ready`."""
        if self._process is None:
            return False
        if self.was_ready or not self._looks_ready():
            return self.was_ready
        self.was_ready, self.early_deaths = True, 0
        return True

    def _looks_ready(self) -> bool:
        if self.spec.ready:
            return self.spec.ready()
        return monotonic_s() - self._started_s > _EARLY_S

    def check_death(self) -> int | None:
        """The exit status when it has died since the last look (negative: the signal), else None.

        Sets when it may be started again: at once after a good life, later and later when it dies before it is ready.
        """
        process = self._process
        if process is None or not _has_exited(process):
            return None
        _kill_group(process.pid)
        status = process.wait()
        self._forget()
        if self._died_early():
            self.early_deaths += 1
        delay_s = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2 ** (self.early_deaths - 1)) if self.early_deaths else 0.0
        self.restart_at_s = monotonic_s() + delay_s
        log.warning("%s: %s; starting it again in %.1f s", self.spec.name, _in_words(status), delay_s)
        return status

    def _died_early(self) -> bool:
        if self.spec.ready:
            return not self.was_ready
        return monotonic_s() - self._started_s < _EARLY_S

    def ask_to_stop(self) -> None:
        """Sends SIGTERM, if it runs."""
        if self._process is not None:
            self._process.terminate()

    def wait_stopped(self, timeout_s: float) -> bool:
        """Waits for its end for `timeout_s`; whether it came."""
        if self._process is None:
            return True
        deadline, pause = monotonic_s() + timeout_s, threading.Event()
        while not _has_exited(self._process):
            if monotonic_s() > deadline:
                return False
            pause.wait(_LOOK_EVERY_S)
        _kill_group(self._process.pid)
        self._process.wait()
        log.info("%s: stopped", self.spec.name)
        self._forget()
        return True

    def kill(self) -> None:
        """SIGKILL for it and all it started, and waits for its end."""
        if self._process is None:
            return
        _kill_group(self._process.pid)
        self._process.wait()
        log.warning("%s: killed", self.spec.name)
        self._forget()

    def stop(self) -> None:
        """Asks, waits for the grace time, then kills."""
        self.ask_to_stop()
        if not self.wait_stopped(self.spec.stop_grace_s):
            self.kill()

    def _forget(self) -> None:
        self._process = None
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def python_module(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line that runs a module with this interpreter; -P keeps the working directory off its path."""
    return (sys.executable, "-P", "-m", module, *arguments)


def _has_exited(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended, without giving its number back where the system allows."""
    if not hasattr(os, "waitid"):
        return process.poll() is not None
    try:
        return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # Nothing of the group is left, which is what we want.
    except PermissionError:
        log.debug("group %d holds only processes that are ending", pid)


def _in_words(status: int) -> str:
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
