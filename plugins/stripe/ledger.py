"""All that was said of one payment, and the fact it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rewards.sdk import (
    NOTHING,
    TAKEN,
    Draft,
    Evidence,
    Identity,
    Json,
    Kind,
    Left,
    epoch_s,
    left_of,
    newest,
    payers,
    with_part,
)

EMPTY: dict[str, Any] = {"payment": None, "total": None, "parts": {}, "house": "", "facts": None}


def told(last: Json, said: Mapping[str, Json]) -> dict[str, Json]:
    """The state with one more thing that was said; in whatever order things are told it ends the same."""
    state = {**EMPTY, **(last or {})}
    what = said["what"]
    if what != "part":
        return {**state, what: newest(state[what], dict(said))}
    return {**state, "parts": with_part(state["parts"], said)}


def left(state: Mapping[str, Json]) -> Left:
    """What is left of the payment in a state that has one."""
    payment, parts = state["payment"], list(state["parts"].values())
    unheard = _unheard(state["total"], parts)
    return left_of(payment["amount"], payment["currency"], [*parts, *unheard])


def _unheard(total: Json, parts: list[Json]) -> list[Json]:
    """What a charge's total says was refunded beyond the refunds that we heard of, as one more part.

    The total stands as of its event: a refund made later is not in it, nor is one that had failed by then.
    """
    if total is None:
        return []
    heard = sum(
        part["amount"]
        for part in parts
        if "made" in part
        and part["made"] <= total["at"]
        and not (part["effect"] == NOTHING and part["at"] <= total["at"])
    )
    rest = total["amount"] - heard
    return [{"amount": rest, "currency": total["currency"], "effect": TAKEN}] if rest > 0 else []


def fact(key: str, state: Mapping[str, Json], house: str, what_is_left: Left) -> Draft:
    """The spend that the payment comes to."""
    payment = state["payment"]
    return Draft(
        Kind.SPEND,
        key,
        names(payment),
        house,
        epoch_s(payment["at"]),
        amount_minor=what_is_left.amount,
        currency=payment["currency"],
        evidence=Evidence.RECORDED,
        reservation=payment["reservation"],
        category=payment["outlet"],
        withheld=what_is_left.withheld,
    )


def names(payment: Mapping[str, Json]) -> tuple[Identity, ...]:
    """Who paid: the guest of the metadata, then Stripe's customer; nobody where neither is known."""
    return payers(payment, "stripe_customer")
