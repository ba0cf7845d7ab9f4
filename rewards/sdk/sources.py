"""A source that is alive: what it is asked, in this order, and what it is given.

`verify -> parse` while the other system waits; the notices are then stored, and only then is the call answered;
`fetch -> normalise` right after, once in effect. A source says what happened; it never decides what that is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

from rewards.domain.guest import Identity
from rewards.domain.property import Property
from rewards.sdk.drafts import Draft
from rewards.sdk.fields import Field, Values
from rewards.sdk.messages import Answer, Json, Notice, Page, RawMessage, Refused, Taken
from rewards.sdk.outside import Event, Link


@dataclass(frozen=True, slots=True)
class Context:
    """What `normalise` may know beside the entity: settings, properties by code, when the notice came, and now."""

    settings: Values
    properties: Mapping[str, Property]
    received_at: datetime
    now: datetime

    @property
    def only_property(self) -> str:
        """The code of the one property that the connection is on for, "" where there are several or none."""
        return next(iter(self.properties)) if len(self.properties) == 1 else ""


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a notice comes to: the facts that are new, and what to keep of the entity (None keeps nothing).

    Both are stored together or not at all. `note` says, in a sentence for the operator, why there is nothing to record.
    Where a file of the same source may have told the same facts, `corrects` lets the drafts take the place of what is
    recorded under their keys, as a row of a file does (see `FileRow`), and `takes_back` are keys that no longer stand;
    such a source states its facts under their plain keys and leaves `settle` alone.
    """

    drafts: Sequence[Draft] = ()
    state: Json = None
    note: str = ""
    corrects: bool = False
    takes_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """An own address of a source, for systems that call and wait for what we say.

    `path` follows the connection's address ("" is the address itself, by a method other than POST); `<name>` stands
    for a part without a slash and arrives in `message.parts`. `handler` names the source's method that answers:
    `handler(message, desk) -> Answer`. `key` names one that returns the caller's idempotency key or "": a call with a
    key that was answered is answered the same bytes again, without the handler. `verify` comes first on every route.
    """

    method: str
    path: str
    handler: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A guest as an own route may show them to the other system."""

    guest: str
    first_name: str | None
    language: str
    enrolled_at: datetime | None
    points: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a draft that an own route recorded: `new`, or known already by its key."""

    activity: str
    guest: str
    new: bool


class Desk(Protocol):
    """What an own route may ask of the house. Each call is a transaction of its own, and safe to repeat.

    A refusal of the house (`RewardsError`: an unknown guest, a question that cannot be asked) may be caught and told
    in the other system's words; uncaught it is answered as a problem with its own status.
    """

    @property
    def link(self) -> Link:
        """Settings, client, vault, properties, now."""
        ...

    def caller(self, message: RawMessage, scope: str, property_code: str | None = None) -> str:
        """The id of the API key in the call's Authorization header, which has a scope and is good for a property.

        For own addresses that the hotel's own people and systems call. Raises the API's refusals (`unauthenticated`,
        `scope_missing`, `property_forbidden`), which are best left to pass; a key that is bound to some properties is
        refused where none is named.
        """
        ...

    def find(self, identity: Identity) -> Member | None:
        """The guest with this identity, None where nobody has it."""
        ...

    def ask(self, question: Mapping[str, Json]) -> Mapping[str, Json]:
        """The answer to a question as `POST /v1/decisions` takes it; its property must be one of the connection's.

        `mode` is `preview`, `hold` or `commit`; the same question has the same standing answer.
        """
        ...

    def record(self, drafts: Sequence[Draft]) -> Sequence[Recorded]:
        """Record facts now, all or none; by their source key once, however often."""
        ...

    def take(self, notices: Sequence[Notice]) -> Taken:
        """Store notices, which are worked on right after like those of `parse`."""
        ...


class LiveSource:
    """A live source. Its module offers `source`, an instance; methods that do not fit stay as they are.

    One instance serves every connection, in several threads at once: keep nothing in it. `verify`, `parse`, `answer`,
    `refuse` and `normalise` are pure: no clock, no network, no file.
    """

    fields: ClassVar[tuple[Field, ...]] = ()
    """The settings of a connection."""

    routes: ClassVar[tuple[Route, ...]] = ()
    """Own addresses; `POST` on the connection's own address always is `verify` and `parse`."""

    poll_every: ClassVar[timedelta | None] = None
    """How often `poll` is called, 10 seconds or more; None: never. A duration field `poll_every` overrides it."""

    topics: ClassVar[tuple[str, ...]] = ()
    """Which of our events `deliver` wants, such as `decision.committed` and `grant.voided`."""

    def verify(self, message: RawMessage, settings: Values) -> None:
        """Return where the message proves its sender, else raise `Refused`; whatever else is raised refuses it too.

        Looks at nothing but the proof. A source that only polls leaves it: it refuses every message.
        """
        raise Refused("this source takes no messages", status=404)

    def parse(self, message: RawMessage, settings: Values) -> Sequence[Notice]:
        """What a verified message says, as notices; none for one that says nothing (a health check). `Refused`: 400."""
        raise Refused("this source takes no messages", status=404)

    def answer(self, message: RawMessage, settings: Values, taken: Taken) -> Answer:
        """What the sender of a stored message is told: 202 and how many were new, unless it wants it otherwise."""
        return Answer.json({"accepted": taken.new, "known": taken.known}, 202)

    def refuse(self, message: RawMessage, status: int, reason: str) -> Answer | None:
        """A refusal in the other system's own words; None: an RFC 9457 problem. `status` is 400 to 503."""
        return None

    def fetch(self, notice: Notice, link: Link) -> Json:
        """The entity as it is now. A source whose messages carry everything leaves it: the payload is the state.

        None where the entity does not exist (any more). `TryLater` waits, `Refused` gives up. Called outside every
        transaction, for one notice of an entity at a time.
        """
        return notice.payload

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The difference between what is known of an entity (`last`, None at first) and what it is now.

        `state` is what `fetch` returned; `last` what the newest `Normalised.state` of this entity was. Emits new
        facts and reversals, never an edit; see `settle`. Messages come late, twice and in any order: where `state` is
        older than `last`, return `Normalised(state=last)`.
        """
        raise NotImplementedError

    def poll(self, cursor: str | None, link: Link) -> Page:
        """The next page of what is new at the other system; `cursor` is what the last page gave, None at first.

        Notices and cursor are stored together before the next call, so a queue that deletes what it hands out loses
        nothing: put each item whole into a payload, and let `normalise` judge it.
        """
        raise NotImplementedError

    def listen(self, cursor: str | None, link: Link) -> Iterator[Page]:
        """Pages of a stream that is held open, for ever; each is stored before the next is asked for.

        Ends or raises when the stream ends; it is opened again, from the newest cursor, after a pause that grows.
        """
        raise NotImplementedError

    def deliver(self, event: Event, link: Link) -> None:
        """Tell the other system of one event; returns when it is known there.

        At least once: use `event.id` as the idempotency key. `TryLater` and whatever else is raised tries again, for
        about three days; `Refused` gives up.
        """
        raise NotImplementedError

    def check(self, link: Link) -> None:
        """Try the settings against the other system, changing nothing; raise `Refused` or `TryLater` with a reason."""
