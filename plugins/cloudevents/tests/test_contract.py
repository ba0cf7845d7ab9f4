"""The contract of sources, on CloudEvents."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from rewards.sdk import Secret, sign_standard_webhook
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

HERE = Path(__file__).parent
STAY = Fact(
    "stay", guest="card:00412", property="harbour", arrival=date(2026, 11, 20), day=date(2026, 11, 22), nights=2,
    amount_minor=23_800, currency="EUR", reservation="R-4711", evidence="recorded",
)  # fmt: skip


def payload(name: str) -> bytes:
    return (HERE / "payloads" / name).read_bytes()


class TestContract(Contract):
    folder = HERE.parent
    settings = {"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
    other_settings = {"signing_secret": "whsec_c2Vhc2lkZSBoYXMgYSBzZWNyZXQgdG9v"}
    tolerance = timedelta(minutes=5)

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        # A sender's id of a delivery stays the same when it is sent again.
        name = "msg_" + hashlib.sha256(body).hexdigest()[:20]
        signed = sign_standard_webhook(Secret(settings["signing_secret"]), name, at, body)
        return Call(body, {**signed, "content-type": "application/cloudevents+json"})

    def cases(self) -> Sequence[Case]:
        return [
            Case("a stay", [Step(payload("stay.json"))], [STAY]),
            Case(
                "a bill, a part of it refunded",
                [Step(payload("spend.json")), Step(payload("refund.json"))],
                [Fact("spend", guest="card:00412", amount_minor=2_550, category="bar")],
            ),
            Case("a stay that was taken back", [Step(payload("stay.json")), Step(payload("void.json"))], []),
        ]
