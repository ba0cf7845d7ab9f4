"""Ana's visits at the edges of every window, on both sides, across clock changes, leap days and time zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from rewards.clock import to_us
from rewards.domain.activity import Activity, Kind
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, exactly
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    BetterOf,
    Calendar,
    Dates,
    Dimension,
    Lifetime,
    Measure,
    MembershipYear,
    OffsetYear,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
    SinceEnrolment,
    SinceLastGrant,
    Unit,
    Window,
)
from tests.history.people import (
    HARBOUR,
    LIBERTY,
    SAKURA,
    Property,
    activity,
    at,
    check_in,
    local,
    read,
    stay,
)

GROUP = Scope(ScopeKind.GROUP)
EVER = Lifetime()


def on(day: date | str, prop: Property = HARBOUR) -> Activity:
    """A check-in at noon on the hotel's clock."""
    return check_in(local(f"{day} 12:00", prop), prop=prop)


def counted(window: Window, now: datetime, *days: date | str) -> Reading:
    """How many check-ins at Harbour Hotel lie in a window."""
    return read(Measure(Series.CHECK_INS, window=window), at(now), *map(on, days))


def edges(window: Window, now: datetime, first: str, last: str) -> None:
    """A window holds its first and last day, and neither the day before nor the day after."""
    day = timedelta(days=1)
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    for inside in (start, end):
        assert counted(window, now, inside) == exactly(1), f"{inside} is in {window}"
    assert counted(window, now, start - day) == exactly(0), f"{start - day} is before {window}"
    assert counted(window, now, end + day) == exactly(0), f"{end + day} is after {window}"


NOON = local("2026-11-22 12:30")  # a Sunday


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        (Rolling(1), "2026-11-22", "2026-11-22"),
        (Rolling(180), "2026-05-27", "2026-11-22"),
        (Rolling(2, Unit.WEEK), "2026-11-09", "2026-11-22"),
        (Rolling(1, Unit.MONTH), "2026-10-23", "2026-11-22"),
        (Rolling(1, Unit.QUARTER), "2026-08-23", "2026-11-22"),
        (Rolling(1, Unit.YEAR), "2025-11-23", "2026-11-22"),
        (Calendar(Unit.DAY), "2026-11-22", "2026-11-22"),
        (Calendar(Unit.DAY, 1), "2026-11-21", "2026-11-21"),
        (Calendar(Unit.WEEK), "2026-11-16", "2026-11-22"),
        (Calendar(Unit.WEEK, 1), "2026-11-09", "2026-11-15"),
        (Calendar(Unit.MONTH), "2026-11-01", "2026-11-22"),
        (Calendar(Unit.MONTH, 9), "2026-02-01", "2026-02-28"),
        (Calendar(Unit.QUARTER), "2026-10-01", "2026-11-22"),
        (Calendar(Unit.QUARTER, 1), "2026-07-01", "2026-09-30"),
        (Calendar(Unit.QUARTER, 4), "2025-10-01", "2025-12-31"),
        (Calendar(Unit.YEAR), "2026-01-01", "2026-11-22"),
        (Calendar(Unit.YEAR, 1), "2025-01-01", "2025-12-31"),
        (OffsetYear(3), "2026-03-01", "2026-11-22"),
        (OffsetYear(3, back=1), "2025-03-01", "2026-02-28"),
        (OffsetYear(11, 22), "2026-11-22", "2026-11-22"),
        (OffsetYear(11, 23), "2025-11-23", "2026-11-22"),
        (OffsetYear(11, 23, back=1), "2024-11-23", "2025-11-22"),
        (Dates(date(2026, 9, 1), date(2026, 9, 30)), "2026-09-01", "2026-09-30"),
    ],
)
def test_each_window_holds_its_first_and_last_day_and_no_other(window: Window, first: str, last: str) -> None:
    edges(window, NOON, first, last)


def test_open_dates_reach_as_far_as_there_is_anything() -> None:
    days = ("2001-01-01", "2026-08-31", "2026-09-01", "2026-11-22")
    assert counted(Dates(None, date(2026, 8, 31)), NOON, *days) == exactly(2)
    assert counted(Dates(date(2026, 9, 1), None), NOON, *days) == exactly(2)
    assert counted(Dates(None, None), NOON, *days) == counted(Lifetime(), NOON, *days) == exactly(4)


