"""How a source talks to the other system: a client with limits, and a place for tokens. Both are given to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from rewards.domain.property import Property
from rewards.sdk.fields import Secret, Values
from rewards.sdk.messages import Json, TryLater
from rewards.sdk.reading import read_json


@dataclass(frozen=True, slots=True)
class Response:
    """What the other system answered: status, headers by lower-case name, the body's bytes (4 MiB at most)."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """The body as JSON, with `Decimal` for every number that is not an integer; `Refused` where it is none."""
        return read_json(self.body)

    def expect(self, *statuses: int) -> Response:
        """This response where its status is one of these (default: 200 to 299), else `TryLater` with the status."""
        good = self.status in statuses if statuses else 200 <= self.status < 300
        if not good:
            raise TryLater(f"the other system answered {self.status}", after_s=60)
        return self

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"


class Closed(TryLater):
    """A socket that the other side, or the network between, has closed. `code` is the close code, 1006 for none."""

    def __init__(self, code: int, *, after_s: int = 1) -> None:
        super().__init__(f"the stream was closed ({code})", after_s=after_s)
        self.code = code


class Socket(Protocol):
    """An open WebSocket. Pings of the protocol itself are answered for the source."""

    def send(self, text: str) -> None:
        """Send one text message; `Closed` where the other side is gone."""
        ...

    def receive(self, wait_s: float) -> str | None:
        """The next text message (1 MiB at most), None where none came in so many seconds; `Closed` at the end."""
        ...

    def close(self) -> None:
        """Close it, whatever state it is in."""
        ...


class Client(Protocol):
    """HTTP to the hosts of `plugin.toml` and of the connection's url fields, and to no other.

    It waits 10 seconds for each call in all, follows no redirect, reads 4 MiB at most, keeps to the rate that the
    manifest states, and raises `TryLater` for 429 and 503 (after `Retry-After`), for a time-out and for a connection
    that fails. Every other status is a `Response`. Addresses are https; http only to hosts an operator allows.
    """

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Json = None,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Response:
        """One call; at most one of `json`, `form` and `body` is sent."""
        ...

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """GET."""
        return self.request("GET", url, params=params, headers=headers)

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Json = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """POST."""
        return self.request("POST", url, headers=headers, json=json, form=form)

    def socket(self, url: str, protocol: str) -> Socket:
        """A WebSocket to an address (https, as in calls), speaking a sub-protocol; for `listen`.

        To the same hosts as calls, by the same rules. `TryLater` where it cannot be opened, `Refused` where it may not,
        and where the package that it needs is not installed (`rewards[streams]`).
        """
        ...

    def remember(self, name: str, make: Callable[[], tuple[Secret, int]]) -> Secret:
        """A token that `make` fetched, with the seconds it lasts; made anew when nine tenths of them are over.

        Kept in this process only, for this connection. `forget` it when the other system refuses it.
        """
        ...

    def forget(self, name: str) -> None:
        """Drop a remembered token."""
        ...


class Vault(Protocol):
    """What a connection must remember beyond a process and may not show: members' access tokens, by a name.

    Kept in the database like secret settings are; gone with the connection.
    """

    def put(self, name: str, value: Json) -> None:
        """Keep or replace; None removes. `name` has 1 to 200 characters."""
        ...

    def get(self, name: str) -> Json:
        """What is kept under a name, None where there is nothing."""
        ...

    def change(self, name: str, make: Callable[[Json], Json]) -> Json:
        """Replace what is kept by what `make` says of it, in one transaction; returns the new value.

        Two calls at once follow each other, so a count misses none. `make` may run more than once; it is given None
        where there is nothing, and None out of it removes.
        """
        ...

    def names(self, prefix: str = "") -> Sequence[str]:
        """Every name that begins so, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """What a source is given when it talks to the other system: settings, client, vault, and the house around it.

    `properties` are those that the connection is turned on for, by code. `now` is an aware instant.
    """

    settings: Values
    client: Client
    vault: Vault
    properties: Mapping[str, Property]
    now: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """Something of ours that another system may want to know.

    `id` names it for ever: send it along as the idempotency key, for an event is delivered at least once. `topic` is
    such as `decision.committed`; `data` its JSON, with each grant it is about under `grants`; `identities` every name
    of the guest as `kind:value`, `points` what the guest can spend at the time of telling, None where it is about
    nobody. Events of one guest arrive in the order in which they happened, unless an earlier one
    has failed for good.
    """

    id: str
    topic: str
    at: datetime
    guest: str | None
    data: Mapping[str, Json]
    identities: Sequence[str] = field(default_factory=tuple)
    points: int | None = None
