"""Ana's and Ben's phones: coming, going, walking by, networks that come back, clocks, and what nobody keeps."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.pluginhost import connections
from rewards.sdk import Position, Refused
from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import HARBOUR, SEASIDE
from rewards.storage.sources import ConnectionRow

from .test_contract import headers

HERE = Path(__file__).parent
SECRET = "the phones of the Harbour Hotel"
BASE = {"password_secret": SECRET}
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DEGREE_M = 111_250.0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE.parent, tmp_path)
    yield made
    made.close()


def report(minutes: float = 0, north_m: float = 0, acc: float | None = 10, **more: Any) -> dict[str, Any]:
    """A report so many minutes after noon and so far north of the Harbour Hotel."""
    tst = int((NOON + timedelta(minutes=minutes)).timestamp())
    place = {"lat": 51.9042 + north_m / DEGREE_M, "lon": 4.4847}
    return {"_type": "location", **place, "tst": tst, **({} if acc is None else {"acc": acc}), **more}


def crossing(event: str, minutes: float = 0, north_m: float = 0) -> dict[str, Any]:
    return report(minutes, north_m, _type="transition", event=event, desc="home", rid="1", wtst=1, t="c")


def send(house: House, connection: ConnectionRow, said: Any, user: str = "ana", phone: str = "pixel") -> int:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    told = house.send(connection, Call(body, headers(SECRET, user, phone)))
    if told.status == 200:
        assert told.body == b"[]"
    return told.status


def tell(house: House, connection: ConnectionRow, *said: Any) -> None:
    for one in said:
        assert send(house, connection, one) == 200
    house.settle()


def minutes_of(house: House, connection: ConnectionRow) -> list[float]:
    """When the check-ins were, in minutes after noon."""
    assert house.defects == []
    return sorted((one.occurred_at - NOON).total_seconds() / 60 for one in house.facts(connection))


def annexe(house: House, north_m: float) -> None:
    """The Seaside House moves to so far north of the Harbour Hotel."""
    moved = replace(SEASIDE, position=Position(51.9042 + north_m / DEGREE_M, 4.4847))
    with house.engine.database.writing() as store:
        store.properties.put(moved, house.now)


def stored(house: House) -> bytes:
    return b"".join(path.read_bytes() for path in house.home.glob("rewards.db*"))


# --- who it is ---


def test_a_user_is_a_guest_of_their_own_unless_a_setting_says_more(house: House) -> None:
    plain = house.connect(BASE)
    cards = house.connect({**BASE, "identity_kind": "card", "guests": {"ana": "00412"}})
    for connection in (plain, cards):
        send(house, connection, report(-1), "ana")
        send(house, connection, report(-1), "00977")
    house.settle()
    assert {name for one in house.facts(plain) for name in one.identities} == {"owntracks:ana", "owntracks:00977"}
    assert {name for one in house.facts(cards) for name in one.identities} == {"card:00412", "card:00977"}


def test_the_password_of_one_user_is_not_that_of_another(house: House) -> None:
    connection = house.connect(BASE)
    _, password = base64.b64decode(headers(SECRET, "ana")["Authorization"][6:]).decode().split(":")
    stolen = {"Authorization": "Basic " + base64.b64encode(f"ben:{password}".encode()).decode()}
    assert house.send(connection, Call(json.dumps(report()).encode(), stolen)).status == 401
    posing = {**headers(SECRET, "ana"), "X-Limit-U": "ben"}
    assert house.send(connection, Call(json.dumps(report()).encode(), posing)).status == 401
    assert house.inbox(connection) == []


def test_the_headers_of_the_app_may_be_missing_but_not_the_password(house: House) -> None:
    connection = house.connect(BASE)
    only = {"Authorization": headers(SECRET)["Authorization"]}
    assert house.send(connection, Call(json.dumps(report()).encode(), only)).status == 200
    assert house.send(connection, Call(json.dumps(report()).encode(), {"X-Limit-U": "ana"})).status == 401


def test_while_the_secret_is_replaced_old_passwords_are_good_for_as_long_as_it_says(house: House) -> None:
    connection = house.connect(BASE)
    new = {"password_secret": "the phones of next year"}
    with house.engine.database.writing() as store:
        connections.change(house.engine.sources, store, connection.id, settings=new, keep_old_hours=24, by="test")
    assert send(house, connection, report()) == 200
    house.clock.advance(timedelta(hours=25))
    assert send(house, connection, report()) == 401


# --- what is a report ---


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"  \n",
        {"_type": "waypoint", "lat": 51.9042, "lon": 4.4847, "tst": "1385997757", "rad": "50"},
        {"_type": "waypoints", "waypoints": [report()]},
        {"_type": "card", "name": "Ana", "face": "iVBORw0KGgo="},
        {"_type": "lwt", "tst": 1},
        {"_type": "status", "iOS": {}},
        {"_type": "cmd", "action": "reportLocation"},
    ],
)
def test_what_says_nothing_of_a_place_is_answered_and_not_kept(house: House, said: Any) -> None:
    connection = house.connect(BASE)
    assert send(house, connection, said) == 200
    assert house.inbox(connection) == []


@pytest.mark.parametrize(
    "said",
    [
        {"_type": "encrypted", "data": "gC2eUBTuXiKQGpQQ"},
        {**report(), "lat": 91},
        {**report(), "lon": "4.4847"},
        {**report(), "tst": None},
        {**report(), "tst": -1},
        {**report(), "acc": "10"},
        {**report(), "_type": 7},
        {**report(), "_type": "transition", "event": "stay"},
        {**report(), "_type": "transition"},
        [report()],
        b'{"_type": "location", "lat": NaN}',
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(house: House, said: Any) -> None:
    connection = house.connect(BASE)
    assert send(house, connection, said) == 400
    assert house.inbox(connection) == []


def test_an_encrypted_report_is_refused_with_what_to_do(house: House) -> None:
    connection = house.connect(BASE)
    body = json.dumps({"_type": "encrypted", "data": "gC2eUBTuXiKQGpQQ"}).encode()
    told = house.send(connection, Call(body, headers(SECRET)))
    assert b"take the encryption key out" in told.body


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (report(0, 140, 5), True),
        (report(0, 240, 100), True),
        (report(0, 300, 100), False),
        (report(0, 0, 150), True),
        (report(0, 0, 151), False),
        (report(0, 0, 0), False),
        (report(0, 0, -1), False),
        (report(0, 0, None), False),
        (report(-24 * 60), True),
        (report(-24 * 60 - 0.1), False),
        (report(2), True),
        (report(2.1), False),
    ],
)
def test_both_sides_of_each_threshold(house: House, said: Any, counts: bool) -> None:
    connection = house.connect(BASE)
    tell(house, connection, said)
    assert len(house.facts(connection)) == counts
    assert [one.state for one in house.inbox(connection)] == ["done"]


def test_a_clock_that_is_a_little_ahead_dates_nothing_into_the_future(house: House) -> None:
    connection = house.connect(BASE)
    tell(house, connection, report(1.5))
    assert minutes_of(house, connection) == [0]


# --- coming and going ---


def test_crossing_the_border_again_and_again_is_one_check_in_a_day(house: House) -> None:
    connection = house.connect(BASE)
    said = [crossing(("enter", "leave")[n % 2], -60 + n, 100 + 300 * (n % 2)) for n in range(20)]
    tell(house, connection, *said)
    assert minutes_of(house, connection) == [-60]


def test_who_stays_overnight_came_once_and_who_goes_out_came_again(house: House) -> None:
    connection = house.connect(BASE)
    for hours, north in ((6, 0), (12, 0), (20, 0), (22, 5_000), (28, 0)):
        house.clock.move_to(NOON + timedelta(hours=hours))
        tell(house, connection, report(hours * 60, north))
    assert minutes_of(house, connection) == [6 * 60, 28 * 60]


def test_a_phone_that_leaves_while_at_the_house_comes_again_the_next_day(house: House) -> None:
    connection = house.connect(BASE)
    house.clock.move_to(NOON + timedelta(hours=30))
    tell(house, connection, crossing("enter", 12 * 60), crossing("leave", 13 * 60), crossing("enter", 29 * 60))
    assert minutes_of(house, connection) == [12 * 60, 29 * 60]


def test_two_phones_of_one_guest_are_told_apart(house: House) -> None:
    connection = house.connect({**BASE, "dwell": 600})
    send(house, connection, report(-30))
    send(house, connection, report(-25, 5_000), phone="left-in-the-car")
    send(house, connection, report(-15))
    house.settle()
    assert minutes_of(house, connection) == [-30]


def test_a_network_that_comes_back_brings_the_day_in_order(house: House) -> None:
    connection = house.connect({**BASE, "dwell": 1_200})
    tell(house, connection, *[report(minute, 0 if -300 <= minute <= -200 else 9_000) for minute in range(-400, 0, 10)])
    assert minutes_of(house, connection) == [-300]


# --- walking by ---


@pytest.mark.parametrize(("apart", "counts"), [(14.9, False), (15, True)])
def test_with_a_dwell_who_walks_by_is_no_guest(house: House, apart: float, counts: bool) -> None:
    connection = house.connect({**BASE, "dwell": 900})
    tell(house, connection, crossing("enter", -60), report(-60 + apart))
    assert minutes_of(house, connection) == ([-60] if counts else [])


def test_a_report_from_elsewhere_begins_the_time_anew(house: House) -> None:
    connection = house.connect({**BASE, "dwell": 900})
    tell(house, connection, report(-60), report(-50, 9_000), report(-40), report(-30))
    assert minutes_of(house, connection) == []
    tell(house, connection, report(-25))
    assert minutes_of(house, connection) == [-40]


def test_a_late_report_from_elsewhere_takes_the_check_in_back(house: House) -> None:
    connection = house.connect({**BASE, "dwell": 900})
    tell(house, connection, report(-60), report(-40))
    assert minutes_of(house, connection) == [-60]
    tell(house, connection, report(-50, 9_000))
    assert minutes_of(house, connection) == []


def test_leaving_ends_the_time_and_counts_up_to_then(house: House) -> None:
    connection = house.connect({**BASE, "dwell": 900})
    tell(house, connection, crossing("enter", -60), crossing("leave", -50), report(-40))
    assert minutes_of(house, connection) == []
    other = house.connect({**BASE, "dwell": 900})
    tell(house, other, crossing("enter", -60), crossing("leave", -45))
    assert minutes_of(house, other) == [-60]


# --- between two houses ---


def test_between_two_houses_the_check_in_is_kept_without_effect(house: House) -> None:
    annexe(house, 300)
    connection = house.connect(BASE)
    tell(house, connection, report(-60, 140, 80))
    (fact,) = house.facts(connection)
    assert (fact.property, fact.evidence) == ("harbour", "claimed")
    assert fact.withheld == "the position may be at harbour or seaside"
    tell(house, connection, report(-50, 60, 15))
    (fact,) = house.facts(connection)
    assert (fact.property, fact.evidence, fact.withheld) == ("harbour", "located", None)


def test_a_doubtful_report_amid_a_certain_time_is_no_news(house: House) -> None:
    annexe(house, 300)
    connection = house.connect({**BASE, "dwell": 900})
    tell(house, connection, report(-60, 20), report(-50, 140, 80), report(-40, 20))
    assert [one.withheld for one in house.facts(connection)] == [None]
    assert minutes_of(house, connection) == [-60]


# --- any order, for weeks ---

PLACES, EVENTS = st.sampled_from([0, 0, 60, 140, 280, 9_000]), st.sampled_from(["", "enter", "leave"])
REPORTS = st.lists(
    st.tuples(st.integers(-1_400, 0), PLACES, EVENTS), min_size=1, max_size=8, unique_by=lambda one: one[0]
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REPORTS, st.sampled_from([0, 600, 3_600]), st.randoms(use_true_random=False))
def test_in_whatever_order_reports_come_they_end_the_same(house: House, said: Any, dwell: int, chance: Any) -> None:
    annexe(house, 300)
    made = [crossing(event, at, north) if event else report(at, north, 60) for at, north, event in said]
    ends = []
    for order in (made, sorted(made, key=lambda one: one["tst"]), chance.sample(made, len(made))):
        connection = house.connect({**BASE, "dwell": dwell})
        for one in order:
            send(house, connection, one)
            house.work()
        house.settle()
        ends.append(house.told(connection))
    assert house.defects == []
    assert ends[0] == ends[1] == ends[2]


def test_for_weeks_old_check_ins_stand_and_the_state_stays_small(house: House) -> None:
    connection = house.connect(BASE)
    for day in range(20):
        for minute, north in ((0, 0), (60, 9_000), (300, 0), (400, 9_000)):
            house.clock.move_to(NOON + timedelta(days=day, minutes=minute))
            tell(house, connection, report(day * 1_440 + minute, north))
    assert minutes_of(house, connection) == [day * 1_440 for day in range(20)]
    with house.engine.database.reading() as store:
        states = store.session.all("SELECT state FROM source_entity WHERE connection = ?", (connection.id,))
    assert max(len(row[0]) for row in states) < 4_000


def test_a_phone_that_reports_every_few_seconds_is_kept_in_a_bounded_state(house: House) -> None:
    connection = house.connect({**BASE, "max_age": 172_800})
    for start in range(-2_880, 0, 60):
        for minute in range(start, start + 60, 2):
            send(house, connection, report(minute + (minute % 7) / 60, (minute % 3) * 200))
        house.work()
    house.settle()
    with house.engine.database.reading() as store:
        states = store.session.all("SELECT state FROM source_entity WHERE connection = ?", (connection.id,))
    assert max(len(row[0]) for row in states) < 64 * 1024
    assert {one.state for one in house.inbox(connection)} == {"done"}
    assert house.defects == []


def test_a_house_that_is_turned_off_keeps_what_it_has_and_gets_nothing_new(house: House) -> None:
    connection = house.connect(BASE)
    tell(house, connection, report(-60))
    with house.engine.database.writing() as store:
        connections.change(house.engine.sources, store, connection.id, turn={"harbour": False}, by="test")
    tell(house, connection, report(-30, 9_000), report(-20))
    assert minutes_of(house, connection) == [-60]
    with house.engine.database.writing() as store:
        connections.change(house.engine.sources, store, connection.id, turn={"harbour": True}, by="test")
    tell(house, connection, report(-10))
    assert minutes_of(house, connection) == [-60]


# --- what nobody keeps ---


def test_no_coordinate_network_or_battery_is_found_once_a_report_is_done(house: House) -> None:
    connection = house.connect(BASE)
    more = {"SSID": "loud-stranger", "batt": 31_415_926, "desc": "home-of-ana", "tid": "zq", "topic": "owntracks/x/y"}
    tell(house, connection, {**report(-1), **more, "lon": 4.48471234})
    assert len(house.facts(connection)) == 1
    with house.engine.database.reading() as store:
        rows = store.session.all("SELECT payload FROM inbox UNION ALL SELECT state FROM source_entity", ())
    assert len(rows) == 2
    assert not any("4.4847" in (row[0] or "") for row in rows)
    assert "4.4847" not in "".join(one.attributes for one in house.facts(connection))
    for never in (b"loud-stranger", b"31415926", b"home-of-ana", b"owntracks/x/y"):
        assert never not in stored(house)


# --- health ---


def test_check_names_houses_without_a_position_and_identities_that_are_none(house: House) -> None:
    connection = house.connect(BASE)
    plugin = house.engine.sources.plugin("owntracks")
    plugin.source.check(house.engine.sources.link(plugin, connection))
    bad = house.connect({**BASE, "identity_kind": "Card of honour"})
    with pytest.raises(Refused, match="kind:value"):
        plugin.source.check(house.engine.sources.link(plugin, bad))
    with house.engine.database.writing() as store:
        store.properties.put(replace(HARBOUR, position=None), house.now)
    with pytest.raises(Refused, match="harbour"):
        plugin.source.check(house.engine.sources.link(plugin, connection))


def test_a_phone_was_heard_whatever_it_said(house: House) -> None:
    connection = house.connect(BASE)
    send(house, connection, b"")
    with house.engine.database.reading() as store:
        assert connections.shown_one(house.engine.sources, store, connection.id).health.heard_us is not None


@pytest.mark.parametrize("name", ["location_http", "transition_region", "waypoint_region", "waypoints_beacon"])
def test_reports_as_the_documentation_writes_them_are_read(house: House, shared_data: Path, name: str) -> None:
    file = shared_data.parent / "wire" / "owntracks" / f"{name}.json"
    if not file.is_file():
        pytest.skip("the folder of wire formats is not beside the data")
    said = json.loads(file.read_bytes())
    house.clock.move_to(datetime.fromtimestamp(int(said.get("tst", NOON.timestamp())), UTC))
    if "lat" in said:
        with house.engine.database.writing() as store:
            store.properties.put(replace(HARBOUR, position=Position(said["lat"], said["lon"])), house.now)
    connection = house.connect(BASE)
    tell(house, connection, said)
    # None of them says how accurate it is.
    assert house.facts(connection) == []
    if "lat" in said and name in ("location_http", "transition_region"):
        tell(house, connection, {**said, "acc": 12})
        assert len(house.facts(connection)) == 1
