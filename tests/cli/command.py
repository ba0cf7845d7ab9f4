"""The command `rewards` as a shell would run it, without the process around it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rewards.app import build_engine, tools
from rewards.cli.main import run
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.settings import Settings

STAY = '{"reservation": "R-4711", "room_class": "standard", "channel": "direct"}'


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer of a command that was asked for JSON."""
        return json.loads(self.out)


class Command:
    """Runs commands on the home folder of a test."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Said:
        """Run one command; whatever was printed before is dropped."""
        self._capsys.readouterr()
        status = run(tools(), [str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        return Said(status, printed.out, printed.err)

    def good(self, *arguments: object) -> Said:
        """Run a command that must end well."""
        said = self(*arguments)
        assert said.status == 0, said
        return said


def committed(house: Command, guest: str) -> Any:
    """A decision at Harbour Hotel that was committed."""
    engine = build_engine(Settings(home=house.home))
    question = {"guest": guest, "property": "harbour", "moment": "arrival", "mode": "commit", "stay": json.loads(STAY)}
    answered = engine.desk.ask(read_question(question), Reader("en", True))
    engine.database.close()
    return json.loads(answered.body)
