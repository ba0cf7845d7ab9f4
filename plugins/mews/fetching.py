"""What Mews says now of one service order (a reservation, or an order of products), with its lines and its people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rewards.sdk import Json, Link

from . import reading
from .calls import every

AT_ONCE = 100


def order(link: Link, enterprise: str, entity: str) -> Json:
    """The order as it is now; None where it belongs to an enterprise that is not ours."""
    if enterprise not in link.settings.mapping("enterprises"):
        return None
    scope = {"EnterpriseIds": [enterprise]}
    asked = {**scope, "ReservationIds": [entity]}
    booked = [reading.reservation(one) for one in every(link, "reservations/getAll/2023-06-06", "Reservations", asked)]
    found = next((one for one in booked if one["id"] == entity), None)
    asked = {**scope, "ServiceOrderIds": [entity]}
    lines = [reading.line(one) for one in every(link, "orderItems/getAll", "OrderItems", asked)]
    lines = [one for one in lines if one["order"] == entity]
    accounts = [one["account"] for one in lines if one["owner"] == reading.CUSTOMER]
    if found and found["owner"] == reading.CUSTOMER:
        accounts.append(found["account"])
    return {
        "enterprise": enterprise, "reservation": found, "lines": lines,
        "people": people(link, reading.ids(accounts)),
    }  # fmt: skip


def people(link: Link, accounts: Sequence[str]) -> dict[str, Any]:
    """The names of customers, by id; those whom Mews does not know (any more) are left out."""
    found: dict[str, Any] = {}
    for part in _parts(accounts):
        asked: dict[str, Json] = {"CustomerIds": part, "Extent": {"Customers": True, "Addresses": False}}
        found.update(map(reading.person, every(link, "customers/getAll", "Customers", asked)))
    for account, number in _members(link, sorted(found)):
        if account in found and number:
            found[account]["member"] = number
    return found


def _members(link: Link, accounts: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """The numbers that stand in our own programme at Mews, where the hotel has named it."""
    programme = link.settings.text("programme")
    for part in _parts(accounts) if programme else ():
        asked: dict[str, Json] = {"AccountIds": part, "LoyaltyProgramIds": [programme]}
        yield from map(reading.membership, every(link, "loyaltyMemberships/getAll", "LoyaltyMemberships", asked))


def _parts(ids: Sequence[str]) -> Iterator[list[str]]:
    for begin in range(0, len(ids), AT_ONCE):
        yield list(ids[begin : begin + AT_ONCE])
