"""Ana connects her Swarm account: by the hotel's signed link, in one browser, once; and takes it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from plugins.foursquare.connecting import signed
from plugins.foursquare.tests.guests import ANA, BEN, SETTINGS, TOKEN, history, payload, vault
from rewards.domain.guest import Guest, Identity
from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call, Recorded
from rewards.sdk.testing.house import House, Told
from rewards.sdk.testing.mutations import off_by_a_byte
from rewards.storage.sources import ConnectionRow

APP = {
    **SETTINGS, "client_id": "APP", "client_secret": "APP-SECRET", "link_secret": "HARBOUR-LINKS",
    "callback": "https://rewards.harbour.example/v1/sources/foursquare/address/callback",
}  # fmt: skip
EXCHANGE = "https://foursquare.com/oauth2/access_token"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    with made.engine.database.writing() as store:
        for guest, card in (("gst_ana", "00412"), ("gst_ben", "00413")):
            store.guests.add(Guest(guest, created_at=made.now), [Identity("card", card)])
    made.answers(
        Recorded("POST", EXCHANGE, body=b'{"access_token":"ANA-TOKEN"}', sent={"code": "CODE"}),
        Recorded("GET", "/v2/users/self", body=payload("self.json"), params={"oauth_token": TOKEN}),
    )
    yield made
    assert made.defects == []
    made.close()


@pytest.fixture
def connection(house: House) -> ConnectionRow:
    return house.connect(APP)


def link(house: House, guest: str = "card:00412", what: str = "connect", **changed: str) -> dict[str, str]:
    until = str(int((house.clock.now() + timedelta(hours=1)).timestamp()))
    query = {"guest": guest, "until": until, **changed}
    return {"sign": hmac_hex("HARBOUR-LINKS", signed(what, query["guest"], query["until"])), **query}


def open_link(house: House, connection: ConnectionRow, query: Mapping[str, str]) -> Told:
    return house.send(connection, Call(method="GET", path="/connect", query=query))


def left(told: Told) -> tuple[str, str]:
    """The state and the cookie with which a browser left for Foursquare."""
    query = dict(parse_qsl(urlsplit(told.headers["Location"]).query))
    return query["state"], told.headers["Set-Cookie"].partition(";")[0]


def come_back(house: House, connection: ConnectionRow, cookie: str, **query: str) -> Told:
    headers = {"Cookie": f"theme=dark; {cookie}"} if cookie else {}
    return house.send(connection, Call(method="GET", path="/callback", query=query, headers=headers))


def connect(house: House, connection: ConnectionRow, guest: str = "card:00412") -> Told:
    state, cookie = left(open_link(house, connection, link(house, guest)))
    return come_back(house, connection, cookie, code="CODE", state=state)


def test_ana_is_sent_to_foursquare_and_comes_back_connected(house: House, connection: ConnectionRow) -> None:
    away = open_link(house, connection, link(house))
    assert away.status == 302
    target = urlsplit(away.headers["Location"])
    query = dict(parse_qsl(target.query))
    assert (target.netloc, target.path) == ("foursquare.com", "/oauth2/authenticate")
    assert (query["client_id"], query["response_type"], query["redirect_uri"]) == ("APP", "code", APP["callback"])
    assert all(word in away.headers["Set-Cookie"] for word in ("Secure", "HttpOnly", "SameSite=Lax", "Max-Age=900"))
    state, cookie = left(away)
    back = come_back(house, connection, cookie, code="CODE", state=state)
    assert (back.status, "Swarm is connected" in back.body.decode()) == (200, True)
    sent = next(one.sent for one in house.world.heard if one.url == EXCHANGE)
    assert sent == {
        "client_id": "APP", "client_secret": "APP-SECRET", "grant_type": "authorization_code", "code": "CODE",
        "redirect_uri": APP["callback"],
    }  # fmt: skip
    kept = vault(house, connection).get(f"member/{ANA}")
    assert kept == {"token": TOKEN, "guest": "card:00412", "after": int(house.clock.now().timestamp())}
    house.answers(history(payload("history.json")))
    assert house.poll(connection) == ""
    house.settle()
    assert {tuple(sorted(one.identities)) for one in house.facts(connection)} == {("card:00412", f"foursquare:{ANA}")}


def test_the_days_before_are_read_where_the_hotel_wants_them(house: House) -> None:
    connection = house.connect({**APP, "history_days": 30})
    connect(house, connection)
    after = house.clock.now() - timedelta(days=30)
    assert vault(house, connection).get(f"member/{ANA}")["after"] == int(after.timestamp())


def test_a_link_that_is_not_the_hotels_leads_nowhere(house: House, connection: ConnectionRow) -> None:
    good = link(house)
    late = str(int((house.clock.now() - timedelta(seconds=1)).timestamp()))
    far = str(int((house.clock.now() + timedelta(days=32)).timestamp()))
    wrong = [
        {}, {**good, "guest": "card:00413"},
        {**good, "until": far}, {**good, "sign": ""}, link(house, what="disconnect"),
        link(house, until=late), link(house, until=far), link(house, until="soon"), link(house, until=""),
        *({**good, "sign": other} for other in off_by_a_byte(good["sign"])),
    ]  # fmt: skip
    for query in wrong:
        told = open_link(house, connection, query)
        assert (told.status, "Location" in told.headers, "Set-Cookie" in told.headers) == (401, False, False), query
        assert "niet gekoppeld" in told.body.decode()


def test_a_link_of_somebody_who_is_no_guest_or_of_a_house_without_an_app(
    house: House, connection: ConnectionRow
) -> None:
    assert open_link(house, connection, link(house, "card:99999")).status == 404
    assert open_link(house, connection, link(house, "nobody")).status == 400
    without = house.connect({**SETTINGS, "link_secret": "HARBOUR-LINKS"})
    assert open_link(house, without, link(house)).status == 404
    assert open_link(house, house.connect(SETTINGS), link(house)).status == 401


def test_the_way_back_counts_only_in_the_browser_that_left_and_for_a_quarter_of_an_hour(
    house: House, connection: ConnectionRow
) -> None:
    state, cookie = left(open_link(house, connection, link(house)))
    other_state, other_cookie = left(open_link(house, connection, link(house, "card:00413")))
    nonce, name, until, sign = cookie.partition("=")[2].split(".")
    stolen = other_cookie.partition("=")[2].split(".")[1]
    tries = [
        ("", state), (cookie, ""), (cookie, other_state), (other_cookie, state), (cookie + "x", state), ("a=b", state),
        (f"rewards_swarm={nonce}.{stolen}.{until}.{sign}", state), (f"rewards_swarm={nonce}.é.{until}.{sign}", state),
        (f"rewards_swarm={nonce}.{name}.{until}0.{sign}", state), ("rewards_swarm=...", ""),
    ]  # fmt: skip
    for tried, with_state in tries:
        assert come_back(house, connection, tried, code="CODE", state=with_state).status == 401, tried
    house.clock.move_to(house.clock.now() + timedelta(minutes=15, seconds=1))
    assert come_back(house, connection, cookie, code="CODE", state=state).status == 401
    assert house.world.heard == []
    assert vault(house, connection).names() == []


def test_ana_says_no_at_foursquare(house: House, connection: ConnectionRow) -> None:
    state, cookie = left(open_link(house, connection, link(house)))
    told = come_back(house, connection, cookie, error="access_denied", state=state)
    assert (told.status, "not connected" in told.body.decode()) == (200, True)
    assert vault(house, connection).names() == []


@pytest.mark.parametrize(
    ("status", "body", "answered"),
    [
        (400, b'{"error":"invalid_grant"}', 400), (200, b"{}", 400), (200, b'{"access_token":7}', 400),
        (200, b"x", 400),
        (200, b'{"access_token":""}', 400), (500, b"", 503), (429, b"", 503),
    ],
)  # fmt: skip
def test_a_code_that_foursquare_does_not_take_connects_nobody(
    house: House, connection: ConnectionRow, status: int, body: bytes, answered: int
) -> None:
    house.answers(Recorded("POST", EXCHANGE, status, body))
    told = connect(house, connection)
    assert told.status == answered
    assert b"CODE" not in told.body
    assert vault(house, connection).names() == []


def test_one_account_is_one_guests_even_after_the_connection_has_ended(house: House, connection: ConnectionRow) -> None:
    assert connect(house, connection).status == 200
    assert connect(house, connection, "card:00413").status == 409
    vault(house, connection).put(f"member/{ANA}", None)
    assert connect(house, connection, "card:00413").status == 409
    assert connect(house, connection).status == 200
    assert vault(house, connection).get(f"member/{ANA}")["guest"] == "card:00412"


def test_the_hotel_ends_a_guests_connection(house: House, connection: ConnectionRow) -> None:
    connect(house, connection)
    vault(house, connection).put(f"member/{BEN}", {"token": "BEN-TOKEN", "guest": "card:00413", "after": 0})

    def stop(query: Mapping[str, str]) -> Told:
        return house.send(connection, Call(method="POST", path="/disconnect", query=query))

    assert stop(link(house)).status == 401
    ended = stop(link(house, what="disconnect"))
    assert (ended.status, json.loads(ended.body)) == (200, {"ended": 1})
    assert json.loads(stop(link(house, what="disconnect")).body) == {"ended": 0}
    assert vault(house, connection).names("member/") == [f"member/{BEN}"]


def test_no_token_or_secret_is_shown(house: House, connection: ConnectionRow) -> None:
    connect(house, connection)
    with house.engine.database.reading() as store:
        row = store.connections.get(connection.id)
        trail = repr(store.session.all("SELECT * FROM audit"))
    for word in (TOKEN, "APP-SECRET", "HARBOUR-LINKS"):
        assert word not in repr(row)
        assert word not in trail
