"""Looks at a file and says what it seems to be: format, encoding, delimiter, header, and a mapping to confirm.

Everything found is written into the proposal, so that whoever confirms it sees it and a later import guesses nothing.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Mapping as Names
from itertools import islice
from pathlib import Path

from rewards.sdk import FILE_INVALID, RewardsError

from .cells import DATES, moment_of, text_of
from .fields import KINDS, folded, holds, proposed
from .mapping import DELIMITERS, Layout, refused
from .tables import MAX_LINE, Line, open_table
from .words import Refused, both
from .workbooks import sheet_rows, sheets_of

SAMPLE_LINES, HEADER_AMONG = 200, 20
CHOOSE = " or "
"""Between what fits equally well: no mapping takes it, so that whoever confirms one must choose."""

_BLOCK = 1 << 20
_KEYS = (
    "id", "number", "nummer", "nr", "transactionid", "receiptnumber", "bonnummer", "invoicenumber", "factuurnummer",
    "rechnungsnummer", "reservationnumber", "reservering", "reserveringsnummer", "buchungsnummer", "bookingid",
    "confirmationnumber",
)  # fmt: skip
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NUMBER = re.compile(r"[-+(]?[€$£]? ?\d[\d.,: /-]*\)?%?")


def propose(path: Path, given: Names[str, object]) -> dict[str, object]:
    """The proposal for a file; `given` settles parts: `kind`, `file`, `columns`, `constants`, `dates`, `decimal`."""
    kind = str(given.get("kind", "stay")).partition(":")[0]
    if kind not in KINDS:
        raise refused("kind", f"“{kind[:60]}” is not a kind.", f"One of {', '.join(KINDS)}:NAME.")
    layout, found = look(path, given.get("file"))
    table = open_table(path, layout)
    sample = list(islice((line for line in table.lines if line.problem is None), SAMPLE_LINES))
    settled = given.get("columns")
    columns = dict(settled) if isinstance(settled, dict) else {}
    rest = tuple(header for header in table.headers if header and header not in columns.values())
    columns = {**{name: header for name, header in proposed(kind, rest).items() if name not in columns}, **columns}
    unused = [header for header in table.headers if header and header not in columns.values()]
    found |= {"headers": list(table.headers), "unused": unused, "rows_seen": len(sample)}
    return {
        "kind": given.get("kind", "stay"),
        "file": _written(layout),
        "columns": columns,
        "constants": given.get("constants", {}),
        "dates": given.get("dates") or _dates(sample, columns, found),
        "decimal": given.get("decimal") or _decimal(sample, columns, found),
        **_key(table.headers, columns),
        "corrections": False,
        "found": found,
    }


def look(path: Path, settled: object = None) -> tuple[Layout, dict[str, object]]:
    """The layout that a file seems to have, and what that rests on; parts in `settled` are taken as they are."""
    parts = dict(settled) if isinstance(settled, dict) else {}
    form = str(parts.get("format") or format_of(path))
    if form == "xlsx":
        names = sheets_of(path)
        sheet = str(parts.get("sheet") or names[0])
        row = int(parts.get("header_row") or _header_row(_sheet_rows(path, sheet)))
        return Layout("xlsx", header_row=row, sheet=sheet), {"sheets": list(names)}
    encoding, why = encoding_of(path)
    encoding = str(parts.get("encoding") or encoding)
    found: dict[str, object] = {"encoding": both(why)}
    if form == "jsonl":
        return Layout("jsonl", encoding), found
    lines = _first_lines(path, encoding)
    delimiter, sure = delimiter_of(lines)
    delimiter = str(parts.get("delimiter") or delimiter)
    found["delimiter"] = both("even" if sure else "uneven")
    row = int(parts.get("header_row") or _header_row(list(_split(lines, delimiter))))
    return Layout("csv", encoding, delimiter, row), found


def format_of(path: Path) -> str:
    """By how the file begins: a workbook is a ZIP, JSON lines open with a brace; everything else is CSV."""
    with path.open("rb") as stream:
        head = stream.read(4_096)
    if not head.strip():
        raise RewardsError(FILE_INVALID, f"{path.name} is empty.")
    if head.startswith(b"PK"):
        return "xlsx"
    return "jsonl" if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") else "csv"


def encoding_of(path: Path) -> tuple[str, str]:
    """The encoding, and the key of what says so. The whole file is looked at, for one letter at its end may decide."""
    with path.open("rb") as stream:
        head = stream.read(4_096)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, "mark"
    for name, odd in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if odd.count(0) > len(odd) * 0.4:
            return name, "zeros"
    if _decodes(path, "utf-8"):
        return "utf-8", "all_valid"
    if _decodes(path, "windows-1252"):
        return "windows-1252", "not_utf8"
    raise RewardsError(FILE_INVALID, f"{path.name} is neither UTF-8, UTF-16 nor Windows-1252.")


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _first_lines(path: Path, encoding: str) -> list[str]:
    with path.open(newline="", encoding=encoding) as stream:
        return [line for _, line in zip(range(SAMPLE_LINES), iter(lambda: stream.readline(MAX_LINE), ""), strict=False)]


def delimiter_of(lines: list[str]) -> tuple[str, bool]:
    """The delimiter under which most rows have the same number of cells, more than one; and whether all have."""
    best, score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(row) for row in _split(lines, delimiter) if any(row))
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        mark = (times / max(sum(widths.values()), 1), width)
        if width > 1 and mark > score:
            best, score = delimiter, mark
    return best, score[0] == 1.0


def _split(lines: list[str], delimiter: str) -> list[list[str]]:
    """The rows of the first lines; the last one may be cut off in the middle."""
    rows = []
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            rows.append(next(reader))
        except StopIteration:
            return rows
        except csv.Error:
            rows.append([])


def _header_row(rows: list[list[str]]) -> int:
    """The first of the widest rows whose cells are all filled, all different and none a number or a day; else 1."""
    width = max((len([cell for cell in row if cell.strip()]) for row in rows), default=0)
    for number, row in enumerate(rows[:HEADER_AMONG], 1):
        cells = [cell.strip() for cell in row if cell.strip()]
        if len(cells) == width and len(set(cells)) == width and not any(_NUMBER.fullmatch(cell) for cell in cells):
            return number
    return 1


def _sheet_rows(path: Path, sheet: str) -> list[list[str]]:
    return [[text_of(cell) for cell in row] for row in islice(sheet_rows(path, sheet), HEADER_AMONG)]


# --- how days and amounts are written


def _texts(sample: list[Line], columns: dict[str, str], what: tuple[str, ...]) -> list[str]:
    headers = [header for name, header in columns.items() if holds(name) in what]
    cells = (line.cells.get(header) for line in sample for header in headers)
    return [cell for cell in cells if isinstance(cell, str) and cell]


def _dates(sample: list[Line], columns: dict[str, str], found: dict[str, object]) -> str:
    """The form that every day of the sample has; where more than one fits, all of them, and somebody must choose."""
    texts = _texts(sample, columns, ("day", "moment"))
    fitting = [form for form in DATES if not form.startswith("excel") and all(_is_date(text, form) for text in texts)]
    found["dates"] = fitting if texts else []
    return CHOOSE.join(fitting) if texts and fitting else "iso"


def _is_date(text: str, form: str) -> bool:
    try:
        moment_of(text, form)
    except Refused:
        return False
    return True


def _decimal(sample: list[Line], columns: dict[str, str], found: dict[str, object]) -> str:
    """The sign before one or two last digits; `1.234` alone may be either, and somebody must choose."""
    texts = _texts(sample, columns, ("amount",))
    signs = Counter(end.group(1) for text in texts if (end := re.search(r"([.,])\d{1,2}\D*$", text)))
    found["decimal"] = dict(signs)
    if len(signs) == 1:
        return next(iter(signs))
    return CHOOSE.join(".,") if any(sign in text for text in texts for sign in ".,") else "."


def _key(headers: tuple[str, ...], columns: dict[str, str]) -> dict[str, object]:
    """The column that seems to name a row, else the hash of all that are mapped."""
    named = [header for header in headers if folded(header) in _KEYS]
    if "reservation" in columns:
        named = named or [columns["reservation"]]
    return {"key": named[:1]} if named else {"hash": list(dict.fromkeys(columns.values()))}


def _written(layout: Layout) -> dict[str, object]:
    if layout.format == "xlsx":
        return {"format": "xlsx", "header_row": layout.header_row, "sheet": layout.sheet}
    if layout.format == "jsonl":
        return {"format": "jsonl", "encoding": layout.encoding}
    return {
        "format": "csv",
        "encoding": layout.encoding,
        "delimiter": layout.delimiter,
        "header_row": layout.header_row,
    }
