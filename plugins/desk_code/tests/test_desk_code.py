"""Ana and Ben at the desk of Harbour Hotel: what counts, what is refused, and what nobody learns by guessing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from rewards.pluginhost import connections
from rewards.sdk import Secret, guest_ticket
from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import Told
from rewards.storage.sources import ConnectionRow

from .people import ANA, BEN, SECRET, code, guests, key, ticket

HERE = Path(__file__).parents[1]
NEW = {"secret": "harbour secret of 2027, long enough"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(HERE, tmp_path)
    guests(made)
    yield made
    made.close()


@pytest.fixture
def desk(house: House) -> ConnectionRow:
    return house.connect(SECRET)


def check_in(house: House, desk: ConnectionRow, said: Mapping[str, Any], at: str = "harbour", **headers: str) -> Told:
    told = house.send(desk, Call(json.dumps(said).encode(), headers, path=f"/check-in/{at}"))
    house.settle()
    return told


def from_page(house: House, desk: ConnectionRow, number: str, guest: Any = ANA) -> Told:
    return check_in(house, desk, {"code": number}, **ticket(SECRET, house.clock.now(), guest))


def now_code(house: House, settings: Mapping[str, Any] = SECRET) -> str:
    return code(settings, house.clock.now())


def wrong_code(house: House) -> str:
    near = {code(SECRET, house.clock.now() + timedelta(seconds=30 * away)) for away in range(-5, 6)}
    return next(text for text in (f"{number:06d}" for number in range(20)) if text not in near)


def test_a_code_counts_once_a_guest_and_a_guest_once_a_day(house: House, desk: ConnectionRow) -> None:
    first, again = from_page(house, desk, now_code(house)), from_page(house, desk, now_code(house))
    assert (json.loads(first.body)["new"], json.loads(again.body)["new"]) == (True, False)
    house.clock.advance(timedelta(hours=3))
    assert from_page(house, desk, now_code(house)).status == 200
    assert [one.evidence for one in house.facts(desk)] == ["witnessed"]
    house.clock.advance(timedelta(hours=24))
    from_page(house, desk, now_code(house))
    assert [one.day.isoformat() for one in house.facts(desk)] == ["2026-11-24", "2026-11-25"]


def test_a_code_over_the_turn_of_the_day_is_one_check_in(house: House, desk: ConnectionRow) -> None:
    # 04:00 in Rotterdam: the hotel day turns between the code's first and its second use.
    house.clock.move_to(house.now.replace(day=25, hour=2, minute=59, second=58))
    number = now_code(house)
    from_page(house, desk, number)
    house.clock.advance(timedelta(seconds=10))
    from_page(house, desk, number)
    assert [one.day.isoformat() for one in house.facts(desk)] == ["2026-11-24"]


def test_a_house_may_want_a_check_in_every_hour(house: House) -> None:
    desk = house.connect({**SECRET, "window": 3_600})
    for _ in range(4):
        from_page(house, desk, now_code(house))
        house.clock.advance(timedelta(minutes=30))
    assert len(house.facts(desk)) == 2


def test_ana_and_ben_read_the_same_screen(house: House, desk: ConnectionRow) -> None:
    from_page(house, desk, now_code(house))
    from_page(house, desk, now_code(house), BEN)
    assert len(house.facts(desk)) == 2


def test_a_code_of_one_house_is_none_at_the_other(house: House, desk: ConnectionRow) -> None:
    mine = ticket(SECRET, house.clock.now())
    assert check_in(house, desk, {"code": now_code(house)}, "seaside", **mine).status == 403
    assert check_in(house, desk, {"code": now_code(house)}, "nowhere", **mine).status == 404
    assert house.facts(desk) == []


def test_a_wrong_code_a_stale_one_and_an_unknown_number_are_told_the_same(house: House, desk: ConnectionRow) -> None:
    now = house.clock.now()
    stale, early = code(SECRET, now - timedelta(seconds=60)), code(SECRET, now + timedelta(seconds=60))
    told = [check_in(house, desk, {"code": one, "guest": "00412"}) for one in (wrong_code(house), stale, early)]
    told.append(check_in(house, desk, {"code": now_code(house), "guest": "99999"}))
    assert {(one.status, one.body) for one in told} == {(403, told[0].body)}
    assert house.facts(desk) == []
    assert house.inbox(desk) == []


def test_too_many_wrong_codes_shut_the_guest_out_and_longer_the_second_time(house: House, desk: ConnectionRow) -> None:
    told = [from_page(house, desk, wrong_code(house)) for _ in range(5)]
    assert [one.status for one in told] == [403, 403, 403, 403, 429]
    right = from_page(house, desk, now_code(house))
    assert (right.status, right.headers["Retry-After"]) == (429, "900")
    assert house.facts(desk) == []
    assert from_page(house, desk, now_code(house), BEN).status == 200
    house.clock.advance(timedelta(minutes=15))
    told = [from_page(house, desk, wrong_code(house)) for _ in range(5)]
    assert told[-1].headers["Retry-After"] == "1800"
    house.clock.advance(timedelta(minutes=30))
    assert from_page(house, desk, now_code(house)).status == 200


def test_a_stranger_who_types_anas_number_wrong_does_not_shut_ana_out(house: House, desk: ConnectionRow) -> None:
    for _ in range(6):
        check_in(house, desk, {"code": wrong_code(house), "guest": "00412"})
    assert check_in(house, desk, {"code": now_code(house), "guest": "00412"}).status == 429
    assert from_page(house, desk, now_code(house)).status == 200


def test_an_address_that_tries_many_numbers_is_shut_out(house: House) -> None:
    desk = house.connect({**SECRET, "tries_by_address": 8, "proxies": 1})
    for number in range(8):
        check_in(
            house, desk, {"code": wrong_code(house), "guest": f"1{number}"}, **{"X-Forwarded-For": "6.6.6.6, 192.0.2.9"}
        )
    said = {"code": now_code(house), "guest": "00412"}
    assert check_in(house, desk, said, **{"X-Forwarded-For": "7.7.7.7, 192.0.2.9"}).status == 429
    assert check_in(house, desk, said, **{"X-Forwarded-For": "192.0.2.9, 192.0.2.10"}).status == 200


def test_what_is_kept_of_wrong_tries_names_nobody(house: House, desk: ConnectionRow) -> None:
    check_in(house, desk, {"code": wrong_code(house), "guest": "very-own-number"})
    stored = (house.home / "rewards.db").read_bytes() + (house.home / "rewards.db-wal").read_bytes()
    assert b"very-own-number" not in stored
    assert b"127.0.0.1" not in stored


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("HARBOUR-LOBBY", "never changes"),
        ("https://harbour.example/lobby?c=poster", "never changes"),
        ("https://harbour.example/lobby", "proves nothing"),
        ("", "proves nothing"),
    ],
)
def test_a_poster_and_a_bare_tag_are_refused_with_the_reason(
    house: House, desk: ConnectionRow, text: str, says: str
) -> None:
    told = from_page(house, desk, text)
    assert told.status == 400
    assert says in json.loads(told.body)["detail"]
    assert house.facts(desk) == []


def test_the_scanned_link_is_read_like_its_code(house: House, desk: ConnectionRow) -> None:
    assert from_page(house, desk, f"https://harbour.example/x?property=harbour&code={now_code(house)}").status == 200


def test_a_ticket_that_is_over_or_changed_is_refused(house: House, desk: ConnectionRow) -> None:
    mine = ticket(SECRET, house.clock.now())["Authorization"]
    house.clock.advance(timedelta(minutes=15, seconds=1))
    fresh = ticket(SECRET, house.clock.now())["Authorization"]
    for bad in (mine, ticket(NEW, house.clock.now())["Authorization"], f"{fresh}0", "Bearer x", "Basic x", "x"):
        told = check_in(house, desk, {"code": now_code(house), "guest": "00412"}, Authorization=bad)
        assert told.status == 401
    assert house.facts(desk) == []
    assert check_in(house, desk, {"code": now_code(house)}).status == 400, "nobody is named"


def test_the_hotels_page_may_sign_its_tickets_itself(house: House) -> None:
    desk = house.connect({**SECRET, "page_secret": "a secret of the page and of nobody else"})
    made = guest_ticket(Secret("a secret of the page and of nobody else"), ANA, house.clock.now())
    assert check_in(house, desk, {"code": now_code(house)}, Authorization=f"Bearer {made}").status == 200
    assert [one.evidence for one in house.facts(desk)] == ["witnessed"]


def test_a_house_may_refuse_typed_numbers_or_trust_them(house: House) -> None:
    said = {"code": now_code(house), "guest": "00412"}
    strict, trusting = house.connect({**SECRET, "typed": "refused"}), house.connect({**SECRET, "typed": "witnessed"})
    assert check_in(house, strict, said).status == 403
    assert check_in(house, trusting, said).status == 200
    assert (house.facts(strict), [one.evidence for one in house.facts(trusting)]) == ([], ["witnessed"])


def test_the_hotels_own_page_is_given_a_ticket_for_a_guest_it_knows(house: House, desk: ConnectionRow) -> None:
    mine = key(house, "key_page", ["activities:write"], ["harbour"])
    asked = Call(b'{"guest": "card:00412"}', mine, path="/ticket/harbour")
    told = house.send(desk, asked)
    assert told.status == 201
    assert told.headers["Cache-Control"] == "no-store"
    given = f"Bearer {json.loads(told.body)['ticket']}"
    assert check_in(house, desk, {"code": now_code(house)}, Authorization=given).status == 200
    assert house.send(desk, Call(b'{"guest": "card:1"}', mine, path="/ticket/harbour")).status == 404
    assert house.send(desk, Call(asked.body, mine, path="/ticket/seaside")).status == 403
    assert house.send(desk, Call(asked.body, {}, path="/ticket/harbour")).status == 401


def test_while_the_secret_is_replaced_both_codes_count(house: House, desk: ConnectionRow) -> None:
    with house.engine.database.writing() as store:
        connections.change(house.engine.sources, store, desk.id, settings=NEW, keep_old_hours=1, by="test")
    assert from_page(house, desk, now_code(house)).status == 200
    bens = ticket(NEW, house.clock.now(), BEN)
    assert check_in(house, desk, {"code": now_code(house, NEW)}, **bens).status == 200
    house.clock.advance(timedelta(hours=2))
    assert check_in(house, desk, {"code": now_code(house), "guest": "00412"}).status == 403
    assert len(house.facts(desk)) == 2


def test_a_short_secret_opens_nothing(house: House) -> None:
    desk = house.connect({"secret": "short"})
    told = check_in(house, desk, {"code": code({"secret": "short"}, house.clock.now()), "guest": "00412"})
    assert told.status == 403
    assert b"20 characters" in told.body


def test_a_form_is_answered_with_a_page_in_the_guests_language(house: House, desk: ConnectionRow) -> None:
    def send(number: str, language: str) -> Told:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": language}
        body = urlencode({"guest": "00412", "code": number}).encode()
        return house.send(desk, Call(body, headers, path="/check-in/harbour"))

    refused = send(wrong_code(house), "nl-NL,en;q=0.5")
    assert (refused.status, refused.headers["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "De code of het nummer klopt niet" in refused.body.decode()
    assert "Je bent ingecheckt bij Harbour Hotel." in send(now_code(house), "nl").body.decode()
    assert "You were checked in at Harbour Hotel already" in send(now_code(house), "fr").body.decode()
    for _ in range(5):
        shut = send(wrong_code(house), "en")
    assert (shut.status, shut.headers["Retry-After"]) == (429, "900")
    assert "Too many wrong codes" in shut.body.decode()
