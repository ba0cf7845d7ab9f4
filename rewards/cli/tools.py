"""What the command line is given by the composition root.

The command line knows neither the API nor the job processes; what it needs of them comes as functions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rewards.clock import Clock
from rewards.desk.desk import Desk
from rewards.intake.receive import Intake
from rewards.pluginhost.host import SourceHost
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase


class Engine(Protocol):
    """The engine without faces."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> SqlDatabase: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def intake(self) -> Intake: ...
    @property
    def sources(self) -> SourceHost: ...


class Serve(Protocol):
    """Runs everything until it is told to stop."""

    def __call__(
        self, settings: Settings, *, migrate: Callable[[], None], on_ready: Callable[[str], None], analysis: bool
    ) -> None:
        """`migrate` is called before anything starts, `on_ready` with the address once all answers.

        `analysis` starts a worker for long jobs too.
        """
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What commands work with.

    `make_engine` opens nothing yet. `worker(lane)` and `sweeper()` run one process until it is told to stop and return
    its exit status. `queue()` says whether there is a queue: its state (`good`, `warning`) and what it is, in a few
    English words.
    """

    load_settings: Callable[[], Settings]
    make_engine: Callable[[], Engine]
    new_secret: Callable[[], str]
    hash_secret: Callable[[str], bytes]
    check_scopes: Callable[[list[str]], None]
    check_role: Callable[[str | None], None]
    serve: Serve
    worker: Callable[[str], int]
    sweeper: Callable[[], int]
    queue: Callable[[], tuple[str, str]]
