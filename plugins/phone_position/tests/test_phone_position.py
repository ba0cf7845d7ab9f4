"""Ana's phone at the Harbour Hotel: what checks her in, what does not, what she is told, and what nobody keeps."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.pluginhost import connections
from rewards.sdk import Identity, Position, Refused, Secret, guest_ticket
from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import HARBOUR, SEASIDE
from rewards.storage.sources import ConnectionRow

HERE = Path(__file__).parent
SECRET = {"page_secret": "the page of the Harbour Hotel"}
ANA, BEN = Identity("card", "00412"), Identity("email", "ben@example.org")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DEGREE_M = 111_250.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE.parent, tmp_path)
    yield made
    made.close()


def body(north_m: float = 0, accuracy: float | None = 10, at: datetime = NOON, **coords: Any) -> dict[str, Any]:
    """A position so far north of the Harbour Hotel, as a browser's `toJSON` writes it."""
    place = {"latitude": 51.9042 + north_m / DEGREE_M, "longitude": 4.4847, "accuracy": accuracy}
    unknown = dict.fromkeys(("altitude", "altitudeAccuracy", "heading", "speed"))
    return {"coords": {**place, **unknown, **coords}, "timestamp": int(at.timestamp() * 1000)}


def send(house: House, connection: ConnectionRow, said: Any, guest: Identity = ANA) -> tuple[int, Any]:
    """Send a position with a fresh ticket: the status and the answer."""
    ticket = guest_ticket(Secret(SECRET["page_secret"]), guest, house.clock.now())
    call = Call(json.dumps(said).encode(), {"Authorization": f"Bearer {ticket}"}, path="/position")
    told = house.send(connection, call)
    return told.status, json.loads(told.body)


def result(house: House, connection: ConnectionRow, said: Any) -> str:
    status, answer = send(house, connection, said)
    assert status in (200, 202)
    assert all(answer["text"][language] for language in ("en", "nl"))
    return str(answer["result"])


def annexe(house: House, north_m: float) -> None:
    """The Seaside House moves to so far north of the Harbour Hotel."""
    moved = replace(SEASIDE, position=Position(51.9042 + north_m / DEGREE_M, 4.4847))
    with house.engine.database.writing() as store:
        store.properties.put(moved, house.now)


def test_ana_is_told_that_she_is_checked_in(house: House) -> None:
    connection = house.connect(SECRET)
    status, answer = send(house, connection, body(north_m=20, accuracy=12.5))
    assert (status, answer["result"], answer["property"]) == (202, "at", "harbour")
    house.settle()
    (fact,) = house.facts(connection)
    assert (fact.kind, fact.evidence, fact.withheld) == ("check_in", "located", None)
    assert json.loads(fact.attributes) == {"accuracy_m": 13, "distance_m": 20}


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (body(north_m=300, accuracy=100), "outside"),
        (body(north_m=240, accuracy=100), "at"),
        (body(accuracy=150), "at"),
        (body(accuracy=151), "inaccurate"),
        (body(accuracy=0), "no_accuracy"),
        (body(accuracy=-1), "no_accuracy"),
        (body(accuracy=10**30), "inaccurate"),
        (body(at=NOON - timedelta(seconds=300)), "at"),
        (body(at=NOON - timedelta(seconds=301)), "too_old"),
        (body(at=NOON + timedelta(seconds=120)), "at"),
        (body(at=NOON + timedelta(seconds=121)), "ahead"),
        (body(altitude=8_848.86, altitudeAccuracy=3, heading=None, speed=0), "at"),
        ({**body(), "timestamp": NOON.timestamp() * 1000 + 0.25}, "at"),
    ],
)
def test_both_sides_of_each_threshold(house: House, said: dict[str, Any], word: str) -> None:
    connection = house.connect(SECRET)
    assert result(house, connection, said) == word
    house.settle()
    assert len(house.facts(connection)) == (word == "at")


@pytest.mark.parametrize(
    "said",
    [
        body(accuracy=None),
        body(accuracy=math.nan),
        body(accuracy=math.inf),
        body(latitude=90.5),
        body(longitude=-181),
        body(latitude=None),
        body(latitude="51.9042"),
        {**body(), "timestamp": None},
        {**body(), "timestamp": -1},
        {**body(), "coords": []},
        [],
    ],
)
def test_what_is_no_position_is_refused_and_nothing_is_kept(house: House, said: Any) -> None:
    connection = house.connect(SECRET)
    status, _ = send(house, connection, said)
    assert status == 400
    assert house.inbox(connection) == []
    assert house.defects == []


def test_a_clock_that_is_a_little_ahead_dates_nothing_into_the_future(house: House) -> None:
    connection = house.connect(SECRET)
    send(house, connection, body(at=NOON + timedelta(seconds=90)))
    house.settle()
    assert [one.occurred_at for one in house.facts(connection)] == [NOON]


def test_settings_change_what_counts(house: House) -> None:
    connection = house.connect({**SECRET, "max_accuracy_m": 20, "max_age": 10})
    assert result(house, connection, body(accuracy=21)) == "inaccurate"
    assert result(house, connection, body(at=NOON - timedelta(seconds=11))) == "too_old"
    assert result(house, connection, body(accuracy=20, at=NOON - timedelta(seconds=10))) == "at"


