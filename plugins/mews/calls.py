"""Calls of the Mews Connector API: every one is a POST with the tokens in its body, lists come page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rewards.sdk import Json, Link, Refused, pick

from .settings import DEMO

CLIENT = "Rewards 1.0"
ADDRESSES = {DEMO: "https://api.mews-demo.com"}
LIVE_ADDRESS = "https://api.mews.com"
PAGE = 500
MOST_PAGES = 20


def call(link: Link, what: str, body: Mapping[str, Json]) -> Json:
    """The answer to one call, such as `customers/getAll`. `TryLater` for every status but 200."""
    base = ADDRESSES.get(link.settings.text("platform"), LIVE_ADDRESS)
    sent = {
        "ClientToken": link.settings.secret("client_token").reveal(),
        "AccessToken": link.settings.secret("access_token").reveal(),
        "Client": CLIENT,
        **body,
    }
    return link.client.post(f"{base}/api/connector/v1/{what}", json=sent).expect(200).json()


def page(
    link: Link, what: str, name: str, body: Mapping[str, Json], cursor: str | None = None
) -> tuple[list[Json], str | None]:
    """One page of a list, and where the next one begins; None after the last."""
    limitation = {"Count": PAGE, **({"Cursor": cursor} if cursor else {})}
    found = call(link, what, {**body, "Limitation": limitation})
    items: list[Json] = pick(found, name, list)
    following = pick(found, "Cursor", str, None)
    return items, following if len(items) >= PAGE else None


def every(link: Link, what: str, name: str, body: Mapping[str, Json]) -> Iterator[Any]:
    """Every item of a list; `Refused` for one that does not end."""
    cursor = None
    for _ in range(MOST_PAGES):
        items, cursor = page(link, what, name, body, cursor)
        yield from items
        if cursor is None:
            return
    raise Refused(f"{what} has more than {MOST_PAGES * PAGE} items")
