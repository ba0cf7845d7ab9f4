"""The contract of sources, on check-ins of Swarm."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from plugins.foursquare.tests.guests import SETTINGS, VENUE, checkin, form, history, join, payload, pushed, said
from rewards.sdk.testing import Call, Case, Contract, Fact, Step
from rewards.sdk.testing.house import House
from rewards.storage.sources import ConnectionRow

HERE = Path(__file__).parent
AT_THE_HOUSE = Fact(
    "check_in", guest="foursquare:10000001", property="harbour", day=date(2026, 11, 20), place_id=VENUE,
    occurred_at=datetime(2026, 11, 20, 18, 5, 9, tzinfo=UTC), evidence="located", category="Hotel",
)  # fmt: skip
AT_THE_CAFE = Fact("check_in", guest="card:00412", place_id="4bcafe000000000000000009", evidence="located")


class TestContract(Contract):
    folder = HERE.parent
    settings = SETTINGS
    other_settings = {**SETTINGS, "push_secret": "SEASIDE-PUSH"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        """A push as a form; what is no object of JSON is sent as it is, with the secret before it."""
        try:
            push = json.loads(body)
        except (ValueError, RecursionError):
            push = None
        if isinstance(push, dict):
            return pushed(form(push, settings["push_secret"]))
        return pushed(b"secret=" + settings["push_secret"].encode() + b"&checkin=" + body)

    def fresh(self, house: House, case: Case | None = None) -> ConnectionRow:
        """Ana is connected."""
        connection = super().fresh(house, case)
        join(house, connection)
        return connection

    def cases(self) -> Sequence[Case]:
        return [
            Case(
                "Ana is at the hotel and in the café",
                [Step(poll=True, answers=[history(payload("history.json"))])],
                [AT_THE_HOUSE, AT_THE_CAFE],
            ),
            Case(
                "Ana's check-in is pushed and then listed",
                [
                    Step(payload("push.json"), [checkin(payload("checkin.json"))]),
                    Step(poll=True, answers=[history(payload("history.json"))]),
                ],
                [AT_THE_HOUSE, AT_THE_CAFE],
            ),
            Case(
                "Ana's check-in is pushed",
                [Step(payload("push.json"), [checkin(payload("checkin.json"))])],
                [AT_THE_HOUSE],
            ),
            Case(
                "Ben, who has not connected, is at the hotel",
                [Step(payload("push_ben.json"))],
                [Fact("check_in", guest="foursquare:10000002", property="harbour", evidence="claimed")],
            ),
            Case("Ana stayed at home", [Step(poll=True, answers=[history(said())])], []),
        ]