def test_what_happens_after_the_instant_is_not_seen() -> None:
    earlier, now, later = (local(f"2026-11-22 {hour}:00") for hour in (11, 12, 13))
    measure = Measure(Series.CHECK_INS)
    life = [check_in(when) for when in (earlier, now, later)]
    assert read(measure, at(now), *life) == exactly(2)
    assert read(measure, at(later), *life) == exactly(3)
    assert read(measure, at(earlier - timedelta(microseconds=1)), *life) == exactly(0)


# --- hours ----------------------------------------------------------------------------------------------------------


def test_a_window_of_hours_leaves_out_its_start_and_holds_its_end() -> None:
    tick = timedelta(microseconds=1)
    window = Measure(Series.CHECK_INS, window=RollingHours(3))
    start = NOON - timedelta(hours=3)
    assert read(window, at(NOON), check_in(start)) == exactly(0)
    assert read(window, at(NOON), check_in(start + tick)) == exactly(1)
    assert read(window, at(NOON), check_in(NOON)) == exactly(1)
    assert read(window, at(NOON), check_in(NOON + tick)) == exactly(0)


@pytest.mark.parametrize(
    ("now", "inside", "outside"),
    [
        # Clocks skip 02:00 to 03:00: three hours before 05:00 it was 01:00.
        ("2026-03-29 05:00", "2026-03-29 01:30", "2026-03-29 00:59"),
        # Clocks repeat 02:00 to 03:00: three hours before 05:00 it was the second 02:00.
        ("2026-10-25 05:00", "2026-10-25 03:00", "2026-10-25 01:59"),
    ],
)
def test_hours_are_real_hours_across_a_clock_change(now: str, inside: str, outside: str) -> None:
    window = Measure(Series.CHECK_INS, window=RollingHours(3))
    assert read(window, at(local(now)), check_in(local(inside))) == exactly(1)
    assert read(window, at(local(now)), check_in(local(outside))) == exactly(0)


def test_the_repeated_hour_is_told_apart() -> None:
    window = Measure(Series.CHECK_INS, window=RollingHours(1))
    now = at(local("2026-10-25 03:15"))
    assert read(window, now, check_in(local("2026-10-25 02:30", fold=1))) == exactly(1)
    assert read(window, now, check_in(local("2026-10-25 02:30", fold=0))) == exactly(0)


# --- hotel days -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25", "2026-06-01"])
def test_the_hotel_day_changes_at_four_on_the_wall_whatever_the_clock_does(change: str) -> None:
    today = Measure(Series.CHECK_INS, window=Rolling(1))
    before, after = check_in(local(f"{change} 03:59")), check_in(local(f"{change} 04:00"))
    assert before.day == date.fromisoformat(change) - timedelta(days=1)
    now = at(local(f"{change} 12:00"))
    assert read(today, now, before) == exactly(0)
    assert read(today, now, after) == exactly(1)


def test_late_at_the_bar_it_is_still_yesterday_for_the_decision_too() -> None:
    today = Measure(Series.CHECK_INS, window=Rolling(1))
    evening = check_in(local("2026-11-21 20:00"))
    assert read(today, at(local("2026-11-22 03:59")), evening) == exactly(1)
    assert read(today, at(local("2026-11-22 04:00")), evening) == exactly(0)


def test_each_hotel_has_its_own_hour() -> None:
    def counts(prop: Property, when: str) -> Reading:
        """Whether a check-in at that wall-clock time counts as one of 22 November."""
        now = at(local("2026-11-22 09:00", prop), prop=prop)
        return read(Measure(Series.CHECK_INS, window=Rolling(1)), now, check_in(local(when, prop), prop=prop))

    assert counts(LIBERTY, "2026-11-22 02:59") == exactly(0)
    assert counts(LIBERTY, "2026-11-22 03:00") == exactly(1)
    assert counts(SAKURA, "2026-11-22 04:59") == exactly(0)
    assert counts(SAKURA, "2026-11-22 05:00") == exactly(1)


