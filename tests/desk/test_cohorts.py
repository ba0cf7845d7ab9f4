"""More time for a cohort: counted first, once for each reference, page by page, and nothing for anybody else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from rewards.clock import to_us
from rewards.desk import cohort
from rewards.desk.cohort import Cohort, Counts, read_longer
from rewards.domain.guest import Identity
from rewards.domain.validity import Lasting, Term, Until
from rewards.errors import RewardsError
from rewards.storage.engine import SqlDatabase
from tests.crowd import at_once
from tests.desk.test_extensions import CATALOGUE, NEW_YEAR, RULES, ends
from tests.stage import ANA, Stage

GUESTS = [(Identity("card", f"9{number:04}", verified=True),) for number in range(6)]
YEAR = Cohort("suite-night", Lasting(12, Term.MONTH), "spring 2026")


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    made = Stage(database, RULES, perks=CATALOGUE)
    for who in (ANA, *GUESTS):
        made.ask(who, enrol=True)
    made.clock.advance(timedelta(hours=1))
    return made


def extend(stage: Stage, asked: Cohort, *, most: int = 100, **more: Any) -> Counts:
    """All pages, or only some."""
    counts, after = Counts(), ""
    for _ in range(most):
        page = stage.database.run_writing(
            lambda store, at=after: stage.desk.extend_page(store, asked, at, "operator", **more)  # type: ignore[misc]
        )
        counts = counts.plus(page.counts)
        if page.after is None:
            break
        after = page.after
    return counts


def test_everybody_who_holds_it_holds_it_longer_and_nothing_else(stage: Stage) -> None:
    assert extend(stage, YEAR, dry_run=True) == Counts(7, 7)
    assert ends(stage)["suite-night"] == NEW_YEAR
    assert extend(stage, YEAR) == Counts(7, 7)
    assert ends(stage) == {"gold": NEW_YEAR, "suite-night": "2028-01-01 04:00", "points": NEW_YEAR}
    assert stage.violations() == []


def test_under_one_reference_it_happens_once_and_under_another_again(stage: Stage) -> None:
    extend(stage, YEAR)
    assert extend(stage, YEAR) == Counts(7, 0, 7)
    assert extend(stage, Cohort("suite-night", Until(date(2027, 6, 30)), "summer")) == Counts(7, 0, 0, 7)
    assert extend(stage, Cohort("suite-night", Until(date(2028, 6, 30)), "summer")) == Counts(7, 7)
    assert ends(stage)["suite-night"] == "2028-07-01 04:00"
    assert stage.violations() == []


def test_it_goes_on_where_it_was_broken_off(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort, "PAGE", 2)
    assert extend(stage, YEAR, most=2) == Counts(4, 4)
    assert extend(stage, YEAR) == Counts(7, 3, 4)
    assert stage.violations() == []


def test_two_operators_at_once_extend_each_grant_once(stage: Stage) -> None:
    counts = at_once(4, lambda _: extend(stage, YEAR))
    assert (sum(one.extended for one in counts), sum(one.before for one in counts)) == (7, 21)
    assert ends(stage)["suite-night"] == "2028-01-01 04:00"
    assert stage.violations() == []


def test_a_cohort_is_what_a_rule_or_a_house_gave_and_what_was_held_on_a_day(stage: Stage) -> None:
    today = stage.clock.now().date()
    for asked, found in (
        (Cohort("gold", Lasting(1), "a", rule="welcome"), 7),
        (Cohort("gold", Lasting(1), "b", rule="a-year-more"), 0),
        (Cohort("gold", Lasting(1), "c", property="harbour"), 7),
        (Cohort("gold", Lasting(1), "d", property="hudson"), 0),
        (Cohort("gold", Lasting(1), "e", held_on=today), 7),
        (Cohort("gold", Lasting(1), "f", held_on=today - timedelta(days=1)), 0),
    ):
        assert extend(stage, asked, dry_run=True).extended == found, asked


def test_it_is_on_record_who_did_it_and_with_the_points_of_a_grant_their_lot_lasts(stage: Stage) -> None:
    extend(stage, Cohort("points", Lasting(3, Term.MONTH), "points of 2026"))
    with stage.database.reading() as store:
        line = store.audit.page(0, 1_000)[-1]
        lots = store.lots.due(to_us(stage.clock.now() + timedelta(days=100)), 100)
    assert (line.actor, line.action, line.object) == ("operator", "grants.extend", "points points of 2026")
    assert lots == []
    assert stage.violations() == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Cohort("nothing", Lasting(1), "x"), "perk_unknown"),
        (Cohort("gold", Lasting(1), "x", property="nowhere"), "property_unknown"),
        (Cohort("gold", Lasting(1), " "), "field_invalid"),
    ],
)
def test_what_does_not_exist_has_no_cohort(stage: Stage, asked: Cohort, code: str) -> None:
    with pytest.raises(RewardsError) as refused:
        extend(stage, asked)
    assert refused.value.code.name == code


def test_so_long_or_until_a_day_and_exactly_one_of_them() -> None:
    assert read_longer("12 months", None) == Lasting(12, Term.MONTH)
    assert read_longer("2 weeks", None) == Lasting(14)
    assert read_longer("1 year", None) == Lasting(1, Term.YEAR)
    assert read_longer(None, date(2027, 1, 1)) == Until(date(2027, 1, 1))
    both = ("1 day", date(2027, 1, 1))
    for by, until in ((None, None), both, ("0 days", None), ("3 hours", None), ("999 years", None)):
        with pytest.raises(RewardsError):
            read_longer(by, until)
