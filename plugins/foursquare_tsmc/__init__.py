"""Check-ins of the TSMC 2014 research data, as somebody prepared them into one CSV.

The hotels among the venues become properties; a check-in elsewhere keeps its place as an attribute. The client's time
zone offset is not trusted (it is missing or foreign in some rows): a hotel's own zone says which day it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from statistics import median

from rewards.sdk import (
    Draft,
    Evidence,
    FileRow,
    Identity,
    Kind,
    Known,
    Position,
    Property,
    csv_rows,
)

COLUMNS = (
    "user_id", "venue_id", "venue_category_id", "venue_category", "latitude", "longitude", "tz_offset_min", "utc_time",
    "sources",
)  # fmt: skip
HOTEL = "Hotel"


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return at


class TsmcSource:
    """Reads one CSV (plain or gzipped) whose rows stand in the order of time."""

    def properties(self, path: Path) -> Iterable[Property]:
        """A property for each hotel, at the median of the positions recorded for it."""
        places: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for row in csv_rows(path, COLUMNS):
            if row["venue_category"] == HOTEL:
                places[row["venue_id"]].append((float(row["latitude"]), float(row["longitude"])))
        for venue, positions in sorted(places.items()):
            yield Property(
                code=venue,
                name=f"Hotel {venue[-6:]}",
                brand="independent",
                city="New York",
                country="US",
                zone="America/New_York",
                currency="USD",
                position=Position(median(lat for lat, _ in positions), median(lon for _, lon in positions)),
            )

    def known(self, path: Path) -> Iterable[Known]:
        """Check-ins of every hotel, from the beginning to the last row of the file."""
        hotels: set[str] = set()
        last: datetime | None = None
        for row in csv_rows(path, COLUMNS):
            last = _instant(row["utc_time"])
            if row["venue_category"] == HOTEL:
                hotels.add(row["venue_id"])
        if last is None:
            return
        for hotel in sorted(hotels):
            yield Known(hotel, Kind.CHECK_IN, None, last)

    def rows(self, path: Path, file_hash: str) -> Iterator[FileRow]:
        """Every check-in, in the file's order."""
        hotels = {prop.code for prop in self.properties(path)}
        for number, row in enumerate(csv_rows(path, COLUMNS), 1):
            yield _row(number, row, hotels)


def _row(number: int, row: dict[str, str], hotels: set[str]) -> FileRow:
    raw = tuple(str(value) for value in row.values())
    try:
        at = _instant(row["utc_time"])
        if not row["user_id"] or not row["venue_id"]:
            raise ValueError("the user or the venue is missing")
    except (ValueError, TypeError) as error:
        return FileRow(number, rejected=f"The row cannot be read: {error}.", raw=raw)
    hotel = row["venue_id"] in hotels
    draft = Draft(
        kind=Kind.CHECK_IN,
        source_key=f"{row['user_id']}/{row['venue_id']}/{row['utc_time']}",
        identities=(Identity("foursquare", row["user_id"]),),
        property=row["venue_id"] if hotel else None,
        occurred_at=at,
        evidence=Evidence.CLAIMED,
        category=row["venue_category"] or None,
        place_id=row["venue_id"],
    )
    return FileRow(number, (draft,), raw=raw, at=at if hotel else None)


source = TsmcSource()
