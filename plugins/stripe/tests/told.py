"""Stripe's events as they look on the wire, and their signature."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call

PAYLOADS = Path(__file__).parent / "payloads"
SETTINGS = {"signing_secret": "whsec_of_the_harbour", "houses": {"HH": "harbour", "SH": "seaside"}}
PAID = 1_795_520_000
"""When Ana's dinner was paid: 2026-11-24 11:33:20 UTC."""


def thing(name: str, **changes: Any) -> dict[str, Any]:
    """A payment_intent, charge, refund or dispute, with other values for some fields."""
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    return {**found, **changes}


def event(kind: str, said: Mapping[str, Any], at: int = PAID, **changes: Any) -> bytes:
    """An event of a kind about a thing; its id follows from what it says."""
    told = thing("event", type=kind, data={"object": said}, created=at, **changes)
    told["id"] = "evt_" + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]
    return json.dumps(told).encode()


def paid(at: int = PAID, **changes: Any) -> bytes:
    return event("payment_intent.succeeded", thing("payment_intent", **changes), at)


def refund(kind: str = "created", at: int = PAID + 600, **changes: Any) -> bytes:
    return event(f"refund.{kind}", thing("refund", **{"created": at, **changes}), at)


def dispute(kind: str, status: str, at: int = PAID + 700, **changes: Any) -> bytes:
    return event(f"charge.dispute.{kind}", thing("dispute", status=status, **changes), at)


def refunded(total: int, at: int = PAID + 600, **changes: Any) -> bytes:
    return event("charge.refunded", thing("charge", amount_refunded=total, **changes), at)


def signed(body: bytes, secret: str, at: datetime) -> Call:
    stamp = str(int(at.timestamp()))
    signature = hmac_hex(secret, stamp.encode() + b"." + body)
    return Call(body, {"Stripe-Signature": f"t={stamp},v1={signature}", "content-type": "application/json"})
