"""An index by the last instant of a guest's rows: who is here now is looked up, not gone through."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the longer index in the place of the shorter."""
    op.create_index("ix_tally_guest_kind", "tally", ["guest", "kind", "last_us"])
    op.drop_index("ix_tally_guest", "tally")
