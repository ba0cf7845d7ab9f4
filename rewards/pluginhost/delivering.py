"""Events of ours are told to other systems: at least once, in order for each guest, with patience, and dead in the end.

Each connection has read the outbox up to a number. An event that does not go through waits in a row of its own, and
what comes later of the same guest waits behind it; what concerns others goes on.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rewards.clock import US_PER_SECOND, from_us, isoformat
from rewards.errors import RewardsError
from rewards.history.ports import GuestHead
from rewards.ids import new_id
from rewards.ledger.ports import GrantRow
from rewards.pluginhost.host import Plugin, SourceHost, in_words
from rewards.sdk.messages import Json, Refused, TryLater
from rewards.sdk.outside import Event, Link
from rewards.storage.jobs import SqlJobStore
from rewards.storage.outbox import OutboxRow
from rewards.storage.sources import ConnectionRow, DeliveryRow
from rewards.storage.store import SqlStore

log = logging.getLogger("rewards.sources")

TASK = "source_deliveries"
RETRY_AFTER_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MAX_ATTEMPTS = 1 + len(RETRY_AFTER_S)
LEASE_S = 120
AT_ONCE = 100
SETTLED_US = 15 * US_PER_SECOND
"""On PostgreSQL numbers of the outbox become visible out of order for as long as a transaction may last."""


@dataclass(slots=True)
class Delivered:
    """How many events went through, wait, and are dead."""

    sent: int = 0
    later: int = 0
    dead: int = 0


def deliver(host: SourceHost) -> Delivered:
    """Deliver what is due to every connection that wants events; one that fails holds up no other."""
    outcome = Delivered()
    with host.database.reading() as store:
        rows = [row for row in store.connections.all() if row.on]
    for row in rows:
        try:
            plugin = host.plugin(row.source)
            if plugin.source.topics:
                _deliver_to(host, plugin, row, outcome)
        except RewardsError as error:
            log.warning("nothing is delivered to %s: %s", row.namespace, in_words(error))
            host.note_failure(row.id, in_words(error))
    return outcome


def _deliver_to(host: SourceHost, plugin: Plugin, row: ConnectionRow, outcome: Delivered) -> None:
    """Deliver to one connection, unless another process is at it."""
    jobs, name, holder = SqlJobStore(host.database), f"deliver {row.id}", new_id("dlv")
    now_us = host.clock.now_us()
    lease = jobs.take_lease(name, holder, now_us=now_us, until_us=now_us + LEASE_S * US_PER_SECOND)
    if lease is None:
        return
    try:
        _deliver_all(host, plugin, row, outcome)
    finally:
        jobs.release_lease(name, holder, lease.token)


def _deliver_all(host: SourceHost, plugin: Plugin, row: ConnectionRow, outcome: Delivered) -> None:
    waiting, fresh = _due(host, plugin, row)
    if not waiting and not fresh:
        return
    link = host.link(plugin, row)
    held: set[str] = set()
    for delivery, event in waiting:
        ready = delivery.state == "due" and delivery.due_us <= host.clock.now_us()
        if ready and event.guest not in held:
            _try(host, plugin, row, link, delivery, event, outcome)
        elif delivery.state == "due" and event.guest:
            held.add(event.guest)
    for event in fresh:
        first = DeliveryRow(event.seq, "due", host.clock.now_us(), 0, None)
        if event.guest in held:
            _keep(host, row, first, moved=True)
            outcome.later += 1
        elif not _try(host, plugin, row, link, first, event, outcome, fresh=True) and event.guest:
            held.add(event.guest)


def _due(
    host: SourceHost, plugin: Plugin, row: ConnectionRow
) -> tuple[list[tuple[DeliveryRow, OutboxRow]], Sequence[OutboxRow]]:
    """Events that wait for a connection, in order, and those after the last one it has read."""
    with host.database.reading() as store:
        waiting = [
            (one, event)
            for one in store.connections.deliveries(row.id, ("due",), AT_ONCE)
            if (event := store.events.get(one.event)) is not None
        ]
        fresh = store.events.after(row.delivered_seq, plugin.source.topics, AT_ONCE)
    if host.database.dialect == "postgresql":
        until_us = host.clock.now_us() - SETTLED_US
        fresh = [event for event in fresh if event.created_us <= until_us]
    return waiting, fresh


def _try(
    host: SourceHost,
    plugin: Plugin,
    row: ConnectionRow,
    link: Link,
    delivery: DeliveryRow,
    event: OutboxRow,
    outcome: Delivered,
    *,
    fresh: bool = False,
) -> bool:
    """Deliver one event; whether it went through or is dead, so that later ones of its guest may go."""
    told = _told(host, event)
    try:
        if _concerns(told, row):
            plugin.source.deliver(told, link)
    except Exception as error:  # noqa: BLE001 - whatever stands in the way of an event is kept with it
        failed = _failed(host, plugin, delivery, error)
        _keep(host, row, failed, moved=fresh)
        host.note_failure(row.id, failed.note or "")
        dead = failed.state == "dead"
        outcome.dead += dead
        outcome.later += not dead
        return dead
    with host.database.writing() as store:
        store.connections.drop_delivery(row.id, delivery.event)
        if fresh:
            store.connections.moved_delivery(row.id, event.seq)
    outcome.sent += 1
    return True


def _failed(host: SourceHost, plugin: Plugin, delivery: DeliveryRow, error: Exception) -> DeliveryRow:
    expected = isinstance(error, Refused | TryLater | RewardsError)
    sentence = in_words(error) if expected else host.note_defect(plugin.manifest.name, "deliver", error)
    attempt = delivery.attempt + 1
    if isinstance(error, Refused) or attempt >= MAX_ATTEMPTS:
        log.error("an event for %s is dead: %s", plugin.manifest.name, sentence)
        return replace(delivery, state="dead", attempt=attempt, note=sentence)
    wait_s = RETRY_AFTER_S[attempt - 1]
    if isinstance(error, TryLater):
        wait_s = max(wait_s, error.after_s)
    due_us = host.clock.now_us() + wait_s * US_PER_SECOND
    return replace(delivery, state="due", due_us=due_us, attempt=attempt, note=sentence)


def _keep(host: SourceHost, row: ConnectionRow, delivery: DeliveryRow, *, moved: bool) -> None:
    with host.database.writing() as store:
        store.connections.put_delivery(row.id, delivery)
        if moved:
            store.connections.moved_delivery(row.id, delivery.event)


def _told(host: SourceHost, event: OutboxRow) -> Event:
    """The event with what it is about: each grant that it names, as a JSON object under `grants`."""
    data = json.loads(event.payload)
    named = data.get("grants") or ([data["grant"]] if data.get("grant") else [])
    with host.database.reading() as store:
        head = store.guests.head(event.guest) if event.guest else None
        names = _identities(store, head)
        titles = {code: perk.titles for code, perk in host.desk.catalogue(store).items()}
        rows = [row for row in map(store.grants.get, named) if row is not None]
        activity = store.activities.get(data["activity"]) if data.get("activity") else None
        points = host.desk.points(store, head.guest.id)[0] if head else None
    if activity is not None:
        data["property"] = activity.property
    data["grants"] = [_grant(row, titles) for row in rows]
    return Event(event.id, event.topic, from_us(event.created_us), event.guest, data, names, points)


def _grant(row: GrantRow, titles: Mapping[str, Mapping[str, str]]) -> dict[str, Json]:
    one = row.grant
    return {
        "grant": one.id, "perk": one.perk, "title": dict(titles.get(one.perk, {})), "rule": one.rule, "code": one.code,
        "property": one.property, "reservation": one.reservation, "quantity": one.quantity, "used": row.used,
        "params": dict(one.params), "currency": one.currency, "state": one.state.value,
        "valid_from": isoformat(one.valid_from), "valid_until": isoformat(one.valid_until),
    }  # fmt: skip


def _concerns(event: Event, row: ConnectionRow) -> bool:
    """Whether an event is of a property the connection is on for, or of none."""
    places = {grant["property"] for grant in event.data["grants"]} | {event.data.get("property")} - {None}
    return not places or bool(places & row.on)


def _identities(store: SqlStore, head: GuestHead | None) -> tuple[str, ...]:
    return tuple(one.text() for one in store.guests.identities(head.guest.id)) if head else ()


def retry_dead(host: SourceHost, store: SqlStore, connection: str) -> int:
    """Make a connection's dead events due again, as if for the first time; how many."""
    dead = store.connections.deliveries(connection, ("dead",), 10_000)
    for one in dead:
        store.connections.put_delivery(connection, replace(one, state="due", due_us=host.clock.now_us(), attempt=0))
    return len(dead)
