"""What rules take from guests; and of each lot of points, which perk they are.

Lots that guests had before there were lots are of no perk: nobody noted which points came from where.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MAY_CHANGE: dict[str, tuple[str, ...]] = {
    "perk_take": ("state", "hold_expires_us", "settled_us"),
    "perk_take_part": (),
}
_HELD = sa.text("state = 'held'")


def upgrade() -> None:
    """Make the tables, and name the perk of each lot."""
    op.add_column("points_lot", sa.Column("perk", sa.Text, nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE points_lot SET perk = (SELECT g.perk FROM perk_grant g WHERE g.id = points_lot.id) "
        "WHERE id IN (SELECT id FROM perk_grant)"
    )
    op.create_table(
        "perk_take",
        _text("id"), _text("decision"), _text("guest"), _text("property"), _text("reservation", null=True),
        _text("rule"), _text("perk"), _int("points"), _big("asked"), _big("owed"), _big("owed_until_us"),
        _big("taken_us"), _int("taken_day"), _text("claims"), _text("state"), _big("hold_expires_us", null=True),
        _big("settled_us", null=True),
        sa.CheckConstraint("owed >= 0 AND owed <= asked", name=op.f("ck_perk_take_owed_within")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_perk_take")),
        sqlite_strict=True,
    )  # fmt: skip
    op.create_index("ix_perk_take_decision", "perk_take", ["decision"])
    op.create_index("ix_perk_take_guest", "perk_take", ["guest", "rule", "taken_day"])
    op.create_index("ix_perk_take_rule", "perk_take", ["rule", "taken_day"])
    op.create_index(
        "ix_perk_take_held", "perk_take", ["hold_expires_us"], sqlite_where=_HELD, postgresql_where=_HELD
    )  # fmt: skip
    op.create_table(
        "perk_take_part",
        _text("take"), _text("source"), _big("quantity"),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_perk_take_part_some")),
        sa.PrimaryKeyConstraint("take", "source", name=op.f("pk_perk_take_part")),
        sqlite_strict=True, sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_index("ix_perk_take_part_source", "perk_take_part", ["source"])
    for table, changing in _MAY_CHANGE.items():
        _protect(table, changing)


def _protect(table: str, changing: tuple[str, ...]) -> None:
    """Refuse DELETE, and UPDATE of every column but those that may change."""
    kept = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table) if column["name"] not in changing]
    columns = ", ".join(f'"{name}"' for name in kept)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, event in (("delete", "DELETE"), ("update", f"UPDATE OF {columns}")):
        refuse = (
            f"BEGIN SELECT RAISE(ABORT, '{name.upper()} of {table} is refused'); END"
            if sqlite
            else "FOR EACH ROW EXECUTE FUNCTION rewards_refuse()"
        )
        op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {refuse}")
    if not sqlite:
        refuse = "FOR EACH STATEMENT EXECUTE FUNCTION rewards_refuse()"
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {refuse}")


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _int(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=null)
