"""WebSockets of sources: to the hosts they may talk to, with the code that says why they ended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.server import ServerConnection, serve

from rewards.pluginhost import polling
from rewards.pluginhost.http import HttpClient, Pace, Tokens
from rewards.sdk import Closed, Refused, TryLater


@contextmanager
def server(talk: Callable[[ServerConnection], None], protocol: str = "toy-ws") -> Iterator[str]:
    """A real server that talks so to whoever comes; its address."""
    with serve(talk, "127.0.0.1", 0, subprotocols=[protocol]) as made:  # type: ignore[list-item]
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{made.socket.getsockname()[1]}"
        finally:
            made.shutdown()
            thread.join()


def client(url: str, *, trusted: bool = True, host: bool = True) -> HttpClient:
    place = url.removeprefix("http://")
    return HttpClient((place,) if host else (), (place,) if trusted else (), Tokens(), Pace(0))


def echo(connection: ServerConnection) -> None:
    for message in connection:
        connection.send(message)


def test_what_is_sent_comes_back() -> None:
    with server(echo) as url:
        socket = client(url).socket(f"{url}/stream?key=1", "toy-ws")
        socket.send("Ana is here")
        assert socket.receive(10) == "Ana is here"
        assert socket.receive(0) is None
        socket.close()
        with pytest.raises(Closed):
            socket.send("Ben too")


def test_the_code_says_why_it_ended() -> None:
    with server(lambda connection: connection.close(4409, "taken")) as url:
        socket = client(url).socket(url, "toy-ws")
        with pytest.raises(Closed) as closed:
            socket.receive(10)
        assert closed.value.code == 4409
        socket.close()


def test_a_host_that_is_not_allowed_is_not_reached() -> None:
    with server(echo) as url:
        with pytest.raises(Refused, match="may talk to"):
            client(url, host=False).socket(url, "toy-ws")
        with pytest.raises(Refused, match="without TLS"):
            client(url, trusted=False).socket(url, "toy-ws")
        with pytest.raises(Refused, match="not public"):
            client(url, trusted=False).socket(url.replace("http:", "https:"), "toy-ws")


def test_what_cannot_be_opened_is_tried_later() -> None:
    with server(echo) as url:
        with pytest.raises(TryLater, match="cannot be opened"):
            client(url).socket(url, "another-protocol")
        gone = url
    with pytest.raises(TryLater, match="cannot be opened"):
        client(gone).socket(gone, "toy-ws")


class Stopwatch(threading.Event):
    """A stop that notes how long it was asked to wait, and then is set."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        self.set()
        return True


def test_a_stream_that_asks_for_patience_is_given_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(host: Any, connection: str) -> Iterator[int]:
        raise TryLater("somebody else listens", after_s=90)
        yield 0

    stop = Stopwatch()
    monkeypatch.setattr(polling, "heard", busy)
    polling.listen(None, "src_1", stop)  # type: ignore[arg-type]
    assert stop.waited == [90]
