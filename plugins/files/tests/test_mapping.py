"""A mapping is taken whole or refused by the part that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.files import FilesSource
from plugins.files.tests.house import BAR, GROUND, STAYS, reader
from rewards.errors import FIELD_INVALID, RewardsError


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "opening"}, "kind"), ({"kind": "custom"}, "kind"), ({"kind": "stay:x"}, "kind"),
        ({"kind": 7}, "kind"),
        ({"kind": "custom:Big Feast"}, "kind"), ({"key": []}, "key"), ({"hash": ["Nr"]}, "key"), ({"key": "Nr"}, "key"),
        ({"namespace": "P M S"}, "namespace"), ({"dates": "d/m/y"}, "dates"), ({"decimal": ";"}, "decimal"),
        ({"zone": "Europe"}, "zone"), ({"zone": "Mars/Base"}, "zone"), ({"zone": "../etc/passwd"}, "zone"),
        ({"corrections": "yes"}, "corrections"), ({"covers": "2026-13-01"}, "covers"), ({"colour": "red"}, "colour"),
        ({"columns": {"arrival": "A", "guest.card": "K"}}, "columns.property"),
        ({"columns": {**STAYS["columns"], "on_time": "P"}}, "columns.on_time"),  # type: ignore[dict-item]
        ({"columns": {**STAYS["columns"], "guest.": "P"}}, "columns.guest."),  # type: ignore[dict-item]
        ({"columns": {"property": "H", "arrival": "A", "departure": "D"}}, "columns.guest.card"),
        ({"columns": {"property": 1}}, "columns.property"), ({"columns": []}, "columns"),
        ({"constants": {}}, "constants.currency"), ({"constants": {"currency": "x" * 300}}, None),
        ({"file": {"format": "xls"}}, "file.format"), ({"file": {"encoding": "latin-1"}}, "file.encoding"),
        ({"file": {"header_row": 0}}, "file.header_row"), ({"file": {"header_row": True}}, "file.header_row"),
        ({"file": {"colour": "red"}}, "file.colour"), ({"values": {"mood": {"a": "b"}}}, "values.mood"),
        ({"skip": {"Status": "no"}}, "skip.Status"), ({"verified": [1]}, "verified"),
        ({"columns": {f"attributes.a{number}": "A" for number in range(101)}}, "columns"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_part(change: dict[str, object], field: str | None) -> None:
    with pytest.raises(RewardsError) as refused:
        FilesSource().checked({**STAYS, **change}, "test")
    assert refused.value.code is FIELD_INVALID
    assert refused.value.hint
    if field is not None:
        assert refused.value.field == field


@pytest.mark.parametrize("document", [None, [], "stay", 7, {1: 2}])
def test_what_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(RewardsError):
        FilesSource().checked(document, "test")


def test_the_namespace_is_written_out_so_that_keys_do_not_change_with_the_name() -> None:
    source = FilesSource()
    saved = source.checked(STAYS, "pms")
    assert saved["namespace"] == "pms"
    assert source.checked(saved, "another")["namespace"] == "pms"


def test_a_mark_differs_where_a_mapping_reads_otherwise() -> None:
    assert reader(STAYS).mark == reader(STAYS).mark
    marks = {reader(STAYS).mark, reader(STAYS, dates="m/d/y").mark, reader(STAYS, corrections=True).mark}
    assert len(marks | {reader(BAR).mark}) == 4


def test_only_columns_that_the_mapping_names_leave_the_file() -> None:
    assert reader(STAYS).columns() == ("Nr", "Hotel", "Kaart", "Aankomst", "Vertrek", "Bedrag", "Status")


def test_without_a_mapping_nothing_is_read(tmp_path: Any) -> None:
    source = FilesSource()
    with pytest.raises(RewardsError, match="only be read by a mapping"):
        source.rows(tmp_path / "a.csv", "")
    assert (list(source.properties(tmp_path)), list(source.known(tmp_path))) == ([], [])
    assert GROUND.language == "en"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"corrections": True}, True), ({"skip": {"Status": ["x"]}}, True), ({"decimal": "."}, True),
        ({"key": ["Nr", "Hotel"]}, False), ({"key": ["Kaart"]}, False), ({"namespace": "other"}, False),
        ({"key": [], "hash": ["Nr"]}, False), ({"key": ["Nr"], "columns": {**STAYS["columns"], "amount": "Nr"}}, False),  # type: ignore[dict-item]
    ],
)  # fmt: skip
def test_mappings_that_would_record_every_fact_once_more_are_told_apart(change: dict[str, object], same: bool) -> None:
    source = FilesSource()
    saved = source.checked(STAYS, "pms")
    assert source.same_keys(saved, source.checked({**STAYS, **change}, "pms")) is same
