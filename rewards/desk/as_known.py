"""What was known then of the guests who are linked with one: little enough to be read from the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rewards.clock import to_us
from rewards.domain.activity import Kind
from rewards.domain.link import LinkKind
from rewards.history.effective import effective
from rewards.history.tally import Tally, tally
from rewards.ledger.ports import Store


class LinksAsKnown:
    """Links that had been recorded, and not yet undone, up to an instant."""

    def __init__(self, store: Store, known_at: datetime) -> None:
        self._store = store
        self._known_us = to_us(known_at)

    def linked(self, guest_id: str, kinds: Sequence[LinkKind], at_us: int) -> frozenset[str]:
        """Kept ids of the others with whom a guest was linked as of an instant, by these kinds (none: by any)."""
        return self._store.links.linked(guest_id, kinds, min(at_us, self._known_us))


class CheckInsAsKnown:
    """Check-ins by the log up to an instant."""

    def __init__(self, store: Store, known_at: datetime) -> None:
        self._store = store
        self._known_at = known_at

    def check_ins_of(self, guests: Sequence[str], after_us: int) -> list[Tally]:
        """Check-ins of these guests at any place, of which the last is later than an instant."""
        rows = (row for guest in guests for row in self._of(guest))
        return [row for row in rows if row.key.kind == Kind.CHECK_IN and row.last_us > after_us]

    def _of(self, guest: str) -> list[Tally]:
        records = self._store.guests.records(guest)
        return tally(guest, effective(self._store.activities.of_guest(records, known_at=self._known_at)))

    def complete(self) -> bool:
        """The log is."""
        return True
