"""The hotel's middleware hears of everything, signed, and can tell a repetition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.pluginhost import connections, delivering
from rewards.sdk import Draft, Identity, Kind, RawMessage, Refused, Secret, TryLater, check_standard_webhook
from rewards.sdk.outside import Response
from rewards.sdk.testing import Call, House
from rewards.storage.sources import ConnectionRow

HERE = Path(__file__).parent
OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2Vhc2lkZSBoYXMgYSBzZWNyZXQgdG9v"
SETTINGS = {"url": "https://middleware.example/rewards", "signing_secret": OLD}


class Middleware:
    """What the hotel runs: it keeps what it hears, and answers as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 204

    def request(self, method: str, url: str, **sent: Any) -> Response:
        assert (method, url) == ("POST", SETTINGS["url"])
        self.heard.append((sent["headers"], sent["body"]))
        return Response(self.status, {}, b"")


@pytest.fixture
def middleware() -> Middleware:
    return Middleware()


@pytest.fixture
def house(tmp_path: Path, middleware: Middleware) -> Iterator[House]:
    made = House(HERE.parent, tmp_path, datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    made.engine.sources.open_client = lambda *_: middleware
    yield made
    made.close()


def happen(house: House, key: str) -> None:
    """Somebody leaves money in the bar."""
    draft = Draft(
        Kind.SPEND, key, (Identity("card", "00412"),), "harbour", house.clock.now(), amount_minor=900, currency="EUR"
    )  # fmt: skip
    host = house.engine.sources
    with house.engine.database.writing() as store:
        house.engine.intake.receive(store, host.ground(store), "bar", [draft])


def proved(house: House, heard: tuple[dict[str, str], bytes], secret: str) -> str:
    headers, body = heard
    return check_standard_webhook(RawMessage("POST", "", {}, headers, body, house.clock.now()), [Secret(secret)])


def test_an_event_arrives_signed_with_its_own_id(house: House, middleware: Middleware) -> None:
    house.connect(SETTINGS)
    happen(house, "one")
    assert delivering.deliver(house.engine.sources).sent == 1
    (heard,) = middleware.heard
    assert proved(house, heard, OLD).startswith("evt_")
    told = json.loads(heard[1])
    assert (told["type"], told["timestamp"], told["data"]["kind"]) == (
        "activity.recorded", "2026-11-24T12:00:00Z", "spend",
    )  # fmt: skip


def test_what_happens_in_another_house_is_not_told(house: House, middleware: Middleware) -> None:
    house.connect(SETTINGS, properties=["seaside"])
    happen(house, "one")
    delivering.deliver(house.engine.sources)
    assert middleware.heard == []


def test_a_repetition_has_the_same_id(house: House, middleware: Middleware) -> None:
    house.connect(SETTINGS)
    happen(house, "one")
    middleware.status = 500
    delivering.deliver(house.engine.sources)
    middleware.status = 204
    house.clock.advance(timedelta(minutes=1))
    assert delivering.deliver(house.engine.sources).sent == 1
    first, second = middleware.heard
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]


def test_gone_is_given_up(house: House, middleware: Middleware) -> None:
    house.connect(SETTINGS)
    happen(house, "one")
    middleware.status = 410
    assert delivering.deliver(house.engine.sources).dead == 1


def test_only_the_topics_that_are_wanted(house: House, middleware: Middleware) -> None:
    house.connect({**SETTINGS, "topics": "grant.voided, decision.committed"})
    happen(house, "one")
    delivering.deliver(house.engine.sources)
    assert middleware.heard == []


def test_while_a_secret_is_replaced_both_signatures_are_there(house: House, middleware: Middleware) -> None:
    connection = house.connect(SETTINGS)
    with house.engine.database.writing() as store:
        connections.change(
            house.engine.sources, store, connection.id, settings={"signing_secret": NEW}, keep_old_hours=1, by="test"
        )  # fmt: skip
    happen(house, "one")
    delivering.deliver(house.engine.sources)
    assert proved(house, middleware.heard[0], OLD) == proved(house, middleware.heard[0], NEW)


def check(house: House, connection: ConnectionRow) -> None:
    host = house.engine.sources
    plugin = host.plugin("webhooks")
    plugin.source.check(host.link(plugin, connection))


def test_a_ping_tries_the_endpoint(house: House, middleware: Middleware) -> None:
    connection = house.connect(SETTINGS)
    check(house, connection)
    assert json.loads(middleware.heard[0][1])["type"] == "webhook.ping"
    middleware.status = 401
    with pytest.raises(TryLater):
        check(house, connection)
    middleware.status = 410
    with pytest.raises(Refused):
        check(house, connection)


def test_it_takes_no_messages(house: House) -> None:
    assert house.send(house.connect(SETTINGS), Call(b"{}")).status == 404


def test_an_endpoint_in_the_house_is_the_operators_to_allow(tmp_path: Path) -> None:
    home = tmp_path / "own"
    home.mkdir()
    made = House(HERE.parent, home)
    made.engine.sources.open_client = None
    connection = made.connect({**SETTINGS, "url": "https://localhost/rewards"})
    with pytest.raises(Refused, match="not public"):
        check(made, connection)
    made.close()
