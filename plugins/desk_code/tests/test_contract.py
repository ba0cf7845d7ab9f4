"""The contract of sources, on the code at the desk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from rewards.sdk.testing import Call, Case, Contract, Fact, House, Step
from rewards.sdk.testing.house import NOON
from rewards.storage.sources import ConnectionRow

from .people import ANA, BEN, SECRET, code, guests, ticket

PATH = "/check-in/harbour"


def wish(**said: str) -> bytes:
    return json.dumps({"code": "CODE", **said}).encode()


def fact(guest: str, evidence: str) -> Fact:
    return Fact("check_in", guest=guest, property="harbour", day=date(2026, 11, 24), evidence=evidence)


class TestContract(Contract):
    folder = Path(__file__).parents[1]
    settings = SECRET
    other_settings = {"secret": "seaside secret of 2026, long enough"}
    # Halfway through a step: the step before and the one after are accepted, and nothing beyond.
    now = NOON + timedelta(seconds=14.5)
    tolerance = timedelta(seconds=44.5)
    free = ("from_page",)

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        headers: dict[str, str] = {"Content-Type": "application/json"}
        for name, guest in (("ANA", ANA), ("BEN", BEN)):
            if f'"{name}"'.encode() in body:
                # Of now, so that the code alone is what is too old.
                headers |= ticket(settings, self.now, guest)
        return Call(body.replace(b"CODE", code(settings, at).encode()), headers)

    def fresh(self, house: House, case: Case | None = None) -> ConnectionRow:
        guests(house)
        return super().fresh(house, case)

    def cases(self) -> Sequence[Case]:
        ana, ben = Step(wish(from_page="ANA"), path=PATH), Step(wish(from_page="BEN"), path=PATH)
        typed = Step(wish(guest="00412"), path=PATH)
        return [
            Case("Ana sends the code from her own page", [ana], [fact("card:00412", "witnessed")]),
            Case("Ben's number is typed", [Step(wish(guest="00977"), path=PATH)], [fact("card:00977", "claimed")]),
            Case("typed first, then from her own page", [typed, ana], [fact("card:00412", "witnessed")]),
            Case(
                "Ana and Ben read the same screen",
                [ana, ben, typed],
                [fact("card:00412", "witnessed"), fact("card:00977", "witnessed")],
            ),
        ]
