"""Keeps a guest's digest and tally in step with the log, in the transaction of the fact."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rewards.domain.activity import Activity, Kind
from rewards.history.digest import build_of, extend_by
from rewards.history.effective import effective
from rewards.history.rows import Row
from rewards.history.tally import tally
from rewards.ledger.ports import Store


def rebuild(store: Store, guest: str) -> None:
    """Make digest and tally anew from every activity of the guest and of the records merged into it."""
    _rebuild(store, guest, store.guests.bump(guest), weighed=True)


def make_tally(store: Store, guest: str) -> None:
    """Make the tally of a guest who is due, of the kept record where they were merged; the digest stands as it is.

    `guest_unknown` where there is no such guest.
    """
    kept, _ = store.guests.hold(guest)
    if store.tallies.is_due(guest):
        records = store.guests.records(kept)
        store.tallies.replace(records, tally(kept, effective(store.activities.of_guest(records))))


def is_current(store: Store, guest: str) -> bool:
    """Whether digest and tally are what the log of the guest and of the records merged into it comes to."""
    records = store.guests.records(guest)
    rows = effective(store.activities.of_guest(records))
    history = build_of(guest, rows)
    return (
        store.histories.head(guest) == history.head
        and list(store.histories.chunks(guest, 0)) == list(history.chunks)
        and store.tallies.of_guests(records) == tally(guest, rows)
        and not store.tallies.is_due(guest)
    )


def _rebuild(store: Store, guest: str, version: int, *, weighed: bool) -> None:
    """The tally too where facts were `weighed` against each other, else they only add to it."""
    records = store.guests.records(guest)
    rows = effective(store.activities.of_guest(records))
    history = build_of(guest, rows)
    store.histories.put(guest, version, history.head, enumerate(history.chunks))
    if weighed:
        store.tallies.replace(records, tally(guest, rows))


def extend_all(store: Store, fresh: Mapping[str, Sequence[Activity]]) -> None:
    """Add newly logged activities, by guest, to the digests and tallies.

    The version grows first: that holds the guest, so what is read of the digest and of the log after it is what stands
    until this transaction ends. A guest who was merged since the fact found them raises `LostRace`: the kept guest's
    digest would miss it. In one order, so that two batches do not wait for each other.
    """
    versions = {guest: store.guests.bump(guest, standing=True) for guest in sorted(fresh)}
    heads = store.histories.heads(list(versions))
    taken_back = store.activities.taken_back([one.id for activities in fresh.values() for one in activities])
    added = []
    for guest, version in versions.items():
        if _weighed(fresh[guest], taken_back):
            _rebuild(store, guest, version, weighed=True)
        else:
            rows = effective(fresh[guest])
            _extend(store, guest, version, heads.get(guest), rows)
            added += tally(guest, rows)
    store.tallies.add(added)


def _weighed(activities: Sequence[Activity], taken_back: Collection[str]) -> bool:
    """Whether only the whole log tells what the facts come to: they take back, or were taken back before they came."""
    return any(one.kind is Kind.REVERSAL or one.id in taken_back for one in activities)


def _extend(store: Store, guest: str, version: int, head: bytes | None, rows: Sequence[Row]) -> None:
    """Appended where they are the newest, else the digest is made anew; without a `head` they are the first."""
    if head is None:
        history = build_of(guest, rows)
        store.histories.put(guest, version, history.head, enumerate(history.chunks))
        return
    longer = extend_by(head, rows)
    if longer is None:
        _rebuild(store, guest, version, weighed=False)
    else:
        store.histories.put(guest, version, longer, None)
