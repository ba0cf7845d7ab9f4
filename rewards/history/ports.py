"""What the use cases ask of storage about guests and what they did; storage implements it, twice (SQLite, PostgreSQL).

Every method runs inside the transaction of the store it belongs to. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol

from rewards.domain.activity import Activity, Coverage
from rewards.domain.guest import Guest, Identity
from rewards.domain.link import Link, LinkKind
from rewards.domain.property import Property
from rewards.history.tally import Summed, Sums, Tally, Visit


@dataclass(frozen=True, slots=True)
class GuestHead:
    """A guest with the newest part of the digest: what a decision reads in one go.

    `united`: other records were merged into this one.
    """

    guest: Guest
    version: int
    head: bytes | None
    verified: bool
    united: bool = False


class Guests(Protocol):
    """People and their identities."""

    def resolve(self, identity: Identity) -> str | None:
        """Id of the guest (after merges) that has this identity, None when nobody has."""
        ...

    def head(self, guest_id: str) -> GuestHead | None:
        """A guest (the id may be of a merged record: the kept one answers) with version and digest head."""
        ...

    def lock(self, guest_id: str) -> int:
        """Hold the guest for this transaction and return the version now; `guest_unknown` where there is none."""
        ...

    def hold(self, guest_id: str, *, standing: bool = False) -> tuple[str, int]:
        """`lock`, and whom it came to: the id of the kept guest, with its version.

        With `standing` a guest who was merged since they were found makes the transaction begin anew.
        """
        ...

    def bump(self, guest_id: str, *, standing: bool = False) -> int:
        """Grow the version and return it; `standing` as in `hold`."""
        ...

    def add(self, guest: Guest, identities: Sequence[Identity]) -> None:
        """A new guest; an identity that somebody has raises `identity_taken`."""
        ...

    def update(self, guest: Guest) -> None:
        """Replace the guest's own fields (never `created_at`)."""
        ...

    def identities(self, guest_id: str) -> tuple[Identity, ...]:
        """Every identity, of the records merged into it too."""
        ...

    def put_identity(self, guest_id: str, identity: Identity) -> None:
        """Add, or raise `verified`/`shared` of, an identity; `identity_taken` when it is another guest's."""
        ...

    def records(self, guest_id: str) -> tuple[str, ...]:
        """Ids whose activities make up this guest: itself and every record merged into it, directly or not."""
        ...

    def merge(self, merge_id: str, kept: str, absorbed: str, reason: str, at: datetime) -> None:
        """Point `absorbed` at `kept`."""
        ...

    def unmerge(self, merge_id: str, at: datetime) -> tuple[str, str]:
        """Undo a merge; returns (kept, absorbed). `merge_invalid` when it is unknown or undone already."""
        ...

    def page(self, after: str | None, limit: int) -> list[Guest]:
        """Guests by id after `after`, merged records left out."""
        ...


class Activities(Protocol):
    """The append-only log."""

    def add(self, activities: Sequence[Activity]) -> list[bool]:
        """Append; for each True when it was new, False when the same id with the same content is there already.

        The same id with other content raises `activity_conflict` naming the source key; nothing of the batch stays.
        """
        ...

    def get(self, activity_id: str) -> Activity | None:
        """One activity."""
        ...

    def of_guest(self, records: Sequence[str], *, known_at: datetime | None = None) -> list[Activity]:
        """Every activity of these guest records; with `known_at` only those recorded up to then."""
        ...

    def of_reservation(self, property_code: str, reservation: str) -> list[Activity]:
        """Every activity that names a reservation, oldest first."""
        ...

    def reversals_of(self, activity_id: str) -> list[Activity]:
        """Reversals that name an activity."""
        ...

    def guests_at(self, property_code: str, after: str, limit: int) -> list[str]:
        """Ids of guests with an activity at a property, by id after `after`; merged records as they were recorded."""
        ...

    def taken_back(self, activity_ids: Sequence[str]) -> set[str]:
        """Which of these ids a reversal names, whole or in part."""
        ...

    def page(self, guest_records: Sequence[str], after_seq: int, limit: int) -> list[tuple[int, Activity]]:
        """Activities with their sequence numbers, in recorded order."""
        ...


