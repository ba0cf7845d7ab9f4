"""What counts as a stay, a night or a visit, and what is at hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from rewards.clock import to_us
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.stay import StayInHand
from rewards.history.exchange import Rates
from rewards.history.narrowing import kinds_of
from rewards.history.standpoint import activity_at_hand, stay_at_hand
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, at_least, exactly
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    Calendar,
    Counting,
    Dates,
    Dimension,
    Measure,
    Rolling,
    Scope,
    ScopeKind,
    Series,
    Unit,
)
from tests.history.people import (
    GARDEN,
    HARBOUR,
    LIBERTY,
    SAKURA,
    activity,
    at,
    check_in,
    group,
    local,
    payment,
    read,
    spend,
    stay,
)

NOON = local("2026-11-22 12:30")
NOW = at(NOON)
GROUP = Scope(ScopeKind.GROUP)
MERGED = Counting("merged", merge_adjoining=True)


def november(arrival: int, departure: int, **more: Any) -> Activity:
    """A stay in November 2026."""
    return stay(date(2026, 11, arrival), date(2026, 11, departure), **more)


def paid(minor: int, currency: str = "EUR") -> dict[str, Any]:
    """An amount."""
    return {"amount_minor": minor, "currency": currency}


# --- merging --------------------------------------------------------------------------------------------------------


def test_stays_that_touch_are_one_and_a_free_night_parts_them() -> None:
    stays = Measure(Series.STAYS, counting=MERGED)
    assert read(stays, NOW, november(1, 3), november(3, 5)) == exactly(1)
    assert read(stays, NOW, november(1, 3), november(4, 5)) == exactly(2)
    assert read(Measure(Series.STAYS), NOW, november(1, 3), november(3, 5)) == exactly(2)


def test_a_chain_of_bookings_is_one_stay_whatever_their_order() -> None:
    chain = [november(5, 7, reservation="C"), november(1, 3, reservation="A"), november(3, 5, reservation="B")]
    assert read(Measure(Series.STAYS, counting=MERGED), NOW, *chain) == exactly(1)
    assert read(Measure(Series.NIGHTS, counting=MERGED), NOW, *chain) == exactly(6)
    priced = [replace(each, **paid(100)) for each in chain]
    assert read(Measure(Series.SPEND, Aggregate.LARGEST, counting=MERGED), NOW, *priced) == exactly(300)


def test_alternating_two_hotels_nightly_makes_seven_stays_in_seven_days() -> None:
    week = [november(day, day + 1, prop=(HARBOUR, GARDEN)[day % 2]) for day in range(1, 8)]
    assert read(Measure(Series.STAYS, scope=GROUP, counting=MERGED), NOW, *week) == exactly(7)


def test_a_chain_over_the_edge_of_a_window_lies_where_it_ends() -> None:
    chain = [november(1, 10), november(10, 13)]
    stays = Measure(Series.STAYS, window=Rolling(10), counting=MERGED)
    nights = Measure(Series.NIGHTS, window=Rolling(10), counting=MERGED)
    assert read(stays, NOW, *chain) == exactly(1)
    assert read(nights, NOW, *chain) == exactly(12)
    before = Measure(Series.STAYS, window=Dates(date(2026, 11, 1), date(2026, 11, 12)), counting=MERGED)
    assert read(before, NOW, *chain) == exactly(0)


def test_merged_nights_told_one_by_one_are_clipped_to_the_window() -> None:
    chain = [november(1, 10), november(10, 13)]
    clipped = Measure(Series.NIGHTS, window=Rolling(12), by=Attribution.NIGHTS, counting=MERGED)
    assert read(clipped, NOW, *chain) == exactly(2)


def test_least_sizes_apply_to_the_merged_stay() -> None:
    long = Counting("long", merge_adjoining=True, min_nights=4)
    assert read(Measure(Series.STAYS, counting=long), NOW, november(1, 3), november(3, 5)) == exactly(1)
    assert read(Measure(Series.NIGHTS, counting=long), NOW, november(1, 3), november(3, 5)) == exactly(4)
    apart = Counting("long", min_nights=4)
    assert read(Measure(Series.STAYS, counting=apart), NOW, november(1, 3), november(3, 5)) == exactly(0)


def test_bookings_that_overlap_are_one_stay_with_each_night_once() -> None:
    two_rooms = [november(1, 4, reservation="A"), november(2, 5, reservation="B")]
    assert read(Measure(Series.STAYS, counting=MERGED), NOW, *two_rooms) == exactly(1)
    assert read(Measure(Series.NIGHTS, counting=MERGED), NOW, *two_rooms) == exactly(4)
    three = replace(MERGED, max_rooms=3)
    assert read(Measure(Series.NIGHTS, counting=three), NOW, *two_rooms) == exactly(6)


# --- rooms, days, sizes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("most", "nights"), [(None, 2), (1, 2), (3, 6), (9, 10)])
def test_rooms_of_a_stay_count_up_to_a_number(most: int | None, nights: int) -> None:
    counting = Counting("rooms", max_rooms=most)
    five_rooms = november(1, 3, rooms=5)
    assert read(Measure(Series.NIGHTS, counting=counting), NOW, five_rooms) == exactly(nights)
    assert read(Measure(Series.STAYS, counting=counting), NOW, five_rooms) == exactly(1)


def test_one_night_credit_a_night_over_all_bookings() -> None:
    once = Counting("once", one_per_day=True)
    bookings = [november(1, 4, reservation="A"), november(2, 5, reservation="B", rooms=2)]
    assert read(Measure(Series.NIGHTS), NOW, *bookings) == exactly(6)
    assert read(Measure(Series.NIGHTS, counting=once), NOW, *bookings) == exactly(4)


def test_one_check_in_a_day_and_hotel() -> None:
    once = Counting("once", one_per_day=True)
    day = [check_in(local(f"2026-11-20 {hour}:00")) for hour in (10, 15, 23)]
    after_midnight, next_morning = check_in(local("2026-11-21 03:59")), check_in(local("2026-11-21 04:00"))
    there = check_in(local("2026-11-20 16:00", GARDEN), prop=GARDEN)
    measure = Measure(Series.CHECK_INS, scope=GROUP, counting=once)
    assert read(measure, NOW, *day, after_midnight) == exactly(1)
    assert read(measure, NOW, *day, after_midnight, next_morning, there) == exactly(3)


def test_least_spend_is_in_the_hotels_own_currency() -> None:
    rates = Rates([("EUR", "USD", date(2020, 1, 1), Fraction(11, 10))])
    least = Counting("least", min_amount_minor=11_000)
    amounts = ((10_999, "EUR"), (11_000, "EUR"), (12_100, "USD"), (12_099, "USD"))
    purchases = [spend(local("2026-11-20 20:00"), minor, currency) for minor, currency in amounts]
    measure = Measure(Series.SPEND, counting=least)
    assert read(measure, at(NOON, within=group(rates=rates)), *purchases) == exactly(2)
    assert read(measure, NOW, *purchases) == at_least(1)  # without a rate the dollars may have been enough


def test_least_spend_a_night() -> None:
    least = Counting("least", min_amount_per_night_minor=5_000)
    stays = Measure(Series.STAYS, counting=least)
    assert read(stays, NOW, november(1, 4, **paid(15_000))) == exactly(1)
    assert read(stays, NOW, november(1, 4, **paid(14_999))) == exactly(0)
    assert read(stays, NOW, november(1, 1, **paid(5_000))) == exactly(1)


def test_a_stay_that_does_not_say_what_it_cost_may_have_been_enough() -> None:
    stays = Measure(Series.STAYS, window=Rolling(10), counting=Counting("least", min_amount_minor=5_000))
    assert read(stays, NOW, november(13, 14)) == at_least(0)
    assert read(stays, NOW, november(1, 4)) == exactly(0)  # it lies outside the window anyway


def test_channels_and_rates_are_compared_without_case() -> None:
    life = [
        november(1, 2, channel="Direct", rate_code="BAR"),
        november(3, 4, channel="OTA", rate_code="BAR"),
        november(5, 6, channel="direct", rate_code="Staff"),
        november(7, 8),
    ]
    for counting, stays in (
        (Counting("not", exclude_channels=("ota",)), 3),
        (Counting("only", only_channels=("DIRECT",)), 2),
        (Counting("rates", exclude_rates=("STAFF",)), 3),
    ):
        assert read(Measure(Series.STAYS, counting=counting), NOW, *life) == exactly(stays)


def test_two_counters_over_the_same_stay_may_differ() -> None:
    three_rooms = november(1, 3, rooms=4)
    points = Measure(Series.NIGHTS, counting=Counting("points", max_rooms=3))
    status = Measure(Series.NIGHTS)
    assert (read(points, NOW, three_rooms), read(status, NOW, three_rooms)) == (exactly(6), exactly(2))


# --- presence -------------------------------------------------------------------------------------------------------


def test_check_ins_and_visits_of_a_day_fuse_into_one_visit() -> None:
    life = [
        check_in(local("2026-11-20 10:00")),
        activity(Kind.VISIT, local("2026-11-20 18:00"), category="spa"),
        check_in(local("2026-11-21 03:00")),
        check_in(local("2026-11-21 12:00")),
    ]
    assert read(Measure(Series.VISITS), NOW, *life) == exactly(2)
    assert read(Measure(Series.CHECK_INS), NOW, *life) == exactly(3)
    assert read(Measure(Series.VISITS, Aggregate.DISTINCT, Dimension.CATEGORY), NOW, *life) == exactly(1)


def test_a_visit_has_the_best_evidence_of_its_day() -> None:
    witnessed = Measure(Series.VISITS, evidence=Evidence.WITNESSED)
    claimed, seen = check_in(local("2026-11-20 10:00")), check_in(local("2026-11-20 22:00"), Evidence.WITNESSED)
    assert read(witnessed, NOW, claimed) == exactly(0)
    assert read(witnessed, NOW, claimed, seen) == exactly(1)
    at_the_bar = replace(witnessed, categories=("bar",))
    assert read(at_the_bar, NOW, replace(claimed, category="bar"), seen) == exactly(1)


@pytest.mark.parametrize(("day", "raised"), [(9, 0), (10, 1), (12, 1), (13, 0)])
def test_a_recorded_stay_raises_the_evidence_of_the_days_it_spans(day: int, raised: int) -> None:
    recorded = Measure(Series.VISITS, evidence=Evidence.RECORDED)
    claimed = check_in(local(f"2026-11-{day:02} 12:00"))
    assert read(recorded, NOW, claimed, november(10, 12)) == exactly(raised)
    assert read(recorded, NOW, claimed, november(10, 12, prop=GARDEN)) == exactly(0)


def test_a_stay_alone_is_no_visit() -> None:
    assert read(Measure(Series.VISITS), NOW, november(10, 12)) == exactly(0)


def test_places_outside_the_group_are_told_apart() -> None:
    life = [check_in(local("2026-11-20 10:00"), prop=None, place_id=place) for place in ("cafe", "cafe", "airport")]
    anywhere, everywhere = Scope(ScopeKind.ANYWHERE), GROUP
    assert read(Measure(Series.VISITS, scope=anywhere), NOW, *life) == exactly(2)
    assert read(Measure(Series.VISITS, scope=everywhere), NOW, *life) == exactly(0)
    venues = Measure(Series.VISITS, Aggregate.DISTINCT, Dimension.PLACE, scope=anywhere)
    assert read(venues, NOW, *life, check_in(local("2026-11-20 10:00"))) == exactly(3)
    cities = Measure(Series.VISITS, Aggregate.DISTINCT, Dimension.CITY, scope=anywhere)
    assert read(cities, NOW, *life, check_in(local("2026-11-20 10:00"))) == at_least(1)


def test_what_lies_nowhere_belongs_to_the_group() -> None:
    referral = activity(Kind.REFERRAL, local("2026-11-20 10:00"), prop=None)
    assert read(Measure(Series.REFERRALS, scope=GROUP), NOW, referral) == exactly(1)
    assert read(Measure(Series.REFERRALS), NOW, referral) == exactly(0)


# --- narrowing ------------------------------------------------------------------------------------------------------


def test_wall_clock_hours_may_wrap_midnight() -> None:
    late = Measure(Series.CHECK_INS, hours=(22, 2))
    for time, counts in (("21:59", 0), ("22:00", 1), ("23:59", 1), ("00:00", 1), ("02:59", 1), ("03:00", 0)):
        assert read(late, NOW, check_in(local(f"2026-11-20 {time}"))) == exactly(counts), time
    morning = Measure(Series.CHECK_INS, hours=(8, 8))
    in_tokyo = check_in(local("2026-11-20 08:30", SAKURA), prop=SAKURA)
    assert read(replace(morning, scope=GROUP), NOW, in_tokyo) == exactly(1)


def test_weekdays_are_those_of_the_hotel_day() -> None:
    fridays = Measure(Series.CHECK_INS, weekdays=(5,))
    assert read(fridays, NOW, check_in(local("2026-11-21 03:00"))) == exactly(1)  # Saturday by the calendar
    assert read(fridays, NOW, check_in(local("2026-11-21 04:00"))) == exactly(0)


def test_categories_classes_and_custom_names_narrow() -> None:
    bar, spa = (spend(local("2026-11-20 20:00"), 1_000, category=each) for each in ("bar", "spa"))
    assert read(Measure(Series.SPEND, Aggregate.SUM, categories=("bar", "café")), NOW, bar, spa) == exactly(1_000)
    suites = Measure(Series.STAYS, room_classes=("superior",))
    assert read(suites, NOW, november(1, 2, room_class="superior"), november(3, 4, room_class="standard")) == exactly(1)
    quizzes = [activity(Kind.CUSTOM, local("2026-11-20 20:00"), category=each) for each in ("quiz", "quiz", "run")]
    assert read(Measure(Series.CUSTOM, custom="quiz"), NOW, *quizzes) == exactly(2)


def test_scopes_are_seen_from_the_decisions_hotel() -> None:
    life = [november(1, 2, prop=prop) for prop in (HARBOUR, GARDEN, SAKURA, LIBERTY)]
    listed = Scope(ScopeKind.LISTED, properties=("sakura",), brands=("Grand",), cities=("Gent",))
    for scope, stays in (
        (Scope(), 1), (Scope(ScopeKind.BRAND), 2), (Scope(ScopeKind.CITY), 1), (Scope(ScopeKind.COUNTRY), 1),
        (GROUP, 4), (listed, 3),
    ):  # fmt: skip
        assert read(Measure(Series.STAYS, scope=scope), NOW, *life) == exactly(stays), scope


def test_payments_are_told_on_time_or_late() -> None:
    life = [payment(local("2026-11-01 12:00"), each) for each in (True, True, False)]
    for series, number in ((Series.PAYMENTS, 3), (Series.PAYMENTS_ON_TIME, 2), (Series.PAYMENTS_LATE, 1)):
        assert read(Measure(series), NOW, *life) == exactly(number)


# --- money ----------------------------------------------------------------------------------------------------------


def test_amounts_are_converted_each_at_the_rate_of_its_day() -> None:
    rates = Rates([("EUR", "USD", date(2026, 11, 1), Fraction(1)), ("EUR", "USD", date(2026, 11, 11), Fraction(2))])
    known = at(NOON, within=group(rates=rates))
    life = [spend(local("2026-11-10 20:00"), 1_000, "USD"), spend(local("2026-11-11 20:00"), 1_000, "USD")]
    assert read(Measure(Series.SPEND, Aggregate.SUM), known, *life) == exactly(1_500)
    assert read(Measure(Series.SPEND, Aggregate.SUM, currency="USD"), known, *life) == exactly(2_000)
    assert read(Measure(Series.SPEND, Aggregate.LARGEST), known, *life) == exactly(1_000)
    assert read(Measure(Series.SPEND, Aggregate.AVERAGE), known, *life, spend(NOON, 1)) == exactly(Fraction(1_501, 3))


def test_an_amount_without_a_rate_makes_the_sum_unknown_and_not_the_count() -> None:
    life = [spend(local("2026-11-10 20:00"), 1_000, "GBP"), spend(local("2026-11-10 20:00"), 1_000)]
    assert read(Measure(Series.SPEND, Aggregate.SUM), NOW, *life) == UNKNOWN_READING
    assert read(Measure(Series.SPEND), NOW, *life) == exactly(2)
    assert read(Measure(Series.SPEND, Aggregate.SUM, window=Rolling(5)), NOW, *life) == exactly(0)


def test_sums_are_in_the_hotels_currency_here_and_the_programmes_elsewhere() -> None:
    rates = Rates([("EUR", "JPY", date(2020, 1, 1), Fraction(160))])
    tokyo = at(NOON, prop=SAKURA, within=group(rates=rates))
    dinner = spend(local("2026-11-20 20:00", SAKURA), 1_600, "JPY", prop=SAKURA)
    assert read(Measure(Series.SPEND, Aggregate.SUM), tokyo, dinner) == exactly(1_600)
    assert read(Measure(Series.SPEND, Aggregate.SUM, scope=GROUP), tokyo, dinner) == exactly(1_000)


def test_the_shares_of_the_nights_add_up_to_the_price() -> None:
    by = Attribution.NIGHTS
    three_nights = stay(date(2026, 10, 30), date(2026, 11, 2), **paid(10_000))
    parts = [
        read(Measure(Series.STAYS, Aggregate.SUM, window=Calendar(Unit.MONTH, back), by=by), NOW, three_nights)
        for back in (0, 1)
    ]
    assert sum(part.low for part in parts) == 10_000
    assert parts[0].low in (3_333, 3_334)


# --- what is at hand ------------------------------------------------------------------------------------------------

IN_HAND = StayInHand("R-9", date(2026, 11, 22), date(2026, 11, 26), "standard", "direct", amount_minor=40_000)
ARRIVING = at(NOON, this=stay_at_hand(HARBOUR, IN_HAND, to_us(NOON)))
EARLIER = november(1, 3, channel="ota")


def test_the_stay_being_decided_counts_only_when_the_rule_includes_it() -> None:
    stays, nights = Measure(Series.STAYS, window=Rolling(30)), Measure(Series.NIGHTS, window=Rolling(30))
    assert (read(stays, ARRIVING, EARLIER), read(nights, ARRIVING, EARLIER)) == (exactly(1), exactly(2))
    assert read(replace(stays, including_this=True), ARRIVING, EARLIER) == exactly(2)
    assert read(replace(nights, including_this=True), ARRIVING, EARLIER) == exactly(6)
    money = Measure(Series.SPEND, Aggregate.SUM, including_this=True)
    assert read(money, ARRIVING) == exactly(40_000)


def test_the_stay_being_decided_must_be_of_the_kind_asked_for() -> None:
    direct = Counting("direct", only_channels=("direct",))
    assert read(Measure(Series.STAYS, counting=direct, including_this=True), ARRIVING, EARLIER) == exactly(1)
    ota = Counting("ota", only_channels=("ota",))
    assert read(Measure(Series.STAYS, counting=ota, including_this=True), ARRIVING, EARLIER) == exactly(1)
    last_year = Measure(Series.STAYS, window=Calendar(Unit.YEAR, 1), including_this=True)
    assert read(last_year, ARRIVING, EARLIER) == exactly(0)


def test_a_stay_that_is_recorded_already_is_not_counted_for_itself_nor_twice() -> None:
    posted = november(18, 22, reservation="R-9")
    stated = replace(IN_HAND, arrival=date(2026, 11, 18), departure=date(2026, 11, 22))
    leaving = at(NOON, this=stay_at_hand(HARBOUR, stated, to_us(NOON)))
    assert read(Measure(Series.STAYS), leaving, EARLIER, posted) == exactly(1)
    assert read(Measure(Series.STAYS, including_this=True), leaving, EARLIER, posted) == exactly(2)
    another_house = november(18, 22, reservation="R-9", prop=GARDEN)
    assert read(Measure(Series.STAYS, scope=GROUP), leaving, another_house) == exactly(1)


def test_what_the_desk_does_not_say_leaves_a_doubt() -> None:
    bare = at(NOON, this=stay_at_hand(HARBOUR, StayInHand("R-9"), to_us(NOON)))
    assert read(Measure(Series.STAYS, including_this=True), bare, EARLIER) == exactly(2)
    assert read(Measure(Series.NIGHTS, including_this=True), bare, EARLIER) == at_least(2)
    assert read(Measure(Series.SPEND, Aggregate.SUM, including_this=True), bare) == at_least(0)


def test_a_stay_in_hand_joins_the_one_before_it() -> None:
    before = november(20, 22)
    merged = Measure(Series.NIGHTS, counting=replace(MERGED, min_nights=5), including_this=True)
    assert read(merged, ARRIVING, before) == exactly(6)


def test_a_check_in_at_hand_counts_once_whether_it_is_recorded_yet_or_not() -> None:
    now = check_in(NOON)
    here = at(NOON, this=activity_at_hand(now))
    plain, including = Measure(Series.CHECK_INS), Measure(Series.CHECK_INS, including_this=True)
    assert (read(plain, here), read(including, here)) == (exactly(0), exactly(1))
    assert (read(plain, here, now), read(including, here, now)) == (exactly(1), exactly(1))
    assert read(Measure(Series.VISITS, including_this=True), here, check_in(NOON - timedelta(hours=1))) == exactly(1)


def test_a_withheld_check_in_at_hand_counts_nowhere() -> None:
    doubtful = check_in(NOON, withheld="impossible_travel")
    assert activity_at_hand(doubtful) is None
    here = at(NOON, this=activity_at_hand(doubtful))
    assert read(Measure(Series.CHECK_INS, including_this=True), here, doubtful) == exactly(0)


# --- opening balances -----------------------------------------------------------------------------------------------


def opening(day: str = "2025-06-30", **more: Any) -> Activity:
    """What Ana had before go-live."""
    fields = {"count": 5, "nights": 12, **paid(90_000), **more}
    return activity(Kind.OPENING, local(f"{day} 12:00"), **fields)


def test_an_opening_balance_counts_on_its_day() -> None:
    life = (opening(), november(1, 3, **paid(10_000)))
    assert read(Measure(Series.STAYS), NOW, *life) == exactly(6)
    assert read(Measure(Series.NIGHTS), NOW, *life) == exactly(14)
    assert read(Measure(Series.SPEND, Aggregate.SUM), NOW, *life) == exactly(100_000)
    last_year = Calendar(Unit.YEAR, 1)
    assert read(Measure(Series.STAYS, window=last_year), NOW, *life) == exactly(5)
    assert read(Measure(Series.STAYS, window=Rolling(30)), NOW, *life) == exactly(1)
    assert read(Measure(Series.VISITS), NOW, *life) == exactly(0)


def test_an_opening_of_spend_alone_is_no_stay() -> None:
    money = opening(count=0, nights=0)
    assert read(Measure(Series.STAYS), NOW, money) == exactly(0)
    assert read(Measure(Series.SPEND, Aggregate.SUM), NOW, money) == exactly(90_000)


def test_what_an_opening_balance_does_not_tell_is_not_guessed() -> None:
    life = (opening(), november(1, 3, **paid(10_000)))
    assert read(Measure(Series.STAYS, room_classes=("superior",)), NOW, *life) == Reading(0, 5)
    assert read(Measure(Series.NIGHTS, weekdays=(5,)), NOW, *life) == Reading(0, 12)
    assert read(Measure(Series.SPEND), NOW, *life) == at_least(1)
    assert read(Measure(Series.STAYS, Aggregate.STREAK, Dimension.MONTH), NOW, *life) == at_least(1)
    assert read(Measure(Series.STAYS, Aggregate.DISTINCT, Dimension.MONTH), NOW, *life) == at_least(1)
    assert read(Measure(Series.SPEND, Aggregate.AVERAGE), NOW, *life) == exactly(10_000)
    assert read(Measure(Series.SPEND, Aggregate.LARGEST), NOW, *life) == Reading(10_000, 90_000)


def test_an_opening_balance_was_earned_by_its_day() -> None:
    last, first = (Measure(Series.STAYS, each) for each in (Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST))
    assert read(last, NOW, opening("2026-11-12")) == at_least(10)
    assert read(first, NOW, opening("2026-11-12")) == at_least(10)
    assert read(last, NOW, opening("2026-11-12"), november(18, 20)) == exactly(2)
    assert read(first, NOW, opening("2026-11-12"), november(18, 20)) == at_least(10)
    assert read(last, NOW, opening("2026-11-12", count=0)) == UNKNOWN_READING


# --- which facts matter ---------------------------------------------------------------------------------------------


def test_a_measure_says_which_kinds_can_change_it() -> None:
    assert kinds_of(Measure(Series.STAYS)) == {Kind.STAY, Kind.OPENING}
    assert kinds_of(Measure(Series.VISITS)) == {Kind.CHECK_IN, Kind.VISIT}
    assert kinds_of(Measure(Series.VISITS, evidence=Evidence.LOCATED)) == {Kind.CHECK_IN, Kind.VISIT, Kind.STAY}
    assert kinds_of(Measure(Series.SPEND)) == {Kind.SPEND, Kind.STAY, Kind.OPENING}
