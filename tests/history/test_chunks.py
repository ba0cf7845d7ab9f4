"""Ten thousand activities of one guest: chunks are opened only by questions that reach into them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rewards.clock import to_us
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.stay import StayInHand
from rewards.history.answers import GuestHistory
from rewards.history.digest import History, build
from rewards.history.standpoint import Standpoint, stay_at_hand
from rewards.rulelang.evaluation import Reading, exactly
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    Counting,
    Dates,
    Dimension,
    Lifetime,
    Measure,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
)
from tests.history.people import ANA, HARBOUR, PROPERTIES, activity, at, check_in, local, read, spend

START = datetime(2010, 1, 1, 11, tzinfo=UTC)
GROUP = Scope(ScopeKind.GROUP)


def busy_life() -> list[Activity]:
    """Every ten hours something: a stay, a check-in, a bill or a payment, at one of four hotels."""
    hotels, life = list(PROPERTIES.values()), []
    for number in range(10_000):
        when, prop = START + timedelta(hours=10 * number), hotels[number % 3]
        match number % 4:
            case 0:
                day = when.date()
                life.append(activity(Kind.STAY, when, prop=prop, day=day, nights=2, arrival_day=day - timedelta(2)))
            case 1:
                life.append(check_in(when, prop=prop))
            case 2:
                life.append(spend(when, number, prop=prop))
            case _:
                life.append(activity(Kind.PAYMENT, when, prop=prop, on_time=number % 8 == 3))
    return life


LIFE = busy_life()
HISTORY = build(ANA, LIFE)
NOW = LIFE[-1].occurred_at + timedelta(hours=1)


class Loader:
    """Gives chunks and remembers from which number on they were asked for."""

    def __init__(self, history: History = HISTORY) -> None:
        self.history = history
        self.asked: list[int] = []

    def __call__(self, first: int) -> Iterable[bytes]:
        self.asked.append(first)
        return self.history.chunks[first:]


def asked_for(*measures: Measure, where: Standpoint | None = None) -> tuple[list[Reading], list[int]]:
    """The readings of a long life, and from which chunk on each load was."""
    loader = Loader()
    guest = GuestHistory(HISTORY.head, loader)
    return [guest.read(measure, where or at(NOW)) for measure in measures], loader.asked


def scanned(series: Series, scope: Scope = GROUP) -> int:
    """How many stays, check-ins, purchases or payments the life above has."""
    place = {Series.STAYS: 0, Series.CHECK_INS: 1, Series.SPEND: 2, Series.PAYMENTS: 3}[series]
    numbers = range(place, 10_000, 4)
    return len([number for number in numbers if scope == GROUP or number % 3 == 0])


def test_recent_windows_read_the_head_alone() -> None:
    _, asked = asked_for(
        Measure(Series.STAYS, window=Rolling(90)),
        Measure(Series.CHECK_INS, window=RollingHours(2_000)),
        Measure(Series.NIGHTS, window=Rolling(90), by=Attribution.NIGHTS),
        Measure(Series.STAYS, window=Rolling(90), by=Attribution.POSTED),
        Measure(Series.VISITS, Aggregate.STREAK, Dimension.WEEK, scope=GROUP, window=Rolling(90)),
    )
    assert asked == []


@pytest.mark.parametrize("scope", [GROUP, Scope()])
def test_lifetime_counts_sums_and_edges_come_from_sums_over_the_chunks(scope: Scope) -> None:
    spent = sum(fact.amount_minor or 0 for number, fact in enumerate(LIFE) if scope == GROUP or number % 3 == 0)
    bills = scanned(Series.SPEND, scope)
    expected = {
        Measure(Series.STAYS, scope=scope): scanned(Series.STAYS, scope),
        Measure(Series.NIGHTS, scope=scope): 2 * scanned(Series.STAYS, scope),
        Measure(Series.CHECK_INS, scope=scope): scanned(Series.CHECK_INS, scope),
        Measure(Series.VISITS, scope=scope): scanned(Series.CHECK_INS, scope),
        Measure(Series.PAYMENTS, scope=scope): scanned(Series.PAYMENTS, scope),
        Measure(Series.SPEND, scope=scope): bills,
        Measure(Series.SPEND, Aggregate.SUM, scope=scope): spent,
        Measure(Series.SPEND, Aggregate.LARGEST, scope=scope): 9_998 if scope == GROUP else 9_990,
    }
    readings, asked = asked_for(*expected)
    assert readings == [exactly(number) for number in expected.values()]
    assert asked == []
    (average, first, houses), asked = asked_for(
        Measure(Series.SPEND, Aggregate.AVERAGE, scope=scope),
        Measure(Series.STAYS, Aggregate.DAYS_SINCE_FIRST, scope=scope),
        Measure(Series.STAYS, Aggregate.DISTINCT, Dimension.PROPERTY, scope=scope),
    )
    assert average.low * bills == spent
    assert first == exactly((at(NOW).day - START.date()).days)
    assert houses == exactly(3 if scope == GROUP else 1)
    assert asked == []


def test_punctuality_over_a_lifetime_comes_from_sums() -> None:
    (on_time, late), asked = asked_for(
        Measure(Series.PAYMENTS_ON_TIME, scope=GROUP), Measure(Series.PAYMENTS_LATE, scope=GROUP)
    )
    assert (on_time, late, asked) == (exactly(1_250), exactly(1_250), [])


def test_a_window_opens_the_chunks_it_reaches_into_and_no_older_ones() -> None:
    days = Rolling(600)
    (stays,), asked = asked_for(Measure(Series.STAYS, scope=GROUP, window=days))
    oldest = at(NOW).programme_day - timedelta(days=599)
    assert stays == exactly(len([fact for fact in LIFE if fact.kind is Kind.STAY and fact.day >= oldest]))
    assert len(asked) == 1
    assert 0 < asked[0] < len(HISTORY.chunks)


def test_chunks_are_loaded_once_and_only_older_ones_later() -> None:
    recent = Measure(Series.STAYS, scope=GROUP, window=Rolling(600))
    ever = Measure(Series.STAYS, scope=GROUP, counting=Counting("merged", merge_adjoining=True))
    (first, second, again, whole), asked = asked_for(recent, recent, replace(recent, window=Rolling(300)), ever)
    assert first == second
    assert again.low < first.low
    assert whole.low <= scanned(Series.STAYS)
    assert len(asked) == 2
    assert asked[1] == 0


def test_what_needs_every_row_opens_every_chunk() -> None:
    (located,), asked = asked_for(Measure(Series.VISITS, scope=GROUP, evidence=Evidence.LOCATED))
    assert asked == [0]
    assert located.low <= scanned(Series.CHECK_INS)


def test_as_of_the_past_sums_do_not_do_and_later_rows_are_not_seen() -> None:
    past = at(LIFE[3_999].occurred_at)
    readings, asked = asked_for(Measure(Series.STAYS, scope=GROUP), Measure(Series.SPEND, scope=GROUP), where=past)
    assert readings == [exactly(1_000), exactly(1_000)]
    assert asked == [0]


def test_other_currencies_are_converted_row_by_row() -> None:
    (sum_in_yen,), asked = asked_for(Measure(Series.SPEND, Aggregate.SUM, scope=GROUP, currency="JPY"))
    assert not sum_in_yen.exact
    assert asked == [0]


def test_a_stay_at_hand_that_may_lie_in_a_chunk_is_looked_for_there() -> None:
    stated = StayInHand("R-1", START.date(), START.date() + timedelta(days=3))
    here = at(NOW, this=stay_at_hand(HARBOUR, stated, to_us(NOW)))
    old, asked = asked_for(Measure(Series.STAYS, scope=GROUP), where=here)
    assert old == [exactly(scanned(Series.STAYS))]
    assert asked == [0]
    recent = StayInHand("R-1", NOW.date() - timedelta(days=3), NOW.date())
    _, asked = asked_for(
        Measure(Series.STAYS, scope=GROUP), where=at(NOW, this=stay_at_hand(HARBOUR, recent, to_us(NOW)))
    )
    assert asked == []


def test_hotel_days_that_run_back_over_the_edge_of_the_head_are_counted_once() -> None:
    life = [check_in(START + timedelta(hours=20 * number)) for number in range(768)]
    closed = life[511]
    # The property's system says, a day late, that this one belongs to a day long closed.
    corrected = check_in(life[-1].occurred_at + timedelta(hours=1), day=closed.day)
    days = {fact.day for fact in life}
    assert read(Measure(Series.VISITS), at(NOW), *life) == exactly(len(days))
    assert read(Measure(Series.VISITS), at(NOW), *life, corrected) == exactly(len(days))


def test_a_day_on_both_sides_of_the_edge_is_one_visit() -> None:
    life = [check_in(START + timedelta(hours=number)) for number in range(768)]
    days = {fact.day for fact in life}
    loader = Loader(build(ANA, life))
    guest = GuestHistory(loader.history.head, loader)
    assert guest.read(Measure(Series.VISITS), at(NOW)) == exactly(len(days))
    assert loader.asked == []


def test_an_opening_balance_in_a_chunk_counts() -> None:
    early = activity(Kind.OPENING, START - timedelta(days=1), count=5, nights=12, amount_minor=100, currency="EUR")
    history = build(ANA, [early, *LIFE])
    guest, loader = GuestHistory(history.head, Loader(history)), Loader(history)
    here = at(NOW)
    assert guest.read(Measure(Series.STAYS, scope=GROUP), here) == exactly(scanned(Series.STAYS) + 5)
    assert guest.read(Measure(Series.NIGHTS, scope=GROUP), here) == exactly(2 * scanned(Series.STAYS) + 12)
    before = Dates(None, START.date() - timedelta(days=1))
    assert guest.read(Measure(Series.STAYS, scope=GROUP, window=before), here) == exactly(5)
    assert loader.asked == []


def test_chunks_of_another_version_are_refused() -> None:
    guest = GuestHistory(HISTORY.head, lambda first: HISTORY.chunks[first:-1])
    with pytest.raises(ValueError, match="chunks"):
        guest.read(Measure(Series.STAYS, Aggregate.STREAK, Dimension.YEAR, scope=GROUP), at(NOW))


def test_a_guest_without_activities_reads_nothing() -> None:
    guest = GuestHistory(None)
    assert guest.read(Measure(Series.STAYS, window=Lifetime()), at(local("2026-11-22 12:30"))) == exactly(0)