def test_group_wide_windows_go_by_the_programmes_day_and_activities_by_their_own() -> None:
    in_tokyo = check_in(local("2026-11-22 06:00", SAKURA), prop=SAKURA)  # 22:00 on the 21st in Amsterdam
    assert in_tokyo.day == date(2026, 11, 22)
    today = Measure(Series.CHECK_INS, scope=GROUP, window=Rolling(1))
    assert read(today, at(local("2026-11-21 23:00")), in_tokyo) == exactly(0)
    assert read(today, at(local("2026-11-22 05:00")), in_tokyo) == exactly(1)


def test_a_decision_in_new_york_asks_the_whole_group_about_the_programmes_day() -> None:
    now = at(local("2026-11-21 23:30", LIBERTY), prop=LIBERTY)  # 05:30 on the 22nd in Amsterdam
    morning = check_in(local("2026-11-22 05:00"))
    assert read(Measure(Series.CHECK_INS, scope=GROUP, window=Calendar(Unit.DAY)), now, morning) == exactly(1)
    assert (now.day, now.programme_day) == (date(2026, 11, 21), date(2026, 11, 22))


def test_the_hotels_business_date_stands_over_the_clock() -> None:
    audited_late = check_in(local("2026-11-22 05:00"), day=date(2026, 11, 21))
    assert read(Measure(Series.CHECK_INS, window=Rolling(1)), at(NOON), audited_late) == exactly(0)


# --- leap days and unequal months -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "window", "first"),
    [
        ("2026-03-31 12:30", Rolling(1, Unit.MONTH), "2026-03-01"),
        ("2024-03-31 12:30", Rolling(1, Unit.MONTH), "2024-03-01"),
        ("2024-02-29 12:30", Rolling(1, Unit.YEAR), "2023-03-01"),
        ("2025-02-28 12:30", Rolling(1, Unit.YEAR), "2024-02-29"),
        ("2028-02-29 12:30", Rolling(4, Unit.YEAR), "2024-03-01"),
        ("2024-03-01 12:30", Rolling(1), "2024-03-01"),
        ("2024-03-01 12:30", Rolling(2), "2024-02-29"),
    ],
)
def test_months_and_years_step_back_by_date(now: str, window: Window, first: str) -> None:
    edges(window, local(now), first, now[:10])


def test_february_has_its_leap_day() -> None:
    edges(Calendar(Unit.MONTH, 1), local("2024-03-15 12:30"), "2024-02-01", "2024-02-29")
    edges(Calendar(Unit.QUARTER), local("2024-03-31 12:30"), "2024-01-01", "2024-03-31")


# --- membership -----------------------------------------------------------------------------------------------------


def joined(when: str, now: str, window: Window, *days: str) -> Reading:
    """How many check-ins a member's window holds."""
    measure = Measure(Series.CHECK_INS, window=window)
    return read(measure, at(local(now), enrolled_us=to_us(local(when))), *map(on, days))


def test_a_membership_year_begins_on_the_day_of_joining() -> None:
    days = ("2025-05-16", "2025-05-17", "2026-05-16", "2026-05-17")
    assert joined("2024-05-17 18:00", "2026-05-16 12:30", MembershipYear(), *days) == exactly(2)
    assert joined("2024-05-17 18:00", "2026-05-17 12:30", MembershipYear(), *days) == exactly(1)
    assert joined("2024-05-17 18:00", "2026-05-17 12:30", MembershipYear(1), *days) == exactly(2)
    assert joined("2024-05-17 18:00", "2026-05-17 12:30", MembershipYear(2), *days) == exactly(1)


def test_before_the_first_membership_year_there_is_none() -> None:
    assert joined("2026-05-17 18:00", "2026-11-22 12:30", MembershipYear(1), "2026-01-01", "2026-05-17") == exactly(0)


def test_who_joined_on_a_leap_day_has_a_year_from_the_first_of_march() -> None:
    days = ("2025-02-28", "2025-03-01", "2026-02-28")
    assert joined("2024-02-29 12:00", "2025-02-28 12:30", MembershipYear(), *days) == exactly(1)
    assert joined("2024-02-29 12:00", "2025-03-01 12:30", MembershipYear(), *days) == exactly(1)
    assert joined("2024-02-29 12:00", "2026-02-28 12:30", MembershipYear(), *days) == exactly(2)
    assert joined("2024-02-29 12:00", "2028-02-29 12:30", MembershipYear(), "2028-02-28", "2028-02-29") == exactly(1)


