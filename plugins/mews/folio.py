"""A credit becomes a line on the guest's folio, named by the grant; taken back, a second line that is its opposite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from rewards.sdk import Event, Json, Link

from .calls import call, every
from .notes import currency, money
from .reading import pick_text

MARGIN = timedelta(hours=1)

Grant = Mapping[str, Any]


def is_credit(grant: Grant) -> bool:
    """Whether a grant is money."""
    return "amount" in grant["params"] and bool(currency(grant))


def add(event: Event, grant: Grant, found: Mapping[str, Any], enterprise: str, link: Link) -> None:
    """Put the credit on the folio of the reservation, once."""
    kept = f"credit/{grant['grant']}"
    if link.vault.get(kept) is not None:
        return
    title = grant["title"].get("en") or grant["perk"]
    said = {
        "account": found["account"], "reservation": found["id"], "name": title, "amount": str(-money(grant)),
        "currency": currency(grant), "undone": False,
    }  # fmt: skip
    _post(said, f"rewards:{grant['grant']}", event.at, enterprise, link)
    link.vault.put(kept, said)


def undo(event: Event, grant: Grant, enterprise: str, link: Link) -> None:
    """Put what is its opposite beside a credit that is on a folio, once."""
    kept = f"credit/{grant['grant']}"
    said = link.vault.get(kept)
    if said is None or said["undone"]:
        return
    opposite = {**said, "amount": str(-Decimal(said["amount"]))}
    _post(opposite, f"rewards:{grant['grant']}:undone", event.at, enterprise, link)
    link.vault.put(kept, {**said, "undone": True})


def _post(said: Mapping[str, Any], reference: str, since: datetime, enterprise: str, link: Link) -> None:
    """Add a line unless one of this reference is there: whoever was cut off before it was noted looks first."""
    service = link.settings.text("folio_service")
    between = {"StartUtc": _text(since - MARGIN), "EndUtc": _text(link.now + MARGIN)}
    asked: dict[str, Json] = {"EnterpriseIds": [enterprise], "ServiceIds": [service], "CreatedUtc": between}
    lines = every(link, "orderItems/getAll", "OrderItems", asked)
    if any(pick_text(one, "ExternalIdentifier") == reference for one in lines):
        return
    taxes = [part.strip() for part in link.settings.text("folio_tax").split(",") if part.strip()]
    amount = {"Currency": said["currency"], "GrossValue": Decimal(said["amount"]), "TaxCodes": taxes}
    item = {"Name": said["name"], "UnitCount": 1, "UnitAmount": amount, "ExternalIdentifier": reference}
    order = {
        "EnterpriseId": enterprise, "ServiceId": service, "AccountId": said["account"], "Items": [item],
        "LinkedReservationId": said["reservation"], "Notes": reference,
    }  # fmt: skip
    call(link, "orders/add", order)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
