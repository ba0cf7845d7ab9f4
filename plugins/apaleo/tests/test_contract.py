"""The contract of sources, on Apaleo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from plugins.apaleo.tests.there import (
    CHECKED_OUT,
    CONFIRMED,
    FOLIO,
    HOUSE,
    IN_HOUSE,
    allowance,
    answers,
    call,
    changed,
    charge,
    folio,
    message,
    reservation,
)
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

ANA = "email:ana@example.org"
CHECK_IN = Fact(
    "check_in", guest=ANA, property="harbour", occurred_at=datetime(2026, 11, 20, 14, 12, tzinfo=UTC),
    day=date(2026, 11, 20), reservation="QKBLOMFD-1", channel="direct", evidence="recorded",
)  # fmt: skip
STAY = Fact(
    "stay", guest=ANA, property="harbour", arrival=date(2026, 11, 20), day=date(2026, 11, 23), nights=3,
    reservation="QKBLOMFD-1", channel="direct", evidence="recorded",
)  # fmt: skip
NIGHT = Fact(
    "spend", guest=ANA, property="harbour", amount_minor=13_000, currency="EUR", category="room",
    day=date(2026, 11, 20), reservation="QKBLOMFD-1", evidence="recorded",
)  # fmt: skip
BREAKFAST = Fact("spend", guest=ANA, amount_minor=1_850, currency="EUR", category="food", day=date(2026, 11, 21))


class TestContract(Contract):
    folder = Path(__file__).parents[1]
    settings = HOUSE
    other_settings = {**HOUSE, "webhook_password": "seaside-webhook-password"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return call(body, settings)

    def cases(self) -> Sequence[Case]:
        here, gone = reservation(**IN_HOUSE), reservation(**CHECKED_OUT)
        less = allowance(1, "FoodAndBeverages", 10.0, "QKBLOMFD-1-1-C2")
        night = charge(1, "Accommodation", "2026-11-20", 130.0)
        return [
            Case(
                "a stay with its bill",
                [
                    Step(message("Reservation/checked-in"), answers(here)),
                    Step(message("Folio/charge-posted", 2), answers(here, FOLIO)),
                    Step(message("Reservation/checked-out", 3), answers(gone, FOLIO)),
                ],
                [CHECK_IN, STAY, NIGHT, BREAKFAST],
            ),
            Case(
                "a check-in that is undone",
                [
                    Step(message("Reservation/checked-in"), answers(here)),
                    Step(message("Reservation/changed", 2), answers(reservation(**CONFIRMED))),
                ],
            ),
            Case(
                "a breakfast that was not taken",
                [
                    Step(message("Folio/charge-posted"), answers(here, FOLIO)),
                    Step(
                        message("Folio/allowance-posted", 2),
                        answers(here, {**FOLIO, "allowances": [less]}),
                    ),
                ],
                [CHECK_IN, NIGHT, Fact("spend", guest=ANA, amount_minor=850, category="food")],
            ),
            Case(
                "one who never came",
                [
                    Step(
                        message("Reservation/set-to-no-show"),
                        answers(
                            reservation(status="NoShow", noShowTime="2026-11-21T03:00:00+01:00"),
                            folio(charge(1, "NoShow", "2026-11-20", 130.0)),
                        ),
                    )
                ],
            ),
            Case(
                "one whose messages were lost",
                [Step(poll=True, answers=[*answers(gone, folio(night)), *changed([gone], [FOLIO])])],
                [CHECK_IN, STAY, NIGHT],
            ),
        ]
