"""Sums over the closed chunks, so that counts, sums and firsts over a lifetime need not open them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rewards.domain.activity import Kind
from rewards.history.codec import Column, Schema, Table
from rewards.history.rows import Row

PRESENCE = (Kind.CHECK_IN, Kind.VISIT)
"""Kinds that show a guest at a property without a night; of one day they are one visit."""


class Total(NamedTuple):
    """What closed rows of one kind, place, currency (None: without an amount), punctuality and custom name sum up to.

    `times` sums the rows' counts, `amount` and `largest` are net minor units, days are ordinals. `outside` is 1 for
    places outside the group.
    """

    kind: str
    place: str | None
    outside: int
    currency: str | None
    on_time: int | None
    custom: str | None
    rows: int
    times: int
    nights: int
    amount: int
    largest: int
    first_day: int
    last_day: int


_Key = tuple[str, str | None, int, str | None, int | None, str | None]
"""The first six of a `Total`, by which rows are grouped."""


class Days(NamedTuple):
    """On how many different hotel days closed rows show presence at a property, and the last of them."""

    place: str
    days: int
    last_day: int


_I, _O, _T = Column.INTEGER, Column.OPTIONAL, Column.TEXT
TOTALS = Schema(_T, _T, _I, _T, _O, _T, _I, _I, _I, _I, _I, _I, _I)
DAYS = Schema(_T, _I, _I)


class Totals(NamedTuple):
    """All sums over closed rows."""

    totals: tuple[Total, ...] = ()
    days: tuple[Days, ...] = ()

    def encode(self) -> bytes:
        """The sums as bytes."""
        return TOTALS.encode(self.totals) + DAYS.encode(self.days)


def is_outside(row: Row) -> bool:
    """Whether a row lies at a place outside the group, rather than at a property or nowhere in particular."""
    return row.place is None and (row.spot is not None or row.kind in PRESENCE)


def sum_up(rows: Sequence[Row]) -> Totals:
    """The sums of `rows`, sorted, so that they depend on the set alone."""
    groups: dict[_Key, list[Row]] = {}
    for row in rows:
        groups.setdefault(_group(row), []).append(row)
    totals = sorted((_total(key, group) for key, group in groups.items()), key=_sort_key)
    return Totals(tuple(totals), tuple(_days(rows)))


def decode_totals(data: memoryview) -> Totals:
    """The sums that `Totals.encode` wrote."""
    totals = Table(TOTALS, data)
    days = Table(DAYS, data[totals.end :])
    return Totals(tuple(map(Total._make, totals.rows())), tuple(map(Days._make, days.rows())))


def _group(row: Row) -> _Key:
    custom = row.category if row.kind == Kind.CUSTOM else None
    return row.kind, row.place, int(is_outside(row)), row.currency, row.on_time, custom


def _total(key: _Key, rows: Sequence[Row]) -> Total:
    nets = [row.net or 0 for row in rows]
    days = [row.day for row in rows]
    return Total(
        *key, len(rows), sum(row.times for row in rows), sum(row.nights for row in rows),
        sum(nets), max(nets), min(days), max(days),
    )  # fmt: skip


def _sort_key(total: Total) -> tuple[str, ...]:
    return tuple("" if cell is None else f"={cell}" for cell in total[:6])


def _days(rows: Iterable[Row]) -> Iterable[Days]:
    seen = {(row.place, row.day) for row in rows if row.place is not None and row.kind in PRESENCE}
    numbers = Counter(place for place, _ in seen)
    last = dict(sorted(seen))  # of one place the last pair stays
    return (Days(place, numbers[place], last[place]) for place in sorted(numbers))
