"""Our events for the hotel's own systems, as Standard Webhooks 1.0: signed, at least once, each with an id of its own.

It takes no messages. The address is a setting, so its host may be talked to; private addresses only where the operator
allows the host.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rewards.sdk import Event, Field, FieldKind, Json, Link, LiveSource, Refused, TryLater, sign_standard_webhook

PING = "webhook.ping"
GONE = 410


class Webhooks(LiveSource):
    """One endpoint of the hotel's; each connection is one."""

    fields = (
        Field(
            "url",
            FieldKind.URL,
            {"en": "Address of the endpoint", "nl": "Adres van het endpoint"},
            {"en": "https, and public unless the operator allows its host.",
             "nl": "https, en openbaar tenzij de beheerder de host toestaat."},
        ),
        Field(
            "signing_secret",
            FieldKind.SECRET,
            {"en": "Signing secret", "nl": "Ondertekeningsgeheim"},
            {"en": "whsec_ and 24 to 64 bytes in base64; both sides know it.",
             "nl": "whsec_ en 24 tot 64 bytes in base64; beide kanten kennen het."},
        ),
        Field(
            "topics",
            FieldKind.TEXT,
            {"en": "Topics", "nl": "Onderwerpen"},
            {"en": "With a comma between them; left out, all of them.",
             "nl": "Met komma's ertussen; zonder dit allemaal."},
            required=False,
        ),
    )  # fmt: skip
    topics = (
        "decision.committed", "decision.held", "decision.confirmed", "decision.cancelled", "grant.redeemed",
        "grant.delivered", "grant.failed", "grant.substituted", "grant.voided", "grant.expired", "grants.reassessed",
        "points.lapsed", "activity.recorded", "rules.published",
    )  # fmt: skip

    def deliver(self, event: Event, link: Link) -> None:
        """One POST; any 2xx is delivered, 410 gives up, all else is tried again."""
        wanted = {part.strip() for part in link.settings.text("topics").split(",") if part.strip()}
        if not wanted or event.topic in wanted:
            _post(link, event.id, event.topic, event.at, event.data)

    def check(self, link: Link) -> None:
        """A ping, signed like everything else."""
        _post(link, f"ping_{int(link.now.timestamp())}", PING, link.now, {})


def _post(link: Link, name: str, topic: str, at: datetime, data: Mapping[str, Json]) -> None:
    body = _body(topic, at, data)
    # Signed with every secret that is valid now: whoever has the old one and whoever has the new one both know it.
    signed = [sign_standard_webhook(one, name, link.now, body) for one in link.settings.secrets("signing_secret")]
    headers = {**signed[0], "webhook-signature": " ".join(one["webhook-signature"] for one in signed)}
    found = link.client.request(
        "POST", link.settings.text("url"), body=body, headers={**headers, "Content-Type": "application/json"}
    )
    if found.status == GONE:
        raise Refused("the endpoint is gone (410)")
    if not 200 <= found.status < 300:
        raise TryLater(f"the endpoint answered {found.status}")


def _body(topic: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    told = {"type": topic, "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": dict(data)}
    return json.dumps(told, ensure_ascii=False).encode()


source = Webhooks()
