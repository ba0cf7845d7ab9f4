"""The one clock.

Nothing else in the house reads the time, so a test, a replay or a demonstration can set it. Instants are aware UTC
datetimes; storage and digests keep them as integer microseconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
US_PER_SECOND = 1_000_000
US_PER_HOUR = 3_600 * US_PER_SECOND
US_PER_DAY = 24 * US_PER_HOUR
SKEW_WARNS_S, SKEW_REFUSES_S = 2, 60
"""How far another clock may be off before somebody is told, and before decisions are refused."""


class Clock(Protocol):
    """Tells the time."""

    def now_us(self) -> int:
        """Now, in microseconds since 1970 UTC."""
        ...

    def now(self) -> datetime:
        """Now, as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        """Now, in microseconds since 1970 UTC."""
        return time.time_ns() // 1_000

    def now(self) -> datetime:
        """Now, as an aware UTC datetime."""
        return from_us(self.now_us())


class FrozenClock:
    """A clock that stands until it is moved; for tests, replay and imports that decide as of a past instant."""

    def __init__(self, at: datetime) -> None:
        self._us = to_us(at)

    def now_us(self) -> int:
        """The instant it stands at, in microseconds since 1970 UTC."""
        return self._us

    def now(self) -> datetime:
        """The instant it stands at, as an aware UTC datetime."""
        return from_us(self._us)

    def move_to(self, at: datetime) -> None:
        """Set it to `at` (aware); may go back."""
        self._us = to_us(at)

    def advance(self, by: timedelta) -> None:
        """Move it by `by`, which may be negative."""
        self._us += round(by.total_seconds() * US_PER_SECOND)


def skew_s(there_us: int, clock: Clock) -> float:
    """How many seconds another clock, which showed `there_us`, is ahead of ours."""
    return (there_us - clock.now_us()) / US_PER_SECOND


def monotonic_s() -> float:
    """Seconds of a clock that never goes back; for time-outs and leases within one process only."""
    return time.monotonic()


def to_us(at: datetime) -> int:
    """Microseconds since 1970 UTC of an aware datetime; a naive one raises ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no time zone; instants are aware")
    delta = at - EPOCH
    return (delta.days * 86_400 + delta.seconds) * US_PER_SECOND + delta.microseconds


def from_us(us: int) -> datetime:
    """The aware UTC datetime of `us` microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


def isoformat(at: datetime) -> str:
    """RFC 3339 in UTC with a Z, microseconds only where there are any: `2026-11-22T14:03:11Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def hotel_day(at_us: int, zone: ZoneInfo, rollover_hour: int) -> date:
    """The hotel day an instant lies on.

    `at_us` in microseconds since 1970 UTC; `zone` and `rollover_hour` (0 to 12) are the property's. Before the
    roll-over hour of the local wall clock it is still yesterday's hotel day. Wall-clock hours count, so a clock
    change moves no boundary.
    """
    local = from_us(at_us).astimezone(zone)
    day = local.date()
    return day - timedelta(days=1) if local.hour < rollover_hour else day


def day_start_us(day: date, zone: ZoneInfo, rollover_hour: int) -> int:
    """The first instant of a hotel day, in microseconds since 1970 UTC.

    Where the wall clock skips the roll-over hour, the day starts at the first instant after the gap; where it
    repeats, at the first of the two.
    """
    local = datetime(day.year, day.month, day.day, rollover_hour, tzinfo=zone)
    return to_us(local)
