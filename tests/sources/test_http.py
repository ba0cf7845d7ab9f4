"""The way out: only to the hosts that were agreed, never into the house, and never without an end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from rewards.pluginhost import http
from rewards.pluginhost.http import HttpClient, Pace, Tokens, allowed, is_public
from rewards.sdk import Refused, Secret, TryLater


class Other(BaseHTTPRequestHandler):
    """Another system: it says back what it hears, or misbehaves as the path says."""

    def do_POST(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        said = {
            "path": self.path, "body": self.rfile.read(length).decode(), "host": self.headers["Host"],
            "type": self.headers.get("Content-Type"), "auth": self.headers.get("Authorization"),
        }  # fmt: skip
        status = int(self.path[1:4]) if self.path[1:4].isdecimal() else 200
        body = b"x" * (5 * 1024 * 1024) if self.path == "/large" else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status in (429, 302):
            self.send_header("Retry-After", "7")
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        if self.path != "/short":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Tests print nothing."""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()
        thread.join()


def client(*, hosts: tuple[str, ...] = ("localhost",), trusted: tuple[str, ...] = ("localhost",)) -> HttpClient:
    return HttpClient(hosts, trusted, Tokens(), Pace(0))


def said(found: Any) -> Any:
    return found.expect(200).json()


def test_what_is_sent_arrives(base: str) -> None:
    got = said(client().get(f"{base}/a?b=1", params={"c": "é &"}, headers={"Authorization": "Bearer t"}))
    assert (got["path"], got["auth"], got["host"]) == ("/a?b=1&c=%C3%A9+%26", "Bearer t", base.removeprefix("http://"))
    posted = said(client().post(f"{base}/a", json={"amount": Decimal("12.30"), "n": 1}))
    assert (json.loads(posted["body"], parse_float=Decimal), posted["type"]) == (
        {"amount": Decimal("12.30"), "n": 1}, "application/json",
    )  # fmt: skip
    assert said(client().post(f"{base}/a", form={"x": "1 2"}))["body"] == "x=1+2"


def test_a_refusal_of_theirs_is_an_answer_and_a_redirect_is_not_followed(base: str) -> None:
    assert client().get(f"{base}/404").status == 404
    assert client().get(f"{base}/302").status == 302
    with pytest.raises(TryLater):
        client().get(f"{base}/404").expect(200)


def test_patience_is_as_long_as_they_ask_for(base: str) -> None:
    with pytest.raises(TryLater) as caught:
        client().get(f"{base}/429")
    assert caught.value.after_s == 7


def test_an_answer_that_is_too_large_or_too_short(base: str) -> None:
    with pytest.raises(Refused):
        client().get(f"{base}/large")
    with pytest.raises(TryLater):
        client().get(f"{base}/short")


def test_a_host_that_was_not_agreed_is_not_called(base: str) -> None:
    with pytest.raises(Refused):
        client(hosts=("api.example.org",)).get(f"{base}/a")
    for address in ("ftp://localhost/a", "http://user@localhost/a", "http://localhost:99999/", "//localhost", "x"):
        with pytest.raises(Refused):
            client().get(address)


def test_private_addresses_and_plain_http_are_the_operators_to_allow(base: str) -> None:
    with pytest.raises(Refused, match="without TLS"):
        client(trusted=()).get(f"{base}/a")
    with pytest.raises(Refused, match="not public"):
        client(trusted=()).get(f"https://localhost:{base.rpartition(':')[2]}/a")


def test_a_host_that_is_not_there_is_tried_later() -> None:
    with pytest.raises(TryLater):
        client(hosts=("gone.example",), trusted=()).get("https://gone.example/a")
    with pytest.raises(TryLater):
        client().get("http://localhost:1/a")


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "addresses", lambda host, port: ["93.184.216.34", "10.0.0.7"])
    with pytest.raises(Refused, match="not public"):
        client(hosts=("api.example.org",), trusted=()).get("https://api.example.org/a")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "::",
        "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "168.63.129.16", "198.18.0.1",
        "224.0.0.1", "255.255.255.255", "fec0::1",
    ],
)  # fmt: skip
def test_addresses_that_lead_into_the_house(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")


@pytest.mark.parametrize(
    ("host", "port", "good"),
    [
        ("api.example.org", 443, True), ("b.eu.example.org", 443, True), ("example.org", 443, False),
        ("api.example.org.evil.test", 443, False), ("evilexample.org", 443, False), ("odd.test", 8443, True),
        ("odd.test", 443, False),
    ],
)  # fmt: skip
def test_patterns_of_hosts(host: str, port: int, good: bool) -> None:
    assert allowed(host, port, ("api.example.org", "*.example.org", "odd.test:8443")) is good


def test_the_agreed_rate_is_kept() -> None:
    pace = Pace(600)
    for _ in range(61):
        pace.take()
    with pytest.raises(TryLater):
        pace.take()


def test_a_token_is_made_once_while_it_lasts() -> None:
    made = []

    def make() -> tuple[Secret, int]:
        made.append(1)
        return Secret("t"), 600

    one = client()
    assert one.remember("token", make).reveal() == "t"
    one.remember("token", make)
    assert len(made) == 1
    one.forget("token")
    one.remember("token", make)
    assert len(made) == 2
    one.remember("short", lambda: (Secret("s"), 0))
    assert one.remember("short", lambda: (Secret("t"), 600)).reveal() == "t"
