"""Apaleo as the tests know it: what it sends and answers about Ana's stay at Harbour Hotel, in the shape of its API."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rewards.sdk.testing import Call, Recorded

PAYLOADS = Path(__file__).parent / "payloads"
HOUSE = {
    "properties": {"RTM": "harbour", "BTN": "seaside"},
    "client_id": "HRBR-SP-REWARDS",
    "client_secret": "harbour-client-secret",
    "room_classes": {"RTM-SUP": "superior"},
    "webhook_user": "apaleo",
    "webhook_password": "harbour-webhook-password",
}
RESERVATION: dict[str, Any] = json.loads((PAYLOADS / "reservation.json").read_bytes())
FOLIO: dict[str, Any] = json.loads((PAYLOADS / "folio.json").read_bytes())
MESSAGE: dict[str, Any] = json.loads((PAYLOADS / "message.json").read_bytes())
TOKEN = Recorded("POST", "/connect/token", body=b'{"access_token":"t-1","expires_in":3600,"token_type":"Bearer"}')
CONFIRMED: dict[str, Any] = {"status": "Confirmed", "modified": "2026-11-20T14:30:00Z"}
IN_HOUSE = {"status": "InHouse", "checkInTime": "2026-11-20T15:12:00+01:00", "modified": "2026-11-20T14:12:00Z"}
CHECKED_OUT = {
    **IN_HOUSE, "status": "CheckedOut", "checkOutTime": "2026-11-23T10:41:00+01:00", "modified": "2026-11-23T09:41:00Z",
}  # fmt: skip


def call(body: bytes, settings: Mapping[str, Any]) -> Call:
    """A message as Apaleo sends it, to an address with a user and a password in it."""
    code = base64.b64encode(f"{settings['webhook_user']}:{settings['webhook_password']}".encode()).decode()
    return Call(body, {"Authorization": f"Basic {code}", "Content-Type": "application/json"})


def message(said: str, number: int = 1, **changes: Any) -> bytes:
    """A message `Topic/type`; each number is an event of its own."""
    topic, _, kind = said.partition("/")
    entity = "QKBLOMFD-1-1" if topic.lower() == "folio" else "QKBLOMFD-1"
    event = f"8f4f0f7e-5a0b-4a2e-9d53-{number:012d}"
    body = {**MESSAGE, "topic": topic, "type": kind, "id": event, "data": {"entityId": entity}, **changes}
    return json.dumps(body).encode()


def reservation(**changes: Any) -> dict[str, Any]:
    """Ana's reservation, changed."""
    return {**copy.deepcopy(RESERVATION), **changes}


def charge(number: int, kind: str, day: str, gross: float, **changes: Any) -> dict[str, Any]:
    """A posted charge of the folio `QKBLOMFD-1-1`."""
    return {
        **copy.deepcopy(FOLIO["charges"][0]), "id": f"QKBLOMFD-1-1-C{number}", "serviceType": kind, "serviceDate": day,
        "amount": {**FOLIO["charges"][0]["amount"], "grossAmount": gross}, **changes,
    }  # fmt: skip


def allowance(number: int, kind: str, gross: float, source: str | None = None, **changes: Any) -> dict[str, Any]:
    """An allowance, on a charge or on the folio."""
    return {
        "id": f"QKBLOMFD-1-1-A{number}", "amount": {**FOLIO["charges"][0]["amount"], "grossAmount": gross},
        "reason": "Not as it should have been", "serviceType": kind, "serviceDate": "2026-11-22",
        "created": "2026-11-22T12:00:00Z", "sourceChargeId": source, **changes,
    }  # fmt: skip


def folio(*charges: Mapping[str, Any], allowances: Sequence[Mapping[str, Any]] = (), **changes: Any) -> dict[str, Any]:
    """Ana's folio with these lines."""
    return {**copy.deepcopy(FOLIO), "charges": list(charges), "allowances": list(allowances), **changes}


def answers(booked: Mapping[str, Any], *folios: Mapping[str, Any]) -> list[Recorded]:
    """What Apaleo answers about a reservation and its folios."""
    listed = {"folios": [{"id": one["id"], "updated": one["updated"]} for one in folios], "count": len(folios)}
    said = json.dumps(listed).encode() if folios else b""
    return [
        TOKEN,
        Recorded("GET", f"/booking/v1/reservations/{booked['id']}", body=json.dumps(booked).encode()),
        Recorded(
            "GET", "/finance/v1/folios", 200 if folios else 204, said, params={"reservationIds": str(booked["id"])}
        ),
        *(Recorded("GET", f"/finance/v1/folios/{one['id']}", body=json.dumps(one).encode()) for one in folios),
    ]


def changed(reservations: Sequence[Mapping[str, Any]], folios: Sequence[Mapping[str, Any]] = ()) -> list[Recorded]:
    """What Apaleo answers to a poll: what has changed."""
    some = [{"id": one["id"], "modified": one["modified"], "status": one["status"]} for one in reservations]
    bills = [{"id": one["id"], "updated": one["updated"]} for one in folios]
    return [
        TOKEN,
        Recorded(
            "GET", "/booking/v1/reservations", 200 if some else 204,
            json.dumps({"reservations": some, "count": len(some)}).encode() if some else b"",
            params={"dateFilter": "Modification", "pageNumber": "1"},
        ),
        Recorded(
            "GET", "/finance/v1/folios", 200 if bills else 204,
            json.dumps({"folios": bills, "count": len(bills)}).encode() if bills else b"",
            params={"pageNumber": "1"},
        ),
    ]  # fmt: skip
