"""A message arrives: proved, read, stored, answered; in this order, and nothing is kept of what is not proved."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from rewards.clock import monotonic_s
from rewards.errors import RewardsError
from rewards.ids import new_id
from rewards.pluginhost.codec import dump
from rewards.pluginhost.host import INBOX_TASK, Plugin, SourceHost
from rewards.pluginhost.turning import Turned
from rewards.sdk.fields import Values
from rewards.sdk.messages import (
    MAX_KEY,
    MAX_NOTICES,
    MAX_PAYLOAD,
    Answer,
    Notice,
    RawMessage,
    Refused,
    Taken,
    TryLater,
)
from rewards.storage.inbox import NewNotice
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

log = logging.getLogger("rewards.sources")

SLOW_S = 0.25
INBOX_ATTEMPTS = 6
NOT_SET_UP_S = 300
T = TypeVar("T")


def receive(host: SourceHost, plugin: Plugin, connection: ConnectionRow, message: RawMessage) -> Answer:
    """Take a message on a connection's own address. What is refused is `Turned`; the database's refusals pass."""
    values = prove(host, plugin, connection, message)
    notices = guarded(host, plugin, "parse", 400, lambda: list(plugin.source.parse(message, values)))
    stored = guarded(host, plugin, "parse", 400, lambda: [stored_notice(one) for one in _bounded(notices)])
    taken = store_notices(host, plugin, connection, stored)
    return _answer(host, plugin, message, values, taken)


def _answer(host: SourceHost, plugin: Plugin, message: RawMessage, values: Values, taken: Taken) -> Answer:
    """What the sender is told of what is stored; a source that fails over it is answered for in our words."""
    try:
        return checked_answer(plugin.source.answer(message, values, taken))
    except Exception as error:  # noqa: BLE001 - the message is stored: whatever goes wrong now, its sender hears so
        host.note_defect(plugin.manifest.name, "answer", error)
        return Answer.json({"accepted": taken.new, "known": taken.known}, 202)


def checked_answer(found: object) -> Answer:
    """An answer of a source, which says what an answer may say: 200 to 499 or 503."""
    if not isinstance(found, Answer) or not isinstance(found.body, bytes):
        raise TypeError("an own answer is an Answer with bytes")
    if not (200 <= found.status <= 499 or found.status == 503):
        raise ValueError(f"an own answer has a status of 200 to 499 or 503, not {found.status}")
    return found


def prove(host: SourceHost, plugin: Plugin, connection: ConnectionRow, message: RawMessage) -> Values:
    """The settings, once the message has proved its sender; `Turned`, mostly 401, where it does not."""
    if not connection.on:
        raise Turned(404, "this connection is off")
    try:
        values = host.values(plugin, connection)
    except RewardsError as error:
        # Not the sender's fault, who is to try again: a variable that a setting names is missing here.
        host.note_failure(connection.id, str(error))
        raise Turned(503, "this connection is not set up", retry_after_s=NOT_SET_UP_S) from None
    guarded(host, plugin, "verify", 401, lambda: plugin.source.verify(message, values))
    return values


def guarded(host: SourceHost, plugin: Plugin, what: str, status: int, call: Callable[[], T]) -> T:
    """Call a source; its refusal becomes `Turned` with its status or `status`, and so does whatever else it raises.

    What else it raises is noted as a defect. Refusals of the house pass.
    """
    begun_s = monotonic_s()
    try:
        return call()
    except Refused as refused:
        given = refused.status or status
        raise Turned(given if 400 <= given <= 499 else status, refused.reason) from None
    except TryLater as later:
        raise Turned(503, later.reason, retry_after_s=later.after_s) from None
    except RewardsError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a source raises over a message is a refusal of that message
        host.note_defect(plugin.manifest.name, what, error)
        raise Turned(status, "the message cannot be read") from None
    finally:
        took_s = monotonic_s() - begun_s
        if took_s > SLOW_S and what in ("verify", "parse"):
            log.warning("%s of the source %s took %.2f s", what, plugin.manifest.name, took_s)


def _bounded(notices: Sequence[Notice]) -> Sequence[Notice]:
    if len(notices) > MAX_NOTICES:
        raise Refused(f"{len(notices)} notices in one message; at most {MAX_NOTICES} are taken", status=413)
    return notices


def stored_notice(notice: Notice) -> NewNotice:
    """A notice as it is stored; `Refused` for names that cannot be kept and for a payload that is too large."""
    for name in (notice.key, notice.kind, notice.entity):
        if not _is_name(name):
            raise Refused(f"a notice has a key, a kind and an entity of 1 to {MAX_KEY} plain characters")
    payload = dump(notice.payload, MAX_PAYLOAD)
    digest = hashlib.sha256("\x1f".join((notice.kind, notice.entity, payload)).encode()).digest()
    return NewNotice(notice.key, notice.kind, notice.entity, payload, digest)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and 1 <= len(name) <= MAX_KEY and name.isprintable()


def store_notices(
    host: SourceHost,
    plugin: Plugin,
    connection: ConnectionRow,
    notices: Sequence[NewNotice],
    also: Callable[[SqlStore], None] = lambda store: None,
) -> Taken:
    """Store notices in one transaction, with the job that works on them; `also` is done in it.

    The workers are told after the commit. A key that comes with other content than the first time changes nothing and
    is logged: whoever sends it numbers its events badly.
    """
    # In one order, so that two messages with the same keys do not wait for each other.
    by_key = {one.key: one for one in notices}
    ordered = [by_key[key] for key in sorted(by_key)]
    job = new_id("job")

    def keep(store: SqlStore) -> tuple[int, list[str]]:
        now_us = host.clock.now_us()
        new, changed = store.inbox.add(connection.id, ordered, now_us) if ordered else (0, [])
        host.hear(store, connection, plugin.manifest.gives)
        if new:
            payload = json.dumps({"connection": connection.id})
            store.jobs.add(job_id=job, name=INBOX_TASK, payload=payload, due_at_us=now_us, max_attempts=INBOX_ATTEMPTS)
        also(store)
        return new, changed

    new, changed = host.database.run_writing(keep)
    if changed:
        log.warning("%s: %d keys came again with other content; the first stands", connection.namespace, len(changed))
    if new and host.enqueue is not None:
        host.enqueue(job)
    return Taken(new, len(notices) - new)


def refusal(host: SourceHost, plugin: Plugin, message: RawMessage, turned: Turned) -> Answer | None:
    """A refusal in the other system's words; None where it has none, or fails over it."""
    try:
        own = plugin.source.refuse(message, turned.status, turned.reason)
        return None if own is None else checked_answer(own)
    except Exception as error:  # noqa: BLE001 - a source that fails over a refusal is answered for in our words
        host.note_defect(plugin.manifest.name, "refuse", error)
        return None
