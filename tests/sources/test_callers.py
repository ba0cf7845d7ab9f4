"""Own addresses for the hotel's own people: an API key opens them as it opens the API, and nobody is miscounted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rewards.api.keys import hash_secret, new_secret
from rewards.sdk.testing import Call, House
from rewards.sdk.testing.house import Told
from rewards.storage.sources import ConnectionRow

GATE = Path(__file__).parent / "plugins" / "toy_gate"


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    url = request.getfixturevalue("migrated_postgres_url") if request.param == "postgresql" else ""
    made = House(GATE, tmp_path, database_url=url)
    yield made
    made.close()


@pytest.fixture
def gate(house: House) -> ConnectionRow:
    return house.connect({})


def key(house: House, name: str, scopes: Sequence[str], properties: Sequence[str] = ()) -> str:
    secret = new_secret()
    with house.engine.database.writing() as store:
        store.keys.add(name, hash_secret(secret), name, scopes, properties, house.now)
    return secret


def let_in(house: House, gate: ConnectionRow, secret: str, path: str = "/pass/harbour") -> Told:
    return house.send(gate, Call(headers={"Authorization": f"Bearer {secret}"}, path=path))


def test_a_key_of_the_house_opens_it_and_is_named(house: House, gate: ConnectionRow) -> None:
    secret = key(house, "key_desk", ["activities:write"], ["harbour"])
    told = let_in(house, gate, secret)
    assert (told.status, json.loads(told.body)) == (200, {"key": "key_desk", "count": 1, "sender": "127.0.0.1"})


@pytest.mark.parametrize(
    ("scopes", "properties", "path", "status", "code"),
    [
        (["activities:read"], ["harbour"], "/pass/harbour", 403, "scope_missing"),
        (["activities:write"], ["seaside"], "/pass/harbour", 403, "property_forbidden"),
        (["activities:write"], ["harbour"], "/pass", 403, "property_forbidden"),
    ],
)
def test_a_key_that_is_not_good_for_it_is_refused(
    house: House, gate: ConnectionRow, scopes: list[str], properties: list[str], path: str, status: int, code: str
) -> None:
    told = let_in(house, gate, key(house, "key_desk", scopes, properties), path)
    assert (told.status, json.loads(told.body)["code"]) == (status, code)


def test_no_key_an_unknown_and_a_revoked_one_are_refused(house: House, gate: ConnectionRow) -> None:
    revoked = key(house, "key_old", ["admin"])
    with house.engine.database.writing() as store:
        store.keys.revoke("key_old", house.now)
    for secret in ("", new_secret(), revoked, "lk_live_x"):
        told = let_in(house, gate, secret)
        assert (told.status, json.loads(told.body)["code"]) == (401, "unauthenticated")
    with house.engine.database.reading() as store:
        assert store.connections.vault_get(gate.id, "passed") is None


def test_twenty_who_come_at_once_are_counted_as_twenty(house: House, gate: ConnectionRow) -> None:
    secret = key(house, "key_group", ["admin"])
    call = Call(headers={"Authorization": f"Bearer {secret}"}, path="/pass")
    told = house.send_at_once(gate, [call] * 20)
    assert sorted(json.loads(one.body)["count"] for one in told) == list(range(1, 21))
