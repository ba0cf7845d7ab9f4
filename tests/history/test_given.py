"""What Ana was given: counted by grants and by units, and held, at both sides of every edge."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from rewards.clock import hotel_day, to_us
from rewards.domain.activity import Coverage, Kind
from rewards.domain.property import Property
from rewards.domain.stay import StayInHand
from rewards.history.grants import Given, GivenHistory
from rewards.history.standpoint import Standpoint, stay_at_hand
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, exactly
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    BetterOf,
    Calendar,
    Dates,
    Dimension,
    Measure,
    MembershipYear,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
    SinceLastGrant,
    Unit,
    Window,
)
from tests.history.people import GARDEN, HARBOUR, HEARD_FOR_EVER, SAKURA, at, group, local

GROUP = Scope(ScopeKind.GROUP)
NOON = "2026-11-22 12:00"
YEAR = Calendar(Unit.YEAR)


def given(
    perk: str, when: str, until: str, *, prop: Property = HARBOUR, rule: str = "stays-a-lot", **more: Any
) -> Given:
    """A grant at a wall-clock time, valid from then to another one."""
    us = to_us(local(when, prop))
    day = hotel_day(us, prop.zone_info(), prop.rollover_hour).toordinal()
    ends = to_us(local(until, prop))
    return Given(f"gnt_{perk}_{when}", perk, rule, prop.code, us, day, us, ends, more.pop("quantity", 1), **more)


GOLD_2025 = given("gold", "2025-12-30 12:00", "2026-03-01 04:00", rule="comped")
GOLD_2026 = given("gold", "2026-05-10 12:00", "2027-01-01 04:00")
SILVER = given("silver", "2026-11-21 23:00", "2027-01-01 04:00", prop=GARDEN)
POINTS = [given("points", f"2026-{month:02}-01 12:00", "2030-01-01 04:00", quantity=1_000) for month in (1, 6, 11)]
EVERYTHING = (GOLD_2025, GOLD_2026, SILVER, *POINTS)


def read(
    series: Series, where: Standpoint | None = None, grants: tuple[Given, ...] = EVERYTHING, **more: Any
) -> Reading:
    measure = Measure(series, scope=more.pop("scope", GROUP), **more)
    return GivenHistory(grants).read(measure, where or at(local(NOON)), "r1")


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({}, 6),
        ({"perks": ("gold",)}, 2),
        ({"perks": ("gold", "silver")}, 3),
        ({"perks": ("gold",), "rules": ("comped",)}, 1),
        ({"perks": ("gold",), "window": YEAR}, 1),
        ({"scope": Scope(), "perks": ("silver",)}, 0),
        ({"scope": Scope(ScopeKind.LISTED, properties=("garden",))}, 1),
        ({"window": RollingHours(14)}, 1),
        ({"window": RollingHours(13)}, 0),
        ({"weekdays": (6,)}, 1),
    ],
)
def test_grants_are_counted(more: dict[str, Any], number: int) -> None:
    assert read(Series.GRANTS, **more) == exactly(number)


def test_grants_tell_how_long_ago_where_and_how_regularly_they_came() -> None:
    assert read(Series.GRANTS, aggregate=Aggregate.DAYS_SINCE_LAST) == exactly(1)
    assert read(Series.GRANTS, aggregate=Aggregate.DAYS_SINCE_FIRST, perks=("silver",)) == exactly(1)
    assert read(Series.GRANTS, aggregate=Aggregate.DISTINCT, dimension=Dimension.PROPERTY) == exactly(2)
    assert read(Series.GRANTS, aggregate=Aggregate.STREAK, dimension=Dimension.YEAR, perks=("gold",)) == exactly(2)
    assert read(Series.GRANTS, grants=(), aggregate=Aggregate.DAYS_SINCE_LAST) == UNKNOWN_READING


def test_what_was_given_is_known_where_no_source_was_ever_connected() -> None:
    nothing_known = at(local(NOON), within=group(Coverage("garden", Kind.STAY, None, HEARD_FOR_EVER)))
    assert read(Series.GRANTS, nothing_known, perks=("gold",)) == exactly(2)


def test_units_are_added_up() -> None:
    assert read(Series.EARNED, perks=("points",)) == exactly(3_000)
    assert read(Series.EARNED, perks=("points",), window=Rolling(22)) == exactly(1_000)
    assert read(Series.EARNED, perks=("points",), window=Rolling(21)) == exactly(0)
    best = BetterOf((Calendar(Unit.MONTH), Calendar(Unit.MONTH, 5)))
    assert read(Series.EARNED, perks=("points",), window=best) == exactly(1_000)


@pytest.mark.parametrize(
    ("now", "number"),
    [
        ("2025-12-30 11:59", 0),
        ("2025-12-30 12:00", 1),
        ("2026-03-01 03:59", 1),
        ("2026-03-01 04:00", 0),
        ("2026-05-10 12:00", 1),
        ("2027-01-01 03:59", 1),
        ("2027-01-01 04:00", 0),
    ],
)
def test_what_is_held_is_held_to_the_last_instant_of_its_validity(now: str, number: int) -> None:
    assert read(Series.HELD, at(local(now)), perks=("gold",)) == exactly(number)


@pytest.mark.parametrize(
    ("window", "number"),
    [
        (Dates(date(2025, 12, 1), date(2025, 12, 29)), 0),
        (Dates(date(2025, 12, 1), date(2025, 12, 30)), 1),
        (Dates(date(2026, 2, 28), date(2026, 5, 9)), 1),
        (Dates(date(2026, 3, 1), date(2026, 5, 9)), 0),
        (Dates(date(2026, 2, 28), date(2026, 5, 10)), 2),
        (Calendar(Unit.YEAR, 1), 1),
        (YEAR, 2),
        (Dates(date(2027, 1, 1), None), 0),
    ],
)
def test_a_window_tells_what_was_held_on_some_day_of_it(window: Window, number: int) -> None:
    assert read(Series.HELD, window=window, perks=("gold",)) == exactly(number)


def arriving(day: date | None, now: str = NOON) -> Standpoint:
    stay = StayInHand("R-1", day, date(2026, 11, 24) if day else None)
    return at(local(now), this=stay_at_hand(HARBOUR, stay, to_us(local(now))))


@pytest.mark.parametrize(
    ("arrival", "number"), [("2026-02-28", 1), ("2026-03-01", 0), ("2026-05-09", 0), ("2026-05-10", 1)]
)
def test_the_status_of_the_day_of_arrival_is_what_counts_at_checkout(arrival: str, number: int) -> None:
    where = arriving(date.fromisoformat(arrival))
    assert read(Series.HELD, where, perks=("gold",), by=Attribution.ARRIVAL) == exactly(number)


def test_the_status_at_an_arrival_that_nobody_stated_is_unknown() -> None:
    assert read(Series.HELD, arriving(None), perks=("gold",), by=Attribution.ARRIVAL) == UNKNOWN_READING
    assert read(Series.HELD, at(local(NOON)), perks=("gold",), by=Attribution.ARRIVAL) == UNKNOWN_READING


def test_what_is_only_promised_or_was_replaced_is_counted_and_not_held() -> None:
    promised = given("gold", "2026-11-01 12:00", "2027-01-01 04:00", held=False)
    assert read(Series.HELD, grants=(promised,), perks=("gold",)) == exactly(0)
    assert read(Series.GRANTS, grants=(promised,), perks=("gold",)) == exactly(1)


def test_what_is_given_later_is_not_seen() -> None:
    before = at(datetime.fromisoformat("2026-05-10T09:59:59+00:00"))
    assert read(Series.GRANTS, before, perks=("gold",)) == exactly(1)
    assert read(Series.HELD, before, perks=("gold",), window=YEAR) == exactly(1)


def test_windows_that_begin_at_a_grant_or_at_joining() -> None:
    since = at(local(NOON), last_grant=lambda rule: GOLD_2026.us if rule == "r1" else None)
    assert read(Series.GRANTS, since, window=SinceLastGrant("r1")) == exactly(3)
    assert read(Series.HELD, since, window=SinceLastGrant("r1"), perks=("gold",)) == exactly(1)
    assert read(Series.HELD, window=MembershipYear(), perks=("gold",)) == UNKNOWN_READING


def test_each_grant_lies_on_the_hotel_day_of_its_own_property() -> None:
    """Half past four in Tokyo is still yesterday's hotel day there."""
    early = given("gold", "2026-11-20 04:30", "2026-11-20 12:00", prop=SAKURA)
    days = (date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 18))
    found = [read(Series.HELD, grants=(early,), perks=("gold",), window=Dates(day, day)) for day in days]
    assert found == [exactly(1), exactly(1), exactly(0)]
    assert read(Series.GRANTS, grants=(early,), window=Dates(days[0], days[0])) == exactly(1)


