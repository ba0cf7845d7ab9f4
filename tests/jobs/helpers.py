"""Waiting for what must come, and finding what must be gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import redis

from rewards.jobs.queues import Enqueuer
from rewards.jobs.redis_client import CircuitBreaker, web_client

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


def eventually(look: Callable[[], T | None], what: str, patience_s: float = PATIENCE_S) -> T:
    """What `look` returns once that is true; fails, naming `what`, when it never is."""
    deadline, pause = time.monotonic() + patience_s, threading.Event()
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"{what}: did not come true in {patience_s:.0f} s"
        pause.wait(0.02)


def patient_client(url: str) -> redis.Redis:
    """A client that a busy machine does not time out."""
    return web_client(url, timeout_s=PATIENCE_S)


def patient_enqueuer(url: str) -> Enqueuer:
    """An enqueuer that a busy machine does not time out."""
    return Enqueuer(patient_client(url), CircuitBreaker())


def content(path: Path) -> str:
    """A file's text, or an empty one while there is no file."""
    return path.read_text() if path.exists() else ""


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # the latter when it ends between opening and reading
        return False


def processes_of(folder: Path) -> list[int]:
    """Every running process of the toy house in `folder`, whoever started it.

    Its environment names the folder, or its command line does: Valkey writes its title over its environment.
    """
    return [pid for pid in _all_pids() if is_alive(pid) and _belongs(pid, folder)]


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _belongs(pid: int, folder: Path) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return False
    return f"TOY_FOLDER={folder}\0".encode() in environment or f"{folder}/".encode() in command


def toy_environment(folder: Path, redis_url: str = "") -> dict[str, str]:
    """The environment of the toy house's processes."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "TOY_FOLDER": str(folder), "REDIS_URL": redis_url}


@contextmanager
def running(arguments: list[str], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process; it and what it left behind are killed at the end."""
    process = subprocess.Popen([sys.executable, *arguments], env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pid in processes_of(Path(environment["TOY_FOLDER"])):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
