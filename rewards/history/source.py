"""Where a reader's rows come from: the head always, closed chunks only when a question reaches into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from rewards.clock import US_PER_DAY
from rewards.history.digest import Bound, Digest, read_chunk
from rewards.history.rows import Row
from rewards.history.totals import Totals
from rewards.history.windows import Reach

LoadChunks = Callable[[int], Iterable[bytes]]
"""Closed chunks from a number on, in order, of the same version as the head."""

UNIX_DAY = 719_163
"""The ordinal of 1970-01-01."""


class Source:
    """The rows of one guest, by kind and in canonical order; each chunk is read at most once."""

    def __init__(self, head: bytes | None, load_chunks: LoadChunks) -> None:
        self._digest = None if head is None else Digest(head)
        self._load = load_chunks
        self._bounds: tuple[Bound, ...] = self._digest.bounds() if self._digest is not None else ()
        self._opened_from = len(self._bounds)
        self._head: dict[str, list[Row]] | None = None
        self._opened: dict[str, list[Row]] | None = None
        self._kinds: dict[Sequence[str], list[Row]] = {}
        self._totals: Totals | None = None

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Source:
        """A source of rows in canonical order that no digest holds."""
        made = cls(None, lambda first: ())
        made._head = _sorted_out(rows)
        return made

    @property
    def closed(self) -> bool:
        """Whether there are closed chunks."""
        return bool(self._bounds)

    @property
    def closed_until_us(self) -> int:
        """The latest instant in a closed chunk; only where there are any."""
        return self._bounds[-1].last_us

    def totals(self) -> Totals:
        """Sums over all closed chunks."""
        if self._totals is None:
            self._totals = self._digest.totals() if self._digest is not None else Totals()
        return self._totals

    def head_rows(self, kinds: Sequence[str]) -> list[Row]:
        """The rows of these kinds in the head alone, in canonical order within each kind."""
        return _of(self._head_by_kind(), kinds)

    def rows(self, kinds: Sequence[str], reach: Reach, *, by_recording: bool = False) -> list[Row]:
        """At least every row of these kinds that can lie in `reach`, in canonical order within each kind.

        `by_recording` when days are those on which things became known rather than happened.
        """
        if self._opened_from:
            self._open(self._first_needed(reach, by_recording=by_recording))
        return self._of(kinds)

    def all_rows(self, kinds: Sequence[str]) -> list[Row]:
        """Every row of these kinds, in canonical order within each kind."""
        if self._opened_from:
            self._open(0)
        return self._of(kinds)

    def _of(self, kinds: Sequence[str]) -> list[Row]:
        rows = self._kinds.get(kinds)
        if rows is None:
            rows = self._kinds[kinds] = _of(self._by_kind(), kinds)
        return rows

    def _first_needed(self, reach: Reach, *, by_recording: bool) -> int:
        """The number of the first chunk that reaches into a window; as many as there are when none does."""
        for number, bound in enumerate(self._bounds):
            if _touches(bound, reach, by_recording=by_recording):
                return number
        return len(self._bounds)

    def _by_kind(self) -> dict[str, list[Row]]:
        return self._head_by_kind() if self._opened is None else self._opened

    def _head_by_kind(self) -> dict[str, list[Row]]:
        if self._head is None:
            self._head = _sorted_out(self._digest.rows() if self._digest is not None else ())
        return self._head

    def _open(self, first: int) -> None:
        if first >= self._opened_from:
            return
        chunks = list(self._load(first))
        if len(chunks) != len(self._bounds) - first:
            raise ValueError(
                f"{len(chunks)} chunks from number {first} on, but the head says {len(self._bounds)} in all"
            )
        older = [row for chunk in islice(chunks, self._opened_from - first) for row in read_chunk(chunk)]
        rows, newer = _sorted_out(older), self._by_kind()
        for kind, more in newer.items():
            rows[kind].extend(more)
        self._opened, self._opened_from = rows, first
        self._kinds.clear()


def _sorted_out(rows: Iterable[Row]) -> dict[str, list[Row]]:
    by_kind: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    return by_kind


def _of(rows: dict[str, list[Row]], kinds: Sequence[str]) -> list[Row]:
    if len(kinds) == 1:
        return rows.get(kinds[0], [])
    return [row for kind in kinds for row in rows.get(kind, ())]


def _touches(bound: Bound, reach: Reach, *, by_recording: bool) -> bool:
    if reach.after_us is not None and (bound.last_recorded_us if by_recording else bound.last_us) <= reach.after_us:
        return False
    if reach.first is None:
        return True
    if by_recording:
        # A day is nowhere more than a day away from that of UTC.
        return bound.last_recorded_us // US_PER_DAY + UNIX_DAY + 1 >= reach.first
    return bound.last_day >= reach.first
