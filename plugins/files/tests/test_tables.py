"""Files as systems write them: quotes, ragged rows, encodings, sheets; each row with the line it stands in."""

from __future__ import annotations

import sys
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from plugins.files import workbooks
from plugins.files.cells import EXCEL_1900, EXCEL_1904, Cell
from plugins.files.mapping import Layout
from plugins.files.tables import MAX_LINE, Line, open_table
from plugins.files.tests.workbook import Value, write_workbook
from rewards.errors import FILE_INVALID, RewardsError


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, layout: Layout, *, fill: bool = False) -> list[Line]:
    return list(open_table(path, layout, fill=fill).lines)


def places(lines: list[Line]) -> list[tuple[int, int, str | None]]:
    return [(line.first, line.line, line.problem.key if line.problem else None) for line in lines]


def test_a_cell_over_several_lines_is_one_cell_and_the_next_row_knows_its_line(tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'Nr,Note\r\n1,"two\r\nlines, ""quoted"""\r\n\r\n2,plain\r\n')
    lines = read(path, Layout("csv"))
    assert [line.cells["Note"] for line in lines] == ['two\r\nlines, "quoted"', "plain"]
    assert places(lines) == [(2, 3, None), (5, 5, None)]


def test_a_row_too_short_or_too_long_is_refused_and_empty_cells_at_its_end_do_not_matter(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "A;B;C;\n1;2;3;\n1;2\n1;2;3;;;\n1;2;3;4\n;;;\n")
    assert places(read(path, Layout("csv", delimiter=";"))) == [
        (2, 2, None), (3, 3, "short"), (4, 4, None), (5, 5, "long"),
    ]  # fmt: skip
    filled = read(path, Layout("csv", delimiter=";"), fill=True)
    assert places(filled)[1] == (3, 3, None)
    assert filled[1].cells == {"A": "1", "B": "2"}


def test_a_quote_that_never_closes_costs_the_rows_it_swallowed_and_no_others(tmp_path: Path) -> None:
    rows = "".join(f"{number},x\n" for number in range(4, 40_000))
    lines = read(csv_file(tmp_path, f'A,B\n1,x\n2,"open\n{rows}'), Layout("csv"))
    assert places(lines)[0] == (2, 2, None)
    assert places(lines)[1][2] == "quotes"
    assert lines[1].first == 3
    assert lines[2].first == lines[1].line + 1
    assert lines[-1].cells == {"A": "39999", "B": "x"}
    ended = read(csv_file(tmp_path, 'A,B\n1,x\n2,"open\n3,x\n'), Layout("csv"))
    assert places(ended) == [(2, 2, None), (3, 4, "quotes")]


