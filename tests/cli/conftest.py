"""A home folder with a migrated database, and the command line on it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rewards.app import build_engine
from rewards.pluginhost import seeding
from rewards.settings import Settings
from tests.cli.command import Command

UNSET = ("DATABASE_URL", "REDIS_URL", "REWARDS_NOMINATIM_URL", "REWARDS_PLUGINS_DIR")


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command line on an empty home folder: nothing was ever migrated."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REWARDS_HOME", str(tmp_path / "home"))
    return Command(tmp_path / "home", capsys)


@pytest.fixture
def rewards(bare: Command, sqlite_template: Path) -> Command:
    """The command line on a migrated, empty database."""
    bare.home.mkdir()
    shutil.copy(sqlite_template, bare.home / "rewards.db")
    return bare


@pytest.fixture
def house(rewards: Command) -> Command:
    """The demonstration's hotels, rules, stock and cast; none of its many guests."""
    engine = build_engine(Settings(home=rewards.home))
    seeding.prepare(engine.database, engine.clock, engine.settings, guests=10)
    engine.database.close()
    return rewards
