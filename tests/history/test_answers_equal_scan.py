"""What is read from the digest equals a scan of every activity, for random lives, measures and standpoints."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.clock import to_us
from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.history import digest
from rewards.history.answers import GuestHistory
from rewards.history.coverage import OUTSIDE
from rewards.history.digest import History, build
from rewards.history.exchange import Rates
from rewards.history.standpoint import HotelGroup, Standpoint, stand
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    GIVEN,
    GROUPED,
    Aggregate,
    Attribution,
    BetterOf,
    Calendar,
    Comparison,
    Counting,
    Dates,
    Dimension,
    Groups,
    Lifetime,
    Measure,
    MembershipYear,
    OffsetYear,
    Op,
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
from tests.history.naive import View, answer
from tests.history.people import ANA, PROPERTIES, activity, reversal

LONG_AGO = date(1990, 1, 1)
RATES = Rates([("EUR", "JPY", LONG_AGO, Fraction(160)), ("EUR", "USD", LONG_AGO, Fraction(11, 10)),
               ("USD", "JPY", LONG_AGO, Fraction(145))])  # fmt: skip
START = datetime(2025, 9, 1, 3, 30, tzinfo=UTC)
STAYS = (Series.STAYS, Series.NIGHTS)
COUNTED = (*STAYS, Series.VISITS, Series.CHECK_INS, Series.SPEND)


@pytest.fixture(autouse=True, scope="module")
def short_chunks() -> Iterator[None]:
    """Chunks of eight rows, so that short lives have many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digest, "CHUNK_ROWS", 8)
        patch.setattr(digest, "HEAD_LEAST", 4)
        yield


# --- random lives ---------------------------------------------------------------------------------------------------


def life(rng: random.Random, size: int) -> list[Activity]:
    """Facts at instants of their own, over eight months and both clock changes, in busy and quiet times."""
    facts: list[Activity] = []
    at, pace = START, rng.choice(((7, 200), (7, 200, 700, 1_500, 6_000)))
    for _ in range(size):
        at += timedelta(minutes=rng.choice(pace), seconds=rng.randrange(60))
        facts.append(
            reversal(rng.choice(facts), rng.choice((None, 700))) if facts and rng.random() < 0.1 else fact(rng, at)
        )
    return facts


def fact(rng: random.Random, at: datetime) -> Activity:
    """One fact that is no correction."""
    kind = rng.choice(
        (Kind.STAY,) * 3 + (Kind.CHECK_IN, Kind.VISIT, Kind.SPEND) * 2 + (Kind.PAYMENT, Kind.REFERRAL, Kind.CUSTOM)
    )
    prop = rng.choice([*PROPERTIES.values(), PROPERTIES["harbour"], PROPERTIES["harbour"]])
    outside = kind in (Kind.CHECK_IN, Kind.VISIT) and rng.random() < 0.2
    more: dict[str, Any] = {"recorded_at": at + timedelta(hours=rng.choice((0, 5, 50)))}
    if outside:
        more |= {"place_id": rng.choice(("cafe", "airport"))}
    if kind is Kind.STAY:
        more |= stay_fields(rng, at)
    if kind is Kind.SPEND or (kind in (Kind.STAY, Kind.VISIT) and rng.random() < 0.7):
        more |= {
            "amount_minor": rng.choice((0, 999, 25_000)),
            "currency": rng.choice(("EUR", "EUR", "JPY", "USD", "GBP")),
        }
    if kind in (Kind.CHECK_IN, Kind.VISIT, Kind.SPEND, Kind.CUSTOM):
        more |= {"category": rng.choice((None, "bar", "spa"))}
    if kind in (Kind.CHECK_IN, Kind.VISIT):
        more |= {"evidence": rng.choice(list(Evidence))}
    if kind is Kind.PAYMENT:
        more |= {"on_time": rng.random() < 0.5}
    return activity(kind, at, prop=None if outside else prop, withheld=rng.choice((None,) * 9 + ("in_review",)), **more)


def stay_fields(rng: random.Random, at: datetime) -> dict[str, Any]:
    """Nights that end on the day it happened, some of them touching those of other stays."""
    nights = rng.choice((0, 1, 1, 2, 5, 30))
    return {
        "nights": nights,
        "day": at.date(),
        "arrival_day": at.date() - timedelta(days=nights) if rng.random() < 0.8 else None,
        "rooms": rng.choice((1, 1, 2, 4)),
        "channel": rng.choice((None, "Direct", "OTA")),
        "rate_code": rng.choice((None, "STAFF", "BAR")),
        "room_class": rng.choice((None, "standard", "superior")),
        "reservation": rng.choice((None, "R-1", "R-2", "R-3")),
    }


# --- random measures ------------------------------------------------------------------------------------------------


