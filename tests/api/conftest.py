"""The API on both kinds of database, or on SQLite where the kind makes no difference."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.client import Api, open_api, publish, stock
from tests.fixtures.postgres import PrivatePostgres


def ready(url: str, home: Path) -> Iterator[Api]:
    """The API with rules live and drinks in stock."""
    made = open_api(url, home)
    publish(made)
    stock(made, "welcome-drink", 1_000)
    yield made
    made.database.close()


@pytest.fixture
def api(migrated_url: str, tmp_path: Path) -> Iterator[Api]:
    """The API with rules live and drinks in stock; each test runs on both kinds of database."""
    yield from ready(migrated_url, tmp_path)


@pytest.fixture
def desk(sqlite_file: Path, tmp_path: Path) -> Iterator[Api]:
    """The same on SQLite, for tests that ask nothing of the kind of database."""
    yield from ready(f"sqlite:///{sqlite_file}", tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def settled(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """The same for all tests of a module that leave nothing behind; on both kinds of database."""
    home = tmp_path_factory.mktemp("home")
    get: Callable[[str], object] = request.getfixturevalue
    if request.param == "sqlite":
        yield from ready(f"sqlite:///{shutil.copy(sqlite_template, home / 'rewards.db')}", home)
        return
    server, template = get("postgres"), get("postgres_template")
    assert isinstance(server, PrivatePostgres)
    dsn = server.fresh(str(template))
    yield from ready(dsn, home)
    server.drop(dsn)
