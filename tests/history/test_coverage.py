"""Absence is not knowledge: what silence means before, after and without a source."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import pytest

from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.history.coverage import OUTSIDE
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, Truth, at_least, exactly
from rewards.rulelang.interpreter import number_truth
from rewards.rulelang.nodes import (
    Aggregate,
    Calendar,
    Comparison,
    Dates,
    Dimension,
    Measure,
    Op,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
    SinceLastGrant,
    Unit,
)
from tests.history.people import (
    GARDEN,
    HARBOUR,
    HEARD_FOR_EVER,
    PROPERTIES,
    SAKURA,
    STALE_AFTER,
    Property,
    at,
    check_in,
    date,
    group,
    local,
    payment,
    read,
    spend,
    stay,
)

NOON = local("2026-11-22 12:30")
INSTALLED = local("2026-11-20 15:00")
DAY = timedelta(days=1)


def covered(kind: Kind, since: datetime | None = None, *, prop: Property = HARBOUR, heard: datetime = NOON) -> Coverage:
    """What a source of a hotel covers."""
    return Coverage(prop.code, kind, since, heard)


def holds(op: Op, value: int, reading: Reading) -> Truth:
    """How a comparison with the reading comes out."""
    return number_truth(Comparison(op, (value,)), reading)


# --- no source ------------------------------------------------------------------------------------------------------


def test_a_hotel_without_an_invoice_source_has_no_punctual_payers() -> None:
    no_invoices = at(NOON, within=group(covered(Kind.STAY), covered(Kind.SPEND)))
    life = [stay(date(2026, 11, 1), date(2026, 11, 3)), spend(local("2026-11-02 20:00"), 5_000)]
    never_late = read(Measure(Series.PAYMENTS_LATE, window=Rolling(1, Unit.YEAR)), no_invoices, *life)
    assert never_late == at_least(0)
    assert holds(Op.AT_MOST, 0, never_late) is Truth.UNKNOWN
    assert holds(Op.AT_LEAST, 3, read(Measure(Series.PAYMENTS_ON_TIME), no_invoices, *life)) is Truth.UNKNOWN


def test_with_an_invoice_source_silence_means_that_nothing_was_late() -> None:
    invoices = at(NOON, within=group(covered(Kind.PAYMENT, local("2025-01-01 00:00"))))
    life = [payment(local("2026-11-02 20:00"), True), payment(local("2025-11-22 20:00"), False)]
    late = Measure(Series.PAYMENTS_LATE, window=Rolling(1, Unit.YEAR))
    assert read(late, invoices, *life) == exactly(0)
    assert holds(Op.AT_MOST, 0, read(late, invoices, *life)) is Truth.TRUE


# --- installed just now ---------------------------------------------------------------------------------------------


def test_on_the_day_of_installation_nobody_is_a_newbie() -> None:
    young = at(NOON, within=group(covered(Kind.CHECK_IN, INSTALLED), covered(Kind.STAY, INSTALLED)))
    first_visit = read(Measure(Series.CHECK_INS), young, check_in(local("2026-11-22 12:00")))
    assert first_visit == at_least(1)
    assert holds(Op.EXACTLY, 1, first_visit) is Truth.UNKNOWN
    assert holds(Op.AT_LEAST, 1, first_visit) is Truth.TRUE
    assert holds(Op.AT_MOST, 0, read(Measure(Series.STAYS), young)) is Truth.UNKNOWN


def test_with_a_history_from_the_beginning_a_first_visit_is_a_first_visit() -> None:
    complete = at(NOON, within=group(covered(Kind.CHECK_IN)))
    assert read(Measure(Series.CHECK_INS), complete, check_in(local("2026-11-22 12:00"))) == exactly(1)


def test_a_window_that_begins_with_the_cover_is_known_and_one_a_day_longer_is_not() -> None:
    since = at(NOON, within=group(covered(Kind.CHECK_IN, local("2026-11-13 04:00"))))
    assert read(Measure(Series.CHECK_INS, window=Rolling(10)), since) == exactly(0)
    assert read(Measure(Series.CHECK_INS, window=Rolling(11)), since) == at_least(0)


def test_a_hotel_day_that_is_covered_in_part_is_not_known() -> None:
    since = at(NOON, within=group(covered(Kind.CHECK_IN, local("2026-11-13 04:00") + timedelta(microseconds=1))))
    assert read(Measure(Series.CHECK_INS, window=Rolling(10)), since) == at_least(0)
    assert read(Measure(Series.CHECK_INS, window=Rolling(9)), since) == exactly(0)


def test_hours_are_known_from_the_instant_of_the_cover() -> None:
    since = at(NOON, within=group(covered(Kind.CHECK_IN, NOON - timedelta(hours=5))))
    assert read(Measure(Series.CHECK_INS, window=RollingHours(5)), since) == exactly(0)
    assert read(Measure(Series.CHECK_INS, window=RollingHours(6)), since) == at_least(0)


def test_since_a_grant_is_known_where_the_grant_is_younger_than_the_cover() -> None:
    cover = group(covered(Kind.CHECK_IN, INSTALLED))
    later = int(INSTALLED.timestamp() * 1e6)
    measure = Measure(Series.CHECK_INS, window=SinceLastGrant())
    assert read(measure, at(NOON, within=cover, last_grant=lambda _: later)) == exactly(0)
    assert read(measure, at(NOON, within=cover, last_grant=lambda _: later - 2)) == at_least(0)
    assert read(measure, at(NOON, within=cover)) == at_least(0)


# --- fallen silent --------------------------------------------------------------------------------------------------


def test_a_source_may_be_silent_for_a_while_and_not_longer() -> None:
    measure = Measure(Series.CHECK_INS, window=Rolling(5))
    just = at(NOON, within=group(covered(Kind.CHECK_IN, heard=NOON - STALE_AFTER)))
    assert read(measure, just) == exactly(0)
    too_long = group(covered(Kind.CHECK_IN, heard=NOON - STALE_AFTER - timedelta(microseconds=1)))
    assert read(measure, at(NOON, within=too_long)) == at_least(0)


def test_a_window_that_ended_before_the_silence_is_known() -> None:
    silent = at(NOON, within=group(covered(Kind.CHECK_IN, heard=local("2026-11-01 04:00") - STALE_AFTER)))
    october = Measure(Series.CHECK_INS, window=Calendar(Unit.MONTH, 1))
    assert read(october, silent, check_in(local("2026-10-05 12:00"))) == exactly(1)
    by_dates = Measure(Series.CHECK_INS, window=Dates(date(2026, 10, 1), date(2026, 11, 1)))
    assert read(by_dates, silent) == at_least(0)


def test_the_future_is_not_known() -> None:
    in_a_month = at(NOON + 30 * DAY, within=group(covered(Kind.CHECK_IN)))
    assert read(Measure(Series.CHECK_INS), in_a_month, check_in(NOON)) == at_least(1)


# --- every aggregate ------------------------------------------------------------------------------------------------

LIFE = (spend(local("2026-11-10 20:00"), 5_000), spend(local("2026-11-21 20:00"), 7_000))


@pytest.mark.parametrize(
    ("aggregate", "dimension", "low"),
    [
        (Aggregate.COUNT, None, 2),
        (Aggregate.SUM, None, 12_000),
        (Aggregate.LARGEST, None, 7_000),
        (Aggregate.DISTINCT, Dimension.DAY, 2),
        (Aggregate.STREAK, Dimension.WEEK, 2),
    ],
)
def test_what_can_only_grow_is_a_lower_bound(aggregate: Aggregate, dimension: Dimension | None, low: int) -> None:
    measure = Measure(Series.SPEND, aggregate, dimension)
    assert read(measure, at(NOON, within=group(covered(Kind.SPEND))), *LIFE) == exactly(low)
    for part in (covered(Kind.SPEND, INSTALLED), covered(Kind.SPEND, heard=NOON - 9 * DAY)):
        assert read(measure, at(NOON, within=group(part)), *LIFE) == at_least(low)


def test_an_average_that_may_lack_something_is_unknown() -> None:
    average = Measure(Series.SPEND, Aggregate.AVERAGE)
    assert read(average, at(NOON, within=group(covered(Kind.SPEND))), *LIFE) == exactly(6_000)
    assert read(average, at(NOON, within=group(covered(Kind.SPEND, INSTALLED))), *LIFE) == UNKNOWN_READING


def test_recency_knows_the_side_that_is_covered() -> None:
    last, first = (Measure(Series.SPEND, each) for each in (Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST))
    young = at(NOON, within=group(covered(Kind.SPEND, INSTALLED)))
    silent = at(NOON, within=group(covered(Kind.SPEND, heard=NOON - 9 * DAY)))
    assert read(last, young, *LIFE) == exactly(1)
    assert read(last, silent, *LIFE) == Reading(0, 1)
    assert read(first, young, *LIFE) == at_least(12)
    assert read(first, silent, *LIFE) == exactly(12)
    assert read(last, young) == read(first, young) == UNKNOWN_READING


def test_a_guest_who_may_have_been_here_yesterday_is_not_won_back() -> None:
    silent = at(NOON, within=group(covered(Kind.STAY, heard=NOON - 9 * DAY)))
    recency = read(Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST), silent, stay(date(2026, 5, 1), date(2026, 5, 3)))
    assert holds(Op.AT_LEAST, 120, recency) is Truth.UNKNOWN


# --- several places and kinds ---------------------------------------------------------------------------------------


def test_a_group_is_covered_only_where_each_hotel_is() -> None:
    measure = Measure(Series.STAYS, scope=Scope(ScopeKind.GROUP), window=Rolling(30))
    each = [covered(Kind.STAY, prop=prop) for prop in PROPERTIES.values()]
    assert read(measure, at(NOON, within=group(*each))) == exactly(0)
    assert read(measure, at(NOON, within=group(*each[1:]))) == at_least(0)
    young = [*each[1:], covered(Kind.STAY, INSTALLED)]
    assert read(measure, at(NOON, within=group(*young))) == at_least(0)
    brand = Measure(Series.STAYS, scope=Scope(ScopeKind.BRAND), window=Rolling(30))
    assert read(brand, at(NOON, prop=SAKURA, within=group(*young))) == exactly(0)


def test_the_days_of_a_cover_are_those_of_its_own_hotel() -> None:
    since = local("2026-11-13 05:00", SAKURA)  # 12 November in Rotterdam
    measure = Measure(Series.STAYS, scope=Scope(ScopeKind.LISTED, properties=("sakura",)), window=Rolling(10))
    assert read(measure, at(NOON, within=group(covered(Kind.STAY, since, prop=SAKURA)))) == exactly(0)


def test_places_outside_the_group_are_covered_only_when_somebody_says_so() -> None:
    anywhere = Measure(Series.CHECK_INS, scope=Scope(ScopeKind.ANYWHERE))
    inside = [covered(Kind.CHECK_IN, prop=prop) for prop in PROPERTIES.values()]
    cafe = check_in(local("2026-11-20 12:00"), prop=None, place_id="cafe")
    assert read(anywhere, at(NOON, within=group(*inside)), cafe) == at_least(1)
    assert read(
        anywhere, at(NOON, within=group(*inside, Coverage(OUTSIDE, Kind.CHECK_IN, None, NOON))), cafe
    ) == exactly(1)


def test_no_hotel_at_all_is_not_covered() -> None:
    nowhere = Measure(Series.STAYS, scope=Scope(ScopeKind.LISTED, brands=("Nowhere",)))
    assert read(nowhere, at(NOON)) == at_least(0)


def test_presence_is_known_by_any_of_its_sources() -> None:
    visits = Measure(Series.VISITS)
    assert read(visits, at(NOON, within=group(covered(Kind.CHECK_IN)))) == exactly(0)
    assert read(visits, at(NOON, within=group(covered(Kind.CHECK_IN), covered(Kind.VISIT, INSTALLED)))) == exactly(0)
    assert read(visits, at(NOON, within=group(covered(Kind.VISIT, INSTALLED)))) == at_least(0)
    assert read(visits, at(NOON, within=group(covered(Kind.STAY)))) == at_least(0)


def test_stays_stand_in_for_a_till_as_far_as_they_say_what_was_paid() -> None:
    spent = Measure(Series.SPEND, Aggregate.SUM)
    no_till = at(NOON, within=group(covered(Kind.STAY)))
    paid = stay(date(2026, 11, 1), date(2026, 11, 3), amount_minor=20_000, currency="EUR")
    silent = stay(date(2026, 11, 5), date(2026, 11, 6))
    assert read(spent, no_till, paid) == exactly(20_000)
    assert read(spent, no_till, paid, silent) == at_least(20_000)
    with_till = at(NOON, within=group(covered(Kind.STAY), covered(Kind.SPEND)))
    assert read(spent, with_till, paid, silent) == exactly(20_000)
    young_till = at(NOON, within=group(covered(Kind.STAY), covered(Kind.SPEND, INSTALLED)))
    assert read(spent, young_till, paid) == at_least(20_000)


def test_an_empty_window_is_known_whatever_is_covered() -> None:
    none = Measure(Series.STAYS, window=Dates(date(2026, 2, 2), date(2026, 2, 1)))
    assert read(none, at(NOON, within=group(covered(Kind.STAY, INSTALLED)))) == exactly(0)


def test_a_lower_bound_holds_what_it_proves() -> None:
    young = at(NOON, within=group(covered(Kind.VISIT, INSTALLED)))
    visits: list[Activity] = [check_in(local(f"2026-11-{day} 12:00"), Evidence.WITNESSED) for day in range(10, 16)]
    six = read(Measure(Series.VISITS), young, *visits)
    assert (six.low, six.high) == (6, math.inf)
    assert holds(Op.AT_LEAST, 6, six) is Truth.TRUE
    assert holds(Op.AT_LEAST, 7, six) is Truth.UNKNOWN
    assert holds(Op.LESS_THAN, 6, six) is Truth.FALSE
    assert GARDEN.code not in {each.property for each in visits}


@pytest.mark.parametrize(
    ("known_from", "low"),
    [("2026-11-01", 22), ("2026-05-04", 203), ("2026-05-03", 203), (None, 203)],
)
def test_a_last_stay_before_the_cover_began_may_not_have_been_the_last(known_from: str | None, low: int) -> None:
    """Ana left on 3 May. A stay up to the day before all is known would be later than that."""
    begins = None if known_from is None else local(f"{known_from} 04:00")
    house = group(Coverage("harbour", Kind.STAY, begins, HEARD_FOR_EVER))
    recency = read(
        Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST),
        at(local("2026-11-22 12:00"), within=house),
        stay(date(2026, 5, 1), date(2026, 5, 3)),
    )
    assert recency == Reading(low, 203)
