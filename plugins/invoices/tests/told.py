"""Invoices as accounting systems and Stripe tell of them, and their signature."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from rewards.sdk import hmac_hex
from rewards.sdk.testing import Call

PAYLOADS = Path(__file__).parent / "payloads"
SETTINGS = {"signing_secret": "of the harbour's books"}
STRIPE = {"signing_secret": "whsec_of_the_harbour", "sender": "stripe"}
DUE = 1_795_215_599
"""When Ana's invoice is due at Stripe: the last second of 20 November 2026 in Rotterdam."""
HOUR = 3_600


def said(as_of: str, **changes: Any) -> dict[str, Any]:
    """Ana's invoice of 1,250.50, due on 20 November, as it stood; not paid unless `changes` say so."""
    found: dict[str, Any] = json.loads((PAYLOADS / "accounts.json").read_bytes())["invoices"][0]
    for name in ("paid", "open"):
        del found[name]
    return {**found, "as_of": as_of, **changes}


def books(*invoices: dict[str, Any]) -> bytes:
    return json.dumps({"invoices": invoices}).encode()


def stripe(kind: str, status: str, at: int, paid_at: int | None = None, **changes: Any) -> bytes:
    """An event of Stripe about Ana's invoice; its id follows from what it says."""
    invoice: dict[str, Any] = json.loads((PAYLOADS / "stripe_invoice.json").read_bytes())
    moments = {**invoice["status_transitions"], "paid_at": paid_at}
    told = json.loads((PAYLOADS / "stripe_event.json").read_bytes())
    told |= {"type": kind, "created": at}
    told["data"]["object"] = {**invoice, "status": status, "status_transitions": moments, **changes}
    told["id"] = "evt_" + hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]
    return json.dumps(told).encode()


def signed(body: bytes, secret: str, at: datetime, *, header: str = "X-Signature", kind: str = "") -> Call:
    stamp = str(int(at.timestamp()))
    signature = hmac_hex(secret, stamp.encode() + b"." + body)
    return Call(body, {header: f"t={stamp},v1={signature}", "content-type": kind or "application/json"})
