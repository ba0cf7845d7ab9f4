"""Payments of a Square seller: counted once when they are completed, with refunds in parts and disputes."""

from __future__ import annotations

from rewards.sdk import (
    Context,
    Json,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Values,
    check_hmac,
    read_json,
    settle,
)

from . import ledger
from .events import notices
from .settings import FIELDS


class Square(LiveSource):
    """A completed payment is a spend; its refunds and disputes come as events of their own, in any order."""

    fields = FIELDS

    def verify(self, message: RawMessage, settings: Values) -> None:
        """Square's signature over the registered address and the body."""
        address = settings.text("notification_url") or message.url
        signed = address.encode("utf-8", "replace") + message.body
        given = message.header("x-square-hmacsha256-signature")
        check_hmac(given, settings.secrets("signature_key"), signed, encoding="base64")

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One event."""
        return notices(read_json(message.body), settings)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """What the payment comes to after one more event."""
        known = ledger.told(last, state)
        payment = known["payment"]
        if payment is None:
            return Normalised(state=known, note="the payment itself has not come yet")
        left, why = ledger.left(known), ledger.why_nothing(payment)
        facts = [ledger.fact(payment, left)] if left.amount and not why else []
        drafts, standing = settle(known["facts"], facts)
        return Normalised(drafts, {**known, "facts": standing}, why or left.note)


source = Square()
