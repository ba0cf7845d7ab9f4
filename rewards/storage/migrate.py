"""Brings the tables to the newest revision, in one transaction, one process at a time."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from rewards.storage.backend import Backend
from rewards.storage.tables import metadata

FOLDER = Path(__file__).parent / "migrations"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration: the folder of revisions, and the connection to use."""
    made = Config()
    # Alembic's options know % as a mark of their own.
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


@lru_cache(maxsize=1)
def newest() -> str:
    """The newest revision that this code knows."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    if head is None:
        raise RuntimeError(f"there are no migrations in {FOLDER}")
    return head


def _context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"target_metadata": metadata})


def current(backend: Backend) -> str | None:
    """The revision of the tables, None before the first."""
    engine = backend.engine()
    with engine.connect() as connection:
        found = _context(connection).get_current_revision()
    engine.dispose()
    return found


def upgrade(backend: Backend) -> None:
    """Upgrade to the newest revision; does nothing, and waits for nobody, where that is the revision already."""
    if current(backend) == newest():
        return
    engine = backend.engine()
    with backend.alone(), engine.connect() as connection:
        # SQLite's driver begins nothing by itself; PostgreSQL's has begun, and one process at a time passes its lock.
        first = "BEGIN IMMEDIATE" if backend.dialect == "sqlite" else "SELECT pg_advisory_xact_lock(7239402)"
        connection.exec_driver_sql(first)
        command.upgrade(config(connection), "head")
        connection.commit()
    engine.dispose()