def test_since_enrolment_counts_the_day_of_joining_whole() -> None:
    days = ("2026-05-16", "2026-05-17", "2026-05-18")
    assert joined("2026-05-17 18:00", "2026-11-22 12:30", SinceEnrolment(), *days) == exactly(2)
    assert joined("2026-05-18 03:00", "2026-11-22 12:30", SinceEnrolment(), *days) == exactly(2)  # still the 17th


@pytest.mark.parametrize("window", [SinceEnrolment(), MembershipYear()])
def test_for_who_never_joined_a_members_window_is_unknown(window: Window) -> None:
    measure = Measure(Series.CHECK_INS, window=window)
    assert read(measure, at(NOON), on("2026-11-01")) == UNKNOWN_READING
    not_yet = at(NOON, enrolled_us=to_us(NOON) + 1)
    assert read(measure, not_yet, on("2026-11-01")) == UNKNOWN_READING


# --- grants ---------------------------------------------------------------------------------------------------------


def test_since_the_last_grant_starts_after_its_instant() -> None:
    grants = {"r1": to_us(NOON), "tea": to_us(NOON) - 2}
    life = [check_in(NOON + timedelta(microseconds=step)) for step in (-2, -1, 0, 1)]
    later = at(NOON + timedelta(hours=1), last_grant=grants.get)
    own, others = Measure(Series.CHECK_INS, window=SinceLastGrant()), SinceLastGrant("tea")
    assert read(own, later, *life, rule="r1") == exactly(1)
    assert read(Measure(Series.CHECK_INS, window=others), later, *life, rule="r1") == exactly(3)
    assert read(own, later, *life, rule="never-granted") == exactly(4)


def test_the_better_of_two_windows_is_the_larger_reading() -> None:
    better = BetterOf((Calendar(Unit.YEAR), Calendar(Unit.YEAR, 1)))
    assert counted(better, NOON, "2025-03-01", "2025-04-01", "2026-03-01") == exactly(2)
    assert counted(better, NOON, "2025-03-01", "2026-03-01", "2026-04-01") == exactly(2)
    half_known = BetterOf((Calendar(Unit.YEAR), SinceEnrolment()))
    assert counted(half_known, NOON, "2026-03-01") == Reading(1, float("inf"))


# --- attribution ----------------------------------------------------------------------------------------------------

OVER_NEW_YEAR = stay(date(2025, 12, 30), date(2026, 1, 3))  # two nights in each year
THIS_YEAR, LAST_YEAR = Calendar(Unit.YEAR), Calendar(Unit.YEAR, 1)


@pytest.mark.parametrize(
    ("by", "last_year", "this_year"),
    [(Attribution.DEPARTURE, 0, 4), (Attribution.ARRIVAL, 4, 0), (Attribution.NIGHTS, 2, 2)],
)
def test_nights_over_new_year_lie_where_they_are_attributed(by: Attribution, last_year: int, this_year: int) -> None:
    for window, nights in ((LAST_YEAR, last_year), (THIS_YEAR, this_year)):
        assert read(Measure(Series.NIGHTS, window=window, by=by), at(NOON), OVER_NEW_YEAR) == exactly(nights)


def test_a_stay_lies_on_its_departure() -> None:
    assert read(Measure(Series.STAYS, window=LAST_YEAR), at(NOON), OVER_NEW_YEAR) == exactly(0)
    assert read(Measure(Series.STAYS, window=THIS_YEAR), at(NOON), OVER_NEW_YEAR) == exactly(1)
    arrived = Measure(Series.STAYS, window=LAST_YEAR, by=Attribution.ARRIVAL)
    assert read(arrived, at(NOON), OVER_NEW_YEAR) == exactly(1)


def test_a_stay_posted_late_lies_on_the_day_it_became_known() -> None:
    late = stay(date(2025, 12, 28), date(2025, 12, 30), recorded_at=local("2026-01-02 03:59"))
    posted = Measure(Series.STAYS, window=Dates(date(2026, 1, 1), date(2026, 1, 1)), by=Attribution.POSTED)
    assert read(posted, at(NOON), late) == exactly(1)


def test_a_stay_counts_from_its_departure_and_not_before() -> None:
    leaving = stay(date(2026, 11, 20), date(2026, 11, 22))
    nights = Measure(Series.NIGHTS, by=Attribution.NIGHTS)
    assert read(nights, at(local("2026-11-22 10:59")), leaving) == exactly(0)
    assert read(nights, at(local("2026-11-22 11:00")), leaving) == exactly(2)


