"""Keeps a guest's digest in step with the log, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.domain.activity import Activity
from rewards.history.digest import append, build
from rewards.ledger.ports import Store


def rebuild(store: Store, guest: str) -> None:
    """Make the digest anew from every activity of the guest and of the records merged into it."""
    activities = store.activities.of_guest(store.guests.records(guest))
    history = build(guest, activities)
    store.histories.put(guest, store.guests.bump(guest), history.head, enumerate(history.chunks))


def extend(store: Store, guest: str, head: bytes | None, activities: Sequence[Activity]) -> None:
    """Add newly logged activities of a guest: appended where they are the newest, else the digest is rebuilt."""
    if head is None:
        rebuild(store, guest)
        return
    for activity in activities:
        # A reversal may have come before its activity; only the rebuild weighs the two.
        longer = None if store.activities.reversals_of(activity.id) else append(head, activity)
        if longer is None:
            rebuild(store, guest)
            return
        head = longer
    store.histories.put(guest, store.guests.bump(guest), head, None)
