"""What is kept of an order of Mews POS: state, invoice, who, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from rewards.sdk import Json, Refused, instant, pick

MOST = Decimal(10) ** 10


def name_of(value: Json, path: str) -> str:
    """An id."""
    text: str = pick(value, path, str)
    if not (1 <= len(text) <= 64 and text.isprintable() and "/" not in text):
        raise Refused(f"{path} is not an id")
    return text


def time_of(value: Json, path: str) -> str:
    """A time as it was written, once it is known that it can be read."""
    text: str = pick(value, path, str)
    instant(text)
    return text


def money(value: Json, path: str) -> Decimal:
    """An amount, which Mews POS writes as text; missing is nothing."""
    text = pick(value, path, str, "0")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Refused(f"{path} is not an amount") from None
    if not amount.is_finite() or abs(amount) >= MOST or len(text) > 20:
        raise Refused(f"{path} is not an amount")
    return amount


def order(body: Json) -> dict[str, Any]:
    """An order with what was included: its invoice, customer, booking and outlet."""
    found = pick(body, "data", dict)
    included = [one for one in pick(body, "included", list, []) if isinstance(one, Mapping)]
    return {
        "id": name_of(found, "id"),
        "state": pick(found, "attributes.state", str),
        "updated": time_of(found, "attributes.updatedAt"),
        "outlet": pick(found, "relationships.outlet.data.id", str, None),
        "invoice": _invoice(_related(found, "invoice", included)),
        "customer": _customer(_related(found, "customer", included)),
        "room": bool(pick(_related(found, "booking", included) or {}, "attributes.roomNumber", str, "")),
    }


def _related(found: Json, name: str, included: Sequence[Json]) -> Json:
    """What a relationship leads to, as it was included; None where it leads nowhere."""
    wanted = pick(found, f"relationships.{name}.data.id", str, None)
    kind = pick(found, f"relationships.{name}.data.type", str, None)
    return next((one for one in included if wanted and (one.get("id"), one.get("type")) == (wanted, kind)), None)


def _invoice(found: Json) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "id": name_of(found, "id"),
        "total": money(found, "attributes.total"),
        "tip": money(found, "attributes.tipAmount"),
        "cancelled": pick(found, "attributes.cancelled", bool),
        "at": time_of(found, "attributes.createdAt"),
    }


def _customer(found: Json) -> dict[str, Any] | None:
    if found is None:
        return None
    email = pick(found, "attributes.email", str, "").strip()
    return {"id": name_of(found, "id"), "email": email if len(email) <= 190 and email.isprintable() else ""}


def refund(found: Json) -> tuple[str | None, dict[str, Any]] | None:
    """The order (None where it names none) and the amount of an invoice that gives back what another one took.

    None for any other invoice.
    """
    related = pick(found, "relationships", dict, {})
    originals = pick(related, "originalInvoice.data", dict, None) or pick(related, "originalInvoices.data", dict, None)
    if not originals:
        return None
    of = name_of(related, "order.data.id") if pick(related, "order.data", dict, None) else None
    return of, {"id": name_of(found, "id"), "amount": abs(money(found, "attributes.total"))}
