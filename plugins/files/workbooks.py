"""The sheets of an Excel workbook, unpacked as a whole; measured before, and refused where that would take too much."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rewards.sdk import FILE_INVALID, RewardsError

from .cells import EXCEL_1900, EXCEL_1904, Cell

MAX_UNPACKED_BYTES = 200_000_000
_EPOCH_1904 = re.compile(rb"""date1904\s*=\s*["'](?:1|true)["']""")


def epoch_of(path: Path) -> str:
    """The date system of a workbook's numbers: `excel-1900`, or `excel-1904` as old ones of Macs have."""
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(part.file_size for part in packed.infolist())
            if size > MAX_UNPACKED_BYTES:
                raise RewardsError(
                    FILE_INVALID, f"{path.name} unpacks to {size} bytes.", hint="Save the sheet as CSV, which streams."
                )
            with packed.open("xl/workbook.xml") as book:
                return EXCEL_1904 if _EPOCH_1904.search(book.read(100_000)) else EXCEL_1900
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError) as error:
        raise RewardsError(FILE_INVALID, f"{path.name} is not an .xlsx workbook: {error}.") from error


def sheets_of(path: Path) -> tuple[str, ...]:
    """The names of a workbook's sheets, in order; a workbook has one at least."""
    names = tuple(_book(path).sheet_names)
    if not names:
        raise RewardsError(FILE_INVALID, f"{path.name} has no sheet.")
    return names


def sheet_rows(path: Path, name: str | None) -> Iterator[list[Cell]]:
    """Every row of a sheet from the first on, of the first sheet where none is named; columns from the first filled."""
    names = sheets_of(path)
    if name is not None and name not in names:
        raise RewardsError(FILE_INVALID, f"{path.name} has no sheet “{name}”.", hint=f"It has {', '.join(names)}.")
    sheet = _book(path).get_sheet_by_name(name or names[0])
    return ([_cell(value) for value in row] for row in sheet.iter_rows())


def _book(path: Path) -> Any:
    epoch_of(path)
    try:
        import python_calamine
    except ImportError:
        raise RewardsError(
            FILE_INVALID, "Workbooks need the package python-calamine.", hint="Install rewards[excel], or save as CSV."
        ) from None
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
    except (python_calamine.CalamineError, OSError) as error:
        raise RewardsError(FILE_INVALID, f"{path.name} is not an .xlsx workbook: {error}.") from error


def _cell(value: Any) -> Cell:
    """Numbers as the fifteen digits that a spreadsheet shows, exactly; lengths of time as parts of a day."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        return Decimal(f"{value:.15g}")
    if isinstance(value, timedelta):
        return Decimal(value // timedelta(seconds=1)) / 86_400
    if isinstance(value, datetime):
        # A part of a day is rarely a whole second in binary.
        return (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if isinstance(value, (date, time)):
        return value
    return str(value).strip()
