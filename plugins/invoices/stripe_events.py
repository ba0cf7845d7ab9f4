"""Invoices of Stripe: each event holds the invoice as it stood then."""

from __future__ import annotations

import re

from rewards.sdk import STRIPE_DIGITS, Json, Notice, Refused, Values, amount_of, currency_of, epoch_s, pick

from .invoice import LONGEST, kept

EVENTS = (
    "invoice.finalized", "invoice.updated", "invoice.paid", "invoice.payment_failed", "invoice.overdue",
    "invoice.marked_uncollectible", "invoice.voided",
)  # fmt: skip
_RANK = {"draft": 0, "open": 1, "uncollectible": 2, "paid": 3, "void": 4}
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,120}")


def notices(event: Json, settings: Values) -> list[Notice]:
    """One notice for an event about an invoice, none for any other; `Refused` for the other mode's."""
    name, said = _id(event, "id"), pick(event, "type", str)
    live = pick(event, "livemode", bool)
    if live != (settings.text("mode") == "live"):
        raise Refused(f"livemode is {str(live).lower()}, and this connection takes {settings.text('mode')} invoices")
    if said not in EVENTS:
        return []
    thing, at = pick(event, "data.object", dict), pick(event, "created", int)
    status = pick(thing, "status", str)
    if status not in _RANK:
        raise Refused("status is not one of an invoice")
    metadata = pick(thing, "metadata", dict, {})
    customer = pick(thing, "customer", str, None)
    invoice = kept(
        _id(thing, "id"), _moment(at), _RANK[status], settings,
        house=_said(metadata, settings.text("house_key")), guest=_said(metadata, settings.text("guest_key")),
        customer=_id(thing, "customer") if customer and settings.flag("customers") else None,
    ) | _standing(thing, at, status, metadata)  # fmt: skip
    return [Notice(name, "invoice", invoice["invoice"], invoice)]


def _standing(thing: Json, at: int, status: str, metadata: Json) -> dict[str, Json]:
    """Days and amounts. What was credited before it was paid is no longer due; what was credited after comes off."""
    currency, due = currency_of(thing, "currency", small=True), pick(thing, "due_date", int, None)
    paid = pick(thing, "status_transitions.paid_at", int, at) if status == "paid" else None
    later = "post_payment_credit_notes_amount"
    return {
        "due": None if due is None else _moment(due),
        "paid": None if paid is None else _moment(paid),
        "amount": amount_of(thing, "amount_due", currency, STRIPE_DIGITS),
        "open": 0,
        "credited": amount_of(thing, later, currency, STRIPE_DIGITS) if pick(thing, later, int, 0) else 0,
        "currency": currency,
        "void": status in ("void", "draft"),
        "disputed": (_said(metadata, "disputed") or "").lower() == "true",
        "reservation": _said(metadata, "reservation"),
    }


def _moment(seconds: int) -> str:
    return epoch_s(seconds).isoformat(timespec="microseconds")


def _said(metadata: Json, key: str) -> str | None:
    """A value of the metadata where it can name something: one short line."""
    value = metadata.get(key)
    if value is not None and not isinstance(value, str):
        raise Refused("a value of metadata is not a text")
    text = (value or "").strip()
    return text if 0 < len(text) <= LONGEST and text.isprintable() else None


def _id(thing: Json, path: str) -> str:
    found: str = pick(thing, path, str)
    if not _ID.fullmatch(found):
        raise Refused(f"{path} is not an id")
    return found
