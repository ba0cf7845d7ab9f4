"""Groups: the nights on which Ana's bookings come to ten rooms, the months in which she stayed twice."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from rewards.domain.activity import Activity, Coverage, Kind
from rewards.history.exchange import Rates
from rewards.history.grants import Given, GivenHistory
from rewards.rulelang.evaluation import Reading, at_least, exactly
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    Calendar,
    Comparison,
    Counting,
    Dates,
    Dimension,
    Groups,
    Measure,
    Op,
    Scope,
    ScopeKind,
    Series,
    Unit,
)
from tests.history.people import GARDEN, SAKURA, activity, at, check_in, group, local, read, spend, stay

NOON = local("2026-11-22 12:30")
EVERYTHING = at(NOON)
TEN_ROOMS = Measure(
    Series.NIGHTS,
    Aggregate.GROUPS,
    by=Attribution.NIGHTS,
    counting=Counting("rooms", max_rooms=100),
    groups=Groups(Dimension.DAY, Comparison(Op.AT_LEAST, (10,))),
)
TWICE_A_MONTH = Measure(
    Series.STAYS,
    Aggregate.GROUPS,
    scope=Scope(ScopeKind.GROUP),
    groups=Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (2,))),
)
MONTHS_RUNNING = replace(TWICE_A_MONTH, aggregate=Aggregate.GROUPS_IN_A_ROW)


def rooms(number: int, arrival: int, departure: int) -> Activity:
    """A booking of so many rooms in November."""
    return stay(date(2026, 11, arrival), date(2026, 11, departure), rooms=number)


def night(month: int, day: int, **more: object) -> Activity:
    """One night of 2026, told on the morning after."""
    departure = date(2026, month, day)
    return stay(departure - timedelta(days=1), departure, **more)  # type: ignore[arg-type]


# --- how many groups ------------------------------------------------------------------------------------------------


def test_ten_rooms_on_one_night_may_be_several_bookings() -> None:
    assert read(TEN_ROOMS, EVERYTHING, rooms(6, 10, 12), rooms(4, 11, 13)) == exactly(1)
    assert read(TEN_ROOMS, EVERYTHING, rooms(6, 10, 12), rooms(4, 12, 14)) == exactly(0)
    assert read(TEN_ROOMS, EVERYTHING, rooms(6, 10, 12), rooms(4, 10, 12)) == exactly(2)
    assert read(TEN_ROOMS, EVERYTHING, rooms(6, 10, 12), rooms(3, 10, 12)) == exactly(0)


def test_a_window_cuts_nights_off_and_not_bookings() -> None:
    first = replace(TEN_ROOMS, window=Dates(date(2026, 11, 11), None))
    assert read(first, EVERYTHING, rooms(10, 10, 13)) == exactly(2)


def test_a_month_counts_once_however_often_she_came() -> None:
    life = (night(3, 3), night(3, 9), night(3, 20), night(4, 2), night(5, 5), night(5, 6))
    assert read(TWICE_A_MONTH, EVERYTHING, *life) == exactly(2)
    assert read(TWICE_A_MONTH, EVERYTHING) == exactly(0)


def test_a_month_without_a_stay_is_no_month_with_at_most_one() -> None:
    once = replace(TWICE_A_MONTH, groups=Groups(Dimension.MONTH, Comparison(Op.AT_MOST, (1,))))
    assert read(once, EVERYTHING, night(3, 3), night(5, 5), night(5, 6)) == exactly(1)


@pytest.mark.parametrize(
    ("aggregate", "value", "months"),
    [
        (Aggregate.SUM, 3_000, 2),
        (Aggregate.SUM, 3_001, 1),
        (Aggregate.LARGEST, 2_500, 1),
        (Aggregate.AVERAGE, 1_500, 2),
        (Aggregate.COUNT, 2, 2),
        (Aggregate.COUNT, 3, 0),
    ],
)
def test_money_is_compared_month_by_month(aggregate: Aggregate, value: int, months: int) -> None:
    bar = [spend(local(f"2026-{day} 20:00"), minor) for day, minor in BAR]
    groups = Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (value,)), aggregate)
    asked = Measure(Series.SPEND, Aggregate.GROUPS, groups=groups, currency="EUR")
    assert read(asked, EVERYTHING, *bar) == exactly(months)


BAR = (("03-01", 1_000), ("03-09", 2_000), ("04-02", 2_500), ("04-03", 501), ("05-05", 1_400))


def test_hotels_and_categories_are_groups_too() -> None:
    hotels = replace(TWICE_A_MONTH, groups=Groups(Dimension.PROPERTY, Comparison(Op.MORE_THAN, (1,))))
    life = (night(3, 3), night(4, 4), night(5, 5, prop=GARDEN), night(6, 6, prop=SAKURA), night(7, 7, prop=SAKURA))
    assert read(hotels, EVERYTHING, *life) == exactly(2)
    bars = Measure(Series.VISITS, Aggregate.GROUPS, groups=Groups(Dimension.CATEGORY, Comparison(Op.AT_LEAST, (2,))))
    days = [check_in(local(f"2026-11-{day:02} 20:00"), category=category) for day, category in (
        (1, "bar"), (1, "bar"), (1, "spa"), (2, "spa"))]  # fmt: skip
    assert read(bars, EVERYTHING, *days) == exactly(1), "two check-ins at the bar on one day are one visit"


def test_points_are_added_up_month_by_month() -> None:
    earned = Measure(
        Series.EARNED,
        Aggregate.GROUPS,
        perks=("points",),
        scope=Scope(ScopeKind.GROUP),
        groups=Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (500,))),
    )
    given = [
        Given(f"g{number}", "points", "r", "harbour", 0, date(2026, month, 3).toordinal(), 0, 2**62, quantity)
        for number, (month, quantity) in enumerate(((3, 300), (3, 200), (4, 499), (5, 500)))
    ]
    assert GivenHistory(given).read(earned, EVERYTHING) == exactly(2)


# --- in a row -------------------------------------------------------------------------------------------------------


def test_this_month_may_still_fall_short() -> None:
    before = [night(month, day) for month in (8, 9, 10) for day in (3, 9)]
    assert read(MONTHS_RUNNING, EVERYTHING, *before) == exactly(3)
    assert read(MONTHS_RUNNING, EVERYTHING, *before, night(11, 3)) == exactly(3)
    assert read(MONTHS_RUNNING, EVERYTHING, *before, night(11, 3), night(11, 9)) == exactly(4)


def test_one_stay_breaks_the_run() -> None:
    life = [night(month, day) for month in (7, 8, 10) for day in (3, 9)] + [night(9, 3)]
    assert read(MONTHS_RUNNING, EVERYTHING, *life) == exactly(1)


# --- what is not known ----------------------------------------------------------------------------------------------


def since(day: str, *, heard: datetime = NOON) -> list[Coverage]:
    return [Coverage("harbour", kind, local(f"{day} 04:00"), heard) for kind in (Kind.SPEND, Kind.STAY)]


def test_before_the_source_there_may_have_been_more_in_every_month() -> None:
    here = replace(TWICE_A_MONTH, scope=Scope())
    known = at(NOON, within=group(*since("2026-05-01")))
    life = (night(5, 5), night(5, 6), night(6, 6))
    assert read(here, known, *life) == at_least(1)
    once = replace(here, groups=Groups(Dimension.MONTH, Comparison(Op.AT_MOST, (1,))))
    assert read(once, known, *life) == at_least(0)
    lately = replace(here, window=Calendar(Unit.MONTH, 5))
    assert read(lately, known, *life) == exactly(0)


def test_an_opening_balance_hides_its_months() -> None:
    balance = activity(Kind.OPENING, local("2026-03-31 10:00"), day=date(2026, 3, 31), count=9, nights=20)
    assert read(TWICE_A_MONTH, EVERYTHING, balance, night(5, 5), night(5, 6)) == at_least(1)
    assert read(MONTHS_RUNNING, EVERYTHING, balance, night(11, 5), night(11, 6)) == at_least(1)


def test_a_month_in_money_without_a_rate_is_in_doubt_and_the_others_are_not() -> None:
    groups = Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (1_000,)), Aggregate.SUM)
    asked = Measure(Series.SPEND, Aggregate.GROUPS, groups=groups, currency="EUR")
    dollars = spend(local("2026-04-02 20:00"), 5_000, "USD")
    euros = spend(local("2026-03-02 20:00"), 5_000)
    assert read(asked, EVERYTHING, dollars, euros) == Reading(1, 2)
    rates = group(rates=Rates([("EUR", "USD", date(2020, 1, 1), Fraction(1))]))
    assert read(asked, at(NOON, within=rates), dollars, euros) == exactly(2)


def test_a_booking_of_which_nobody_said_the_price_may_have_been_paid() -> None:
    paid = replace(TEN_ROOMS, counting=Counting("paid", max_rooms=100, min_amount_minor=1))
    said = stay(date(2026, 11, 10), date(2026, 11, 11), rooms=6, amount_minor=50_000, currency="EUR")
    assert read(paid, EVERYTHING, said, rooms(4, 10, 11)) == Reading(0, math.inf)
    free = stay(date(2026, 11, 10), date(2026, 11, 11), rooms=4, amount_minor=0, currency="EUR")
    assert read(paid, EVERYTHING, said, free) == exactly(0)
