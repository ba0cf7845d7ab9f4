"""Sums over closed chunks dressed as rows, so that readings need not know where a number came from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from rewards.domain.activity import Evidence
from rewards.history.plans import AMOUNTS, Plan
from rewards.history.rows import Row
from rewards.history.totals import Days, Total, Totals
from rewards.rulelang.nodes import Aggregate, Series

_PUNCTUAL = {Series.PAYMENTS_ON_TIME: 1, Series.PAYMENTS_LATE: 0}

Lies = Callable[[str | None, bool], bool]
"""Whether a place (None and True: one outside the group) lies in the scope."""


def totals_of(plan: Plan, kinds: Collection[str], totals: Totals, lies: Lies) -> Iterator[Total]:
    """The sums that a summable measure adds up."""
    return (
        total
        for total in totals.totals
        if total.kind in kinds and lies(total.place, bool(total.outside)) and _fits(plan, total)
    )


def _fits(plan: Plan, total: Total) -> bool:
    series = plan.measure.series
    if series is Series.CUSTOM:
        return total.custom == plan.measure.custom
    return series not in _PUNCTUAL or total.on_time == _PUNCTUAL[series]


def in_one_currency(plan: Plan, totals: Iterable[Total], currency: str) -> bool:
    """Whether amounts can be added up without the days that their rates would need."""
    return plan.measure.aggregate not in AMOUNTS or all(
        total.currency == currency or not total.amount for total in totals
    )


def rows_of(plan: Plan, totals: Iterable[Total]) -> Iterator[Row]:
    """Each sum as a row that stands for all it sums up, with the largest amount or the edge that is asked for."""
    aggregate = plan.measure.aggregate
    for total in totals:
        net = total.largest if aggregate is Aggregate.LARGEST else total.amount
        yield _row(
            total.kind,
            total.place,
            total.first_day if aggregate is Aggregate.DAYS_SINCE_FIRST else total.last_day,
            total.times,
            total.nights,
            None if total.currency is None else net,
            total.currency,
        )


def visits_with(days: Sequence[Days], head: Sequence[Row], lies: Lies) -> list[Row] | None:
    """Closed days of presence as rows, and the rows of the head on later days; None where the two cannot be told apart.

    The head's rows are in canonical order, so at one property hotel days hardly ever run back; where they do, only the
    chunks know whether the day was counted.
    """
    until = {each.place: each.last_day for each in days}
    if any(row.day < until.get(row.place or "", 0) for row in head):
        return None
    closed = [
        _row("visit", each.place, each.last_day, each.days, 0, None, None) for each in days if lies(each.place, False)
    ]
    return closed + [row for row in head if row.day > until.get(row.place or "", 0)]


def _row(kind: str, place: str | None, day: int, times: int, nights: int, net: int | None, currency: str | None) -> Row:
    return Row(
        0, 0, kind, place, day, day, 0, times, nights, 1, net, currency, int(Evidence.RECORDED), None, None, None, None,
        None, None, 0,
    )  # fmt: skip
