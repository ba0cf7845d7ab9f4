"""Stories about a source: what another system sends and answers, and the facts that stand at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Call:
    """A call as the other system makes it, on the connection's address or `path` below it."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the other system answers to a request of ours.

    It answers requests of this method whose address is `url`, or whose path ends with it; with these `params` among the
    query's and these values in the JSON or form that is `sent`, where they are given. Of several that fit, the newest
    step's answers.
    """

    method: str
    url: str
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] | None = None
    sent: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: a message arrives (`body`), or the other system is polled.

    `answers` are what the other system says from now on. `method` and `path` lead to an own address. `status` is what
    the message is answered, any 2xx by default. `after` is the time that passes before it, where the story is told in
    order: thin systems send the same bytes again when a thing changes again.
    """

    body: bytes = b""
    answers: Sequence[Recorded] = ()
    poll: bool = False
    method: str = ""
    path: str = ""
    status: int | None = None
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that stands at the end; what is None may be anything. `guest` is one of its guest's identities.

    `amount_minor` is what is left of the amount after what was taken back of it.
    """

    kind: str
    guest: str | None = None
    property: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    day: date | None = None
    arrival: date | None = None
    nights: int | None = None
    occurred_at: datetime | None = None
    evidence: str | None = None
    on_time: bool | None = None
    reservation: str | None = None
    category: str | None = None
    channel: str | None = None
    place_id: str | None = None
    withheld: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A story: its name, what happens in order, and every fact that stands at its end."""

    name: str
    steps: Sequence[Step]
    facts: Sequence[Fact] = ()
