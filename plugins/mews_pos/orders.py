"""Calls of the Mews POS API (JSON:API, with a key as bearer)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rewards.sdk import Json, Link, Notice, Page, Refused, Response, instant, pick

from .reading import order, refund

BASES = {"demo": "https://api.mews-demo.com/pos"}
LIVE = "https://api.mews.com/pos"
OVERLAP = timedelta(minutes=10)
NOT_FOUND = 404
LOST_REFUND = "lost-refund"


def _get(link: Link, path: str, params: Mapping[str, str]) -> Response:
    base = BASES.get(link.settings.text("platform"), LIVE)
    key = link.settings.secret("api_key").reveal()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/vnd.api+json"}
    return link.client.get(f"{base}/v1/{path}", params=params, headers=headers)


def fetch_order(name: str, link: Link) -> Json:
    """An order with its invoice, customer and booking; None where there is none."""
    found = _get(link, f"orders/{name}", {"include": "invoice,customer,booking,outlet"})
    if found.status == NOT_FOUND:
        return None
    said = order(found.expect(200).json())
    return said if said["id"] == name else None


def look_for_refunds(cursor: str | None, link: Link) -> Page:
    """The next page of invoices since the last look; those that are refunds are notices of their order."""
    place: dict[str, str] = json.loads(cursor) if cursor else {"since": _text(link.now - timedelta(days=1))}
    until = place.get("until") or _text(link.now)
    params = {"filter[createdAtGteq]": place["since"]}
    if place.get("page"):
        params["page[after]"] = place["page"]
    body = _get(link, "invoices", params).expect(200).json()
    found = [one for one in map(refund, pick(body, "data", list)) if one is not None]
    notices = [_notice(of, said) for of, said in found]
    following = _next(pick(body, "links.next", str, None))
    if following:
        return Page(notices, json.dumps({**place, "until": until, "page": following}), more=True)
    since = _text(instant(until) - OVERLAP)
    return Page(notices, json.dumps({"since": since}))


def _notice(of: str | None, said: dict[str, Any]) -> Notice:
    """A refund is part of its order; one that names none is a notice of its own, which is shown as dead."""
    key = f"refund/{said['id']}"
    return Notice(key, "order", of, said) if of else Notice(key, LOST_REFUND, said["id"])


def _next(url: str | None) -> str | None:
    """What the next page begins after; never the address itself, which is another system's to say."""
    try:
        return next(iter(parse_qs(urlsplit(url or "").query).get("page[after]", [])), None)
    except ValueError:
        raise Refused("links.next is not an address") from None


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
