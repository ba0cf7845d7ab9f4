"""`last: n` keeps the newest n of what counts, and says no more of them than can be known."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.domain.activity import Activity, Coverage, Kind
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, at_least, exactly
from rewards.rulelang.nodes import AMONG_GUESTS, GROUPED, Aggregate, Counting, Dimension, Measure, Rolling, Series
from tests.history.people import (
    activity,
    at,
    check_in,
    date,
    group,
    local,
    read,
    reversal,
    spend,
    stay,
)

NOON = local("2026-11-22 12:30")
EVERYTHING = at(NOON)
AVERAGE = Measure(Series.SPEND, Aggregate.AVERAGE, last=3)
SUM = Measure(Series.SPEND, Aggregate.SUM, last=3)
COUNT = Measure(Series.SPEND, Aggregate.COUNT, last=3)


def bar(days_ago: int, minor: int) -> Activity:
    return spend(local("2026-11-22 10:00") - timedelta(days=days_ago), minor)


FOUR = [bar(40, 90_000), bar(30, 1_000), bar(20, 2_000), bar(10, 4_000)]


def since(day: str, *, heard: datetime = NOON) -> list[Coverage]:
    return [Coverage("harbour", kind, local(f"{day} 04:00"), heard) for kind in (Kind.SPEND, Kind.STAY, Kind.VISIT)]


# --- which ones -----------------------------------------------------------------------------------------------------


def test_the_mean_of_the_last_three_leaves_the_wedding_out() -> None:
    assert read(AVERAGE, EVERYTHING, *FOUR) == exactly(Fraction(7_000, 3))
    assert read(SUM, EVERYTHING, *FOUR) == exactly(7_000)
    assert read(replace(AVERAGE, last=4), EVERYTHING, *FOUR) == exactly(Fraction(97_000, 4))


def test_fewer_than_asked_are_all_there_are() -> None:
    assert read(AVERAGE, EVERYTHING, bar(3, 500)) == exactly(500)
    assert read(COUNT, EVERYTHING, bar(3, 500)) == exactly(1)
    assert read(AVERAGE, EVERYTHING) == UNKNOWN_READING


def test_what_was_taken_back_makes_room_for_the_one_before() -> None:
    assert read(SUM, EVERYTHING, *FOUR, reversal(FOUR[3])) == exactly(93_000)
    assert read(SUM, EVERYTHING, *FOUR, reversal(FOUR[3], 1_000)) == exactly(6_000)


def test_the_window_is_laid_first() -> None:
    fortnight = replace(SUM, window=Rolling(25))
    assert read(fortnight, EVERYTHING, *FOUR) == exactly(6_000)


def test_a_stay_without_an_amount_is_no_purchase_and_takes_no_place() -> None:
    quiet = stay(date(2026, 11, 1), date(2026, 11, 3))
    assert read(COUNT, EVERYTHING, *FOUR, quiet) == exactly(3)
    assert read(SUM, EVERYTHING, *FOUR, quiet) == exactly(7_000)


def test_the_newest_visits_are_days_whatever_was_told_of_them() -> None:
    day = [check_in(local(f"2026-11-20 {hour}:00"), category=name) for hour, name in ((10, "bar"), (20, "spa"))]
    before = check_in(local("2026-11-19 10:00"), category="pool")
    categories = Measure(Series.VISITS, Aggregate.DISTINCT, Dimension.CATEGORY, last=1)
    assert read(categories, EVERYTHING, *day, before) == exactly(2)
    assert read(Measure(Series.VISITS, last=5), EVERYTHING, *day, before) == exactly(2)


def test_merged_stays_are_one_each() -> None:
    stays = [
        stay(date(2026, 11, 1), date(2026, 11, 3)), stay(date(2026, 11, 3), date(2026, 11, 5)),
        stay(date(2026, 10, 1), date(2026, 10, 4)),
    ]  # fmt: skip
    merged = Measure(Series.STAYS, Aggregate.DAYS_SINCE_FIRST, counting=Counting("m", merge_adjoining=True), last=2)
    assert read(merged, EVERYTHING, *stays) == exactly((date(2026, 11, 22) - date(2026, 10, 4)).days)


def test_days_since_the_oldest_of_the_newest_is_how_long_they_took() -> None:
    third = Measure(Series.SPEND, Aggregate.DAYS_SINCE_FIRST, last=3)
    assert read(third, EVERYTHING, *FOUR) == exactly(30)
    assert read(replace(third, aggregate=Aggregate.DAYS_SINCE_LAST), EVERYTHING, *FOUR) == exactly(10)


# --- what is not known ----------------------------------------------------------------------------------------------


def test_a_past_that_is_known_in_part_may_tell_the_newest_exactly() -> None:
    known = at(NOON, within=group(*since("2026-10-20")))
    assert read(AVERAGE, known, *FOUR) == exactly(Fraction(7_000, 3))
    assert read(replace(AVERAGE, last=None), known, *FOUR) == UNKNOWN_READING


def test_what_is_older_than_the_cover_may_have_newer_ones_beside_it() -> None:
    known = at(NOON, within=group(*since("2026-10-30")))
    assert read(AVERAGE, known, *FOUR) == UNKNOWN_READING
    assert read(SUM, known, *FOUR) == at_least(6_000)
    assert read(COUNT, known, *FOUR) == exactly(3)


def test_fewer_than_asked_in_a_past_that_is_known_in_part_are_a_lower_bound() -> None:
    known = at(NOON, within=group(*since("2026-11-01")))
    assert read(SUM, known, FOUR[3]) == at_least(4_000)
    assert read(COUNT, known, FOUR[3]) == Reading(1, 3)


def test_a_source_that_fell_silent_may_hide_newer_ones() -> None:
    silent = at(NOON, within=group(*since("2020-01-01", heard=local("2026-11-15 12:00"))))
    assert read(AVERAGE, silent, *FOUR) == UNKNOWN_READING
    assert read(SUM, silent, *FOUR) == at_least(0)
    assert read(replace(SUM, aggregate=Aggregate.LARGEST), silent, *FOUR) == at_least(0)
    assert read(COUNT, silent, *FOUR) == exactly(3)
    assert read(COUNT, silent, FOUR[0]) == Reading(1, 3)
    third = Measure(Series.SPEND, Aggregate.DAYS_SINCE_FIRST, last=3)
    assert read(third, silent, *FOUR) == Reading(0, 30)
    assert read(third, silent, FOUR[0]) == UNKNOWN_READING


def test_an_opening_balance_older_than_the_newest_does_not_matter_to_them() -> None:
    old = activity(Kind.OPENING, local("2026-01-01 12:00"), amount_minor=700_000, currency="EUR", nights=9)
    assert read(SUM, EVERYTHING, *FOUR, old) == exactly(7_000)
    assert read(SUM, EVERYTHING, FOUR[3], old) == Reading(4_000, 704_000)
    late = activity(Kind.OPENING, local("2026-11-21 12:00"), amount_minor=700_000, currency="EUR", nights=9)
    assert read(SUM, EVERYTHING, *FOUR, late) == at_least(0)


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_an_interval_holds_the_number_that_the_whole_truth_would_give(rng: random.Random) -> None:
    life = [bar(rng.randint(0, 60), rng.choice((0, 100, 500, 2_000))) for _ in range(rng.randint(0, 8))]
    begins = NOON - timedelta(days=rng.randint(5, 50))
    heard = rng.choice((NOON, NOON, NOON - timedelta(days=rng.randint(3, 30))))
    told = [each for each in life if begins <= each.occurred_at <= heard or rng.random() < 0.5]
    known = at(NOON, within=group(*(Coverage("harbour", kind, begins, heard) for kind in (Kind.SPEND, Kind.STAY))))
    aggregates = (Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST, Aggregate.DAYS_SINCE_FIRST)
    asked = Measure(Series.SPEND, rng.choice(aggregates), last=rng.choice((1, 2, 3, 5)))
    reading, truth = read(asked, known, *told), read(asked, EVERYTHING, *life)
    if truth == UNKNOWN_READING:
        assert not reading.exact
    else:
        assert truth.exact
        assert reading.low <= truth.low <= reading.high


def test_everything_known_is_exact_of_every_aggregate() -> None:
    for aggregate in (each for each in Aggregate if each not in (*AMONG_GUESTS, *GROUPED)):
        dimension = {Aggregate.DISTINCT: Dimension.DAY, Aggregate.STREAK: Dimension.WEEK}.get(aggregate)
        assert read(Measure(Series.SPEND, aggregate, dimension, last=2), EVERYTHING, *FOUR).exact, aggregate
