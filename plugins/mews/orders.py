"""An order as it is now, compared with what stood: the drafts that lead from one to the other."""

from __future__ import annotations

from typing import Any

from rewards.sdk import Context, Draft, Json, Normalised, instant, settle

from .facts import named, of_reservation
from .reading import CUSTOMER
from .spending import Folio, of_folio


def normalise_order(state: Json, last: Json, context: Context) -> Normalised:
    """Facts of an order and of its lines; what is gone is taken back, what shrank is taken back in part."""
    if state is None:
        return Normalised(state=last, note="of an enterprise that leads to none of our properties")
    found = state["reservation"]
    if found is None and not state["lines"]:
        return Normalised(state=last, note="Mews shows nothing under this id")
    if found and last and last["updated"] and instant(found["updated"]) < instant(last["updated"]):
        return Normalised(state=last, note="older than what is known")
    code = context.settings.mapping("enterprises")[state["enterprise"]]
    if code not in context.properties:
        return Normalised(state=last, note=f"of {code}, which this connection is not on for")
    drafts, standing = settle((last or {}).get("facts"), _facts(state, code, context))
    kind = context.settings.text("member_kind") or "card"
    updated = found["updated"] if found else None
    return Normalised(named(drafts, state["people"], kind), {"updated": updated, "facts": standing}, _note(found))


def _facts(state: dict[str, Any], code: str, context: Context) -> list[Draft]:
    hotel, found = context.properties[code], state["reservation"]
    stay = of_reservation(found, hotel, context.settings) if found else []
    owner = found["account"] if found and found["owner"] == CUSTOMER else None
    order = found["id"] if found else state["lines"][0]["order"]
    folio = Folio(order, state["lines"], owner, found["number"] if found else None)
    return [*stay, *of_folio(folio, hotel, context.settings)]


def _note(found: dict[str, Any] | None) -> str:
    """Why a reservation comes to no stay, for whoever looks into the inbox."""
    if found is None or found["state"] == "Processed":
        return ""
    if found["owner"] != CUSTOMER:
        return "the reservation is a company's; no guest is named"
    if found["state"] == "Canceled":
        return "no-show" if found["reason"] == "NoShow" else "cancelled"
    return "checked in" if found["state"] == "Started" and found["started"] else "booked"
