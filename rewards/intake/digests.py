"""Keeps a guest's digest in step with the log, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rewards.domain.activity import Activity
from rewards.history.digest import build
from rewards.history.digest import extend as append
from rewards.ledger.ports import Store


def rebuild(store: Store, guest: str) -> None:
    """Make the digest anew from every activity of the guest and of the records merged into it."""
    activities = store.activities.of_guest(store.guests.records(guest))
    history = build(guest, activities)
    store.histories.put(guest, store.guests.bump(guest), history.head, enumerate(history.chunks))


def extend(
    store: Store, guest: str, head: bytes | None, activities: Sequence[Activity], taken_back: Collection[str]
) -> None:
    """Add newly logged activities of a guest to the digest; without a `head` they are the first.

    Appended where they are the newest, else the digest is rebuilt. `taken_back` are the ids that a reversal, come
    before its activity, names: only the rebuild weighs the two.
    """
    if any(activity.id in taken_back for activity in activities):
        rebuild(store, guest)
        return
    if head is None:
        history = build(guest, activities)
        store.histories.put(guest, store.guests.bump(guest), history.head, enumerate(history.chunks))
        return
    longer = append(head, activities)
    if longer is None:
        rebuild(store, guest)
    else:
        store.histories.put(guest, store.guests.bump(guest), longer, None)
