"""What waits until it can be had, with its next try and its end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "waiting",
        _text("id"), _text("guest"), _text("decision"), _text("property"), _text("subject"), _text("moment"),
        _text("reservation", null=True), _text("rule"), _text("perk"), _int("outcome"), _int("hourly"),
        _big("first_us"), _big("next_us"), _big("end_us"), _text("state"), _big("created_us"), _int("tries"),
        _text("reason", null=True), _text("grant_id", null=True), _big("over_us", null=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("decision", "rule", "outcome", name=op.f("uq_waiting_outcome")),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_waiting_guest", "waiting", ["guest"])
    still_open = sa.text("state IN ('held', 'waiting')")
    op.create_index("ix_waiting_due", "waiting", ["next_us"], sqlite_where=still_open, postgresql_where=still_open)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=null)
