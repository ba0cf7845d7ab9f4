"""What follows from a measure alone, worked out once: which kinds, which tests, and whether sums will do."""

from __future__ import annotations

from dataclasses import dataclass

from rewards.domain.activity import Kind
from rewards.history.narrowing import KINDS, OPENED, Test, tests_of
from rewards.rulelang.nodes import Aggregate, Attribution, Dimension, Measure, ScopeKind, Series, in_each

_MOST = 20_000
_SUMMED = frozenset({Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST})
_EDGES = frozenset({Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST})
_PLACES = frozenset({Dimension.PROPERTY, Dimension.BRAND, Dimension.CITY, Dimension.COUNTRY})
AMOUNTS = frozenset({Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST})


@dataclass(frozen=True, slots=True)
class Plan:
    """A measure, read ahead.

    `here` goes by the property's day, wider scopes by the programme's. `opened` series take opening balances in,
    `narrowed` leaves them in doubt. `merges` and `fuses` say that rows become others, `adds_up` that the amounts of
    such rows are wanted, `sizes` that some are too small, `dated` that rows are placed by another day than their own,
    `proves` that a day's presence has to be known well enough, `nightly` that nights stand one by one, `clipped` that
    it is enough to cut a stay's nights off at the window's ends. `simple` measures count rows as they are. `summable`
    ones need no closed row when they look at everything. `reckons` is the aggregate, in groups that of each group.
    """

    measure: Measure
    kinds: tuple[str, ...]
    tests: tuple[Test, ...]
    here: bool
    opened: bool
    narrowed: bool
    merges: bool
    fuses: bool
    sizes: bool
    proves: bool
    dated: bool
    nightly: bool
    clipped: bool
    adds_up: bool
    simple: bool
    summable: bool
    reckons: Aggregate


_plans: dict[int, tuple[Measure, Plan]] = {}


def plan_of(measure: Measure) -> Plan:
    """The plan of a measure, made once for each object."""
    found = _plans.get(id(measure))
    if found is not None and found[0] is measure:
        return found[1]
    if len(_plans) >= _MOST:
        _plans.clear()
    plan = _make(measure)
    _plans[id(measure)] = (measure, plan)
    return plan


def _make(measure: Measure) -> Plan:
    counting, presence = measure.counting, measure.series is Series.VISITS
    stays = Kind.STAY in KINDS[measure.series]
    reckons = in_each(measure).aggregate
    merges, fuses = counting.merge_adjoining and stays, presence and measure.aggregate in _SUMMED
    proves = presence and measure.evidence is not None
    costs = bool(counting.min_amount_minor or counting.min_amount_per_night_minor)
    nightly = measure.by is Attribution.NIGHTS and stays
    dated = measure.by in (Attribution.ARRIVAL, Attribution.POSTED) and stays
    sizes = costs or bool(counting.min_nights and stays)
    plain = not (merges or sizes or nightly or dated or counting.one_per_day or measure.weekdays)
    return Plan(
        measure=measure,
        kinds=KINDS[measure.series],
        tests=tests_of(measure),
        here=measure.scope.kind is ScopeKind.HERE,
        opened=measure.series in OPENED,
        narrowed=bool(
            measure.categories or measure.room_classes or measure.weekdays or measure.hours or measure.evidence
        )
        or bool(counting.only_channels),
        merges=merges,
        fuses=fuses,
        sizes=sizes,
        proves=proves,
        dated=dated,
        nightly=nightly,
        clipped=nightly and measure.aggregate is Aggregate.COUNT and not measure.weekdays,
        adds_up=(merges or fuses) and (costs or reckons in AMOUNTS),
        simple=plain and not (fuses or proves),
        summable=plain and measure.last is None and measure.evidence is None and _has_sums(measure),
        reckons=reckons,
    )


def _has_sums(measure: Measure) -> bool:
    """Whether `Totals` keep what the aggregate asks, given that every activity of the series counts as it is."""
    counting = measure.counting
    if measure.categories or measure.room_classes or measure.hours is not None:
        return False
    if counting.exclude_channels or counting.only_channels or counting.exclude_rates or counting.max_rooms:
        return False
    if measure.series is Series.VISITS:
        return measure.aggregate is Aggregate.COUNT and measure.scope.kind is not ScopeKind.ANYWHERE
    if measure.aggregate is Aggregate.DISTINCT:
        return measure.dimension in _PLACES and measure.scope.kind is not ScopeKind.ANYWHERE
    return measure.aggregate in _SUMMED | _EDGES
