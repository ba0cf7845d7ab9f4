"""The way out is closed while the tests run, and this machine is open."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tests.fixtures.network import OutsideSocketError


@pytest.mark.parametrize("address", ["192.0.2.1", "203.0.113.7"])
def test_an_address_elsewhere_is_refused_with_its_name(address: str) -> None:
    with pytest.raises(OutsideSocketError, match=address):
        socket.create_connection((address, 443), timeout=1)


def test_a_refusal_comes_through_an_http_client() -> None:
    with pytest.raises(OutsideSocketError, match=r"serve it on 127\.0\.0\.1"):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)


def test_a_name_elsewhere_does_not_resolve() -> None:
    with pytest.raises(socket.gaierror, match=r"hotel\.example"):
        socket.getaddrinfo("hotel.example", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_open(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection((host, server.getsockname()[1]), timeout=5) as client,
    ):
        accepted, _ = server.accept()
        with accepted:
            client.sendall(b"good day")
            assert accepted.recv(8) == b"good day"
