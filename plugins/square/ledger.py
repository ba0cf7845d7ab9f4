"""All that was said of one payment, and the fact it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.sdk import TAKEN, Draft, Evidence, Identity, Json, Kind, Left, instant, left_of, newest, payers, with_part

EMPTY: dict[str, Any] = {"payment": None, "parts": {}, "facts": None}


def told(last: Json, said: Mapping[str, Json]) -> dict[str, Json]:
    """The state with one more thing that was said; in whatever order things are told it ends the same."""
    state = {**EMPTY, **(last or {})}
    if said["what"] == "payment":
        return {**state, "payment": newest(state["payment"], dict(said))}
    return {**state, "parts": with_part(state["parts"], said)}


def left(state: Mapping[str, Json]) -> Left:
    """What is left of the payment in a state that has one. A refund comes off the goods first, then off the tip."""
    payment, known = state["payment"], state["parts"]
    parts = [*known.values(), *_unheard(payment, known)]
    found = left_of(payment["amount"], payment["currency"], parts)
    whole = left_of(payment["total"], payment["currency"], parts)
    return Left(found.amount, found.withheld, whole.note)


def _unheard(payment: Mapping[str, Json], known: Mapping[str, Json]) -> list[Json]:
    """What the payment says was refunded by refunds that we have not heard of, as one more part."""
    ids = payment["refunds"]
    if ids and all(one in known for one in ids):
        return []
    heard = sum(part["amount"] for one, part in known.items() if part["refund"] and (one in ids or not ids))
    rest = payment["refunded"] - heard
    return [{"amount": rest, "currency": payment["currency"], "effect": TAKEN}] if rest > 0 else []


def why_nothing(payment: Mapping[str, Json]) -> str:
    """Why a payment is not recorded, "" where it is."""
    if payment["status"] != "COMPLETED":
        return "the payment is not completed"
    if payment["gift"]:
        return "paid by gift card, whose sale counted"
    if not payment["house"]:
        return "the payment's location is mapped to no property"
    return "" if names(payment) else "the payment names no guest"


def fact(payment: Mapping[str, Json], what_is_left: Left) -> Draft:
    """The spend that a payment comes to."""
    return Draft(
        Kind.SPEND,
        f"payment/{payment['id']}",
        names(payment),
        payment["house"],
        instant(payment["at"]),
        amount_minor=what_is_left.amount,
        currency=payment["currency"],
        evidence=Evidence.RECORDED,
        reservation=payment["reservation"],
        category=payment["outlet"],
        withheld=what_is_left.withheld,
    )


def names(payment: Mapping[str, Json]) -> tuple[Identity, ...]:
    """Who paid: the guest that the reference names, then Square's customer; nobody where neither is known."""
    return payers(payment, "square_customer")
