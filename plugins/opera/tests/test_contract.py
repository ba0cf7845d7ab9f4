"""The contract of sources, on OPERA Cloud's queue of business events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from rewards.sdk.testing import Case, Contract, Fact

from .book import (
    ARRIVES,
    BEN,
    DRINKS,
    HERE,
    LEAVES,
    SETTINGS,
    event,
    folio,
    heaped,
    line,
    reservation,
    step,
)

CHECK_IN = Fact(
    "check_in", guest="card:00412", property="harbour", occurred_at=datetime(2026, 11, 20, 14, 2, 10, tzinfo=UTC),
    evidence="recorded", reservation="919074",
)  # fmt: skip
STAY = Fact(
    "stay", guest="opera:QUAY/687128", property="harbour", arrival=date(2026, 11, 20), day=date(2026, 11, 22),
    nights=2, reservation="919074", channel="direct",
)  # fmt: skip
FIRST_NIGHT = Fact("spend", amount_minor=11_900, currency="EUR", category="room", day=date(2026, 11, 20))
BAR = Fact("spend", guest="card:00412", amount_minor=2_550, category="bar", day=date(2026, 11, 21))
SECOND_NIGHT = Fact("spend", amount_minor=11_900, category="room", day=date(2026, 11, 21))


class TestContract(Contract):
    folder = HERE.parent
    settings: ClassVar[dict[str, Any]] = SETTINGS

    def cases(self) -> Sequence[Case]:
        undone = step([event(4, "REVERSE CHECK IN", "2026-11-20 16:00:00.0")], reservation("DueIn"))
        void = step(
            [event(5, "UPDATE RESERVATION", "2026-11-21 23:00:00.0")],
            reservation("InHouse"),
            folio(
                line(501, "1000", 119.00, "2026-11-20"), line(502, "2010", 25.50), line(505, "2010", 10, quantity=-1)
            ),
        )
        absent = step(
            [event(7, "UPDATE RESERVATION", "2026-11-21 04:00:00.0", status="NO SHOW", reservation="919075")],
            reservation("NoShow", number="919075", guest=BEN),
            number="919075",
        )
        return [
            Case("Ana stays two nights", heaped([ARRIVES, DRINKS, LEAVES]), [
                CHECK_IN, STAY, FIRST_NIGHT, BAR, SECOND_NIGHT,
            ]),
            Case("her check-in is undone", heaped([ARRIVES, undone]), []),
            Case("a part of her bar bill is taken back", heaped([ARRIVES, DRINKS, void]), [
                CHECK_IN, FIRST_NIGHT, Fact("spend", amount_minor=1_550, category="bar"),
            ]),
            Case("Ben does not come", heaped([absent]), []),
        ]  # fmt: skip
