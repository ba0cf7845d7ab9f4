"""Purchases of the CDNOW data: customer, date, items, dollars, in columns parted by blanks.

One shop is one property, so that spend rules have real histories to read. Two orders of one customer on one day are
two purchases, so the row takes part in the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from rewards.sdk import (
    FILE_INVALID,
    Draft,
    FileRow,
    Identity,
    Kind,
    Known,
    Property,
    RewardsError,
    open_text,
    parse_decimal,
)

HEADER = ["customer_id", "date", "number_of_cds", "dollar_value"]
SHOP = Property(
    code="cdnow",
    name="CDNOW",
    brand="cdnow",
    city="Fort Washington",
    country="US",
    zone="America/New_York",
    currency="USD",
    kind="shop",
)


def _lines(path: Path) -> Iterator[list[str]]:
    with open_text(path) as stream:
        if stream.readline().split() != HEADER:
            raise RewardsError(FILE_INVALID, f"{path.name} does not begin with {' '.join(HEADER)}.")
        for line in stream:
            if line.strip():
                yield line.split()


def _day(text: str) -> date:
    if len(text) != 8:
        raise ValueError(f"{text} is not a date")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


class OrdersSource:
    """Reads one text file, plain or gzipped, ordered by customer."""

    def properties(self, path: Path) -> Iterable[Property]:
        """The shop."""
        yield SHOP

    def known(self, path: Path) -> Iterable[Known]:
        """Purchases from the beginning to the day after the last one."""
        days = [cells[1] for cells in _lines(path) if len(cells) == len(HEADER) and cells[1].isdigit()]
        if days:
            until = datetime.combine(_day(max(days)) + timedelta(days=1), time(12, 0), tzinfo=UTC)
            yield Known(SHOP.code, Kind.SPEND, None, until)

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Every order, in the file's order."""
        for number, cells in enumerate(_lines(path), 1):
            yield _row(number, cells, file_hash)


def _row(number: int, cells: list[str], file_hash: str) -> FileRow:
    raw = tuple(cells)
    try:
        customer, day, _, dollars = cells
        amount = parse_decimal(dollars, "USD").minor
        draft = Draft(
            kind=Kind.SPEND,
            source_key=f"{file_hash}/{number}",
            identities=(Identity("cdnow", customer),),
            property=SHOP.code,
            day=_day(day),
            amount_minor=amount,
            currency="USD",
            category="music",
        )
    except (ValueError, RewardsError) as error:
        return FileRow(number, rejected=f"The row cannot be read: {error}.", raw=raw)
    return FileRow(number, (draft,), raw=raw)


source = OrdersSource()
