"""Connections as people set them: added, changed, turned on and off, listed with how they are."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rewards.errors import FIELD_INVALID, NOT_FOUND, PROPERTY_UNKNOWN, RewardsError
from rewards.ids import ALPHABET, new_id
from rewards.pluginhost.host import SourceHost
from rewards.pluginhost.values import checked, missing, shown
from rewards.storage.inbox import InboxState
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

ADDRESS_LENGTH = 32
MAX_LABEL = 40


@dataclass(frozen=True, slots=True)
class Health:
    """How a connection is. Instants in microseconds since 1970 UTC, `lag_s` seconds the oldest due notice waits.

    `trouble` is what is wrong with the source itself, where something is.
    """

    heard_us: int | None
    last_error: str | None
    failed_us: int | None
    due: int
    dead: int
    lag_s: int
    undelivered: int
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A connection as it is shown: settings without secrets, the path of its address, its health."""

    row: ConnectionRow
    settings: Mapping[str, Any]
    path: str
    health: Health


def new_address() -> str:
    """A part of a URL that nobody can guess: 160 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ADDRESS_LENGTH))


def add(
    host: SourceHost,
    store: SqlStore,
    source: str,
    *,
    properties: Sequence[str],
    settings: Mapping[str, Any],
    label: str = "",
    by: str,
) -> ConnectionRow:
    """Turn a source on for properties; it is off where a required setting is missing.

    Coverage of what it gives opens now for each property. Errors: `not_found`, `plugin_invalid`, `property_unknown`,
    `field_invalid` (a setting, the label), `already_exists` (the label).
    """
    plugin, now_us = host.plugin(source), host.clock.now_us()
    if len(label) > MAX_LABEL or not label.isprintable() or "/" in label:
        hint = f"At most {MAX_LABEL} characters, without a slash."
        raise RewardsError(FIELD_INVALID, "The label is not valid.", hint=hint, field="label")
    _check_properties(store, properties)
    kept = checked(
        plugin.source.fields, settings, {}, properties=_codes(store), now_us=now_us
    )  # fmt: skip
    row = ConnectionRow(
        id=new_id("src"), address=new_address(), source=source, label=label,
        properties=dict.fromkeys(properties, now_us), settings=kept,
        state="off" if missing(plugin.source.fields, kept) else "on", cursor=None, polled_us=None, heard_us=None,
        last_error=None, failed_us=None, delivered_seq=store.events.newest(), created_us=now_us,
    )  # fmt: skip
    store.connections.add(row)
    _open(host, store, row)
    after = json.dumps({"source": source, "label": label, "properties": list(properties)})
    store.audit.add(by, "source.add", row.id, None, after, host.clock.now())
    return row


def change(
    host: SourceHost,
    store: SqlStore,
    connection: str,
    *,
    settings: Mapping[str, Any] | None = None,
    turn: Mapping[str, bool] | None = None,
    on: bool | None = None,
    keep_old_hours: int = 0,
    by: str,
) -> ConnectionRow:
    """Change settings, turn properties on or off (`turn`), or all of it (`on`).

    Errors: `not_found`, `property_unknown`, `field_invalid` (a setting; or turned on while a required one is missing).
    """
    row = found(store, connection)
    plugin, now_us = host.plugin(row.source), host.clock.now_us()
    _check_properties(store, list(turn or {}), none=True)
    properties = dict(row.properties)
    for code, wanted in (turn or {}).items():
        properties[code] = (properties.get(code) or now_us) if wanted else None
    kept = checked(
        plugin.source.fields, settings or {}, row.settings, properties=_codes(store), now_us=now_us,
        keep_old_hours=keep_old_hours,
    )  # fmt: skip
    lacking = missing(plugin.source.fields, kept)
    if on and lacking:
        raise RewardsError(
            FIELD_INVALID, f"“{lacking[0]}” is not set yet.", hint="Set it first.", field=f"settings.{lacking[0]}"
        )
    state = row.state if on is None else ("on" if on else "off")
    if lacking:
        state = "off"
    store.connections.put(row.id, state, properties, kept)
    changed = replace(row, state=state, properties=properties, settings=kept)
    _open(host, store, changed)
    after = {"state": state, "properties": sorted(changed.on), "set": sorted(settings or {})}
    store.audit.add(by, "source.change", row.id, None, json.dumps(after), host.clock.now())
    return changed


def remove(host: SourceHost, store: SqlStore, connection: str, *, by: str) -> None:
    """Remove a connection with its inbox and what it kept; the facts it told of stay."""
    row = found(store, connection)
    store.connections.remove(row.id)
    store.audit.add(by, "source.remove", row.id, json.dumps({"source": row.source}), None, host.clock.now())


def found(store: SqlStore, connection: str) -> ConnectionRow:
    """The connection of an id, held; `not_found` where there is none."""
    row = store.connections.held(connection)
    if row is None:
        raise RewardsError(NOT_FOUND, f"There is no connection “{connection[:60]}”.", hint="Ids begin with src_.")
    return row


def listed(host: SourceHost, store: SqlStore) -> list[Shown]:
    """Every connection with its health; one whose source fails is listed with what is wrong."""
    inbox, undelivered = store.inbox.states(), store.connections.dead_deliveries()
    return [_shown(host, row, inbox.get(row.id), undelivered.get(row.id, 0)) for row in store.connections.all()]


def shown_one(host: SourceHost, store: SqlStore, connection: str) -> Shown:
    """One connection with its health."""
    for one in listed(host, store):
        if one.row.id == connection:
            return one
    raise RewardsError(NOT_FOUND, f"There is no connection “{connection[:60]}”.", hint="Ids begin with src_.")


def _shown(host: SourceHost, row: ConnectionRow, inbox: InboxState | None, undelivered: int) -> Shown:
    settings: Mapping[str, Any] = {}
    trouble = None
    try:
        plugin = host.plugin(row.source)
        settings = shown(plugin.source.fields, row.settings)
        host.values(plugin, row)
        lacking = missing(plugin.source.fields, row.settings)
        trouble = f"“{lacking[0]}” is not set" if lacking else None
    except RewardsError as error:
        trouble = str(error)
    oldest = inbox.oldest_us if inbox else None
    lag_s = 0 if oldest is None else max(0, host.clock.now_us() - oldest) // 1_000_000
    health = Health(
        row.heard_us, row.last_error, row.failed_us, inbox.due if inbox else 0, inbox.dead if inbox else 0, lag_s,
        undelivered, trouble,
    )  # fmt: skip
    return Shown(row, settings, f"/v1/sources/{row.source}/{row.address}", health)


def _codes(store: SqlStore) -> list[str]:
    return [prop.code for prop in store.properties.all()]


def _check_properties(store: SqlStore, codes: Sequence[str], *, none: bool = False) -> None:
    if not codes and not none:
        raise RewardsError(FIELD_INVALID, "No property is named.", hint="Name one or several.", field="properties")
    known = set(_codes(store))
    for code in codes:
        if code not in known:
            raise RewardsError(PROPERTY_UNKNOWN, f"“{code[:60]}” is not a property.", field="properties")


def _open(host: SourceHost, store: SqlStore, row: ConnectionRow) -> None:
    """Coverage begins when a source is turned on: what was before is not known to it."""
    now = host.clock.now()
    for code in sorted(row.on):
        for kind in host.manifest(row.source).gives:
            store.properties.heard(code, kind, now, now)
