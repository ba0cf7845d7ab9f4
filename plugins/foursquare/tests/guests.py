"""Ana, who has connected her Swarm account with Harbour Hotel, and what Foursquare tells of her."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from rewards.pluginhost import connections
from rewards.pluginhost.host import SqlVault
from rewards.sdk.testing import Call, Recorded
from rewards.sdk.testing.house import House
from rewards.storage.sources import ConnectionRow
from rewards.storage.store import SqlStore

FILES = Path(__file__).parent / "files"
VENUE = "4bharbour0000000000000001"
ANA, BEN = "10000001", "10000002"
TOKEN = "ANA-TOKEN"
SETTINGS = {"venues": {VENUE: "harbour"}, "push_secret": "HARBOUR-PUSH"}
AFTER = 1_790_000_000
HISTORY = "/v2/users/self/checkins"
WITHDRAWN = (
    b'{"meta":{"code":401,"errorType":"invalid_auth","errorDetail":"OAuth token invalid or revoked."},"response":{}}'
)


def payload(name: str) -> bytes:
    return (FILES / name).read_bytes()


def told(name: str) -> Any:
    return json.loads(payload(name))


def said(*items: Any) -> bytes:
    """A page of check-ins as the API answers it."""
    return json.dumps({"meta": {"code": 200}, "response": {"checkins": {"count": 900, "items": items}}}).encode()


def item(number: int, at: int, venue: str = VENUE, **more: Any) -> dict[str, Any]:
    """A check-in of the API."""
    first: dict[str, Any] = told("history.json")["response"]["checkins"]["items"][0]
    return {
        **first,
        "id": f"65f0c1aa1d2e3f4a{number:08x}",
        "createdAt": at,
        "venue": {**first["venue"], "id": venue},
    } | more


def history(body: bytes, token: str = TOKEN, **params: str) -> Recorded:
    """What Foursquare answers when it is asked for check-ins."""
    return Recorded("GET", HISTORY, body=body, params={"oauth_token": token, **params})


def checkin(body: bytes, number: str = "65f0c1aa1d2e3f4a5b6c7d01", status: int = 200) -> Recorded:
    """What Foursquare answers when it is asked for one check-in with Ana's token."""
    return Recorded("GET", f"/v2/checkins/{number}", status, body, params={"oauth_token": TOKEN})


def form(push: Any, secret: str = "HARBOUR-PUSH") -> bytes:
    """A push as Foursquare sends it."""
    texts = {name: json.dumps(value) for name, value in push.items()}
    return urlencode({**texts, "secret": secret}).encode()


def pushed(body: bytes) -> Call:
    """The call that brings a form."""
    return Call(body, {"content-type": "application/x-www-form-urlencoded"})


def vault(house: House, connection: ConnectionRow) -> SqlVault:
    return SqlVault(house.engine.database, connection.id)


def join(
    house: House, connection: ConnectionRow, user: str = ANA, *, token: str = TOKEN, guest: str = "card:00412"
) -> None:
    """A guest has connected."""
    vault(house, connection).put(f"member/{user}", {"token": token, "guest": guest, "after": AFTER})


def plain(house: House, settings: dict[str, Any]) -> ConnectionRow:
    """A connection without a label, whose facts share their keys with imported files."""

    def add(store: SqlStore) -> ConnectionRow:
        return connections.add(
            house.engine.sources, store, "foursquare", properties=("harbour", "seaside"), settings=settings, by="test"
        )

    row: ConnectionRow = house.engine.database.run_writing(add)
    return row
