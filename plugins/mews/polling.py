"""Looks for what changed since the last time, so that a webhook that was lost costs lateness only.

One call of `poll` is one page of one list of one enterprise. The cursor says which, and of which stretch of time; when
all lists are through, the next stretch begins a little before this one ended, for a change may show late.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from rewards.sdk import Json, Link, Notice, Page, Refused, instant

from .calls import page
from .reading import name_of, time_of

OVERLAP = timedelta(minutes=2)
LONGEST = timedelta(days=80)
ORDER, BILL = "order", "bill"


@dataclass(frozen=True, slots=True)
class Question:
    """A list of Mews, which interval it is asked by, and which field of an item names what is looked at again."""

    what: str
    name: str
    by: str
    kind: str
    entity: str


QUESTIONS = (
    Question("reservations/getAll/2023-06-06", "Reservations", "UpdatedUtc", ORDER, "Id"),
    Question("orderItems/getAll", "OrderItems", "UpdatedUtc", ORDER, "ServiceOrderId"),
    # Lines are closed with their bill, which Mews does not promise to be an update of the line.
    Question("orderItems/getAll", "OrderItems", "ClosedUtc", ORDER, "ServiceOrderId"),
    Question("payments/getAll", "Payments", "UpdatedUtc", BILL, "BillId"),
    Question("bills/getAll", "Bills", "UpdatedUtc", BILL, "Id"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a poll is: the stretch of time, which of how many lists, and which page of it."""

    since: str
    until: str
    at: int = 0
    of: int = 0
    page: str | None = None


def poll(cursor: str | None, link: Link) -> Page:
    """The next page, its notices and where the one after it begins."""
    mapped = link.settings.mapping("enterprises")
    enterprises = sorted(one for one, code in mapped.items() if code in link.properties)
    asked = [(enterprise, question) for enterprise in enterprises for question in QUESTIONS]
    place = _place(cursor, link, len(asked))
    if place.at >= len(asked):
        return _through(place, link)
    enterprise, question = asked[place.at]
    between = {question.by: {"StartUtc": place.since, "EndUtc": place.until}}
    items, following = page(link, question.what, question.name, {"EnterpriseIds": [enterprise], **between}, place.page)
    notices = {one.key: one for item in items if (one := _notice(item, enterprise, question))}
    after = replace(place, page=following) if following else replace(place, at=place.at + 1, page=None)
    if after.at >= len(asked):
        return replace(_through(after, link), notices=list(notices.values()))
    return Page(list(notices.values()), json.dumps(asdict(after)), more=True)


def _place(cursor: str | None, link: Link, of: int) -> Place:
    """Where the poll is; from the beginning of the stretch again where another number of lists is asked by now."""
    if cursor is None:
        since = link.now - timedelta(days=link.settings.number("history_days"))
        return Place(_text(since), _text(min(link.now, since + LONGEST)), of=of)
    place = Place(**json.loads(cursor))
    if place.at == 0 and place.page is None:
        return replace(place, until=_text(min(link.now, instant(place.since) + LONGEST)), of=of)
    return place if place.of == of else replace(place, at=0, of=of, page=None)


def _through(place: Place, link: Link) -> Page:
    """The end of a stretch; where it did not reach up to now, the next one is asked for at once."""
    following = Place(_text(instant(place.until) - OVERLAP), place.until)
    return Page((), json.dumps(asdict(following)), more=instant(place.until) < link.now - OVERLAP)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _notice(item: Json, enterprise: str, question: Question) -> Notice | None:
    """To look again at what an item belongs to; named by the time of its change, so each change is looked at once."""
    if not isinstance(item, Mapping):
        raise Refused(f"{question.name} holds something that is no object")
    entity = name_of(item, question.entity, missing=question.entity == "BillId")
    if entity is None:
        return None
    changed = time_of(item, "UpdatedUtc", missing=False)
    closed = time_of(item, "ClosedUtc") if question.by == "ClosedUtc" else None
    key = "/".join(part for part in (question.kind, entity, changed, closed) if part)
    return Notice(key, question.kind, entity, {"enterprise": enterprise})
