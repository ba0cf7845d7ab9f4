"""The twelve hotels of the demonstration group."""

from __future__ import annotations

from rewards.sdk import Position, Property

_PLAIN = ("standard", "superior", "deluxe", "suite")
_GRAND = ("superior", "deluxe", "junior-suite", "suite", "signature-suite")
_SMALL = ("single", "double", "double-plus")


def _hotel(
    code: str, name: str, brand: str, city: str, country: str, zone: str, currency: str, at: tuple[float, float],
    classes: tuple[str, ...], kind: str = "hotel",
) -> Property:  # fmt: skip
    return Property(code, name, brand, city, country, zone, currency, classes, 4, Position(*at), 120, kind)


_AMS, _BRU, _LIS, _LON = "Europe/Amsterdam", "Europe/Brussels", "Europe/Lisbon", "Europe/London"

PROPERTIES = (
    _hotel("harbour", "Harbour Hotel", "quayside", "Rotterdam", "NL", _AMS, "EUR", (51.9042, 4.4847), _PLAIN),
    _hotel("canal-house", "Canal House", "quayside", "Amsterdam", "NL", _AMS, "EUR", (52.3731, 4.8922), _PLAIN),
    _hotel("lighthouse", "Lighthouse", "quayside", "The Hague", "NL", _AMS, "EUR", (52.1130, 4.2804), _PLAIN, "resort"),
    _hotel("old-dock", "Old Dock", "quayside", "Antwerp", "BE", _BRU, "EUR", (51.2301, 4.4052), _PLAIN),
    _hotel("grand-royal", "Grand Royal", "grand", "Brussels", "BE", _BRU, "EUR", (50.8466, 4.3528), _GRAND),
    _hotel("grand-estuary", "Grand Estuary", "grand", "Lisbon", "PT", _LIS, "EUR", (38.7071, -9.1355), _GRAND),
    _hotel("grand-dunes", "Grand Dunes", "grand", "Algarve", "PT", _LIS, "EUR", (37.0194, -7.9304), _GRAND, "resort"),
    _hotel("grand-exchange", "Grand Exchange", "grand", "London", "GB", _LON, "GBP", (51.5136, -0.0886), _GRAND),
    _hotel("bunk-central", "Bunk Central", "bunk", "Utrecht", "NL", _AMS, "EUR", (52.0907, 5.1214), _SMALL),
    _hotel("bunk-east", "Bunk East", "bunk", "Amsterdam", "NL", _AMS, "EUR", (52.3602, 4.9340), _SMALL),
    _hotel("bunk-porto", "Bunk Porto", "bunk", "Porto", "PT", _LIS, "EUR", (41.1496, -8.6110), _SMALL),
    _hotel("bunk-shoreditch", "Bunk Shoreditch", "bunk", "London", "GB", _LON, "GBP", (51.5265, -0.0798), _SMALL),
)

WITHOUT_INVOICES = frozenset({"bunk-central", "bunk-east", "bunk-porto"})

NIGHT_RATE_MINOR = {"quayside": 11_900, "grand": 21_900, "bunk": 6_900}
"""Median price of a night in the plainest class, minor units of the hotel's currency."""
