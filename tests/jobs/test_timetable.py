"""Periods have the same name on every host."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rewards.clock import to_us
from rewards.jobs.timetable import TimetableEntry, period_job_id, period_name, period_start_us

HOURLY = TimetableEntry("roll-over", every_s=3_600)


def at(hour: int, minute: int, second: int = 0, microsecond: int = 0) -> int:
    return to_us(datetime(2026, 10, 25, hour, minute, second, microsecond, tzinfo=UTC))


@pytest.mark.parametrize("now_us", [at(14, 0), at(14, 3, 11), at(14, 59, 59, 999_999)])
def test_every_instant_of_a_period_names_it_alike(now_us: int) -> None:
    start_us = period_start_us(HOURLY, now_us)
    assert period_name(start_us) == "2026-10-25T14:00:00Z"


def test_the_next_instant_is_the_next_period() -> None:
    assert period_name(period_start_us(HOURLY, at(15, 0))) == "2026-10-25T15:00:00Z"


def test_a_change_of_clocks_makes_no_period_longer() -> None:
    """At 01:00 UTC that night the clocks of Amsterdam went back from three to two."""
    names = {period_name(period_start_us(HOURLY, at(hour, minute))) for hour in (0, 1, 2) for minute in (0, 30)}
    assert len(names) == 3


def test_a_period_has_one_job_and_another_has_another() -> None:
    noon, one = at(12, 0), at(13, 0)
    assert period_job_id(HOURLY, noon) == period_job_id(HOURLY, noon)
    assert period_job_id(HOURLY, noon) != period_job_id(HOURLY, one)
    assert period_job_id(HOURLY, noon) != period_job_id(TimetableEntry("birthdays", every_s=3_600), noon)


@pytest.mark.parametrize("every_s", [0, -60, 604_801])
def test_an_impossible_period_is_refused(every_s: int) -> None:
    with pytest.raises(ValueError, match=f"birthdays runs every {every_s} s"):
        TimetableEntry("birthdays", every_s=every_s)
