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
        codes, bases, sizes, data = zip(*packed, strict=True)
        return self.header.pack(len(rows), *codes, *bases, *sizes) + b"".join(data)

    def longer(self, data: memoryview, rows: Sequence[Sequence[Cell]]) -> bytes | None:
        """The bytes of the table `data` with `rows` after its own, as `encode` gives them, without reading its own.

        None where the new rows do not fit a column as it is packed; then only `encode` knows.
        """
        table = Table(self, data)
        if not table.length:
            return None
        codes, bases, sizes, pieces = list[int](), list[int](), list[int](), list[bytes | memoryview]()
        for (kind, code, base, own), values in zip(table.packed(), zip(*rows, strict=True), strict=True):
            longer = _LENGTHENERS[kind](code, base, own, values)
            if longer is None:
                return None
            codes.append(code)
            bases.append(base)
            sizes.append(len(longer[0]) + len(longer[1]))
            pieces += longer
        return self.header.pack(table.length + len(rows), *codes, *bases, *sizes) + b"".join(pieces)


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
        self._columns = tuple(zip(schema.columns, header[1:], header[count + 1 :], ends, ends[1:], strict=False))

    def rows(self) -> Iterable[tuple[Any, ...]]:
        """Every row."""
        return zip(*starmap(self._column, self._columns), strict=True)

    def last(self, number: int) -> int:
        """The last value of a RAW or INTEGER column; the table has a row at least."""
        _, code, base, _, end = self._columns[number]
        first: int = base
        if code == _CONSTANT:
            return first
        return first + _numbers(code, self._data[end - array(_TYPES[code]).itemsize : end])[0]

    def packed(self) -> list[tuple[Column, int, int, memoryview]]:
        """Every column as it is packed: kind, code, base and bytes."""
        data = self._data
        return [(kind, code, base, data[start:end]) for kind, code, base, start, end in self._columns]

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
    several = len(numbers) > 1 or 0 in places
    code, _, _, data = _pack(0, places) if several else _Packed(_CONSTANT, 0, 0, b"")
    data = b"".join((_LONG.pack(len(texts)), texts, data))
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


# --- packing more behind --------------------------------------------------------------------------------------------


Longer = tuple[bytes | memoryview, bytes]
"""A column's own bytes, mostly unchanged, and those behind them."""


def _longer_integers(code: int, base: int, own: memoryview, values: Sequence[int]) -> Longer | None:
    if code == _CONSTANT:
        return _if_only(base, own, values)
    return _behind(code, own, [value - base for value in values])


def _longer_optional(code: int, base: int, own: memoryview, values: Sequence[int | None]) -> Longer | None:
    if code in (_CONSTANT, _NONE):
        return _if_only(None if code == _NONE else base, own, values)
    if any(value is not None and value <= base for value in values):
        return None
    return _behind(code, own, [0 if value is None else value - base for value in values])


def _longer_raw(code: int, base: int, own: memoryview, values: Sequence[int]) -> Longer | None:
    return _if_only(base, own, values) if code == _CONSTANT else (own, _bytes("q", values))


def _longer_texts(code: int, _base: int, own: memoryview, values: Sequence[str | None]) -> Longer | None:
    if code == _NONE:
        return _if_only(None, own, values)
    (size,) = _LONG.unpack_from(own)
    texts = str(own[4 : 4 + size], "utf-8").split(SEPARATOR)
    if code == _CONSTANT:
        return _if_only(texts[0], own, values)
    numbers = {text: number for number, text in enumerate(texts, 1)}
    places = [0 if value is None else numbers.setdefault(value, len(numbers) + 1) for value in values]
    if len(numbers) == len(texts):
        return _behind(code, own, places)
    if len(numbers) > _MOST[code] or any(SEPARATOR in text for text in list(numbers)[len(texts) :]):
        return None
    more = SEPARATOR.join(numbers).encode()
    return b"".join((_LONG.pack(len(more)), more, own[4 + size :])), _bytes(_TYPES[code], places)


def _if_only(only: Cell, own: memoryview, values: Sequence[Cell]) -> Longer | None:
    return (own, b"") if all(value == only for value in values) else None


def _behind(code: int, own: memoryview, distances: Sequence[int]) -> Longer | None:
    if min(distances) < 0 or max(distances) > _MOST[code]:
        return None
    return own, _bytes(_TYPES[code], distances)


_MOST = {1: 2**8 - 1, 2: 2**16 - 1, 3: 2**32 - 1, 4: 2**64 - 1}
_LENGTHENERS: dict[Column, Callable[[int, int, memoryview, Sequence[Any]], Longer | None]] = {
    Column.INTEGER: _longer_integers,
    Column.OPTIONAL: _longer_optional,
    Column.RAW: _longer_raw,
    Column.TEXT: _longer_texts,
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
