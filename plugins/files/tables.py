"""The rows of a file one after the other: CSV, JSON lines or a sheet of a workbook, by the layout of its mapping.

CSV and JSON lines are read as a stream, so memory does not grow with the file. A workbook is unpacked as a whole; it
is measured before, and one that would take too much is refused.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from rewards.sdk import FILE_INVALID, RewardsError

from .cells import EXCEL_1900, Cell, text_of
from .mapping import Layout
from .words import Refused
from .workbooks import epoch_of, sheet_rows

MAX_LINE = 1_000_000
MAX_DEPTH = 4
MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the lines of the file it takes (a workbook's rows), and its cells by header or why it has none."""

    first: int
    line: int
    cells: dict[str, Cell]
    problem: Refused | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file that is open for reading: its headers (of JSON lines, those of the first object), and its rows.

    `epoch` is the date system of numbers that are days: `excel-1900` or `excel-1904`.
    """

    headers: tuple[str, ...]
    lines: Iterator[Line]
    epoch: str = EXCEL_1900


def open_table(path: Path, layout: Layout, *, fill: bool = False) -> Table:
    """The table of a file; `file_invalid` where it is not what the layout says. `fill` takes rows that are short."""
    try:
        if layout.format == "xlsx":
            return _workbook(path, layout)
        return _csv(path, layout, fill) if layout.format == "csv" else _json_lines(path, layout)
    except (UnicodeError, OSError) as error:
        raise _unreadable(path, layout, error) from error


def _unreadable(path: Path, layout: Layout, error: Exception) -> RewardsError:
    return RewardsError(
        FILE_INVALID,
        f"{path.name} cannot be read as {layout.encoding}: {error}.",
        hint="Look at it again: mapping new.",
    )


def _streamed(path: Path, layout: Layout, read: Callable[[TextIO], Iterator[Line]]) -> Iterator[Line]:
    """Bytes that are not of the encoding end the reading, with the file's name; what stands before is recorded."""
    try:
        with path.open(newline="" if layout.format == "csv" else None, encoding=layout.codec) as stream:
            yield from read(stream)
    except UnicodeError as error:
        raise _unreadable(path, layout, error) from error


# --- CSV


def _csv(path: Path, layout: Layout, fill: bool) -> Table:
    with path.open(newline="", encoding=layout.codec) as stream:
        try:
            header = next(_csv_reader(stream, layout))
        except (StopIteration, csv.Error) as error:
            raise RewardsError(FILE_INVALID, f"{path.name} has no header in line {layout.header_row}.") from error
    headers = _headers(path, header)
    return Table(headers, _streamed(path, layout, lambda stream: _csv_lines(stream, layout, headers, fill)))


def _csv_reader(stream: TextIO, layout: Layout) -> Any:
    for _ in range(layout.header_row - 1):
        stream.readline(MAX_LINE)
    return csv.reader(stream, delimiter=layout.delimiter, strict=True)


def _headers(path: Path, cells: list[str]) -> tuple[str, ...]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    twice = next((name for place, name in enumerate(names) if name and name in names[:place]), None)
    if twice is not None or not any(names):
        what = f"names the column “{twice[:60]}” twice" if twice else "names no column"
        raise RewardsError(
            FILE_INVALID, f"The header of {path.name} {what}.", hint="Each column has a name of its own."
        )
    return tuple(names)


def _csv_lines(stream: TextIO, layout: Layout, headers: tuple[str, ...], fill: bool) -> Iterator[Line]:
    before = layout.header_row - 1
    reader = _csv_reader(stream, layout)
    next(reader)
    while True:
        first = before + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = before + reader.line_num
            yield Line(min(first, line), line, {}, Refused("quotes", why=str(error)))
            continue
        if any(cell.strip() for cell in row):
            yield _fitted(row, headers, first, before + reader.line_num, fill)


def _fitted(row: list[str], headers: tuple[str, ...], first: int, line: int, fill: bool) -> Line:
    """A row against its header: empty cells too many do not matter, cells too few do unless the mapping fills them."""
    cells: dict[str, Cell] = {name: cell.strip() for name, cell in zip(headers, row, strict=False) if name}
    if any(cell.strip() for cell in row[len(headers) :]):
        return Line(first, line, cells, Refused("long", found=len(row), wanted=len(headers)))
    if len(row) < len(headers) and not fill:
        return Line(first, line, cells, Refused("short", found=len(row), wanted=len(headers)))
    return Line(first, line, cells)


# --- JSON lines


def _json_lines(path: Path, layout: Layout) -> Table:
    sample = list(islice(_streamed(path, layout, _parsed), 1))
    return Table(tuple(sample[0].cells) if sample else (), _streamed(path, layout, _parsed))


def _parsed(stream: TextIO) -> Iterator[Line]:
    number = 0
    while text := stream.readline(MAX_LINE + 1):
        number += 1
        if len(text) > MAX_LINE:
            while text and not text.endswith("\n"):
                text = stream.readline(MAX_LINE)
            yield Line(number, number, {}, Refused("too_long", limit=MAX_LINE))
        elif text.strip():
            yield _object(number, text)


def _object(number: int, text: str) -> Line:
    try:
        value = json.loads(
            text, parse_float=_exact, parse_int=_exact, parse_constant=_no_number, object_pairs_hook=_once
        )
        if not isinstance(value, dict):
            raise ValueError("it is a list or a single value")
        return Line(number, number, dict(_flat(value, "", MAX_DEPTH)))
    except (ValueError, RecursionError) as error:
        return Line(number, number, {}, Refused("json", why=str(error)[:100]))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _exact(digits: str) -> Decimal:
    """An exact number of a size that can be written out."""
    number = Decimal(digits)
    if abs(number.adjusted()) > MAX_DIGITS or len(digits) > 2 * MAX_DIGITS:
        raise ValueError(f"{digits[:30]} has too many digits")
    return number


def _no_number(word: str) -> Cell:
    raise ValueError(f"{word} is not a number")


def _flat(value: dict[str, Any], prefix: str, deep: int) -> Iterator[tuple[str, Cell]]:
    """Objects inside become dotted names (`guest.email`); lists are not columns and are left out."""
    for name, item in value.items():
        if isinstance(item, dict):
            if deep:
                yield from _flat(item, f"{prefix}{name}.", deep - 1)
        elif not isinstance(item, list):
            yield f"{prefix}{name}", item


# --- workbooks


def _workbook(path: Path, layout: Layout) -> Table:
    rows = sheet_rows(path, layout.sheet)
    header = next(islice(rows, layout.header_row - 1, None), None)
    if header is None:
        raise RewardsError(FILE_INVALID, f"{path.name} has no header in row {layout.header_row}.")
    headers = _headers(path, [text_of(cell) for cell in header])
    return Table(headers, _sheet_lines(rows, headers, layout.header_row + 1), epoch_of(path))


def _sheet_lines(rows: Iterator[list[Cell]], headers: tuple[str, ...], first: int) -> Iterator[Line]:
    for number, row in enumerate(rows, first):
        if any(text_of(cell) for cell in row):
            cells = {name: cell for name, cell in zip(headers, row, strict=False) if name}
            extra = any(text_of(cell) for cell in row[len(headers) :])
            problem = Refused("long", found=len(row), wanted=len(headers)) if extra else None
            yield Line(number, number, cells, problem)
