"""Exports are imported: rows become facts once, corrections and refunds are told as such, what is refused is listed."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest

from plugins.files.tests.house import BAR, BAR_HEADER, STAYS, STAYS_HEADER, House
from rewards.clock import FrozenClock
from rewards.domain.activity import Evidence, Kind
from rewards.errors import RewardsError
from rewards.intake import importing
from rewards.intake.receive import Intake, ground_of
from rewards.sdk import Draft
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once

ANA = "R-1;harbour;00412;01-03-2026;03-03-2026;1.234,50;uitgecheckt"
BEN = "R-2;harbour;00413;05-03-2026;06-03-2026;99,00;uitgecheckt"


@pytest.fixture
def house(database: SqlDatabase, frozen_clock: FrozenClock, tmp_path: Path) -> House:
    return House(database, frozen_clock, tmp_path)


def test_a_row_is_a_stay_with_nights_money_and_its_reservation(house: House) -> None:
    report = house.take(house.write(STAYS_HEADER, ANA, BEN), STAYS)
    assert (report.rows, report.added, report.rejected, report.new_guests) == (2, 2, 0, 2)
    (stay,) = house.log("00412")
    assert (stay.kind, stay.property, stay.nights, stay.day) == (Kind.STAY, "harbour", 2, date(2026, 3, 3))
    assert (stay.amount_minor, stay.currency, stay.reservation) == (123450, "EUR", "R-1")
    assert (stay.source, stay.source_key, stay.evidence) == ("files", "test/stay/R-1", Evidence.RECORDED)


def test_the_same_file_again_adds_nothing_and_so_do_its_rows_in_another_file(house: House) -> None:
    path = house.write(STAYS_HEADER, ANA, BEN)
    house.take(path, STAYS)
    again = house.take(path, STAYS)
    assert (again.rows, again.added, again.resumed_from) == (0, 0, 2)
    later = house.take(house.write(STAYS_HEADER, "", BEN.replace("05-03-2026", "5.3.2026"), ANA), STAYS)
    assert (later.rows, later.added, later.unchanged, later.rejected) == (2, 0, 2, 0)
    assert len(house.log("00412")) == len(house.log("00413")) == 1


def test_a_file_is_read_anew_when_its_mapping_reads_otherwise(house: House) -> None:
    path = house.write(STAYS_HEADER, ANA.replace("harbour", "HH-1"))
    assert house.take(path, STAYS).rejected == 1
    mended = house.take(path, STAYS, values={"property": {"HH-1": "harbour"}})
    assert (mended.added, mended.rejected) == (1, 0)


def test_a_corrected_row_is_refused_where_the_mapping_takes_no_corrections(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA, BEN), STAYS)
    path = house.write(STAYS_HEADER, ANA.replace("1.234,50", "1.000,00"), BEN)
    report = house.take(path, STAYS)
    assert (report.added, report.unchanged, report.rejected) == (0, 1, 1)
    assert "other content" in house.rejects(path).read_text(encoding="utf-8")
    assert [row.amount_minor for row in house.log("00412")] == [123450]


def test_a_corrected_row_takes_back_what_stood_and_is_recorded_anew(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA), STAYS, corrections=True)
    report = house.take(house.write(STAYS_HEADER, ANA.replace("1.234,50", "1.000,00")), STAYS, corrections=True)
    assert (report.rows, report.added) == (1, 2)
    assert [one.source_key for one in house.log("00412")] == ["test/stay/R-1", "test/stay/R-1~2", "test/stay/R-1/back"]
    (standing,) = house.counts("00412")
    assert standing.net == 100000


def test_a_correction_can_be_corrected_back_and_each_is_told_once(house: House) -> None:
    other = ANA.replace("1.234,50", "1.000,00")
    for times, row in enumerate((ANA, other, ANA, ANA, other), 1):
        house.take(house.write(STAYS_HEADER, row, *[""] * times), STAYS, corrections=True)
    assert len(house.counts("00412")) == 1
    assert house.counts("00412")[0].net == 100000
    assert len([one for one in house.log("00412") if one.kind is Kind.STAY]) == 4


def test_two_tellings_in_one_file_are_a_fact_and_its_correction(house: House) -> None:
    other = ANA.replace("1.234,50", "1.000,00")
    report = house.take(house.write(STAYS_HEADER, ANA, BEN, other, other), STAYS, corrections=True)
    assert (report.rows, report.added, report.unchanged, report.rejected) == (4, 4, 1, 0)
    assert [row.net for row in house.counts("00412")] == [100000]


def test_a_stay_that_was_another_guests_moves_to_that_guest(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA, BEN), STAYS, corrections=True)
    house.take(house.write(STAYS_HEADER, ANA.replace("00412", "00413")), STAYS, corrections=True)
    assert house.counts("00412") == []
    assert len(house.counts("00413")) == 2


def test_a_cancelled_row_is_no_stay_and_takes_back_the_one_it_was(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA, BEN), STAYS, corrections=True)
    gone = ANA.replace("uitgecheckt", "Geannuleerd")
    report = house.take(house.write(STAYS_HEADER, gone, BEN), STAYS, corrections=True)
    assert report.skipped_by_reason == {"Status is “Geannuleerd”": 1}
    assert house.counts("00412") == []
    again = house.take(house.write(STAYS_HEADER, gone, BEN, ""), STAYS, corrections=True)
    assert again.added == 0
    house.take(house.write(STAYS_HEADER, ANA), STAYS, corrections=True)
    assert len(house.counts("00412")) == 1


def test_a_cancelled_row_that_never_was_recorded_records_nothing(house: House) -> None:
    report = house.take(house.write(STAYS_HEADER, ANA.replace("uitgecheckt", "geannuleerd")), STAYS, corrections=True)
    assert (report.added, report.skipped) == (0, 1)
    assert house.log("00412") == ()


def test_what_somebody_took_back_by_other_means_does_not_come_back_with_the_next_export(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA), STAYS, corrections=True)
    with house.database.writing() as store:
        ground = ground_of(store, "Europe/Amsterdam", 4)
        back = Draft(Kind.REVERSAL, "by hand", (), reverses_key="test/stay/R-1")
        Intake(house.clock).receive(store, ground, "files", [back])
    house.take(house.write(STAYS_HEADER, ANA, ""), STAYS, corrections=True)
    assert house.counts("00412") == []
    path = house.write(STAYS_HEADER, ANA.replace("1.234,50", "1.000,00"))
    assert house.take(path, STAYS, corrections=True).rejected == 1
    assert house.counts("00412") == []


def test_negative_amounts_take_back_so_much_of_the_receipt_they_name(house: House) -> None:
    path = house.write(
        BAR_HEADER,
        "A1,00412,2026-03-05 23:30,40.00,bar,",
        "A2,00412,2026-03-06 00:10,-15.00,bar,A1",
        "A3,00412,2026-03-06 00:12,-30.00,bar,A1",
        "A4,00412,2026-03-06 00:13,-1.00,bar,",
    )
    report = house.take(path, BAR)
    assert (report.added, report.rejected) == (2, 2)
    (spend,) = house.counts("00412")
    assert spend.net == 2500
    listed = house.rejects(path).read_text(encoding="utf-8")
    assert "3000 would be taken back of 2500 that are left" in listed
    assert "line 5, column “Refund of”: it is empty" in listed


def test_a_refund_is_of_the_receipt_as_it_stands_after_its_correction(house: House) -> None:
    house.take(house.write(BAR_HEADER, "A1,00412,2026-03-05 20:00,40.00,bar,"), BAR, corrections=True)
    house.take(
        house.write(BAR_HEADER, "A1,00412,2026-03-05 20:00,50.00,bar,", "A2,00412,2026-03-05 21:00,-45.00,bar,A1"),
        BAR, corrections=True,
    )  # fmt: skip
    (spend,) = house.counts("00412")
    assert spend.net == 500


def test_a_time_is_of_the_hotels_clock_and_the_small_hours_are_of_the_day_before(house: House) -> None:
    house.take(house.write(BAR_HEADER, "A1,00412,2026-07-05 01:30,40.00,bar,"), BAR)
    (spend,) = house.log("00412")
    assert spend.occurred_at == datetime(2026, 7, 4, 23, 30, tzinfo=UTC)
    assert spend.day == date(2026, 7, 4)


def test_refused_rows_are_listed_in_the_readers_language_with_line_and_column(house: House) -> None:
    house.language = "nl"
    path = house.write(
        STAYS_HEADER,
        ANA.replace("03-03-2026", "02/30/2026"),
        BEN.replace("harbour", "paleis"),
        BEN.replace("06-03-2026", "06-03-2031").replace("05-03-2026", "05-03-2031"),
        "R-9;harbour",
        ANA,
    )
    report = house.take(path, STAYS)
    assert (report.added, report.rejected) == (1, 4)
    with house.rejects(path).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header[:3] == ["row", "reason", "Nr"]
    assert [row[1] for row in rows] == [
        "regel 2, kolom “Vertrek”: “02/30/2026” is geen datum zoals d-m-y die schrijft.",
        "regel 3, kolom “Hotel”: er is geen hotel “paleis”.",
        "arrival: deze dag ligt buiten wat wordt aangenomen: vanaf 1970 tot twee dagen na vandaag.",
        "regel 5: de rij heeft 2 cellen, de kop 7.",
    ]


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless_in_the_list(house: House) -> None:
    evil = ("=HYPERLINK(1)", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "  =1", "＝1+1")
    path = house.write(BAR_HEADER, *(f"{name},00412,2026-03-05 20:00,abc,bar," for name in evil))
    assert house.take(path, BAR).rejected == len(evil)
    with house.rejects(path).open(encoding="utf-8", newline="") as stream:
        _, *rows = csv.reader(stream)
    cells = [row[2] for row in rows]
    assert all(cell.startswith("'") for cell in cells)
    assert [importing.defused(text) for text in ("-12.50", "+3", "1,5", "R-1", "")] == [
        "-12.50",
        "+3",
        "1,5",
        "R-1",
        "",
    ]


def test_an_import_that_stops_goes_on_behind_the_last_recorded_row(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"A{number},00412,2026-03-05 20:{number:02},{number}.00,bar," for number in range(1, 8)]
    path = house.write(BAR_HEADER, *rows)
    advance, calls = importing.Importer._advance, []

    def full_disk(self: importing.Importer, *arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        advance(self, *arguments)  # type: ignore[arg-type]

    defaults = dict(importing.Importer.run.__kwdefaults__ or {})
    monkeypatch.setattr(importing.Importer.run, "__kwdefaults__", {**defaults, "batch": 2})
    monkeypatch.setattr(importing.Importer, "_advance", full_disk)
    with pytest.raises(OSError, match="No space left"):
        house.take(path, BAR)
    assert len(house.log("00412")) == 4
    report = house.take(path, BAR)
    assert (report.resumed_from, report.rows, report.added) == (4, 3, 3)


def test_of_many_rows_only_the_refused_ones_are_left_out(house: House) -> None:
    rows = [f"A{number},00412,2026-03-05 20:00,1.00,bar," for number in range(60)]
    for number in (3, 4, 31, 59):
        rows[number] = rows[number].replace("2026-03-05", "2031-03-05")
    report = house.take(house.write(BAR_HEADER, *rows), BAR)
    assert (report.rows, report.added, report.rejected) == (60, 56, 4)


def test_what_a_file_covers_is_known_only_where_the_mapping_says_so(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA), STAYS)
    with house.database.reading() as store:
        assert store.properties.coverage() == ()
    house.take(house.write(STAYS_HEADER, ANA, BEN), STAYS, covers="2026-01-01")
    with house.database.reading() as store:
        (cover,) = store.properties.coverage()
    assert (cover.property, cover.kind, cover.known_from) == ("harbour", Kind.STAY, datetime(2026, 1, 1, tzinfo=UTC))
    assert cover.heard_at == datetime(2026, 3, 7, tzinfo=UTC)


def test_a_header_that_lacks_a_column_of_the_mapping_is_refused_before_any_row(house: House) -> None:
    path = house.write(STAYS_HEADER.replace("Vertrek", "Weg"), ANA)
    with pytest.raises(RewardsError, match="no column “Vertrek”"):
        house.take(path, STAYS)
    assert house.log("00412") == ()


def test_a_file_is_read_again_when_what_was_missing_is_there_now(house: House) -> None:
    rows = [ANA, BEN.replace("05-03-2026", "05-03-2027").replace("06-03-2026", "06-03-2027")]
    path = house.write(STAYS_HEADER, *rows)
    assert house.take(path, STAYS).rejected == 1
    house.clock.move_to(datetime(2027, 3, 7, tzinfo=UTC))
    assert house.take(path, STAYS).rows == 0
    report = house.take(path, STAYS, again=True)
    assert (report.rows, report.added, report.unchanged, report.rejected) == (2, 1, 1, 0)


def test_keys_that_look_like_those_of_a_correction_are_not_taken_for_one(house: House) -> None:
    other = ANA.replace("R-1", "R-1~2")
    house.take(house.write(STAYS_HEADER, ANA, other, ANA.replace("R-1", "R-1/back")), STAYS, corrections=True)
    changed = ANA.replace("1.234,50", "1.000,00")
    report = house.take(house.write(STAYS_HEADER, changed, other), STAYS, corrections=True)
    assert (report.added, report.unchanged, report.rejected) == (2, 1, 0)
    assert sorted(row.net or 0 for row in house.counts("00412")) == [100000, 123450, 123450]


def test_rows_in_any_order_come_to_the_same(house: House) -> None:
    rows = (
        "A1,{},2026-03-05 20:00,40.00,bar,",
        "A2,{},2026-03-05 21:00,-15.00,bar,A1",
        "A3,{},2026-03-05 22:00,-5.00,bar,A1",
    )
    for number, order in enumerate(permutations(rows)):
        card = f"0050{number}"
        report = house.take(house.write(BAR_HEADER, *(row.format(card) for row in order)), BAR, namespace=f"n{number}")
        assert (report.added, report.rejected) == (3, 0)
        assert [row.net for row in house.counts(card)] == [2000]


def test_of_two_corrections_at_once_one_stands_and_the_other_is_told(house: House) -> None:
    house.take(house.write(STAYS_HEADER, ANA), STAYS, corrections=True)
    paths = [house.write(STAYS_HEADER, ANA.replace("1.234,50", amount)) for amount in ("1.000,00", "900,00")]
    reports = at_once(2, lambda number: house.take(paths[number], STAYS, corrections=True))
    (standing,) = house.counts("00412")
    assert standing.net in (100000, 90000)
    assert sum(report.added + report.rejected for report in reports) in (3, 4)
    house.take(house.write(STAYS_HEADER, ANA), STAYS, again=True, corrections=True)
    assert [row.net for row in house.counts("00412")] == [123450]


def test_a_list_of_refused_rows_is_of_the_last_reading_with_its_own_columns(house: House) -> None:
    path = house.write(STAYS_HEADER, ANA.replace("harbour", "HH"), BEN.replace("harbour", "HB"))
    house.take(path, STAYS)
    house.take(path, STAYS, values={"property": {"HH": "harbour"}}, cancelled={})
    with house.rejects(path).open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert "Status" not in header
    assert [(row[0], len(row)) for row in rows] == [("2", len(header))]
