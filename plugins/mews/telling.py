"""What a guest was given is told to Mews: a note on the reservation, a credit on the folio, the membership."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.sdk import Event, Json, Link, Property, Refused, instant

from . import folio, members, notes, reading
from .calls import every

GIVEN = ("decision.committed", "decision.confirmed", "grant.granted")
TAKEN_BACK = ("grant.voided", "grant.failed", "grant.substituted")
OVER = ("grant.expired",)
MEMBERS = ("points.lapsed",)
TOPICS = (*GIVEN, *TAKEN_BACK, *OVER, *MEMBERS)

Grant = Mapping[str, Any]


def tell(event: Event, link: Link) -> None:
    """Everything that an event changes at Mews. Each part looks at what is there first, so telling twice is once."""
    members.tell(event, link)
    for grant in event.data["grants"]:
        hotel = link.properties.get(grant["property"])
        enterprise = _enterprise(link, grant["property"])
        if hotel is None or enterprise is None or not grant["reservation"]:
            continue
        if event.topic in GIVEN and grant["state"] in ("granted", "delivered", "redeemed"):
            _give(event, grant, hotel, enterprise, link)
        elif event.topic in (*TAKEN_BACK, *OVER):
            _take_back(event, grant, enterprise, link)


def _enterprise(link: Link, code: str) -> str | None:
    return next((one for one, leads in sorted(link.settings.mapping("enterprises").items()) if leads == code), None)


def _give(event: Event, grant: Grant, hotel: Property, enterprise: str, link: Link) -> None:
    found = _reservation(link, enterprise, grant["reservation"])
    if found is None:
        raise Refused("Mews has no reservation with the number that the grant is for")
    if link.settings.text("notes") != "no":
        notes.add(grant, hotel, found["id"], enterprise, link)
    if link.settings.text("folio_service") and folio.is_credit(grant):
        folio.add(event, grant, found, enterprise, link)


def _take_back(event: Event, grant: Grant, enterprise: str, link: Link) -> None:
    if link.settings.text("notes") != "no":
        found = _reservation(link, enterprise, grant["reservation"])
        if found is not None:
            notes.remove(grant, found["id"], enterprise, link)
    if event.topic in TAKEN_BACK:
        folio.undo(event, grant, enterprise, link)


def _reservation(link: Link, enterprise: str, number: str) -> dict[str, Any] | None:
    """The reservation of a confirmation number, the one that changed last where there are several."""
    asked: dict[str, Json] = {"EnterpriseIds": [enterprise], "Numbers": [number]}
    booked = map(reading.reservation, every(link, "reservations/getAll/2023-06-06", "Reservations", asked))
    found = [one for one in booked if one["number"] == number]
    return max(found, key=lambda one: instant(one["updated"]), default=None)
