"""Invoices paid on time or late: from Stripe, or from an accounting system in a small form of our own."""

from __future__ import annotations

from collections.abc import Mapping

from rewards.sdk import (
    Context,
    Json,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Values,
    check_stamped_hmac,
    newest,
    read_json,
    settle,
)

from . import accounts, stripe_events
from .invoice import facts, who
from .settings import FIELDS, STRIPE


class Invoices(LiveSource):
    """Each message holds invoices as they stand; the newest telling of each counts."""

    fields = FIELDS

    def verify(self, message: RawMessage, settings: Values) -> None:
        """A signature over time and body, by Stripe's scheme for both."""
        header = "Stripe-Signature" if settings.text("sender") == STRIPE else "X-Signature"
        check_stamped_hmac(message.header(header), message, settings.secrets("signing_secret"))

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One event of Stripe, or the invoices of an accounting system."""
        if settings.text("sender") == STRIPE:
            return stripe_events.notices(read_json(message.body), settings)
        return accounts.notices(message, settings)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The payment that the invoice comes to, as it stood in its newest telling."""
        before = last or {"invoice": None, "house": "", "facts": None}
        invoice = newest(before["invoice"], state)
        house = invoice["house"] or (_one_house(before, context) if not invoice["names_house"] else "")
        prop = context.properties.get(house)
        stated = facts(invoice, prop) if prop else []
        drafts, standing = settle(before["facts"], stated)
        kept = {"invoice": invoice, "house": house, "facts": standing}
        return Normalised(drafts, kept, "" if stated else _why(invoice, prop is not None))


def _one_house(before: Mapping[str, Json], context: Context) -> str:
    """The connection's one house, for an invoice that names none; it stays so when there are more of them later."""
    return str(before["house"]) or context.only_property


def _why(invoice: Mapping[str, Json], known_house: bool) -> str:
    if not known_house:
        return "the invoice is of no property that this connection is on for"
    if invoice["due"] is None:
        return "the invoice has no due day"
    return "nothing to record yet, or void or credited whole" if who(invoice) else "the invoice names no guest"


source = Invoices()
