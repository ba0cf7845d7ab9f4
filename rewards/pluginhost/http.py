"""HTTP to other systems, with its limits: hosts, addresses, time, size, rate. The only way out that a source is given.

A name is looked up once, every address it has must be a public one, and the connection goes to one of those: whoever
answers for the name cannot lead a call into the house. An operator may allow hosts (`REWARDS_SOURCE_HOSTS`); those may
be private and speak plain http.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

import urllib3
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from rewards.clock import monotonic_s
from rewards.pluginhost.codec import dump
from rewards.pluginhost.sockets import open_socket
from rewards.sdk.fields import Secret
from rewards.sdk.messages import Json, Refused, TryLater
from rewards.sdk.outside import Client, Response, Socket

CALL_S = 10.0
CONNECT_S = 3.0
WORK_S = 100.0
"""Seconds for all calls of one piece of work."""

MAX_ANSWER = 4 * 1024 * 1024
MOST_PATIENCE_S = 6 * 3_600
_AGENT = "rewards-loyalty-engine"
_NEVER = [
    ipaddress.ip_network(text)
    for text in (
        "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "168.63.129.16/32", "64:ff9b::/96", "64:ff9b:1::/48",
        "2002::/16", "fec0::/10",
    )
]  # fmt: skip


def allowed(host: str, port: int, patterns: tuple[str, ...]) -> bool:
    """Whether a host is one of the patterns: `api.example.org`, `*.example.org`, either with `:8443`."""
    for pattern in patterns:
        name, _, wanted = pattern.lower().partition(":")
        if wanted and int(wanted) != port:
            continue
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False


def addresses(host: str, port: int) -> list[str]:
    """Every address of a host; `TryLater` where it has none."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise TryLater(f"the host {host} has no address", after_s=60) from None


def is_public(address: str) -> bool:
    """Whether an address is of the public network and none that leads elsewhere by translation."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        ip = mapped
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _NEVER if net.version == ip.version)


@dataclass(slots=True)
class Pace:
    """How often calls may go out, a minute; 0 for no bound. One for each connection in this process."""

    per_minute: int
    _next_s: float = 0.0
    _lock: Any = field(default_factory=Lock)

    def take(self) -> None:
        """Take a place, or `TryLater` with the seconds until there is one; a tenth of a minute's may go at once."""
        if not self.per_minute:
            return
        gap_s = 60 / self.per_minute
        with self._lock:
            now_s = monotonic_s()
            self._next_s = max(self._next_s, now_s - 6.0)
            if self._next_s > now_s:
                raise TryLater("the agreed rate of calls is reached", after_s=max(1, round(self._next_s - now_s)))
            self._next_s += gap_s


@dataclass(slots=True)
class Tokens:
    """Tokens that a process remembers for a connection."""

    kept: dict[str, tuple[Secret, float]] = field(default_factory=dict)

    def get(self, name: str, make: Callable[[], tuple[Secret, int]]) -> Secret:
        """The token, made where there is none that is fresh."""
        found = self.kept.get(name)
        if found is not None and found[1] > monotonic_s():
            return found[0]
        secret, seconds = make()
        self.kept[name] = (secret, monotonic_s() + max(0, seconds) * 0.9)
        return secret