def window(rng: random.Random, *, hours: bool) -> Window:
    """Any window."""
    unit = rng.choice(list(Unit))
    choices: list[Window] = [
        Lifetime(), Lifetime(), Rolling(rng.choice((1, 2, 9, 60))), Rolling(rng.choice((1, 2)), unit),
        Calendar(unit, rng.choice((0, 1, 2))), OffsetYear(rng.choice((3, 11)), rng.choice((1, 28)), rng.choice((0, 1))),
        MembershipYear(rng.choice((0, 1))), Dates(rng.choice((None, date(2025, 10, 26))), date(2026, 3, 29)),
        Dates(date(2025, 9, 20), None), SinceEnrolment(), SinceLastGrant(), SinceLastGrant("other"),
    ]  # fmt: skip
    if hours:
        choices += [RollingHours(rng.choice((1, 24, 1_000)))] * 2
    if rng.random() < 0.1:
        return BetterOf((rng.choice(choices), Rolling(30)))
    return rng.choice(choices)


def scope(rng: random.Random) -> Scope:
    """Any scope."""
    kind = rng.choice((ScopeKind.HERE, ScopeKind.HERE, *ScopeKind))
    if kind is ScopeKind.LISTED:
        return Scope(kind, rng.choice(((), ("sakura",))), rng.choice(((), ("Grand",))), ("New York",))
    return Scope(kind)


def counting(rng: random.Random) -> Counting:
    """Any definition, often with several clauses."""

    def some(*values: Any) -> Any:
        return rng.choice((values[0], values[0], *values))

    return Counting(
        "any", some(False, True), some(False, True), some(None, 1, 3), some(0, 1, 3), some(0, 1_000), some(0, 5_000),
        some((), ("ota",)), some((), ("direct",)), some((), ("Staff",)), some(None, "EUR"),
    )  # fmt: skip


def attribution(rng: random.Random, series: Series) -> Attribution:
    """Any; but whole stays are not told night by night, which documents refuse."""
    return rng.choice([each for each in Attribution if series is Series.NIGHTS or each is not Attribution.NIGHTS])


def measure(rng: random.Random) -> Measure:
    """Any measure that a document can say, and some that only the tree can."""
    series = rng.choice((*COUNTED, *COUNTED, *(each for each in Series if each not in GIVEN)))
    own = [each for each in Aggregate if each not in (*AMONG_GUESTS, *GROUPED)]
    aggregates: list[Aggregate] = [
        each for each in own if each not in (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)
    ]
    if series in (Series.SPEND, Series.VISITS):
        aggregates = own
    aggregate = rng.choice([Aggregate.COUNT, Aggregate.COUNT, *aggregates])
    units = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR)
    dimension = {Aggregate.DISTINCT: rng.choice(list(Dimension)), Aggregate.STREAK: rng.choice(units)}.get(aggregate)
    plain = rng.random() < 0.3
    by = attribution(rng, series) if series in STAYS and not plain else Attribution.DEPARTURE
    last = rng.choice((None, None, 1, 2, 5)) if series is not Series.NIGHTS else None

    def narrow(value: Any, otherwise: Any = ()) -> Any:
        return otherwise if plain or rng.random() < 0.8 else value

    whole = Measure(
        series, aggregate, dimension, scope(rng), window(rng, hours=series not in STAYS),
        by=by,
        counting=counting(rng) if series in COUNTED and not plain else Counting(),
        evidence=narrow(rng.choice(list(Evidence)), None),
        categories=narrow(("bar",)), room_classes=narrow(("superior",)), weekdays=narrow((1, 5, 6)),
        hours=narrow(rng.choice(((17, 22), (22, 3))), None), custom="bar" if series is Series.CUSTOM else None,
        currency=rng.choice((None, None, "EUR", "JPY")), last=last,
    )  # fmt: skip
    return in_groups(rng, whole) if rng.random() < 0.3 else whole


def in_groups(rng: random.Random, whole: Measure) -> Measure:
    """The measure in groups, where each of them can have a number of it."""
    if whole.aggregate in (Aggregate.STREAK, Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST):
        return whole
    if whole.series is Series.VISITS and whole.aggregate is not Aggregate.DISTINCT:
        whole = replace(whole, aggregate=Aggregate.COUNT)
    row = rng.random() < 0.3
    of = rng.choice((Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR) if row else tuple(Dimension))
    paid = whole.aggregate in (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)
    least, most = sorted(rng.choice((999, 25_000, 26_000) if paid else (1, 1, 2, 3, 5)) for _ in range(2))
    op = rng.choice((Op.AT_LEAST, Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY, Op.BETWEEN))
    compared = Comparison(op, (least, most) if op is Op.BETWEEN else (least,))
    groups = Groups(of, compared, whole.aggregate, whole.dimension)
    aggregate = Aggregate.GROUPS_IN_A_ROW if row else Aggregate.GROUPS
    return replace(whole, aggregate=aggregate, dimension=None, groups=groups, last=None)


