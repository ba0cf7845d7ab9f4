"""Small tables of integers and texts as bytes, column by column; the same rows always give the same bytes.

An integer column keeps the distances from its least value in the fewest bytes (1, 2, 4 or 8) that hold the largest; a
text column numbers its texts by first appearance; a column of one value keeps that value alone. A guest's fifty rows
take about a kilobyte and some ten microseconds to read. Nothing here can run code, unlike pickle.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import accumulate, starmap
from struct import Struct
from typing import Any, Literal, NamedTuple

Cell = int | str | None


class Column(IntEnum):
    """What a column holds. None may stand in OPTIONAL and TEXT; RAW takes any 64 bits, signed, as they are."""

    INTEGER = 0
    OPTIONAL = 1
    RAW = 2
    TEXT = 3


class _Packed(NamedTuple):
    code: int
    base: int
    size: int
    data: bytes


_CONSTANT = 0
_NONE = 6
_RAW = 5
_Letter = Literal["B", "H", "I", "Q", "q"]
_TYPES: dict[int, _Letter] = {1: "B", 2: "H", 3: "I", 4: "Q", _RAW: "q"}
_SWAP = sys.byteorder == "big"
_LONG = Struct("<I")
SEPARATOR = "\0"


class Schema:
    """The columns of a table, by kind, in order."""

    def __init__(self, *columns: Column) -> None:
        self.columns = columns
        count = len(columns)
        self.header = Struct(f"<I{count}B{count}q{count}I")

    def encode(self, rows: Sequence[Sequence[Cell]]) -> bytes:
        """The bytes of `rows`, each with one cell for each column.

        Errors: ValueError for a text with a NUL in it, OverflowError for a number beyond 64 bits.
        """
        cells: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(self.columns)
        packed = [_PACKERS[kind](values) for kind, values in zip(self.columns, cells, strict=True)]
        head = self.header.pack(
            len(rows),
            *(column.code for column in packed),
            *(column.base for column in packed),
            *(column.size for column in packed),
        )
        return head + b"".join(column.data for column in packed)


class Table:
    """Bytes of a `Schema`, read column by column."""

    __slots__ = ("_columns", "_data", "end", "length")

    def __init__(self, schema: Schema, data: memoryview) -> None:
        count = len(schema.columns)
        header = schema.header.unpack_from(data)
        ends = tuple(accumulate(header[2 * count + 1 :], initial=schema.header.size))
        self.length: int = header[0]
        self.end = ends[-1]
        """Where the table's bytes end."""
        self._data = data
        self._columns = zip(schema.columns, header[1:], header[count + 1 :], ends, ends[1:], strict=False)

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """Every row; to be asked once."""
        return zip(*starmap(self._column, self._columns), strict=True)

    def _column(self, kind: Column, code: int, base: int, start: int, end: int) -> list[Any]:
        if code == _NONE:
            return [None] * self.length
        if kind is Column.TEXT:
            return _texts(code, self._data[start:end], self.length)
        if code == _CONSTANT:
            return [base] * self.length
        numbers = _numbers(code, self._data[start:end])
        if kind is Column.OPTIONAL:
            return [number + base if number else None for number in numbers]
        return [number + base for number in numbers] if base else numbers


# --- packing --------------------------------------------------------------------------------------------------------


def _pack_integers(values: Sequence[int]) -> _Packed:
    base, largest = min(values, default=0), max(values, default=0)
    if base > 0 and _code_for(largest) == _code_for(largest - base) != _CONSTANT:
        base = 0  # it would save no byte, and cost an addition for each
    return _pack(base, [value - base for value in values])


def _pack_optional(values: Sequence[int | None]) -> _Packed:
    present = [value for value in values if value is not None]
    if not present:
        return _Packed(_NONE, 0, 0, b"")
    base = min(present) - 1
    if len(present) == len(values) and max(present) == base + 1:
        return _Packed(_CONSTANT, base + 1, 0, b"")
    return _pack(base, [0 if value is None else value - base for value in values])


def _pack_raw(values: Sequence[int]) -> _Packed:
    if len(set(values)) <= 1:
        return _Packed(_CONSTANT, values[0] if values else 0, 0, b"")
    data = _bytes("q", values)
    return _Packed(_RAW, 0, len(data), data)


def _pack_texts(values: Sequence[str | None]) -> _Packed:
    numbers: dict[str, int] = {}
    places = [0 if value is None else numbers.setdefault(value, len(numbers) + 1) for value in values]
    if not numbers:
        return _Packed(_NONE, 0, 0, b"")
    if any(SEPARATOR in text for text in numbers):
        raise ValueError("a text holds a NUL, which separates texts here")
    texts = SEPARATOR.join(numbers).encode()
    code, data = _CONSTANT, b""
    if len(numbers) > 1 or 0 in places:
        code, _, _, data = _pack(0, places)
    data = _LONG.pack(len(texts)) + texts + data
    return _Packed(code, 0, len(data), data)


def _pack(base: int, distances: Sequence[int]) -> _Packed:
    code = _code_for(max(distances, default=0))
    data = _bytes(_TYPES[code], distances) if code else b""
    return _Packed(code, base, len(data), data)


def _code_for(largest: int) -> int:
    """The narrowest type that holds 0 to `largest`; none is needed where everything is 0."""
    if largest == 0:
        return _CONSTANT
    if largest < 2**8:
        return 1
    if largest < 2**16:
        return 2
    return 3 if largest < 2**32 else 4


def _bytes(letter: _Letter, values: Iterable[int]) -> bytes:
    numbers = array(letter, values)
    if _SWAP:
        numbers.byteswap()
    return numbers.tobytes()


_PACKERS: dict[Column, Callable[[Sequence[Any]], _Packed]] = {
    Column.INTEGER: _pack_integers,
    Column.OPTIONAL: _pack_optional,
    Column.RAW: _pack_raw,
    Column.TEXT: _pack_texts,
}


# --- reading --------------------------------------------------------------------------------------------------------


def _numbers(code: int, data: memoryview) -> list[int]:
    if not _SWAP:
        return data.cast(_TYPES[code]).tolist()
    numbers = array(_TYPES[code], data.tobytes())
    numbers.byteswap()
    return numbers.tolist()


def _texts(code: int, data: memoryview, length: int) -> list[str | None]:
    (size,) = _LONG.unpack_from(data)
    texts: list[str | None] = list(str(data[4 : 4 + size], "utf-8").split(SEPARATOR))
    if code == _CONSTANT:
        return texts * length
    texts.insert(0, None)
    return [texts[number] for number in _numbers(code, data[4 + size :])]