LEFT = (
    given("award", "2026-01-05 12:00", "2026-11-22 13:00", quantity=5, left=2),
    given("award", "2026-02-05 12:00", "2027-01-01 04:00", quantity=5, left=5, prop=GARDEN, rule="comped"),
    given("award", "2026-03-05 12:00", "2027-01-01 04:00", quantity=5, left=0),
    given("award", "2026-11-23 12:00", "2027-01-01 04:00", quantity=5, left=5, rule="tomorrow"),
    given("drink", "2026-03-05 12:00", "2027-01-01 04:00", quantity=7, left=7),
)


@pytest.mark.parametrize(
    ("now", "more", "number"),
    [
        (NOON, {}, 7),
        (NOON, {"scope": Scope()}, 2),
        (NOON, {"rules": ("comped",)}, 5),
        (NOON, {"perks": ("award", "drink")}, 14),
        ("2026-11-22 12:59:59", {}, 7),
        ("2026-11-22 13:00", {}, 5),
        ("2027-01-01 03:59:59", {}, 10),
        ("2027-01-01 04:00", {}, 0),
        ("2026-01-04 12:00", {}, 0),
    ],
)
def test_what_is_left_is_what_can_still_be_used_now(now: str, more: dict[str, Any], number: int) -> None:
    asked: dict[str, Any] = {"perks": ("award",), **more}
    assert read(Series.LEFT, at(local(now)), LEFT, **asked) == exactly(number)


def test_nothing_is_left_of_what_is_only_promised_or_was_replaced() -> None:
    promised = given("award", "2026-11-01 12:00", "2027-01-01 04:00", quantity=5, left=5, held=False)
    assert read(Series.LEFT, grants=(promised,), perks=("award",)) == exactly(0)
