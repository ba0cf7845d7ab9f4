"""Bookings of two Portuguese hotels, as published by Antonio, de Almeida and Nunes (Data in Brief 22, 2019).

Where an import is asked to decide, the arrivals of repeat guests pose the questions.

The data names no guest, so each row is an anonymous guest, keyed by the file and the row, who opens with the stays that
the row says went before. A check-out is a stay; a cancelled booking and a no-show are nothing to record.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from rewards.sdk import (
    Draft,
    FileRow,
    Identity,
    Kind,
    Known,
    Property,
    RewardsError,
    StayInHand,
    csv_rows,
    parse_decimal,
)

COLUMNS = (
    "hotel", "arrival_date_year", "arrival_date_month", "arrival_date_day_of_month", "stays_in_weekend_nights",
    "stays_in_week_nights", "adults", "children", "market_segment", "distribution_channel", "is_repeated_guest",
    "previous_bookings_not_canceled", "reserved_room_type", "assigned_room_type", "adr", "reservation_status",
    "reservation_status_date",
)  # fmt: skip
HOTELS = {"City Hotel": ("lisbon-city", "Lisbon"), "Resort Hotel": ("algarve-resort", "Algarve")}
MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}
CHANNELS = {"Direct": "direct", "TA/TO": "agency", "Corporate": "corporate", "GDS": "agency", "Undefined": "other"}
ZONE = ZoneInfo("Europe/Lisbon")
BEFORE_THE_DATA = date(2015, 6, 30)
ARRIVAL_HOUR = time(15, 0)


class BookingsSource:
    """Reads one CSV, plain or gzipped."""

    def properties(self, path: Path) -> Iterable[Property]:
        """Both hotels; their room classes stand in the order of the median rate paid for a reserved room."""
        rates: dict[tuple[str, str], list[float]] = defaultdict(list)
        for row in csv_rows(path, COLUMNS):
            if row["hotel"] in HOTELS:
                rate = float(row["adr"])
                if rate > 0 and row["reservation_status"] == "Check-Out":
                    rates[row["hotel"], row["reserved_room_type"]].append(rate)
        for hotel in sorted({hotel for hotel, _ in rates}):
            code, city = HOTELS[hotel]
            classes = sorted((median(paid), name) for (other, name), paid in rates.items() if other == hotel)
            yield Property(
                code=code,
                name=hotel,
                brand="portugal",
                city=city,
                country="PT",
                zone="Europe/Lisbon",
                currency="EUR",
                room_classes=tuple(name for _, name in classes),
                kind="resort" if hotel == "Resort Hotel" else "hotel",
            )

    def known(self, path: Path) -> Iterable[Known]:
        """Stays of both hotels from the beginning (each guest's earlier ones are the opening) to the last departure."""
        last: dict[str, date] = {}
        for row in csv_rows(path, COLUMNS):
            if row["hotel"] in HOTELS:
                code = HOTELS[row["hotel"]][0]
                day = date.fromisoformat(row["reservation_status_date"])
                last[code] = max(last.get(code, day), day)
        for code, day in sorted(last.items()):
            until = datetime.combine(day + timedelta(days=1), time(12, 0), tzinfo=UTC)
            yield Known(code, Kind.STAY, None, until)

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Every booking, in the file's order; each is a guest of its own, so no row waits for another."""
        for number, row in enumerate(csv_rows(path, COLUMNS), 1):
            yield _row(number, row, file_hash)


def _row(number: int, row: dict[str, str], file_hash: str) -> FileRow:
    raw = tuple(str(value) for value in row.values())
    if row["reservation_status"] in ("Canceled", "No-Show"):
        return FileRow(number, skipped=row["reservation_status"].lower(), raw=raw)
    try:
        return _stay(number, row, file_hash, raw)
    except (KeyError, ValueError, TypeError, RewardsError) as error:
        return FileRow(number, rejected=f"The row cannot be read: {error}.", raw=raw)


def _stay(number: int, row: dict[str, str], file_hash: str, raw: tuple[str, ...]) -> FileRow:
    code = HOTELS[row["hotel"]][0]
    arrival = date(
        int(row["arrival_date_year"]), MONTHS[row["arrival_date_month"]], int(row["arrival_date_day_of_month"])
    )
    nights = int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])
    rate = parse_decimal(row["adr"], "EUR").minor
    if rate < 0:
        return FileRow(number, rejected=f"The rate {row['adr']} is negative.", raw=raw)
    hand = StayInHand(
        reservation=f"{file_hash[:12]}-{number}",
        arrival=arrival,
        departure=arrival + timedelta(days=nights),
        room_class=row["reserved_room_type"],
        channel=CHANNELS.get(row["distribution_channel"], "other"),
        adults=int(row["adults"]),
        children=int(row["children"]) if row["children"].isdigit() else None,
        amount_minor=rate * nights,
        currency="EUR",
        rooms=1,
    )
    drafts = [*_opening(number, row, file_hash, code), _draft(number, file_hash, code, hand, nights)]
    at = datetime.combine(arrival, ARRIVAL_HOUR, tzinfo=ZONE).astimezone(UTC)
    repeats = row["is_repeated_guest"] == "1" or row["previous_bookings_not_canceled"] != "0"
    return FileRow(number, tuple(drafts), raw=raw, stay=hand if repeats else None, at=at if repeats else None)


def _guest(number: int, file_hash: str) -> tuple[Identity, ...]:
    return (Identity("booking-row", f"{file_hash[:16]}-{number}"),)


def _opening(number: int, row: dict[str, str], file_hash: str, code: str) -> Iterator[Draft]:
    before = int(row["previous_bookings_not_canceled"])
    if before:
        yield Draft(
            kind=Kind.OPENING,
            source_key=f"{file_hash}/{number}/opening",
            identities=_guest(number, file_hash),
            property=code,
            day=BEFORE_THE_DATA,
            count=before,
            nights=0,
        )


def _draft(number: int, file_hash: str, code: str, stay: StayInHand, nights: int) -> Draft:
    return Draft(
        kind=Kind.STAY,
        source_key=f"{file_hash}/{number}",
        identities=_guest(number, file_hash),
        property=code,
        arrival=stay.arrival,
        departure=stay.departure,
        nights=nights,
        amount_minor=stay.amount_minor,
        currency="EUR",
        channel=stay.channel,
        room_class=stay.room_class,
        reservation=stay.reservation,
    )


source = BookingsSource()
