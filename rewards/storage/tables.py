"""Every table, once.

Migrations are checked against this metadata; the hot path uses the same names in prepared statements. Instants are
microseconds since 1970 UTC (`…_us`), hotel days proleptic ordinals (`…_day`), money integer minor units. Every
constraint has a name, because SQLite migrations copy tables.
"""

from __future__ import annotations

from sqlalchemy import (
    REAL,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.sql.schema import SchemaItem

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite's STRICT tables hold a value to its column's type and know four types only.
_BIG = BigInteger().with_variant(Integer(), "sqlite")
_REAL = Float().with_variant(REAL(), "sqlite")


def _table(name: str, *items: SchemaItem, slim: bool = False) -> Table:
    """`slim` tables have short rows that are read by key: SQLite then keeps them in the key's own tree."""
    return Table(name, metadata, *items, sqlite_strict=True, sqlite_with_rowid=not slim)


def _seq() -> Column[int]:
    return Column("seq", _BIG, primary_key=True, autoincrement=True)


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index without the rows that lack the value: most lack it, and each entry costs an insert its time."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _big(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, _BIG, nullable=null)


def _int(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=null)


# One row: `generation` grows with every change of rules, properties, perks, rates or coverage, so that a worker knows
# by one read whether what it holds in memory still stands.
installation = _table("installation", Column("id", Integer, primary_key=True, autoincrement=False), _big("generation"))

property_ = _table(
    "property",
    Column("code", Text, primary_key=True), _text("name"), _text("brand"), _text("city"), _text("country"),
    _text("zone"), _text("currency"), _text("room_classes"), _int("rollover_hour"),
    Column("latitude", _REAL, nullable=True), Column("longitude", _REAL, nullable=True), _int("geofence_m"),
    _text("kind"), _big("created_us"),
    CheckConstraint("rollover_hour BETWEEN 0 AND 12", name="rollover"),
)  # fmt: skip

coverage = _table(
    "coverage",
    _text("property"), _text("kind"), _big("known_from_us", null=True), _int("complete"), _big("heard_us"),
    PrimaryKeyConstraint("property", "kind"),
)  # fmt: skip

exchange_rate = _table(
    "exchange_rate",
    _text("base"), _text("quote"), _int("day"), _big("numerator"), _big("denominator"),
    PrimaryKeyConstraint("base", "quote", "day"),
    CheckConstraint("numerator > 0 AND denominator > 0", name="positive"),
)  # fmt: skip

# `version` grows with every change to what is known of the guest; a decision re-checks it under the guest's lock.
guest = _table(
    "guest",
    Column("id", Text, primary_key=True), _big("version"), _big("created_us"), _text("first_name", null=True),
    _text("language"), _big("enrolled_us", null=True), _int("birthday", null=True), _text("country", null=True),
    _text("merged_into", null=True), _text("attributes"), _big("erased_us", null=True),
    _partial("ix_guest_merged_into", "merged_into", where="merged_into IS NOT NULL"),
    slim=True,
)  # fmt: skip

identity = _table(
    "identity",
    _text("kind"), _text("value"), _text("guest"), _int("verified"), _int("shared"), _big("created_us"),
    PrimaryKeyConstraint("kind", "value"), Index("ix_identity_guest", "guest"),
    slim=True,
)  # fmt: skip

guest_merge = _table(
    "guest_merge",
    Column("id", Text, primary_key=True), _text("kept"), _text("absorbed"), _text("reason"), _big("merged_us"),
    _big("undone_us", null=True), Index("ix_guest_merge_kept", "kept"),
)  # fmt: skip

# That two guests belong together: symmetric, so the smaller id stands in `low`. A link that was undone stays, for what
# was known then. The records are those of the day; whoever reads follows merges.
guest_link = _table(
    "guest_link",
    Column("id", Text, primary_key=True), _text("low"), _text("high"), _text("kind"), _big("linked_us"),
    _text("source"), _text("linked_by"), _big("undone_us", null=True), _text("undone_by", null=True),
    Index("ix_guest_link_low", "low"), Index("ix_guest_link_high", "high"),
    Index("uq_guest_link_standing", "low", "high", "kind", unique=True, sqlite_where=text("undone_us IS NULL"),
          postgresql_where=text("undone_us IS NULL")),
    CheckConstraint("low <> high", name="two_guests"),
)  # fmt: skip

# Append-only (triggers refuse UPDATE of facts and DELETE). `guest` is the record it came in for; a merged guest's
# history is the union over the records merged into it, so a merge can be undone.
activity = _table(
    "activity",
    _seq(), _text("id"), _text("guest"), _text("kind"), _text("property", null=True), _big("occurred_us"),
    _big("recorded_us"), _int("day"), _int("arrival_day", null=True), _int("count"), _int("nights"), _int("rooms"),
    _big("amount", null=True), _text("currency", null=True), _int("evidence"), _int("on_time", null=True),
    _text("channel", null=True), _text("rate_code", null=True), _text("room_class", null=True),
    _text("reservation", null=True), _text("category", null=True), _text("place_id", null=True),
    _text("place_name", null=True), _text("reverses", null=True), _text("withheld", null=True), _text("source"),
    _text("source_key"), Column("content_hash", LargeBinary, nullable=False), _text("attributes", null=True),
    UniqueConstraint("id", name="uq_activity_id"),
    Index("ix_activity_guest", "guest", "occurred_us"),
    _partial("ix_activity_reservation", "property", "reservation", where="reservation IS NOT NULL"),
    _partial("ix_activity_reverses", "reverses", where="reverses IS NOT NULL"),
)  # fmt: skip

digest = _table(
    "digest",
    Column("guest", Text, primary_key=True), _big("version"), Column("head", LargeBinary, nullable=False),
)  # fmt: skip

digest_chunk = _table(
    "digest_chunk",
    _text("guest"), _int("number"), Column("rows", LargeBinary, nullable=False),
    PrimaryKeyConstraint("guest", "number"),
)  # fmt: skip

# What guests did by property and hotel day, for measures among all of them; like the digest a sum of the log, of the
# kept guest's and all records merged into it. `place` "" is outside the group, `currency` "" without an amount.
tally = _table(
    "tally",
    _text("place"), _int("day"), _text("guest"), _text("kind"), _int("evidence"), _int("since"), _text("currency"),
    _big("times"), _big("nights"), _big("net"), _big("first_us"), _big("last_us"),
    PrimaryKeyConstraint("place", "day", "guest", "kind", "evidence", "since", "currency"),
    Index("ix_tally_guest_kind", "guest", "kind", "last_us"),
    slim=True,
)  # fmt: skip

# Guests who were here before tallies were; while there is one, ranks are not known.
tally_due = _table("tally_due", Column("guest", Text, primary_key=True), slim=True)

# `rules` is the canonical text of all documents, `perks` the canonical catalogue (JSON).
rule_set = _table(
    "rule_set",
    Column("version", Integer, primary_key=True, autoincrement=False), _text("digest"), _text("rules"), _text("perks"),
    _big("published_us"), _text("published_by"), _text("note"),
    UniqueConstraint("digest", "version", name="uq_rule_set_digest"),
)  # fmt: skip

# Stock, budget, allowance and balance are all accounts. `scarce` accounts may not go below zero: the database holds
# it under any race. `funded` is how much the limit had put in, so that an edited limit is topped up or cut once.
account = _table(
    "account",
    Column("id", Text, primary_key=True), _text("kind"), _text("unit"), _int("scarce"), _big("balance"), _big("funded"),
    CheckConstraint("scarce = 0 OR balance >= 0", name="not_below_zero"),
    slim=True,
)  # fmt: skip

# Append-only, and the entries of one transaction sum to zero per unit.
entry = _table(
    "entry",
    _seq(), _text("transaction_id"), _text("account"), _big("amount"), _text("unit"), _text("why"), _big("posted_us"),
    Index("ix_entry_account", "account"), Index("ix_entry_transaction_id", "transaction_id"),
    CheckConstraint("amount <> 0", name="not_zero"),
)  # fmt: skip

# `facts` is what the decision read (JSON), `reply` the answer given, byte for byte.
decision = _table(
    "decision",
    Column("id", Text, primary_key=True), _text("guest"), _text("property"), _text("moment"), _text("mode"),
    _text("subject"), _big("as_of_us"), _big("decided_us"), _int("rule_set"), _big("guest_version"),
    _text("question"), _text("facts"), Column("reply", LargeBinary, nullable=False), _text("state"),
    _big("hold_expires_us", null=True),
    Index("ix_decision_guest", "guest", "decided_us"),
)  # fmt: skip

# One standing commit or hold for a guest, property, reservation (or activity) and moment.
question = _table(
    "question",
    _text("guest"), _text("property"), _text("subject"), _text("moment"), _text("decision"),
    PrimaryKeyConstraint("guest", "property", "subject", "moment"),
    slim=True,
)  # fmt: skip

# The grant's terms never change; `state`, `used`, `valid_until_us`, `hold_expires_us` and `approved_us` sum up its
# events and are checked against them. What waits for an approval has the role that says yes (`approver`), the key that
# asked, and an end.
perk_grant = _table(
    "perk_grant",
    Column("id", Text, primary_key=True), _text("guest"), _text("decision"), _text("property"),
    _text("reservation", null=True), _text("rule"), _text("perk"), _text("code"), _big("quantity"), _text("params"),
    _big("granted_us"), _int("granted_day"), _big("valid_from_us"), _big("valid_until_us"), _big("cost_minor"),
    _text("currency", null=True), _text("claims"), _text("state"), _big("used"), _big("hold_expires_us", null=True),
    _text("approver", null=True), _text("asked_by", null=True), _big("approve_by_us", null=True),
    _big("approved_us", null=True),
    UniqueConstraint("code", name="uq_perk_grant_code"),
    Index("ix_perk_grant_guest", "guest", "rule", "granted_day"),
    Index("ix_perk_grant_rule", "rule", "granted_day"),
    Index("ix_perk_grant_decision", "decision"),
    Index("ix_perk_grant_state", "state", "valid_until_us"),
    CheckConstraint("used >= 0 AND used <= quantity", name="used_within"),
)  # fmt: skip

# What is left of the points of a grant. The sum of a guest's lots is the balance of the guest's account of points.
points_lot = _table(
    "points_lot",
    Column("id", Text, primary_key=True), _text("guest"), _big("earned"), _big("points_left"), _big("lapsed"),
    _big("earned_us"), _big("expires_us"), _big("spent_us", null=True),
    Column("perk", Text, nullable=False, server_default=text("''")),
    Index("ix_points_lot_guest", "guest", "expires_us"),
    Index("ix_points_lot_due", "expires_us", sqlite_where=text("points_left > 0"),
          postgresql_where=text("points_left > 0")),
    CheckConstraint("points_left >= 0 AND lapsed >= 0", name="not_below_zero"),
)  # fmt: skip

# What could not be had and is tried again. Its terms never change; `state`, `next_us`, `tries`, `reason`, `grant_id`
# and `over_us` say where it stands.
waiting = _table(
    "waiting",
    Column("id", Text, primary_key=True), _text("guest"), _text("decision"), _text("property"), _text("subject"),
    _text("moment"), _text("reservation", null=True), _text("rule"), _text("perk"), _int("outcome"), _int("hourly"),
    _big("first_us"), _big("next_us"), _big("end_us"), _text("state"), _big("created_us"), _int("tries"),
    _text("reason", null=True), _text("grant_id", null=True), _big("over_us", null=True),
    UniqueConstraint("decision", "rule", "outcome", name="uq_waiting_outcome"),
    Index("ix_waiting_guest", "guest"),
    _partial("ix_waiting_due", "next_us", where="state IN ('held', 'waiting')"),
)  # fmt: skip

grant_event = _table(
    "grant_event",
    _seq(), _text("grant_id"), _text("kind"), _big("quantity"), _text("by"), _text("reason"),
    _text("reference", null=True), _big("at_us"), _big("from_us", null=True), _big("until_us", null=True),
    Index("ix_grant_event_grant_id", "grant_id"),
    UniqueConstraint("grant_id", "kind", "reference", name="uq_grant_event_reference"),
)  # fmt: skip

# What rules took from guests; its terms never change. `parts` lie in rows of their own, so that what was taken of a
# grant can be laid beside the events of that grant.
perk_take = _table(
    "perk_take",
    Column("id", Text, primary_key=True), _text("decision"), _text("guest"), _text("property"),
    _text("reservation", null=True), _text("rule"), _text("perk"), _int("points"), _big("asked"), _big("owed"),
    _big("owed_until_us"), _big("taken_us"), _int("taken_day"), _text("claims"), _text("state"),
    _big("hold_expires_us", null=True), _big("settled_us", null=True),
    Index("ix_perk_take_decision", "decision"),
    Index("ix_perk_take_guest", "guest", "rule", "taken_day"),
    Index("ix_perk_take_rule", "rule", "taken_day"),
    _partial("ix_perk_take_held", "hold_expires_us", where="state = 'held'"),
    CheckConstraint("owed >= 0 AND owed <= asked", name="owed_within"),
)  # fmt: skip

perk_take_part = _table(
    "perk_take_part",
    _text("take"), _text("source"), _big("quantity"),
    PrimaryKeyConstraint("take", "source"), Index("ix_perk_take_part_source", "source"),
    CheckConstraint("quantity > 0", name="some"),
    slim=True,
)  # fmt: skip

idempotency = _table(
    "idempotency",
    _text("scope"), _text("key"), Column("fingerprint", LargeBinary, nullable=False), _int("status"),
    Column("body", LargeBinary, nullable=False), _text("headers"), _big("created_us"),
    PrimaryKeyConstraint("scope", "key"), Index("ix_idempotency_created_us", "created_us"),
)  # fmt: skip

outbox = _table(
    "outbox",
    _seq(), _text("id"), _text("topic"), _text("guest", null=True), _text("payload"), _big("created_us"),
    _big("sent_us", null=True), UniqueConstraint("id", name="uq_outbox_id"),
)  # fmt: skip

job = _table(
    "job",
    Column("id", Text, primary_key=True), _text("name"), _text("payload"), _text("state"), _big("due_us"),
    _big("claimed_until_us", null=True), _int("attempt"), _int("max_attempts"), _text("last_error", null=True),
    Index("ix_job_state", "state", "due_us"),
)  # fmt: skip

lease = _table("lease", Column("name", Text, primary_key=True), _text("holder"), _big("token"), _big("until_us"))

scheduled_run = _table(
    "scheduled_run",
    _text("task"), _text("period_start"), _big("started_us"), PrimaryKeyConstraint("task", "period_start"),
)  # fmt: skip

# Only the SHA-256 of a key is kept; `scopes` and `properties` are JSON lists, an empty list of properties means all.
api_key = _table(
    "api_key",
    Column("id", Text, primary_key=True), Column("hash", LargeBinary, nullable=False), _text("name"), _text("scopes"),
    _text("properties"), _big("created_us"), _big("revoked_us", null=True), _text("role", null=True),
    UniqueConstraint("hash", name="uq_api_key_hash"),
)  # fmt: skip

audit = _table(
    "audit",
    _seq(), _big("at_us"), _text("actor"), _text("action"), _text("object"), _text("before", null=True),
    _text("after", null=True),
)  # fmt: skip

# How far a file has been read, in the transaction that recorded its rows; so an import resumes and repeats nothing.
import_run = _table(
    "import_run",
    _text("source"), _text("file_hash"), _big("rows_done"), _big("rows_added"), _big("rows_rejected"), _text("state"),
    _big("started_us"), _big("updated_us"), PrimaryKeyConstraint("source", "file_hash"),
)  # fmt: skip

# A source turned on for properties. `properties` is JSON: code to the instant (microseconds) it was turned on, or null;
# `settings` JSON as given, secrets among them. `address` is the part of the URL that nobody can guess.
source_connection = _table(
    "source_connection",
    Column("id", Text, primary_key=True), _text("address"), _text("source"), _text("label"), _text("properties"),
    _text("settings"), _text("state"), _text("cursor", null=True), _big("polled_us", null=True),
    _big("heard_us", null=True), _text("last_error", null=True), _big("failed_us", null=True), _big("delivered_seq"),
    _big("created_us"),
    UniqueConstraint("address", name="uq_source_connection_address"),
    UniqueConstraint("source", "label", name="uq_source_connection_label"),
)  # fmt: skip

# What sources were told, a row a notice, before it was acknowledged. `state`: due, done, skipped, dead. A notice that
# is done keeps its key and the hash of what it said; its payload goes.
inbox = _table(
    "inbox",
    _seq(), _text("connection"), _text("key"), _text("kind"), _text("entity"), _text("payload", null=True),
    Column("hash", LargeBinary, nullable=False), _text("state"), _big("received_us"), _big("due_us"),
    _big("claimed_until_us", null=True), _int("attempt"), _text("note", null=True),
    UniqueConstraint("connection", "key", name="uq_inbox_key"),
    _partial("ix_inbox_due", "connection", "due_us", where="state = 'due'"),
)  # fmt: skip

# What each source kept of each of its entities, and who is looking at it now.
source_entity = _table(
    "source_entity",
    _text("connection"), _text("kind"), _text("entity"), _text("state", null=True),
    _big("claimed_until_us", null=True), _big("updated_us"),
    PrimaryKeyConstraint("connection", "kind", "entity"),
    slim=True,
)  # fmt: skip

source_vault = _table(
    "source_vault",
    _text("connection"), _text("name"), _text("value"), PrimaryKeyConstraint("connection", "name"),
    slim=True,
)  # fmt: skip

# Events of the outbox that a connection did not take at once; all others up to `delivered_seq` are delivered.
source_delivery = _table(
    "source_delivery",
    _text("connection"), _big("event"), _text("state"), _big("due_us"), _int("attempt"), _text("note", null=True),
    PrimaryKeyConstraint("connection", "event"),
    slim=True,
)  # fmt: skip

# What the columns of a hotel's export mean, by the source that reads it; `document` is JSON.
file_mapping = _table(
    "file_mapping",
    _text("source"), _text("name"), _text("document"), _big("saved_us"), _text("saved_by"),
    PrimaryKeyConstraint("source", "name"),
)  # fmt: skip
