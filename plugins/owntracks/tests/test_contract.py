"""The contract of sources, on reports of OwnTracks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rewards.sdk.testing import Call, Case, Contract, Fact, Step

HERE = Path(__file__).parent
CAME = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def headers(secret: str, user: str = "ana", phone: str = "pixel") -> dict[str, str]:
    """What the app sends with a report of one user."""
    password = hmac.new(secret.encode(), f"owntracks-user.{user}".encode(), hashlib.sha256).hexdigest()[:24]
    code = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {code}", "X-Limit-U": user, "X-Limit-D": phone}


def step(name: str) -> Step:
    return Step((HERE / "payloads" / f"{name}.json").read_bytes(), status=200)


class TestContract(Contract):
    folder = HERE.parent
    settings = {
        "password_secret": "the phones of the Harbour Hotel",
        "identity_kind": "card",
        "guests": {"ana": "00412"},
    }
    other_settings = {**settings, "password_secret": "the phones of the Seaside House"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return Call(body, headers(settings["password_secret"]))

    def cases(self) -> Sequence[Case]:
        harbour = Fact("check_in", guest="card:00412", property="harbour", occurred_at=CAME, evidence="located")
        seaside = Fact("check_in", guest="card:00412", property="seaside", evidence="located")
        steps = {name: step(name) for name in ("enter", "at_the_desk", "leave", "in_town", "enter_again")}
        return [
            Case("Ana comes in", [steps["enter"]], [harbour]),
            Case("Ana comes, goes to town and comes back", list(steps.values()), [harbour]),
            Case("Ana only leaves", [steps["leave"]], []),
            Case("Ana is in town", [steps["in_town"]], []),
            Case("two houses, a day apart", [step("at_seaside"), steps["enter"]], [seaside, harbour]),
            Case("what phones say beside", [step("waypoint"), step("lwt")], []),
        ]
