"""The tables as migrations leave them are the tables as the code names them, and what was recorded stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, text

from rewards.clock import to_us
from rewards.ledger.ports import Entry
from rewards.storage import migrate
from rewards.storage.engine import SqlDatabase, open_database
from rewards.storage.sqlite import driver
from rewards.storage.tables import metadata
from tests.storage.people import NOON, add_guest, decision_row, grant_row, stay

_POSTGRES_SHAPE = (
    "SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conrelid <> 'alembic_version'::regclass "
    "UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' AND tablename <> 'alembic_version' "
    "UNION ALL SELECT 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '') "
    "FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
)
_SQLITE_SHAPE = (
    "SELECT type, tbl_name, name, sql FROM sqlite_master WHERE type IN ('table', 'index') "
    "AND tbl_name <> 'alembic_version' AND sql IS NOT NULL"
)


def engine_of(url: str) -> Engine:
    if url.startswith("sqlite"):
        return create_engine(url, module=driver())
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


@pytest.fixture
def migrated(database_url: str) -> Iterator[Connection]:
    """A connection to a database that was migrated from nothing just now."""
    opened = open_database(database_url)
    opened.migrate()
    opened.close()
    engine = engine_of(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def shape(connection: Connection) -> list[tuple[str, ...]]:
    """Everything that the database says of its tables; constraints may stand in another order."""
    sql = _SQLITE_SHAPE if connection.dialect.name == "sqlite" else _POSTGRES_SHAPE
    rows = [tuple(str(value) for value in row) for row in connection.execute(text(sql))]
    return sorted((*row[:3], "".join(sorted(row[3].replace(",", "").split()))) for row in rows)


def test_migrations_lead_to_the_tables_of_the_code(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, metadata) == []


def test_names_and_constraints_are_those_of_the_code_too(migrated: Connection) -> None:
    found = shape(migrated)
    assert len(found) > 40
    if migrated.dialect.name == "postgresql":
        migrated.execute(text("DROP SCHEMA public CASCADE"))
        migrated.execute(text("CREATE SCHEMA public"))
        migrated.execute(text("CREATE TABLE alembic_version (version_num text)"))
    else:
        for table in reversed(metadata.sorted_tables):
            for kind in ("no_delete", "no_update"):
                migrated.execute(text(f"DROP TRIGGER IF EXISTS {table.name}_{kind}"))
        metadata.drop_all(migrated)
    metadata.create_all(migrated)
    assert shape(migrated) == found


def test_sqlite_holds_values_to_their_types(sqlite_database: SqlDatabase) -> None:
    with (
        pytest.raises(Exception, match="cannot store TEXT value in INTEGER column"),
        sqlite_database.writing() as store,
    ):
        store.session.run("INSERT INTO lease (name, holder, token, until_us) VALUES ('a', 'b', 'three', 0)")


def test_a_fresh_installation_is_at_the_newest_revision_and_at_generation_zero(database_url: str) -> None:
    database = open_database(database_url)
    assert database.revision() is None
    assert not database.is_current()
    database.migrate()
    database.migrate()
    assert database.is_current()
    assert database.revision() == migrate.newest()
    with database.reading() as store:
        assert store.generation() == 0
    database.close()


def test_points_from_before_there_were_lots_are_one_lot_that_never_lapses(database_url: str) -> None:
    engine = engine_of(database_url)
    with engine.connect() as connection:
        command.upgrade(migrate.config(connection), "0001")
        for guest, balance in (("gst_ana", 750), ("gst_ben", 0)):
            columns = "id, kind, unit, scarce, balance, funded"
            sql = f"INSERT INTO account ({columns}) VALUES (:id, 'balance', 'points', 1, :b, 0)"
            connection.execute(text(sql), {"id": f"points:{guest}", "b": balance})
        connection.commit()
    engine.dispose()
    database = open_database(database_url)
    database.migrate()
    with database.reading() as store:
        (lot,) = store.lots.open_of(["gst_ana", "gst_ben"])
        assert (lot.guest, lot.left) == ("gst_ana", 750)
        assert store.lots.due(to_us(datetime(2900, 1, 1, tzinfo=UTC)), 10) == []
    database.close()


def test_of_several_processes_one_migrates_and_all_go_on(database_url: str) -> None:
    script = (
        "import sys; from rewards.storage.engine import open_database; "
        "database = open_database(sys.argv[1]); database.migrate(); print(database.revision()); database.close()"
    )
    command = [sys.executable, "-c", script, database_url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ended = [process.communicate(timeout=120) for process in started]
    assert [out.strip() for out, _ in ended] == [migrate.newest()] * 4, "\n".join(error for _, error in ended)


def test_guests_of_before_tallies_are_due(database_url: str) -> None:
    engine = engine_of(database_url)
    with engine.connect() as connection:
        command.upgrade(migrate.config(connection), "0002")
        digest = text("INSERT INTO digest (guest, version, head) VALUES ('gst_ana', 1, :head)")
        connection.execute(digest, {"head": b"x"})
        connection.commit()
    engine.dispose()
    database = open_database(database_url)
    database.migrate()
    with database.reading() as store:
        assert not store.tallies.complete()
        assert store.tallies.is_due("gst_ana")
        assert not store.tallies.is_due("gst_ben")
    database.close()


# --- what was recorded stays


@pytest.fixture
def recorded(database: SqlDatabase) -> SqlDatabase:
    """One row in each table that only grows."""
    add_guest(database)
    with database.writing() as store:
        store.activities.add([stay("1")])
        store.accounts.post("txn_1", [Entry("a", 1, "EUR"), Entry("b", -1, "EUR")], "test", NOON)
        store.grants.add([grant_row()])
        store.decisions.add(decision_row(hold_expires_at=NOON))
        store.audit.add("clerk", "stock.set", "suite", None, None, NOON)
    return database


_KEPT = ("activity", "entry", "grant_event", "audit", "perk_grant", "decision")
_COLUMNS = {
    table.name: [column.name for column in table.columns] for table in metadata.sorted_tables if table.name in _KEPT
}
_MAY = {
    "activity": {"withheld"},
    "perk_grant": {"state", "used", "valid_until_us", "hold_expires_us", "approved_us"},
    "decision": {"state", "hold_expires_us"},
}


def refused(database: SqlDatabase, sql: str) -> None:
    """The statement is refused, in words that say so."""
    with pytest.raises(Exception, match=r"is refused"), database.writing() as store:
        store.session.run(sql)


@pytest.mark.parametrize("table", _KEPT)
def test_rows_are_not_deleted(recorded: SqlDatabase, table: str) -> None:
    refused(recorded, f"DELETE FROM {table}")
    if recorded.dialect == "postgresql":
        refused(recorded, f"TRUNCATE {table}")
    with recorded.reading() as store:
        assert store.session.one(f"SELECT count(*) >= 1 FROM {table}") in [(1,), (True,)]


@pytest.mark.parametrize("table", _KEPT)
def test_no_column_changes_that_says_what_happened(recorded: SqlDatabase, table: str) -> None:
    may = _MAY.get(table, set())
    for column in _COLUMNS[table]:
        if column not in may:
            refused(recorded, f'UPDATE {table} SET "{column}" = "{column}"')


def test_what_may_change_does(recorded: SqlDatabase) -> None:
    with recorded.writing() as store:
        for table, columns in _MAY.items():
            for column in columns:
                assert store.session.execute(f'UPDATE {table} SET "{column}" = "{column}"') == 1


def test_a_replace_does_not_slip_past_the_triggers(sqlite_database: SqlDatabase) -> None:
    with sqlite_database.writing() as store:
        store.activities.add([stay("1")])
        row: Any = store.session.one("SELECT * FROM activity")
    places = ",".join("?" * len(row))
    with pytest.raises(Exception, match=r"is refused"), sqlite_database.writing() as store:
        store.session.run(f"REPLACE INTO activity VALUES ({places})", row)
    with sqlite_database.reading() as store:
        assert store.activities.get(stay("1").id) == stay("1")


def test_no_kept_table_is_forgotten_here() -> None:
    assert set(_COLUMNS) == set(_KEPT)
