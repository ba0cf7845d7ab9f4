"""The contract of sources, on positions of phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rewards.sdk import TICKET_LIFE, Identity, Secret, guest_ticket
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

HERE = Path(__file__).parent
ANA = Identity("card", "00412")
CAME = datetime(2026, 11, 24, 11, 59, 30, tzinfo=UTC)


def step(name: str) -> Step:
    return Step((HERE / "payloads" / f"{name}.json").read_bytes())


class TestContract(Contract):
    folder = HERE.parent
    settings = {"page_secret": "the page of the Harbour Hotel"}
    other_settings = {"page_secret": "the page of the Seaside House"}
    tolerance = TICKET_LIFE

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        ticket = guest_ticket(Secret(settings["page_secret"]), ANA, at)
        return Call(body, {"Authorization": f"Bearer {ticket}"}, path="/position")

    def cases(self) -> Sequence[Case]:
        harbour = Fact("check_in", guest="card:00412", property="harbour", occurred_at=CAME, evidence="located")
        seaside = Fact("check_in", guest="card:00412", property="seaside", evidence="located")
        return [
            Case("Ana stands at the desk", [step("at_the_desk")], [harbour]),
            Case("Ana tries again in her room", [step("at_the_desk"), step("later")], [harbour]),
            Case("Ana is at the station still", [step("at_the_station")], []),
            Case("the phone hardly knows where it is", [step("indoors")], []),
            Case("two houses in a day", [step("at_seaside"), step("at_the_desk")], [seaside, harbour]),
        ]
