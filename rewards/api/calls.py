"""One declaration a route: who may call it, what it reads, what it answers; the checks stand in one place.

A write runs in one transaction with its idempotency row: the key is looked up, the use case runs, the reply is stored
under the key, all or nothing. A business refusal (409, 422 from a use case) is stored too, so that the same question
gets the same answer; refusals of form, rights or existence and our own failures are not.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, request
from marshmallow import Schema, ValidationError

from rewards.api.bodies import MAX_BODY, raw_body, read_json
from rewards.api.house import House
from rewards.api.keys import Key, bearer, hash_secret
from rewards.api.problems import PROBLEM, problem, problem_body, status_of
from rewards.errors import (
    FIELD_INVALID,
    IDEMPOTENCY_KEY_INVALID,
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_REUSED,
    UNAUTHENTICATED,
    Category,
    RewardsError,
)
from rewards.ledger.ports import StoredReply
from rewards.storage.store import SqlStore as Store

_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")
_STORED = (Category.CONFLICT, Category.INVALID)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a JSON value, its status, and headers."""

    value: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a route sees it: who calls, in which transaction, with which checked body and query."""

    house: House
    key: Key
    store: Store
    body: Any
    query: dict[str, str]
    path: dict[str, str]


View = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route: `rule` in Flask's form under /v1, the scope it asks for, schemas of body and reply.

    `writes` asks for an idempotency key. `query` are the parameters it reads, with what they mean. `raw` leaves the
    body to the view's own reader; its schema is for the document.
    """

    method: str
    rule: str
    view: View
    scope: str
    summary: str
    body: type[Schema] | None = None
    reply: type[Schema] | None = None
    status: int = 200
    writes: bool = False
    query: dict[str, str] = field(default_factory=dict)
    limit: int = MAX_BODY
    raw: bool = False
    tag: str = ""


def authenticate(house: House, store: Store) -> Key:
    """The key of this call; `unauthenticated` when it is unknown or revoked."""
    found = store.keys.find(hash_secret(bearer(request.headers.get("Authorization"))))
    if found is None:
        raise RewardsError(UNAUTHENTICATED, "The API key is unknown or revoked.")
    return Key(found.id, found.name, frozenset(found.scopes), frozenset(found.properties))


def idempotency_key() -> str:
    """The caller's name of this write; 400 without one."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise RewardsError(
            IDEMPOTENCY_KEY_MISSING,
            "Every write carries an Idempotency-Key.",
            hint="Send 16 to 128 letters, digits, - or _ that name this intent.",
        )
    key = key.strip('"')
    if not _KEY.fullmatch(key):
        raise RewardsError(
            IDEMPOTENCY_KEY_INVALID, f"“{key[:60]}” is not a key.", hint="16 to 128 letters, digits, - or _."
        )
    return key


def fingerprint(path: str, value: Any) -> bytes:
    """SHA-256 of a request: its path and its body in canonical JSON."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{path}\n{canonical}".encode()).digest()


def register(blueprint: Blueprint, house: House, endpoint: Endpoint) -> None:
    """Add a route to a blueprint."""

    def handle(**path: str) -> Response:
        with house.database.reading() as store:
            key = authenticate(house, store)
        standing = house.limiter.take(key.id)
        key.require(endpoint.scope)
        response = _write(house, endpoint, key, path) if endpoint.writes else _read(house, endpoint, key, path)
        if standing.limit:
            response.headers["RateLimit-Limit"] = str(standing.limit)
            response.headers["RateLimit-Remaining"] = str(standing.remaining)
            response.headers["RateLimit-Reset"] = str(standing.reset_s)
        return response

    name = f"{endpoint.method.lower()}_{re.sub(r'[^a-z0-9]+', '_', endpoint.rule.lower()).strip('_')}"
    blueprint.add_url_rule(endpoint.rule, name, handle, methods=[endpoint.method])


