"""Hotels, what is known of them, and exchange rates. Changes grow the installation's generation."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from rewards.clock import US_PER_HOUR, from_us, to_us
from rewards.domain.activity import Coverage, Kind
from rewards.domain.property import Position, Property
from rewards.storage.installation import grow
from rewards.storage.rows import from_json, maybe_instant, to_json, us
from rewards.storage.session import Row, Session, marks

_COLUMNS = (
    "code, name, brand, city, country, zone, currency, room_classes, rollover_hour, latitude, longitude, "
    "geofence_m, kind"
)
_REPLACED = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_PUT = (
    f"INSERT INTO property ({_COLUMNS}, created_us) VALUES ({marks(14)}) ON CONFLICT (code) DO UPDATE SET {_REPLACED}"
)
_PUT_COVERAGE = (
    "INSERT INTO coverage (property, kind, known_from_us, complete, heard_us) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (property, kind) DO UPDATE SET known_from_us = excluded.known_from_us, "
    "complete = excluded.complete, heard_us = excluded.heard_us"
)
_OPEN_COVERAGE = (
    "INSERT INTO coverage (property, kind, known_from_us, complete, heard_us) VALUES (?, ?, ?, 0, ?) "
    "ON CONFLICT (property, kind) DO NOTHING"
)
_PUT_RATE = (
    "INSERT INTO exchange_rate (base, quote, day, numerator, denominator) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (base, quote, day) DO UPDATE SET numerator = excluded.numerator, denominator = excluded.denominator"
)


def _make(row: Row) -> Property:
    code, name, brand, city, country, zone, currency, classes, rollover, latitude, longitude, geofence, kind = row
    position = None if latitude is None else Position(latitude, longitude)
    room_classes = tuple(from_json(classes))
    return Property(
        code, name, brand, city, country, zone, currency, room_classes, rollover, position, geofence, kind
    )  # fmt: skip


class SqlProperties:
    """Hotels, what is known of them, and exchange rates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> tuple[Property, ...]:
        """Every property, by code."""
        return tuple(_make(row) for row in self._session.all(f"SELECT {_COLUMNS} FROM property ORDER BY code"))

    def put(self, prop: Property, at: datetime) -> None:
        """Add or replace; grows the generation. `at` is kept as the instant of the first addition."""
        latitude, longitude = (prop.position.latitude, prop.position.longitude) if prop.position else (None, None)
        values = (
            prop.code,
            prop.name,
            prop.brand,
            prop.city,
            prop.country,
            prop.zone,
            prop.currency,
            to_json(prop.room_classes),
            prop.rollover_hour,
            latitude,
            longitude,
            prop.geofence_m,
            prop.kind,
            to_us(at),
        )
        self._session.run(_PUT, values)
        grow(self._session)

    def coverage(self) -> tuple[Coverage, ...]:
        """Every coverage, by property and kind."""
        sql = "SELECT property, kind, known_from_us, heard_us FROM coverage ORDER BY property, kind"
        return tuple(
            Coverage(row[0], Kind(row[1]), maybe_instant(row[2]), from_us(row[3])) for row in self._session.all(sql)
        )

    def put_coverage(self, coverage: Coverage) -> None:
        """Add or replace; grows the generation."""
        complete = int(coverage.known_from is None)
        values = (coverage.property, coverage.kind.value, us(coverage.known_from), complete, to_us(coverage.heard_at))
        self._session.run(_PUT_COVERAGE, values)
        grow(self._session)

    def heard(self, property_code: str, kind: str, at: datetime, first_known: datetime) -> None:
        """Move `heard_at` forward (never back); where there is no coverage yet, open one from `first_known`.

        Grows the generation where coverage opens or another hour begins: what workers hold in memory is then at most
        an hour behind, which no promise about silence notices.
        """
        at_us = to_us(at)
        row = self._session.one("SELECT heard_us FROM coverage WHERE property = ? AND kind = ?", (property_code, kind))
        if row is None:
            opened = self._session.execute(_OPEN_COVERAGE, (property_code, kind, to_us(first_known), at_us))
            row = (0,) if opened else (at_us - 1,)
        self._session.run(
            "UPDATE coverage SET heard_us = ? WHERE property = ? AND kind = ? AND heard_us < ?",
            (at_us, property_code, kind, at_us),
        )
        if at_us // US_PER_HOUR > row[0] // US_PER_HOUR:
            grow(self._session)

    def rates(self) -> list[tuple[str, str, date, Fraction]]:
        """Every exchange rate: base, quote, day, quote units per base unit; by base, quote and day."""
        sql = "SELECT base, quote, day, numerator, denominator FROM exchange_rate ORDER BY base, quote, day"
        return [(row[0], row[1], date.fromordinal(row[2]), Fraction(row[3], row[4])) for row in self._session.all(sql)]

    def put_rate(self, base: str, quote: str, day: date, rate: Fraction) -> None:
        """Add or replace; grows the generation."""
        self._session.run(_PUT_RATE, (base, quote, day.toordinal(), rate.numerator, rate.denominator))
        grow(self._session)