class RememberingClient(Client):
    """What clients have in common: a connection's tokens, and how GET and POST are calls."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def remember(self, name: str, make: Callable[[], tuple[Secret, int]]) -> Secret:
        """A token, made by `make` where none is fresh."""
        return self._tokens.get(name, make)

    def forget(self, name: str) -> None:
        """Drop a remembered token."""
        self._tokens.kept.pop(name, None)


class HttpClient(RememberingClient):
    """The client of one piece of work of one connection.

    `hosts` are the patterns it may talk to, `trusted` those of them that the operator allows to be private or without
    TLS. `tokens` and `pace` outlive it.
    """

    def __init__(self, hosts: tuple[str, ...], trusted: tuple[str, ...], tokens: Tokens, pace: Pace) -> None:
        super().__init__(tokens)
        self._hosts = hosts
        self._trusted = trusted
        self._pace = pace
        self._until_s = monotonic_s() + WORK_S

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
        """One call; `Refused` for a host that is not allowed, `TryLater` for what may pass."""
        parts = urlsplit(url)
        target = self._target(parts)
        kind, data = _body(json, form, body)
        sent = {"User-Agent": _AGENT, "Host": parts.netloc, **({"Content-Type": kind} if kind else {})}
        query = "&".join(part for part in (parts.query, urlencode(params or {})) if part)
        path = (parts.path or "/") + (f"?{query}" if query else "")
        left_s = min(CALL_S, self._until_s - monotonic_s())
        if left_s <= 0:
            raise TryLater("the calls of this piece of work took too long in all", after_s=30)
        self._pace.take()
        return _called(target, method, path, {**sent, **(headers or {})}, data, left_s)

    def socket(self, url: str, protocol: str) -> Socket:
        """A WebSocket to an address that a call may go to; `Refused` for any other."""
        parts = urlsplit(url)
        _, port, address = self._checked(parts)
        return open_socket(parts, address, port, protocol)

    def _checked(self, parts: SplitResult) -> tuple[str, int, str]:
        """Host, port and the address to go to; `Refused` where a call may not go there."""
        host, port = _host_and_port(parts)
        trusted = allowed(host, port, self._trusted)
        if not allowed(host, port, self._hosts):
            raise Refused(f"the host {host} is not one that this source may talk to")
        if parts.scheme != "https" and not trusted:
            raise Refused(f"{host} is called without TLS")
        found = addresses(host, port)
        if not trusted and not all(is_public(address) for address in found):
            raise Refused(f"{host} has an address that is not public")
        return host, port, found[0]

    def _target(self, parts: SplitResult) -> HTTPConnectionPool:
        host, port, address = self._checked(parts)
        timeout = urllib3.Timeout(connect=CONNECT_S, read=CALL_S)
        if parts.scheme == "https":
            return HTTPSConnectionPool(
                address, port, timeout=timeout, retries=False, server_hostname=host, assert_hostname=host,
                cert_reqs="CERT_REQUIRED",
            )  # fmt: skip
        return HTTPConnectionPool(address, port, timeout=timeout, retries=False)


def _host_and_port(parts: SplitResult) -> tuple[str, int]:
    try:
        port = parts.port
    except ValueError:
        raise Refused("the address has no valid port") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        raise Refused("the address is not one of http or https")
    return parts.hostname.lower(), port or (443 if parts.scheme == "https" else 80)


def _body(json: Json, form: Mapping[str, str] | None, body: bytes | None) -> tuple[str, bytes | None]:
    if json is not None:
        return "application/json", dump(json).encode()
    if form is not None:
        return "application/x-www-form-urlencoded", urlencode(form).encode()
    return "", body


def _called(
    pool: HTTPConnectionPool, method: str, path: str, headers: Mapping[str, str], body: bytes | None, left_s: float
) -> Response:
    until_s = monotonic_s() + left_s
    try:
        answer = pool.urlopen(
            method, path, body=body, headers=dict(headers), redirect=False, preload_content=False, decode_content=True
        )
        received = _read(answer, until_s)
    except urllib3.exceptions.HTTPError as error:
        raise TryLater(f"the other system cannot be reached ({type(error).__name__})") from None
    finally:
        pool.close()
    found = Response(answer.status, {name.lower(): value for name, value in answer.headers.items()}, received)
    if found.status in (429, 503):
        raise TryLater(f"the other system answered {found.status}", after_s=_patience(found))
    return found


def _read(answer: Any, until_s: float) -> bytes:
    """The body, no more than is allowed and no longer than there is time, chunk by chunk."""
    received = bytearray()
    for chunk in answer.stream(64 * 1024):
        received += chunk
        if len(received) > MAX_ANSWER:
            raise Refused(f"the other system's answer is over {MAX_ANSWER} bytes")
        if monotonic_s() > until_s:
            raise TryLater("the other system's answer took too long")
    return bytes(received)


def _patience(response: Response) -> int:
    """Seconds to wait by Retry-After, as a number; a date or nothing: half a minute."""
    text = response.headers.get("retry-after", "")
    return min(MOST_PATIENCE_S, max(1, int(text))) if text.isascii() and text.isdecimal() and len(text) < 9 else 30
