"""A till that calls and waits: it is answered at once, in its own words, and what it reports counts once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import Told
from rewards.storage.sources import ConnectionRow

TILL = Path(__file__).parent / "plugins" / "toy_till"
BILL = {"card": "00412", "check": "C-1", "house": "harbour", "paid_at": "2026-11-23T20:10:00Z", "cents": 4_250}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(TILL, tmp_path)
    yield made
    made.close()


@pytest.fixture
def till(house: House) -> ConnectionRow:
    return house.connect({"token": "t0"}, properties=["harbour"])


def call(house: House, till: ConnectionRow, path: str, body: Any = None, key: str = "", **more: str) -> Told:
    headers = {"Authorization": "Bearer t0", **({"Toy-Transaction-Id": key} if key else {}), **more}
    data = json.dumps(body).encode() if body is not None else b""
    return house.send(till, Call(data, headers, "GET" if body is None else "POST", path))


def test_a_bill_is_recorded_while_the_till_waits(house: House, till: ConnectionRow) -> None:
    told = call(house, till, "/loyalty", BILL, "tx-1")
    assert (told.status, json.loads(told.body)) == (200, {"transactionStatus": "ACCEPT", "new": True})
    assert [one.amount_minor for one in house.facts(till)] == [4_250]
    found = json.loads(call(house, till, "/loyalty/00412").body)
    assert found == {"transactionStatus": "ACCEPT", "account": {"firstName": None, "points": 0}}


def test_the_same_transaction_is_answered_the_same_bytes(house: House, till: ConnectionRow) -> None:
    first, again = call(house, till, "/loyalty", BILL, "tx-1"), call(house, till, "/loyalty", BILL, "tx-1")
    assert (first.status, first.body) == (again.status, again.body)
    unnamed = call(house, till, "/loyalty", BILL)
    assert json.loads(unnamed.body)["new"] is False
    assert len(house.facts(till)) == 1


def test_a_key_that_names_another_call_is_refused_in_the_tills_words(house: House, till: ConnectionRow) -> None:
    call(house, till, "/loyalty", BILL, "tx-1")
    told = call(house, till, "/loyalty", {**BILL, "check": "C-2"}, "tx-1")
    assert (told.status, json.loads(told.body)["transactionStatus"]) == (422, "ERROR_INVALID_INPUT")
    assert len(house.facts(till)) == 1


def test_a_bill_that_is_undone_is_taken_back_once(house: House, till: ConnectionRow) -> None:
    call(house, till, "/loyalty", BILL, "tx-1")
    for key in ("tx-2", "tx-3"):
        assert call(house, till, "/loyalty/reverse", {"check": "C-1"}, key).status == 200
    assert house.facts(till) == []


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/loyalty/99999", None, 404, "ERROR_ACCOUNT_NOT_FOUND"),
        ("/loyalty", {**BILL, "house": "seaside"}, 403, "ERROR_INVALID_INPUT"),
        ("/loyalty", {**BILL, "cents": -1}, 422, "ERROR_INVALID_INPUT"),
        ("/loyalty", {**BILL, "paid_at": "soon"}, 400, "ERROR_INVALID_INPUT"),
        ("/loyalty/reverse", {"check": "never"}, 404, "ERROR_INVALID_INPUT"),
        ("/loyalty/offers", {"card": "00412", "house": "seaside"}, 403, "ERROR_INVALID_INPUT"),
        ("/nowhere", {}, 404, "ERROR_INVALID_INPUT"),
        ("", {}, 404, "ERROR_INVALID_INPUT"),
    ],
)
def test_a_refusal_is_in_the_tills_words_and_leaves_nothing(
    house: House, till: ConnectionRow, path: str, body: Any, status: int, code: str
) -> None:
    told = call(house, till, path, body)
    assert (told.status, json.loads(told.body)["transactionStatus"]) == (status, code)
    assert house.facts(till) == []
    assert house.defects == []


def test_a_till_without_its_token_is_refused(house: House, till: ConnectionRow) -> None:
    told = call(house, till, "/loyalty", BILL, Authorization="Bearer t1")
    assert (told.status, json.loads(told.body)["transactionStatus"]) == (401, "ERROR_UNAUTHORIZED")
    assert house.facts(till) == []


def test_what_a_guest_would_get_is_asked_of_the_desk(house: House, till: ConnectionRow) -> None:
    told = call(house, till, "/loyalty/offers", {"card": "00412", "house": "harbour"})
    assert told.status == 409, "no rules are live in this house, and the desk's refusal keeps its status"
