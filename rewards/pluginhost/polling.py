"""Sources that are asked, and streams that are held open: what they bring is stored before they are asked for more."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator

from rewards.clock import US_PER_SECOND, monotonic_s
from rewards.errors import NOT_FOUND, RewardsError
from rewards.ids import new_id
from rewards.pluginhost.host import Plugin, SourceHost, in_words
from rewards.pluginhost.receiving import store_notices, stored_notice
from rewards.sdk.messages import MAX_NOTICES, Page, Refused, TryLater
from rewards.sdk.sources import LiveSource
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

log = logging.getLogger("rewards.sources")

POLL_TASK = "source_poll"
LEAST_EVERY_S = 10
MOST_PAGES = 50
POLL_S = 60.0
"""Seconds after which a poll asks for no further page; the next one goes on from the cursor."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 300.0


def every_us(host: SourceHost, plugin: Plugin, connection: ConnectionRow) -> int | None:
    """How often a connection is polled, in microseconds; None for never."""
    if plugin.source.poll_every is None:
        return None
    every = plugin.source.poll_every
    if any(one.name == "poll_every" for one in plugin.source.fields):
        every = host.values(plugin, connection).duration("poll_every") or every
    return round(max(LEAST_EVERY_S, every.total_seconds()) * US_PER_SECOND)


def start_due(host: SourceHost) -> list[str]:
    """Add a job for each connection whose poll is due; which connections."""
    now_us = host.clock.now_us()
    with host.database.reading() as store:
        rows = [row for row in store.connections.all() if row.on]
    started = []
    for row in rows:
        try:
            every = every_us(host, host.plugin(row.source), row)
        except RewardsError as error:
            log.warning("%s is not polled: %s", row.namespace, in_words(error))
            continue
        if every is not None and (row.polled_us is None or row.polled_us + every <= now_us):
            _start(host, row, now_us)
            started.append(row.id)
    return started


def _start(host: SourceHost, row: ConnectionRow, now_us: int) -> None:
    job = new_id("job")
    with host.database.writing() as store:
        if not store.connections.note_poll(row.id, now_us):
            return
        payload = json.dumps({"connection": row.id})
        store.jobs.add(job_id=job, name=POLL_TASK, payload=payload, due_at_us=now_us, max_attempts=1)
    if host.enqueue is not None:
        host.enqueue(job)


def poll(host: SourceHost, connection: str) -> int:
    """Ask one connection's system for what is new, page by page; how many notices were new.

    A failure is kept with the connection and told by `TryLater`, `Refused` or the refusal that it was.
    """
    row, plugin = _ready(host, connection)
    new, until_s = 0, monotonic_s() + POLL_S
    try:
        for _ in range(MOST_PAGES):
            page = plugin.source.poll(row.cursor, host.link(plugin, row))
            new += take_page(host, plugin, row, page)
            if not page.more or monotonic_s() > until_s:
                break
            row = _ready(host, connection)[0]
    except Exception as error:
        _note(host, plugin, row, "poll", error)
        raise
    return new


def _ready(host: SourceHost, connection: str) -> tuple[ConnectionRow, Plugin]:
    with host.database.reading() as store:
        row = store.connections.get(connection)
    if row is None or not row.on:
        raise RewardsError(NOT_FOUND, f"There is no connection “{connection[:60]}” that is on.")
    return row, host.plugin(row.source)


def _note(host: SourceHost, plugin: Plugin, row: ConnectionRow, what: str, error: Exception) -> None:
    if isinstance(error, Refused | TryLater | RewardsError):
        sentence = in_words(error)
        log.warning("%s of %s: %s", what, row.namespace, sentence)
    else:
        sentence = host.note_defect(plugin.manifest.name, what, error)
    host.note_failure(row.id, sentence)


def take_page(host: SourceHost, plugin: Plugin, row: ConnectionRow, page: Page) -> int:
    """Store a page and where the next one begins, in one transaction; how many notices were new.

    The cursor moves only from where it was read: of two who asked at once, both keep what they were given.
    """
    if len(page.notices) > MAX_NOTICES:
        raise Refused(f"{len(page.notices)} notices in one page; at most {MAX_NOTICES} are taken")
    stored = [stored_notice(one) for one in page.notices]

    def move(store: SqlStore) -> None:
        if page.cursor is not None:
            store.connections.move_cursor(row.id, row.cursor, page.cursor)

    return store_notices(host, plugin, row, stored, move).new


def streams(host: SourceHost) -> list[ConnectionRow]:
    """Connections that are on and whose source listens to a stream."""
    with host.database.reading() as store:
        rows = [row for row in store.connections.all() if row.on]
    found = []
    for row in rows:
        try:
            if type(host.plugin(row.source).source).listen is not LiveSource.listen:
                found.append(row)
        except RewardsError as error:
            log.warning("%s is not listened to: %s", row.namespace, in_words(error))
    return found


def listen(host: SourceHost, connection: str, stop: threading.Event) -> None:
    """Hold one connection's stream open until `stop`; opened again from the newest cursor, after pauses that grow."""
    pause_s = FIRST_PAUSE_S
    while not stop.is_set():
        patience_s = 0
        try:
            for _ in heard(host, connection):
                pause_s = FIRST_PAUSE_S
                if stop.is_set():
                    return
        except RewardsError as error:
            if error.code is NOT_FOUND:
                return
            log.warning("the stream of %s ended: %s", connection, in_words(error))
        except Exception as error:  # noqa: BLE001 - whatever ends a stream, it is opened again
            log.warning("the stream of %s ended: %s", connection, in_words(error))
            patience_s = error.after_s if isinstance(error, TryLater) else 0
        stop.wait(max(pause_s, patience_s))
        pause_s = min(LONGEST_PAUSE_S, pause_s * 2)


def heard(host: SourceHost, connection: str) -> Iterator[int]:
    """One opening of a connection's stream: how many notices of each page were new, once they are stored."""
    row, plugin = _ready(host, connection)
    try:
        for page in plugin.source.listen(row.cursor, host.link(plugin, row)):
            yield take_page(host, plugin, row, page)
            row = _ready(host, connection)[0]
    except Exception as error:
        _note(host, plugin, row, "listen", error)
        raise
