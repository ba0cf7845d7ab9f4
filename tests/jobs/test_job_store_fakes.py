"""The fakes hold the contract, so what is proved with them holds for the SQL store that passes it too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rewards.jobs.ports import JobStore
from tests.jobs.fakes import FakeUnit, FileJobStore, MemoryJobStore
from tests.jobs.job_store_contract import EffectProbe, JobStoreContract


class Effects:
    """Effects of a fake are words in its list."""

    def __init__(self, store: MemoryJobStore) -> None:
        self._store = store

    def write(self, unit: FakeUnit, text: str) -> None:
        unit.effects.append(text)

    def read(self) -> list[str]:
        return self._store.effects()


class TestMemoryJobStore(JobStoreContract):
    """One store in memory, shared by all handles."""

    @pytest.fixture
    def shared(self) -> MemoryJobStore:
        return MemoryJobStore()

    @pytest.fixture
    def open_store(self, shared: MemoryJobStore) -> Callable[[], JobStore[FakeUnit]]:
        return lambda: shared

    @pytest.fixture
    def effects(self, shared: MemoryJobStore) -> EffectProbe:
        return Effects(shared)


class TestFileJobStore(JobStoreContract):
    """Each handle opens the file anew, as another process would."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        FileJobStore(tmp_path / "jobs.json")
        return tmp_path / "jobs.json"

    @pytest.fixture
    def open_store(self, path: Path) -> Callable[[], JobStore[FakeUnit]]:
        return lambda: FileJobStore(path)

    @pytest.fixture
    def effects(self, path: Path) -> EffectProbe:
        return Effects(FileJobStore(path))
