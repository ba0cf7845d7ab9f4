"""A property: one hotel, with its own day, money and place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Position:
    """A place on the globe: `latitude` −90 to 90 and `longitude` −180 to 180, in degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Property:
    """One hotel.

    `code` is its key everywhere (lower case letters, digits, dashes; 1 to 40). `zone` is an IANA name, `currency`
    ISO 4217, `country` ISO 3166 alpha-2. `room_classes` run from the plainest to the best, the order of upgrades.
    `rollover_hour` (0 to 12) is the wall-clock hour at which the hotel day changes. `geofence_m` is the radius in
    metres around `position` within which a phone counts as being there.
    """

    code: str
    name: str
    brand: str
    city: str
    country: str
    zone: str
    currency: str
    room_classes: tuple[str, ...] = ()
    rollover_hour: int = 4
    position: Position | None = None
    geofence_m: int = 150
    kind: str = "hotel"

    def zone_info(self) -> ZoneInfo:
        """The time zone as the standard library knows it."""
        return zone_of(self.zone)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises ZoneInfoNotFoundError for an unknown one."""
    return ZoneInfo(name)
