"""Payments of a Stripe account, with refunds in parts, refunds that fail, and disputes."""

from __future__ import annotations

from rewards.sdk import (
    Context,
    Json,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Values,
    check_stamped_hmac,
    read_json,
    settle,
)

from . import ledger
from .events import notices
from .settings import FIELDS


class Stripe(LiveSource):
    """A payment is a spend; its refunds and disputes come as events of their own, in any order."""

    fields = FIELDS

    def verify(self, message: RawMessage, settings: Values) -> None:
        """Stripe's signature over time and body."""
        check_stamped_hmac(message.header("Stripe-Signature"), message, settings.secrets("signing_secret"))

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One event."""
        return notices(read_json(message.body), settings)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """What the payment comes to after one more event."""
        known = ledger.told(last, state)
        payment = known["payment"]
        if payment is None:
            return Normalised(state=known, note="the payment itself has not come yet")
        # The house a payment was recorded at stays its house, even when the connection is on for more of them later.
        house = payment["house"] or known["house"] or (context.only_property if payment["house"] == "" else "")
        left = ledger.left(known)
        note = left.note or _why_nothing(payment, house)
        facts = []
        if house and left.amount and ledger.names(payment):
            facts = [ledger.fact(f"payment/{payment['id']}", known, house, left)]
        drafts, standing = settle(known["facts"], facts)
        return Normalised(drafts, {**known, "house": house, "facts": standing}, note)


def _why_nothing(payment: Json, house: str) -> str:
    if not house:
        return "the payment's account and metadata lead to no property"
    return "" if ledger.names(payment) else "the payment names no guest"


source = Stripe()
