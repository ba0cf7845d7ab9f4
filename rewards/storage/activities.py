"""The append-only log of activities.

An id is derived from the source and its key, so a second recording meets the first one's row. Whether it says the same
is told by a hash over the content: everything but when it became known, which record of a guest it came in for, and
what review has made of it since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from rewards.clock import from_us, to_us
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.errors import ACTIVITY_CONFLICT, RewardsError
from rewards.storage.guests import kept_of
from rewards.storage.rows import (
    attributes_json,
    attributes_of,
    flag,
    maybe_day,
    maybe_flag,
    ordinal,
    to_json,
)
from rewards.storage.session import Row, Session, Value

_COLUMNS = (
    "id, guest, kind, property, occurred_us, recorded_us, day, arrival_day, count, nights, rooms, amount, currency, "
    "evidence, on_time, channel, rate_code, room_class, reservation, category, place_id, place_name, reverses, "
    "withheld, source, source_key, attributes"
)
_INSERT = f"INSERT INTO activity ({_COLUMNS}, content_hash)"
_ONCE = "ON CONFLICT (id) DO NOTHING RETURNING id"
_STORED = "SELECT id, guest, content_hash, source_key FROM activity WHERE id IN ({keys})"
_SELECT = f"SELECT {_COLUMNS} FROM activity"

_KINDS = {kind.value: kind for kind in Kind}
_EVIDENCE = {int(level): level for level in Evidence}


def _values(activity: Activity) -> tuple[Value, ...]:
    return (
        activity.id,
        activity.guest,
        activity.kind.value,
        activity.property,
        to_us(activity.occurred_at),
        to_us(activity.recorded_at),
        activity.day.toordinal(),
        ordinal(activity.arrival_day),
        activity.count,
        activity.nights,
        activity.rooms,
        activity.amount_minor,
        activity.currency,
        int(activity.evidence),
        flag(activity.on_time),
        activity.channel,
        activity.rate_code,
        activity.room_class,
        activity.reservation,
        activity.category,
        activity.place_id,
        activity.place_name,
        activity.reverses,
        activity.withheld,
        activity.source,
        activity.source_key,
        attributes_json(activity.attributes),
    )


_NOT_CONTENT = frozenset({"id", "guest", "recorded_us", "withheld"})
_CONTENT = tuple(place for place, name in enumerate(_COLUMNS.split(", ")) if name not in _NOT_CONTENT)


def _hash(values: tuple[Value, ...]) -> bytes:
    """SHA-256 over the canonical JSON of what an activity says."""
    return hashlib.sha256(to_json([values[place] for place in _CONTENT]).encode()).digest()


def _row(activity: Activity) -> tuple[Value, ...]:
    values = _values(activity)
    return (*values, _hash(values))


def make_activity(row: Row) -> Activity:
    """The activity of a row of its columns."""
    (
        id_, guest, kind, property_, occurred, recorded, day, arrival, count, nights, rooms, amount, currency,
        evidence, on_time, channel, rate_code, room_class, reservation, category, place_id, place_name, reverses,
        withheld, source, source_key, attributes,
    ) = row  # fmt: skip
    return Activity(
        id_, guest, _KINDS[kind], from_us(occurred), from_us(recorded),
        date.fromordinal(day), source, source_key, property_, maybe_day(arrival), count, nights, rooms, amount,
        currency, _EVIDENCE[evidence], maybe_flag(on_time), channel, rate_code, room_class, reservation, category,
        place_id, place_name, reverses, withheld, attributes_of(attributes),
    )  # fmt: skip


class SqlActivities:
    """The append-only log."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, activities: Sequence[Activity]) -> list[bool]:
        """Append; for each True when it was new, False when the same id with the same content is there already.

        The same id with other content, or for another guest (merges followed), raises `activity_conflict` naming the
        source key; the caller's transaction then leaves nothing of the batch.
        """
        rows = [_row(activity) for activity in activities]
        fresh = {row[0] for row in self._session.insert_new(_INSERT, _ONCE, rows)}
        new = []
        again: list[tuple[Value, ...]] = []
        for row in rows:
            new.append(row[0] in fresh)
            if row[0] in fresh:
                fresh.remove(row[0])
            else:
                again.append(row)
        if again:
            self._compare(again)
        return new

    def _compare(self, rows: Sequence[tuple[Value, ...]]) -> None:
        """Refuse rows that do not say what is stored under their id."""
        stored = {row[0]: row for row in self._session.all_in(_STORED, [row[0] for row in rows])}
        for row in rows:
            _, guest, content, source_key = stored[row[0]]
            if content != row[-1] or (guest != row[1] and not self._is_one(guest, str(row[1]))):
                raise RewardsError(
                    ACTIVITY_CONFLICT,
                    f"“{source_key}” was recorded with other content.",
                    hint="Send a correction as a new activity that names the one it reverses.",
                    field="source_key",
                    details={"source_key": source_key, "activity": row[0]},
                )

    def _is_one(self, record: str, other: str) -> bool:
        return kept_of(self._session, record) == kept_of(self._session, other)

    def get(self, activity_id: str) -> Activity | None:
        """One activity."""
        row = self._session.one(f"{_SELECT} WHERE id = ?", (activity_id,))
        return None if row is None else make_activity(row)

    def of_guest(self, records: Sequence[str], *, known_at: datetime | None = None) -> list[Activity]:
        """Every activity of these guest records, by instant and then as recorded.

        With `known_at` only those recorded up to then.
        """
        if known_at is None:
            rows = self._session.all_in(f"SELECT seq, {_COLUMNS} FROM activity WHERE guest IN ({{keys}})", records)
        else:
            sql = f"SELECT seq, {_COLUMNS} FROM activity WHERE recorded_us <= ? AND guest IN ({{keys}})"
            rows = self._session.all_in(sql, records, (to_us(known_at),))
        rows.sort(key=lambda row: (row[5], row[0]))
        return [make_activity(row[1:]) for row in rows]

    def of_reservation(self, property_code: str, reservation: str) -> list[Activity]:
        """Every activity that names a reservation, oldest first."""
        sql = f"{_SELECT} WHERE property = ? AND reservation = ? ORDER BY occurred_us, seq"
        return [make_activity(row) for row in self._session.all(sql, (property_code, reservation))]

    def reversals_of(self, activity_id: str) -> list[Activity]:
        """Reversals that name an activity, as recorded."""
        sql = f"{_SELECT} WHERE reverses = ? ORDER BY seq"
        return [make_activity(row) for row in self._session.all(sql, (activity_id,))]

    def guests_at(self, property_code: str, after: str, limit: int) -> list[str]:
        """Ids of guests with an activity at a property, by id after `after`; merged records as they were recorded."""
        sql = "SELECT DISTINCT guest FROM activity WHERE property = ? AND guest > ? ORDER BY guest LIMIT ?"
        return [row[0] for row in self._session.all(sql, (property_code, after, limit))]

    def taken_back(self, activity_ids: Sequence[str]) -> set[str]:
        """Which of these ids a reversal names, whole or in part."""
        sql = "SELECT reverses FROM activity WHERE reverses IN ({keys})"
        return {row[0] for row in self._session.all_in(sql, activity_ids)}

    def page(self, guest_records: Sequence[str], after_seq: int, limit: int) -> list[tuple[int, Activity]]:
        """Up to `limit` activities with their sequence numbers after `after_seq`, in recorded order."""
        # A long list of records is asked in parts: each gives its own first ones.
        sql = f"SELECT seq, {_COLUMNS} FROM activity WHERE seq > ? AND guest IN ({{keys}}) ORDER BY seq LIMIT {limit:d}"
        rows = sorted(self._session.all_in(sql, guest_records, (after_seq,)))[:limit]
        return [(row[0], make_activity(row[1:])) for row in rows]
