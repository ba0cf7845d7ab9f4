"""Square's events as they look on the wire, and their signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewards.sdk import hmac_base64
from rewards.sdk.testing import Call

PAYLOADS = Path(__file__).parent / "payloads"
ADDRESS = "https://rewards.harbour.example/v1/sources/square/registered"
SETTINGS = {
    "signature_key": "Ibxx_of_the_harbour",
    "notification_url": ADDRESS,
    "locations": {"LHARBOURBAR01": "harbour", "LSEASIDE01": "seaside"},
    "category": "bar",
}


def thing(name: str, **changes: Any) -> dict[str, Any]:
    """A payment, refund or dispute, with other values for some fields."""
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    return {**found, **changes}


def event(kind: str, said: Mapping[str, Any], what: str = "") -> bytes:
    """An event of a kind about a thing; its id follows from what it says."""
    name = what or kind.partition(".")[0]
    told = thing("event", type=kind, data={"type": name, "id": said.get("id"), "object": {name: said}})
    told["event_id"] = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
    return json.dumps(told).encode()


def eur(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": "EUR"}


def at(minute: int) -> str:
    return f"2026-11-24T10:{minute:02}:00.000Z"


def approved() -> bytes:
    return event("payment.created", thing("payment", status="APPROVED", updated_at=at(17)))


def paid(minute: int = 19, **changes: Any) -> bytes:
    return event("payment.updated", thing("payment", **{"updated_at": at(minute), **changes}))


def refund(status: str, minute: int, version: int, name: str = "re_1", cents: int = 2_000, **changes: Any) -> bytes:
    kind = "refund.created" if status == "PENDING" else "refund.updated"
    said = {"status": status, "updated_at": at(minute), "version": version, "amount_money": eur(cents), "id": name}
    return event(kind, thing("refund", **{**said, **changes}))


def dispute(state: str, minute: int, version: int, cents: int = 5_600) -> bytes:
    kind = "dispute.created" if version == 1 else "dispute.state.updated"
    said = {"state": state, "updated_at": at(minute), "version": version, "amount_money": eur(cents)}
    return event(kind, thing("dispute", **said))


def signed(body: bytes, key: str, address: str = ADDRESS) -> Call:
    signature = hmac_base64(key, address.encode() + body)
    return Call(body, {"x-square-hmacsha256-signature": signature, "content-type": "application/json"})