def test_a_title_above_the_header_is_passed_over_and_lines_are_still_counted_from_the_top(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Harbour Hotel\nMarch 2026\nA,B\n1,2\n")
    assert [(line.line, line.cells) for line in read(path, Layout("csv", header_row=3))] == [(4, {"A": "1", "B": "2"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252"])
def test_each_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    path = csv_file(tmp_path, "Naam,Bedrag\nAnaïs,€ 5\n", encoding)
    assert [line.cells for line in read(path, Layout("csv", encoding))] == [{"Naam": "Anaïs", "Bedrag": "€ 5"}]


def test_a_mark_before_utf_8_is_no_part_of_the_header(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Naam,Bedrag\nAna,5\n", "utf-8-sig")
    assert open_table(path, Layout("csv")).headers == ("Naam", "Bedrag")


def test_bytes_of_another_encoding_end_the_reading_with_the_files_name(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "Naam\nAna\n" + "x\n" * 50_000 + "Anaïs\n", "windows-1252")
    lines = open_table(path, Layout("csv")).lines
    assert next(lines).cells == {"Naam": "Ana"}
    with pytest.raises(RewardsError, match=r"export\.csv cannot be read as utf-8") as refused:
        list(lines)
    assert refused.value.code is FILE_INVALID


@pytest.mark.parametrize(
    ("text", "layout"),
    [("", Layout("csv")), ("A,A\n", Layout("csv")), ("A\n", Layout("csv", header_row=9)), (",,\n", Layout("csv"))],
)
def test_a_header_that_is_none_is_refused(tmp_path: Path, text: str, layout: Layout) -> None:
    with pytest.raises(RewardsError):
        open_table(csv_file(tmp_path, text), layout)


def test_json_lines_are_objects_with_exact_numbers_and_dotted_names(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(
        '{"nr": 1, "guest": {"card": "00412"}, "amount": 0.1, "tags": [1]}\n\n[1]\n{"nr": 2\n{"nr": 1, "nr": 2}\n'
        '{"nr": NaN}\n{"nr": 1e999999}\n' + "x" * (MAX_LINE + 5) + '\n{"nr": 3}\n',
        encoding="utf-8",
    )
    lines = read(path, Layout("jsonl"))
    assert lines[0].cells == {"nr": Decimal(1), "guest.card": "00412", "amount": Decimal("0.1")}
    assert [line.line for line in lines] == [1, 3, 4, 5, 6, 7, 8, 9]
    assert [line.problem.key if line.problem else None for line in lines] == [
        None, "json", "json", "json", "json", "json", "too_long", None,
    ]  # fmt: skip


def cells(value: Value, folder: Path, *, epoch_1904: bool = False) -> Cell:
    path = write_workbook(folder / "b.xlsx", {"Rows": [["A"], [value]]}, epoch_1904=epoch_1904)
    (line,) = read(path, Layout("xlsx"))
    return line.cells["A"]


def test_cells_of_a_workbook_are_exact(tmp_path: Path) -> None:
    assert cells("x", tmp_path) == "x"
    assert cells(1001, tmp_path) == Decimal(1001)
    assert cells(Decimal("0.1"), tmp_path) == Decimal("0.1")
    assert cells(Decimal("0.30000000000000004"), tmp_path) == Decimal("0.3")
    assert cells(True, tmp_path) is True


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_days_and_moments_are_those_of_the_workbooks_own_date_system(tmp_path: Path, epoch_1904: bool) -> None:
    moment = datetime.fromisoformat("2026-03-05 14:29:59")
    day = cells(date(2026, 3, 5), tmp_path, epoch_1904=epoch_1904)
    assert day in (date(2026, 3, 5), datetime.fromisoformat("2026-03-05 00:00"))
    assert cells(moment, tmp_path, epoch_1904=epoch_1904) == moment
    path = write_workbook(tmp_path / "c.xlsx", {"Rows": [["A"], [1]]}, epoch_1904=epoch_1904)
    assert open_table(path, Layout("xlsx")).epoch == (EXCEL_1904 if epoch_1904 else EXCEL_1900)


def test_a_sheet_is_chosen_by_name_and_rows_are_those_that_excel_shows(tmp_path: Path) -> None:
    sheets: dict[str, list[list[Value]]] = {
        "Cover": [["Harbour Hotel"]],
        "Rows": [[None, None], ["A", "B"], [1, None], [None, None], [2, 3, 4]],
    }
    path = write_workbook(tmp_path / "b.xlsx", sheets)
    lines = read(path, Layout("xlsx", sheet="Rows", header_row=2))
    assert places(lines) == [(3, 3, None), (5, 5, "long")]
    with pytest.raises(RewardsError, match="no sheet “Other”"):
        open_table(path, Layout("xlsx", sheet="Other"))


def test_without_the_package_that_reads_workbooks_the_way_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_workbook(tmp_path / "b.xlsx", {"Rows": [["A"], [1]]})
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(RewardsError, match="python-calamine") as refused:
        open_table(path, Layout("xlsx"))
    assert refused.value.hint == "Install rewards[excel], or save as CSV."


def test_what_is_no_workbook_or_too_large_a_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(RewardsError, match=r"not an \.xlsx workbook"):
        open_table(path, Layout("xlsx"))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "dear sir")
    with pytest.raises(RewardsError, match=r"not an \.xlsx workbook"):
        open_table(path, Layout("xlsx"))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(RewardsError, match=r"not an \.xlsx workbook"):
        open_table(path, Layout("xlsx"))
    write_workbook(path, {"Rows": [["A"], [1]]})
    monkeypatch.setattr(workbooks, "MAX_UNPACKED_BYTES", 1_000)
    with pytest.raises(RewardsError, match="unpacks to"):
        open_table(path, Layout("xlsx"))
