"""The first tables, and the triggers that keep what was recorded.

What the log, the ledger and the audit trail say is never changed or deleted; a grant and a decision keep their terms
and change only in how far they have come. The database refuses, so that no mistake of ours and no other program can.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REAL = sa.Float().with_variant(sa.REAL(), "sqlite")

# What may change in tables that otherwise only grow; nothing, where no column is named.
_MAY_CHANGE: dict[str, tuple[str, ...]] = {
    "activity": ("withheld",),
    "entry": (),
    "grant_event": (),
    "audit": (),
    "perk_grant": ("state", "used", "hold_expires_us"),
    "decision": ("state", "hold_expires_us"),
}


def upgrade() -> None:
    """Make every table, its triggers, and the installation's one row."""
    _house()
    _people()
    _history()
    _ledger()
    _operation()
    op.execute("INSERT INTO installation (id, generation) VALUES (1, 0)")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION rewards_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME "
            "USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$"
        )
    for table, changing in _MAY_CHANGE.items():
        _protect(table, changing)


def _protect(table: str, changing: tuple[str, ...]) -> None:
    """Refuse DELETE, and UPDATE of every column but those that may change."""
    kept = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table) if column["name"] not in changing]
    columns = ", ".join(f'"{name}"' for name in kept)
    for name, event in (("delete", "DELETE"), ("update", f"UPDATE OF {columns}")):
        if op.get_bind().dialect.name == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{name.upper()} of {table} is refused'); END"
            op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {refuse}")
        else:
            refuse = "FOR EACH ROW EXECUTE FUNCTION rewards_refuse()"
            op.execute(f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} {refuse}")
    if op.get_bind().dialect.name == "postgresql":
        refuse = "FOR EACH STATEMENT EXECUTE FUNCTION rewards_refuse()"
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} {refuse}")


def _table(name: str, *items: SchemaItem, key: tuple[str, ...], slim: bool = False) -> None:
    primary = sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}"))
    op.create_table(name, *items, primary, sqlite_strict=True, sqlite_with_rowid=not slim)


def _seq() -> sa.Column[int]:
    return sa.Column("seq", _BIG, autoincrement=True)


def _text(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=null)


def _big(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, _BIG, nullable=null)


def _int(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=null, autoincrement=False)


