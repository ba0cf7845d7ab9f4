"""One declaration a route: who may call it, what it reads, what it answers; the checks stand in one place.

In order: the key, its rate, its scope, the query, the body, then the view in one transaction. What a write does and
says is bound to its idempotency key in `once`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError

from rewards.api.bodies import MAX_BODY, raw_body, read_json, unstorable
from rewards.api.fields import has_control
from rewards.api.house import House
from rewards.api.keys import Key, bearer, hash_secret
from rewards.api.limits import Standing
from rewards.api.once import Named, fingerprint, idempotency_key, recalled, run_once
from rewards.api.problems import nothing_here, problem
from rewards.api.replies import Reply
from rewards.errors import FIELD_INVALID, MALFORMED_JSON, RATE_LIMITED, UNAUTHENTICATED, RewardsError
from rewards.storage.store import SqlStore as Store

MAX_QUERY = 500
MAX_TOLD = 50


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a route sees it: who calls, in which transaction, with which checked body and query."""

    house: House
    key: Key
    store: Store
    body: Any
    query: dict[str, str]
    path: dict[str, str]

    @property
    def money(self) -> bool:
        """Whether the caller may read amounts of money."""
        return self.key.allows("spend:read")


View = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route: `rule` in Flask's form under /v1, the scope it asks for, schemas of body and reply.

    `writes` asks for an idempotency key. `query` are the parameters it reads, with what they mean; `needs` those that
    must be there. `also` are other good statuses than `status`. `view` is None for a route with a handler of its own.
    `prepare` completes the body of a write before its transaction, where other services are asked.
    """

    method: str
    rule: str
    view: View | None
    scope: str
    summary: str
    body: type[Schema] | None = None
    reply: type[Schema] | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    writes: bool = False
    query: dict[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    limit: int = MAX_BODY
    prepare: Callable[[House, Any], Any] | None = None
    tag: str = ""

    @property
    def name(self) -> str:
        """A name that no other route has: `post_grants_grant_redeem`."""
        return f"{self.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', self.rule.lower()).strip('_')}"

    @property
    def path(self) -> str:
        """The address as documents write it: `/v1/grants/{grant}/redeem`."""
        return "/v1" + self.rule.replace("<", "{").replace(">", "}")


def authenticate(house: House, store: Store) -> Key:
    """The key of this call; `unauthenticated` when it is unknown or revoked."""
    return key_of(store, request.headers.get("Authorization"))


def key_of(store: Store, header: str | None) -> Key:
    """The key of an Authorization header; `unauthenticated` when there is none, or it is unknown or revoked."""
    found = store.keys.find(hash_secret(bearer(header)))
    if found is None:
        raise RewardsError(UNAUTHENTICATED, "The API key is unknown or revoked.")
    return Key(found.id, found.name, frozenset(found.scopes), frozenset(found.properties), found.role)


def guarded(house: House, scope: str, work: Callable[[Key], Response]) -> Response:
    """Do `work` for a caller whose key has the scope and whose minute is not full; refusals are problems.

    Every answer to a known key says how much of the minute is left.
    """
    with house.database.reading() as store:
        key = authenticate(house, store)
    standing = house.limiter.take(key.id)
    try:
        if standing.full:
            raise _too_many(standing)
        key.require(scope)
        response = work(key)
    except RewardsError as error:
        response = problem(error)
    response.headers.update(standing.headers())
    return response


def _too_many(standing: Standing) -> RewardsError:
    return RewardsError(RATE_LIMITED, f"{standing.limit} calls a minute are used up.", retry_after_s=standing.reset_s)


def register(blueprint: Blueprint, house: House, endpoint: Endpoint) -> None:
    """Add a route to a blueprint."""
    view = endpoint.view
    if view is None:
        raise ValueError(f"{endpoint.name} has a handler of its own")

    def handle(**path: str) -> Response:
        def work(key: Key) -> Response:
            _check_path(path)
            ask = _write if endpoint.writes else _read
            return ask(house, endpoint, view, key, path)

        return guarded(house, endpoint.scope, work)

    blueprint.add_url_rule(endpoint.rule, endpoint.name, handle, methods=[endpoint.method])


def checked(schema: type[Schema] | None, value: Any) -> Any:
    """A body as its schema reads it; `field_invalid` names the first field that is wrong, and lists the others."""
    if schema is None:
        if value not in ({}, None):
            raise RewardsError(FIELD_INVALID, "This call takes no body.", hint="Send none, or {}.")
        return value
    try:
        return _reader(schema).load(value)
    except ValidationError as error:
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        found = list(_flatten(messages))
        where, message = found[0]
        raise RewardsError(
            FIELD_INVALID,
            message,
            field=where or None,
            details={"errors": [{"field": name, "detail": text} for name, text in found[:MAX_TOLD]]},
        ) from None


@cache
def _reader(schema: type[Schema]) -> Schema:
    """One instance of a schema for all calls: making one binds every field anew."""
    return schema()


def _flatten(messages: Any, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        found = []
        for name, inner in messages.items():
            step = "" if name == "_schema" else str(name)[:60]
            found += _flatten(inner, ".".join(part for part in (prefix, step) if part))
        return found
    if isinstance(messages, list):
        return [pair for item in messages for pair in _flatten(item, prefix)]
    return [(prefix, str(messages)[:200])]


def read_query(endpoint: Endpoint) -> dict[str, str]:
    """The parameters of a call; one that is unknown, twice there, too long or missing is named."""
    found: dict[str, str] = {}
    for name, value in request.args.items(multi=True):
        if name not in endpoint.query:
            known = ", ".join(endpoint.query) or "none"
            raise _parameter(name, f"The parameter “{name[:40]}” is not known.", f"Known: {known}.")
        if name in found:
            raise _parameter(name, "It is there twice.", "Give it once.")
        if len(value) > MAX_QUERY or has_control(value):
            raise _parameter(name, "It is too long or holds a control character.", f"At most {MAX_QUERY} letters.")
        found[name] = value
    for name in endpoint.needs:
        if not found.get(name):
            raise _parameter(name, "It is missing.", f"{endpoint.query[name]}.")
    return found


def _parameter(name: str, message: str, hint: str) -> RewardsError:
    return RewardsError(FIELD_INVALID, message, hint=hint, field=name[:40])


def _check_path(path: dict[str, str]) -> None:
    for value in path.values():
        if unstorable(value):
            raise nothing_here(request.path)


def _read(house: House, endpoint: Endpoint, view: View, key: Key, path: dict[str, str]) -> Response:
    query = read_query(endpoint)
    body = None
    if endpoint.body is not None:
        body = checked(endpoint.body, read_json(raw_body(request, endpoint.limit)))
    with house.database.reading() as store:
        reply = view(Call(house, key, store, body, query, path))
    return reply.sent()


def _write(house: House, endpoint: Endpoint, view: View, key: Key, path: dict[str, str]) -> Response:
    name = idempotency_key()
    query = read_query(endpoint)
    value = _value(endpoint)
    mark = fingerprint(f"{endpoint.method} {_where(endpoint.rule, path)}", value)
    named = Named(f"{key.id} {endpoint.method} {endpoint.rule}", name, mark)
    # Before the transaction, so that no other writer waits for it.
    body = checked(endpoint.body, value)
    if endpoint.prepare is not None and recalled(house, named) is None:
        body = endpoint.prepare(house, body)

    def effect(store: Store) -> Reply:
        return view(Call(house, key, store, body, query, path))

    return run_once(house, named, effect)


def _value(endpoint: Endpoint) -> Any:
    if endpoint.body is not None or request.content_length:
        return read_json(raw_body(request, endpoint.limit))
    if request.headers.get("Transfer-Encoding") is not None and request.stream.read(1):
        raise RewardsError(MALFORMED_JSON, "This call takes no body.")
    return {}


def _where(rule: str, path: dict[str, str]) -> str:
    """The address without where the engine is mounted: a move changes no fingerprint."""
    return re.sub(r"<(\w+)>", lambda found: path[found.group(1)], rule)
