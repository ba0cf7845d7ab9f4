"""What a transaction promises: all or nothing, one answer from one snapshot, and a clear word when it cannot be."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from rewards.clock import FrozenClock
from rewards.errors import RewardsError
from rewards.ledger.ports import Account, Database
from rewards.storage import sqlite
from rewards.storage.engine import SqlDatabase, open_database
from rewards.storage.store import SqlStore
from tests.fixtures.postgres import PrivatePostgres
from tests.storage.people import CARD, HARBOUR, NOON, add_guest, guest, write_and_fail


def generation(database: SqlDatabase) -> int:
    with database.reading() as store:
        return store.generation()


def test_a_clean_exit_commits_and_an_error_leaves_nothing(database: SqlDatabase) -> None:
    with pytest.raises(RuntimeError, match="the till is closed"):
        write_and_fail(database, lambda store: store.properties.put(HARBOUR, NOON))
    assert generation(database) == 0
    with database.writing() as store:
        store.properties.put(HARBOUR, NOON)
    assert generation(database) == 1


def test_a_reader_sees_one_instant(database: SqlDatabase) -> None:
    with database.reading() as reader:
        before = reader.generation()
        with database.writing() as writer:
            writer.properties.put(HARBOUR, NOON)
        assert reader.generation() == before
        assert reader.properties.all() == ()
    assert generation(database) == before + 1


def test_a_reader_cannot_write(database: SqlDatabase) -> None:
    with pytest.raises(Exception, match=r"read-?only") as refused, database.reading() as store:
        store.properties.put(HARBOUR, NOON)
    assert not isinstance(refused.value, RewardsError), "it is a mistake of ours, not a busy database"
    assert generation(database) == 0


def test_a_statement_that_fails_unnoticed_still_leaves_nothing(database: SqlDatabase) -> None:
    def work(store: SqlStore) -> None:
        store.properties.put(HARBOUR, NOON)
        store.session.run("INSERT INTO installation (id, generation) VALUES (?, ?)", (1, 0))

    with pytest.raises(Exception, match=r"(?i)unique"):
        database.run_writing(work)
    assert generation(database) == 0
    with database.writing() as store:
        store.properties.put(HARBOUR, NOON)
    assert generation(database) == 1, "and the connection serves on"


def test_an_error_that_is_passed_over_does_not_pass_for_a_commit(database: SqlDatabase) -> None:
    def work(store: SqlStore) -> None:
        store.properties.put(HARBOUR, NOON)
        with pytest.raises(Exception, match="nowhere"):
            store.session.one("SELECT 1 FROM nowhere")

    if database.dialect == "sqlite":
        database.run_writing(work)
        assert generation(database) == 1, "SQLite undoes the statement only"
        return
    with pytest.raises(Exception, match=r".+"):
        database.run_writing(work)
    assert generation(database) == 0


def test_one_thread_writes_one_transaction_at_a_time(sqlite_database: SqlDatabase) -> None:
    def nested(store: SqlStore) -> None:
        sqlite_database.run_writing(lambda inner: inner.properties.put(HARBOUR, NOON))

    with pytest.raises(RuntimeError, match="writing already"):
        sqlite_database.run_writing(nested)
    assert generation(sqlite_database) == 0


def test_the_database_is_what_the_use_cases_ask_for(database: SqlDatabase) -> None:
    asked: Database = database
    assert asked.run_writing(lambda store: store.generation()) == 0


# --- busy and down


@contextmanager
def turn_taken(file: Path) -> Iterator[None]:
    """Another process writes for long."""
    with Path(f"{file}-turn").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def test_sqlite_is_busy_when_the_turn_does_not_come(
    sqlite_database: SqlDatabase, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WAIT_S", 0.05)
    with turn_taken(sqlite_file), pytest.raises(RewardsError) as refused:
        sqlite_database.run_writing(lambda store: store.properties.put(HARBOUR, NOON))
    assert (refused.value.code.name, refused.value.retry_after_s) == ("database_busy", 1)
    assert generation(sqlite_database) == 0
    sqlite_database.run_writing(lambda store: store.properties.put(HARBOUR, NOON))
    assert generation(sqlite_database) == 1


def test_sqlite_is_busy_when_a_stranger_holds_the_file(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "_PRAGMAS", (*sqlite._PRAGMAS, "busy_timeout = 20"))
    database = open_database(f"sqlite:///{sqlite_file}")
    # Of the same library: two of them in one process would not see each other's locks.
    stranger = sqlite.driver().connect(str(sqlite_file), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(RewardsError) as refused:
        database.run_writing(lambda store: store.properties.put(HARBOUR, NOON))
    assert refused.value.code.name == "database_busy"
    stranger.close()
    database.run_writing(lambda store: store.properties.put(HARBOUR, NOON))
    assert generation(database) == 1
    database.close()


def test_a_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "rewards.db"
    file.write_bytes(b"Ana, Ben, Cleo\n" * 1_000)
    database = open_database(f"sqlite:///{file}")
    with pytest.raises(RewardsError) as refused:
        generation(database)
    assert refused.value.code.name == "database_down"
    assert refused.value.retry_after_s is not None
    database.close()


@pytest.fixture
def postgres_database(
    postgres: PrivatePostgres, postgres_template: str, frozen_clock: FrozenClock
) -> Iterator[SqlDatabase]:
    """A migrated PostgreSQL database."""
    dsn = postgres.fresh(postgres_template)
    opened = open_database(dsn, clock=frozen_clock)
    yield opened
    opened.close()
    postgres.drop(dsn)


def test_postgresql_is_busy_when_a_lock_does_not_come(postgres_database: SqlDatabase) -> None:
    add_guest(postgres_database)
    with postgres_database.writing() as holder:
        holder.guests.lock("gst_ana")
        with pytest.raises(RewardsError) as refused, postgres_database.writing() as waiting:
            waiting.guests.lock("gst_ana")
    assert (refused.value.code.name, refused.value.retry_after_s) == ("database_busy", 1)


def test_postgresql_that_is_gone_is_told_so_and_its_return_needs_no_help(
    postgres: PrivatePostgres, postgres_database: SqlDatabase
) -> None:
    assert generation(postgres_database) == 0
    postgres.kill()
    with pytest.raises(RewardsError) as refused:
        generation(postgres_database)
    assert refused.value.code.name == "database_down"
    postgres.start()
    postgres_database.run_writing(lambda store: store.properties.put(HARBOUR, NOON))
    assert generation(postgres_database) == 1


def test_connections_that_the_server_closed_are_replaced_before_use(postgres_database: SqlDatabase) -> None:
    assert generation(postgres_database) == 0
    with postgres_database.reading() as store:
        store.session.all("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    ours = "SELECT pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(RewardsError) as refused, postgres_database.reading() as store:
        store.session.one(ours)
    assert refused.value.code.name == "database_down"
    assert generation(postgres_database) == 0


def test_transactions_that_meet_in_a_deadlock_both_end(postgres_database: SqlDatabase) -> None:
    add_guest(postgres_database, "ana")
    add_guest(postgres_database, "ben")
    met = threading.Barrier(2)
    tries: list[str] = []

    def work(first: str, second: str) -> None:
        def transaction(store: SqlStore) -> None:
            tries.append(first)
            store.guests.bump(first)
            if len(tries) <= 2:
                met.wait(30)
            store.guests.bump(second)

        postgres_database.run_writing(transaction)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, *names) for names in (("gst_ana", "gst_ben"), ("gst_ben", "gst_ana"))]:
            done.result(60)
    assert len(tries) > 2, "one of them was asked to try again"
    with postgres_database.reading() as store:
        heads = [store.guests.head(name) for name in ("gst_ana", "gst_ben")]
    assert [head and head.version for head in heads] == [3, 3]


# --- processes and addresses


def test_a_forked_child_has_connections_of_its_own(database: SqlDatabase) -> None:
    add_guest(database)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            database.run_writing(lambda store: store.guests.bump("gst_ana"))
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    database.run_writing(lambda store: store.guests.bump("gst_ana"))
    with database.reading() as store:
        head = store.guests.head("gst_ana")
    assert head is not None
    assert head.version == 3


def test_a_backup_is_a_database_of_its_own(sqlite_database: SqlDatabase, tmp_path: Path) -> None:
    add_guest(sqlite_database, "ana", CARD)
    sqlite_database.backup(tmp_path / "copy.db")
    copy = open_database(f"sqlite:///{tmp_path / 'copy.db'}")
    with copy.reading() as store:
        assert store.guests.resolve(CARD) == "gst_ana"
    copy.close()


@pytest.mark.parametrize("url", ["mysql://localhost/rewards", "rewards.db", "sqlite://", "sqlite:///:memory:"])
def test_an_address_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(RewardsError) as refused:
        open_database(url)
    assert (refused.value.code.name, refused.value.field) == ("setting_invalid", "database_url")


def test_synchronous_is_full_or_normal_and_is_what_was_asked(sqlite_file: Path) -> None:
    with pytest.raises(RewardsError, match="OFF"):
        open_database(f"sqlite:///{sqlite_file}", synchronous="OFF")
    for asked, number in (("FULL", 2), ("NORMAL", 1)):
        database = open_database(f"sqlite:///{sqlite_file}", synchronous=asked)
        with database.writing() as store:
            assert store.session.one("PRAGMA synchronous") == (number,)
            assert store.session.one("PRAGMA journal_mode") == ("wal",)
            assert store.session.one("PRAGMA foreign_keys") == (1,)
            assert store.session.one("PRAGMA trusted_schema") == (0,)
        database.close()


def test_the_address_that_is_shown_has_no_password() -> None:
    database = open_database("postgresql://rewards:s3cret@db.example.org/rewards")
    assert database.url == "postgresql://rewards:***@db.example.org/rewards"
    database.close()


def test_an_account_that_is_not_scarce_may_be_negative_and_a_scarce_one_never(database: SqlDatabase) -> None:
    def overdraw(store: SqlStore) -> None:
        store.accounts.open(Account("stock", "stock", "perk:suite", True, 0, 0))
        store.session.execute("UPDATE account SET balance = -1 WHERE id = 'stock'")

    with pytest.raises(Exception, match="not_below_zero"):
        database.run_writing(overdraw)
    with database.writing() as store:
        assert store.accounts.get("stock") is None
        store.guests.add(guest(), [])
