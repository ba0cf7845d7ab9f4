"""Distances and addresses, as geopy gives them.

A geodesic distance costs a hundred times a bound by degrees, so callers that only need "within" use `within_m`,
which settles most cases by a cheap bound first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geopy.distance import geodesic
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim

from rewards.domain.property import Position
from rewards.errors import ADDRESS_UNKNOWN, GEOCODER_DOWN, RewardsError

_M_PER_DEGREE_MIN = 110_574.0
_USER_AGENT = "rewards-loyalty-engine"


def distance_m(a: Position, b: Position) -> float:
    """Distance along the ground between two positions.

    Shapes: two positions in degrees, WGS 84, to one number; never None.
    Units:  metres.
    Source: C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013), as geopy computes it.
    """
    return float(geodesic((a.latitude, a.longitude), (b.latitude, b.longitude)).meters)


def within_m(a: Position, b: Position, radius_m: float) -> bool:
    """Whether two positions lie at most `radius_m` metres apart; exact, with a cheap refusal of far ones."""
    if abs(a.latitude - b.latitude) * _M_PER_DEGREE_MIN > radius_m * 1.02 + 1.0:
        return False
    return distance_m(a, b) <= radius_m


def bounding_degrees(centre: Position, radius_m: float) -> tuple[float, float]:
    """Half-widths (latitude, longitude) in degrees of a box that holds the circle of `radius_m` metres."""
    latitude = radius_m / _M_PER_DEGREE_MIN * 1.01
    shrink = max(math.cos(math.radians(min(89.0, abs(centre.latitude) + latitude))), 0.01)
    return latitude, latitude / shrink


@dataclass(frozen=True, slots=True)
class Address:
    """What a geocoder says of an address: position, the full address it found, ISO country code in upper case."""

    position: Position
    display: str
    city: str | None
    country: str | None


class Geocoder:
    """Addresses to positions through Nominatim.

    `url` is the service's base address, such as `https://nominatim.example.org`; operators run or choose their own.
    """

    def __init__(self, url: str, *, timeout_s: float = 5.0) -> None:
        scheme, _, domain = url.rstrip("/").partition("://")
        self._nominatim = Nominatim(user_agent=_USER_AGENT, domain=domain, scheme=scheme, timeout=timeout_s)

    def locate(self, address: str) -> Address:
        """The best match for a postal address; `address_unknown` when there is none, `geocoder_down` on failure."""
        try:
            found = self._nominatim.geocode(address, addressdetails=True, exactly_one=True)
        except GeopyError as error:
            raise RewardsError(GEOCODER_DOWN, f"The geocoder failed: {error}.", retry_after_s=60) from error
        if found is None:
            raise RewardsError(ADDRESS_UNKNOWN, f"No place was found for “{address}”.", field="address")
        parts = found.raw.get("address", {})
        city = parts.get("city") or parts.get("town") or parts.get("village")
        country = parts.get("country_code")
        position = Position(latitude=found.latitude, longitude=found.longitude)
        return Address(position, found.address, city, country.upper() if country else None)