# --- both readers ---------------------------------------------------------------------------------------------------


def view(rng: random.Random, facts: list[Activity]) -> View:
    """A standpoint anywhere in or after the life."""
    last = max((each.occurred_at for each in facts), default=START)
    at = rng.choice((last, last + timedelta(days=3), START + (last - START) * rng.random()))
    return View(
        PROPERTIES, rng.choice([PROPERTIES["harbour"], *PROPERTIES.values()]), at, "Europe/Amsterdam", 4, "EUR",
        lambda base, quote: RATES.rate(base, quote, date(2026, 1, 1)),
        rng.choice((None, START + timedelta(days=9), datetime(2024, 2, 29, 12, tzinfo=UTC))),
        rng.choice((None, START + timedelta(days=20))),
    )  # fmt: skip


def covered_group() -> HotelGroup:
    """The group with everything known from the beginning and heard for ever."""
    heard = datetime(2030, 1, 1, tzinfo=UTC)
    covers = [Coverage(code, kind, None, heard) for code in (*PROPERTIES, OUTSIDE) for kind in Kind]
    return HotelGroup(
        PROPERTIES.values(), covers, RATES.convert, zone="Europe/Amsterdam", currency="EUR", stale_after_us=0
    )


GROUP = covered_group()


def standpoint(seen: View) -> Standpoint:
    """The engine's view of the same."""
    granted = None if seen.granted_at is None else to_us(seen.granted_at)
    enrolled = None if seen.enrolled_at is None else to_us(seen.enrolled_at)
    return stand(GROUP, seen.here, to_us(seen.at), enrolled_us=enrolled, last_grant=lambda _: granted)


def reader(history: History) -> GuestHistory:
    """A reader whose chunks are as stored."""

    def load(first: int) -> Iterable[bytes]:
        assert 0 <= first < len(history.chunks)
        return history.chunks[first:]

    return GuestHistory(history.head, load)


def agree(reading: Reading, expected: int | Fraction | None, asked: Measure) -> bool:
    """Whether an engine's reading says what the scan found; None is anything that is not known."""
    if expected is None:
        return not reading.exact or doubtful(asked)
    if reading.exact:
        return reading.low == expected
    return doubtful(asked) and reading.low <= expected <= reading.high


def doubtful(asked: Measure) -> bool:
    """Whether the lives above can leave a doubt: a stay without an amount or rate, a place outside without a city."""
    told = {asked.dimension, *((asked.groups.of, asked.groups.dimension) if asked.groups else ())}
    unnamed = bool(told & {Dimension.CITY, Dimension.COUNTRY}) and asked.scope.kind is ScopeKind.ANYWHERE
    least = asked.counting.min_amount_minor or asked.counting.min_amount_per_night_minor
    return unnamed or bool(least)


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_readings_equal_the_scan(seed: int) -> None:
    rng = random.Random(seed)
    facts = life(rng, rng.choice((0, 3, 12, 12, 40)))
    shuffled = rng.sample(facts, k=len(facts))
    guest, seen = reader(build(ANA, shuffled)), view(rng, facts)
    at = standpoint(seen)
    for _ in range(12):
        asked = measure(rng)
        expected = answer(asked, facts, seen)
        reading = guest.read(asked, at, "r1")
        assert agree(reading, expected, asked), f"{asked}\nread {reading}, scanned {expected}"


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), cut=st.integers(1, 200))
def test_two_half_periods_sum_to_one(seed: int, cut: int) -> None:
    rng = random.Random(seed)
    facts = life(rng, 30)
    guest, at = reader(build(ANA, facts)), standpoint(view(rng, facts))
    middle, end = START.date() + timedelta(days=cut), date(2026, 12, 31)
    series = rng.choice((Series.STAYS, Series.NIGHTS, Series.VISITS, Series.CHECK_INS, Series.SPEND))
    by = rng.choice(tuple(Attribution)) if series is Series.NIGHTS else Attribution.DEPARTURE
    aggregate = Aggregate.SUM if series is Series.SPEND else Aggregate.COUNT

    def total(first: date, last: date) -> Reading:
        asked = Measure(series, aggregate, scope=Scope(ScopeKind.GROUP), window=Dates(first, last), by=by)
        return guest.read(asked, at)

    early, late, whole = total(LONG_AGO, middle), total(middle + timedelta(days=1), end), total(LONG_AGO, end)
    assert early.low + late.low == whole.low
    assert early.high + late.high == whole.high
