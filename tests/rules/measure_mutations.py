"""The smallest changes to a measure: another scope, a window of a day more, an hour less, one category fewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, TypeVar, cast

from rewards.domain.activity import Evidence
from rewards.rulelang.nodes import (
    DEFAULT_COUNTING,
    HERE_NOW,
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
    in_each,
)

Item = TypeVar("Item")

INCLUDING = "including turned"
"""The change that counts the stay at hand or leaves it out."""

_SCOPES = {
    ScopeKind.HERE: (ScopeKind.BRAND, ScopeKind.CITY, ScopeKind.COUNTRY, ScopeKind.GROUP),
    ScopeKind.BRAND: (ScopeKind.HERE, ScopeKind.GROUP),
    ScopeKind.CITY: (ScopeKind.HERE, ScopeKind.COUNTRY),
    ScopeKind.COUNTRY: (ScopeKind.CITY, ScopeKind.GROUP),
    ScopeKind.GROUP: (ScopeKind.HERE, ScopeKind.BRAND, ScopeKind.CITY, ScopeKind.COUNTRY),
    ScopeKind.ANYWHERE: (ScopeKind.GROUP,),
}
_SERIES = {
    Series.STAYS: Series.NIGHTS,
    Series.NIGHTS: Series.STAYS,
    Series.VISITS: Series.CHECK_INS,
    Series.CHECK_INS: Series.VISITS,
    Series.PAYMENTS_ON_TIME: Series.PAYMENTS,
    Series.PAYMENTS_LATE: Series.PAYMENTS,
    Series.GRANTS: Series.HELD,
    Series.EARNED: Series.GRANTS,
    Series.HELD: Series.GRANTS,
    Series.LEFT: Series.HELD,
}
_AGGREGATES = {
    Aggregate.DISTINCT: Aggregate.COUNT,
    Aggregate.STREAK: Aggregate.COUNT,
    Aggregate.AVERAGE: Aggregate.LARGEST,
    Aggregate.LARGEST: Aggregate.SUM,
    Aggregate.DAYS_SINCE_LAST: Aggregate.DAYS_SINCE_FIRST,
    Aggregate.DAYS_SINCE_FIRST: Aggregate.DAYS_SINCE_LAST,
    Aggregate.RANK: Aggregate.RANK_EARLIEST,
    Aggregate.RANK_EARLIEST: Aggregate.RANK,
    Aggregate.RANK_INCUMBENT: Aggregate.RANK_EARLIEST,
    Aggregate.COMPANIONS: Aggregate.CROWD,
}
_DIMENSIONS = {
    Dimension.PROPERTY: Dimension.BRAND,
    Dimension.BRAND: Dimension.PROPERTY,
    Dimension.CITY: Dimension.COUNTRY,
    Dimension.COUNTRY: Dimension.CITY,
    Dimension.CATEGORY: Dimension.DAY,
    Dimension.PLACE: Dimension.PROPERTY,
    Dimension.DAY: Dimension.WEEK,
    Dimension.WEEK: Dimension.DAY,
    Dimension.MONTH: Dimension.WEEK,
    Dimension.YEAR: Dimension.MONTH,
}
_STEPS = tuple(Unit)
_UNITS = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR)


def changed(node: Item, key: str, value: object) -> Item:
    """The node with another value under a key."""
    return cast(Item, replace(cast(Any, node), **{key: value}))


def without_each(items: Sequence[Item]) -> Iterator[tuple[str, tuple[Item, ...]]]:
    """The list without each of its members, where something is left."""
    if len(items) > 1:
        for index, item in enumerate(items):
            yield f"without {item}", (*items[:index], *items[index + 1 :])


def days_around(day: date | None) -> tuple[date | None, ...]:
    """The day before, the day after, and no day at all; nothing where there is none."""
    return () if day is None else (day - timedelta(days=1), day + timedelta(days=1), None)


def of_measure(measure: Measure) -> Iterator[tuple[str, Measure]]:
    """Every measure that differs in one small thing, with what differs."""
    if measure.aggregate not in HERE_NOW:
        yield from ((what, replace(measure, scope=scope)) for what, scope in _of_scope(measure.scope))
    if not _on_arrival(measure):
        yield from ((what, replace(measure, window=window)) for what, window in _of_window(measure.window))
    yield from ((what, replace(measure, counting=counting)) for what, counting in _of_counting(measure.counting))
    yield from _of_reckoning(measure)
    yield from _of_narrowing(measure)


def _on_arrival(measure: Measure) -> bool:
    """Whether it asks what was held on the day of arrival, which is a window of its own."""
    return measure.series is Series.HELD and measure.by is Attribution.ARRIVAL


def _of_scope(scope: Scope) -> Iterator[tuple[str, Scope]]:
    if scope.kind is ScopeKind.LISTED:
        yield "where listed → group", Scope(ScopeKind.GROUP)
        for key in ("properties", "brands", "cities"):
            for what, some in without_each(getattr(scope, key)):
                yield f"where {key} {what}", changed(scope, key, some)
        return
    for kind in _SCOPES[scope.kind]:
        yield f"where {scope.kind} → {kind}", Scope(kind)


# --- windows --------------------------------------------------------------------------------------------------------


def _of_window(window: Window) -> Iterator[tuple[str, Window]]:
    if isinstance(window, BetterOf):
        yield from _of_better(window)
        return
    if isinstance(window, Lifetime):
        yield "ever → within 1 year", Rolling(1, Unit.YEAR)
        return
    yield "any time", Lifetime()
    match window:
        case Rolling(amount=amount, unit=unit):
            yield from ((f"within {amount} → {near} {unit}", Rolling(near, unit)) for near in _beside(amount))
            yield from ((f"within {amount} {unit} → {other}", Rolling(amount, other)) for other in _steps(unit))
        case RollingHours(hours=hours):
            yield from ((f"within {hours} → {near} hours", RollingHours(near)) for near in _beside(hours))
        case Calendar(unit=unit, back=back):
            yield from ((f"in {unit} → {other}", Calendar(other, back)) for other in _steps(unit))
            yield from ((f"in {unit} {back} → {near} back", Calendar(unit, near)) for near in _backs(back))
        case OffsetYear():
            yield from _of_year(window)
        case MembershipYear(back=back):
            yield "in membership year → year", Calendar(Unit.YEAR, back)
            yield from ((f"in membership year {near} back", MembershipYear(near)) for near in _backs(back))
        case Dates(first=first, last=last):
            yield from ((f"from {first} → {day}", Dates(day, last)) for day in days_around(first))
            yield from ((f"until {last} → {day}", Dates(first, day)) for day in days_around(last))
        case SinceEnrolment() | SinceLastGrant():
            pass
        case _:
            raise TypeError(f"no mutants of {type(window).__name__}")


def _of_better(window: BetterOf) -> Iterator[tuple[str, Window]]:
    for index, one in enumerate(window.windows):
        before, after = window.windows[:index], window.windows[index + 1 :]
        rest = (*before, *after)
        yield f"best_of without {index + 1}", rest[0] if len(rest) == 1 else BetterOf(rest)
        for what, other in _of_window(one):
            yield f"best_of {index + 1}: {what}", BetterOf((*before, other, *after))


def _of_year(year: OffsetYear) -> Iterator[tuple[str, Window]]:
    a_day = date(2001, year.month, year.day)
    for near in (a_day - timedelta(days=1), a_day + timedelta(days=1)):
        what = f"year_from {year.month:02}-{year.day:02} → {near:%m-%d}"
        yield what, OffsetYear(near.month, near.day, year.back)
    for back in _backs(year.back):
        yield f"year {year.back} → {back} back", replace(year, back=back)


def _beside(amount: int) -> tuple[int, ...]:
    return (amount - 1, amount + 1) if amount > 1 else (amount + 1,)


def _backs(back: int) -> tuple[int, ...]:
    return (back - 1, back + 1) if back else (1,)


def _steps(unit: Unit) -> tuple[Unit, ...]:
    at = _STEPS.index(unit)
    return _STEPS[max(0, at - 1) : at] + _STEPS[at + 1 : at + 2]


# --- what counts ----------------------------------------------------------------------------------------------------


def _of_counting(counting: Counting) -> Iterator[tuple[str, Counting]]:
    if counting == DEFAULT_COUNTING:
        return
    for key in ("merge_adjoining", "one_per_day"):
        if getattr(counting, key):
            yield f"counting without {key}", changed(counting, key, False)
    for key in ("max_rooms", "min_nights", "min_amount_minor", "min_amount_per_night_minor"):
        if getattr(counting, key):
            for near in (getattr(counting, key) - 1, getattr(counting, key) + 1):
                yield f"counting {key} → {near}", changed(counting, key, near)
    for key in ("exclude_channels", "only_channels", "exclude_rates"):
        if getattr(counting, key):
            yield f"counting without {key}", changed(counting, key, ())
        for what, some in without_each(getattr(counting, key)):
            yield f"counting {key} {what}", changed(counting, key, some)


def _of_reckoning(measure: Measure) -> Iterator[tuple[str, Measure]]:
    other = _AGGREGATES.get(measure.aggregate)
    if other is not None:
        kept = measure.dimension if other in (Aggregate.DISTINCT, Aggregate.STREAK) else None
        yield f"{measure.aggregate} → {other}", replace(measure, aggregate=other, dimension=kept)
    if measure.dimension is not None:
        near = _DIMENSIONS[measure.dimension]
        yield f"{measure.dimension} → {near}", replace(measure, dimension=near)
    if measure.groups is not None:
        yield from ((what, replace(measure, groups=groups)) for what, groups in _of_groups(measure.groups))
        other = Aggregate.GROUPS if measure.aggregate is Aggregate.GROUPS_IN_A_ROW else Aggregate.GROUPS_IN_A_ROW
        if measure.groups.of in _UNITS:
            yield f"{measure.aggregate} → {other}", replace(measure, aggregate=other)
    if measure.series in _SERIES and in_each(measure).aggregate is Aggregate.COUNT:
        yield f"→ {_SERIES[measure.series]}", replace(measure, series=_SERIES[measure.series])
    if _on_arrival(measure):
        yield "by arrival → now", replace(measure, by=Attribution.DEPARTURE)
    if measure.series in (Series.STAYS, Series.NIGHTS) and not isinstance(measure.window, (Lifetime, SinceLastGrant)):
        other_day = Attribution.DEPARTURE if measure.by is not Attribution.DEPARTURE else Attribution.ARRIVAL
        yield f"by {measure.by} → {other_day}", replace(measure, by=other_day)


def _of_groups(groups: Groups) -> Iterator[tuple[str, Groups]]:
    near_of = _DIMENSIONS[groups.of]
    if groups.of in _UNITS or near_of not in _UNITS:
        yield f"groups of {groups.of} → {near_of}", replace(groups, of=near_of)
    comparison = groups.comparison
    for op in (Op.AT_LEAST, Op.MORE_THAN, Op.EXACTLY):
        if op is not comparison.op and len(comparison.values) == 1:
            yield f"groups {comparison.op} → {op}", replace(groups, comparison=Comparison(op, comparison.values))
    for index, value in enumerate(comparison.values):
        if isinstance(value, int):
            for near in (value - 1, value + 1):
                values = (*comparison.values[:index], near, *comparison.values[index + 1 :])
                yield f"groups {value} → {near}", replace(groups, comparison=Comparison(comparison.op, values))


def _of_narrowing(measure: Measure) -> Iterator[tuple[str, Measure]]:
    if measure.series in (Series.STAYS, Series.NIGHTS):
        yield INCLUDING, replace(measure, including_this=not measure.including_this)
    if measure.evidence is not None:
        for level in (None, *(one for one in Evidence if abs(one - measure.evidence) == 1)):
            yield f"evidence → {level.word if level is not None else 'any'}", replace(measure, evidence=level)
    for key in ("categories", "room_classes", "weekdays", "perks", "rules"):
        needed = key == "perks" and measure.series in (Series.EARNED, Series.HELD, Series.LEFT)
        if getattr(measure, key) and not needed:
            yield f"without {key}", changed(measure, key, ())
        for what, some in without_each(getattr(measure, key)):
            yield f"{key} {what}", changed(measure, key, some)
    if measure.linked:
        yield "without linked", replace(measure, linked=())
        yield from ((f"linked {what}", replace(measure, linked=some)) for what, some in without_each(measure.linked))
    if measure.hours is not None:
        yield "without hours", replace(measure, hours=None)
        first, last = measure.hours
        for hours in ((first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)):
            shifted = (hours[0] % 24, hours[1] % 24)
            yield f"hours {measure.hours} → {shifted}", replace(measure, hours=shifted)
