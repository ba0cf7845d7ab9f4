"""The contract of sources, on Stripe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from plugins.stripe.tests.told import PAID, SETTINGS, dispute, event, paid, refund, refunded, signed, thing
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

DINNER = {
    "kind": "spend", "guest": "card:00412", "property": "harbour", "currency": "EUR", "reservation": "R-4711",
    "category": "restaurant", "evidence": "recorded", "day": date(2026, 11, 24),
    "occurred_at": datetime.fromtimestamp(PAID, UTC),
}  # fmt: skip


def steps(*bodies: bytes) -> list[Step]:
    return [Step(body) for body in bodies]


class TestContract(Contract):
    folder = Path(__file__).parents[1]
    settings = SETTINGS
    other_settings = {**SETTINGS, "signing_secret": "whsec_of_the_seaside"}
    tolerance = timedelta(minutes=5)

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return signed(body, settings["signing_secret"], at)

    def cases(self) -> Sequence[Case]:
        return [
            Case("Ana's dinner", steps(paid()), [Fact(**DINNER, amount_minor=12_000)]),
            Case(
                "refunded in two parts, as Stripe tells it",
                steps(
                    paid(),
                    refund(),
                    refunded(3_000),
                    refund(at=PAID + 900, id="re_2", amount=1_500),
                    refunded(4_500, at=PAID + 900),
                ),
                [Fact(**DINNER, amount_minor=7_500)],
            ),
            Case("refunded whole", steps(paid(), refund(amount=12_000), refunded(12_000, refunded=True)), []),
            Case(
                "a refund that fails",
                steps(
                    paid(),
                    refund(status="pending"),
                    refund("updated", at=PAID + 650, status="succeeded"),
                    refund("failed", at=PAID + 900, status="failed", failure_reason="expired_or_canceled_card"),
                ),
                [Fact(**DINNER, amount_minor=12_000)],
            ),
            Case(
                "a refund of which only the charge tells",
                steps(paid(), refunded(2_000)),
                [Fact(**DINNER, amount_minor=10_000)],
            ),
            Case(
                "a dispute that is open, after a refund in part",
                steps(paid(), refund(), dispute("created", "needs_response")),
                [Fact(**DINNER, amount_minor=9_000, withheld="disputed")],
            ),
            Case(
                "a dispute that is won",
                steps(
                    paid(),
                    dispute("created", "needs_response"),
                    dispute("updated", "under_review", PAID + 800),
                    dispute("closed", "won", PAID + 900),
                ),
                [Fact(**DINNER, amount_minor=12_000)],
            ),
            Case(
                "a dispute that is lost",
                steps(paid(), dispute("created", "needs_response"), dispute("closed", "lost", PAID + 900)),
                [],
            ),
            Case("a payment that tells nothing here", steps(event("charge.succeeded", thing("charge"))), []),
        ]
