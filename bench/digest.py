"""A guest's digest: reading it, and fifteen measures over it, at 50, 1,000 and 10,000 activities of one guest.

A decision reads one head by key whatever the length of the history, so what counts is how little the figures grow.
The fifteen measures are those of a busy rule set: counts, nights, spend, recency, streaks and fused visits over
windows of days, calendar units and a lifetime. `deep` asks for what only the chunks can answer.

    python -m bench.digest [--quick]
"""

from __future__ import annotations

import json
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import process_time

from bench.rows import Row, rotated, row
from rewards.clock import to_us
from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.domain.property import Property
from rewards.history.answers import GuestHistory
from rewards.history.digest import Digest, History, append, build
from rewards.history.standpoint import HotelGroup, Standpoint, stand
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    Calendar,
    Counting,
    Dimension,
    Lifetime,
    Measure,
    Rolling,
    Scope,
    ScopeKind,
    Series,
    Unit,
)

NOW = datetime(2026, 11, 22, 14, 3, 11, tzinfo=UTC)
HOTELS = tuple(
    Property(code, code.title(), "Grand", city, "NL", "Europe/Amsterdam", "EUR")
    for code, city in (("harbour", "Rotterdam"), ("garden", "Utrecht"), ("station", "Rotterdam"))
)
GROUP = Scope(ScopeKind.GROUP)
MEASURES = (
    Measure(Series.STAYS, window=Rolling(180)),
    Measure(Series.STAYS, window=Lifetime()),
    Measure(Series.STAYS, scope=GROUP, window=Calendar(Unit.YEAR)),
    Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST),
    Measure(Series.NIGHTS, scope=GROUP, window=Calendar(Unit.YEAR)),
    Measure(Series.NIGHTS, scope=GROUP, window=Calendar(Unit.QUARTER), by=Attribution.NIGHTS),
    Measure(Series.SPEND, Aggregate.SUM, scope=GROUP, window=Calendar(Unit.YEAR)),
    Measure(Series.SPEND, Aggregate.SUM, window=Rolling(90)),
    Measure(Series.SPEND, Aggregate.AVERAGE, window=Rolling(30)),
    Measure(Series.PAYMENTS_LATE, window=Rolling(1, Unit.YEAR)),
    Measure(Series.PAYMENTS, window=Rolling(1, Unit.YEAR)),
    Measure(Series.CHECK_INS),
    Measure(Series.VISITS, window=Rolling(60)),
    Measure(Series.VISITS, window=Rolling(60), evidence=Evidence.WITNESSED),
    Measure(Series.VISITS, Aggregate.STREAK, Dimension.WEEK, window=Rolling(60)),
)
DEEP = (
    Measure(Series.STAYS, counting=Counting("merged", merge_adjoining=True)),
    Measure(Series.SPEND, Aggregate.DISTINCT, Dimension.MONTH, scope=GROUP),
    Measure(Series.VISITS, evidence=Evidence.LOCATED),
)


def run(quick: bool) -> list[Row]:
    """Medians of interleaved rounds, in microseconds of processor time: nothing here waits."""
    rows: list[Row] = []
    for number in (50, 1_000, 10_000):
        rows += _of(number, 5 if quick else 15)
    return rows


def _of(number: int, rounds: int) -> list[Row]:
    life = activities(number)
    history, at = build("gst_ana", life), standpoint()
    newest = replace(life[-1], id="act_newest", occurred_at=NOW)
    cases: dict[str, Callable[[], object]] = {
        "decode the head": lambda: Digest(history.head).rows(),
        "decode and 15 measures": lambda: ask(history, MEASURES, at),
        "decode and 3 that open every chunk": lambda: ask(history, DEEP, at),
        "append one": lambda: append(history.head, newest),
        "build": lambda: build("gst_ana", life),
    }
    found = medians(cases, rounds)
    title = f"{number:,} activities"
    sizes = {"head": len(history.head), "head and chunks": len(history.head) + sum(map(len, history.chunks))}
    return [
        *(_row(f"digest of {title}: {name}, µs", round(micros, 1)) for name, micros in found.items()),
        *(
            _row(f"digest of {title}: {name}, bytes an activity", round(size / number, 1))
            for name, size in sizes.items()
        ),
    ]


def _row(name: str, value: float) -> Row:
    return row("digest", name, value, "", None)


def ask(history: History, measures: Sequence[Measure], at: Standpoint) -> list[object]:
    """One decision's reading of a history that was just fetched."""
    guest = GuestHistory(history.head, lambda first: history.chunks[first:])
    return [guest.read(measure, at) for measure in measures]


def medians(cases: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Microseconds of processor time a call.

    Each round runs every case once for about 20 ms, beginning with another case each time.
    """
    names, found = list(cases), {name: list[float]() for name in cases}
    for turn in range(rounds):
        for name in rotated(names, turn):
            found[name].append(_micros(cases[name]))
    return {name: statistics.median(values) for name, values in found.items()}


def _micros(case: Callable[[], object]) -> float:
    calls, start = 0, process_time()
    while process_time() - start < 0.02 or not calls:
        case()
        calls += 1
    return (process_time() - start) / calls * 1e6


def standpoint() -> Standpoint:
    """Harbour Hotel, this afternoon, with every kind covered from the beginning."""
    covered = [Coverage(hotel.code, kind, None, NOW) for hotel in HOTELS for kind in Kind]
    group = HotelGroup(
        HOTELS, covered, lambda *_: None, zone="Europe/Amsterdam", currency="EUR", stale_after_us=48 * 3_600_000_000
    )
    return stand(group, HOTELS[0], to_us(NOW))


def activities(number: int) -> list[Activity]:
    """Three years of one guest, the busier the more there are."""
    rng, start = random.Random(number), NOW - timedelta(days=3 * 365)
    return [_activity(rng, start + (NOW - start) * (index / number), index) for index in range(number)]


def _activity(rng: random.Random, at: datetime, number: int) -> Activity:
    kind = rng.choice((Kind.STAY, Kind.SPEND, Kind.CHECK_IN, Kind.VISIT, Kind.PAYMENT))
    paid = kind in (Kind.STAY, Kind.SPEND)
    nights = rng.randint(1, 4) if kind is Kind.STAY else 0
    return Activity(
        id=f"act_{number}",
        guest="gst_ana",
        kind=kind,
        occurred_at=at,
        recorded_at=at + timedelta(seconds=rng.randint(1, 60)),
        day=at.date(),
        source="pms",
        source_key=str(number),
        property=rng.choice(HOTELS).code,
        arrival_day=date.fromordinal(at.date().toordinal() - nights) if nights else None,
        nights=nights,
        amount_minor=rng.randint(1_000, 90_000) if paid else None,
        currency="EUR" if paid else None,
        evidence=rng.choice((Evidence.CLAIMED, Evidence.LOCATED)) if kind is Kind.CHECK_IN else Evidence.RECORDED,
        on_time=rng.random() < 0.9 if kind is Kind.PAYMENT else None,
        channel=rng.choice(("direct", "ota")) if kind is Kind.STAY else None,
        reservation=f"R-{number}" if kind is Kind.STAY else None,
        category=rng.choice(("bar", "spa")) if kind is Kind.SPEND else None,
    )


if __name__ == "__main__":
    for each in run("--quick" in sys.argv):
        print(json.dumps(each, ensure_ascii=False))
