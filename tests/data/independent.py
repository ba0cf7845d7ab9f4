"""What the rule packs must give, worked out from the CSV alone.

Plain Python over rows; it shares no code with the engine, so that both can only agree by being right.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
DAY_BEGINS_AT = timedelta(hours=4)


@dataclass(frozen=True)
class Seen:
    """One check-in at a hotel with the rules that it satisfies."""

    user: str
    venue: str
    at: datetime
    gives: frozenset[str]


def hotel_day(at: datetime) -> date:
    """The day of the hotel: until four in the morning it is still yesterday."""
    local = at.astimezone(NEW_YORK)
    return (local.replace(tzinfo=None) - DAY_BEGINS_AT).date()


def foursquare_specials(path: Path) -> list[Seen]:
    """Every hotel check-in of the New York data, in order, with the specials it earns."""
    with gzip.open(path, "rt", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["venue_category"] == "Hotel"]
    times: dict[tuple[str, str], list[date]] = defaultdict(list)
    given: dict[tuple[str, str], list[date]] = defaultdict(list)
    result = []
    for row in rows:
        user, venue = row["user_id"], row["venue_id"]
        at = datetime.fromisoformat(row["utc_time"].replace("Z", "+00:00"))
        today = hotel_day(at)
        days = times[user, venue]
        days.append(today)
        gives = _gives(user, today, days, given)
        result.append(Seen(user, venue, at, frozenset(gives)))
    return result


def _gives(user: str, today: date, days: list[date], given: dict[tuple[str, str], list[date]]) -> list[str]:
    def recent(length: int) -> int:
        return len({day for day in days if today - timedelta(days=length) < day <= today})

    def free(rule: str, length: int) -> bool:
        return not [day for day in given[user, rule] if today - timedelta(days=length) < day <= today]

    wanted = []
    if len(days) == 1 and free("newbie-special", 1):
        wanted.append("newbie-special")
    if len(days) == 10:
        wanted.append("count-special")
    if len(days) % 5 == 0:
        wanted.append("frequency-special")
    if recent(7) >= 3 and free("three-in-a-week", 7):
        wanted.append("three-in-a-week")
    if recent(60) >= 5 and free("loyal-to-this-house", 60):
        wanted.append("loyal-to-this-house")
    for rule in wanted:
        given[user, rule].append(today)
    return wanted


@dataclass(frozen=True)
class Booking:
    """One booking that checked out, as the CSV states it."""

    row: int
    hotel: str
    arrival: date
    nights: int
    before: int
    direct: bool
    reserved: str
    assigned: str
    rate_cents: int


MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]  # fmt: skip


def bookings(path: Path) -> tuple[list[Booking], dict[str, int]]:
    """Checked-out bookings, and how many rows had which status."""
    found, statuses = [], defaultdict(int)
    with gzip.open(path, "rt", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), 1):
            statuses[row["reservation_status"]] += 1
            if row["reservation_status"] != "Check-Out":
                continue
            month = MONTHS.index(row["arrival_date_month"]) + 1
            found.append(
                Booking(
                    row=number,
                    hotel=row["hotel"],
                    arrival=date(int(row["arrival_date_year"]), month, int(row["arrival_date_day_of_month"])),
                    nights=int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"]),
                    before=int(row["previous_bookings_not_canceled"]),
                    direct=row["distribution_channel"] == "Direct",
                    reserved=row["reserved_room_type"],
                    assigned=row["assigned_room_type"],
                    rate_cents=round(float(row["adr"]) * 100),
                )
            )
    return found, dict(statuses)


def room_order(found: list[Booking], hotel: str) -> list[str]:
    """Room types of a hotel by the median rate that was paid for a reserved one, the plainest first."""
    rates: dict[str, list[int]] = defaultdict(list)
    for booking in found:
        if booking.hotel == hotel and booking.rate_cents > 0:
            rates[booking.reserved].append(booking.rate_cents)
    return [name for _, name in sorted((_median(paid), name) for name, paid in rates.items())]


def _median(values: list[int]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def returning_upgrades(found: list[Booking]) -> dict[int, str]:
    """Rows whose guest had stayed three times or more and gets the next class: ten a day and house, first come."""
    orders = {hotel: room_order(found, hotel) for hotel in {booking.hotel for booking in found}}
    given: dict[tuple[str, date], int] = defaultdict(int)
    upgrades = {}
    for booking in found:
        order = orders[booking.hotel]
        if booking.rate_cents < 0 or booking.before < 3 or booking.reserved == order[-1]:
            continue
        if booking.reserved in order and given[booking.hotel, booking.arrival] < 10:
            given[booking.hotel, booking.arrival] += 1
            upgrades[booking.row] = order[order.index(booking.reserved) + 1]
    return upgrades
