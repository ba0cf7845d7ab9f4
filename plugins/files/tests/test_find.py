"""What a file seems to be is found and written down; where two readings fit, neither is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plugins.files import FilesSource
from plugins.files.fields import FIELDS, folded, proposed
from plugins.files.find import delimiter_of, encoding_of, look
from plugins.files.mapping import Layout
from plugins.files.tests.workbook import write_workbook
from rewards.errors import RewardsError


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "export.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
     ("utf-16-be", "utf-16-be"), ("windows-1252", "windows-1252")],
)  # fmt: skip
def test_an_encoding_is_found_by_all_of_the_file(tmp_path: Path, encoding: str, found: str) -> None:
    path = written(tmp_path, "Naam;Bedrag\n" + "Ben;1\n" * 300_000 + "Anaïs;€ 2\n", encoding)
    assert encoding_of(path)[0] == found
    assert look(path)[0] == Layout("csv", found, ";")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"A;B\n\x81\x8d;\xff\n")
    with pytest.raises(RewardsError, match="neither UTF-8"):
        look(path)
    path.write_bytes(b" \n")
    with pytest.raises(RewardsError, match="is empty"):
        look(path)


@pytest.mark.parametrize(
    ("lines", "delimiter", "sure"),
    [
        (["a;b;c\n", "1,5;2;3\n", "1,6;2;3\n"], ";", True),
        (["a,b\n", '"1,5",2\n'], ",", True),
        (["a\tb\n", "1\t2\n"], "\t", True),
        (["a|b\n", "1|2\n"], "|", True),
        (["March 2026\n", "a;b\n", "1;2\n"], ";", False),
        (["a\n", "1\n"], ",", False),
    ],
)
def test_a_delimiter_is_the_one_that_rows_agree_on(lines: list[str], delimiter: str, sure: bool) -> None:
    assert delimiter_of(lines) == (delimiter, sure)


def test_a_header_is_found_below_a_title(tmp_path: Path) -> None:
    path = written(tmp_path, "Harbour Hotel;;\nFrom 01-03-2026;;\nNr;Aankomst;Vertrek\n1;13-03-2026;14-03-2026\n")
    assert look(path)[0].header_row == 3
    book = write_workbook(tmp_path / "b.xlsx", {"Rows": [["Harbour Hotel"], ["Nr", "Anreise"], [1, "x"]]})
    assert look(book)[0] == Layout("xlsx", header_row=2, sheet="Rows")


HEADERS = {
    "English": ("Confirmation Number", "Hotel", "Card number", "Arrival Date", "Departure Date", "Total", "Currency"),
    "Dutch": ("Reserveringsnummer", "Vestiging", "Kaartnummer", "Aankomst-datum", "Vertrekdatum", "Bedrag", "Valuta"),
    "German": ("Reservierungsnummer", "Haus", "Kartennummer", "ANREISE", "Abreise", "Betrag", "Währung"),
}  # fmt: skip


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_headers_are_known_in_three_languages_whatever_their_case_accents_and_signs(headers: tuple[str, ...]) -> None:
    fields = ("reservation", "property", "guest.card", "arrival", "departure", "amount", "currency")
    assert proposed("stay", headers) == dict(zip(fields, headers, strict=True))


def test_no_header_is_claimed_twice_and_unknown_ones_not_at_all() -> None:
    assert proposed("spend", ("Date", "Datum", "Card", "Weather")) == {"at": "Date", "guest.card": "Card"}
    for name, field in FIELDS.items():
        assert all(word == folded(word) for word in field.headers.split()), name


def propose(path: Path, **given: object) -> Any:
    return FilesSource().proposed(path, {"kind": "spend", **given})


def test_a_proposal_is_a_mapping_once_its_choices_are_made(tmp_path: Path) -> None:
    path = written(tmp_path, "Receipt number,Card,Date,Total\nA1,00412,03/04/2026,1.250\nA2,00412,05/04/2026,80\n")
    mapping = propose(path, constants={"property": "harbour", "currency": "EUR"})
    assert (mapping["dates"], mapping["decimal"]) == ("d-m-y or m/d/y", ". or ,")
    assert mapping["key"] == ["Receipt number"]
    found = mapping.pop("found")
    for field in ("dates", "decimal"):
        with pytest.raises(RewardsError) as refused:
            FilesSource().checked(mapping, "bar")
        assert refused.value.field == field
        mapping[field] = {"dates": "m/d/y", "decimal": ","}[field]
    assert FilesSource().checked(mapping, "bar")["namespace"] == "bar"
    assert found["dates"] == ["d-m-y", "m/d/y"]


def test_one_day_that_fits_one_order_alone_settles_it(tmp_path: Path) -> None:
    path = written(tmp_path, "Receipt number,Card,Date,Total\nA1,00412,03/04/2026,12.50\nA2,00412,03/14/2026,80\n")
    assert (propose(path)["dates"], propose(path)["decimal"]) == ("m/d/y", ".")


def test_without_an_id_the_key_is_a_hash_of_what_is_mapped(tmp_path: Path) -> None:
    path = written(tmp_path, "Card,Date,Total\n00412,2026-03-14,12.50\n")
    assert propose(path)["hash"] == ["Date", "Total", "Card"]


def test_what_is_given_stands_whatever_was_found(tmp_path: Path) -> None:
    path = written(tmp_path, "Card,Date,Total,Tip\n00412,2026-03-14,12.50,1\n")
    mapping = propose(path, columns={"amount": "Tip"}, dates="y/m/d", file={"encoding": "utf-8-sig"})
    assert mapping["columns"]["amount"] == "Tip"
    assert (mapping["dates"], mapping["file"]["encoding"]) == ("y/m/d", "utf-8-sig")
