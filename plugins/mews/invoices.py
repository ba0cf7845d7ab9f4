"""Invoices that were paid, and whether it was in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rewards.sdk import Context, Draft, Evidence, Json, Kind, Link, Normalised, Property, instant, settle

from . import reading
from .calls import every
from .facts import account, named
from .fetching import people


def fetch_bill(link: Link, enterprise: str, entity: str) -> Json:
    """The bill as it is now, with the names of whom it is for; None where Mews shows none of ours."""
    if enterprise not in link.settings.mapping("enterprises"):
        return None
    asked: dict[str, Json] = {"EnterpriseIds": [enterprise], "BillIds": [entity]}
    bills = [reading.bill(one) for one in every(link, "bills/getAll", "Bills", asked)]
    found = next((one for one in bills if one["id"] == entity and one["enterprise"] == enterprise), None)
    if found is None:
        return None
    accounts = [found["account"]] if found["owner"] == reading.CUSTOMER else []
    return {"bill": found, "people": people(link, accounts)}


def normalise_bill(state: Json, last: Json, context: Context) -> Normalised:
    """The payment of an invoice to a guest; taken back when the invoice is open again."""
    if state is None:
        return Normalised(state=last, note="Mews shows no such bill of ours")
    found = state["bill"]
    if last and instant(found["updated"]) < instant(last["updated"]):
        return Normalised(state=last, note="older than what is known")
    code = context.settings.mapping("enterprises")[found["enterprise"]]
    if code not in context.properties:
        return Normalised(state=last, note=f"of {code}, which this connection is not on for")
    facts = [_paid(found, context.properties[code])] if _is_paid_invoice(found) else []
    drafts, standing = settle((last or {}).get("facts"), facts)
    kind = context.settings.text("member_kind") or "card"
    note = "" if facts else "not a paid invoice of a guest"
    return Normalised(named(drafts, state["people"], kind), {"updated": found["updated"], "facts": standing}, note)


def _is_paid_invoice(found: Mapping[str, Any]) -> bool:
    paid = found["type"] == "Invoice" and found["state"] == "Closed" and not found["corrected"]
    return paid and found["owner"] == reading.CUSTOMER and bool(found["due"] and found["paid"])


def _paid(found: Mapping[str, Any], hotel: Property) -> Draft:
    return Draft(
        Kind.PAYMENT, f"payment/{found['id']}", (account(found["account"]),), hotel.code, instant(found["paid"]),
        on_time=_day(found["paid"], hotel) <= _day(found["due"], hotel), evidence=Evidence.RECORDED,
    )  # fmt: skip


def _day(text: str, hotel: Property) -> date:
    """The calendar day at the hotel: an invoice is in time until its last day is over."""
    return instant(text).astimezone(hotel.zone_info()).date()
