"""Whose activity it is: identities to one guest.

A new identity makes an unverified guest. Two guests become one by themselves only where both are named by verified,
unshared identities of one fact; every such union is a recorded merge that can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rewards.domain.guest import Guest, Identity
from rewards.errors import FIELD_INVALID, GUEST_UNKNOWN, MERGE_INVALID, RewardsError
from rewards.ids import new_id
from rewards.intake.digests import rebuild
from rewards.ledger.ports import Store


@dataclass(frozen=True, slots=True)
class Whose:
    """The guest a fact belongs to, whether the record is new, and the records united with it just now."""

    guest: str
    new: bool = False
    absorbed: tuple[str, ...] = ()


def whose(store: Store, identities: Sequence[Identity], at: datetime) -> Whose:
    """The guest that these identities name, the best first; made when nobody is named surely enough.

    The first identity names its owner. Any other names its owner only where it is verified and not shared: an address
    of an agency, or one that somebody merely typed, must not hand one person's stays to another.
    """
    found = [(identity, store.guests.resolve(identity)) for identity in identities]
    named = [owner for place, (identity, owner) in enumerate(found) if owner and (place == 0 or _unites(identity))]
    if not named:
        free = [identity for identity, owner in found if owner is None]
        return Whose(_create(store, free, at), new=True)
    kept = named[0]
    for identity, owner in found:
        if owner in (None, kept):
            store.guests.put_identity(kept, identity)
    return Whose(kept, absorbed=_unite(store, kept, found, at))


def _create(store: Store, identities: Sequence[Identity], at: datetime) -> str:
    guest = Guest(id=new_id("gst"), created_at=at)
    store.guests.add(guest, identities)
    return guest.id


def _unites(identity: Identity) -> bool:
    return identity.verified and not identity.shared


def _unite(store: Store, kept: str, found: list[tuple[Identity, str | None]], at: datetime) -> tuple[str, ...]:
    if not any(owner == kept and _unites(identity) for identity, owner in found):
        return ()
    others = [owner for identity, owner in found if owner is not None and owner != kept and _unites(identity)]
    absorbed = tuple(dict.fromkeys(others))
    for guest in sorted((kept, *absorbed)) if absorbed else ():
        # Another fact may have united them since they were looked up; then everything is looked up again.
        store.guests.hold(guest, standing=True)
    for other in absorbed:
        merge(store, kept, other, "verified identities of one fact", at)
    return absorbed


def merge(store: Store, kept: str, absorbed: str, reason: str, at: datetime) -> str:
    """Unite two guests: `absorbed`'s history, identities and grants are read as `kept`'s. Returns the merge's id.

    `merge_invalid` when both are the same guest, `guest_unknown` when one is not there.
    """
    heads = [store.guests.head(guest) for guest in (kept, absorbed)]
    for guest, head in zip((kept, absorbed), heads, strict=True):
        if head is None:
            raise RewardsError(GUEST_UNKNOWN, f"No guest {guest}.", field="guest")
    first, second = (head.guest.id for head in heads if head is not None)
    if first == second:
        raise RewardsError(MERGE_INVALID, f"{kept} and {absorbed} are one guest already.", field="absorbed")
    for guest in sorted((first, second)):
        store.guests.hold(guest, standing=True)
    merge_id = new_id("mrg")
    store.guests.merge(merge_id, first, second, reason, at)
    store.audit.add("intake", "guest.merge", first, None, f'{{"absorbed": "{second}", "merge": "{merge_id}"}}', at)
    rebuild(store, first)
    return merge_id


def unmerge(store: Store, merge_id: str, at: datetime) -> tuple[str, str]:
    """Part two guests again; used grants stay with whom they were given to. Returns (kept, absorbed)."""
    kept, absorbed = store.guests.unmerge(merge_id, at)
    store.audit.add("intake", "guest.unmerge", kept, f'{{"absorbed": "{absorbed}", "merge": "{merge_id}"}}', None, at)
    for guest in sorted((kept, absorbed)):
        store.guests.lock(guest)
        rebuild(store, guest)
    return kept, absorbed


def parse_identity(text: str, *, verified: bool = False) -> Identity:
    """The identity written `kind:value`; `field_invalid` for anything else."""
    kind, colon, value = text.partition(":")
    if not colon or not kind or not value:
        raise RewardsError(
            FIELD_INVALID,
            f"“{text[:60]}” is not an identity.",
            hint="Write kind:value, such as card:00412.",
            field="guest",
        )
    if kind == "email":
        value = value.strip().lower()
    return Identity(kind, value, verified=verified)
