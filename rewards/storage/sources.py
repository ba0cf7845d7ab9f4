"""Connections of live sources, what they keep of entities and of their own, and what is delivered to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.errors import ALREADY_EXISTS, RewardsError
from rewards.storage.rows import from_json, to_json
from rewards.storage.session import Row, Session, marks

_COLUMNS = (
    "id, address, source, label, properties, settings, state, cursor, polled_us, heard_us, last_error, failed_us, "
    "delivered_seq, created_us"
)


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection as stored. Instants are microseconds since 1970 UTC.

    `properties`: code to the instant since which it is on, None where it is off. `settings` as given, secrets among
    them. `state`: on or off.
    """

    id: str
    address: str
    source: str
    label: str
    properties: Mapping[str, int | None]
    settings: Mapping[str, Any]
    state: str
    cursor: str | None
    polled_us: int | None
    heard_us: int | None
    last_error: str | None
    failed_us: int | None
    delivered_seq: int
    created_us: int

    @property
    def namespace(self) -> str:
        """What its facts are recorded as coming from: the source, with the label where there is one."""
        return f"{self.source}/{self.label}" if self.label else self.source

    @property
    def on(self) -> frozenset[str]:
        """Codes of the properties it is on for; none where it is off."""
        if self.state != "on":
            return frozenset()
        return frozenset(code for code, since in self.properties.items() if since is not None)

    def __repr__(self) -> str:
        # Settings hold secrets and the address is one.
        return f"ConnectionRow({self.id}, {self.namespace}, {self.state})"


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """An event that waits for a connection, or is dead: its number in the outbox, attempts and the last failure."""

    event: int
    state: str
    due_us: int
    attempt: int
    note: str | None


def _make(row: Row) -> ConnectionRow:
    values = list(row)
    values[4], values[5] = from_json(row[4]), from_json(row[5])
    return ConnectionRow(*values)


