"""A tiny house for the supervisor to run: a web application, a few tasks, and a store that processes share.

Child processes import this by name, as they would import the real application. The environment tells where things lie:
TOY_FOLDER holds the store and the marks that tasks leave, REDIS_URL the queue.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rewards.clock import SystemClock
from rewards.jobs.factories import log_to_stderr
from rewards.jobs.serve import Running, ServeConfig, serve
from rewards.jobs.tasks import JobRuntime, Task, Work
from tests.jobs.fakes import FakeUnit, FileJobStore

RUNTIME = "tests.jobs.toyhouse:create_job_runtime"
APP = "tests.jobs.toyhouse:create_app"


def folder() -> Path:
    """Where this house keeps everything."""
    return Path(os.environ["TOY_FOLDER"])


def create_app() -> Callable[..., Iterable[bytes]]:
    """Answers /healthz, and anything else with the process that answered."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]

    return app


def broken_app() -> None:
    """An application that cannot be made."""
    raise RuntimeError("the rule set is missing")


def greet(work: Work) -> Callable[[FakeUnit], None]:
    """Its effect: the guest was greeted."""
    return lambda unit: unit.effects.append(f"greeted {work.payload['guest']}")


def wait_at_the_gate(work: Work) -> Callable[[FakeUnit], None]:
    """Says which process runs it, and ends when the gate is opened."""
    mark(f"waiting-{work.attempt}", str(os.getpid()))
    pause = threading.Event()
    while not (folder() / "gate").exists():
        pause.wait(0.02)
    return lambda unit: unit.effects.append(f"passed the gate at attempt {work.attempt}")


def poison(work: Work) -> None:
    """Always fails."""
    raise ValueError(f"{work.payload['guest']} paid in seashells")


def kill_process(work: Work) -> None:
    """Kills its process, as running out of memory would."""
    os.kill(os.getpid(), signal.SIGKILL)


def planted(*args: object) -> None:
    """What an attacker's message names; leaves a mark when it is called."""
    mark("planted", "ran")


def mark(name: str, text: str) -> None:
    """Leaves a file whose content is complete once it is there."""
    draft = folder() / f".{name}.{os.getpid()}"
    draft.write_text(text)
    draft.replace(folder() / name)


def create_job_runtime() -> JobRuntime[FakeUnit]:
    """What the toy's job processes work with."""
    return JobRuntime(
        store=FileJobStore(folder() / "jobs.json"),
        tasks={
            "greet": Task(greet),
            "wait": Task(wait_at_the_gate),
            "poison": Task(poison),
            "kill": Task(kill_process),
        },
        clock=SystemClock(),
        redis_url=os.environ.get("REDIS_URL", ""),
    )


def main() -> None:
    """Serves the toy: arguments are `ServeConfig` fields as a JSON object; `ready` is left in the folder."""
    log_to_stderr("serve")
    fields = json.loads(sys.argv[1])
    if fields.pop("without_binary", False):
        import rewards.jobs.serve as module

        module.find_binary = lambda: None
    config = ServeConfig(
        home=folder() / "home",
        environment=dict(os.environ),
        app_factory=fields.pop("app_factory", APP),
        runtime_factory=RUNTIME,
        redis_url=os.environ["REDIS_URL"],
        **fields,
    )

    def on_ready(running: Running) -> None:
        valkey = running.valkey
        said = {"url": running.url, "processes": dict(running.processes), "valkey": valkey and valkey.pid}
        mark("ready", json.dumps(said))

    serve(config, migrate=lambda: mark("migrated", "yes"), on_ready=on_ready)
    mark("stopped", "yes")


if __name__ == "__main__":
    main()