def checked(schema: type[Schema] | None, value: Any) -> Any:
    """A body as its schema reads it; `field_invalid` names the first field that is wrong, and lists the others."""
    if schema is None:
        return value
    try:
        return schema().load(value)
    except ValidationError as error:
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        found = list(_flatten(messages))
        where, message = found[0]
        raise RewardsError(
            FIELD_INVALID,
            message,
            field=where or None,
            details={"errors": [{"field": name, "detail": text} for name, text in found[:50]]},
        ) from None


def _flatten(messages: Any, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        found = []
        for name, inner in messages.items():
            step = "" if name == "_schema" else str(name)
            found += _flatten(inner, ".".join(part for part in (prefix, step) if part))
        return found
    if isinstance(messages, list):
        return [pair for item in messages for pair in _flatten(item, prefix)]
    return [(prefix, str(messages))]


def _query(endpoint: Endpoint) -> dict[str, str]:
    for name in request.args:
        if name not in endpoint.query:
            known = ", ".join(endpoint.query) or "none"
            raise RewardsError(
                FIELD_INVALID, f"The parameter “{name[:40]}” is not known.", hint=f"Known: {known}.", field=name[:40]
            )
    return {name: value[:500] for name, value in request.args.items()}


def _read(house: House, endpoint: Endpoint, key: Key, path: dict[str, str]) -> Response:
    body = None
    if endpoint.body is not None:
        value = read_json(raw_body(request, endpoint.limit))
        body = value if endpoint.raw else checked(endpoint.body, value)
    with house.database.reading() as store:
        reply = endpoint.view(Call(house, key, store, body, _query(endpoint), path))
    return _response(reply)


def _write(house: House, endpoint: Endpoint, key: Key, path: dict[str, str]) -> Response:
    name = idempotency_key()
    has_body = endpoint.body is not None or request.content_length
    value = read_json(raw_body(request, endpoint.limit)) if has_body else {}
    mark = fingerprint(request.path, value)
    scope = f"{key.id} {endpoint.method} {endpoint.rule}"
    query = _query(endpoint)

    def attempt(store: Store) -> Response:
        stored = store.idempotency.recall(scope, name)
        if stored is not None:
            return replayed(stored, mark)
        reply = endpoint.view(Call(house, key, store, checked(endpoint.body, value), query, path))
        response = _response(reply)
        keep = StoredReply(mark, response.status_code, response.get_data(), json.dumps(reply.headers))
        if not store.idempotency.remember(scope, name, keep, house.clock.now()):
            raise _LostRace
        return response

    try:
        return house.database.run_writing(attempt)
    except _LostRace:
        return house.database.run_writing(attempt)
    except RewardsError as error:
        return _refused(house, scope, name, mark, error)


class _LostRace(Exception):
    """Another call with the same key committed first; its reply is the answer."""


def _refused(house: House, scope: str, name: str, mark: bytes, error: RewardsError) -> Response:
    if error.code.category not in _STORED or error.code in (FIELD_INVALID, IDEMPOTENCY_KEY_REUSED):
        raise error
    keep = StoredReply(mark, status_of(error), json.dumps(problem_body(error), ensure_ascii=False).encode())

    def attempt(store: Store) -> Response:
        if store.idempotency.remember(scope, name, keep, house.clock.now()):
            return problem(error)
        stored = store.idempotency.recall(scope, name)
        return problem(error) if stored is None else replayed(stored, mark)

    return house.database.run_writing(attempt)


def replayed(stored: StoredReply, mark: bytes) -> Response:
    """The reply stored under a key, byte for byte; `idempotency_key_reused` for another request."""
    if stored.fingerprint != mark:
        raise RewardsError(
            IDEMPOTENCY_KEY_REUSED, "This key was used for another request.", hint="A new intent has a new key."
        )
    kind = PROBLEM if stored.status >= 400 else "application/json"
    response = Response(stored.body, stored.status, mimetype=kind)
    response.headers.update(json.loads(stored.headers))
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _response(reply: Reply) -> Response:
    body = reply.value if isinstance(reply.value, bytes) else json.dumps(reply.value, ensure_ascii=False).encode()
    response = Response(body, reply.status, mimetype="application/json")
    response.headers.update(reply.headers)
    return response
