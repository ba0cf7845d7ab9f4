"""Connected guests are asked for in turn; each check-in is one fact, whoever tells of it and however often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from plugins.foursquare.export import SwarmExport
from plugins.foursquare.tests.guests import (
    AFTER,
    ANA,
    BEN,
    HISTORY,
    SETTINGS,
    TOKEN,
    VENUE,
    WITHDRAWN,
    history,
    item,
    join,
    payload,
    plain,
    said,
    told,
    vault,
)
from rewards.domain.guest import Identity
from rewards.intake.importing import Importer
from rewards.pluginhost import connections
from rewards.sdk import FileGround
from rewards.sdk.testing import Recorded
from rewards.sdk.testing.house import HARBOUR, House
from rewards.storage.sources import ConnectionRow

DAY_S = 86_400


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(Path(__file__).parents[1], tmp_path)
    yield made
    made.close()


def poll(house: House, connection: ConnectionRow) -> str:
    why = house.poll(connection)
    house.settle()
    assert house.defects == []
    return why


def asked(house: House) -> list[tuple[str, str, str]]:
    """Whose token each page was asked with, after which second, and from where."""
    pages = [one.params for one in house.world.heard if one.url.endswith(HISTORY)]
    return [(one["oauth_token"], one["afterTimestamp"], one["offset"]) for one in pages]


def test_a_page_of_250_is_followed_by_the_next_and_the_next_poll_goes_on_from_the_newest(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    newest = AFTER + 40 * DAY_S
    first = [item(number, newest - number) for number in range(250)]
    second = [item(number, newest - number) for number in range(250, 260)]
    house.answers(history(said(*first), offset="0"), history(said(*second), offset="250"))
    assert poll(house, connection) == ""
    assert asked(house) == [(TOKEN, str(AFTER), "0"), (TOKEN, str(AFTER), "250")]
    assert len(house.facts(connection)) == 260
    assert poll(house, connection) == ""
    assert asked(house)[2:] == [(TOKEN, str(newest - DAY_S), "0"), (TOKEN, str(newest - DAY_S), "250")]
    assert len(house.facts(connection)) == 260
    assert all(one.params["limit"] == "250" and len(one.params["v"]) == 8 for one in house.world.heard)


def test_ana_and_ben_are_read_in_turn_each_from_where_they_are(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    join(house, connection, BEN, token="BEN-TOKEN", guest="card:00413")
    house.answers(
        history(said(item(1, AFTER + 9 * DAY_S))), history(said(item(2, AFTER + 5 * DAY_S)), token="BEN-TOKEN")
    )
    poll(house, connection)
    poll(house, connection)
    assert [(who, int(after) - AFTER) for who, after, _ in asked(house)] == [
        (TOKEN, 0), ("BEN-TOKEN", 0), (TOKEN, 8 * DAY_S), ("BEN-TOKEN", 4 * DAY_S),
    ]  # fmt: skip
    assert [sorted(one.identities) for one in house.facts(connection)] == [
        ["card:00412", f"foursquare:{ANA}"], ["card:00413", f"foursquare:{BEN}"],
    ]  # fmt: skip


def test_what_was_before_the_guest_connected_is_not_asked_for(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    house.answers(history(said()))
    poll(house, connection)
    poll(house, connection)
    assert {after for _, after, _ in asked(house)} == {str(AFTER)}


def test_a_token_that_was_withdrawn_ends_that_guests_connection_and_health_says_so(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    join(house, connection, BEN, token="BEN-TOKEN", guest="card:00413")
    house.answers(
        Recorded("GET", HISTORY, 401, WITHDRAWN, params={"oauth_token": TOKEN}),
        history(said(item(2, AFTER + 5)), token="BEN-TOKEN"),
    )
    assert "withdrawn" in poll(house, connection)
    with house.engine.database.reading() as store:
        health = connections.shown_one(house.engine.sources, store, connection.id).health
    assert health.last_error is not None
    assert "withdrawn" in health.last_error
    assert vault(house, connection).names() == [f"member/{BEN}"]
    assert poll(house, connection) == ""
    assert [who for who, *_ in asked(house)] == [TOKEN, "BEN-TOKEN"]
    assert len(house.facts(connection)) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, b'{"meta":{"code":403,"errorType":"not_authorized"}}'), (400, b"x"), (200, b'{"response":{"checkins":7}}')],
)
def test_one_guest_who_cannot_be_read_keeps_nobody_waiting(house: House, status: int, body: bytes) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    join(house, connection, BEN, token="BEN-TOKEN", guest="card:00413")
    house.answers(
        Recorded("GET", HISTORY, status, body, params={"oauth_token": TOKEN}),
        history(said(item(2, AFTER + 5)), token="BEN-TOKEN"),
    )
    assert poll(house, connection) == ""
    assert len(house.facts(connection)) == 1
    assert vault(house, connection).names("trouble/") == [f"trouble/{ANA}"]
    house.answers(history(said(item(1, AFTER + 9))))
    poll(house, connection)
    assert vault(house, connection).names("trouble/") == []
    assert len(house.facts(connection)) == 2


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502])
def test_foursquare_asks_for_patience_and_is_asked_again_from_the_same_place(house: House, status: int) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    body = b'{"meta":{"code":403,"errorType":"rate_limit_exceeded"}}' if status == 403 else b"<html>"
    house.answers(Recorded("GET", HISTORY, status, body, headers={"X-RateLimit-Reset": "1795521900"}))
    assert poll(house, connection) != ""
    assert vault(house, connection).names("member/") == [f"member/{ANA}"]
    house.answers(history(payload("history.json")))
    assert poll(house, connection) == ""
    assert len(house.facts(connection)) == 2


def test_a_check_in_that_cannot_be_read_is_left_out_and_the_others_count(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    bad = [{"id": "x"}, None, {**item(3, 5), "createdAt": "now"}, {**item(4, 5), "id": None}, {"type": "tip"}]
    house.answers(history(said(*bad, item(1, AFTER + 9), item(2, AFTER + 8, venue=None) | {"venue": None})))
    assert poll(house, connection) == ""
    assert sorted(str(one.place_id) for one in house.facts(connection)) == [VENUE, "None"]


def test_places_elsewhere_are_left_out_where_the_hotel_does_not_want_them(house: House) -> None:
    connection = house.connect({**SETTINGS, "places": False, "evidence": "claimed"})
    join(house, connection)
    house.answers(history(payload("history.json")))
    poll(house, connection)
    assert [(one.property, one.evidence) for one in house.facts(connection)] == [("harbour", "claimed")]


def test_a_check_in_that_was_moved_to_another_place_no_longer_counts_at_the_house(house: House) -> None:
    connection = house.connect({**SETTINGS, "places": False})
    join(house, connection)
    house.answers(history(said(item(1, AFTER + 9))))
    poll(house, connection)
    assert len(house.facts(connection)) == 1
    house.answers(history(said(item(1, AFTER + 9, venue="4bcafe000000000000000009"))))
    poll(house, connection)
    assert house.facts(connection) == []


def test_ben_who_came_along_is_linked_only_where_he_is_known(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    join(house, connection, BEN, token="BEN-TOKEN", guest="card:00413")
    house.answers(history(said()), history(said(item(5, AFTER + 9) | {"with": []}), token="BEN-TOKEN"))
    poll(house, connection)
    house.answers(history(said(item(1, AFTER + 9, **{"with": [{"id": BEN}, {"id": "77"}]}))))
    poll(house, connection)
    with house.engine.database.reading() as store:
        ana, ben = (store.guests.resolve(Identity("card", card)) for card in ("00412", "00413"))
        links = [(one.guest, one.kind.value) for one in store.links.of_guest(ana)]
        assert store.guests.resolve(Identity("foursquare", "77")) is None
    assert links == [(ben, "friend")]


def test_the_export_and_the_api_come_to_one_fact_in_either_order(house: House, tmp_path: Path) -> None:
    connection = plain(house, SETTINGS)
    join(house, connection)
    path = tmp_path / "checkins1.json"
    path.write_bytes(payload("checkins1.json"))
    source = SwarmExport().mapped(
        {"kind": "check_in", "venues": {VENUE: "harbour"}},
        FileGround((HARBOUR,), "Europe/Amsterdam", guest=Identity("card", "00412")),
    )
    importer = Importer(house.engine.database, house.clock, zone="Europe/Amsterdam", rollover_hour=4)
    importer.run("foursquare", source, path, rejects=tmp_path / "rejects.csv")
    assert [one.evidence for one in house.facts(connection)] == ["claimed"]
    house.answers(history(payload("history.json")))
    poll(house, connection)
    found = {(one.property, one.evidence) for one in house.facts(connection)}
    assert found == {("harbour", "located"), (None, "located")}
    again = importer.run("foursquare", replace(source, places=True), path, rejects=tmp_path / "r.csv", mark="anew")
    assert (again.added, again.unchanged) == (1, 2)
    assert sum(one.evidence == "located" for one in house.facts(connection)) == 2


def test_nothing_of_a_persons_life_beside_the_check_in_is_kept_anywhere(house: House) -> None:
    connection = house.connect(SETTINGS)
    join(house, connection)
    house.answers(history(payload("history.json")))
    assert house.poll(connection) == ""
    for moment in ("stored", "recorded"):
        with house.engine.database.reading() as store:
            tables = [row[0] for row in store.session.all("SELECT name FROM sqlite_master WHERE type = 'table'")]
            kept = repr([store.session.all(f"SELECT * FROM {name}") for name in tables])
        for word in ("Meer", "anas-photo", "Cleo", "314159", "isMayor", "4.4999", "51.9777", "4711", "7351", "Quay 1"):
            assert word not in kept, f"{word} is kept once {moment}"
        house.settle()


def test_a_check_looks_at_an_account_and_tells_of_trouble(house: House) -> None:
    connection = house.connect(SETTINGS)
    source = house.engine.sources.plugin("foursquare")
    link = house.engine.sources.link(source, connection)
    source.source.check(link)
    join(house, connection)
    house.answers(Recorded("GET", "/v2/users/self", body=payload("self.json")))
    source.source.check(link)
    vault(house, connection).put(f"trouble/{ANA}", "Foursquare answered 403")
    with pytest.raises(Exception, match="1 connected guests cannot be read: Foursquare answered 403"):
        source.source.check(link)
    other = {"meta": {"code": 200}, "response": {"user": {"id": BEN}}}
    house.answers(Recorded("GET", "/v2/users/self", body=json.dumps(other).encode()))
    with pytest.raises(Exception, match="another account"):
        source.source.check(link)


def test_a_poll_that_nobody_answers_waits(house: House) -> None:
    connection = house.connect(SETTINGS)
    assert poll(house, connection) == ""
    assert house.world.heard == []
    assert house.engine.sources.plugin("foursquare").source.poll_every == timedelta(minutes=5)
    assert told("history.json")["response"]["checkins"]["items"][0]["venue"]["id"] == VENUE
