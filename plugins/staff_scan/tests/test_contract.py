"""The contract of sources, on scans by staff."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rewards.sdk.testing import Call, Case, Contract, Fact, House, Step
from rewards.sdk.testing.house import NOON
from rewards.storage.sources import ConnectionRow

from .people import bearing, furnish


def scan(text: str, house: str = "harbour") -> Step:
    return Step(json.dumps({"scanned": text}).encode(), path=f"/scan/{house}")


def undo(guest: str) -> Step:
    name = f"harbour/gst_{guest}/{int(NOON.timestamp()) * 1_000}"
    return Step(json.dumps({"scan": name}).encode(), path="/undo/harbour")


def fact(guest: str) -> Fact:
    return Fact("check_in", guest=guest, property="harbour", day=date(2026, 11, 24), evidence="witnessed")


class TestContract(Contract):
    folder = Path(__file__).parents[1]
    settings: Mapping[str, Any] = {"kinds": "card,pms"}
    other_settings = {"key": "seaside"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return Call(body, bearing(settings.get("key", "harbour")))

    def fresh(self, house: House, case: Case | None = None) -> ConnectionRow:
        furnish(house)
        return super().fresh(house, case)

    def cases(self) -> Sequence[Case]:
        return [
            Case("Ana's card is scanned", [scan("00412")], [fact("card:00412")]),
            Case("scanned and typed", [scan("00412"), scan("card:00412"), scan("0 04-12")], [fact("card:00412")]),
            Case("Ana and Ben", [scan("00412"), scan("card:00977")], [fact("card:00412"), fact("card:00977")]),
            Case("the wrong guest", [scan("00412"), undo("ana")], []),
        ]
