"""What waits, as callers see it: told in the answer, listed, read in both languages, and called off once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from rewards.desk.desk import Desk
from tests.api.client import Api, publish, stock
from tests.stage import PROGRAMME, TODAY, question

ANA, BEN = "card:00412", "card:00413"
KEY = "booking-of-a-suite-1"
RULES = """
rule: suite
at: booking
when: always
give:
  - perk: welcome-drink
    wait: {from: {days_before: 3}, until: {days_before: 1, at: "14:00"}}
    or_else: cake
"""


@pytest.fixture
def house(desk: Api) -> Iterator[Api]:
    publish(desk, RULES)
    yield desk
    assert desk.violations() == []


def booking(guest: str = ANA, **more: Any) -> dict[str, Any]:
    arrival = TODAY + timedelta(days=7)
    stay = {"reservation": f"R-{guest}", "arrival": str(arrival), "departure": str(arrival + timedelta(days=2))}
    return question(guest, moment="booking", stay=stay, enrol=True, **more)


def test_the_answer_says_what_waits_in_the_readers_language(house: Api) -> None:
    english = house.good("POST", "/decisions", booking())["waiting"][0]
    assert english["text"].endswith("on, until 28 November 2026 at 14:00.")
    dutch = house.good("POST", "/decisions", booking(BEN, language="nl"))["waiting"][0]
    assert dutch["text"].endswith("tot 28 november 2026 om 14:00 uur.")
    assert dutch["text"].endswith("vanaf 26 november 2026 om 04:00 uur, tot 28 november 2026 om 14:00 uur.")


def test_it_is_listed_for_the_house_and_for_the_guest(house: Api) -> None:
    made = house.good("POST", "/decisions", booking())
    house.good("POST", "/decisions", booking(BEN))
    first = house.get("/waiting?property=harbour&limit=1")
    assert [one["id"] for one in first.json["waiting"]] == [made["waiting"][0]["wait"]]
    assert 'rel="next"' in first.headers["Link"]
    [row] = house.good("GET", f"/guests/{ANA}/waiting")["waiting"]
    assert (row["state"], row["perk"], row["every"], row["tries"]) == ("waiting", "welcome-drink", "day", 0)
    assert (row["from"], row["next_try"], row["until"]) == (
        "2026-11-26T03:00:00Z", "2026-11-26T03:00:00Z", "2026-11-28T13:00:00Z",
    )  # fmt: skip
    assert house.good("GET", f"/waiting/{row['id']}") == row
    assert house.good("GET", "/waiting?property=hudson")["waiting"] == []
    assert len(house.good("GET", "/waiting")["waiting"]) == 2


def test_it_is_called_off_once(house: Api) -> None:
    wait = house.good("POST", "/decisions", booking())["waiting"][0]["wait"]
    body = {"by": "Cas", "reason": "the guest said no"}
    off = house.post(f"/waiting/{wait}/cancel", body, key=KEY)
    assert (off.status, off.json["state"], off.json["reason"]) == (200, "cancelled", "the guest said no (Cas)")
    assert house.post(f"/waiting/{wait}/cancel", body, key=KEY).data == off.data
    assert house.post(f"/waiting/{wait}/cancel", body).code == "wait_not_open"
    assert house.post("/waiting/wai_none/cancel", body).code == "wait_unknown"
    assert house.post(f"/waiting/{wait}/cancel", {}).code == "field_invalid"
    assert house.good("GET", "/waiting")["waiting"] == []


def test_what_is_had_stands_in_the_list_of_grants(house: Api) -> None:
    house.good("POST", "/decisions", booking())
    stock(house, "welcome-drink", 1, TODAY + timedelta(days=4))
    house.clock.advance(timedelta(days=4))
    worker = Desk(house.database, house.clock, PROGRAMME)
    assert worker.try_waiting() == 1
    [row] = house.good("GET", f"/guests/{ANA}/waiting")["waiting"]
    assert (row["state"], row["next_try"], row["tries"]) == ("had", None, 1)
    [given] = house.good("GET", f"/guests/{ANA}/grants")["grants"]
    assert (given["id"], given["perk"], given["decision"]) == (row["grant"], "welcome-drink", row["decision"])
    again = house.good("POST", "/decisions", booking())
    assert ([perk["grant"] for perk in again["perks"]], again["waiting"]) == ([row["grant"]], [])
    shown = house.good("GET", f"/decisions/{row['decision']}")
    assert [one["grant"] for one in shown["grants"]] == [row["grant"]]
