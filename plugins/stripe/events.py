"""What Stripe's events say of a payment: the fields that are read, and nothing else of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from rewards.sdk import (
    HELD,
    NOTHING,
    STRIPE_DIGITS,
    TAKEN,
    Json,
    Notice,
    Refused,
    Values,
    amount_of,
    currency_of,
    epoch_s,
    pick,
)

from .settings import CHARGE, INTENT

PAYMENTS = {INTENT: ("payment_intent.succeeded",), CHARGE: ("charge.succeeded", "charge.captured")}
REFUNDS = ("refund.created", "refund.updated", "refund.failed", "charge.refund.updated")
TOTALS = ("charge.refunded",)
DISPUTES = (
    "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)  # fmt: skip
_REFUND_EFFECT = {
    "pending": (0, TAKEN), "requires_action": (1, NOTHING), "succeeded": (2, TAKEN), "failed": (3, NOTHING),
    "canceled": (3, NOTHING),
}  # fmt: skip
_DISPUTE_EFFECT = {"won": NOTHING, "warning_closed": NOTHING, "prevented": NOTHING, "lost": TAKEN}
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,120}")
_LONGEST = 200


def notices(event: Json, settings: Values) -> list[Notice]:
    """One notice for an event about a payment that counts, none for any other; `Refused` for the other mode's."""
    name, said = id_of(event, "id"), pick(event, "type", str)
    live = pick(event, "livemode", bool)
    if live != (settings.text("mode") == "live"):
        raise Refused(f"livemode is {str(live).lower()}, and this connection takes {settings.text('mode')} payments")
    read = _reader(said, settings.text("counts"))
    if read is None:
        return []
    thing, at = pick(event, "data.object", dict), pick(event, "created", int)
    epoch_s(at)
    payment, kept = read(thing, at, settings)
    if payment is None:
        return []
    if kept["what"] == "payment":
        kept["house"] = _house(event, thing, settings)
    return [Notice(name, "payment", payment, kept)]


Read = Callable[[Json, int, Values], tuple[str | None, dict[str, Json]]]
"""The payment that a thing is about (None: one that does not count), and what is kept of the thing."""


def _reader(said: str, counts: str) -> Read | None:
    if said in PAYMENTS[counts]:
        return _charge if counts == CHARGE else _intent
    for names, read in ((REFUNDS, _refund), (DISPUTES, _dispute), (TOTALS, _total)):
        if said in names:
            return read
    return None


def _intent(thing: Json, at: int, settings: Values) -> tuple[str | None, dict[str, Json]]:
    return id_of(thing, "id"), _payment(thing, at, "amount_received", settings)


def _charge(thing: Json, at: int, settings: Values) -> tuple[str | None, dict[str, Json]]:
    """A charge that is only authorised is none yet; `charge.captured` follows with what was really taken."""
    if not pick(thing, "captured", bool):
        return None, {}
    return id_of(thing, "id"), _payment(thing, at, "amount_captured", settings)


def _payment(thing: Json, at: int, amount: str, settings: Values) -> dict[str, Json]:
    currency = currency_of(thing, "currency", small=True)
    metadata = pick(thing, "metadata", dict, {})
    customer = pick(thing, "customer", str, None)
    names = {
        "guest": _said(metadata, settings.text("guest_key")),
        "reservation": _said(metadata, settings.text("reservation_key")),
        "outlet": _said(metadata, settings.text("outlet_key")),
        "customer": id_of(thing, "customer") if customer and settings.flag("customers") else None,
    }
    return {
        "what": "payment", "id": id_of(thing, "id"), "order": [at], "at": at, "currency": currency,
        "amount": amount_of(thing, amount, currency, STRIPE_DIGITS), "kind": settings.text("guest_kind"),
        "verified": settings.flag("verified"), **names,
    }  # fmt: skip


def _refund(thing: Json, at: int, settings: Values) -> tuple[str | None, dict[str, Json]]:
    status = pick(thing, "status", str)
    if status not in _REFUND_EFFECT:
        raise Refused("status is not one of a refund")
    rank, effect = _REFUND_EFFECT[status]
    made = pick(thing, "created", int)
    return _about(thing, settings), _part(thing, [at, rank], effect) | {"made": made, "at": at}


def _dispute(thing: Json, at: int, settings: Values) -> tuple[str | None, dict[str, Json]]:
    """A dispute that is open withholds, in whatever state; one that was lost took its amount back."""
    status = pick(thing, "status", str)
    rank = int(status in _DISPUTE_EFFECT)
    return _about(thing, settings), _part(thing, [at, rank], _DISPUTE_EFFECT.get(status, HELD))


def _part(thing: Json, order: list[int], effect: str) -> dict[str, Json]:
    currency = currency_of(thing, "currency", small=True)
    return {
        "what": "part", "id": id_of(thing, "id"), "order": order, "effect": effect, "currency": currency,
        "amount": amount_of(thing, "amount", currency, STRIPE_DIGITS),
    }  # fmt: skip


def _total(thing: Json, at: int, settings: Values) -> tuple[str | None, dict[str, Json]]:
    """How much of a charge is refunded in all, as of the event."""
    currency = currency_of(thing, "currency", small=True)
    payment = id_of(thing, "id") if settings.text("counts") == CHARGE else _about(thing, settings)
    amount = amount_of(thing, "amount_refunded", currency, STRIPE_DIGITS)
    return payment, {"what": "total", "order": [at, amount], "at": at, "amount": amount, "currency": currency}


def _about(thing: Json, settings: Values) -> str | None:
    counts = settings.text("counts")
    return id_of(thing, counts) if pick(thing, counts, str, None) else None


def _house(event: Json, thing: Json, settings: Values) -> Json:
    """The property that metadata or account lead to; "" where nothing is mapped, None where this is not."""
    houses, accounts = settings.mapping("houses"), settings.mapping("accounts")
    if not houses and not accounts:
        return ""
    said = _said(pick(thing, "metadata", dict, {}), settings.text("house_key"))
    return houses.get(said or "") or accounts.get(pick(event, "account", str, None) or "")


def _said(metadata: Json, key: str) -> str | None:
    """A value of the metadata where it can name something: one line of up to 200 characters."""
    value = metadata.get(key)
    if value is not None and not isinstance(value, str):
        raise Refused("a value of metadata is not a text")
    text = (value or "").strip()
    return text if 0 < len(text) <= _LONGEST and text.isprintable() else None


def id_of(thing: Json, path: str) -> str:
    """An id of Stripe's; `Refused` where a text is none."""
    found: str = pick(thing, path, str)
    if not _ID.fullmatch(found):
        raise Refused(f"{path} is not an id")
    return found
