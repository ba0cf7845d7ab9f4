"""The contract of sources, on check-ins of Swarm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from plugins.foursquare.tests.guests import SETTINGS, VENUE, history, join, payload, said
from rewards.sdk.testing import Case, Contract, Fact, Step
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
            Case("Ana stayed at home", [Step(poll=True, answers=[history(said())])], []),
        ]
