"""Live sources: connections, their inbox, what is known of each entity, what they keep, what they were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "source_connection",
        _text("id"), _text("address"), _text("source"), _text("label"), _text("properties"), _text("settings"),
        _text("state"), _text("cursor", null=True), _big("polled_us", null=True), _big("heard_us", null=True),
        _text("last_error", null=True), _big("failed_us", null=True), _big("delivered_seq"), _big("created_us"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_connection")),
        sa.UniqueConstraint("address", name="uq_source_connection_address"),
        sa.UniqueConstraint("source", "label", name="uq_source_connection_label"),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_table(
        "inbox",
        sa.Column("seq", _BIG, autoincrement=True, nullable=False),
        _text("connection"), _text("key"), _text("kind"), _text("entity"), _text("payload", null=True),
        sa.Column("hash", sa.LargeBinary, nullable=False), _text("state"), _big("received_us"), _big("due_us"),
        _big("claimed_until_us", null=True), _int("attempt"), _text("note", null=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_inbox")),
        sa.UniqueConstraint("connection", "key", name="uq_inbox_key"),
        sqlite_strict=True,
    )  # fmt: skip
    waits = sa.text("state = 'due'")
    op.create_index("ix_inbox_due", "inbox", ["connection", "due_us"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "source_entity",
        _text("connection"), _text("kind"), _text("entity"), _text("state", null=True),
        _big("claimed_until_us", null=True), _big("updated_us"),
        sa.PrimaryKeyConstraint("connection", "kind", "entity", name=op.f("pk_source_entity")),
        sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "source_vault",
        _text("connection"), _text("name"), _text("value"),
        sa.PrimaryKeyConstraint("connection", "name", name=op.f("pk_source_vault")),
        sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "source_delivery",
        _text("connection"), _big("event"), _text("state"), _big("due_us"), _int("attempt"), _text("note", null=True),
        sa.PrimaryKeyConstraint("connection", "event", name=op.f("pk_source_delivery")),
        sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=null, autoincrement=False)
