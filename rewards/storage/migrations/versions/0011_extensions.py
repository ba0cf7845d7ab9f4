"""A grant may end later than it was given: its events say from when to when, and its end is no term any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MAY_CHANGE: dict[str, tuple[str, ...]] = {
    "grant_event": (),
    "perk_grant": ("state", "used", "valid_until_us", "hold_expires_us", "approved_us"),
}


def upgrade() -> None:
    """Add the columns, and protect both tables anew."""
    for name in ("from_us", "until_us"):
        op.add_column("grant_event", sa.Column(name, _BIG, nullable=True))
    for table, changing in _MAY_CHANGE.items():
        _protect(table, changing)


def _protect(table: str, changing: tuple[str, ...]) -> None:
    """Refuse UPDATE of every column but those that may change."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"DROP TRIGGER {table}_no_update" + ("" if sqlite else f" ON {table}"))
    kept = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table) if column["name"] not in changing]
    columns = ", ".join(f'"{name}"' for name in kept)
    refuse = (
        f"BEGIN SELECT RAISE(ABORT, 'UPDATE of {table} is refused'); END"
        if sqlite
        else "FOR EACH ROW EXECUTE FUNCTION rewards_refuse()"
    )
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {columns} ON {table} {refuse}")
