"""Own addresses of a source: systems that call and wait for what we say are answered in their own shape.

What a handler asks of the house are transactions of their own, safe to repeat; the answer to a call with a key is kept,
and the same call again is answered the same bytes. Killed in between, the repetition does what was left to do.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.domain.guest import Identity
from rewards.errors import FIELD_INVALID, PROPERTY_FORBIDDEN, UNAUTHENTICATED, RewardsError
from rewards.ledger.ports import StoredReply
from rewards.pluginhost.host import Plugin, SourceHost
from rewards.pluginhost.receiving import checked_answer, guarded, prove, store_notices, stored_notice
from rewards.pluginhost.turning import Turned
from rewards.sdk.drafts import Draft
from rewards.sdk.fields import Values
from rewards.sdk.messages import MAX_DRAFTS, MAX_KEY, Answer, Json, Notice, RawMessage, Taken
from rewards.sdk.outside import Link
from rewards.sdk.sources import Member, Recorded, Route
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

_READER = Reader("en", True)
_NAMED = re.compile(r"<([a-z_][a-z0-9_]*)>")


def find_route(plugin: Plugin, method: str, path: str) -> tuple[Route, Mapping[str, str]] | None:
    """The own route of a method and a path below the connection's address, with its named parts."""
    method = "GET" if method == "HEAD" else method
    # Of two that fit, the one with fewer names: `/loyalty/offers` goes before `/loyalty/<card>`.
    for route in sorted(plugin.source.routes, key=lambda one: one.path.count("<")):
        found = _pattern(route.path).fullmatch(path.rstrip("/")) if route.method == method else None
        if found is not None:
            return route, found.groupdict()
    return None


@lru_cache(maxsize=1024)
def _pattern(path: str) -> re.Pattern[str]:
    """The expression of a route's path.

    Not werkzeug's rules: each of those is compiled by way of Python's syntax trees, at every call anew, and in this
    version of Python several threads that do so at once make each other fail.
    """
    parts = _NAMED.split(path.rstrip("/"))
    return re.compile("".join(f"(?P<{one}>[^/]+)" if n % 2 else re.escape(one) for n, one in enumerate(parts)))


def answer_route(
    host: SourceHost, plugin: Plugin, connection: ConnectionRow, route: Route, message: RawMessage
) -> Answer:
    """Answer a call on an own route; refusals are `Turned`, those of the house `RewardsError`."""
    values = prove(host, plugin, connection, message)
    key = _key(host, plugin, route, message)
    scope = f"source {connection.id} {route.method} {route.path}"
    if key:
        kept = _recalled(host, scope, key, message)
        if kept is not None:
            return kept
    desk = HostDesk(host, plugin, connection, values)
    handler = getattr(plugin.source, route.handler)
    found = guarded(host, plugin, route.handler, 400, lambda: checked_answer(handler(message, desk)))
    return _remembered(host, scope, key, message, found) if key and found.status < 500 else found


def _key(host: SourceHost, plugin: Plugin, route: Route, message: RawMessage) -> str:
    if not route.key:
        return ""
    named = getattr(plugin.source, route.key)
    key = guarded(host, plugin, route.key, 400, lambda: str(named(message) or ""))
    if len(key) > MAX_KEY:
        raise Turned(400, f"the key is over {MAX_KEY} characters")
    return key


def _recalled(host: SourceHost, scope: str, key: str, message: RawMessage) -> Answer | None:
    with host.database.reading() as store:
        kept = store.idempotency.recall(scope, key)
    if kept is None:
        return None
    if kept.fingerprint != _mark(message):
        raise Turned(422, "this key was used for another call")
    said = json.loads(kept.headers)
    return Answer(kept.status, kept.body, said["type"], said["headers"])


def _remembered(host: SourceHost, scope: str, key: str, message: RawMessage, found: Answer) -> Answer:
    headers = json.dumps({"type": found.content_type, "headers": dict(found.headers)})
    reply = StoredReply(_mark(message), found.status, found.body, headers)
    with host.database.writing() as store:
        new = store.idempotency.remember(scope, key, reply, host.clock.now())
    # Another call with the key was quicker: both callers hear what it was told.
    return found if new else _recalled(host, scope, key, message) or found


def _mark(message: RawMessage) -> bytes:
    said = "\x1f".join((message.method, message.path, base64.b64encode(message.body).decode()))
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class HostDesk:
    """What a handler may ask of the house."""

    host: SourceHost
    plugin: Plugin
    connection: ConnectionRow
    values: Values

    @property
    def link(self) -> Link:
        """Settings, client, vault, properties, now."""
        return self.host.link(self.plugin, self.connection)

    def caller(self, message: RawMessage, scope: str, property_code: str | None = None) -> str:
        """The id of the API key that makes a call, with its scope and property checked."""
        if self.host.find_caller is None:
            raise RewardsError(UNAUTHENTICATED, "API keys open nothing here.")
        with self.host.database.reading() as store:
            found = self.host.find_caller(store, message.header("authorization"))
        found.require(scope)
        found.require_property(property_code)
        return found.id

    def find(self, identity: Identity) -> Member | None:
        """The guest with this identity."""
        with self.host.database.reading() as store:
            found = store.guests.resolve(identity)
            head = store.guests.head(found) if found else None
            if head is None:
                return None
            guest = head.guest
            points = self.host.desk.points(store, guest.id)[0]
        return Member(guest.id, guest.first_name, guest.language, guest.enrolled_at, points)

    def ask(self, question: Mapping[str, Json]) -> Mapping[str, Json]:
        """The answer to a question about one of the connection's properties."""
        asked = read_question(dict(question))
        if asked.property not in self.connection.on:
            raise RewardsError(
                PROPERTY_FORBIDDEN, f"The connection is not on for “{asked.property}”.", field="property"
            )
        answered = self.host.desk.ask(asked, _READER)
        found: Mapping[str, Json] = json.loads(answered.body)
        return found

    def record(self, drafts: Sequence[Draft]) -> Sequence[Recorded]:
        """Record facts, all or none."""
        if len(drafts) > MAX_DRAFTS:
            raise RewardsError(FIELD_INVALID, f"{len(drafts)} facts; at most {MAX_DRAFTS} at once.", field="drafts")
        for draft in drafts:
            if draft.property is not None and draft.property not in self.connection.on:
                raise RewardsError(
                    PROPERTY_FORBIDDEN, f"The connection is not on for “{draft.property}”.", field="property"
                )

        def keep(store: SqlStore) -> list[Recorded]:
            ground = self.host.ground(store)
            receipts = self.host.intake.receive(store, ground, self.connection.namespace, list(drafts))
            self.host.hear(store, self.connection, self.plugin.manifest.gives)
            return [Recorded(one.activity, one.guest, one.status == "recorded") for one in receipts]

        return self.host.database.run_writing(keep)

    def take(self, notices: Sequence[Notice]) -> Taken:
        """Store notices, to be worked on right after."""
        stored = [stored_notice(one) for one in notices]
        return store_notices(self.host, self.plugin, self.connection, stored)
