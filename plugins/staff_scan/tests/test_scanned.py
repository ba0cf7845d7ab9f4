"""What scanners and keyboards type, and whose name it may be."""

from __future__ import annotations

import pytest

from plugins.staff_scan.scanned import identities
from rewards.sdk import Refused, Values

SETTINGS = Values(
    {
        "kinds": "card, pms", "prefixes": {"HH-": "card", "HH-R": "booking"}, "link_kind": "link",
        "links": "https://me.harbour.example/g",
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("00412", ["card:00412", "pms:00412"]),
        ("00412\r\n", ["card:00412", "pms:00412"]),
        ("]C100412", ["card:00412", "pms:00412"]),
        (";00412?", ["card:00412", "pms:00412"]),
        ("0041 2-7", ["card:0041 2-7", "card:004127", "pms:0041 2-7", "pms:004127"]),
        ("pms:G-77", ["pms:G-77"]),
        ("HH-00412", ["card:00412"]),
        ("HH-R19", ["booking:19"]),
        ("https://me.harbour.example/g/x7Kq", ["link:x7Kq"]),
        ("https://me.harbour.example/g/x7Kq?from=mail#top", ["link:x7Kq"]),
        ("https://me.harbour.example/g/", []),
        ("https://me.harbour.example/g/x/y", []),
        ("https://me.harbour.example/gx/y", []),
        ("https://elsewhere.example/g/x7Kq", []),
        ("https://[", []),
    ],
)
def test_what_is_scanned_may_be(typed: str, names: list[str]) -> None:
    assert [name.text() for name in identities(typed, SETTINGS)] == names


@pytest.mark.parametrize("typed", ["", " \t\r\n", "\x1b[2J", "9" * 501])
def test_what_no_scanner_types_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        identities(typed, SETTINGS)


@pytest.mark.parametrize("typed", ["%B4111111111111111^DOE/ANA^2912", ";4111111111111111=29121010000000?"])
def test_a_payment_card_is_refused_and_not_quoted(typed: str) -> None:
    with pytest.raises(Refused, match="payment card") as refused:
        identities(typed, SETTINGS)
    assert "4111" not in refused.value.reason
