"""A write happens once: the caller names it, and its reply is kept under that name, byte for byte.

The reply is stored in the transaction of its effect. A business refusal (409) is an answer too and is kept; refusals
of form, rights or existence, a house that has no rules yet, and our own failures are not: mend and call again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from rewards.api.house import House
from rewards.api.problems import PROBLEM, problem_bytes, status_of
from rewards.api.replies import Reply
from rewards.errors import (
    IDEMPOTENCY_KEY_INVALID,
    IDEMPOTENCY_KEY_MISSING,
    IDEMPOTENCY_KEY_REUSED,
    NO_RULE_SET,
    Category,
    RewardsError,
    key_reused,
)
from rewards.ledger.ports import StoredReply
from rewards.storage.store import SqlStore

KEY_PATTERN = r"[A-Za-z0-9_-]{16,128}"
_KEY = re.compile(KEY_PATTERN)
_HINT = "16 to 128 letters, digits, - or _ that name this intent."


@dataclass(frozen=True, slots=True)
class Named:
    """A write by its caller's name: `scope` is the API key and the route, `mark` the request's fingerprint."""

    scope: str
    key: str
    mark: bytes


def idempotency_key() -> str:
    """The caller's name of this write; 400 without one."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise RewardsError(IDEMPOTENCY_KEY_MISSING, "Every write carries an Idempotency-Key.", hint=f"Send {_HINT}")
    return checked_key(key.strip('"'))


def checked_key(key: str, field: str | None = None) -> str:
    """The key, if it can be one; `idempotency_key_invalid` otherwise."""
    if not _KEY.fullmatch(key):
        raise RewardsError(IDEMPOTENCY_KEY_INVALID, f"“{key[:60]}” is not a key.", hint=f"Send {_HINT}", field=field)
    return key


def fingerprint(path: str, value: Any) -> bytes:
    """SHA-256 of a request: what it is sent to, and its body in canonical JSON."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{path}\n{canonical}".encode()).digest()


def is_kept(error: RewardsError) -> bool:
    """Whether a refusal is an answer that the same call gets again."""
    conflict = error.code.category is Category.CONFLICT and error.code is not NO_RULE_SET
    return conflict and error.retry_after_s is None


def run_once(house: House, named: Named, effect: Callable[[SqlStore], Reply]) -> Response:
    """Run `effect` and keep its reply in one transaction; a reply that is kept already is returned instead."""

    def attempt(store: SqlStore) -> Response:
        stored = store.idempotency.recall(named.scope, named.key)
        if stored is not None:
            return replayed(stored, named.mark)
        reply = effect(store)
        kept = reply.kept()
        keep = StoredReply(named.mark, reply.status, kept.get_data(), json.dumps(reply.headers))
        if not store.idempotency.remember(named.scope, named.key, keep, house.clock.now()):
            raise _LostRaceError
        return reply.sent() if reply.shown_once else kept

    try:
        return house.database.run_writing(attempt)
    except _LostRaceError:
        return house.database.run_writing(attempt)
    except RewardsError as error:
        return _refused(house, named, error)


class _LostRaceError(Exception):
    """Another call with the same key committed first; its reply is the answer."""


def _refused(house: House, named: Named, error: RewardsError) -> Response:
    """What a refusal comes to: the first call with this key may have brought about what the second is refused for."""
    if error.code is IDEMPOTENCY_KEY_REUSED or error.code.category is Category.UNAVAILABLE:
        raise error
    stored = keep_refusal(house, named, error) if is_kept(error) else recalled(house, named)
    if stored is None:
        raise error
    return replayed(stored, named.mark)


def recalled(house: House, named: Named) -> StoredReply | None:
    """The reply that is kept under a name."""
    with house.database.reading() as store:
        return store.idempotency.recall(named.scope, named.key)


def keep_refusal(house: House, named: Named, error: RewardsError) -> StoredReply | None:
    """Keep a refusal under a name; the reply that another call kept first, None where this one is the first."""
    keep = StoredReply(named.mark, status_of(error), problem_bytes(error))

    def attempt(store: SqlStore) -> StoredReply | None:
        if store.idempotency.remember(named.scope, named.key, keep, house.clock.now()):
            return None
        return store.idempotency.recall(named.scope, named.key)

    return house.database.run_writing(attempt)


def replayed(stored: StoredReply, mark: bytes) -> Response:
    """A reply that is kept, byte for byte; `idempotency_key_reused` for another request."""
    if stored.fingerprint != mark:
        raise key_reused()
    kind = PROBLEM if stored.status >= 400 else "application/json"
    response = Response(stored.body, stored.status, mimetype=kind)
    response.headers.update(json.loads(stored.headers))
    response.headers["Idempotency-Replayed"] = "true"
    return response
