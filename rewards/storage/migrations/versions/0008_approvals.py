"""Approvals: which role says yes before a grant is given, who asked, until when, and the role of an API key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; what was given before asked for no approval, and no key had a role."""
    op.add_column("api_key", sa.Column("role", sa.Text, nullable=True))
    for name in ("approver", "asked_by"):
        op.add_column("perk_grant", sa.Column(name, sa.Text, nullable=True))
    for name in ("approve_by_us", "approved_us"):
        op.add_column("perk_grant", sa.Column(name, _BIG, nullable=True))
    _keep("approver", "asked_by", "approve_by_us")


def _keep(*columns: str) -> None:
    """Refuse changes of what was asked for; only `approved_us` follows later."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = "BEGIN SELECT RAISE(ABORT, 'UPDATE of perk_grant is refused'); END"
    then = refuse if sqlite else "FOR EACH ROW EXECUTE FUNCTION rewards_refuse()"
    event = f"UPDATE OF {', '.join(columns)}"
    op.execute(f"CREATE TRIGGER perk_grant_no_update_of_approval BEFORE {event} ON perk_grant {then}")
