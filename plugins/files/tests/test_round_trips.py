"""One table through CSV, JSON lines and a workbook: the same facts under the same keys, whatever wrote the cells."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.files.tests.house import reader
from plugins.files.tests.workbook import write_workbook
from rewards.sdk import Draft

HEADER = ("Nr", "Card", "When", "Day", "Total", "Outlet")
SPENDS: dict[str, object] = {
    "kind": "spend",
    "columns": {"guest.card": "Card", "at": "When", "day": "Day", "amount": "Total", "category": "Outlet"},
    "constants": {"property": "harbour", "currency": "EUR"},
    "zone": "UTC",
    "key": ["Nr", "Day"],
}
Row = tuple[int, str, datetime, date, Decimal, str]
_TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20)
_LONG_AGO = datetime.fromisoformat("2001-01-01")
_ROWS = st.lists(
    st.tuples(
        st.integers(1, 10**9),
        _TEXT,
        # A workbook keeps midnight as a day; by itself it is one.
        st.integers(0, 800_000_000)
        .filter(lambda seconds: seconds % 86_400)
        .map(lambda seconds: _LONG_AGO + timedelta(seconds=seconds)),
        st.dates(date(2001, 1, 1), date(2026, 1, 1)),
        st.integers(0, 10**9).map(lambda cents: Decimal(cents).scaleb(-2)),
        _TEXT,
    ),
    max_size=12,
)


def as_csv(path: Path, rows: list[Row], delimiter: str, dates: str, decimal: str) -> Path:
    """As a hotel in the Low Countries would write it, or one in America."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(HEADER)
        for nr, card, when, day, total, outlet in rows:
            amount = f"{total:,.2f}" if decimal == "." else f"{total:,.2f}".translate(str.maketrans(",.", ".,"))
            writer.writerow((nr, card, when.strftime(f"{dates} %H:%M:%S"), day.strftime(dates), amount, outlet))
    return path


def as_jsonl(path: Path, rows: list[Row]) -> Path:
    lines = []
    for nr, card, when, day, total, outlet in rows:
        said = dict(zip(HEADER, (nr, card, when.isoformat(), day.isoformat(), 0, outlet), strict=True))
        lines.append(json.dumps(said).replace('"Total": 0', f'"Total": {total}') + "\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def drafts(path: Path, layout: dict[str, object], **changed: object) -> list[Draft]:
    read = list(reader({**SPENDS, "file": layout, **changed}).rows(path, ""))
    assert [row.rejected for row in read] == [None] * len(read)
    return [draft for row in read for draft in row.drafts]


def in_folder(work: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work(Path(folder))


@settings(max_examples=60, deadline=None)
@given(rows=_ROWS)
def test_every_format_gives_the_same_facts(rows: list[Row]) -> None:
    def work(folder: Path) -> None:
        plain = drafts(as_csv(folder / "a.csv", rows, ",", "%Y-%m-%d", "."), {"format": "csv"})
        assert [(draft.amount_minor, draft.day) for draft in plain] == [(int(row[4] * 100), row[3]) for row in rows]
        low = as_csv(folder / "b.csv", rows, ";", "%d-%m-%Y", ",")
        assert drafts(low, {"format": "csv", "delimiter": ";"}, dates="d-m-y", decimal=",") == plain
        american = as_csv(folder / "c.csv", rows, "\t", "%m/%d/%Y", ".")
        assert drafts(american, {"format": "csv", "delimiter": "\t"}, dates="m/d/y") == plain
        assert drafts(as_jsonl(folder / "d.jsonl", rows), {"format": "jsonl"}) == plain
        for epoch_1904 in (False, True):
            book = write_workbook(folder / "e.xlsx", {"Rows": [HEADER, *rows]}, epoch_1904=epoch_1904)
            assert drafts(book, {"format": "xlsx", "sheet": "Rows"}) == plain

    in_folder(work)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_TEXT | st.just(""), min_size=1, max_size=8), max_size=20), st.sampled_from(",;\t|"))
def test_any_table_is_read_to_its_end_and_each_row_is_a_fact_a_reason_or_nothing(
    table: list[list[str]], delimiter: str
) -> None:
    def work(folder: Path) -> None:
        path = folder / "a.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows([HEADER, *table])
        layout = {"format": "csv", "delimiter": delimiter}
        read = list(reader({**SPENDS, "file": layout}).rows(path, ""))
        assert len(read) == sum(any(cell.strip() for cell in row) for row in table)
        assert [row.number for row in read] == list(range(1, len(read) + 1))
        assert all((row.rejected is None) is bool(row.drafts) for row in read)

    in_folder(work)
