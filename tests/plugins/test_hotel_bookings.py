"""Rows of a booking file: one that can be read is a stay, any other says why it is none, and the next row is read."""

from __future__ import annotations

import csv
from pathlib import Path

from plugins.hotel_bookings import COLUMNS, BookingsSource
from rewards.sdk import FileRow

GOOD = {
    "hotel": "City Hotel", "arrival_date_year": "2016", "arrival_date_month": "July",
    "arrival_date_day_of_month": "3", "stays_in_weekend_nights": "1", "stays_in_week_nights": "2", "adults": "2",
    "children": "0", "market_segment": "Direct", "distribution_channel": "Direct", "is_repeated_guest": "1",
    "previous_bookings_not_canceled": "3", "reserved_room_type": "A", "assigned_room_type": "D", "adr": "80.5",
    "reservation_status": "Check-Out", "reservation_status_date": "2016-07-06",
}  # fmt: skip


def rows_of(folder: Path, *bookings: dict[str, str]) -> list[FileRow]:
    path = folder / "bookings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(bookings)
    return list(BookingsSource().rows(path, "0123456789abcdef"))


def test_a_booking_that_was_kept_is_a_stay_and_one_that_was_not_is_told_by_its_word(tmp_path: Path) -> None:
    kept, cancelled = rows_of(tmp_path, GOOD, {**GOOD, "reservation_status": "Canceled"})
    assert kept.rejected is None
    assert kept.stay is not None
    assert (kept.stay.room_class, kept.stay.reservation) == ("A", "0123456789ab-1")
    assert (cancelled.skipped, cancelled.drafts) == ("canceled", ())


def test_a_row_that_cannot_be_read_says_why_and_the_next_one_is_read(tmp_path: Path) -> None:
    faults = {"adr": ("80.505", "-6.38", "NaN", ""), "adults": ("two",), "arrival_date_month": ("Brumaire",)}
    broken = [{**GOOD, name: value} for name, values in faults.items() for value in values]
    *rejected, last = rows_of(tmp_path, *broken, GOOD)
    assert [row.drafts for row in rejected] == [()] * len(broken)
    reasons = [row.rejected or "" for row in rejected]
    assert all(reasons)
    assert "80.505" in reasons[0]
    assert "negative" in reasons[1]
    assert last.rejected is None
