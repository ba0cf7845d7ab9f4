"""One run of one command: how it was asked to answer, and what it works with.

Every command takes `--json` and `--lang`; each answers with a value for programs and a text for people, and with an
exit status. The engine is opened when a command first needs it and closed when the command ends.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from rewards.cli.tools import Engine, Tools
from rewards.cli.words import LANGUAGES, phrase
from rewards.clock import isoformat
from rewards.errors import DATABASE_DOWN, RewardsError

GOOD, NO, USAGE, FAILURE = 0, 1, 2, 3
"""Exit statuses: done; a "no"; wrong use; a failure."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a command is given: the tools of the house, and how the caller wants to be answered."""

    tools: Tools
    context: click.Context
    as_json: bool
    language: str

    def engine(self, *, migrated: bool = True) -> Engine:
        """The engine on this installation's database, closed when the command ends.

        `database_down` where the tables are not at this version, unless the command can do without (`migrated` False).
        """
        engine = self.tools.make_engine()
        self.context.call_on_close(engine.database.close)
        if migrated and not engine.database.is_current():
            raise RewardsError(
                DATABASE_DOWN,
                f"The tables are at {engine.database.revision() or 'nothing yet'}, not at this version's revision.",
                hint="Run `rewards migrate` once.",
            )
        return engine

    def say(self, key: str, /, **values: object) -> str:
        """A phrase in the caller's language."""
        return phrase(key, self.language, **values)

    def show(self, value: Any, text: str) -> None:
        """Print the answer: the value where JSON was asked for, else the text."""
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) if self.as_json else text)


def _plain(value: object) -> object:
    """What JSON has no form of: instants in UTC, days, paths, dataclasses."""
    if isinstance(value, datetime):
        return isoformat(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{value!r} has no form in JSON")


def answering(function: Callable[..., int]) -> Callable[..., int]:
    """Gives a command `--json` and `--lang`, and its session as the first argument."""

    @click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
    @click.option("--lang", "language", type=click.Choice(LANGUAGES), default="en", help="Answer in this language.")
    @functools.wraps(function)
    def command(*, as_json: bool, language: str, **arguments: object) -> int:
        context = click.get_current_context()
        tools = context.find_object(Tools)
        if tools is None:
            raise RuntimeError("the command line was started without its tools")
        return function(Session(tools, context, as_json, language), **arguments)

    return command


def refuse(error: RewardsError, *, as_json: bool) -> None:
    """Print a refusal: a sentence to where errors belong, and for programs the code with all details."""
    if as_json:
        body = {
            "code": error.code.name,
            "title": error.code.title,
            "detail": error.message,
            "hint": error.hint,
            "field": error.field,
            "details": error.details,
        }
        click.echo(json.dumps(body, ensure_ascii=False, default=_plain))
    click.echo(f"{error.code.title}: {error}", err=True)
