"""The contract, kept by a thin source and by one with own addresses; both live in the tests only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, ClassVar

from rewards.sdk.testing import Call, Case, Contract, Fact, Recorded, Step

PLUGINS = Path(__file__).parent / "plugins"


def reservation(status: str, name: str = "R1", **more: str) -> Recorded:
    """The reservation as the PMS shows it."""
    body = {
        "status": status, "guest": "G-77", "house": "H1", "arrival": "2026-11-20", "departure": "2026-11-22",
        "checked_in_at": "2026-11-20T15:10:00+01:00", "adults": 2, **more,
    }  # fmt: skip
    return Recorded("GET", f"/reservations/{name}", body=json.dumps(body).encode())


def changed(at: str, name: str = "R1") -> bytes:
    return json.dumps({"changed": [{"id": name, "at": at}]}).encode()


TOKEN = Recorded("POST", "/token", body=b'{"access_token": "t0", "expires_in": 600}')
IN = Fact("check_in", guest="pms:G-77", property="harbour", day=date(2026, 11, 20))
STAY = Fact("stay", guest="pms:G-77", property="harbour", nights=2, day=date(2026, 11, 22))


class TestToyPms(Contract):
    folder = PLUGINS / "toy_pms"
    settings: ClassVar[Mapping[str, Any]] = {"secret": "harbour-secret", "houses": {"H1": "harbour"}}
    other_settings: ClassVar[Mapping[str, Any]] = {"secret": "seaside-secret", "houses": {"H1": "harbour"}}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return Call(body, {"X-Toy-Secret": settings["secret"]})

    def cases(self) -> Sequence[Case]:
        came = Step(changed("t1"), [TOKEN, reservation("InHouse")])
        return [
            Case("a guest in house", [came], [IN]),
            Case("a stay that is over", [came, Step(changed("t2"), [reservation("CheckedOut")])], [STAY]),
            Case("a check-in that was undone", [came, Step(changed("t2"), [reservation("Confirmed")])], []),
            Case(
                "undone, and done again",
                [came, Step(changed("t2"), [reservation("Confirmed")]), Step(changed("t3"), [reservation("InHouse")])],
                [IN],
            ),
            Case("a reservation that is gone", [came, Step(changed("t2"), [GONE])], []),
            Case(
                "what the queue hands out",
                [Step(poll=True, answers=[*QUEUE, TOKEN, reservation("CheckedOut")])],
                [STAY],
            ),
        ]


GONE = Recorded("GET", "/reservations/R1", 404, b"{}")
QUEUE = (
    Recorded("GET", "/queue", body=b'{"changed": [], "next": "1", "more": false}', params={"after": "1"}),
    Recorded("GET", "/queue", body=b'{"changed": [{"id": "R1", "at": "q1"}], "next": "1"}', params={"after": "0"}),
)

BILL = {"card": "00412", "check": "C-1", "house": "harbour", "paid_at": "2026-11-23T20:10:00Z", "cents": 4_250}


class TestToyTill(Contract):
    folder = PLUGINS / "toy_till"
    settings: ClassVar[Mapping[str, Any]] = {"token": "harbour-token"}
    other_settings: ClassVar[Mapping[str, Any]] = {"token": "seaside-token"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        name = hashlib.sha256(body).hexdigest()[:20]
        return Call(body, {"Authorization": f"Bearer {settings['token']}", "Toy-Transaction-Id": name})

    def cases(self) -> Sequence[Case]:
        paid = Step(json.dumps(BILL).encode(), path="/loyalty")
        nobody = Step(json.dumps({**BILL, "card": None, "check": "C-2"}).encode(), path="/loyalty")
        spend = Fact("spend", guest="card:00412", property="harbour", amount_minor=4_250)
        return [
            Case("a bill", [paid], [spend]),
            Case("a bill of nobody", [nobody], []),
        ]
