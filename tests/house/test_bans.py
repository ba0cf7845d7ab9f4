"""Bans hold in the engine, and each of them catches a planted violation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.bans import findings

ROOT = Path(__file__).resolve().parents[2]


def test_the_engine_has_no_findings() -> None:
    found = []
    for path in sorted((ROOT / "rewards").rglob("*.py")):
        if "migrations/versions" not in path.as_posix():
            found += findings(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    assert found == []


def test_plugins_import_the_sdk_and_nothing_else_of_the_engine() -> None:
    for path in sorted((ROOT / "plugins").glob("*/*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(("from rewards", "import rewards")):
                assert line.startswith("from rewards.sdk import"), f"{path}: {line}"


@pytest.mark.parametrize(
    ("where", "code", "says"),
    [
        ("rewards/desk/x.py", "import datetime\ndatetime.datetime.now(datetime.UTC)", "wall clock (datetime.now)"),
        ("rewards/desk/x.py", "from datetime import UTC, datetime\ndatetime.now(UTC)", "wall clock (datetime.now)"),
        ("rewards/desk/x.py", "from datetime import date\ndate.today()", "wall clock (date.today)"),
        ("rewards/desk/x.py", "import time\ntime.time()", "wall clock (time.time)"),
        ("rewards/desk/x.py", "import time\nclock = time.time_ns", "wall clock (time.time_ns)"),
        ("rewards/desk/x.py", "from time import time\ntime()", "wall clock (time.time)"),
        ("rewards/desk/x.py", "import os\nos.environ['A']", "environment (os.environ)"),
        ("rewards/desk/x.py", "from os import getenv\ngetenv('A')", "environment (os.getenv)"),
        ("rewards/desk/x.py", "import psycopg", "home is rewards/storage/"),
        ("rewards/desk/x.py", "import sqlite3", "home is rewards/storage/"),
        ("rewards/desk/x.py", "from rq import Queue", "home is rewards/jobs/"),
        ("rewards/desk/x.py", "from geopy import distance", "home is rewards/geo.py"),
        ("rewards/desk/x.py", "import numpy as np", "home is rewards/rulelang/columnar"),
        ("rewards/desk/x.py", "import sqlalchemy", "home is rewards/storage/"),
        ("rewards/desk/x.py", "from marshmallow import Schema", "home is rewards/api/"),
        ("rewards/api/x.py", "import redis", "home is rewards/jobs/"),
        ("rewards/api/x.py", "import yaml", "home is rewards/rulelang/"),
        ("rewards/api/x.py", "import pickle", "imports pickle"),
        ("rewards/api/x.py", "print('x')", "prints"),
        ("rewards/api/x.py", "try:\n    f()\nexcept Exception:\n    pass", "swallows"),
        ("rewards/api/x.py", "import time\ntime.sleep(1)", "sleeps"),
        ("rewards/api/utils.py", "x = 1", "name the room"),
        ("rewards/api/x.py", "import plugins.demo", "found by path"),
    ],
)
def test_a_planted_violation_is_caught(where: str, code: str, says: str) -> None:
    assert any(says in line for line in findings(where, f'"""Planted."""\n{code}\n'))


def test_a_module_without_a_docstring_is_caught() -> None:
    assert any("why it exists" in line for line in findings("rewards/api/x.py", "x = 1\n"))


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ("rewards/clock.py", "import time\ntime.time_ns()"),
        ("rewards/settings.py", "import os\nos.environ['PORT']"),
        ("rewards/storage/engine.py", "import sqlalchemy"),
        ("rewards/cli/main.py", "print('x')"),
        ("rewards/desk/x.py", "try:\n    f()\nexcept KeyError:\n    pass"),
        ("rewards/desk/x.py", "import time\ntime.monotonic()"),
    ],
)
def test_what_has_its_home_there_is_let_be(where: str, code: str) -> None:
    assert list(findings(where, f'"""Planted."""\n{code}\n')) == []
