"""One row of each kind: what it becomes, and the column it is refused in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plugins.files.tests.house import BAR, STAYS, reader
from rewards.domain.activity import Evidence, Kind
from rewards.sdk import Draft, FileRow, Identity


def rows(folder: Path, document: dict[str, object], *objects: dict[str, object], **changed: object) -> list[FileRow]:
    """Rows given as JSON, where no cell needs quoting."""
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in objects), encoding="utf-8")
    return list(reader({**document, "file": {"format": "jsonl"}, **changed}).rows(path, ""))


def draft(folder: Path, document: dict[str, object], row: dict[str, object], **changed: object) -> Draft:
    (read,) = rows(folder, document, row, **changed)
    assert read.rejected is None, read.rejected
    (made,) = read.drafts
    return made


def refusal(folder: Path, document: dict[str, object], row: dict[str, object], **changed: object) -> tuple[str, str]:
    (read,) = rows(folder, document, row, **changed)
    assert read.drafts == ()
    assert read.rejected is not None
    return read.column or "", read.rejected


STAY = {
    "Nr": "R-1",
    "Hotel": "harbour",
    "Kaart": "00412",
    "Aankomst": "01-03-2026",
    "Vertrek": "03-03-2026",
    "Bedrag": 99,
}
RECEIPT = {"Receipt": "A1", "Card": "00412", "When": "2026-03-05 20:00", "Total": 40, "Outlet": "bar"}
PAYMENT: dict[str, object] = {
    "kind": "payment",
    "columns": {"guest.pms": "Guest", "day": "Paid", "due": "Due", "amount": "Sum", "currency": "Cur"},
    "constants": {"property": "harbour"},
    "key": ["Invoice"],
}
PAID = {"Invoice": "I-1", "Guest": 4711, "Paid": "2026-03-05", "Due": "2026-03-05", "Sum": 100, "Cur": "eur"}
CHECK_IN: dict[str, object] = {
    "kind": "check_in",
    "columns": {"guest.card": "Card", "at": "At", "place_id": "Venue", "evidence": "How", "property": "Hotel"},
    "hash": ["Card", "At", "Venue"],
}


def test_a_payment_is_on_time_up_to_its_due_day(tmp_path: Path) -> None:
    paid = draft(tmp_path, PAYMENT, PAID)
    assert (paid.kind, paid.on_time, paid.amount_minor, paid.currency) == (Kind.PAYMENT, True, 10000, "EUR")
    assert paid.identities == (Identity("pms", "4711"),)
    assert draft(tmp_path, PAYMENT, {**PAID, "Paid": "2026-03-06"}).on_time is False
    said = {**PAYMENT, "columns": {"guest.pms": "Guest", "day": "Paid", "on_time": "Ok"}}
    assert draft(tmp_path, said, {**PAID, "Ok": "nee"}).on_time is False
    assert draft(tmp_path, said, {**PAID, "Ok": True}).on_time is True
    assert refusal(tmp_path, said, {**PAID, "Ok": "perhaps"})[0] == "Ok"
    assert refusal(tmp_path, PAYMENT, {**PAID, "Due": None})[0] == "Due"


def test_a_check_in_is_a_claim_unless_the_file_says_more(tmp_path: Path) -> None:
    row: dict[str, object] = {"Card": "00412", "At": "2026-03-05T20:00:00Z", "Venue": "v-1"}
    claimed = draft(tmp_path, CHECK_IN, row)
    assert (claimed.evidence, claimed.property, claimed.place_id) == (Evidence.CLAIMED, None, "v-1")
    assert claimed.occurred_at == datetime(2026, 3, 5, 20, tzinfo=UTC)
    assert draft(tmp_path, CHECK_IN, {**row, "How": "Located", "Hotel": "harbour"}).evidence is Evidence.LOCATED
    assert refusal(tmp_path, CHECK_IN, {**row, "How": "certain"})[0] == "How"


def test_a_visit_an_enrolment_and_a_custom_fact(tmp_path: Path) -> None:
    visit: dict[str, object] = {
        "kind": "visit",
        "columns": {"guest.card": "C", "day": "D", "property": "H"},
        "hash": ["C", "D", "H"],
    }
    made = draft(tmp_path, visit, {"C": "00412", "D": "2026-03-05", "H": "harbour"})
    assert (made.kind, made.day, made.occurred_at) == (Kind.VISIT, date(2026, 3, 5), None)
    enrolment: dict[str, object] = {
        "kind": "enrolment", "key": ["C"], "verified": ["card"], "dates": "d-m-y",
        "columns": {"guest.card": "C", "guest.email": "E", "day": "D", "attributes.birthday": "B",
                    "attributes.first_name": "N"},
        "values": {"attributes.first_name": {"*": "A."}},
    }  # fmt: skip
    made = draft(
        tmp_path, enrolment, {"C": "00412", "E": "Ana@Example.ORG", "D": "05-03-2026", "B": "17-05-1984", "N": "x"}
    )
    assert made.identities == (Identity("card", "00412", verified=True), Identity("email", "ana@example.org"))
    assert made.attributes == {"birthday": "1984-05-17", "first_name": "A."}
    feast: dict[str, object] = {"kind": "custom:feast", "columns": {"guest.card": "C", "day": "D"}, "key": ["C", "D"]}
    made = draft(tmp_path, feast, {"C": "00412", "D": "2026-03-05"})
    assert (made.kind, made.category, made.source_key) == (Kind.CUSTOM, "feast", "test/feast/00412|2026-03-05")


def test_values_are_translated_and_what_is_not_named_refuses_its_row(tmp_path: Path) -> None:
    columns = {**STAYS["columns"], "channel": "Kanaal"}  # type: ignore[dict-item]
    values = {"channel": {"Booking.com": "ota"}, "property": {"HH": "harbour"}}
    row = {**STAY, "Hotel": "hh", "Kanaal": " BOOKING.COM "}
    made = draft(tmp_path, STAYS, row, columns=columns, values=values)
    assert (made.property, made.channel) == ("harbour", "ota")
    where, why = refusal(tmp_path, STAYS, {**row, "Kanaal": "Fax"}, columns=columns, values=values)
    assert (where, why) == (
        "Kanaal",
        "line 1, column “Kanaal”: “Fax” is not among the values that the mapping names (Channel).",
    )
    made = draft(tmp_path, STAYS, {**row, "Kanaal": None}, columns=columns, values=values)
    assert made.channel is None
    values["channel"]["*"] = "other"
    assert draft(tmp_path, STAYS, {**row, "Kanaal": "Fax"}, columns=columns, values=values).channel == "other"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"Nr": None}, "Nr"), ({"Kaart": ""}, ""), ({"Hotel": ""}, "Hotel"), ({"Hotel": "paleis"}, "Hotel"),
        ({"Vertrek": ""}, "Vertrek"), ({"Aankomst": ""}, "Aankomst"), ({"Vertrek": "29-02-2026"}, "Vertrek"),
        ({"Vertrek": "28-02-2026"}, "Vertrek"), ({"Vertrek": 46084}, "Vertrek"), ({"Bedrag": -1}, "Bedrag"),
        ({"Bedrag": "x"}, "Bedrag"), ({"Bedrag": 1.005}, "Bedrag"), ({"Kaart": "x" * 201}, "Kaart"),
        ({"Kaart": "a\u0007b"}, "Kaart"), ({"Nr": True, "Vertrek": True}, "Vertrek"),
    ],
)  # fmt: skip
def test_a_stay_is_refused_in_the_column_that_is_wrong(tmp_path: Path, change: dict[str, object], column: str) -> None:
    assert refusal(tmp_path, STAYS, {**STAY, **change})[0] == column


def test_a_spend_needs_an_amount_a_time_and_for_a_refund_what_it_takes_back(tmp_path: Path) -> None:
    assert refusal(tmp_path, BAR, {**RECEIPT, "Total": None})[0] == "Total"
    assert refusal(tmp_path, BAR, {**RECEIPT, "When": None})[0] == "When"
    assert refusal(tmp_path, BAR, {**RECEIPT, "Total": -5})[0] == "Refund of"
    assert refusal(tmp_path, BAR, {**RECEIPT, "Total": -5}, reverses=[])[0] == "Total"
    back = draft(tmp_path, BAR, {**RECEIPT, "Receipt": "A2", "Total": -5, "Refund of": "A1"})
    assert (back.kind, back.amount_minor, back.reverses_key) == (Kind.REVERSAL, 500, "till/spend/A1")


def test_a_day_and_a_time_of_two_columns_are_one_moment(tmp_path: Path) -> None:
    columns = {"guest.card": "Card", "at": "When", "time": "Clock", "amount": "Total"}
    row = {**RECEIPT, "When": "2026-01-05", "Clock": "20:15"}
    assert draft(tmp_path, BAR, row, columns=columns).occurred_at == datetime(2026, 1, 5, 19, 15, tzinfo=UTC)
    assert draft(tmp_path, BAR, {**row, "Clock": ""}, columns=columns).day == date(2026, 1, 5)
    elsewhere = draft(tmp_path, BAR, row, columns=columns, zone="UTC")
    assert elsewhere.occurred_at == datetime(2026, 1, 5, 20, 15, tzinfo=UTC)


def test_an_hour_that_the_clocks_left_out_is_refused_and_one_that_came_twice_is_the_first(tmp_path: Path) -> None:
    assert "did not exist in Europe/Amsterdam" in refusal(tmp_path, BAR, {**RECEIPT, "When": "2026-03-29 02:30"})[1]
    twice = draft(tmp_path, BAR, {**RECEIPT, "When": "2025-10-26 02:30"})
    assert twice.occurred_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_keys_do_not_run_into_each_other_and_long_ones_are_short(tmp_path: Path) -> None:
    two = {"key": ["Receipt", "Outlet"]}
    keys = {
        draft(tmp_path, BAR, {**RECEIPT, "Receipt": one, "Outlet": other}, **two).source_key
        for one, other in (("a|b", "c"), ("a", "b|c"), ("a\\", "|b"), ("a\\|", "b"), ("x" * 150, "y"), ("x" * 151, "y"))
    }
    assert len(keys) == 6
    assert max(map(len, keys)) < 160


def test_rows_alike_in_the_hashed_columns_are_one_fact_however_their_cells_are_written(tmp_path: Path) -> None:
    hashed: dict[str, object] = {**BAR, "hash": ["Card", "When", "Total"]}
    del hashed["key"]
    one = draft(tmp_path, hashed, {**RECEIPT, "Total": "40.00"})
    again = draft(tmp_path, hashed, {**RECEIPT, "Total": 40, "When": "2026-03-05T20:00:00"})
    other = draft(tmp_path, hashed, {**RECEIPT, "Total": 41})
    assert one.source_key == again.source_key != other.source_key


def test_rows_that_say_nothing_are_left_out_with_their_reason(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, STAYS, {**STAY, "Status": "Total"}, skip={"Status": ["total"]})
    assert (row.skipped, row.drafts) == ("Status is “Total”", ())


def test_names_of_the_guest_come_in_the_order_of_the_mapping(tmp_path: Path) -> None:
    columns = {"guest.pms": "P", "at": "When", "guest.card": "Card", "amount": "Total", "guest.email": "E"}
    made = draft(tmp_path, BAR, {**RECEIPT, "P": 7, "E": "a@example.org"}, columns=columns)
    assert [identity.kind for identity in made.identities] == ["pms", "card", "email"]
