"""A phone is at a house where its circle says so, and nowhere when nobody can say; an independent reckoning agrees."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rewards.sdk import Bounds, Fix, Position, Property, Refused, Verdict, hotel_day, position_of, sighting

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BOUNDS = Bounds(accuracy_m=150, age=timedelta(minutes=5))
HARBOUR = Property(
    "harbour", "Harbour Hotel", "quayside", "Rotterdam", "NL", "Europe/Amsterdam", "EUR",
    position=Position(51.9042, 4.4847),
)  # fmt: skip
DEGREE_M = 111_250.0
"""Metres of a degree of latitude in Rotterdam, to about 30 m."""

# The radii of curvature of WGS 84 lie between b²/a and a²/b, so no distance on it is shorter than on a sphere of the
# smaller or longer than on one of the larger.
SMALL_M, LARGE_M = 6_335_439.0, 6_399_594.0


def haversine(a: Position, b: Position, radius_m: float) -> float:
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(b.longitude - a.longitude)
    chord = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(turn / 2) ** 2
    return 2 * radius_m * math.asin(min(1.0, math.sqrt(chord)))


def house(code: str, position: Position, fence_m: int = 150) -> Property:
    return replace(HARBOUR, code=code, position=position, geofence_m=fence_m)


def north(metres: float) -> Position:
    """So far north of the Harbour Hotel, to about a third of a percent."""
    return Position(51.9042 + metres / DEGREE_M, 4.4847)


def fix(metres: float, accuracy_m: float | None, at: datetime = NOON) -> Fix:
    return Fix(north(metres), accuracy_m, at)


@pytest.mark.parametrize(
    ("metres", "accuracy", "verdict"),
    [
        (0, 5, Verdict.AT),
        (140, 5, Verdict.AT),
        (200, 60, Verdict.AT),
        (200, 40, Verdict.OUTSIDE),
        (290, 150, Verdict.AT),
        (290, 151, Verdict.INACCURATE),
        (2_000, 40, Verdict.OUTSIDE),
        (2_000, 5_000, Verdict.INACCURATE),
        (2_000, 1_000, Verdict.OUTSIDE),
        (0, math.inf, Verdict.INACCURATE),
        (0, 0, Verdict.NO_ACCURACY),
        (0, -1, Verdict.NO_ACCURACY),
        (0, None, Verdict.NO_ACCURACY),
        (0, math.nan, Verdict.NO_ACCURACY),
    ],
)
def test_one_house(metres: float, accuracy: float | None, verdict: Verdict) -> None:
    found = sighting(fix(metres, accuracy), [HARBOUR], BOUNDS, NOON)
    assert found.verdict is verdict
    assert found.houses == (("harbour",) if verdict is Verdict.AT else ())


@pytest.mark.parametrize(
    ("away", "verdict"),
    [
        (-timedelta(minutes=5), Verdict.AT),
        (-timedelta(minutes=5) - SECOND, Verdict.TOO_OLD),
        (timedelta(minutes=2), Verdict.AT),
        (timedelta(minutes=2) + SECOND, Verdict.AHEAD),
        (-timedelta(days=400), Verdict.TOO_OLD),
        (timedelta(days=400), Verdict.AHEAD),
    ],
)
def test_a_fix_is_of_now(away: timedelta, verdict: Verdict) -> None:
    assert sighting(fix(0, 10, NOON + away), [HARBOUR], BOUNDS, NOON).verdict is verdict


def test_of_two_houses_the_one_whose_fence_holds_the_whole_circle() -> None:
    annexe = house("annexe", north(300))
    found = sighting(fix(60, 80), [annexe, HARBOUR], BOUNDS, NOON)
    assert (found.verdict, found.houses) == (Verdict.AT, ("harbour",))
    assert 55 <= (found.distance_m or 0) <= 65


def test_between_two_houses_nobody_guesses() -> None:
    annexe = house("annexe", north(300))
    found = sighting(fix(140, 80), [annexe, HARBOUR], BOUNDS, NOON)
    assert (found.verdict, found.houses) == (Verdict.AMBIGUOUS, ("harbour", "annexe"))


def test_inside_two_fences_the_nearer_counts_only_where_the_accuracy_tells_them_apart() -> None:
    annexe = house("annexe", north(100), 400)
    wide = replace(HARBOUR, geofence_m=400)
    assert sighting(fix(20, 10), [wide, annexe], BOUNDS, NOON).houses == ("harbour",)
    assert sighting(fix(20, 40), [wide, annexe], BOUNDS, NOON).verdict is Verdict.AMBIGUOUS
    assert sighting(fix(50, 10), [wide, annexe], BOUNDS, NOON).verdict is Verdict.AMBIGUOUS


def test_a_house_without_a_position_is_never_meant() -> None:
    nowhere = replace(HARBOUR, code="nowhere", position=None)
    assert sighting(fix(0, 10), [nowhere], BOUNDS, NOON).verdict is Verdict.OUTSIDE
    assert sighting(fix(0, 10), [nowhere, HARBOUR], BOUNDS, NOON).houses == ("harbour",)


@pytest.mark.parametrize(
    ("place", "phone"),
    [
        (Position(-17.0, 179.9995), Position(-17.0, -179.9999)),
        (Position(-17.0, -180.0), Position(-17.0, 180.0)),
        (Position(90.0, 0.0), Position(89.9999, 135.0)),
        (Position(-90.0, 12.0), Position(-90.0, -168.0)),
    ],
)
def test_the_date_line_and_the_poles_are_places_like_others(place: Position, phone: Position) -> None:
    found = sighting(Fix(phone, 20.0, NOON), [house("edge", place)], BOUNDS, NOON)
    assert found.houses == ("edge",)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(90.1, 0), (-91, 0), (0, 180.5), (0, -181), (math.nan, 0), (0, math.nan), (math.inf, 0), (10**30, 0)],
)
def test_what_is_no_place_on_the_globe_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(Refused):
        position_of(latitude, longitude)


POSITIONS = st.builds(Position, st.floats(-90, 90), st.floats(-180, 180))


@st.composite
def near_houses(draw: st.DrawFn) -> tuple[Fix, list[Property]]:
    """A fix, and up to four houses within some kilometres of it, wherever on the globe."""
    phone = draw(POSITIONS)
    shift = st.floats(-0.02, 0.02)
    houses = []
    for number in range(draw(st.integers(1, 4))):
        latitude = max(-90.0, min(90.0, phone.latitude + draw(shift)))
        longitude = (phone.longitude + draw(shift) + 540) % 360 - 180
        houses.append(house(f"h{number}", Position(latitude, longitude), draw(st.integers(10, 2_000))))
    return Fix(phone, draw(st.floats(0.1, 400)), NOON), houses


@given(near_houses())
def test_an_independent_reckoning_agrees(case: tuple[Fix, list[Property]]) -> None:
    phone, houses = case
    found = sighting(phone, houses, BOUNDS, NOON)
    accuracy = phone.accuracy_m or 0.0
    least = {one.code: haversine(phone.position, one.position or NORTH, SMALL_M) for one in houses}
    most = {one.code: haversine(phone.position, one.position or NORTH, LARGE_M) for one in houses}
    fence = {one.code: one.geofence_m for one in houses}
    slack = 0.01
    possible = [code for code in fence if least[code] - accuracy <= fence[code] + slack]
    for code in found.houses:
        assert code in possible
        assert accuracy <= BOUNDS.accuracy_m
    if found.verdict is Verdict.OUTSIDE:
        assert all(most[code] - accuracy > fence[code] - slack for code in fence)
    if not possible:
        assert found.verdict is Verdict.OUTSIDE
    if found.verdict is Verdict.AT and len([one for one in fence if most[one] - accuracy <= fence[one] - slack]) > 1:
        # Among several that are possible, it is one that holds the whole circle.
        assert least[found.houses[0]] + accuracy <= fence[found.houses[0]] + slack


NORTH = Position(90.0, 0.0)


@given(near_houses())
def test_the_order_of_the_houses_does_not_matter(case: tuple[Fix, list[Property]]) -> None:
    phone, houses = case
    again = sorted(houses, key=lambda one: one.geofence_m)
    assert sighting(phone, houses, BOUNDS, NOON) == sighting(phone, again, BOUNDS, NOON)


@given(near_houses(), st.floats(0.1, 150))
def test_what_is_outside_stays_outside_when_it_is_known_better(case: tuple[Fix, list[Property]], better: float) -> None:
    phone, houses = case
    assume(better < (phone.accuracy_m or 0.0))
    coarse = sighting(phone, houses, BOUNDS, NOON)
    fine = sighting(replace(phone, accuracy_m=better), houses, BOUNDS, NOON)
    if coarse.verdict is Verdict.OUTSIDE:
        assert fine.verdict is Verdict.OUTSIDE


def test_the_hotel_day_is_that_of_the_house() -> None:
    before, after = datetime(2026, 11, 24, 2, 59, tzinfo=UTC), datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert [hotel_day(at, HARBOUR) for at in (before, after)] == [date(2026, 11, 23), date(2026, 11, 24)]
