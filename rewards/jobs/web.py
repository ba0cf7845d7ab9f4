"""The web server: granian with one thread a worker, which measured fastest, and workers that die with it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import Interfaces, RuntimeModes
from granian.log import LogLevels

from rewards.jobs.factories import find_factory, log_to_stderr
from rewards.jobs.shim import set_parent_death_signal
from rewards.settings import load

LOGGING = {"handlers": {}, "loggers": {"_granian": {"propagate": True}}}
"""The server's own lines go where ours go."""

RESPAWN_S = 0.2
KILL_AFTER_S = 3


def load_app(factory: str, parent_pid: int) -> Callable[..., Any]:
    """The WSGI application, made in the worker's own process after that is tied to the server's."""
    set_parent_death_signal(signal.SIGKILL, parent_pid)
    return find_factory(factory)()  # type: ignore[no-any-return]


def main(arguments: list[str] | None = None) -> int:
    """`python -m rewards.jobs.web --app MODULE:FACTORY --host H --port P --workers N`; runs until SIGTERM."""
    parser = argparse.ArgumentParser(prog="rewards web")
    parser.add_argument("--app", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    log_to_stderr(f"web[{os.getpid()}]", load().log_level)
    server = Granian(
        target=options.app,
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        runtime_mode=RuntimeModes.st,
        blocking_threads=1,
        websockets=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_S,
        workers_kill_timeout=KILL_AFTER_S,
    )
    server.serve(target_loader=partial(load_app, options.app, os.getpid()), wrap_loader=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
