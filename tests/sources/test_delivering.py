"""What is given at the desk is told to the PMS: at least once, in order for each guest, and dead in the end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewards.desk.reply import Reader
from rewards.desk.wire import read_question
from rewards.pluginhost import connections, delivering
from rewards.sdk.testing import House, Recorded
from rewards.storage.sources import ConnectionRow
from rewards.studio.publish import publish, read_draft

PMS = Path(__file__).parent / "plugins" / "toy_pms"
SETTINGS = {"secret": "harbour-secret", "houses": {"H1": "harbour"}}
PERKS = "welcome-drink: {kind: item, title: {en: a drink, nl: een drankje}, cost: EUR 5}\n"
RULES = """
rule: welcome
title: {en: A drink, nl: Een drankje}
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: welcome-drink}]
"""
BONUS = "bonus: {kind: points, title: {en: Points, nl: Punten}}\n"
POINTS = """
rule: points
title: {en: Points, nl: Punten}
at: arrival
when: {fact: stay.channel, is: direct}
give: [{perk: bonus, points: 100}]
"""
TAKEN = Recorded("PUT", "")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(PMS, tmp_path, datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    with made.engine.database.writing() as store:
        draft = read_draft(RULES, PERKS, store.properties.all(), "EUR")
        publish(store, draft, by="test", note="", now=made.clock.now())
    yield made
    made.close()


def arrive(house: House, guest: str, reservation: str, place: str = "harbour") -> Any:
    """A committed arrival; its answer."""
    stay = {"reservation": reservation, "arrival": str(date(2026, 11, 24)), "departure": str(date(2026, 11, 26))}
    question = {
        "guest": guest, "property": place, "moment": "arrival", "mode": "commit", "enrol": True,
        "stay": {**stay, "channel": "direct"},
    }  # fmt: skip
    return json.loads(house.engine.desk.ask(read_question(question), Reader("en", True)).body)


def deliver(house: House) -> tuple[int, int, int]:
    found = delivering.deliver(house.engine.sources)
    return found.sent, found.later, found.dead


def alerts(house: House) -> list[tuple[str, Any, str]]:
    return [
        (one.method, one.sent and one.sent["reservation"], one.headers["Idempotency-Key"]) for one in house.world.heard
    ]


def health(house: House, connection: ConnectionRow) -> connections.Health:
    with house.engine.database.reading() as store:
        return connections.shown_one(house.engine.sources, store, connection.id).health


def test_a_grant_is_told_with_what_it_is_and_undone_when_it_is_voided(house: House) -> None:
    house.connect(SETTINGS, properties=["harbour"])
    house.answers(Recorded("PUT", ""), Recorded("DELETE", ""))
    decided = arrive(house, "card:00412", "R-1")
    assert deliver(house) == (1, 0, 0)
    (told,) = house.world.heard
    grant = decided["perks"][0]["grant"]
    assert told.url == f"https://pms.example/alerts/{grant}"
    assert told.sent == {"reservation": "R-1", "text": "a drink"}
    assert deliver(house) == (0, 0, 0)
    with house.engine.database.writing() as store:
        from rewards.ledger import life

        life.void(store, grant, by="test", reason="a mistake", at=house.clock.now())
    assert deliver(house) == (1, 0, 0)
    assert [method for method, _, _ in alerts(house)] == ["PUT", "DELETE"]


def test_an_event_says_the_points_that_the_guest_has_now(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = house.connect(SETTINGS, properties=["harbour"])
    with house.engine.database.writing() as store:
        draft = read_draft(
            POINTS, "bonus: {kind: points, title: {en: Points, nl: Punten}}", store.properties.all(), "EUR"
        )
        publish(store, draft, by="test", note="", now=house.clock.now())
    arrive(house, "card:00412", "R-1")
    arrive(house, "card:00412", "R-2")
    told: list[int | None] = []
    source = house.engine.sources.plugin(connection.source).source
    monkeypatch.setattr(source, "deliver", lambda event, link: told.append(event.points))
    assert deliver(house) == (2, 0, 0)
    assert told == [200, 200], "the balance as it is when it is told"


def test_what_was_before_the_connection_is_not_told(house: House) -> None:
    arrive(house, "card:00412", "R-1")
    house.connect(SETTINGS, properties=["harbour"])
    assert deliver(house) == (0, 0, 0)


def test_another_houses_events_are_none_of_its_business(house: House) -> None:
    house.connect(SETTINGS, properties=["harbour"])
    arrive(house, "card:00412", "R-1", "seaside")
    deliver(house)
    assert house.world.heard == []


def test_while_the_system_is_down_events_of_a_guest_keep_their_order(house: House) -> None:
    connection = house.connect(SETTINGS, properties=["harbour"])
    house.answers(Recorded("PUT", ""))
    house.world.down = True
    arrive(house, "card:00412", "R-1")
    arrive(house, "card:00412", "R-2")
    assert deliver(house) == (0, 2, 0)
    assert health(house, connection).last_error == "the other system cannot be reached (down in this test)"
    house.world.down = False
    house.world.heard.clear()
    assert deliver(house) == (0, 0, 0), "not before its time"
    house.clock.advance(timedelta(minutes=1))
    assert deliver(house)[0] == 2
    assert [reservation for _, reservation, _ in alerts(house)] == ["R-1", "R-2"]
    assert len({key for _, _, key in alerts(house)}) == 2


def test_one_guests_trouble_is_not_anothers(house: House) -> None:
    house.connect(SETTINGS, properties=["harbour"])
    house.answers(Recorded("PUT", ""), Recorded("PUT", "", 500, sent={"reservation": "R-1"}))
    arrive(house, "card:00412", "R-1")
    arrive(house, "card:00413", "R-2")
    assert deliver(house) == (1, 1, 0)


def test_after_three_days_an_event_is_dead_and_can_be_retried(house: House) -> None:
    connection = house.connect(SETTINGS, properties=["harbour"])
    house.answers(Recorded("PUT", "", 500))
    arrive(house, "card:00412", "R-1")
    for _ in range(delivering.MAX_ATTEMPTS):
        deliver(house)
        house.clock.advance(timedelta(days=1, minutes=1))
    assert (health(house, connection).undelivered, deliver(house)) == (1, (0, 0, 0))
    house.answers(Recorded("PUT", ""))
    with house.engine.database.writing() as store:
        assert delivering.retry_dead(house.engine.sources, store, connection.id) == 1
    assert deliver(house) == (1, 0, 0)
    assert health(house, connection).undelivered == 0


def test_two_at_once_deliver_once(house: House) -> None:
    connection = house.connect(SETTINGS, properties=["harbour"])
    house.answers(Recorded("PUT", ""))
    arrive(house, "card:00412", "R-1")
    from rewards.storage.jobs import SqlJobStore

    jobs, now = SqlJobStore(house.engine.database), house.clock.now_us()
    held = jobs.take_lease(f"deliver {connection.id}", "somebody", now_us=now, until_us=now + 1_000_000)
    assert held is not None
    assert deliver(house) == (0, 0, 0)
    jobs.release_lease(f"deliver {connection.id}", "somebody", held.token)
    assert deliver(house) == (1, 0, 0)
