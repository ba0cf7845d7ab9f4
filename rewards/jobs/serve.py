"""One command runs it all: migrate, then Valkey, web server, workers and sweeper, each started again when it dies.

Whatever way this process ends, its children end too: in order on Ctrl-C or SIGTERM, by the kernel's hand after kill -9.
"""

from __future__ import annotations

import http.client
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rewards.errors import SETTING_INVALID, RewardsError
from rewards.jobs.processes import Child, ChildSpec, python_module
from rewards.jobs.queues import Lane
from rewards.jobs.supervisor import Supervisor
from rewards.jobs.valkey import PrivateValkey, ValkeyStatus, find_binary

log = logging.getLogger("rewards.serve")

_HEALTH_TIMEOUT_S = 0.5
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared, never bound here


@dataclass(frozen=True, slots=True)
class ServeConfig:
    """What to run.

    `environment` is the whole environment the children get; REDIS_URL is set in it to the private Valkey's address.
    Factories are named `module:callable`: one makes the WSGI application, one the `JobRuntime`. `port` 0 picks a free
    one. `redis_url` empty: a private Valkey in `home`. `lanes` get a worker each. `extra` children run beside ours.
    """

    home: Path
    environment: Mapping[str, str]
    app_factory: str = "rewards.app:create_app"
    runtime_factory: str = "rewards.app:create_job_runtime"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    redis_url: str = ""
    lanes: tuple[Lane, ...] = (Lane.JOBS,)
    extra: tuple[ChildSpec, ...] = ()
    health_path: str = "/healthz"
    stop_grace_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Running:
    """What runs once /healthz answers: the address to open, our Valkey if there is one, each child's process id."""

    url: str
    valkey: ValkeyStatus | None
    processes: Mapping[str, int]


def serve(
    config: ServeConfig,
    *,
    migrate: Callable[[], None] = lambda: None,
    on_ready: Callable[[Running], None] = lambda running: None,
) -> None:
    """Runs everything until SIGINT or SIGTERM; main thread only. Returns when all is stopped.

    `migrate` is called under the home directory's lock, before anything starts. `on_ready` is called once.
    Errors: `setting_invalid` when the port is taken; `valkey_locked` when another server runs on `home`; `internal`
    when the web server cannot start; what the two callbacks raise.
    """
    port = claim_port(config.host, config.port)
    valkey = None if config.redis_url else _open_valkey(config.home)
    try:
        migrate()
        children = [Child(spec) for spec in _specs(config, port, valkey)]

        def announce() -> None:
            processes = {child.spec.name: child.pid for child in children if child.pid is not None}
            status = valkey.status() if valkey else None
            on_ready(Running(_address(config.host, port), status, processes))

        Supervisor(children, announce).run()
    finally:
        if valkey is not None:
            valkey.close()


def claim_port(host: str, port: int) -> int:
    """The port to listen on: `port`, or a free one for 0. `setting_invalid` when it cannot be had.

    Asked before anything starts, because the web server shares its port among its workers and would share it with a
    stranger's as well, each getting half of the calls.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            raise RewardsError(
                SETTING_INVALID,
                f"Port {port} on {host} cannot be opened: {error.strerror}.",
                hint="Stop what uses it, or choose another with PORT.",
                field="port",
            ) from error
        return int(probe.getsockname()[1])


def _open_valkey(home: Path) -> PrivateValkey | None:
    binary = find_binary()
    if binary is None:
        log.warning("No valkey-server or redis-server to be found: no queue; the sweeper runs the jobs itself")
        return None
    valkey = PrivateValkey(home, binary)
    valkey.open()
    return valkey


def _specs(config: ServeConfig, port: int, valkey: PrivateValkey | None) -> list[ChildSpec]:
    redis_url = valkey.url if valkey else config.redis_url
    environment = {**config.environment, "REDIS_URL": redis_url}
    specs = [valkey.spec()] if valkey else []
    specs.append(_web(config, port, environment))
    if redis_url:
        specs += [_worker(config, lane, environment) for lane in config.lanes]
    specs.append(_sweeper(config, environment))
    return [*specs, *config.extra]


def _web(config: ServeConfig, port: int, environment: Mapping[str, str]) -> ChildSpec:
    options = ("--host", config.host, "--port", str(port), "--workers", str(config.workers))
    return ChildSpec(
        name="web",
        argv=python_module("rewards.jobs.web", "--app", config.app_factory, *options),
        environment=environment,
        ready=lambda: is_healthy(config.host, port, config.health_path),
        stop_grace_s=config.stop_grace_s,
        essential=True,
    )


def _worker(config: ServeConfig, lane: Lane, environment: Mapping[str, str]) -> ChildSpec:
    return ChildSpec(
        name=f"worker-{lane.value}",
        argv=python_module("rewards.jobs.worker", "--runtime", config.runtime_factory, "--lane", lane.value),
        environment=environment,
        stop_grace_s=config.stop_grace_s,
    )


def _sweeper(config: ServeConfig, environment: Mapping[str, str]) -> ChildSpec:
    return ChildSpec(
        name="sweeper",
        argv=python_module("rewards.jobs.sweeper", "--runtime", config.runtime_factory),
        environment=environment,
        stop_grace_s=config.stop_grace_s,
    )


def is_healthy(host: str, port: int, path: str) -> bool:
    """Whether GET `path` answers 200 within half a second."""
    connection = http.client.HTTPConnection(_ANY_ADDRESS.get(host, host), port, timeout=_HEALTH_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _address(host: str, port: int) -> str:
    name = _ANY_ADDRESS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