def _partial(name: str, *columns: str, where: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _house() -> None:
    _table("installation", _int("id"), _big("generation"), key=("id",))
    _table(
        "property",
        _text("code"), _text("name"), _text("brand"), _text("city"), _text("country"),
        _text("zone"), _text("currency"), _text("room_classes"), _int("rollover_hour"),
        sa.Column("latitude", _REAL, nullable=True), sa.Column("longitude", _REAL, nullable=True), _int("geofence_m"),
        _text("kind"), _big("created_us"),
        sa.CheckConstraint("rollover_hour BETWEEN 0 AND 12", name=op.f("ck_property_rollover")),
        key=("code",),
    )  # fmt: skip
    _table(
        "coverage",
        _text("property"), _text("kind"), _big("known_from_us", null=True), _int("complete"), _big("heard_us"),
        key=("property", "kind"),
    )  # fmt: skip
    _table(
        "exchange_rate",
        _text("base"), _text("quote"), _int("day"), _big("numerator"), _big("denominator"),
        sa.CheckConstraint("numerator > 0 AND denominator > 0", name=op.f("ck_exchange_rate_positive")),
        key=("base", "quote", "day"),
    )  # fmt: skip


def _people() -> None:
    _table(
        "guest",
        _text("id"), _big("version"), _big("created_us"), _text("first_name", null=True),
        _text("language"), _big("enrolled_us", null=True), _int("birthday", null=True), _text("country", null=True),
        _text("merged_into", null=True), _text("attributes"), _big("erased_us", null=True),
        _partial("ix_guest_merged_into", "merged_into", where="merged_into IS NOT NULL"),
        key=("id",), slim=True,
    )  # fmt: skip
    _table(
        "identity",
        _text("kind"), _text("value"), _text("guest"), _int("verified"), _int("shared"), _big("created_us"),
        sa.Index("ix_identity_guest", "guest"),
        key=("kind", "value"), slim=True,
    )  # fmt: skip
    _table(
        "guest_merge",
        _text("id"), _text("kept"), _text("absorbed"), _text("reason"), _big("merged_us"),
        _big("undone_us", null=True), sa.Index("ix_guest_merge_kept", "kept"),
        key=("id",),
    )  # fmt: skip


def _history() -> None:
    _table(
        "activity",
        _seq(), _text("id"), _text("guest"), _text("kind"), _text("property", null=True), _big("occurred_us"),
        _big("recorded_us"), _int("day"), _int("arrival_day", null=True), _int("count"), _int("nights"), _int("rooms"),
        _big("amount", null=True), _text("currency", null=True), _int("evidence"), _int("on_time", null=True),
        _text("channel", null=True), _text("rate_code", null=True), _text("room_class", null=True),
        _text("reservation", null=True), _text("category", null=True), _text("place_id", null=True),
        _text("place_name", null=True), _text("reverses", null=True), _text("withheld", null=True), _text("source"),
        _text("source_key"), sa.Column("content_hash", sa.LargeBinary, nullable=False), _text("attributes", null=True),
        sa.UniqueConstraint("id", name="uq_activity_id"),
        sa.Index("ix_activity_guest", "guest", "occurred_us"),
        _partial("ix_activity_reservation", "property", "reservation", where="reservation IS NOT NULL"),
        _partial("ix_activity_reverses", "reverses", where="reverses IS NOT NULL"),
        key=("seq",),
    )  # fmt: skip
    _table(
        "digest",
        _text("guest"), _big("version"), sa.Column("head", sa.LargeBinary, nullable=False),
        key=("guest",),
    )  # fmt: skip
    _table(
        "digest_chunk",
        _text("guest"), _int("number"), sa.Column("rows", sa.LargeBinary, nullable=False),
        key=("guest", "number"),
    )  # fmt: skip


def _ledger() -> None:
    _table(
        "rule_set",
        _int("version"), _text("digest"), _text("rules"), _text("perks"),
        _big("published_us"), _text("published_by"), _text("note"),
        sa.UniqueConstraint("digest", "version", name="uq_rule_set_digest"),
        key=("version",),
    )  # fmt: skip
    _table(
        "account",
        _text("id"), _text("kind"), _text("unit"), _int("scarce"), _big("balance"), _big("funded"),
        sa.CheckConstraint("scarce = 0 OR balance >= 0", name=op.f("ck_account_not_below_zero")),
        key=("id",), slim=True,
    )  # fmt: skip
    _table(
        "entry",
        _seq(), _text("transaction_id"), _text("account"), _big("amount"), _text("unit"), _text("why"),
        _big("posted_us"),
        sa.Index("ix_entry_account", "account"), sa.Index("ix_entry_transaction_id", "transaction_id"),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_entry_not_zero")),
        key=("seq",),
    )  # fmt: skip
    _table(
        "decision",
        _text("id"), _text("guest"), _text("property"), _text("moment"), _text("mode"),
        _text("subject"), _big("as_of_us"), _big("decided_us"), _int("rule_set"), _big("guest_version"),
        _text("question"), _text("facts"), sa.Column("reply", sa.LargeBinary, nullable=False), _text("state"),
        _big("hold_expires_us", null=True),
        sa.Index("ix_decision_guest", "guest", "decided_us"),
        key=("id",),
    )  # fmt: skip
    _table(
        "question",
        _text("guest"), _text("property"), _text("subject"), _text("moment"), _text("decision"),
        key=("guest", "property", "subject", "moment"), slim=True,
    )  # fmt: skip
    _table(
        "perk_grant",
        _text("id"), _text("guest"), _text("decision"), _text("property"),
        _text("reservation", null=True), _text("rule"), _text("perk"), _text("code"), _big("quantity"), _text("params"),
        _big("granted_us"), _int("granted_day"), _big("valid_from_us"), _big("valid_until_us"), _big("cost_minor"),
        _text("currency", null=True), _text("claims"), _text("state"), _big("used"), _big("hold_expires_us", null=True),
        sa.UniqueConstraint("code", name="uq_perk_grant_code"),
        sa.Index("ix_perk_grant_guest", "guest", "rule", "granted_day"),
        sa.Index("ix_perk_grant_rule", "rule", "granted_day"),
        sa.Index("ix_perk_grant_decision", "decision"),
        sa.Index("ix_perk_grant_state", "state", "valid_until_us"),
        sa.CheckConstraint("used >= 0 AND used <= quantity", name=op.f("ck_perk_grant_used_within")),
        key=("id",),
    )  # fmt: skip
    _table(
        "grant_event",
        _seq(), _text("grant_id"), _text("kind"), _big("quantity"), _text("by"), _text("reason"),
        _text("reference", null=True), _big("at_us"), sa.Index("ix_grant_event_grant_id", "grant_id"),
        sa.UniqueConstraint("grant_id", "kind", "reference", name="uq_grant_event_reference"),
        key=("seq",),
    )  # fmt: skip


def _operation() -> None:
    _table(
        "idempotency",
        _text("scope"), _text("key"), sa.Column("fingerprint", sa.LargeBinary, nullable=False), _int("status"),
        sa.Column("body", sa.LargeBinary, nullable=False), _text("headers"), _big("created_us"),
        sa.Index("ix_idempotency_created_us", "created_us"),
        key=("scope", "key"),
    )  # fmt: skip
    _table(
        "outbox",
        _seq(), _text("id"), _text("topic"), _text("guest", null=True), _text("payload"), _big("created_us"),
        _big("sent_us", null=True), sa.UniqueConstraint("id", name="uq_outbox_id"),
        key=("seq",),
    )  # fmt: skip
    _table(
        "job",
        _text("id"), _text("name"), _text("payload"), _text("state"), _big("due_us"),
        _big("claimed_until_us", null=True), _int("attempt"), _int("max_attempts"), _text("last_error", null=True),
        sa.Index("ix_job_state", "state", "due_us"),
        key=("id",),
    )  # fmt: skip
    _table("lease", _text("name"), _text("holder"), _big("token"), _big("until_us"), key=("name",))
    _table(
        "scheduled_run",
        _text("task"), _text("period_start"), _big("started_us"),
        key=("task", "period_start"),
    )  # fmt: skip
    _table(
        "api_key",
        _text("id"), sa.Column("hash", sa.LargeBinary, nullable=False), _text("name"), _text("scopes"),
        _text("properties"), _big("created_us"), _big("revoked_us", null=True),
        sa.UniqueConstraint("hash", name="uq_api_key_hash"),
        key=("id",),
    )  # fmt: skip
    _table(
        "audit",
        _seq(), _big("at_us"), _text("actor"), _text("action"), _text("object"), _text("before", null=True),
        _text("after", null=True),
        key=("seq",),
    )  # fmt: skip
    _table(
        "import_run",
        _text("source"), _text("file_hash"), _big("rows_done"), _big("rows_added"), _big("rows_rejected"),
        _text("state"),
        _big("started_us"), _big("updated_us"),
        key=("source", "file_hash"),
    )  # fmt: skip