def test_a_night_lies_on_the_day_it_begins() -> None:
    nights = stay(date(2026, 11, 1), date(2026, 11, 8))
    by = Attribution.NIGHTS
    fridays = Measure(Series.NIGHTS, by=by, weekdays=(5,))
    assert read(fridays, at(NOON), nights) == exactly(1)
    first_two = Measure(Series.NIGHTS, by=by, window=Dates(date(2026, 10, 1), date(2026, 11, 2)))
    assert read(first_two, at(NOON), nights) == exactly(2)


def test_a_stay_without_an_arrival_has_its_nights_before_the_departure() -> None:
    plain = activity(Kind.STAY, local("2026-11-04 11:00"), nights=3)
    window = Dates(date(2026, 11, 1), date(2026, 11, 2))
    assert read(Measure(Series.NIGHTS, by=Attribution.NIGHTS, window=window), at(NOON), plain) == exactly(2)
    arrived = Measure(Series.STAYS, by=Attribution.ARRIVAL, window=window)
    assert read(arrived, at(NOON), plain) == exactly(1)


# --- runs and recency -----------------------------------------------------------------------------------------------


def run(unit: Dimension, *days: str, window: Window = EVER) -> Reading:
    """The streak of check-ins at Harbour Hotel on Sunday 22 November 2026."""
    return read(Measure(Series.CHECK_INS, Aggregate.STREAK, unit, window=window), at(NOON), *map(on, days))


def test_a_streak_may_have_its_current_unit_open() -> None:
    assert run(Dimension.DAY, "2026-11-20", "2026-11-21", "2026-11-22") == exactly(3)
    assert run(Dimension.DAY, "2026-11-19", "2026-11-20", "2026-11-21") == exactly(3)
    assert run(Dimension.DAY, "2026-11-18", "2026-11-19", "2026-11-20") == exactly(0)
    assert run(Dimension.DAY) == exactly(0)


def test_streaks_of_longer_units_run_over_years_and_end_at_a_gap() -> None:
    assert run(Dimension.WEEK, "2026-11-02", "2026-11-15", "2026-11-16") == exactly(3)
    assert run(Dimension.WEEK, "2026-10-25", "2026-11-08", "2026-11-09") == exactly(2)
    assert run(Dimension.MONTH, "2026-10-01", "2026-09-30", "2026-07-15") == exactly(2)
    assert run(Dimension.YEAR, "2024-12-31", "2025-01-01", "2022-06-01") == exactly(2)


def test_a_window_cuts_a_streak_off() -> None:
    days = [f"2026-11-{day}" for day in range(10, 23)]
    assert run(Dimension.DAY, *days) == exactly(13)
    assert run(Dimension.DAY, *days, window=Rolling(7)) == exactly(7)


def test_recency_counts_hotel_days() -> None:
    life = [check_in(local("2026-11-20 03:00")), check_in(local("2026-11-01 12:00"))]  # the first: still the 19th
    assert read(Measure(Series.CHECK_INS, Aggregate.DAYS_SINCE_LAST), at(NOON), *life) == exactly(3)
    assert read(Measure(Series.CHECK_INS, Aggregate.DAYS_SINCE_FIRST), at(NOON), *life) == exactly(21)
    assert read(Measure(Series.CHECK_INS, Aggregate.DAYS_SINCE_LAST), at(NOON), check_in(NOON)) == exactly(0)


@pytest.mark.parametrize("aggregate", [Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST, Aggregate.AVERAGE])
def test_what_never_happened_has_no_recency_and_no_average(aggregate: Aggregate) -> None:
    assert read(Measure(Series.SPEND, aggregate), at(NOON)) == UNKNOWN_READING


def test_what_is_read_on_a_later_day_is_what_will_still_count() -> None:
    measure = Measure(Series.CHECK_INS, window=Rolling(30))
    now = at(NOON)
    assert read(measure, now.on(date(2026, 12, 1)), on("2026-11-02")) == exactly(1)
    assert read(measure, now.on(date(2026, 12, 2)), on("2026-11-02")) == exactly(0)
    assert now.on(date(2026, 12, 2)).us == to_us(datetime(2026, 12, 2, 11, 30, tzinfo=UTC))
