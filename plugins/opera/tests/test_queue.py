"""The queue that forgets what it hands out, the token, and what is never kept."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewards.sdk.testing import House, Recorded

from .book import (
    ARRIVES,
    DRINKS,
    HERE,
    LEAVES,
    QUEUE,
    SETTINGS,
    TOKEN,
    as_body,
    event,
    payload,
    queue,
    reservation,
    step,
)

SECOND = QUEUE.replace("HOTEL1", "HOTEL2")
TWO = {**SETTINGS, "hotels": {"HOTEL1": "harbour", "HOTEL2": "seaside"}}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE.parent, tmp_path)
    yield made
    made.close()


def test_the_official_example_leads_to_the_reservation_that_was_checked_in(house: House) -> None:
    opera = house.connect(SETTINGS)
    house.answers(TOKEN, Recorded("GET", QUEUE, body=payload("oracle_business_events.json")))
    assert house.poll(opera) == ""
    assert [row.entity for row in house.inbox(opera)] == ["HOTEL1/934171"]


def test_the_official_reservation_is_read(house: House) -> None:
    opera = house.connect(SETTINGS)
    asked = event(1, "UPDATE RESERVATION", "2020-01-13 15:00:00.0", reservation="571062")
    house.answers(
        TOKEN,
        Recorded("GET", QUEUE, body=queue(asked)),
        Recorded("GET", "/reservations/571062", body=payload("oracle_reservation.json")),
    )
    house.poll(opera)
    house.settle()
    assert [(row.state, row.note) for row in house.inbox(opera)] == [("done", None)]
    assert house.facts(opera) == []


def test_what_was_handed_out_is_stored_before_the_next_is_asked_for(house: House) -> None:
    opera = house.connect(SETTINGS)
    full = queue(*(event(n, "CHECK IN", "2026-11-20 15:00:00.0", reservation=str(n)) for n in range(100, 120)))
    answers = [TOKEN, Recorded("GET", QUEUE, body=full)]
    asked: list[int] = []

    class Queue(list[Recorded]):
        """Counts what is stored each time the queue is asked, and is empty from the second time on."""

        def __reversed__(self) -> Iterator[Recorded]:
            if house.world.heard[-1].url.endswith("businessEvents"):
                asked.append(len(house.inbox(opera)))
                answers[1] = Recorded("GET", QUEUE, body=full if len(asked) == 1 else queue())
            return reversed(answers)

    house.world.answers = Queue()
    assert house.poll(opera) == ""
    assert asked == [0, 20]


def test_hotels_take_turns_and_one_that_fails_keeps_nobody_waiting(house: House) -> None:
    opera = house.connect(TWO)
    moved = event(2, "CHECK IN", "2026-11-20 15:00:00.0", reservation="5", hotel="HOTEL2")
    house.answers(TOKEN, Recorded("GET", QUEUE, 500), Recorded("GET", SECOND, body=queue(moved)))
    assert house.poll(opera) == "HOTEL1: the other system answered 500"
    assert [row.entity for row in house.inbox(opera)] == ["HOTEL2/5"]
    house.answers(Recorded("GET", QUEUE, body=queue(event(1, "CHECK IN", "2026-11-20 15:00:00.0", reservation="4"))))
    assert house.poll(opera) == ""
    assert {row.entity for row in house.inbox(opera)} == {"HOTEL1/4", "HOTEL2/5"}


def test_an_answer_cut_short_still_names_its_reservations(house: House) -> None:
    opera = house.connect(SETTINGS)
    whole = queue(event(1, "CHECK IN", "2026-11-20 15:00:00.0"))
    house.answers(*step([], reservation("InHouse")).answers, Recorded("GET", QUEUE, body=whole[: len(whole) - 40]))
    house.poll(opera)
    house.settle()
    assert [one.kind for one in house.facts(opera)] == ["check_in"]


@pytest.mark.parametrize(
    "body",
    [b"<html>proxy</html>", as_body({"businessEventData": {}}), as_body({"businessEventData": ["Loud-Stranger"]})],
)
def test_what_cannot_be_read_is_a_dead_letter_that_says_why(house: House, body: bytes) -> None:
    opera = house.connect(SETTINGS)
    house.answers(TOKEN, Recorded("GET", QUEUE, body=body))
    assert house.poll(opera) == ""
    house.settle()
    (row,) = house.inbox(opera)
    assert row.state == "dead"
    assert row.note is not None
    assert row.note.startswith("a business event could not be read: ")


@pytest.mark.parametrize(("module", "action"), [("Profile", "UPDATE PROFILE"), ("Reservation", "NEW RESERVATION")])
def test_what_tells_nothing_is_not_kept(house: House, module: str, action: str) -> None:
    opera = house.connect(SETTINGS)
    said = event(1, action, "2026-11-20 15:00:00.0")
    said["businessEvent"]["header"]["moduleName"] = module
    house.answers(TOKEN, Recorded("GET", QUEUE, body=queue(said)))
    house.poll(opera)
    assert house.inbox(opera) == []


def test_a_module_that_is_a_number_is_known_by_its_action(house: House) -> None:
    opera = house.connect(SETTINGS)
    said = event(1, "CHECK IN", "2026-11-20 15:00:00.0")
    said["businessEvent"]["header"]["moduleName"] = 4
    house.answers(TOKEN, Recorded("GET", QUEUE, body=queue(said)))
    house.poll(opera)
    assert [row.entity for row in house.inbox(opera)] == ["HOTEL1/919074"]


def test_a_hotel_that_is_not_mapped_is_not_read(house: House) -> None:
    opera = house.connect(SETTINGS)
    foreign = event(1, "CHECK IN", "2026-11-20 15:00:00.0", hotel="HOTEL9")
    house.answers(TOKEN, Recorded("GET", QUEUE, body=queue(foreign)))
    house.poll(opera)
    assert house.inbox(opera) == []


# --- the token ---


def test_one_token_serves_until_it_is_refused(house: House) -> None:
    opera = house.connect({**SETTINGS, "enterprise_id": "QUAYSIDE"})
    house.answers(*ARRIVES.answers)
    house.poll(opera)
    house.settle()
    asked = [one for one in house.world.heard if one.url.endswith("/oauth/v1/tokens")]
    assert len(asked) == 1
    pair = base64.b64encode(b"rewards_client:harbour-secret").decode()
    assert asked[0].headers == {
        "Authorization": f"Basic {pair}", "x-app-key": SETTINGS["app_key"], "enterpriseId": "QUAYSIDE",
    }  # fmt: skip
    assert asked[0].sent["grant_type"] == "client_credentials"
    read = house.world.heard[-1]
    assert read.headers == {"Authorization": "Bearer t-1", "x-app-key": SETTINGS["app_key"], "x-hotelid": "HOTEL1"}

    house.answers(Recorded("GET", QUEUE, 401))
    assert house.poll(opera) == "OPERA no longer takes the token"
    house.answers(Recorded("GET", QUEUE, body=queue()))
    assert house.poll(opera) == ""
    assert len([one for one in house.world.heard if one.url.endswith("/oauth/v1/tokens")]) == 2


def test_an_environment_with_users_signs_in_with_one(house: House) -> None:
    opera = house.connect({**SETTINGS, "username": "REWARDS@QUAY", "password": "harbour-password"})
    house.answers(TOKEN, Recorded("GET", QUEUE, body=queue()))
    house.poll(opera)
    sent = house.world.heard[0].sent
    assert sent == {"grant_type": "password", "username": "REWARDS@QUAY", "password": "harbour-password"}


def test_a_wrong_secret_waits_for_the_right_one_and_is_not_shown(house: House) -> None:
    opera = house.connect(SETTINGS)
    house.answers(Recorded("POST", "/oauth/v1/tokens", 401, body=b'{"error":"harbour-secret"}'))
    assert house.poll(opera) == "OPERA refuses the client id, its secret or the user (401)"


def test_names_numbers_and_cards_of_guests_are_found_nowhere(house: House) -> None:
    opera = house.connect(SETTINGS)
    for one in (ARRIVES, DRINKS, LEAVES):
        house.answers(*one.answers)
        house.poll(opera)
        house.settle()
    assert len(house.facts(opera)) == 5
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    for word in (b"Loud-Stranger", b"31415926", b"9900"):
        assert word not in stored
