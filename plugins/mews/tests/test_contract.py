"""The contract of sources, on Mews: what a webhook leads to, and what is taken back when the desk corrects itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rewards.sdk.testing import Case, Contract, Fact, Step

from .shapes import (
    ANA,
    BAR,
    SETTINGS,
    R,
    bills,
    customers,
    items,
    line,
    paid,
    payment,
    payments,
    processed,
    rebate,
    reservation,
    reservations,
    started,
    told,
)

GUEST = f"pms:mews:{ANA}"
CHECK_IN = Fact(
    "check_in", guest=GUEST, property="harbour", occurred_at=datetime(2026, 11, 20, 15, 1, tzinfo=UTC),
    evidence="recorded", reservation="4711",
)  # fmt: skip
STAY = Fact(
    "stay", guest=GUEST, property="harbour", arrival=date(2026, 11, 20), day=date(2026, 11, 22), nights=2,
    reservation="4711", channel="direct", evidence="recorded",
)  # fmt: skip
ROOM = Fact("spend", guest=GUEST, amount_minor=23_800, currency="EUR", category="room", reservation="4711")
FOLIO = (
    line("night-1", "SpaceOrder", 119), line("night-2", "SpaceOrder", 119), line("tax", "CityTax", 7.5),
    line("wine", "ProductOrder", 18.5, ServiceId=BAR),
)  # fmt: skip
NOBODY = items()
BOOKED = told(reservations(reservation()), NOBODY, customers())
CAME = told(reservations(started()), NOBODY, customers())
LEFT = told(reservations(processed()), items(*FOLIO), customers())


def bar(minor: int) -> Fact:
    return Fact("spend", guest=GUEST, amount_minor=minor, category="bar")


class TestContract(Contract):
    folder = Path(__file__).parents[1]
    settings: Mapping[str, Any] = SETTINGS
    other_settings = None
    free = ("Events.0.Discriminator",)

    def cases(self) -> Sequence[Case]:
        canceled = {"CancelledUtc": "2026-11-21T00:10:00Z", "updated": "2026-11-21T00:10:00Z"}
        no_show = reservation("Canceled", CancellationReason="NoShow", **canceled)
        undone = reservation(updated="2026-11-20T15:10:00Z")
        answers = (reservations(processed()), items(*FOLIO), customers())
        with_rebate = (*FOLIO, rebate("less", "wine", -8.5))
        return [
            Case("Ana books, comes and leaves", [BOOKED, CAME, LEFT], [CHECK_IN, STAY, ROOM, bar(1_850)]),
            Case("a check-in that was undone", [CAME, told(reservations(undone))], []),
            Case("a booking that was cancelled", [BOOKED, told(reservations(reservation("Canceled", **canceled)))], []),
            Case("a no-show", [BOOKED, told(reservations(no_show))], []),
            Case(
                "a part of the wine is taken off when the bill is closed already",
                [LEFT, told(items(*with_rebate))],
                [CHECK_IN, STAY, ROOM, bar(1_000)],
            ),
            Case(
                "the webhook was lost; a look for changes finds the stay and the invoice that was paid",
                [Step(poll=True, answers=[*answers, payments(payment()), bills(paid())])],
                [CHECK_IN, STAY, ROOM, bar(1_850), Fact("payment", guest=GUEST, property="harbour", on_time=True)],
            ),
            Case("a message about something that is not there", [told(reservations(), items(), orders=[R, "x-1"])], []),
        ]
