"""Two hotels, a guest named Ana, and short ways to say what she did."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from rewards.clock import hotel_day, to_us
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.property import Property

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
