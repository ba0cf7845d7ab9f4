"""The last day on which something can be used, at both sides of every edge."""

from __future__ import annotations

from datetime import date

import pytest

from rewards.decisions.validity import idle_on, last_day
from rewards.domain.validity import EndOf, Idleness, Lasting, Term, Until, Validity
from rewards.storage.engine import SqlDatabase
from tests.stage import ANA, Stage

YEAR, MONTH, QUARTER = EndOf(Term.YEAR), EndOf(Term.MONTH), EndOf(Term.QUARTER)
FOURTEEN_MONTHS = Lasting(14, Term.MONTH)


@pytest.mark.parametrize(
    ("validity", "given", "last"),
    [
        (Lasting(1), "2026-11-22", "2026-11-22"),
        (Lasting(30), "2026-11-22", "2026-12-21"),
        (Lasting(1, Term.MONTH), "2026-01-15", "2026-02-14"),
        (Lasting(1, Term.MONTH), "2026-01-31", "2026-02-27"),
        (Lasting(1, Term.YEAR), "2024-02-29", "2025-02-27"),
        (Lasting(24, Term.MONTH), "2026-11-22", "2028-11-21"),
        (YEAR, "2026-01-01", "2026-12-31"),
        (YEAR, "2026-12-31", "2026-12-31"),
        (EndOf(Term.YEAR, Lasting(1, Term.YEAR)), "2026-11-22", "2027-12-31"),
        (EndOf(Term.YEAR, FOURTEEN_MONTHS), "2026-01-01", "2028-02-29"),
        (EndOf(Term.YEAR, FOURTEEN_MONTHS), "2026-12-31", "2028-02-29"),
        (EndOf(Term.YEAR, FOURTEEN_MONTHS), "2025-12-31", "2027-02-28"),
        (MONTH, "2028-02-01", "2028-02-29"),
        (EndOf(Term.MONTH, Lasting(1, Term.MONTH)), "2026-04-30", "2026-05-31"),
        (EndOf(Term.MONTH, Lasting(10)), "2026-04-30", "2026-05-10"),
        (QUARTER, "2026-03-31", "2026-03-31"),
        (QUARTER, "2026-04-01", "2026-06-30"),
        (EndOf(Term.YEAR, None, (3, 1)), "2026-02-28", "2026-02-28"),
        (EndOf(Term.YEAR, None, (3, 1)), "2026-03-01", "2027-02-28"),
        (EndOf(Term.YEAR, Lasting(1, Term.YEAR), (3, 1)), "2026-03-01", "2028-02-29"),
        (Until(date(2027, 2, 28)), "2026-11-22", "2027-02-28"),
    ],
)
def test_the_last_day_of_what_is_given(validity: Validity, given: str, last: str) -> None:
    assert last_day(validity, date.fromisoformat(given)) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("paused", "last", "lapses"),
    [
        ((None, None), "2026-01-15", "2028-01-15"),
        ((None, None), "2024-02-29", "2026-02-28"),
        (("2027-01-01", "2027-01-31"), "2026-01-15", "2028-02-15"),
        (("2025-01-01", "2026-01-14"), "2026-01-15", "2028-01-15"),
        (("2025-01-01", "2026-01-15"), "2026-01-15", "2028-01-16"),
        (("2028-01-14", "2028-12-31"), "2026-01-15", "2029-01-02"),
        (("2028-01-15", "2028-12-31"), "2026-01-15", "2028-01-15"),
        (("2027-01-01", None), "2026-01-15", "9999-12-31"),
        ((None, "2026-01-31"), "2026-01-15", "2028-02-01"),
    ],
)
def test_the_day_on_which_idle_points_lapse(paused: tuple[str | None, str | None], last: str, lapses: str) -> None:
    first, until = (None if each is None else date.fromisoformat(each) for each in paused)
    idleness = Idleness(Lasting(24, Term.MONTH), ("stays",), first, until)
    assert idle_on(idleness, date.fromisoformat(last)) == date.fromisoformat(lapses)


RULE = """
rule: winter
at: arrival
when: always
give: [{{perk: cake, valid: {{until: {until}}}, or_else: welcome-drink}}]
"""


@pytest.mark.parametrize(("until", "perk"), [("2026-11-22", "cake"), ("2026-11-21", "welcome-drink")])
def test_what_could_be_used_up_to_yesterday_gives_way_to_what_is_given_else(
    database: SqlDatabase, until: str, perk: str
) -> None:
    stage = Stage(database, RULE.format(until=until))
    stage.stock("welcome-drink", 5)
    stage.stay(ANA, 10)
    assert [one["perk"] for one in stage.ask()["perks"]] == [perk]
    assert stage.violations() == []


def test_what_is_good_to_the_end_of_the_year_ends_when_its_last_hotel_day_rolls_over(database: SqlDatabase) -> None:
    stage = Stage(database, RULE.format(until="2026-11-22").replace("{until: 2026-11-22}", "{end_of: year}"))
    stage.stay(ANA, 10)
    (cake,) = stage.ask()["perks"]
    assert cake["valid_until"] == "2027-01-01T04:00+01:00"
