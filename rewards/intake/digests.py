"""Keeps a guest's digest in step with the log, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rewards.domain.activity import Activity, Kind
from rewards.history.digest import build, extend
from rewards.ledger.ports import Store


def rebuild(store: Store, guest: str) -> None:
    """Make the digest anew from every activity of the guest and of the records merged into it."""
    _rebuild(store, guest, store.guests.bump(guest))


def _rebuild(store: Store, guest: str, version: int) -> None:
    activities = store.activities.of_guest(store.guests.records(guest))
    history = build(guest, activities)
    store.histories.put(guest, version, history.head, enumerate(history.chunks))


def extend_all(store: Store, fresh: Mapping[str, Sequence[Activity]]) -> None:
    """Add newly logged activities, by guest, to the digests.

    The version grows first: that holds the guest, so what is read of the digest and of the log after it is what stands
    until this transaction ends. A guest who was merged since the fact found them raises `LostRace`: the kept guest's
    digest would miss it. In one order, so that two batches do not wait for each other.
    """
    versions = {guest: store.guests.bump(guest, standing=True) for guest in sorted(fresh)}
    heads = store.histories.heads(list(versions))
    taken_back = store.activities.taken_back([one.id for activities in fresh.values() for one in activities])
    for guest, version in versions.items():
        _extend(store, guest, version, heads.get(guest), fresh[guest], taken_back)


def _extend(
    store: Store,
    guest: str,
    version: int,
    head: bytes | None,
    activities: Sequence[Activity],
    taken_back: Collection[str],
) -> None:
    """Appended where they are the newest, else the digest is made anew; without a `head` they are the first.

    `taken_back` are the ids that a reversal, come before its activity, names: only the whole log weighs the two.
    """
    weighed = any(one.kind is Kind.REVERSAL or one.id in taken_back for one in activities)
    if head is None and not weighed:
        history = build(guest, activities)
        store.histories.put(guest, version, history.head, enumerate(history.chunks))
        return
    longer = None if head is None or weighed else extend(head, activities)
    if longer is None:
        _rebuild(store, guest, version)
    else:
        store.histories.put(guest, version, longer, None)
