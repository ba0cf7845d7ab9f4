"""Apaleo: its messages say that something changed; the reservation and its folios are then read as they are now.

A reservation and all of its folios are one entity, so a guest who is replaced, a charge that is moved and an allowance
that comes before its charge all end in the same facts.
"""

from __future__ import annotations

from datetime import timedelta

from rewards.sdk import (
    Context,
    Json,
    Link,
    LiveSource,
    Normalised,
    Notice,
    Page,
    RawMessage,
    Refused,
    TryLater,
    Values,
    basic_auth,
    check_secret,
    instant,
    pick,
    read_json,
    same,
    settle,
)

from . import polling
from .client import get
from .facts import Whose, facts_of
from .fields import FIELDS
from .guests import identities, is_named
from .reading import read_folio, read_reservation, reservation_of

RESERVATION_TYPES = {"amended", "changed", "checked-in", "checked-out", "set-to-no-show", "canceled"}
"""What is read of reservations: one that was only booked is nothing that happened."""

MONEY_TYPES = ("payment-", "refund-", "created", "deleted", "debitor-", "balance-")
"""Beginnings of what is not read of folios: payments and refunds of payments are no spend."""

OVER = ("CheckedOut", "Canceled", "NoShow")


class Apaleo(LiveSource):
    """Thin messages, one account a connection, any number of its properties."""

    fields = FIELDS
    poll_every = timedelta(minutes=15)

    def verify(self, message: RawMessage, settings: Values) -> None:
        """User, password and senders where they are set; else the address is what only Apaleo knows."""
        senders = {part.strip() for part in settings.text("senders").split(",")} - {""}
        if senders and message.sender not in senders:
            raise Refused("the call comes from another address")
        user, passwords = settings.text("webhook_user"), settings.secrets("webhook_password")
        if not user and not passwords:
            return
        given, password = basic_auth(message)
        if not same(given, user):
            raise Refused("the user is not ours")
        check_secret(password, passwords)

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One notice of a reservation, whichever of its parts changed; none for a health check."""
        body = read_json(message.body)
        topic, said = pick(body, "topic", str).casefold(), pick(body, "type", str).casefold()
        if not _is_read(topic, said) or pick(body, "propertyId", str) not in settings.mapping("properties"):
            return []
        reservation = reservation_of(topic, pick(body, "data.entityId", str))
        return [] if reservation is None else [Notice(pick(body, "id", str), "reservation", reservation)]

    def fetch(self, notice: Notice, link: Link) -> Json:
        """The reservation and its folios, less everything that no fact is made of."""
        found = get(link, f"/booking/v1/reservations/{notice.entity}", {"expand": "booker"})
        if found is None:
            return None
        reservation = read_reservation(found, notice.entity)
        if reservation["property"] not in link.settings.mapping("properties"):
            return {"reservation": reservation, "folios": []}
        return {"reservation": reservation, "folios": _folios(notice.entity, link)}

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The difference between the facts that stand and those that are true now."""
        if state is None:
            return Normalised(state=last, note="Apaleo has no such reservation (any more)")
        one = state["reservation"]
        if last and instant(one["modified"]) < instant(last["modified"]):
            return Normalised(state=last, note="older than what was read before")
        prop = context.properties.get(context.settings.mapping("properties").get(one["property"], ""))
        if prop is None:
            return Normalised(state=last, note="of a property that this connection does not read")
        names = identities(one["id"], one["emails"], context.settings)
        if last and last["named"] and not is_named(names) and one["status"] in OVER:
            return Normalised(state=last, note="the guest's name was removed after the stay; what was told stands")
        drafts, standing = settle(
            (last or {}).get("facts"), facts_of(Whose(prop, names, one, context), state["folios"])
        )
        return Normalised(drafts, {"modified": one["modified"], "named": is_named(names), "facts": standing})

    def poll(self, cursor: str | None, link: Link) -> Page:
        """Reservations and folios that changed since the last time."""
        return polling.poll(cursor, link)

    def check(self, link: Link) -> None:
        """Read one reservation and one folio of the properties, to see that the app may."""
        params = {"propertyIds": ",".join(sorted(link.settings.mapping("properties"))), "pageSize": "1"}
        for path in ("/booking/v1/reservations", "/finance/v1/folios"):
            get(link, path, params)


def _is_read(topic: str, said: str) -> bool:
    if topic == "reservation":
        return said in RESERVATION_TYPES
    return topic == "folio" and not said.startswith(MONEY_TYPES)


def _folios(reservation: str, link: Link) -> list[Json]:
    listed = get(link, "/finance/v1/folios", {"reservationIds": reservation, "pageSize": "100"})
    found = []
    for item in [] if listed is None else pick(listed, "folios", list):
        folio = pick(item, "id", str)
        if reservation_of("folio", folio) != reservation:
            raise Refused("a folio of another reservation was listed")
        body = get(link, f"/finance/v1/folios/{folio}", {})
        if body is None:
            raise TryLater("a folio that is listed cannot be read")
        found.append(read_folio(body, folio, link.settings.text("amounts")))
    return found


source = Apaleo()
