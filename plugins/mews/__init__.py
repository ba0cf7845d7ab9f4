"""Mews: reservations and folios by the Connector API, woken by its general webhook.

A webhook says which things changed and nothing else, so each is fetched as it is now and compared with what was known.
"""

from __future__ import annotations

from rewards.sdk import (
    Context,
    Json,
    Link,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Refused,
    Values,
    pick,
    read_json,
)

from . import fetching
from .calls import call
from .orders import normalise_order
from .reading import name_of
from .settings import FIELDS

ORDER = "order"


class Mews(LiveSource):
    """One access token of Mews: one hotel, or several of a portfolio."""

    fields = FIELDS

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
        """The order with its lines and people."""
        return fetching.order(link, pick(notice.payload, "enterprise", str), notice.entity)

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The difference of an order."""
        return normalise_order(state, last, context)

    def check(self, link: Link) -> None:
        """Ask Mews which enterprise the access token is for, and whether it is one that is mapped."""
        enterprise = name_of(call(link, "configuration/get", {}), "Enterprise.Id")
        if enterprise not in link.settings.mapping("enterprises"):
            raise Refused("the access token is for an enterprise that leads to none of our properties")


source = Mews()
