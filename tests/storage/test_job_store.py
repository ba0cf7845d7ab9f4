"""The SQL job store holds the contract of jobs, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from rewards.clock import FrozenClock
from rewards.jobs.ports import JobStore
from rewards.storage.engine import SqlDatabase, open_database
from rewards.storage.jobs import SqlJobStore
from rewards.storage.store import SqlStore
from tests.jobs.job_store_contract import NOON, EffectProbe, JobStoreContract
from tests.storage.people import NOON as NOON_AT
from tests.storage.people import write_and_fail


class OutboxEffects:
    """An effect is an event in the outbox."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    def write(self, unit: SqlStore, text: str) -> None:
        unit.outbox.add(text, None, "{}", NOON_AT)

    def read(self) -> list[str]:
        with self._database.reading() as store:
            return [row[0] for row in store.session.all("SELECT topic FROM outbox ORDER BY seq")]


class TestSqlJobStore(JobStoreContract):
    """Each handle is another connection pool, as another process would have."""

    @pytest.fixture
    def open_store(self, migrated_url: str, frozen_clock: FrozenClock) -> Iterator[Callable[[], JobStore[SqlStore]]]:
        opened: list[SqlDatabase] = []

        def another() -> JobStore[SqlStore]:
            opened.append(open_database(migrated_url, clock=frozen_clock))
            return SqlJobStore(opened[-1])

        yield another
        for each in opened:
            each.close()

    @pytest.fixture
    def effects(self, database: SqlDatabase) -> EffectProbe:
        return OutboxEffects(database)


def test_a_job_is_added_with_its_cause_or_not_at_all(database: SqlDatabase) -> None:
    jobs = SqlJobStore(database)

    def add(store: SqlStore) -> bool:
        return store.jobs.add(job_id="job_1", name="deliver", payload="{}", due_at_us=NOON, max_attempts=6)

    with pytest.raises(RuntimeError):
        write_and_fail(database, add)
    assert jobs.claim("job_1", now_us=NOON, until_us=NOON + 1) is None
    assert database.run_writing(add)
    assert jobs.claim("job_1", now_us=NOON, until_us=NOON + 1) is not None
