"""Guests, their identities, and merges.

A merge points one record at another and moves nothing, so it can be undone; whoever reads follows the pointers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rewards.clock import from_us, to_us
from rewards.domain.guest import Guest, Identity
from rewards.errors import ALREADY_EXISTS, GUEST_UNKNOWN, IDENTITY_TAKEN, MERGE_INVALID, RewardsError
from rewards.history.ports import GuestHead
from rewards.storage.lost_race import LostRace
from rewards.storage.rows import attributes_json, attributes_of, maybe_day, maybe_instant, ordinal, us
from rewards.storage.session import Row, Session, marks

_GUEST = (
    "g.id, g.created_us, g.first_name, g.language, g.enrolled_us, g.birthday, g.country, g.merged_into, g.attributes"
)

_INSERT = (
    "INSERT INTO guest (id, version, created_us, first_name, language, enrolled_us, birthday, country, merged_into, "
    f"attributes) VALUES ({marks(10)}) ON CONFLICT (id) DO NOTHING"
)
_UPDATE = (
    "UPDATE guest SET first_name = ?, language = ?, enrolled_us = ?, birthday = ?, country = ?, attributes = ?, "
    "version = version + 1 WHERE id = ?"
)
_INSERT_IDENTITY = (
    "INSERT INTO identity (kind, value, guest, verified, shared, created_us) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (kind, value) DO NOTHING"
)
# The record an identity came in for, and whether that one was merged into another.
_OWNER = (
    "SELECT g.id, g.merged_into, i.verified, i.shared FROM identity i JOIN guest g ON g.id = i.guest "
    "WHERE i.kind = ? AND i.value = ?"
)
_HEAD = (
    f"SELECT g.version, d.head, EXISTS (SELECT 1 FROM identity i WHERE i.guest = g.id AND i.verified = 1), "
    f"EXISTS (SELECT 1 FROM guest a WHERE a.merged_into = g.id), {_GUEST} "
    "FROM guest g LEFT JOIN digest d ON d.guest = g.id WHERE g.id = ?"
)
_RECORDS = (
    "WITH RECURSIVE record (id, depth) AS (SELECT id, 0 FROM guest WHERE id = ? UNION "
    "SELECT g.id, r.depth + 1 FROM guest g JOIN record r ON g.merged_into = r.id) "
    "SELECT id FROM record ORDER BY depth, id"
)
_VERIFIED = "SELECT 1 FROM identity WHERE verified = 1 AND guest IN ({keys}) LIMIT 1"
_IDENTITIES = "SELECT kind, value, verified, shared FROM identity WHERE guest IN ({keys}) ORDER BY kind, value"
_PAGE = f"SELECT {_GUEST} FROM guest g WHERE g.id > ? AND g.merged_into IS NULL ORDER BY g.id LIMIT ?"


def make_guest(row: Row) -> Guest:
    """The guest of a row of its columns."""
    id_, created, name, language, enrolled, birthday, country, merged, attributes = row
    return Guest(
        id_,
        from_us(created),
        name,
        language,
        maybe_instant(enrolled),
        maybe_day(birthday),
        country,
        merged,
        attributes_of(attributes),
    )


class SqlGuests:
    """People and their identities."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def resolve(self, identity: Identity) -> str | None:
        """Id of the guest (after merges) that has this identity, None when nobody has."""
        row = self._session.one(_OWNER, (identity.kind, identity.value))
        return None if row is None else followed(self._session, row[0], row[1])

    def head(self, guest_id: str) -> GuestHead | None:
        """A guest (the id may be of a merged record: the kept one answers) with version and digest head.

        `verified` is true where an identity of the guest, or of a record merged into it, is verified.
        """
        row = self._session.one(_HEAD, (guest_id,))
        while row is not None and row[11] is not None:
            row = self._session.one(_HEAD, (row[11],))
        if row is None:
            return None
        guest = make_guest(row[4:])
        verified = bool(row[2]) or (bool(row[3]) and self._verified(guest.id))
        return GuestHead(guest, row[0], row[1], verified, bool(row[3]))

    def _verified(self, guest_id: str) -> bool:
        return bool(self._session.all_in(_VERIFIED, self.records(guest_id)))

    def lock(self, guest_id: str) -> int:
        """Hold the guest for this transaction and return the version now; `guest_unknown` where there is none.

        For a merged record the kept guest is held too, and its version returned.
        """
        return self.hold(guest_id)[1]

    def hold(self, guest_id: str, *, standing: bool = False) -> tuple[str, int]:
        """`lock`, and whom it came to: the id of the kept guest, with its version.

        With `standing` the guest must stand for themselves: `LostRace` where they were merged since they were found.
        """
        sql = f"SELECT id, version, merged_into FROM guest WHERE id = ?{self._session.for_update}"
        row = self._session.one(sql, (guest_id,))
        while row is not None and row[2] is not None:
            if standing:
                raise _merged(guest_id, row[2])
            row = self._session.one(sql, (row[2],))
        if row is None:
            raise _unknown(guest_id)
        return row[0], row[1]

    def bump(self, guest_id: str, *, standing: bool = False) -> int:
        """Grow the version and return it; `guest_unknown` where there is no such guest.

        `standing` as in `hold`.
        """
        sql = "UPDATE guest SET version = version + 1 WHERE id = ? RETURNING version, merged_into"
        row = self._session.one(sql, (guest_id,))
        if row is None:
            raise _unknown(guest_id)
        version, merged_into = row
        if standing and merged_into is not None:
            raise _merged(guest_id, merged_into)
        return int(version)

    def add(self, guest: Guest, identities: Sequence[Identity]) -> None:
        """A new guest at version 1; an identity that somebody has raises `identity_taken`."""
        values = (
            guest.id,
            1,
            to_us(guest.created_at),
            guest.first_name,
            guest.language,
            us(guest.enrolled_at),
            ordinal(guest.birthday),
            guest.country,
            guest.merged_into,
            attributes_json(guest.attributes),
        )
        if not self._session.execute(_INSERT, values):
            raise RewardsError(ALREADY_EXISTS, f"There is a guest {guest.id} already.")
        for identity in identities:
            if not self._insert_identity(guest.id, identity, to_us(guest.created_at)):
                # Whoever adds a guest has looked first, so another transaction was quicker: look again.
                raise LostRace(IDENTITY_TAKEN, f"{identity.text()} belongs to another guest.", field="guest")

    def _insert_identity(self, guest_id: str, identity: Identity, at_us: int) -> bool:
        values = (identity.kind, identity.value, guest_id, int(identity.verified), int(identity.shared), at_us)
        return self._session.execute(_INSERT_IDENTITY, values) > 0

    def update(self, guest: Guest) -> None:
        """Replace the guest's own fields (never `created_at` nor `merged_into`); grows the version."""
        values = (
            guest.first_name,
            guest.language,
            us(guest.enrolled_at),
            ordinal(guest.birthday),
            guest.country,
            attributes_json(guest.attributes),
            guest.id,
        )
        if not self._session.execute(_UPDATE, values):
            raise _unknown(guest.id)

    def identities(self, guest_id: str) -> tuple[Identity, ...]:
        """Every identity, of the records merged into it too, by kind and value."""
        rows = self._session.all_in(_IDENTITIES, self.records(guest_id))
        return tuple(sorted({Identity(row[0], row[1], bool(row[2]), bool(row[3])) for row in rows}, key=Identity.text))

    def put_identity(self, guest_id: str, identity: Identity) -> None:
        """Add, or raise `verified`/`shared` of, an identity; `identity_taken` when it is another guest's.

        Grows the guest's version where something changed.
        """
        row = self._session.one(_OWNER, (identity.kind, identity.value))
        if row is None:
            if not self._insert_identity(guest_id, identity, self._session.clock.now_us()):
                raise LostRace(IDENTITY_TAKEN, f"{identity.text()} belongs to another guest.", field="guest")
            self.bump(guest_id)
            return
        record, merged_into, verified, shared = row
        if record != guest_id and followed(self._session, record, merged_into) != kept_of(self._session, guest_id):
            raise RewardsError(IDENTITY_TAKEN, f"{identity.text()} belongs to another guest.", field="guest")
        raised = (int(verified or identity.verified), int(shared or identity.shared))
        if raised != (verified, shared):
            sql = "UPDATE identity SET verified = ?, shared = ? WHERE kind = ? AND value = ?"
            self._session.execute(sql, (*raised, identity.kind, identity.value))
            self.bump(guest_id)

    def records(self, guest_id: str) -> tuple[str, ...]:
        """Ids whose activities make up this guest: itself and every record merged into it, directly or not."""
        return records_of(self._session, guest_id)

    def merge(self, merge_id: str, kept: str, absorbed: str, reason: str, at: datetime) -> None:
        """Point `absorbed` at `kept`; `merge_invalid` where either is merged into another already or both are one."""
        sql = "UPDATE guest SET merged_into = ?, version = version + 1 WHERE id = ? AND merged_into IS NULL"
        standing = self._session.one("SELECT 1 FROM guest WHERE id = ? AND merged_into IS NULL", (kept,))
        if kept == absorbed or standing is None or not self._session.execute(sql, (kept, absorbed)):
            raise RewardsError(MERGE_INVALID, f"{absorbed} cannot be merged into {kept}.", field="absorbed")
        self._session.run(
            "INSERT INTO guest_merge (id, kept, absorbed, reason, merged_us) VALUES (?, ?, ?, ?, ?)",
            (merge_id, kept, absorbed, reason, to_us(at)),
        )
        self.bump(kept)

    def unmerge(self, merge_id: str, at: datetime) -> tuple[str, str]:
        """Undo a merge; returns (kept, absorbed). `merge_invalid` when it is unknown or undone already.

        Where the kept record has itself been merged since, the guest that now holds it is returned as kept.
        """
        row = self._session.one(
            "UPDATE guest_merge SET undone_us = ? WHERE id = ? AND undone_us IS NULL RETURNING kept, absorbed",
            (to_us(at), merge_id),
        )
        if row is None:
            raise RewardsError(MERGE_INVALID, f"There is no merge {merge_id} that could be undone.", field="merge")
        sql = "UPDATE guest SET merged_into = NULL, version = version + 1 WHERE id = ? AND merged_into = ?"
        if not self._session.execute(sql, (row[1], row[0])):
            raise RewardsError(MERGE_INVALID, f"{row[1]} is not merged into {row[0]} any more.", field="merge")
        kept = kept_of(self._session, row[0])
        self.bump(kept)
        return kept, row[1]

    def page(self, after: str | None, limit: int) -> list[Guest]:
        """Guests by id after `after`, merged records left out."""
        return [make_guest(row) for row in self._session.all(_PAGE, (after or "", limit))]


def kept_of(session: Session, guest_id: str) -> str:
    """The record that stands for a record: the one it was merged into in the end, or itself."""
    return followed(session, guest_id, guest_id)


def records_of(session: Session, guest_id: str) -> tuple[str, ...]:
    """The ids of a guest's records: itself and every record merged into it, directly or not."""
    return tuple(row[0] for row in session.all(_RECORDS, (guest_id,)))


def followed(session: Session, guest_id: str, merged_into: str | None) -> str:
    """The record that stands for one of which the first merge is known."""
    while merged_into is not None:
        guest_id = merged_into
        row = session.one("SELECT merged_into FROM guest WHERE id = ?", (guest_id,))
        merged_into = None if row is None else row[0]
    return guest_id


def _merged(guest_id: str, kept: str) -> LostRace:
    return LostRace(MERGE_INVALID, f"{guest_id} was just merged into {kept}.", hint="Send it again.", field="guest")


def _unknown(guest_id: str) -> RewardsError:
    return RewardsError(GUEST_UNKNOWN, f"There is no guest {guest_id}.", field="guest")
