"""The contract of sources, on Square."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from plugins.square.tests.told import SETTINGS, approved, dispute, eur, paid, refund, signed
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

DRINKS = {
    "kind": "spend", "guest": "card:00412", "property": "harbour", "currency": "EUR", "category": "bar",
    "evidence": "recorded", "day": date(2026, 11, 24),
    "occurred_at": datetime(2026, 11, 24, 10, 19, 0, 832_000, UTC),
}  # fmt: skip


def steps(*bodies: bytes) -> list[Step]:
    return [Step(body) for body in bodies]


class TestContract(Contract):
    folder = Path(__file__).parents[1]
    settings = SETTINGS
    other_settings = {**SETTINGS, "signature_key": "Ibxx_of_the_seaside"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return signed(body, settings["signature_key"])

    def cases(self) -> Sequence[Case]:
        return [
            Case("Ana's drinks, told twice", steps(approved(), paid()), [Fact(**DRINKS, amount_minor=5_000)]),
            Case(
                "refunded in two parts, as Square tells it",
                steps(
                    paid(),
                    refund("PENDING", 40, 3),
                    refund("COMPLETED", 45, 7),
                    paid(46, refunded_money=eur(2_000), refund_ids=["re_1"]),
                    refund("COMPLETED", 50, 4, "re_2", 500),
                ),
                [Fact(**DRINKS, amount_minor=2_500)],
            ),
            Case("refunded whole, with the tip", steps(paid(), refund("COMPLETED", 40, 5, cents=5_600)), []),
            Case(
                "a refund that is rejected",
                steps(paid(), refund("PENDING", 40, 3), refund("REJECTED", 45, 7)),
                [Fact(**DRINKS, amount_minor=5_000)],
            ),
            Case(
                "a refund that fails after all",
                steps(paid(), refund("COMPLETED", 40, 3), refund("FAILED", 45, 7)),
                [Fact(**DRINKS, amount_minor=5_000)],
            ),
            Case(
                "a refund of which only the payment tells",
                steps(paid(), paid(46, refunded_money=eur(2_000), refund_ids=["re_9"])),
                [Fact(**DRINKS, amount_minor=3_000)],
            ),
            Case(
                "a dispute that is open",
                steps(paid(), dispute("EVIDENCE_REQUIRED", 50, 1)),
                [Fact(**DRINKS, amount_minor=5_000, withheld="disputed")],
            ),
            Case(
                "a dispute that is won",
                steps(paid(), dispute("EVIDENCE_REQUIRED", 50, 1), dispute("PROCESSING", 51, 4), dispute("WON", 52, 6)),
                [Fact(**DRINKS, amount_minor=5_000)],
            ),
            Case(
                "a dispute that the hotel accepts",
                steps(paid(), dispute("EVIDENCE_REQUIRED", 50, 1), dispute("ACCEPTED", 51, 4)),
                [],
            ),
            Case("a payment that is cancelled", steps(approved(), paid(30, status="CANCELED")), []),
        ]
