"""Points lie in lots, each with the end of its own.

What guests have already becomes one lot that never lapses: nobody promised its points an end.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_FOR_EVER_US = 253_402_300_799_000_000
_CARRIED = (
    "INSERT INTO points_lot (id, guest, earned, points_left, lapsed, earned_us, expires_us) "
    f"SELECT 'carried:' || substr(id, 8), substr(id, 8), balance, balance, 0, 0, {_FOR_EVER_US} "
    "FROM account WHERE id LIKE 'points:%' AND balance > 0"
)


def upgrade() -> None:
    """Make the table, and a lot of what each guest has."""
    op.create_table(
        "points_lot",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("guest", sa.Text(), nullable=False),
        sa.Column("earned", _BIG, nullable=False),
        sa.Column("points_left", _BIG, nullable=False),
        sa.Column("lapsed", _BIG, nullable=False),
        sa.Column("earned_us", _BIG, nullable=False),
        sa.Column("expires_us", _BIG, nullable=False),
        sa.Column("spent_us", _BIG, nullable=True),
        sa.CheckConstraint("points_left >= 0 AND lapsed >= 0", name="not_below_zero"),
        sa.PrimaryKeyConstraint("id", name="pk_points_lot"),
        sqlite_strict=True,
    )
    op.create_index("ix_points_lot_guest", "points_lot", ["guest", "expires_us"])
    open_lots = sa.text("points_left > 0")
    op.create_index(
        "ix_points_lot_due", "points_lot", ["expires_us"], sqlite_where=open_lots, postgresql_where=open_lots
    )
    op.execute(_CARRIED)
