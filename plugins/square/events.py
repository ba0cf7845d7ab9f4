"""What Square's events say of a payment: the fields that are read, and nothing else of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from rewards.sdk import HELD, NOTHING, TAKEN, Json, Notice, Refused, Values, amount_of, currency_of, instant, pick

from . import settings as asked

_REFUND_EFFECT = {"PENDING": NOTHING, "COMPLETED": TAKEN, "REJECTED": NOTHING, "FAILED": NOTHING}
_DISPUTE_EFFECT = {"WON": NOTHING, "INQUIRY_CLOSED": NOTHING, "LOST": TAKEN, "ACCEPTED": TAKEN}
_PAYMENT_ENDS = ("COMPLETED", "CANCELED", "FAILED")
_GIFT_CARDS = ("SQUARE_GIFT_CARD", "OTHER_GIFT_CARD")
LARGEST = 2**53
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,160}")

Read = Callable[[Json, Values], tuple[str | None, dict[str, Json]]]
"""The payment that a thing is about (None: none of Square's), and what is kept of the thing."""


def notices(event: Json, settings: Values) -> list[Notice]:
    """One notice for an event about a payment, none for any other: loyalty, gift cards, orders, customers."""
    name, said = id_of(event, "event_id"), pick(event, "type", str)
    if said not in _READ:
        return []
    what, read = _READ[said]
    payment, kept = read(pick(event, f"data.object.{what}", dict), settings)
    return [Notice(name, "payment", payment, kept)] if payment is not None else []


def _payment(thing: Json, settings: Values) -> tuple[str | None, dict[str, Json]]:
    status = pick(thing, "status", str)
    money = "total_money" if settings.flag("tips") else "amount_money"
    amount, currency = _money(thing, money)
    total, _ = _money(thing, "total_money") if pick(thing, "total_money", dict, None) else (amount, currency)
    made = moment(
        pick(thing, "card_details.card_payment_timeline.captured_at", str, None) or pick(thing, "created_at", str)
    )
    kept = {
        "what": "payment", "id": id_of(thing, "id"), "order": _order(thing, status in _PAYMENT_ENDS), "at": made,
        "status": status, "amount": amount, "currency": currency, "total": max(amount, total),
        "house": settings.mapping("locations").get(pick(thing, "location_id", str)),
        "gift": _by_gift_card(thing) and not settings.flag("gift_cards"),
        "kind": settings.text("guest_kind"),
        "verified": settings.flag("verified"), "outlet": settings.text("category") or None,
        **_names(thing, settings), **_refunded(thing),
    }  # fmt: skip
    return kept["id"], kept


def _names(thing: Json, settings: Values) -> dict[str, Json]:
    reference, customer = pick(thing, "reference_id", str, None), pick(thing, "customer_id", str, None)
    said = reference.strip() if reference else ""
    means = settings.text("reference") if 0 < len(said) <= 200 and said.isprintable() else asked.NOTHING
    return {
        "guest": said if means == asked.GUEST else None,
        "reservation": said if means == asked.RESERVATION else None,
        "customer": id_of(thing, "customer_id") if customer and settings.flag("customers") else None,
    }


def _refunded(thing: Json) -> dict[str, Json]:
    """What the payment itself knows of its refunds: their sum and their ids."""
    back = _money(thing, "refunded_money")[0] if pick(thing, "refunded_money", dict, None) else 0
    ids = pick(thing, "refund_ids", list, [])
    if not all(isinstance(one, str) and _ID.fullmatch(one) for one in ids):
        raise Refused("refund_ids are not ids")
    return {"refunded": back, "refunds": ids[:150]}


def _by_gift_card(thing: Json) -> bool:
    brand = pick(thing, "card_details.card.card_brand", str, "")
    return brand in _GIFT_CARDS or pick(thing, "external_details.type", str, "") in _GIFT_CARDS


def _refund(thing: Json, settings: Values) -> tuple[str | None, dict[str, Json]]:
    status = pick(thing, "status", str)
    if status not in _REFUND_EFFECT:
        raise Refused("status is not one of a refund")
    payment = id_of(thing, "payment_id") if pick(thing, "payment_id", str, None) else None
    kept = _part(thing, _REFUND_EFFECT[status], _order(thing, status != "PENDING"))
    return payment, kept | {"refund": status in ("PENDING", "COMPLETED")}


def _dispute(thing: Json, settings: Values) -> tuple[str | None, dict[str, Json]]:
    """A dispute that is open withholds, in whatever state; one that was lost or accepted took its amount back."""
    state = pick(thing, "state", str)
    kept = _part(thing, _DISPUTE_EFFECT.get(state, HELD), _order(thing, state in _DISPUTE_EFFECT))
    return id_of(thing, "disputed_payment.payment_id"), kept | {"refund": False}


def _part(thing: Json, effect: str, order: list[Json]) -> dict[str, Json]:
    amount, currency = _money(thing, "amount_money")
    return {
        "what": "part", "id": id_of(thing, "id"), "order": order, "effect": effect, "amount": amount,
        "currency": currency,
    }  # fmt: skip


_READ: dict[str, tuple[str, Read]] = {
    "payment.created": ("payment", _payment),
    "payment.updated": ("payment", _payment),
    "refund.created": ("refund", _refund),
    "refund.updated": ("refund", _refund),
    "dispute.created": ("dispute", _dispute),
    "dispute.state.changed": ("dispute", _dispute),
    "dispute.state.updated": ("dispute", _dispute),
}


def _order(thing: Json, ended: bool) -> list[Json]:
    """What puts the tellings of one thing in order: when it changed, its version where it has one, and its end last."""
    version = pick(thing, "version", int, 0)
    if not 0 <= version <= LARGEST:
        raise Refused("version is out of range")
    return [moment(pick(thing, "updated_at", str)), version, int(ended)]


def moment(text: str) -> str:
    """An instant in UTC, written so that later ones sort after earlier ones."""
    return instant(text).isoformat(timespec="microseconds")


def _money(thing: Json, name: str) -> tuple[int, str]:
    """Integer minor units and a currency of ISO 4217; `Refused` for anything else."""
    currency = currency_of(thing, f"{name}.currency")
    return amount_of(thing, f"{name}.amount", currency), currency


def id_of(thing: Json, path: str) -> str:
    """An id of Square's; `Refused` where a text is none."""
    found: str = pick(thing, path, str)
    if not _ID.fullmatch(found):
        raise Refused(f"{path} is not an id")
    return found
