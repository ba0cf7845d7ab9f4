"""One cell: what it says where it is written as the mapping says, and that nothing else is taken."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from plugins.files.cells import DATES, Cell, day_of, minor_of, moment_of, text_of, time_of, whole_of, yes_of
from plugins.files.words import Refused, keys

at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("cell", "form", "meant"),
    [
        ("2026-03-05", "iso", date(2026, 3, 5)),
        ("2026-03-05 14:30", "iso", at("2026-03-05 14:30:00")),
        ("2026-03-05T14:30:59.123", "iso", at("2026-03-05 14:30:59")),
        ("2026-03-05T14:30:00Z", "iso", datetime(2026, 3, 5, 14, 30, tzinfo=UTC)),
        ("2026-03-05T14:30:00+02:00", "d-m-y", datetime(2026, 3, 5, 14, 30, tzinfo=timezone(timedelta(hours=2)))),
        ("5-3-2026", "d-m-y", date(2026, 3, 5)),
        ("05.03.2026", "d-m-y", date(2026, 3, 5)),
        ("05/03/2026", "d-m-y", date(2026, 3, 5)),
        ("05/03/2026", "m/d/y", date(2026, 5, 3)),
        ("05/03/26", "d-m-yy", date(2026, 3, 5)),
        ("5/3/26", "m/d/yy", date(2026, 5, 3)),
        ("05/03/2026 3:05 PM", "m/d/y", at("2026-05-03 15:05:00")),
        ("05/03/2026 12:05 am", "m/d/y", at("2026-05-03 00:05:00")),
        ("2026/3/5", "y/m/d", date(2026, 3, 5)),
        ("20260305", "yyyymmdd", date(2026, 3, 5)),
        (Decimal(20260305), "yyyymmdd", date(2026, 3, 5)),
        ("46086", "excel-1900", date(2026, 3, 5)),
        (Decimal(46086), "excel-1900", date(2026, 3, 5)),
        (Decimal("46086.5"), "excel-1900", at("2026-03-05 12:00:00")),
        ("44624", "excel-1904", date(2026, 3, 5)),
        (Decimal(59), "excel-1900", date(1900, 2, 28)),
        (Decimal(61), "excel-1900", date(1900, 3, 1)),
        (date(2026, 3, 5), "m/d/y", date(2026, 3, 5)),
    ],
)
def test_a_day_is_what_its_form_says(cell: Cell, form: str, meant: date) -> None:
    assert moment_of(cell, form) == meant


@pytest.mark.parametrize(
    ("cell", "form"),
    [
        ("05/13/2026", "d-m-y"), ("13/05/2026", "m/d/y"), ("5-3-26", "d-m-y"), ("2026-3-5", "iso"), ("", "iso"),
        ("31-02-2026", "d-m-y"), ("tomorrow", "iso"), ("2026-03-05T14:30:00Z", "excel-1900"), ("٢٠٢٦-٠٣-٠٥", "iso"),
        (Decimal(60), "excel-1900"), (Decimal(0), "excel-1900"), (Decimal(-1), "excel-1904"), ("1e99", "excel-1900"),
        ("NaN", "excel-1900"), (Decimal(46086), "iso"), ("2026-03-05 25:00", "iso"), ("5-3-2026 13:00 pm", "d-m-y"),
        (True, "iso"), ("2026-03-05T14:30", "d-m-y"),
    ],
)  # fmt: skip
def test_a_day_written_otherwise_is_refused(cell: Cell, form: str) -> None:
    with pytest.raises(Refused):
        moment_of(cell, form)


def test_a_day_takes_midnight_and_no_other_moment() -> None:
    assert day_of("2026-03-05 00:00:00", "iso") == date(2026, 3, 5)
    with pytest.raises(Refused):
        day_of("2026-03-05 14:30", "iso")


def test_a_time_of_day_is_read_as_a_clock_or_as_a_part_of_a_day() -> None:
    assert time_of("9:05") == time(9, 5)
    assert time_of("9:05 PM") == time(21, 5)
    assert time_of(Decimal("0.75")) == time(18)
    for wrong in ("24:00", "9.05", "", Decimal(2)):
        with pytest.raises(Refused):
            time_of(wrong)


@pytest.mark.parametrize(
    ("cell", "decimal", "currency", "minor"),
    [
        ("1.234,50", ",", "EUR", 123450), ("1,234.50", ".", "EUR", 123450), ("1.234", ",", "EUR", 123400),
        ("1,234", ".", "EUR", 123400), ("1 234,5", ",", "EUR", 123450), ("1\u00a0234,50", ",", "EUR", 123450),
        ("1\u202f234,50", ",", "EUR", 123450), ("1'234.50", ".", "CHF", 123450), ("12", ",", "JPY", 12),
        ("€ 12,50", ",", "EUR", 1250), ("12,50 €", ",", "EUR", 1250), ("EUR 12,50", ",", "EUR", 1250),
        ("-12,50", ",", "EUR", -1250), ("12,50-", ",", "EUR", -1250), ("(12.50)", ".", "USD", -1250),
        ("€ -12,50", ",", "EUR", -1250), ("−12,50", ",", "EUR", -1250), ("-€ 12,50", ",", "EUR", -1250),
        ("+3", ".", "EUR", 300), ("0", ".", "EUR", 0), ("1.500", ".", "KWD", 1500),
        (Decimal("12.5"), ",", "EUR", 1250), (Decimal(7), ",", "JPY", 7), ("1.234.567,89", ",", "EUR", 123456789),
    ],
)  # fmt: skip
def test_an_amount_is_integer_minor_units(cell: Cell, decimal: str, currency: str, minor: int) -> None:
    assert minor_of(cell, decimal, currency) == minor


@pytest.mark.parametrize(
    ("cell", "decimal", "currency", "key"),
    [
        ("1.23,50", ",", "EUR", "amount"), ("1,2,3", ".", "EUR", "amount"), ("twelve", ".", "EUR", "amount"),
        ("", ".", "EUR", "amount"), ("12,50", ".", "EUR", "amount"), ("12.50", ",", "EUR", "amount"),
        ("1e5", ".", "EUR", "amount"), ("--5", ".", "EUR", "amount"), ("12.505", ".", "EUR", "digits"),
        ("12.5", ".", "JPY", "digits"), ("$ 12", ".", "EUR", "other_currency"), ("£12", ".", "EUR", "other_currency"),
        ("USD 12", ".", "EUR", "other_currency"), ("12", ".", "EURO", "currency"),
        (Decimal("0.001"), ".", "EUR", "digits"),
        ("9" * 40, ".", "EUR", "amount"), ("1 234.567", ",", "EUR", "amount"), ("NaN", ".", "EUR", "amount"),
        ("١٢", ".", "EUR", "amount"), (",5", ",", "EUR", "amount"),
    ],
)  # fmt: skip
def test_an_amount_written_otherwise_is_refused_and_never_rounded(
    cell: Cell, decimal: str, currency: str, key: str
) -> None:
    with pytest.raises(Refused) as refused:
        minor_of(cell, decimal, currency)
    assert refused.value.key == key


def test_the_text_of_a_number_is_the_number_and_nothing_behind_it() -> None:
    assert [text_of(cell) for cell in (Decimal("1001.0"), Decimal("12.50"), Decimal("1E+3"), True, None, " x ")] == [
        "1001", "12.5", "1000", "true", "", "x",
    ]  # fmt: skip


def test_numbers_and_answers_are_taken_whole_or_not_at_all() -> None:
    assert (whole_of("2"), whole_of(Decimal("2.0")), yes_of("Ja"), yes_of("nein"), yes_of(False)) == (
        2, 2, True, False, False,
    )  # fmt: skip
    for wrong in ("2.5", "two", "", "9" * 12):
        with pytest.raises(Refused):
            whole_of(wrong)
    with pytest.raises(Refused):
        yes_of("perhaps")


def test_both_languages_say_the_same_values() -> None:
    def names(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert DATES
    for key, (english, dutch) in keys().items():
        assert names(english) == names(dutch), key
        assert english != dutch or key == "left_out"
