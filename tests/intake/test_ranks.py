"""Who stands where among all guests equals a scan of the whole log, whatever happened at the house."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from rewards.clock import hotel_day, to_us
from rewards.domain.activity import Activity, Evidence
from rewards.domain.property import Property
from rewards.history.exchange import Rates
from rewards.history.ranks import GuestsHere
from rewards.history.standpoint import HotelGroup, Standpoint, stand
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading
from rewards.rulelang.nodes import (
    RANKED,
    RANKS,
    Aggregate,
    Calendar,
    Lifetime,
    Measure,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
    Ties,
    Unit,
    Window,
    behind_first,
)
from rewards.storage.engine import SqlDatabase
from rewards.storage.store import SqlStore
from tests.history.naive_ranks import Days, Race, behind, crowd, rank
from tests.intake.lives import DAY, RULES, Life
from tests.stage import HARBOUR, HUDSON, NOW, TODAY, Stage


@pytest.fixture
def stage(database: SqlDatabase) -> Stage:
    return Stage(database, RULES)


# --- what is asked --------------------------------------------------------------------------------------------------

WINDOWS: tuple[tuple[Window, Days], ...] = (
    (Rolling(2), lambda day: (day - DAY, day)),
    (Rolling(5), lambda day: (day - 4 * DAY, day)),
    (Rolling(30), lambda day: (day - 29 * DAY, day)),
    (Calendar(Unit.WEEK), lambda day: (day - day.weekday() * DAY, day + (6 - day.weekday()) * DAY)),
    (Calendar(Unit.DAY, 1), lambda day: (day - DAY, day - DAY)),
    (Lifetime(), lambda day: (date(1990, 1, 1), day)),
)


def group(stage: Stage) -> HotelGroup:
    with stage.database.reading() as store:
        coverage = store.properties.coverage()
    return HotelGroup(
        (HARBOUR, HUDSON), coverage, Rates(()).convert, zone="Europe/Amsterdam", currency="EUR",
        stale_after_us=48 * 3_600_000_000,
    )  # fmt: skip


SCOPES = (
    Scope(), Scope(), Scope(ScopeKind.GROUP), Scope(ScopeKind.BRAND), Scope(ScopeKind.COUNTRY),
    Scope(ScopeKind.LISTED, ("hudson",)), Scope(ScopeKind.LISTED, ("harbour",), cities=("New York",)),
)  # fmt: skip


def seen(scope: Scope, prop: Property) -> frozenset[str]:
    """The houses in a scope: each of the two has brand, city and country of its own."""
    both = frozenset(("harbour", "hudson"))
    if scope.kind is ScopeKind.LISTED:
        return frozenset((*scope.properties, *(("hudson",) if scope.cities else ())))
    return both if scope.kind is ScopeKind.GROUP else frozenset((prop.code,))


def race(lives: dict[str, Sequence[Activity]], at: Standpoint, when: datetime, series: Series, days: Days,
         evidence: Evidence | None, scope: Scope) -> Race:  # fmt: skip
    today = at.day if scope.kind is ScopeKind.HERE else at.programme_day
    return Race(lives, seen(scope, at.property), series, days, when, today, evidence)


def number_of(reading: Reading) -> float | None:
    """The number of an exact reading, None of one of which nothing is known."""
    if reading == UNKNOWN_READING:
        return None
    assert reading.exact, reading
    return float(reading.low)


@pytest.mark.parametrize("seed", range(12))
def test_the_answer_that_is_kept_up_equals_a_scan_of_the_log(stage: Stage, seed: int) -> None:
    rng = random.Random(seed)
    life = Life(stage, rng)
    house = group(stage)
    for _ in range(6):
        life.go_on(5)
        with stage.database.reading() as store:
            lives = life.lives(store)
            for _ in range(25):
                compare(store, lives, house, rng)


def compare(store: SqlStore, lives: dict[str, Sequence[Activity]], house: HotelGroup, rng: random.Random) -> None:
    """One question about one guest, answered both ways."""
    prop: Property = rng.choice((HARBOUR, HARBOUR, HUDSON))
    when = NOW + timedelta(days=rng.choice((0, 0, 0, 1)))
    at = stand(house, prop, to_us(when))
    assert at.day == hotel_day(to_us(when), prop.zone_info(), prop.rollover_hour)
    guest = rng.choice([*lives, "gst_nobody"])
    lives = lives if guest in lives else {**lives, guest: []}
    here = GuestsHere(store.tallies, guest)
    series, (window, days) = rng.choice(RANKED), rng.choice(WINDOWS)
    proven = series in (Series.VISITS, Series.CHECK_INS)
    evidence = rng.choice((None, Evidence.LOCATED, Evidence.RECORDED)) if proven else None
    scope = rng.choice(SCOPES)
    asked = race(lives, at, when, series, days, evidence, scope)
    for aggregate, ties in RANKS.items():
        measure = Measure(series, aggregate, scope=scope, window=window, evidence=evidence)
        assert number_of(here.read(measure, at)) == rank(asked, guest, ties), (measure, guest)
    measure = behind_first(measure)
    assert number_of(here.read(measure, at)) == behind(asked, guest), (measure, guest)
    hours = rng.choice((1, 3, 30, 80))
    flock = Measure(Series.CHECK_INS, Aggregate.CROWD, window=RollingHours(hours), evidence=evidence)
    at_home = race(lives, at, when, series, days, evidence, Scope())
    assert number_of(here.read(flock, at)) == crowd(at_home, hours), flock


def test_no_rank_is_infinity() -> None:
    assert (
        rank(Race({"a": []}, frozenset(("harbour",)), Series.VISITS, WINDOWS[0][1], NOW, TODAY), "a", Ties.SHARED)
        == math.inf
    )
    assert NOW.tzinfo is UTC
