"""What comes in from another system and what is said back: messages, notices, pages, answers, the one refusal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Any
"""A JSON value: None, bool, int, Decimal, text, a list or a dict with texts as keys. Never a float: money and positions
come as `Decimal` (see `read_json`), and a float is refused before it is stored."""

MAX_BODY = 1024 * 1024
"""Bytes of a message's body; a longer one is answered 413 and nobody looks at it."""

MAX_NOTICES = 1_000
"""Notices of one message or page."""

MAX_PAYLOAD = 256 * 1024
"""Bytes of one notice's payload as JSON."""

MAX_STATE = 64 * 1024
"""Bytes of what is kept of one entity, as JSON."""

MAX_DRAFTS = 200
"""Drafts that one notice may lead to."""

MAX_KEY = 200
"""Characters of a notice's key, of an entity's kind and of its id."""


class Refused(Exception):
    """The one refusal: this message is not accepted, or this notice can never be.

    `reason` is a sentence for the operator; the sender is told it too, so it names no secret and quotes nothing of the
    message but names of fields. `status` is the HTTP status (400 to 499) where the default does not fit: 401 out of
    `verify`, 400 out of everything else. Raised by `fetch` or `normalise` it ends the notice at once (dead, with the
    reason), for another attempt would find the same.
    """

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class TryLater(Exception):
    """Not now: the other system asks for patience or does not answer. The notice waits `after_s` seconds at least.

    The client raises it for 429 and 503; a source may too. Waiting is not held against a notice for a day.
    """

    def __init__(self, reason: str, *, after_s: int = 30) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class RawMessage:
    """A call as it arrived. `body` are the received bytes, which signatures are made over.

    `path` is what follows the connection's address: "" for the address itself, else "/orders". `query` has the first
    value of each parameter; `headers` are by lower-case name; `received_at` is an aware instant of the house's clock.
    `url` is the address that was called as the sender wrote it, without the query; behind a proxy it may differ from
    the one that was registered, so a scheme that signs the address has a setting for it. `parts` are the named parts
    of an own route's path. `sender` is the network address the call came from, which behind a proxy is the proxy's.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    url: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""

    def header(self, name: str) -> str:
        """A header's value, "" where it is missing; the case of `name` does not matter."""
        return self.headers.get(name.lower(), "")

    def __repr__(self) -> str:
        # A trace or a log shows messages; bodies and headers hold secrets and people.
        return f"RawMessage({self.method} {self.path or '/'}, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a message or a page says: "look at this entity", with all or nothing of what it looks like.

    `key` names this notice within its connection for ever: the same key is accepted again and changes nothing. Take
    the sender's own event id where there is one; else the entity's id with its version or time of change; never a
    time of ours. `kind` and `entity` name what it is about ("reservation", "XPGMSXGF-1"): notices of one entity are
    worked on one at a time and share a state. `payload` is what `fetch` and `normalise` need of the message, and only
    that: it is what the house keeps of the message, so leave out what nobody reads.
    """

    key: str
    kind: str
    entity: str
    payload: Json = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one call of `poll` or one step of `listen` brought.

    `cursor` is where the next one begins, None to leave it as it is; it is stored together with the notices. `more`
    asks to be called again at once.
    """

    notices: Sequence[Notice] = ()
    cursor: str | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message: how many of its notices are `new`, and how many were `known` by their key."""

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other system is told: a status (200 to 499, or 503), headers, and the body's bytes."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: object, status: int = 200, *, headers: Mapping[str, str] | None = None) -> Answer:
        """An answer with a JSON value; a Decimal is written as text."""
        body = json.dumps(value, ensure_ascii=False, default=str).encode("utf-8", "replace")
        return cls(status, body, headers=headers or {})

    @classmethod
    def text(cls, text: str, status: int = 200) -> Answer:
        """An answer in plain text."""
        return cls(status, text.encode("utf-8", "replace"), "text/plain; charset=utf-8")
