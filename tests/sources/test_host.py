"""Connections and their inbox: proved before they are stored, durable before they are answered, worked on once."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards import failpoints
from rewards.errors import RewardsError
from rewards.pluginhost import connections
from rewards.sdk.testing import Call, House, Recorded
from rewards.sdk.testing.house import Told
from rewards.storage.sources import ConnectionRow

PMS = Path(__file__).parent / "plugins" / "toy_pms"
SETTINGS = {"secret": "harbour-secret", "houses": {"H1": "harbour", "H2": "seaside"}}
TOKEN = Recorded("POST", "/token", body=b'{"access_token": "t0", "expires_in": 600}')


def reservation(status: str, name: str = "R1", house: str = "H1") -> Recorded:
    body = {
        "status": status, "guest": f"G-{name}", "house": house, "arrival": "2026-11-20", "departure": "2026-11-22",
        "checked_in_at": "2026-11-20T15:10:00+01:00",
    }  # fmt: skip
    return Recorded("GET", f"/reservations/{name}", body=json.dumps(body).encode())


def message(*changes: tuple[str, str], secret: str = "harbour-secret") -> Call:
    body = json.dumps({"changed": [{"id": name, "at": at} for name, at in changes]}).encode()
    return Call(body, {"X-Toy-Secret": secret})


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(PMS, tmp_path)
    made.answers(TOKEN, reservation("InHouse"))
    yield made
    made.close()


def states(house: House, connection: ConnectionRow) -> list[tuple[str, str, str | None]]:
    return [(row.key, row.state, row.note) for row in house.inbox(connection)]


def told(answer: Told) -> Any:
    return json.loads(answer.body)


# --- the door ---


def test_what_is_proved_is_stored_and_then_answered(house: House) -> None:
    connection = house.connect(SETTINGS)
    first, again = house.send(connection, message(("R1", "t1"))), house.send(connection, message(("R1", "t1")))
    assert (first.status, told(first)) == (202, {"accepted": 1, "known": 0})
    assert (again.status, told(again)) == (202, {"accepted": 0, "known": 1})
    assert states(house, connection) == [("R1/t1", "due", None)]
    house.settle()
    assert states(house, connection) == [("R1/t1", "done", None)]
    assert [one.kind for one in house.facts(connection)] == ["check_in"]


def test_a_payload_goes_once_its_notice_is_done(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.send(connection, message(("R1", "t1")))
    house.settle()
    assert [row.payload for row in house.inbox(connection)] == [None]


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (message(("R1", "t1"), secret="seaside"), 401, "message_refused"),
        (Call(b"{", {"X-Toy-Secret": "harbour-secret"}), 400, "message_invalid"),
        (Call(b"", {"X-Toy-Secret": "harbour-secret"}, "GET"), 405, "method_not_allowed"),
        (Call(b"{}", {"X-Toy-Secret": "harbour-secret"}, path="/else"), 404, "not_found"),
        (Call(b"x" * (1024 * 1024 + 1), {"X-Toy-Secret": "harbour-secret"}), 413, "body_too_large"),
    ],
)
def test_a_refusal_is_a_problem_and_keeps_nothing(house: House, call: Call, status: int, code: str) -> None:
    connection = house.connect(SETTINGS)
    answer = house.send(connection, call)
    assert (answer.status, told(answer)["code"], told(answer)["status"]) == (status, code, status)
    assert house.inbox(connection) == []


def test_an_address_that_is_nobodys_is_not_found(house: House) -> None:
    connection = house.connect(SETTINGS)
    for path in ("/v1/sources/toy-pms/guessed", f"/v1/sources/cloudevents/{connection.address}"):
        assert house.app.test_client().post(path, data=b"{}").status_code == 404


def test_a_key_with_other_content_changes_nothing(house: House, caplog: pytest.LogCaptureFixture) -> None:
    connection = house.connect(SETTINGS)
    host = house.engine.sources
    from rewards.pluginhost.receiving import store_notices, stored_notice
    from rewards.sdk import Notice

    plugin = host.plugin("toy-pms")
    for entity in ("R1", "R2"):
        store_notices(host, plugin, connection, [stored_notice(Notice("same", "reservation", entity))])
    assert [row.entity for row in house.inbox(connection)] == ["R1"]
    assert "came again with other content" in caplog.text


def test_what_an_acknowledgement_was_lost_of_is_stored_and_worked_on(house: House) -> None:
    connection = house.connect(SETTINGS)
    with house.engine.database.reading() as store:
        before = store.session.one("SELECT COUNT(*) FROM job")
    house.send(connection, message(("R1", "t1"), ("R2", "t1")))
    with house.engine.database.reading() as store:
        jobs = store.session.all("SELECT name, payload FROM job ORDER BY due_us DESC LIMIT 1")
        after = store.session.one("SELECT COUNT(*) FROM job")
    assert (after[0] - before[0], jobs) == (1, [("source_inbox", json.dumps({"connection": connection.id}))])


# --- work ---


def test_a_crash_before_the_commit_leaves_the_notice_and_nothing_else(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.send(connection, message(("R1", "t1")))
    # The third transaction of the work is the one that records: claim, claim of the entity, facts.
    failpoints.arm("before_commit:raise@3", test_mode=True)
    try:
        house.work()
    finally:
        failpoints.arm("", test_mode=True)
    assert house.facts(connection) == []
    assert [row.state for row in house.inbox(connection)] == ["due"]
    house.settle()
    assert len(house.facts(connection)) == 1


def test_a_notice_that_fails_each_time_is_dead_and_can_be_retried(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(Recorded("GET", "/reservations/R1", 500))
    house.send(connection, message(("R1", "t1")))
    # For a day waiting is not held against it.
    house.settle(patience=timedelta(hours=1))
    assert [row.state for row in house.inbox(connection)] == ["due"]
    house.clock.advance(timedelta(days=2))
    house.settle(patience=timedelta(days=1))
    assert states(house, connection) == [("R1/t1", "dead", "the other system answered 500")]
    host = house.engine.sources
    with house.engine.database.reading() as store:
        shown = connections.shown_one(host, store, connection.id)
    assert (shown.health.dead, shown.health.last_error) == (1, "the other system answered 500")
    house.answers(reservation("InHouse"))
    with house.engine.database.writing() as store:
        assert store.inbox.retry(connection.id, house.clock.now_us()) == 1
    house.settle()
    assert len(house.facts(connection)) == 1


def test_what_can_never_be_is_dead_at_once(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(Recorded("GET", "/reservations/R1", body=b'{"status": 7}'))
    house.send(connection, message(("R1", "t1")))
    house.work()
    assert states(house, connection) == [("R1/t1", "dead", "status is not a text")]


def test_a_refusal_of_the_house_is_kept_by_its_code_without_what_it_quotes(house: House) -> None:
    connection = house.connect(SETTINGS)
    future = json.loads(reservation("CheckedOut").body) | {"arrival": "2030-01-01", "departure": "2030-01-02"}
    house.answers(Recorded("GET", "/reservations/R1", body=json.dumps(future).encode()))
    house.send(connection, message(("R1", "t1")))
    house.work()
    ((_, state, note),) = states(house, connection)
    assert state == "due"
    assert note == "A time lies outside the range we accept (time_out_of_range, arrival)"


def test_a_token_that_is_refused_is_fetched_anew(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(Recorded("GET", "/reservations/R1", 401))
    house.send(connection, message(("R1", "t1")))
    house.work()
    house.answers(reservation("InHouse"))
    house.settle()
    assert len(house.facts(connection)) == 1
    assert [one.url for one in house.world.heard].count("https://pms.example/token") == 2
    assert house.world.heard[-1].headers == {"Authorization": "Bearer t0"}


def test_one_entity_is_looked_at_by_one_at_a_time(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.send(connection, message(("R1", "t1")))
    now = house.clock.now_us()
    with house.engine.database.writing() as store:
        assert store.connections.claim_entity(connection.id, "reservation", "R1", now, now + 60_000_000)
    house.work()
    assert house.facts(connection) == []
    assert [row.attempt for row in house.inbox(connection)] == [0]
    house.clock.advance(timedelta(seconds=61))
    house.settle()
    assert len(house.facts(connection)) == 1


def test_a_run_has_an_end_and_the_next_one_goes_on(house: House) -> None:
    from rewards.pluginhost.working import work

    connection = house.connect(SETTINGS)
    house.answers(*(reservation("InHouse", f"R{n}") for n in range(5)))
    house.send(connection, message(*((f"R{n}", "t1") for n in range(5))))
    assert work(house.engine.sources, most=2).done == 2
    assert len(house.facts(connection)) == 2
    assert work(house.engine.sources, connection.id).done == 3


# --- properties ---


def test_a_fact_of_a_house_that_is_off_is_skipped_whole(house: House) -> None:
    connection = house.connect(SETTINGS, properties=["harbour"])
    house.answers(reservation("InHouse", "R2", "H2"))
    house.send(connection, message(("R1", "t1"), ("R2", "t1")))
    house.settle()
    assert [one.property for one in house.facts(connection)] == ["harbour"]
    assert [row.state for row in house.inbox(connection)] == ["done", "skipped"]


def test_turned_on_again_a_house_hears_what_is_new(house: House) -> None:
    connection = house.connect(SETTINGS, properties=["harbour", "seaside"])
    host = house.engine.sources
    house.answers(reservation("InHouse", "R2", "H2"))
    with house.engine.database.writing() as store:
        connections.change(host, store, connection.id, turn={"seaside": False}, by="test")
    house.send(connection, message(("R2", "t1")))
    house.settle()
    assert house.facts(connection) == []
    with house.engine.database.writing() as store:
        connections.change(host, store, connection.id, turn={"seaside": True}, by="test")
    house.send(connection, message(("R2", "t2")))
    house.settle()
    assert [one.property for one in house.facts(connection)] == ["seaside"]


def test_coverage_begins_when_a_source_is_turned_on_and_follows_what_is_heard(house: House) -> None:
    connection = house.connect(SETTINGS, properties=["harbour"])
    began = house.clock.now()
    house.clock.advance(timedelta(hours=1))
    house.send(connection, message(("R1", "t1")))
    with house.engine.database.reading() as store:
        cover = {(one.property, one.kind.value): one for one in store.properties.coverage()}
    assert set(cover) == {("harbour", "stay"), ("harbour", "check_in")}
    assert cover["harbour", "stay"].known_from == began
    assert cover["harbour", "stay"].heard_at == began + timedelta(hours=1)
    assert connection.namespace == "toy-pms/c1"


# --- polls and streams ---


def queue(after: str, *names: str, following: str = "") -> Recorded:
    said = {"changed": [{"id": name, "at": "q"} for name in names], "next": following or after, "more": bool(following)}
    return Recorded("GET", "/queue", body=json.dumps(said).encode(), params={"after": after})


def test_a_queue_is_read_page_by_page_and_each_page_is_stored_with_its_cursor(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(
        queue("0", "R1", following="1"), queue("1", "R2", following="2"), queue("2"), reservation("InHouse", "R2")
    )
    assert house.poll(connection) == ""
    house.settle()
    assert len(house.facts(connection)) == 2
    with house.engine.database.reading() as store:
        assert store.connections.get(connection.id).cursor == "2"


def test_a_page_that_cannot_be_stored_leaves_the_cursor_where_it_was(house: House) -> None:
    connection = house.connect(SETTINGS)
    house.answers(queue("0", "R1", following="1"), Recorded("GET", "/queue", 500, params={"after": "1"}))
    assert house.poll(connection) == "the other system answered 500"
    with house.engine.database.reading() as store:
        row = store.connections.get(connection.id)
    assert (row.cursor, row.last_error) == ("1", "the other system answered 500")
    assert [one.key for one in house.inbox(connection)] == ["R1/q"]


def test_polls_fall_due_by_the_sources_own_timetable(house: House) -> None:
    from rewards.pluginhost import polling

    connection = house.connect(SETTINGS)
    host = house.engine.sources
    assert polling.start_due(host) == [connection.id]
    assert polling.start_due(host) == []
    house.clock.advance(timedelta(seconds=59))
    assert polling.start_due(host) == []
    house.clock.advance(timedelta(seconds=1))
    assert polling.start_due(host) == [connection.id]


def test_a_stream_is_stored_page_by_page(house: House) -> None:
    from threading import Event as Flag

    from rewards.pluginhost import polling

    connection = house.connect(SETTINGS)
    house.answers(
        queue("0", "R1", following="1"), queue("1", "R2", following="2"), queue("2"), reservation("InHouse", "R2")
    )
    assert [row.id for row in polling.streams(house.engine.sources)] == [connection.id]
    heard = polling.heard(house.engine.sources, connection.id)
    assert list(heard) == [1, 1]
    house.settle()
    assert len(house.facts(connection)) == 2
    stop = Flag()
    stop.set()
    polling.listen(house.engine.sources, connection.id, stop)


# --- a source that fails ---


def test_a_source_that_cannot_be_loaded_takes_nothing_else_down(
    house: House, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = house.connect(SETTINGS)
    with house.engine.database.writing() as store:
        store.connections.add(_copy(good, "src_gone", "vanished"))
    house.send(good, message(("R1", "t1")))
    house.settle()
    assert len(house.facts(good)) == 1
    with house.engine.database.reading() as store:
        listed = {one.row.source: one.health.trouble for one in connections.listed(house.engine.sources, store)}
    assert listed["toy-pms"] is None
    assert "There is no live source “vanished”" in str(listed["vanished"])
    assert house.app.test_client().post("/v1/sources/vanished/src_gone", data=b"{}").status_code == 503
    assert house.app.test_client().get("/readyz").status_code in (200, 503)
    assert house.app.test_client().get("/healthz").status_code == 200


def test_two_sources_of_one_name_refuse_to_start(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / "plugins" / place).mkdir(parents=True)
        (tmp_path / "plugins" / place / "plugin.toml").write_text('name = "twin"\nreads = "file"\n', encoding="utf-8")
    home = tmp_path / "home"
    home.mkdir()
    with pytest.raises(RewardsError, match="Two plugins are called “twin”"):
        House(tmp_path / "plugins" / "one", home)


def _copy(row: ConnectionRow, connection: str, source: str) -> ConnectionRow:
    from dataclasses import replace

    return replace(row, id=connection, source=source, address=connection)


def test_secrets_are_neither_shown_nor_logged_nor_raised(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    connection = house.connect(SETTINGS)
    host = house.engine.sources
    house.answers(Recorded("GET", "/reservations/R1", 500))
    house.send(connection, message(("R1", "t1")))
    house.send(connection, message(("R1", "t1"), secret="wrong"))
    house.settle(patience=timedelta(minutes=1))
    with house.engine.database.reading() as store:
        shown = connections.shown_one(host, store, connection.id)
        trail = [line.after for line in store.audit.page(0, 100)]
    with pytest.raises(RewardsError) as caught, house.engine.database.writing() as store:
        connections.change(host, store, connection.id, settings={"secret": "harbour-secret\n"}, by="test")
    for text in (repr(shown), caplog.text, str(trail), str(caught.value), repr(connection)):
        assert "harbour-secret" not in text


def test_a_secret_may_stay_in_the_environment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_SECRET", "from-outside")
    connection = house.connect({**SETTINGS, "secret": "env:TOY_SECRET"})
    assert house.send(connection, message(("R1", "t1"), secret="from-outside")).status == 202
    monkeypatch.delenv("TOY_SECRET")
    with house.engine.database.reading() as store:
        shown = connections.shown_one(house.engine.sources, store, connection.id)
    assert shown.settings["secret"] == "env:TOY_SECRET"
    assert "no variable TOY_SECRET" in str(shown.health.trouble)
    # Our own mistake, and the sender is to try again.
    assert house.send(connection, message(("R1", "t2"), secret="from-outside")).status == 503
