"""When what cannot be had is tried again, in instants, and how a try goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rewards.clock import US_PER_HOUR, day_start_us, hotel_day, to_us
from rewards.decisions.situation import Situation, end_of_day
from rewards.domain.property import Property
from rewards.rulelang.nodes import BeforeArrival, RollingHours, Wait

PASSING = frozenset({"stock_gone", "budget_spent", "no_higher_class_free", "rate_unknown"})
"""Reasons that may be over at the next try; whatever else stands in the way stays."""


@dataclass(frozen=True, slots=True)
class Patience:
    """When trying begins and ends, in microseconds since 1970 UTC (the end is not included), and how often it is.

    `begun`: it began at the instant of the situation, or before.
    """

    first_us: int
    end_us: int
    hourly: bool
    begun: bool


def patience_of(wait: Wait, it: Situation) -> Patience | None:
    """What a wait comes to for the stay at hand; None where it looks at an arrival that is not known."""
    first_us = it.at_us if wait.first is None else _before_us(wait.first, it)
    end_us = _end_us(wait, it)
    if first_us is None or end_us is None:
        return None
    return Patience(first_us, end_us, wait.hourly, first_us <= it.at_us)


def _end_us(wait: Wait, it: Situation) -> int | None:
    if isinstance(wait.until, BeforeArrival):
        return _before_us(wait.until, it)
    if isinstance(wait.until, RollingHours):
        return it.at_us + wait.until.hours * US_PER_HOUR
    return end_of_day(it.property, it.day + timedelta(days=wait.until.amount - 1))


def _before_us(before: BeforeArrival, it: Situation) -> int | None:
    """A wall clock that is repeated counts from its first time, one that is skipped from the end of the gap."""
    if it.stay is None or it.stay.arrival is None:
        return None
    day, zone = it.stay.arrival - timedelta(days=before.days), it.property.zone_info()
    if before.minute is None:
        return day_start_us(day, zone, it.property.rollover_hour)
    return to_us(datetime(day.year, day.month, day.day, before.minute // 60, before.minute % 60, tzinfo=zone))


def next_try_us(patience: Patience, prop: Property, now_us: int) -> int:
    """The next instant after `now_us` at which something is to be done: a try, or the end."""
    if now_us < patience.first_us:
        upcoming = patience.first_us
    elif patience.hourly:
        upcoming = patience.first_us + ((now_us - patience.first_us) // US_PER_HOUR + 1) * US_PER_HOUR
    else:
        zone = prop.zone_info()
        day = hotel_day(now_us, zone, prop.rollover_hour)
        upcoming = day_start_us(day + timedelta(days=1), zone, prop.rollover_hour)
    return min(upcoming, patience.end_us)
