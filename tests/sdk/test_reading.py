"""What other systems write is read as it stands, or refused; numbers stay exact."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewards.sdk import Refused, epoch_ms, epoch_s, instant, minor_units, pick, read_json

BILL = {"bill": {"id": "B-1", "total": Decimal("12.30"), "count": 2, "open": False, "lines": [{"id": 7}], "note": None}}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b'{"a":1,"a":2}', b'{"a":NaN}', b"[" * 100_000, b'{"a":"\\u0000"}', b'{"a":"\\ud800"}',
        b'{"a":1e400}', b"9" * 5_000, b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "{}".encode("utf-16"), b"\xef\xbb\xbf{}",
    ],
)  # fmt: skip
def test_what_is_not_plain_json_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_json(body)


def test_numbers_stay_exact() -> None:
    assert read_json(b'{"a": 0.1, "b": 12.30, "c": 7}') == {"a": Decimal("0.1"), "b": Decimal("12.30"), "c": 7}
    assert minor_units(Decimal("12.30"), "EUR") == 1_230
    assert minor_units("500", "JPY") == 500
    assert minor_units("1.234", "BHD") == 1_234
    for amount, currency in (("12.301", "EUR"), ("1", "EURO"), ("x", "EUR")):
        with pytest.raises(Refused):
            minor_units(amount, currency)


def test_a_field_is_found_by_its_path() -> None:
    assert pick(BILL, "bill.id", str) == "B-1"
    assert pick(BILL, "bill.lines.0.id", int) == 7
    assert pick(BILL, "bill.count", Decimal) == 2
    assert pick(BILL, "bill.note", str, None) is None
    assert pick(BILL, "bill.lines.1.id", int, 0) == 0


@pytest.mark.parametrize(
    ("path", "kind"),
    [("bill.id", int), ("bill.open", int), ("bill.note", str), ("bill.none", str), ("bill.id.x", str), ("bill", list)],
)
def test_what_is_missing_or_of_another_type_is_refused_by_its_path(path: str, kind: type) -> None:
    with pytest.raises(Refused, match=path):
        pick(BILL, path, kind)


def test_a_wrong_type_is_refused_though_it_may_be_missing() -> None:
    with pytest.raises(Refused):
        pick(BILL, "bill.id", int, 0)


def test_instants_in_every_writing() -> None:
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert instant("2026-11-24T13:00:00+01:00") == instant("2026-11-24T12:00:00Z") == noon
    assert instant("2026-11-24 13:00:00.0", ZoneInfo("Europe/Amsterdam")) == noon
    assert epoch_s(int(noon.timestamp())) == epoch_ms(int(noon.timestamp()) * 1_000) == noon
    assert epoch_s(Decimal("1614265330.25")).microsecond == 250_000
    for text in ("2026-11-24T12:00:00", "yesterday", "", "9999-99-99T00:00:00Z", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(Refused):
            instant(text)
    for number in ("x", "-1", "1e300", "NaN"):
        with pytest.raises(Refused):
            epoch_s(number)
        with pytest.raises(Refused):
            epoch_ms(number)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        value: Any = read_json(body)
    except Refused:
        return
    assert value is None or isinstance(value, bool | int | Decimal | str | list | dict)
