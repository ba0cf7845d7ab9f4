"""Which guests belong together: links are recorded and undone, never guessed; both guests must be known already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from rewards.domain.activity import Activity
from rewards.domain.guest import Identity
from rewards.domain.link import LinkKind
from rewards.errors import FIELD_INVALID, GUEST_UNKNOWN, RewardsError
from rewards.ledger.ports import Store
from rewards.sdk.drafts import DraftLink

MAX_LINKS = 1_000
"""How many links a guest may have: what a decision reads of them is bounded by it."""


def link(store: Store, guest: str, other: str, kind: LinkKind, at: datetime, *, source: str, by: str) -> bool:
    """Link two guests; False where they are linked so already.

    `guest_unknown` where one is not there, `field_invalid` for a guest with themselves, and where one of them has as
    many links as may be.
    """
    one, two = _both(store, guest, other)
    if not store.links.add(one, two, kind, at, source, by):
        return False
    for each in (one, two):
        if len(store.links.of_guest(each)) > MAX_LINKS:
            raise RewardsError(
                FIELD_INVALID, f"{each} has {MAX_LINKS:,} links already.", hint="Undo some.", field="guest"
            )
    _changed(store, one, two, kind, at, by, "guest.link")
    return True


def unlink(store: Store, guest: str, other: str, kind: LinkKind, at: datetime, *, by: str) -> bool:
    """Undo a link, by whomever it was recorded; False where there is none. `guest_unknown` as `link` has it."""
    one, two = _both(store, guest, other)
    if not store.links.undo(one, two, kind, at, by):
        return False
    _changed(store, one, two, kind, at, by, "guest.unlink")
    return True


def _both(store: Store, guest: str, other: str) -> tuple[str, str]:
    """The kept ids of both, held until the transaction ends, in one order."""
    kept = [head.guest.id if head is not None else None for head in map(store.guests.head, (guest, other))]
    one, two = kept
    if one is None or two is None:
        raise RewardsError(GUEST_UNKNOWN, f"No guest {guest if one is None else other}.", field="guest")
    if one == two:
        raise RewardsError(FIELD_INVALID, "A guest is not linked with themselves.", field="guest")
    for each in sorted((one, two)):
        store.guests.hold(each, standing=True)
    return one, two


def _changed(store: Store, one: str, two: str, kind: LinkKind, at: datetime, by: str, action: str) -> None:
    for each in sorted((one, two)):
        store.guests.bump(each)
    _tell(store, one, two, kind, at, by, action)


def _tell(store: Store, one: str, two: str, kind: LinkKind, at: datetime, by: str, action: str) -> None:
    said = json.dumps({"guest": two, "kind": kind.value})
    before, after = (said, None) if action == "guest.unlink" else (None, said)
    store.audit.add(by, action, one, before, after, at)


def link_those_who_came(store: Store, stated: Iterable[tuple[Activity, DraftLink]]) -> None:
    """The links that a source states with facts.

    Who is not known yet is not made, and not linked; nor is the owner of an address that several people share. A guest
    who has as many links as may be gets no more in this way. The facts stand all the same.
    """
    # The others are not held: two friends who bring each other would wait for each other. In one order for the same
    # reason; whoever reads follows merges, so that one that comes meanwhile does no harm.
    for (one, two), kind, activity in sorted(_pairs(store, stated), key=lambda pair: pair[:2]):
        at, by = activity.recorded_at, activity.source
        if not _full(store, one, two) and store.links.add(one, two, kind, at, by, by):
            _tell(store, one, two, kind, at, by, "guest.link")


def _pairs(
    store: Store, stated: Iterable[tuple[Activity, DraftLink]]
) -> Iterator[tuple[tuple[str, str], LinkKind, Activity]]:
    for activity, stated_link in stated:
        other = _named(store, stated_link.identity)
        head = store.guests.head(activity.guest)
        if other is not None and head is not None and other != head.guest.id:
            one, two = sorted((head.guest.id, other))
            yield (one, two), stated_link.kind, activity


def _named(store: Store, identity: Identity) -> str | None:
    """The guest whom an identity surely names."""
    owner = store.guests.resolve(identity)
    if owner is None or identity.shared:
        return None
    shared = {one.text() for one in store.guests.identities(owner) if one.shared}
    return None if identity.text() in shared else owner


def _full(store: Store, *guests: str) -> bool:
    return any(len(store.links.of_guest(guest)) >= MAX_LINKS for guest in guests)
