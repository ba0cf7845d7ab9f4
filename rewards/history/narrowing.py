"""Which single activities a measure looks at, before anything is merged, fused or counted."""

from __future__ import annotations

from collections.abc import Callable

from rewards.clock import from_us
from rewards.domain.activity import Kind
from rewards.domain.property import zone_of
from rewards.history.rows import GRANT, Row
from rewards.history.standpoint import HotelGroup
from rewards.rulelang.nodes import Measure, Series

KINDS: dict[Series, tuple[str, ...]] = {
    Series.STAYS: (Kind.STAY,),
    Series.NIGHTS: (Kind.STAY,),
    Series.VISITS: (Kind.CHECK_IN, Kind.VISIT),
    Series.CHECK_INS: (Kind.CHECK_IN,),
    Series.SPEND: (Kind.SPEND, Kind.STAY),
    Series.PAYMENTS: (Kind.PAYMENT,),
    Series.PAYMENTS_ON_TIME: (Kind.PAYMENT,),
    Series.PAYMENTS_LATE: (Kind.PAYMENT,),
    Series.REFERRALS: (Kind.REFERRAL,),
    Series.CUSTOM: (Kind.CUSTOM,),
    Series.GRANTS: (GRANT,),
    Series.EARNED: (GRANT,),
}
"""The kinds of activity that make up a series, opening balances left out."""

OPENED = frozenset({Series.STAYS, Series.NIGHTS, Series.SPEND})
"""Series to which opening balances add."""

Test = Callable[[Row, HotelGroup], bool]


def kinds_of(measure: Measure) -> frozenset[Kind]:
    """Every kind of activity that can change what a measure reads."""
    kinds = {Kind(kind) for kind in KINDS[measure.series]}
    if measure.series in OPENED:
        kinds.add(Kind.OPENING)
    if measure.series is Series.VISITS and measure.evidence is not None:
        kinds.add(Kind.STAY)  # a recorded stay raises a visit's evidence
    return frozenset(kinds)


def tests_of(measure: Measure) -> tuple[Test, ...]:
    """What an activity must pass. Evidence of visits is that of the whole day's presence and is no test of one."""
    tests: list[Test] = []
    counting = measure.counting
    if measure.evidence is not None and measure.series is not Series.VISITS:
        least = int(measure.evidence)
        tests.append(lambda row, _: row.evidence >= least)
    if measure.categories:
        categories = frozenset(measure.categories)
        tests.append(lambda row, _: row.category in categories)
    if measure.room_classes:
        classes = frozenset(measure.room_classes)
        tests.append(lambda row, _: row.room_class in classes)
    if measure.series is Series.CUSTOM:
        tests.append(lambda row, _: row.category == measure.custom)
    if measure.hours is not None:
        tests.append(_hours(*measure.hours))
    tests += _in_lists(counting.only_channels, counting.exclude_channels, counting.exclude_rates)
    if measure.perks:
        tests.append(lambda row, _: row.category in measure.perks)
    if measure.rules:
        tests.append(lambda row, _: row.rate in measure.rules)
    return (*tests, *_punctuality(measure.series))


def _in_lists(only: tuple[str, ...], without: tuple[str, ...], without_rates: tuple[str, ...]) -> list[Test]:
    """An activity that names no channel or rate is in no list."""
    tests: list[Test] = []
    if only:
        wanted = _folded(only)
        tests.append(lambda row, _: row.channel in wanted)
    if without:
        unwanted = _folded(without)
        tests.append(lambda row, _: row.channel not in unwanted)
    if without_rates:
        rates = _folded(without_rates)
        tests.append(lambda row, _: row.rate not in rates)
    return tests


def _folded(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.casefold() for text in texts)


def _punctuality(series: Series) -> tuple[Test, ...]:
    if series is Series.PAYMENTS_ON_TIME:
        return (lambda row, _: row.on_time == 1,)
    return (lambda row, _: row.on_time == 0,) if series is Series.PAYMENTS_LATE else ()


def _hours(first: int, last: int) -> Test:
    """Whether the wall clock of the activity's property shows an hour of `first` to `last`, both included."""
    hours = frozenset(range(first, last + 1) if first <= last else (*range(first, 24), *range(last + 1)))

    def test(row: Row, group: HotelGroup) -> bool:
        prop = group.properties.get(row.place or "")
        zone = group.zone if prop is None else zone_of(prop.zone)
        return from_us(row.us).astimezone(zone).hour in hours

    return test
