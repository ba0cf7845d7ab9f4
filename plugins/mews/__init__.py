"""Mews: reservations, folios and paid invoices by the Connector API, woken by its general webhook.

A webhook says which things changed and nothing else, so each is fetched as it is now and compared with what was known.
"""

from __future__ import annotations

from datetime import timedelta

from rewards.sdk import (
    Context,
    Event,
    Json,
    Link,
    LiveSource,
    Normalised,
    Notice,
    Page,
    RawMessage,
    Refused,
    Values,
    pick,
    read_json,
)

from . import fetching, polling, telling
from .calls import call
from .invoices import fetch_bill, normalise_bill
from .orders import normalise_order
from .polling import BILL, ORDER
from .reading import name_of
from .settings import FIELDS


class Mews(LiveSource):
    """One access token of Mews: one hotel, or several of a portfolio."""

    fields = FIELDS
    poll_every = timedelta(minutes=5)
    topics = telling.TOPICS

    def verify(self, message: RawMessage, settings: Values) -> None:
        """Mews does not sign its general webhook: the address, which only Mews is given, is the proof."""
        return

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """Every service order that changed, once.

        A body says the same each time an order changes, so it is no name for the change: the time of its arrival is
        part of the key. A body that comes twice is looked into twice, which leads to the same facts.
        """
        body = read_json(message.body)
        enterprise = name_of(body, "EnterpriseId")
        changed = {
            name_of(event, "Value.Id")
            for event in pick(body, "Events", list)
            if pick(event, "Discriminator", str) == "ServiceOrderUpdated"
        }
        arrived = message.received_at.isoformat()
        return [Notice(f"order/{one}@{arrived}", ORDER, one, {"enterprise": enterprise}) for one in sorted(changed)]

    def fetch(self, notice: Notice, link: Link) -> Json:
        """The order with its lines and people, or the bill, as it is now."""
        enterprise = pick(notice.payload, "enterprise", str)
        if notice.kind == BILL:
            return {"kind": BILL, "found": fetch_bill(link, enterprise, notice.entity)}
        return {"kind": ORDER, "found": fetching.order(link, enterprise, notice.entity)}

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The difference of an order or a bill."""
        if state["kind"] == BILL:
            return normalise_bill(state["found"], last, context)
        return normalise_order(state["found"], last, context)

    def poll(self, cursor: str | None, link: Link) -> Page:
        """What changed since the last time, list by list."""
        return polling.poll(cursor, link)

    def deliver(self, event: Event, link: Link) -> None:
        """A note on the reservation, a credit on the folio, the membership on the profile."""
        telling.tell(event, link)

    def check(self, link: Link) -> None:
        """Ask Mews which enterprise the access token is for, and whether it is one that is mapped."""
        enterprise = name_of(call(link, "configuration/get", {}), "Enterprise.Id")
        if enterprise not in link.settings.mapping("enterprises"):
            raise Refused("the access token is for an enterprise that leads to none of our properties")


source = Mews()
