"""The API on both kinds of database, or on SQLite where the kind makes no difference."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.client import Api, open_api, publish, stock


@pytest.fixture
def api(migrated_url: str, tmp_path: Path) -> Iterator[Api]:
    """The API with rules live and drinks in stock; each test runs on both kinds of database."""
    made = open_api(migrated_url, tmp_path)
    publish(made)
    stock(made, "welcome-drink", 1_000)
    yield made
    made.database.close()


@pytest.fixture
def desk(sqlite_file: Path, tmp_path: Path) -> Iterator[Api]:
    """The same on SQLite, for tests that ask nothing of the kind of database."""
    made = open_api(f"sqlite:///{sqlite_file}", tmp_path)
    publish(made)
    stock(made, "welcome-drink", 1_000)
    yield made
    made.database.close()