class Histories(Protocol):
    """The digests."""

    def head(self, guest_id: str) -> bytes | None:
        """The digest's head, None for a guest without activities."""
        ...

    def heads(self, guest_ids: Sequence[str]) -> dict[str, bytes]:
        """Heads of many guests in one query."""
        ...

    def chunks(self, guest_id: str, first: int) -> list[bytes]:
        """Closed chunks from number `first` on, in order."""
        ...

    def put(self, guest_id: str, version: int, head: bytes, chunks: Iterable[tuple[int, bytes]] | None) -> None:
        """Replace the head; where `chunks` is given, replace all chunks by these."""
        ...

    def guests(self) -> Iterator[str]:
        """Ids of every guest with a digest, in order."""
        ...


class CheckIns(Protocol):
    """Where guests checked in."""

    def check_ins_of(self, guests: Sequence[str], after_us: int) -> list[Tally]:
        """Check-ins of these guests at any place, of which the last is later than an instant."""
        ...

    def complete(self) -> bool:
        """Whether every guest's tally has been made."""
        ...


class TallyReader(CheckIns, Protocol):
    """What the guests of properties did day by day."""

    def between(self, place: str, kinds: Sequence[str], first: int | None, last: int | None) -> list[Tally]:
        """The rows of a property and some kinds on the hotel days `first` to `last` (ordinals; None: open)."""
        ...

    def summed(self, asked: Sums) -> list[Summed] | None:
        """What everybody did, added up where the rows are kept; None where only `between` is answered."""
        ...

    def unproven(self, asked: Sums) -> list[Visit]:
        """The visits that `summed` leaves out for want of evidence."""
        ...


class Tallies(TallyReader, Protocol):
    """The tallies as intake keeps them."""

    def add(self, rows: Sequence[Tally]) -> None:
        """Add to what there is; no key twice in one call."""
        ...

    def replace(self, records: Sequence[str], rows: Sequence[Tally]) -> None:
        """Put these rows in place of all rows of these guest records."""
        ...

    def of_guests(self, records: Sequence[str]) -> list[Tally]:
        """Every row of these guest records, in the order of the keys."""
        ...

    def is_due(self, guest_id: str) -> bool:
        """Whether a guest's tally is still to be made."""
        ...

    def due(self, after: str, limit: int) -> list[str]:
        """Ids of guests whose tally is still to be made, by id after `after`."""
        ...

    def due_count(self) -> int:
        """How many they are."""
        ...


class LinkReader(Protocol):
    """Which guests belong together."""

    def linked(self, guest_id: str, kinds: Sequence[LinkKind], at_us: int) -> frozenset[str]:
        """Kept ids of the others with whom a guest is linked as of an instant, by these kinds (none: by any)."""
        ...


class Links(LinkReader, Protocol):
    """The links as they are recorded and undone."""

    def of_guest(self, guest_id: str) -> list[Link]:
        """The links that stand, the oldest first, one for each other guest and kind."""
        ...

    def add(self, guest_id: str, other: str, kind: LinkKind, at: datetime, source: str, by: str) -> bool:
        """Link two guests; False where they are already."""
        ...

    def undo(self, guest_id: str, other: str, kind: LinkKind, at: datetime, by: str) -> bool:
        """Undo a link; False where there is none."""
        ...


class Properties(Protocol):
    """Hotels, what is known of them, and exchange rates."""

    def all(self) -> tuple[Property, ...]:
        """Every property, by code."""
        ...

    def put(self, prop: Property, at: datetime) -> None:
        """Add or replace; grows the generation."""
        ...

    def coverage(self) -> tuple[Coverage, ...]:
        """Every coverage."""
        ...

    def put_coverage(self, coverage: Coverage) -> None:
        """Add or replace; grows the generation."""
        ...

    def heard(self, property_code: str, kind: str, at: datetime, first_known: datetime) -> None:
        """Move `heard_at` forward (never back); where there is no coverage yet, open one from `first_known`."""
        ...

    def rates(self) -> list[tuple[str, str, date, Fraction]]:
        """Every exchange rate: base, quote, day, quote units per base unit."""
        ...

    def put_rate(self, base: str, quote: str, day: date, rate: Fraction) -> None:
        """Add or replace; grows the generation."""
        ...
