"""Tallies: what all guests of a property did day by day, for ranks and crowds.

Guests who have a digest already are due: the workers make their tallies from the log in the background, a guest at a
time, and until the last one is made a rank is not known. So the upgrade takes no longer for a house with a long
history.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make both tables, and note who is due."""
    op.create_table(
        "tally",
        _text("place"), _int("day"), _text("guest"), _text("kind"), _int("evidence"), _int("since"), _text("currency"),
        _big("times"), _big("nights"), _big("net"), _big("first_us"), _big("last_us"),
        sa.PrimaryKeyConstraint(
            "place", "day", "guest", "kind", "evidence", "since", "currency", name=op.f("pk_tally")
        ),
        sa.Index("ix_tally_guest", "guest", "kind"),
        sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table(
        "tally_due",
        _text("guest"),
        sa.PrimaryKeyConstraint("guest", name=op.f("pk_tally_due")),
        sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    op.execute("INSERT INTO tally_due (guest) SELECT guest FROM digest")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _big(name: str) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=False)
