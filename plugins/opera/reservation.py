"""A reservation as it is read: whose it is, what it stands at, its days. The rest of the answer is dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rewards.sdk import Json, Refused, pick

IN_HOUSE = frozenset({"InHouse", "DueOut", "PendingCheckout", "Walkin"})
OUT = frozenset({"CheckedOut"})
BEFORE = frozenset({"Reserved", "Requested", "Waitlisted", "DueIn"})
GONE = frozenset({"Cancelled", "NoShow"})
KNOWN = IN_HOUSE | OUT | BEFORE | GONE
MOST_CARDS = 5


def read(answer: Json, memberships: Mapping[str, str]) -> Json:
    """What is kept of the answer of getReservation; `Refused` where a field that is needed is missing or wrong.

    `status`, `arrival` and `departure` (dates as texts), `profile` (the guest's profile number, "" for none), `cards`
    (pairs of membership type and number, of the mapped types only), `rate`, `room_type`, `source` and `house_use`.
    """
    one = pick(answer, "reservations.reservation.0", dict)
    stay = pick(one, "roomStay", dict)
    rate = _last_rate(stay)
    return {
        "status": pick(one, "reservationStatus", str),
        "arrival": _day(pick(stay, "arrivalDate", str)),
        "departure": _day(pick(stay, "departureDate", str)),
        "profile": _profile(one),
        "cards": _cards(one, memberships),
        "rate": pick(rate, "ratePlanCode", str, ""),
        "room_type": pick(stay, "currentRoomInfo.roomType", str, "") or pick(rate, "roomType", str, ""),
        "source": pick(rate, "sourceCode", str, ""),
        "house_use": pick(rate, "houseUseOnly", bool, False),
    }


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise Refused("a day of the reservation cannot be read") from None


def _last_rate(stay: Json) -> Json:
    """The rate of the last nights: what a stay ended on."""
    rates = pick(stay, "roomRates", list, [])
    return rates[-1] if rates else {}


def _profile(one: Json) -> str:
    """The profile number of the guest the reservation is for; the others of the room do not earn by it."""
    guests = pick(one, "reservationGuests", list, [])
    first = next((guest for guest in guests if pick(guest, "primary", bool, False)), None)
    if first is None and len(guests) == 1:
        first = guests[0]
    ids = pick(first, "profileInfo.profileIdList", list, []) if first is not None else []
    return next((pick(each, "id", str, "") for each in ids if pick(each, "type", str, "") == "Profile"), "")


def _cards(one: Json, memberships: Mapping[str, str]) -> list[list[str]]:
    """Numbers of the mapped programmes: those of this reservation first, then those of the profile."""
    found: list[list[str]] = []
    for where in ("reservationMemberships", "guestMemberships"):
        for each in pick(one, where, list, []):
            kind, number = pick(each, "membershipType", str, ""), pick(each, "membershipId", str, "").strip()
            card = [kind, number]
            if kind in memberships and number and not pick(each, "inactive", bool, False) and card not in found:
                found.append(card)
    return found[:MOST_CARDS]