class SqlConnections:
    """Connections."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[ConnectionRow]:
        """Every connection, oldest first."""
        sql = f"SELECT {_COLUMNS} FROM source_connection ORDER BY created_us, id"
        return [_make(row) for row in self._session.all(sql)]

    def get(self, connection: str) -> ConnectionRow | None:
        """The connection of an id."""
        return self._one("id = ?", connection)

    def held(self, connection: str) -> ConnectionRow | None:
        """The connection of an id, which nobody else changes until this transaction ends."""
        return self._one(f"id = ?{self._session.for_update}", connection)

    def at(self, source: str, address: str) -> ConnectionRow | None:
        """The connection at an address of a source."""
        return self._one("address = ? AND source = ?", address, source)

    def _one(self, where: str, *values: str) -> ConnectionRow | None:
        row = self._session.one(f"SELECT {_COLUMNS} FROM source_connection WHERE {where}", values)
        return None if row is None else _make(row)

    def add(self, row: ConnectionRow) -> None:
        """Add a connection; `already_exists` where the source has one with this label."""
        sql = (
            f"INSERT INTO source_connection ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING"
        )
        values = (
            row.id, row.address, row.source, row.label, to_json(dict(row.properties)), to_json(dict(row.settings)),
            row.state, row.cursor, row.polled_us, row.heard_us, row.last_error, row.failed_us, row.delivered_seq,
            row.created_us,
        )  # fmt: skip
        if not self._session.execute(sql, values):
            hint = "Give the second one a label of its own."
            message = (
                f"“{row.source}” has a connection {f'labelled “{row.label}”' if row.label else 'without a label'}."
            )
            raise RewardsError(ALREADY_EXISTS, message, hint=hint, field="label")

    def put(
        self, connection: str, state: str, properties: Mapping[str, int | None], settings: Mapping[str, Any]
    ) -> None:
        """Replace what people set."""
        self._session.run(
            "UPDATE source_connection SET state = ?, properties = ?, settings = ? WHERE id = ?",
            (state, to_json(dict(properties)), to_json(dict(settings)), connection),
        )

    def remove(self, connection: str) -> None:
        """Remove a connection with what it keeps; facts stay, and so do the keys of its inbox with the address gone."""
        for table in ("source_vault", "source_entity", "source_delivery", "inbox"):
            self._session.run(f"DELETE FROM {table} WHERE connection = ?", (connection,))
        self._session.run("DELETE FROM source_connection WHERE id = ?", (connection,))

    def note_heard(self, connection: str, at_us: int) -> None:
        """The other system was heard."""
        sql = "UPDATE source_connection SET heard_us = ? WHERE id = ? AND (heard_us IS NULL OR heard_us < ?)"
        self._session.run(sql, (at_us, connection, at_us))

    def note_failure(self, connection: str, error: str, at_us: int) -> None:
        """Something failed: a sentence without secrets."""
        sql = "UPDATE source_connection SET last_error = ?, failed_us = ? WHERE id = ?"
        self._session.run(sql, (error[:500], at_us, connection))

    def note_poll(self, connection: str, at_us: int) -> bool:
        """Begin a poll; False where another one began at this instant or later."""
        sql = "UPDATE source_connection SET polled_us = ? WHERE id = ? AND (polled_us IS NULL OR polled_us < ?)"
        return self._session.execute(sql, (at_us, connection, at_us)) > 0

    def move_cursor(self, connection: str, before: str | None, after: str) -> bool:
        """Move the cursor from where it was read; False where somebody else moved it since."""
        sql = "UPDATE source_connection SET cursor = ? WHERE id = ? AND coalesce(cursor, '') = ?"
        return self._session.execute(sql, (after, connection, before or "")) > 0

    def moved_delivery(self, connection: str, seq: int) -> None:
        """All events up to this number are delivered or waiting in rows of their own."""
        self._session.run("UPDATE source_connection SET delivered_seq = ? WHERE id = ?", (seq, connection))

    # --- entities ---

    def claim_entity(self, connection: str, kind: str, entity: str, now_us: int, until_us: int) -> bool:
        """Look at an entity alone until an instant; False while somebody else does."""
        sql = (
            "INSERT INTO source_entity (connection, kind, entity, claimed_until_us, updated_us) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (connection, kind, entity) DO UPDATE SET claimed_until_us = excluded.claimed_until_us "
            "WHERE source_entity.claimed_until_us IS NULL OR source_entity.claimed_until_us < ?"
        )
        return self._session.execute(sql, (connection, kind, entity, until_us, now_us, now_us)) > 0

    def entity_state(self, connection: str, kind: str, entity: str, now_us: int) -> str | None:
        """What is kept of an entity, held until this transaction ends; None for the first time."""
        self._session.execute(
            "INSERT INTO source_entity (connection, kind, entity, updated_us) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (connection, kind, entity) DO NOTHING",
            (connection, kind, entity, now_us),
        )
        sql = (
            "SELECT state FROM source_entity WHERE connection = ? AND kind = ? AND entity = ?"
            f"{self._session.for_update}"
        )
        row = self._session.one(sql, (connection, kind, entity))
        return None if row is None else row[0]

    def put_entity(self, connection: str, kind: str, entity: str, state: str | None, now_us: int) -> None:
        """Keep the state of an entity, and let go of it."""
        sql = (
            "UPDATE source_entity SET state = ?, claimed_until_us = NULL, updated_us = ? "
            "WHERE connection = ? AND kind = ? AND entity = ?"
        )
        self._session.run(sql, (state, now_us, connection, kind, entity))

    def free_entity(self, connection: str, kind: str, entity: str) -> None:
        """Let go of an entity without a change."""
        sql = "UPDATE source_entity SET claimed_until_us = NULL WHERE connection = ? AND kind = ? AND entity = ?"
        self._session.run(sql, (connection, kind, entity))

    # --- the vault ---

    def vault_put(self, connection: str, name: str, value: str | None) -> None:
        """Keep, replace or (None) remove a value."""
        if value is None:
            self._session.run("DELETE FROM source_vault WHERE connection = ? AND name = ?", (connection, name))
            return
        sql = (
            "INSERT INTO source_vault (connection, name, value) VALUES (?, ?, ?) "
            "ON CONFLICT (connection, name) DO UPDATE SET value = excluded.value"
        )
        self._session.run(sql, (connection, name, value))

    def vault_get(self, connection: str, name: str) -> str | None:
        """A kept value."""
        row = self._session.one("SELECT value FROM source_vault WHERE connection = ? AND name = ?", (connection, name))
        return None if row is None else row[0]

    def vault_held(self, connection: str, name: str) -> str | None:
        """A kept value, held until this transaction ends; a name without one is held too and reads as "null"."""
        self._session.execute(
            "INSERT INTO source_vault (connection, name, value) VALUES (?, ?, 'null') "
            "ON CONFLICT (connection, name) DO NOTHING",
            (connection, name),
        )
        sql = f"SELECT value FROM source_vault WHERE connection = ? AND name = ?{self._session.for_update}"
        row = self._session.one(sql, (connection, name))
        return None if row is None else row[0]

    def vault_names(self, connection: str) -> list[str]:
        """Every name, in order."""
        sql = "SELECT name FROM source_vault WHERE connection = ? ORDER BY name"
        return [row[0] for row in self._session.all(sql, (connection,))]

    # --- deliveries ---

    def deliveries(self, connection: str, states: Sequence[str], limit: int) -> list[DeliveryRow]:
        """Events that wait for a connection or are dead, oldest first."""
        sql = (
            "SELECT event, state, due_us, attempt, note FROM source_delivery "
            f"WHERE connection = ? AND state IN ({marks(len(states))}) ORDER BY event LIMIT ?"
        )
        return [DeliveryRow(*row) for row in self._session.all(sql, (connection, *states, limit))]

    def put_delivery(self, connection: str, row: DeliveryRow) -> None:
        """Note an event that failed, or failed again."""
        sql = (
            "INSERT INTO source_delivery (connection, event, state, due_us, attempt, note) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (connection, event) DO UPDATE SET state = excluded.state, due_us = excluded.due_us, "
            "attempt = excluded.attempt, note = excluded.note"
        )
        self._session.run(sql, (connection, row.event, row.state, row.due_us, row.attempt, row.note))

    def drop_delivery(self, connection: str, event: int) -> None:
        """An event that had failed is delivered."""
        self._session.run("DELETE FROM source_delivery WHERE connection = ? AND event = ?", (connection, event))

    def dead_deliveries(self) -> dict[str, int]:
        """How many events are dead, by connection."""
        sql = "SELECT connection, COUNT(*) FROM source_delivery WHERE state = 'dead' GROUP BY connection"
        return {row[0]: int(row[1]) for row in self._session.all(sql)}
