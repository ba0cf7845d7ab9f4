"""OPERA's stream, spoken by a real WebSocket server: offsets, repetition, silence, and why it ends."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve
from websockets.typing import Subprotocol

from rewards.sdk.testing import House
from rewards.storage.sources import ConnectionRow

from ..stream import PROTOCOL, hashed_key, subscription
from .book import ARRIVES, HERE, SETTINGS

Script = Callable[["Opera"], None]


class Opera:
    """One listener as OPERA sees it: greeted and subscribed, then what the test wants to happen."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection
        assert connection.request is not None
        self.path = connection.request.path
        self.greeting = self.read()
        self.tell({"type": "connection_ack"})
        self.asked = self.read()

    def read(self) -> Any:
        return json.loads(self.connection.recv(timeout=10))

    def tell(self, message: Any) -> None:
        self.connection.send(json.dumps(message))

    def event(self, offset: int, name: str, at: str) -> None:
        event = {
            "metadata": {"offset": str(offset), "uniqueEventId": f"c{offset}"}, "moduleName": "RESERVATION",
            "eventName": name, "primaryKey": "919074", "timestamp": at, "hotelId": "HOTEL1",
            "detail": [{"elementName": "NAME", "newValue": "Loud-Stranger"}],
        }  # fmt: skip
        self.tell({"id": "1", "type": "next", "payload": {"data": {"newEvent": event}}})


@contextmanager
def streaming(house: House, script: Script) -> Iterator[list[Opera]]:
    """A server that plays the script to every listener; who came."""
    came: list[Opera] = []

    def talk(connection: ServerConnection) -> None:
        try:
            came.append(Opera(connection))
            script(came[-1])
        except ConnectionClosed:
            return

    with serve(talk, "127.0.0.1", 0, subprotocols=[Subprotocol(PROTOCOL)]) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        house.world.streams = f"http://127.0.0.1:{made.socket.getsockname()[1]}"
        try:
            yield came
        finally:
            made.shutdown()
            thread.join()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE.parent, tmp_path)
    made.answers(*ARRIVES.answers)
    yield made
    made.close()


@pytest.fixture
def opera(house: House) -> ConnectionRow:
    return house.connect({**SETTINGS, "events": "stream"})


def again(house: House, opera: ConnectionRow) -> str | None:
    with house.engine.database.reading() as store:
        cursor: str | None = store.connections.get(opera.id).cursor
    return cursor


def check_in(listener: Opera) -> None:
    listener.event(128, "CHECK IN", "2026-11-20 15:02:10.000000000")
    listener.tell({"id": "1", "type": "complete"})


def test_a_check_in_arrives_and_its_offset_is_kept_with_it(house: House, opera: ConnectionRow) -> None:
    with streaming(house, check_in) as came:
        assert house.listen(opera) == ""
    house.settle()
    assert [one.kind for one in house.facts(opera)] == ["check_in"]
    assert again(house, opera) == "offset:128"
    assert came[0].path == f"/subscriptions?key={hashed_key(SETTINGS['app_key'])}"
    assert came[0].greeting == {
        "type": "connection_init", "payload": {"Authorization": "Bearer t-1", "x-app-key": SETTINGS["app_key"]},
    }  # fmt: skip
    assert "offset:" not in came[0].asked["payload"]["query"]


def test_the_next_listening_begins_where_the_last_one_ended_and_counts_nothing_twice(
    house: House, opera: ConnectionRow
) -> None:
    with streaming(house, check_in) as came:
        house.listen(opera)
        house.listen(opera)
    house.settle()
    assert 'offset: "128"' in came[1].asked["payload"]["query"]
    assert len(house.facts(opera)) == 1
    assert len(house.inbox(opera)) == 1


def test_what_came_before_the_line_broke_is_kept(house: House, opera: ConnectionRow) -> None:
    def broken(listener: Opera) -> None:
        listener.event(128, "CHECK IN", "2026-11-20 15:02:10.000000000")
        listener.connection.close(1011)

    with streaming(house, broken):
        assert house.listen(opera) == "the stream was closed (1011)"
    assert again(house, opera) == "offset:128"
    assert len(house.inbox(opera)) == 1


def test_a_ping_is_answered(house: House, opera: ConnectionRow) -> None:
    answers: list[Any] = []

    def ping(listener: Opera) -> None:
        listener.tell({"type": "ping"})
        answers.append(listener.read())
        listener.tell({"id": "1", "type": "complete"})

    with streaming(house, ping):
        assert house.listen(opera) == ""
    assert answers == [{"type": "pong"}]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (4401, "OPERA does not take the token for the stream (4401)"),
        (4403, "this application may not listen: has the environment's owner approved it? (4403)"),
        (4409, "somebody else listens with this application key (4409)"),
        (4999, "the stream was closed (4999)"),
        (1000, ""),
    ],
)
def test_the_close_code_says_why(house: House, opera: ConnectionRow, code: int, reason: str) -> None:
    with streaming(house, lambda listener: listener.connection.close(code)):
        assert house.listen(opera) == reason
    assert house.defects == []


@pytest.mark.parametrize("text", ["garbage", '{"type":"next","payload":{"data":null}}', '{"type":"surprise"}', "[]"])
def test_a_message_that_cannot_be_read_is_a_dead_letter_and_no_end(
    house: House, opera: ConnectionRow, text: str
) -> None:
    def odd(listener: Opera) -> None:
        listener.connection.send(text)
        check_in(listener)

    with streaming(house, odd):
        assert house.listen(opera) == ""
    house.settle()
    assert len(house.facts(opera)) == 1
    assert sorted(row.state for row in house.inbox(opera)) == ["dead", "done"]


def test_a_subscription_that_is_refused_is_said(house: House, opera: ConnectionRow) -> None:
    with streaming(house, lambda one: one.tell({"id": "1", "type": "error", "payload": [{"message": "no"}]})):
        assert house.listen(opera) == "OPERA refuses the subscription"


def test_who_listens_does_not_poll_and_who_polls_does_not_listen(house: House, opera: ConnectionRow) -> None:
    assert house.poll(opera) == ""
    assert house.listen(house.connect(SETTINGS)) == ""
    assert house.world.heard == []


def test_the_official_vector_of_the_key() -> None:
    key = hashed_key("11111111-2222-3333-4444-555555555555")
    assert key == "666ff6ccaa5b3c07feaa3a95d3a4bd2c46ac9e9abdb09ca9133528d3dc1e8952"


def test_an_offset_that_is_none_is_not_asked_for() -> None:
    assert "offset:" not in subscription("QUAY", '0"}) { x')
