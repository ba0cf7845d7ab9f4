"""Mews POS: what is paid in the restaurant, woken by signed webhooks, and refunds, found by looking for them.

A webhook says that an order changed, not what it came to; the order is fetched with its invoice and its customer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from rewards.sdk import (
    Context,
    Draft,
    Evidence,
    Field,
    FieldKind,
    Identity,
    Json,
    Kind,
    Link,
    LiveSource,
    Normalised,
    Notice,
    Page,
    RawMessage,
    Refused,
    Values,
    check_hmac,
    instant,
    minor_units,
    pick,
    read_json,
    settle,
)

from .orders import LOST_REFUND, fetch_order, look_for_refunds
from .reading import name_of, time_of

EVENTS = ("order.state.updated", "order.total.updated", "orders.payments.added")


class MewsPos(LiveSource):
    """The tills of one hotel."""

    poll_every = timedelta(minutes=30)
    fields = (
        Field("signing_secret", FieldKind.SECRET, {"en": "Webhook secret", "nl": "Webhookgeheim"}),
        Field("api_key", FieldKind.SECRET, {"en": "API key", "nl": "API-sleutel"},
              {"en": "It begins with sk_live or sk_test.", "nl": "Hij begint met sk_live of sk_test."}),
        Field("property", FieldKind.MAPPING, {"en": "Mews outlet to property", "nl": "Mews-outlet naar hotel"},
              {"en": "Outlet id to our code.", "nl": "Id van de outlet naar onze code."}),
        Field("platform", FieldKind.CHOICE, {"en": "Platform", "nl": "Platform"}, required=False, default="live",
              choices=("live", "demo")),
        Field("category", FieldKind.TEXT, {"en": "Category of this spend", "nl": "Categorie van deze besteding"},
              required=False, default="restaurant"),
        Field("trust_emails", FieldKind.FLAG,
              {"en": "Addresses at the till are checked", "nl": "Adressen bij de kassa zijn nagegaan"},
              {"en": "Only where staff check that an address is the guest's.",
               "nl": "Alleen als medewerkers nagaan dat een adres van de gast is."},
              required=False, default=False),
        Field("house_guests", FieldKind.FLAG,
              {"en": "Count orders of guests with a room", "nl": "Tel bestellingen van gasten met een kamer"},
              {"en": "Only where their folio is not read too, or it would count twice.",
               "nl": "Alleen als hun rekening niet ook wordt gelezen, anders telt het dubbel."},
              required=False, default=False),
    )  # fmt: skip

    def verify(self, message: RawMessage, settings: Values) -> None:
        """`X-Signature`: the HMAC of the received bytes in base64."""
        check_hmac(message.header("X-Signature"), settings.secrets("signing_secret"), message.body, encoding="base64")

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """The order that an event is about; nothing for events about tables and products."""
        body = read_json(message.body)
        event = pick(body, "meta.eventType", str)
        if event not in EVENTS:
            return []
        named = name_of(body, "data.attributes.orderId" if event == EVENTS[2] else "data.id")
        changed = time_of(body, "data.attributes.updatedAt")
        said = pick(body, "data.attributes.state", str, "")[:20]
        return [Notice(f"{event}/{named}/{changed}/{said}", "order", named)]

    def fetch(self, notice: Notice, link: Link) -> Json:
        """The order as it is now, with the refund that the notice may bring."""
        if notice.kind == LOST_REFUND:
            raise Refused("a refund names no order, so nothing is taken back for it")
        return {"order": fetch_order(notice.entity, link), "refund": notice.payload}

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """What was paid, less what was given back of it; a refund that comes first waits."""
        known = last or {"facts": None, "refunds": {}, "updated": None}
        refunds = dict(known["refunds"])
        if state["refund"]:
            refunds[state["refund"]["id"]] = state["refund"]["amount"]
        order = state["order"]
        if order is None or (known["updated"] and instant(order["updated"]) < instant(known["updated"])):
            return Normalised(state={**known, "refunds": refunds}, note="not there, or older than what is known")
        code = context.settings.mapping("property").get(order["outlet"] or "")
        if code is None or code not in context.properties:
            return Normalised(state={**known, "refunds": refunds}, note="of an outlet that leads to none of our houses")
        currency = context.properties[code].currency
        note = _why_not(order, context.settings)
        facts = [] if note else _spent(order, refunds, code, currency, context.settings)
        drafts, standing = settle(known["facts"], facts)
        drafts = [_named(draft, order["customer"], context.settings) for draft in drafts]
        return Normalised(drafts, {"facts": standing, "refunds": refunds, "updated": order["updated"]}, note)

    def poll(self, cursor: str | None, link: Link) -> Page:
        """Refunds: invoices that give back what another one took."""
        return look_for_refunds(cursor, link)


def _why_not(order: dict[str, Any], settings: Values) -> str:
    """Why an order is no spend of a guest, "" where it is."""
    if order["state"] != "paid" or order["invoice"] is None:
        return "not paid"
    if order["invoice"]["cancelled"]:
        return "its invoice was cancelled"
    if order["customer"] is None:
        return "no customer is named"
    if order["room"] and not settings.flag("house_guests"):
        return "of a guest with a room, whose folio tells it"
    return ""


def _spent(
    order: dict[str, Any], refunds: dict[str, Json], code: str, currency: str, settings: Values
) -> list[Draft]:  # fmt: skip
    invoice, customer = order["invoice"], order["customer"]
    left = invoice["total"] - invoice["tip"] - sum(refunds.values())
    if left <= 0:
        return []
    guest = (Identity("pos", f"mews:{customer['id']}", verified=True),)
    return [
        Draft(
            Kind.SPEND, f"order/{order['id']}", guest, code, instant(invoice["at"]),
            amount_minor=minor_units(left, currency), currency=currency, evidence=Evidence.RECORDED,
            category=settings.text("category")[:40] or None,
        )
    ]  # fmt: skip


def _named(draft: Draft, customer: dict[str, Any] | None, settings: Values) -> Draft:
    """A fact with the address too. Facts are compared without it, for an address that changes changes no fact."""
    if not draft.identities or not customer or not customer["email"]:
        return draft
    address = Identity("email", customer["email"].lower(), verified=settings.flag("trust_emails"))
    return replace(draft, identities=(*draft.identities, address))


source = MewsPos()
