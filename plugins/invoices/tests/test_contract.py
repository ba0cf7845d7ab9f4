"""The contract of sources, on invoices of an accounting system in JSON and CSV, and of Stripe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from plugins.invoices.tests.told import DUE, HOUR, PAYLOADS, SETTINGS, STRIPE, books, said, signed, stripe
from rewards.sdk.testing import Call, Case, Contract, Fact, Step

ANA = {
    "kind": "payment", "guest": "card:00412", "property": "harbour", "currency": "EUR", "evidence": "recorded",
    "amount_minor": 125_050, "reservation": "R-4711",
}  # fmt: skip
IN_TIME = Fact(**ANA, day=date(2026, 11, 19), on_time=True)
ON_THE_DAY = Fact(**ANA, day=date(2026, 11, 20), on_time=True)
LATE = Fact(**ANA, day=date(2026, 11, 21), on_time=False)


def steps(*bodies: bytes) -> list[Step]:
    return [Step(body) for body in bodies]


class TestAccounts(Contract):
    folder = Path(__file__).parents[1]
    settings = SETTINGS
    other_settings = {"signing_secret": "of the seaside's books"}
    tolerance = timedelta(minutes=5)

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return signed(body, settings["signing_secret"], at)

    def cases(self) -> Sequence[Case]:
        open_, late = said("2026-11-19T09:00:00Z"), said("2026-11-21T06:00:00Z")
        paid = said("2026-11-20T12:00:00Z", paid="2026-11-19")
        again = {**paid, "as_of": late["as_of"]}
        return [
            Case("paid before it was due", steps((PAYLOADS / "accounts.json").read_bytes()), [IN_TIME]),
            Case("open, then paid, then told again", steps(books(open_), books(paid), books(again)), [IN_TIME]),
            Case("not paid when it was due", steps(books(open_), books(late)), [LATE]),
            Case(
                "late, told every night, and paid at last",
                steps(
                    books(late),
                    books(said("2026-11-22T06:00:00Z")),
                    books(said("2026-11-23T06:00:00Z", paid="2026-11-22")),
                ),
                [LATE],
            ),
            Case(
                "paid in two parts, the last in time",
                steps(
                    books(said("2026-11-18T06:00:00Z", paid="2026-11-17", open=250.5)),
                    books(said("2026-11-21T06:00:00Z", paid="2026-11-20", open=0)),
                ),
                [ON_THE_DAY],
            ),
            Case(
                "paid in two parts, the last too late",
                steps(
                    books(said("2026-11-18T06:00:00Z", paid="2026-11-17", open=250.5)),
                    books(said("2026-11-23T06:00:00Z", paid="2026-11-21", open=0)),
                ),
                [LATE],
            ),
            Case("void after all", steps(books(paid), books({**late, "void": True})), []),
        ]  # fmt: skip


class TestCsv(TestAccounts):
    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return signed(body, settings["signing_secret"], at, kind="text/csv")

    def cases(self) -> Sequence[Case]:
        ben = {"guest": "card:00777", "amount_minor": 8_000, "on_time": False, "day": date(2026, 11, 21)}
        ana = Fact(**{**ANA, "reservation": None}, day=date(2026, 11, 19), on_time=True)
        return [
            Case("a night's export", steps((PAYLOADS / "accounts.csv").read_bytes()), [ana, Fact("payment", **ben)]),
        ]


class TestStripe(TestAccounts):
    settings = STRIPE
    other_settings = {**STRIPE, "signing_secret": "whsec_of_the_seaside"}

    def call(self, body: bytes, settings: Mapping[str, Any], at: datetime) -> Call:
        return signed(body, settings["signing_secret"], at, header="Stripe-Signature")

    def cases(self) -> Sequence[Case]:
        sent = stripe("invoice.finalized", "open", DUE - 99 * HOUR)
        paid = stripe("invoice.paid", "paid", DUE - 1, DUE - 1)
        overdue = stripe("invoice.overdue", "open", DUE + HOUR)
        return [
            Case("sent, and paid in its last second", steps(sent, paid), [ON_THE_DAY]),
            Case(
                "a payment that fails, then one that does not",
                steps(sent, stripe("invoice.payment_failed", "open", DUE - 9 * HOUR), paid),
                [ON_THE_DAY],
            ),
            Case("overdue", steps(sent, overdue), [LATE]),
            Case(
                "overdue, given up, and paid at last",
                steps(
                    overdue,
                    stripe("invoice.marked_uncollectible", "uncollectible", DUE + 20 * HOUR),
                    stripe("invoice.paid", "paid", DUE + 40 * HOUR, DUE + 40 * HOUR),
                ),
                [LATE],
            ),
            Case("void", steps(sent, stripe("invoice.voided", "void", DUE + HOUR)), []),
        ]
