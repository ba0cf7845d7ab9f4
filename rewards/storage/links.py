"""Links between guests: one row a link, the smaller id first; undone ones stay for what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from rewards.clock import from_us, to_us
from rewards.domain.link import Link, LinkKind
from rewards.ids import new_id
from rewards.storage.guests import followed, kept_of, records_of
from rewards.storage.session import Session

_STOOD = (
    "SELECT o.id, o.merged_into, l.kind, l.linked_us, l.source, l.linked_by, l.id FROM guest_link l "
    "JOIN guest o ON o.id = l.{other} "
    "WHERE l.linked_us <= ? AND (l.undone_us IS NULL OR l.undone_us > ?) AND l.{own} IN ({{keys}})"
)
_BOTH_WAYS = (_STOOD.format(own="low", other="high"), _STOOD.format(own="high", other="low"))
_INSERT = (
    "INSERT INTO guest_link (id, low, high, kind, linked_us, source, linked_by) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING"
)
_UNDO = "UPDATE guest_link SET undone_us = ?, undone_by = ? WHERE id = ? AND undone_us IS NULL"
_FOR_EVER_US = 2**62


class _Row(NamedTuple):
    """A link as one of its guests sees it; `other` is the kept record."""

    other: str
    kind: str
    linked_us: int
    source: str
    linked_by: str
    id: str


class SqlLinks:
    """The links."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def linked(self, guest_id: str, kinds: Sequence[LinkKind], at_us: int) -> frozenset[str]:
        """Kept ids of the others with whom a guest is linked as of an instant, by these kinds (none: by any)."""
        rows = self._stood(guest_id, at_us)
        return frozenset(row.other for row in rows if not kinds or row.kind in kinds)

    def of_guest(self, guest_id: str) -> list[Link]:
        """The links that stand, the oldest first, one for each other guest and kind."""
        found: dict[tuple[str, str], _Row] = {}
        for row in sorted(self._stood(guest_id, _FOR_EVER_US), key=lambda row: (row.linked_us, row.id)):
            found.setdefault((row.other, row.kind), row)
        return [
            Link(row.other, LinkKind(row.kind), from_us(row.linked_us), row.source, row.linked_by)
            for row in found.values()
        ]

    def add(self, guest_id: str, other: str, kind: LinkKind, at: datetime, source: str, by: str) -> bool:
        """Link two guests; False where they are already, or where both are one."""
        one, two = (kept_of(self._session, each) for each in (guest_id, other))
        if one == two or self._between(one, two, kind):
            return False
        low, high = sorted((one, two))
        values = (new_id("lnk"), low, high, kind.value, to_us(at), source, by)
        return self._session.execute(_INSERT, values) > 0

    def undo(self, guest_id: str, other: str, kind: LinkKind, at: datetime, by: str) -> bool:
        """Undo a link, of whichever records it was recorded; False where there is none."""
        one, two = (kept_of(self._session, each) for each in (guest_id, other))
        rows = self._between(one, two, kind)
        return sum(self._session.execute(_UNDO, (to_us(at), by, row.id)) for row in rows) > 0

    def _between(self, one: str, two: str, kind: LinkKind) -> list[_Row]:
        return [row for row in self._stood(one, _FOR_EVER_US) if row.other == two and row.kind == kind]

    def _stood(self, guest_id: str, at_us: int) -> Iterator[_Row]:
        """The links that stood at an instant, of all records of the guest; those of one guest with itself left out."""
        records = records_of(self._session, guest_id)
        for sql in _BOTH_WAYS if records else ():
            for other, merged_into, *rest in self._session.all_in(sql, records, (at_us, at_us)):
                kept = followed(self._session, other, merged_into)
                if kept not in records:
                    yield _Row(kept, *rest)
