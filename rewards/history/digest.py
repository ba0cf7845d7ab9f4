"""A guest's activities in small: the newest rows in a head, older ones in closed chunks that hardly anything opens.

The bytes are a pure function of the set of activities (`effective` rows in canonical order): whatever the order in
which facts arrived, appended one by one or built at once, the digest is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from struct import Struct
from typing import NamedTuple

from rewards.domain.activity import Activity, Kind
from rewards.history.codec import Column, Schema, Table
from rewards.history.effective import effective, in_order
from rewards.history.rows import UNCOUNTED, Row, row_of
from rewards.history.totals import Totals, decode_totals, sum_up

FORMAT = 1
CHUNK_ROWS = 512
HEAD_LEAST = 256
"""A chunk closes when the head would keep at least this many rows: the head holds 0 to 767."""

_MAGIC = b"RD"
_OPENING = Struct("<2sBHIHI")  # magic, format, bytes of the guest's id, rows in all, chunks, bytes of the closed part
_I, _O, _R, _T = Column.INTEGER, Column.OPTIONAL, Column.RAW, Column.TEXT
ROWS = Schema(_I, _R, _T, _T, _I, _O, _I, _I, _I, _I, _O, _T, _I, _O, _T, _T, _T, _T, _T, _R)
BOUNDS = Schema(_I, _I, _I)

_row = partial(tuple.__new__, Row)


class Bound(NamedTuple):
    """How far a closed chunk reaches: the latest instant, hotel day (ordinal) and recording in it."""

    last_us: int
    last_day: int
    last_recorded_us: int


@dataclass(frozen=True, slots=True)
class History:
    """A digest as it is stored: `head`, and `chunks` of 512 rows each, the oldest first."""

    head: bytes
    chunks: tuple[bytes, ...]


class Digest:
    """A head, read lazily."""

    __slots__ = ("_closed", "_data", "chunk_count", "guest", "rows_in_all")

    def __init__(self, head: bytes) -> None:
        magic, version, guest_size, self.rows_in_all, self.chunk_count, closed_size = _OPENING.unpack_from(head)
        if magic != _MAGIC or version != FORMAT:
            raise ValueError(f"a digest of format {FORMAT} begins with {_MAGIC!r}, not {head[:3]!r}: rebuild it")
        start = _OPENING.size + guest_size
        self.guest = str(head[_OPENING.size : start], "utf-8")
        self._closed = memoryview(head)[start : start + closed_size]
        self._data = memoryview(head)[start + closed_size :]

    def rows(self) -> list[Row]:
        """The rows of the head, in canonical order."""
        return _read_rows(self._data)

    def bounds(self) -> tuple[Bound, ...]:
        """One for each closed chunk, in order."""
        return tuple(map(Bound._make, Table(BOUNDS, self._closed).rows())) if self.chunk_count else ()

    def totals(self) -> Totals:
        """Sums over all closed chunks."""
        return decode_totals(self._closed[Table(BOUNDS, self._closed).end :]) if self.chunk_count else Totals()

    def ends_before(self, row: Row) -> bool:
        """Whether a row comes after all of the head in canonical order."""
        table = Table(ROWS, self._data)
        return not table.length or (table.last(0), table.last(1)) < in_order(row)

    def with_newer(self, rows: Sequence[Row]) -> bytes:
        """The head with rows, in canonical order, after its own; no chunk closes."""
        longer = ROWS.longer(self._data, rows) or ROWS.encode([*self.rows(), *rows])
        return _head(self.guest, self.rows_in_all + len(rows), self._closed, self.chunk_count, longer)


def build(guest: str, activities: Iterable[Activity]) -> History:
    """The digest of all activities of `guest` (those of records merged into it too), in any order."""
    return build_of(guest, effective(activities))


def build_of(guest: str, rows: Sequence[Row]) -> History:
    """The digest of all effective rows of `guest`, in canonical order."""
    closed = chunks_closed(len(rows))
    parts = [rows[number * CHUNK_ROWS : (number + 1) * CHUNK_ROWS] for number in range(closed)]
    head = _head(guest, len(rows), _closed_part(parts), closed, ROWS.encode(rows[closed * CHUNK_ROWS :]))
    return History(head, tuple(map(ROWS.encode, parts)))


def chunks_closed(rows: int) -> int:
    """How many chunks are closed when a guest has `rows` effective rows."""
    return max(0, (rows - HEAD_LEAST) // CHUNK_ROWS)


def append(head: bytes, activity: Activity) -> bytes | None:
    """The head after one more activity, or None: rebuild. See `extend`."""
    return extend(head, (activity,))


def extend(head: bytes, activities: Iterable[Activity]) -> bytes | None:
    """The head after some more activities, in any order, or None: rebuild.

    The bytes are those that `build` gives. None for a reversal, for an activity older than the head's newest, and when
    a chunk closes. The caller sees to it that no reversal of them came before, and that none was there yet.
    """
    added = list(activities)
    if any(activity.kind is Kind.REVERSAL for activity in added):
        return None
    new = [
        row_of(activity, activity.amount_minor)
        for activity in added
        if activity.withheld is None and activity.kind not in UNCOUNTED
    ]
    return extend_by(head, sorted(new, key=in_order))


def extend_by(head: bytes, new: Sequence[Row]) -> bytes | None:
    """`extend` by effective rows in canonical order."""
    if not new:
        return head
    digest = Digest(head)
    if chunks_closed(digest.rows_in_all + len(new)) != digest.chunk_count or not digest.ends_before(new[0]):
        return None
    return digest.with_newer(new)


def read_chunk(chunk: bytes) -> list[Row]:
    """The rows of a closed chunk, in canonical order."""
    return _read_rows(memoryview(chunk))


def _read_rows(data: memoryview) -> list[Row]:
    return list(map(_row, Table(ROWS, data).rows()))


def _closed_part(parts: Sequence[Sequence[Row]]) -> bytes:
    if not parts:
        return b""
    bounds = [Bound(part[-1].us, max(row.day for row in part), max(row.recorded_us for row in part)) for part in parts]
    return BOUNDS.encode(bounds) + sum_up([row for part in parts for row in part]).encode()


def _head(guest: str, in_all: int, closed: bytes | memoryview, chunks: int, rows: bytes) -> bytes:
    name = guest.encode()
    opening = _OPENING.pack(_MAGIC, FORMAT, len(name), in_all, chunks, len(closed))
    return b"".join((opening, name, closed, rows))
