"""The hotels' queues of business events, one after the other. A queue forgets what it has handed out.

The cursor says which hotel was read last, and `done` once all were. One hotel that fails keeps no other waiting: why it
failed is kept, and told when the round is over.
"""

from __future__ import annotations

from rewards.sdk import Link, Notice, Page, TryLater

from . import events
from .calls import NOT_THERE, call, part

AT_ONCE = 20
"""Events of one answer; one that is this full is followed by another of the same hotel."""

DONE, AFTER = "done", "after:"
FAILED = "failed"


def poll(cursor: str | None, link: Link) -> Page:
    """One answer of one hotel's queue; `TryLater` at the end of a round in which a hotel failed."""
    hotels = sorted(link.settings.mapping("hotels"))
    if cursor == DONE:
        _tell_failures(link)
    before = cursor.removeprefix(AFTER) if cursor and cursor.startswith(AFTER) else ""
    hotel = next((one for one in hotels if one > before), "")
    if not hotel:
        return Page((), DONE)
    try:
        page, full = _read(link, hotel)
    except TryLater as failure:
        if len(hotels) == 1:
            raise
        _keep_failure(link, hotel, failure)
        page, full = [], False
    if full:
        return Page(page, AFTER + before, more=True)
    last = hotel == hotels[-1]
    return Page(page, DONE if last else AFTER + hotel, more=not last or bool(link.vault.get(FAILED)))


def _read(link: Link, hotel: str) -> tuple[list[Notice], bool]:
    system = part(link.settings.text("system"))
    path = f"/int/v1/externalSystem/{system}/hotels/{part(hotel)}/businessEvents"
    answer = call(link, "GET", path, hotel, params={"limit": str(AT_ONCE)})
    if answer.status in NOT_THERE:
        return [], False
    body = answer.expect(200).body
    return events.polled(body, hotel, link.settings.mapping("hotels")), events.count(body) >= AT_ONCE


def _keep_failure(link: Link, hotel: str, failure: TryLater) -> None:
    link.vault.put(FAILED, {**(link.vault.get(FAILED) or {}), hotel: failure.reason[:100]})


def _tell_failures(link: Link) -> None:
    failed = link.vault.get(FAILED)
    if failed:
        link.vault.put(FAILED, None)
        raise TryLater("; ".join(f"{hotel}: {reason}" for hotel, reason in sorted(failed.items())), after_s=60)
