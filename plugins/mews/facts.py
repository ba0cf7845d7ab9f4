"""Who a guest of Mews is, and what is true of a reservation now: a check-in, and a stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rewards.sdk import Draft, Evidence, Identity, Kind, Property, Values, instant

from .reading import CUSTOMER

STARTED, PROCESSED = "Started", "Processed"


def account(name: str) -> Identity:
    """A profile of Mews: one person, as its own desk keeps them."""
    return Identity("pms", f"mews:{name}", verified=True)


def names(name: str, people: Mapping[str, Any], kind: str) -> tuple[Identity, ...]:
    """Every name of a person, the profile first.

    A number of our own programme at Mews is this person's. A loyalty code or an address on a profile is what somebody
    typed: it leads to nobody by itself. An address of a travel site is the site's.
    """
    said = people.get(name) or {}
    found = [account(name)]
    if said.get("member"):
        found.append(Identity(kind, said["member"], verified=True))
    elif said.get("code"):
        found.append(Identity(kind, said["code"]))
    if said.get("email"):
        found.append(Identity("email", said["email"].lower(), shared=said["relayed"]))
    return tuple(found)


def named(drafts: Sequence[Draft], people: Mapping[str, Any], kind: str) -> list[Draft]:
    """Drafts with every name of their guest; facts are compared by the profile alone, for addresses come and go."""
    return [
        replace(draft, identities=_known_as(draft, people, kind)) if draft.identities else draft for draft in drafts
    ]


def _known_as(draft: Draft, people: Mapping[str, Any], kind: str) -> tuple[Identity, ...]:
    return names(draft.identities[0].value.removeprefix("mews:"), people, kind)


def of_reservation(found: Mapping[str, Any], hotel: Property, settings: Values) -> list[Draft]:
    """The check-in and the stay of a reservation; none where it has neither, or is a company's."""
    if found["owner"] != CUSTOMER or found["state"] not in (STARTED, PROCESSED):
        return []
    guest = (account(found["account"]),)
    facts = []
    if found["started"]:
        facts.append(
            Draft(
                Kind.CHECK_IN, f"check-in/{found['id']}", guest, hotel.code, instant(found["started"]),
                evidence=Evidence.RECORDED, reservation=found["number"],
            )
        )  # fmt: skip
    if found["state"] == PROCESSED:
        arrival, departure = nights(found, hotel)
        rate = found["rate"] or ""
        facts.append(
            Draft(
                Kind.STAY, f"stay/{found['id']}", guest, hotel.code, arrival=arrival, departure=departure,
                evidence=Evidence.RECORDED, channel=found["channel"], reservation=found["number"],
                rate_code=settings.mapping("rates").get(rate, rate) or None,
                room_class=settings.mapping("room_classes").get(found["space"] or ""),
            )
        )  # fmt: skip
    return facts


def nights(found: Mapping[str, Any], hotel: Property) -> tuple[date, date]:
    """First and last day of a stay: the nights that were booked and that the guest was there.

    Whoever checks in after midnight, before the hotel day changes, has the night that began the evening before.
    Whoever leaves before that hour has slept the night.
    """
    arrival = _hotel_day(found["start"], hotel)
    if found["started"]:
        arrival = max(arrival, _hotel_day(found["started"], hotel))
    departure = instant(found["end"]).astimezone(hotel.zone_info()).date()
    if found["ended"]:
        departure = min(departure, instant(found["ended"]).astimezone(hotel.zone_info()).date())
    return arrival, max(arrival, departure)


def _hotel_day(text: str, hotel: Property) -> date:
    local = instant(text).astimezone(hotel.zone_info()).replace(tzinfo=None)
    return (local - timedelta(hours=hotel.rollover_hour)).date()
