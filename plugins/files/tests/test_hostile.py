"""Rows twice, files cut off, cells of the wrong type, files far larger than memory should notice."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.files.tests.house import BAR, BAR_HEADER, STAYS, STAYS_HEADER, reader
from rewards.sdk import FileRow, RewardsError

RECEIPT = {"Receipt": "A1", "Card": "00412", "When": "2026-03-05 20:00", "Total": 40, "Outlet": "bar", "Refund of": ""}
ROWS = (
    "R-1;harbour;00412;01-03-2026;03-03-2026;1.234,50;uitgecheckt",
    'R-2;harbour;00413;05-03-2026;06-03-2026;"99,00";uitgecheckt',
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300) | st.lists(st.integers())


def read(path: Path, document: dict[str, object]) -> list[FileRow]:
    return list(reader(document).rows(path, ""))


def test_a_row_that_stands_twice_has_one_key(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([STAYS_HEADER, *ROWS, *ROWS]), encoding="utf-8")
    keys = [row.drafts[0].source_key for row in read(path, STAYS)]
    assert keys == ["test/stay/R-1", "test/stay/R-2"] * 2


def test_a_file_cut_off_anywhere_gives_whole_facts_or_none(tmp_path: Path) -> None:
    whole = "\n".join([STAYS_HEADER, *ROWS]).encode()
    path = tmp_path / "a.csv"
    path.write_bytes(whole)
    facts = {row.drafts[0].source_key: row.drafts for row in read(path, STAYS)}
    seen = set()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        try:
            rows = read(path, STAYS)
        except RewardsError:
            continue
        for row in rows:
            assert row.rejected or row.drafts == facts[row.drafts[0].source_key]
        seen.add(tuple(row.rejected is None for row in rows))
    assert {(), (True,), (False,), (True, False), (True, True)} <= seen


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(RECEIPT)), value=VALUES)
def test_a_cell_of_any_type_is_read_or_refused_with_its_reason(
    tmp_path_factory: object, name: str, value: object
) -> None:
    path = tmp_path_factory.getbasetemp() / "typed.jsonl"  # type: ignore[attr-defined]
    path.write_text(json.dumps({**RECEIPT, name: value}) + "\n" + json.dumps(RECEIPT) + "\n", encoding="utf-8")
    rows = list(reader(BAR, file={"format": "jsonl"}).rows(path, ""))
    assert len(rows) == 2
    assert all((row.rejected is None) is bool(row.drafts) for row in rows)
    assert rows[1].rejected is None


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_rows_reasons_or_one_refusal(tmp_path_factory: object, body: bytes, headed: bool) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"  # type: ignore[attr-defined]
    path.write_bytes((f"{BAR_HEADER}\n".encode() if headed else b"") + body)
    try:
        rows = read(path, BAR)
    except RewardsError:
        return
    assert all(row.rejected or row.drafts for row in rows)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(BAR_HEADER + "\n")
        for number in range(30_000):
            stream.write(f"A{number},00412,2026-03-05 20:00,1.00,{'x' * 150},\n")
    tracemalloc.start()
    rows = sum(1 for row in reader(BAR).rows(path, "") if row.drafts)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 30_000
    assert peak < path.stat().st_size / 5
