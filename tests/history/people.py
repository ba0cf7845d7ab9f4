"""Two hotels, a guest named Ana, and short ways to say what she did."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from rewards.clock import US_PER_SECOND, hotel_day, to_us
from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.domain.property import Property
from rewards.history.answers import GuestHistory
from rewards.history.coverage import OUTSIDE
from rewards.history.digest import build
from rewards.history.exchange import Rates
from rewards.history.standpoint import HotelGroup, Standpoint, stand
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.nodes import Measure

HARBOUR = Property(
    "harbour", "Harbour Hotel", "Grand", "Rotterdam", "NL", "Europe/Amsterdam", "EUR", ("standard", "superior")
)
GARDEN = Property("garden", "Garden Hotel", "Grand", "Gent", "BE", "Europe/Brussels", "EUR", ("standard",))
SAKURA = Property("sakura", "Sakura Hotel", "Budget", "Tokyo", "JP", "Asia/Tokyo", "JPY", rollover_hour=5)
LIBERTY = Property("liberty", "Liberty Hotel", "Budget", "New York", "US", "America/New_York", "USD", rollover_hour=3)
PROPERTIES = {prop.code: prop for prop in (HARBOUR, GARDEN, SAKURA, LIBERTY)}

ANA = "gst_ana"
_numbers = count(1)


def activity(
    kind: Kind, at: datetime, *, prop: Property | None = HARBOUR, day: date | None = None, **more: Any
) -> Activity:
    """One fact about Ana, recorded a minute after it happened, with a key of its own."""
    number = next(_numbers)
    if day is None:
        zone, rollover = (prop or HARBOUR).zone_info(), (prop or HARBOUR).rollover_hour
        day = hotel_day(to_us(at), zone, rollover)
    fields: dict[str, Any] = {
        "id": f"act_{number:06}",
        "guest": ANA,
        "recorded_at": at + timedelta(minutes=1),
        "source": "test",
        "source_key": str(number),
        "property": prop.code if prop else None,
    }
    return Activity(kind=kind, occurred_at=at, day=day, **{**fields, **more})


def stay(arrival: date, departure: date, *, prop: Property = HARBOUR, **more: Any) -> Activity:
    """A stay that ended at eleven in the morning on the hotel's clock."""
    at = datetime.combine(departure, time(11), tzinfo=prop.zone_info()).astimezone(UTC)
    nights = more.pop("nights", (departure - arrival).days)
    return activity(Kind.STAY, at, prop=prop, day=departure, arrival_day=arrival, nights=nights, **more)


def spend(at: datetime, minor: int, currency: str = "EUR", **more: Any) -> Activity:
    """Money at the bar."""
    return activity(Kind.SPEND, at, amount_minor=minor, currency=currency, **more)


def payment(at: datetime, on_time: bool | None, **more: Any) -> Activity:
    """A settled invoice."""
    return activity(Kind.PAYMENT, at, on_time=on_time, **more)


def check_in(at: datetime, evidence: Evidence = Evidence.CLAIMED, **more: Any) -> Activity:
    """A message that Ana is there."""
    return activity(Kind.CHECK_IN, at, evidence=evidence, **more)


def reversal(of: Activity, minor: int | None = None, **more: Any) -> Activity:
    """Takes back an activity, whole or in part."""
    at = of.occurred_at + timedelta(days=1)
    money = {} if minor is None else {"amount_minor": minor, "currency": of.currency or "EUR"}
    return activity(Kind.REVERSAL, at, prop=PROPERTIES.get(of.property or ""), reverses=of.id, **{**money, **more})


# --- where decisions stand ------------------------------------------------------------------------------------------

HEARD_FOR_EVER = datetime(2040, 1, 1, tzinfo=UTC)
ALL_KNOWN = tuple(Coverage(code, kind, None, HEARD_FOR_EVER) for code in (*PROPERTIES, OUTSIDE) for kind in Kind)
STALE_AFTER = timedelta(hours=48)


def group(*coverages: Coverage, rates: Rates | None = None) -> HotelGroup:
    """The four hotels, with everything known unless coverages are given."""
    return HotelGroup(
        PROPERTIES.values(),
        coverages or ALL_KNOWN,
        (rates or Rates(())).convert,
        zone="Europe/Amsterdam",
        currency="EUR",
        stale_after_us=int(STALE_AFTER.total_seconds()) * US_PER_SECOND,
    )


EVERYTHING_KNOWN = group()


def at(when: datetime, *, prop: Property = HARBOUR, within: HotelGroup = EVERYTHING_KNOWN, **more: Any) -> Standpoint:
    """The view from a hotel at an instant."""
    return stand(within, prop, to_us(when), **more)


def read(asked: Measure, where: Standpoint, *life: Activity, rule: str = "r1") -> Reading:
    """What a measure reads of a life."""
    history = build(ANA, life)
    return GuestHistory(history.head, lambda first: history.chunks[first:]).read(asked, where, rule)


def local(text: str, prop: Property = HARBOUR, *, fold: int = 0) -> datetime:
    """An instant by the wall clock of a hotel: `2026-03-29 03:30`; `fold` 1 for the second of a repeated hour."""
    return datetime.fromisoformat(text).replace(tzinfo=prop.zone_info(), fold=fold).astimezone(UTC)
