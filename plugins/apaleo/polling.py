"""Reservations and folios that changed, page by page: what the webhook missed is found here.

A pass reads all pages of reservations, then of folios, that changed in a window of time. Windows overlap, for what
changes while pages are read moves the rest from one page to another; what was seen is known by its key.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from rewards.sdk import Json, Link, Notice, Page, Refused, instant, pick

from .client import get
from .reading import reservation_of

SIZE = 100
OVERLAP = timedelta(hours=1)


def poll(cursor: str | None, link: Link) -> Page:
    """The next page of what changed; `cursor` is where the last one ended, None at first."""
    at = json.loads(cursor) if cursor else {"since": _text(link.now - _first(link))}
    at = {"until": _text(link.now), "what": "reservation", "page": 1, **at}
    items = _items(at, link)
    return Page([one for item in items for one in _notice(at["what"], item)], *_next(at, len(items)))


def _first(link: Link) -> timedelta:
    return timedelta(days=link.settings.number("first_days"))


def _next(at: dict[str, Any], found: int) -> tuple[str, bool]:
    """Where the next page begins, and whether to go on at once."""
    if found >= SIZE:
        return json.dumps({**at, "page": at["page"] + 1}), True
    if at["what"] == "reservation":
        return json.dumps({**at, "what": "folio", "page": 1}), True
    return json.dumps({"since": _text(instant(at["until"]) - OVERLAP)}), False


def _items(at: dict[str, Any], link: Link) -> list[Json]:
    params = {
        "propertyIds": ",".join(sorted(link.settings.mapping("properties"))),
        "pageNumber": str(at["page"]),
        "pageSize": str(SIZE),
        "sort": "created:asc",
    }
    if at["what"] == "reservation":
        window = {"dateFilter": "Modification", "from": at["since"], "to": at["until"]}
        return _listed(get(link, "/booking/v1/reservations", {**params, **window}), "reservations")
    window = {"updatedFrom": at["since"], "updatedTo": at["until"]}
    return _listed(get(link, "/finance/v1/folios", {**params, **window}), "folios")


def _listed(body: Json, name: str) -> list[Json]:
    found: list[Json] = [] if body is None else pick(body, name, list)
    return found


def _notice(what: str, item: Json) -> list[Notice]:
    entity = pick(item, "id", str)
    changed = pick(item, "modified" if what == "reservation" else "updated", str)
    if len(entity) > 60 or len(changed) > 40:
        raise Refused("an id or a time in the list is too long")
    reservation = reservation_of(what, entity)
    if reservation is None:
        return []
    return [Notice(f"poll/{what}/{entity}/{changed}", "reservation", reservation)]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
