"""Links: which guests belong together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "guest_link",
        sa.Column("id", sa.Text(), nullable=False),
        *(_text(name) for name in ("low", "high", "kind")),
        sa.Column("linked_us", _BIG, nullable=False),
        *(_text(name) for name in ("source", "linked_by")),
        sa.Column("undone_us", _BIG, nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.CheckConstraint("low <> high", name="two_guests"),
        sa.PrimaryKeyConstraint("id", name="pk_guest_link"),
        sqlite_strict=True,
    )
    op.create_index("ix_guest_link_low", "guest_link", ["low"])
    op.create_index("ix_guest_link_high", "guest_link", ["high"])
    stands = sa.text("undone_us IS NULL")
    op.create_index(
        "uq_guest_link_standing", "guest_link", ["low", "high", "kind"], unique=True, sqlite_where=stands,
        postgresql_where=stands,
    )  # fmt: skip


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)
