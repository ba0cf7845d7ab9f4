"""What the command line is given by the composition root, and how it prints.

The command line knows neither the API nor the job processes; what it needs of them comes as functions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import click

from rewards.clock import Clock
from rewards.desk.desk import Desk
from rewards.errors import RewardsError
from rewards.intake.receive import Intake
from rewards.settings import Settings
from rewards.storage.engine import SqlDatabase

GOOD, NO, USAGE, FAILURE = 0, 1, 2, 3
"""Exit statuses: done; a "no"; wrong use; a failure."""


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


@dataclass(frozen=True, slots=True)
class Tools:
    """What commands work with. `serve` runs everything; `worker` and `sweeper` run one process each."""

    load_settings: Callable[[], Settings]
    make_engine: Callable[[], Engine]
    new_secret: Callable[[], str]
    hash_secret: Callable[[str], bytes]
    check_scopes: Callable[[list[str]], None]
    serve: Callable[[Settings, Callable[[str], None], Callable[[], None]], None]
    worker: Callable[[str], int]
    sweeper: Callable[[], int]
    now: Callable[[], datetime]


def tools_of(context: click.Context) -> Tools:
    """The tools of a running command."""
    found = context.find_object(Tools)
    if found is None:
        raise RuntimeError("the command line was started without its tools")
    return found


def show(value: Any, text: str, *, as_json: bool) -> None:
    """Print an answer: JSON for programs, a text for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str) if as_json else text)


def refuse(error: RewardsError, *, as_json: bool) -> None:
    """Print a refusal to where errors belong, and for programs as JSON too."""
    if as_json:
        body = {"code": error.code.name, "detail": error.message, "hint": error.hint, "details": error.details}
        click.echo(json.dumps(body, ensure_ascii=False, default=str))
    click.echo(f"{error.code.title}: {error}", err=True)


def leave(status: int) -> None:
    """End with a status."""
    sys.exit(status)


json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
