"""The other system as a test says it is: recorded answers, and the client that hears them."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from rewards.pluginhost.codec import dump
from rewards.pluginhost.http import RememberingClient, Tokens, allowed
from rewards.pluginhost.sockets import open_socket
from rewards.sdk.messages import Json, Refused, TryLater
from rewards.sdk.outside import Response, Socket
from rewards.sdk.testing.cases import Recorded


@dataclass(frozen=True, slots=True)
class Heard:
    """A request that a source made: method, address, query, headers, and the JSON or form that it sent."""

    method: str
    url: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    sent: Json


@dataclass(slots=True)
class World:
    """What the other system answers now, what it was asked, and what it was asked that nobody recorded."""

    answers: list[Recorded] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)
    down: bool = False
    streams: str = ""
    """Where a test runs a real WebSocket server (http://127.0.0.1:port); sockets to allowed hosts are opened there."""

    def answer(self, heard: Heard) -> Response:
        """The newest answer that fits; `TryLater` where the system is down."""
        self.heard.append(heard)
        if self.down:
            raise TryLater("the other system cannot be reached (down in this test)")
        for one in reversed(self.answers):
            if _fits(one, heard):
                return _response(one)
        self.unrecorded.append(f"{heard.method} {heard.url} {dict(heard.params)}")
        raise TryLater(f"nothing is recorded for {heard.method} {heard.url}")


def _response(one: Recorded) -> Response:
    if one.status in (429, 503):
        after = one.headers.get("Retry-After", "30")
        raise TryLater(f"the other system answered {one.status}", after_s=int(after) if after.isdecimal() else 30)
    return Response(one.status, {name.lower(): value for name, value in one.headers.items()}, one.body)


def _fits(one: Recorded, heard: Heard) -> bool:
    if one.method != heard.method or not (heard.url == one.url or urlsplit(heard.url).path.endswith(one.url)):
        return False
    if one.params and any(heard.params.get(name) != value for name, value in one.params.items()):
        return False
    if one.sent is None:
        return True
    return isinstance(heard.sent, dict) and all(heard.sent.get(name) == value for name, value in one.sent.items())


class WorldClient(RememberingClient):
    """The client of a source in a test: the manifest's hosts hold, the answers are recorded."""

    def __init__(self, world: World, hosts: Sequence[str], tokens: Tokens) -> None:
        super().__init__(tokens)
        self._world = world
        self._hosts = tuple(hosts)

    def socket(self, url: str, protocol: str) -> Socket:
        """A real socket to the test's own server, with the path and the query that were asked for."""
        parts = urlsplit(url)
        if not allowed(parts.hostname or "", parts.port or 443, self._hosts):
            raise Refused(f"the host {parts.hostname} is not one that this source may talk to")
        there = urlsplit(self._world.streams)
        if self._world.down or not there.port:
            raise TryLater("the other system cannot be reached (down in this test)")
        real = parts._replace(scheme="http", netloc=there.netloc)
        return open_socket(real, there.hostname or "", there.port, protocol)

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
        """One call."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        if not allowed(host, port, self._hosts):
            raise Refused(f"the host {host} is not one that this source may talk to")
        said = jsonlib.loads(dump(json), parse_float=Decimal) if json is not None else dict(form) if form else None
        asked = {**dict(parse_qsl(parts.query)), **{name: str(value) for name, value in (params or {}).items()}}
        plain = parts._replace(query="").geturl()
        return self._world.answer(Heard(method, plain, asked, dict(headers or {}), said))
