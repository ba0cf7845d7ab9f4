"""A guest among all guests of a house, or of several: the rank, the way to first place, and the crowd, as intervals.

A rank is worked out from the tallies of the window each time, not kept: it changes at the turn of the hotel day though
nobody does anything. Who held first place at the close of a day follows from the days before, so it is worked out too.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from rewards.history.amounts import RateUnknownError
from rewards.history.holders import Holders
from rewards.history.ports import TallyReader
from rewards.history.presence import crowd
from rewards.history.standings import Number, Numbers
from rewards.history.standpoint import Standpoint
from rewards.history.windows import Reach
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, exactly
from rewards.rulelang.nodes import (
    BEHINDS,
    RANKED,
    RANKS,
    Aggregate,
    BetterOf,
    Measure,
    MembershipYear,
    RollingHours,
    ScopeKind,
    SinceEnrolment,
    SinceLastGrant,
    Ties,
)

LEAST_GUESTS = 5
"""How many guests must take part before anybody is told how far they are from first place: with fewer, the number of
one of them would be told with it."""
NO_RANK = Reading(math.inf, math.inf)
"""Of a guest with nothing in the window: after everybody, however few there are."""
_NOT_SHARED = (MembershipYear, SinceEnrolment, SinceLastGrant, BetterOf, RollingHours)


class GuestsHere:
    """All guests of the houses that a measure looks at, seen by one; `guest` is the id of the kept record."""

    def __init__(self, tallies: TallyReader, guest: str) -> None:
        self._tallies = tallies
        self._guest = guest
        self._fields: dict[tuple[object, ...], dict[str, Number]] = {}

    def read(self, measure: Measure, at: Standpoint) -> Reading:
        """The reading of a measure of `AMONG_GUESTS` but companions from a standpoint.

        Places from 1 (infinity for a guest who takes no part), numbers behind first place in the units of the series,
        guests of a crowd. What is not covered, and measures that no document can say, are unknown.
        """
        if not self._tallies.complete():
            return UNKNOWN_READING
        if measure.aggregate is Aggregate.CROWD and measure.scope.kind is ScopeKind.HERE:
            return crowd(self._tallies, measure, at)
        if not _is_ranked(measure):
            return UNKNOWN_READING
        try:
            return self._among(measure, at)
        except RateUnknownError:
            return UNKNOWN_READING

    def _among(self, measure: Measure, at: Standpoint) -> Reading:
        numbers = Numbers(self._tallies, measure, at)
        span = numbers.window(numbers.today)
        known = at.group.known(numbers.places, measure.series)
        # Stays in place of a till need not say what was paid.
        if known.alternative or not (known.from_the_start(span) and known.to_the_end(span, at.us)):
            return UNKNOWN_READING
        field = self._field(measure, at, numbers, span)
        mine = field.get(self._guest, Number(0, 0, 0))
        others = {guest: number for guest, number in field.items() if guest != self._guest}
        if measure.aggregate not in RANKS:
            return _behind(mine, others.values())
        return self._rank(RANKS[measure.aggregate], mine, others, Holders(numbers, known.from_the_start))

    def _field(self, measure: Measure, at: Standpoint, numbers: Numbers, span: Reach) -> dict[str, Number]:
        """Everybody's numbers; the rank and the way to first place look at the same."""
        key = (measure.series, measure.scope, measure.window, measure.evidence, measure.currency, at.us, at.day)
        field = self._fields.get(key)
        if field is None:
            field = self._fields[key] = numbers.field(span.first, span.last)
        return field

    def _rank(self, ties: Ties, mine: Number, others: Mapping[str, Number], holders: Holders) -> Reading:
        if mine.high <= 0:
            return NO_RANK
        if any(number.low != number.high for number in (mine, *others.values())):
            return _bounds(mine, others.values())
        better = sum(other.low > mine.low for other in others.values())
        equal = {guest: other for guest, other in others.items() if other.low == mine.low}
        if not equal or ties is Ties.SHARED:
            return exactly(better + 1)
        before = sum(other.us < mine.us for other in equal.values())
        if ties is Ties.EARLIEST or better:
            return exactly(better + 1 + before)
        held = holders.yesterday()
        if held is None:
            return Reading(1, 1 + len(equal))
        if self._guest in held:
            return exactly(1)
        keep = held & equal.keys()
        return exactly(1 + len(keep) + sum(equal[guest].us < mine.us for guest in equal.keys() - keep))


def _is_ranked(measure: Measure) -> bool:
    """Whether a document can say it; of places outside the group not everything is tallied."""
    return (
        (measure.aggregate in RANKS or measure.aggregate in BEHINDS)
        and measure.series in RANKED
        and measure.scope.kind is not ScopeKind.ANYWHERE
        and not isinstance(measure.window, _NOT_SHARED)
    )


def _bounds(mine: Number, others: Collection[Number]) -> Reading:
    """The places that are possible while some numbers are not exact."""
    best = 1 + sum(other.low > mine.high for other in others)
    worst = math.inf if mine.low <= 0 else 1 + sum(other.high >= mine.low for other in others)
    return Reading(best, worst)


def _behind(mine: Number, others: Collection[Number]) -> Reading:
    if sum(number.low > 0 for number in (mine, *others)) < LEAST_GUESTS:
        return UNKNOWN_READING
    low = max(other.low for other in others) - mine.high
    high = max(other.high for other in others) - mine.low
    return Reading(max(0, low), max(0, high))