def test_between_two_houses_the_check_in_is_kept_without_effect(house: House) -> None:
    annexe(house, 300)
    connection = house.connect(SECRET)
    status, answer = send(house, connection, body(north_m=140, accuracy=80))
    assert (status, answer["result"], answer["property"]) == (202, "ambiguous", None)
    house.settle()
    (fact,) = house.facts(connection)
    assert (fact.property, fact.evidence) == ("harbour", "claimed")
    assert fact.withheld == "the position may be at harbour or seaside"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_better_position_takes_the_place_of_a_doubtful_one(house: House, order: tuple[int, int]) -> None:
    annexe(house, 300)
    connection = house.connect(SECRET)
    doubtful, certain = body(north_m=140, accuracy=80, at=NOON - timedelta(seconds=60)), body(north_m=60, accuracy=15)
    for one in order:
        send(house, connection, (doubtful, certain)[one])
        house.settle()
    (fact,) = house.facts(connection)
    assert (fact.property, fact.evidence, fact.withheld, fact.occurred_at) == ("harbour", "located", None, NOON)


def test_of_two_houses_close_by_it_is_the_one_whose_fence_holds_the_circle(house: House) -> None:
    annexe(house, 300)
    connection = house.connect(SECRET)
    _, answer = send(house, connection, body(north_m=240, accuracy=80))
    assert answer["property"] == "seaside"


def test_a_day_is_one_check_in_and_the_next_day_another(house: House) -> None:
    connection = house.connect(SECRET)
    for hours in (0, 1, 15, 17):
        house.clock.move_to(NOON + timedelta(hours=hours))
        send(house, connection, body(at=house.clock.now()))
        house.settle()
    # The hotel day turns at four in the morning, at 03:00 UTC.
    assert [one.day.day for one in house.facts(connection)] == [24, 25]


def test_ana_and_ben_at_one_desk_are_two(house: House) -> None:
    connection = house.connect(SECRET)
    send(house, connection, body())
    send(house, connection, body(), BEN)
    house.settle()
    names = {name for fact in house.facts(connection) for name in fact.identities}
    assert names == {"card:00412", "email:ben@example.org"}


def test_a_house_that_is_turned_off_is_no_house(house: House) -> None:
    connection = house.connect(SECRET, properties=("seaside",))
    assert result(house, connection, body()) == "outside"


def test_the_page_was_heard_whatever_it_said(house: House) -> None:
    connection = house.connect(SECRET)
    result(house, connection, body(north_m=5_000))
    with house.engine.database.reading() as store:
        shown = connections.shown_one(house.engine.sources, store, connection.id)
    assert shown.health.heard_us is not None


def test_the_address_itself_takes_no_messages(house: House) -> None:
    connection = house.connect(SECRET)
    ticket = guest_ticket(Secret(SECRET["page_secret"]), ANA, NOON)
    told = house.send(connection, Call(json.dumps(body()).encode(), {"Authorization": f"Bearer {ticket}"}))
    assert told.status == 404


def test_no_coordinate_is_found_anywhere(house: House) -> None:
    connection = house.connect(SECRET)
    send(house, connection, body(longitude=4.48471234, altitude=31.41592653, heading=271.828, speed=14.142135))
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    house.settle()
    stored += (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    assert len(house.facts(connection)) == 1
    for secret in (b"4.4847123", b"31.4159", b"271.828", b"14.1421"):
        assert secret not in stored


def test_check_names_houses_that_have_no_position(house: House) -> None:
    connection = house.connect(SECRET)
    plugin = house.engine.sources.plugin("phone-position")
    plugin.source.check(house.engine.sources.link(plugin, connection))
    with house.engine.database.writing() as store:
        store.properties.put(replace(HARBOUR, position=None), house.now)
    with pytest.raises(Refused, match="harbour"):
        plugin.source.check(house.engine.sources.link(plugin, connection))


def test_a_position_as_the_specification_writes_it(house: House, shared_data: Path) -> None:
    file = shared_data.parent / "wire" / "geofence" / "w3c_geolocation_position.composed.json"
    if not file.is_file():
        pytest.skip("the folder of wire formats is not beside the data")
    said = json.loads(file.read_bytes())
    house.clock.move_to(datetime.fromtimestamp(said["timestamp"] / 1000, UTC))
    with house.engine.database.writing() as store:
        tower = Position(said["coords"]["latitude"], said["coords"]["longitude"])
        store.properties.put(replace(HARBOUR, position=tower), house.now)
    connection = house.connect(SECRET)
    assert result(house, connection, said) == "at"
    house.settle()
    assert len(house.facts(connection)) == 1


FIXES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 200), st.integers(0, 300)), min_size=1, max_size=5, unique=True
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FIXES, st.randoms(use_true_random=False))
def test_in_whatever_order_positions_come_the_day_ends_the_same(house: House, fixes: Any, chance: Any) -> None:
    annexe(house, 300)
    said = [body(north, accuracy, NOON - timedelta(seconds=ago)) for north, accuracy, ago in fixes]
    # One phone has one position at a time.
    said = list({one["timestamp"]: one for one in said}.values())
    ends = []
    for order in (said, chance.sample(said, len(said))):
        connection = house.connect(SECRET)
        for one in order:
            send(house, connection, one)
            house.settle()
        ends.append(house.told(connection))
    assert ends[0] == ends[1]
