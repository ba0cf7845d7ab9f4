"""One measure over one window from one standpoint: which rows count, step by step.

The order of the steps is the meaning: single activities are sorted out first (place, instant, tests), then stays are
merged, then least sizes apply to what counts as one, then days are attributed, then the window is laid over them, and
only what lies in it is fused or counted once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from rewards.clock import US_PER_DAY
from rewards.domain.activity import Kind
from rewards.history.amounts import RateUnknownError, amount_in, at_home, home_currency
from rewards.history.counting import (
    AtHome,
    best_evidence,
    chains,
    clipped,
    first_night,
    fused,
    merged,
    night_by_night,
    one_per_day,
    parts_of,
)
from rewards.history.coverage import OUTSIDE
from rewards.history.plans import AMOUNTS, Plan
from rewards.history.readings import Selection
from rewards.history.rows import Row
from rewards.history.source import UNIX_DAY, Source
from rewards.history.standpoint import AtHand, Standpoint
from rewards.history.sums import in_one_currency, rows_of, totals_of, visits_with
from rewards.history.totals import is_outside
from rewards.history.windows import Reach
from rewards.rulelang.nodes import Attribution, ScopeKind, Series

_OPENING = (Kind.OPENING.value,)
_STAY = (Kind.STAY.value,)
_GROUP_WIDE = frozenset({ScopeKind.GROUP, ScopeKind.ANYWHERE})
_FAR = 2**62


class Question:
    """Asks a source for what one measure counts in one window."""

    def __init__(self, source: Source, plan: Plan, span: Reach, at: Standpoint) -> None:
        self.source, self.plan, self.span, self.at = source, plan, span, at
        self.measure, self.group = plan.measure, at.group
        self.places = self.group.places(plan.measure.scope, at.property)
        self.currency = plan.measure.currency or (at.property.currency if plan.here else at.group.currency)
        # Where amounts do not matter, one in a currency without a rate makes nothing unknown.
        self.at_home: AtHome = partial(at_home, group=at.group) if plan.adds_up else _as_it_is
        self.low = 0 if span.first is None else span.first
        self.high = _FAR if span.last is None else span.last
        self.after_us = -_FAR if span.after_us is None else span.after_us
        self.doubt = False
        self.summed = plan.summable and source.closed and span.boundless and self._sums_will_do()

    def selection(self, today: int) -> Selection:
        """What counts, with what is not known beside it. `today` is the ordinal of the decision's hotel day."""
        known, empty = self.group.known(self.places, self.measure.series), self.span.empty
        rows = [] if empty else self._rows()
        if known.alternative and any(row.net is None for row in rows):
            self.doubt = True  # stays stand in for a till, and one does not say what was paid
        from_start = empty or known.from_the_start(self.span)
        return Selection(
            measure=self.measure,
            group=self.group,
            today=today,
            currency=self.currency,
            rows=rows,
            openings=() if empty or not self.plan.opened else self._openings(),
            openings_count=not self.plan.narrowed,
            from_start=from_start,
            to_end=empty or known.to_the_end(self.span, self.at.us),
            doubt=self.doubt,
            from_day=0 if from_start else known.from_day,
        )

    # --- which rows there are -----------------------------------------------------------------------------------

    def _rows(self) -> Sequence[Row]:
        if self.summed:
            rows = self._with_sums()
            if rows is not None:
                return rows
        rows = self._with_this(self._seen(self._source_rows()))
        if self.plan.simple:
            return self._tested(self._in_window(rows))
        rows = self._tested(rows)
        things = self._large_enough(rows) if self.plan.merges or self.plan.sizes or self.plan.dated else rows
        return self._counted_once(self._in_window(self._attributed(things)))

    def _tested(self, rows: list[Row]) -> list[Row]:
        for test in self.plan.tests:
            rows = [row for row in rows if test(row, self.group)]
        return rows

    def _source_rows(self) -> Sequence[Row]:
        plan = self.plan
        if not self.source.closed:
            return self.source.all_rows(plan.kinds)
        by_recording = self.measure.by is Attribution.POSTED
        if plan.merges or (by_recording and plan.kinds != _STAY):
            return self.source.all_rows(plan.kinds)
        return self.source.rows(plan.kinds, self.span, by_recording=by_recording)

    def _seen(self, rows: Iterable[Row]) -> list[Row]:
        """The rows in the scope that had happened by now."""
        us = self.at.us
        if self.plan.here:
            here = self.at.property.code
            return [row for row in rows if row.place == here and row.us <= us]
        places, lies = self.places, self._lies
        return [
            row
            for row in rows
            if row.us <= us and (row.place in places if row.place is not None else lies(None, is_outside(row)))
        ]

    def _lies(self, place: str | None, outside: bool) -> bool:
        """Whether a place is in the scope; what lies nowhere in particular belongs to the whole group."""
        if place is not None:
            return place in self.places
        return OUTSIDE in self.places if outside else self.measure.scope.kind in _GROUP_WIDE

    def _openings(self) -> Sequence[Row]:
        if self.summed:
            closed = rows_of(self.plan, totals_of(self.plan, _OPENING, self.source.totals(), self._lies))
            return [*closed, *self._seen(self.source.head_rows(_OPENING))]
        rows = self.source.rows(_OPENING, self.span)
        return self._lying_in(self._seen(rows)) if rows else ()

    # --- sums of closed chunks ----------------------------------------------------------------------------------

    def _sums_will_do(self) -> bool:
        """Whether every closed row had happened by now, is not what is at hand, and its amounts can be added up."""
        if self.source.closed_until_us > self.at.us or self._this_may_be_closed():
            return False
        kinds = (*self.plan.kinds, *_OPENING) if self.plan.opened else self.plan.kinds
        totals = totals_of(self.plan, kinds, self.source.totals(), self._lies)
        return in_one_currency(self.plan, totals, self.currency)

    def _this_may_be_closed(self) -> bool:
        this = self.at.this
        if this is None or this.row.kind not in self.plan.kinds:
            return False
        if this.row.kind != Kind.STAY:
            return this.row.us <= self.source.closed_until_us
        return (first_night(this.row) - UNIX_DAY - 2) * US_PER_DAY <= self.source.closed_until_us or not this.complete

    def _with_sums(self) -> Sequence[Row] | None:
        totals, rows = self.source.totals(), self._with_this(self._seen(self.source.head_rows(self.plan.kinds)))
        if self.plan.fuses:
            return visits_with(totals.days, fused(rows, self.at_home), self._lies)
        rows = self._tested(rows)
        return [*rows, *rows_of(self.plan, totals_of(self.plan, self.plan.kinds, totals, self._lies))]

    # --- what is at hand ----------------------------------------------------------------------------------------

    def _with_this(self, rows: list[Row]) -> list[Row]:
        """Without the stay at hand where it is recorded already, or with what is at hand where the measure says so."""
        this = self.at.this
        if this is None or this.row.kind not in self.plan.kinds:
            return rows
        if not self.measure.including_this:
            return rows if this.row.kind != Kind.STAY or not this.row.booking else _without(rows, this.row.booking)
        if any(_is(row, this.row) for row in rows) or not self._seen((this.row,)):
            return rows
        self._doubt_what_it_does_not_say(this)
        return [*rows, this.row]

    def _doubt_what_it_does_not_say(self, this: AtHand) -> None:
        measure = self.measure
        if not this.complete and (measure.series is Series.NIGHTS or measure.counting.min_nights):
            self.doubt = True
        if this.row.net is None and (self.plan.reckons in AMOUNTS or measure.series is Series.SPEND):
            self.doubt = True

    # --- what counts as one -------------------------------------------------------------------------------------

    def _large_enough(self, rows: Sequence[Row]) -> Iterator[Row]:
        """Merged where the definition says so, without what is too small, placed on the day that counts."""
        if not self.plan.merges:
            yield from (self._placed(row) for row in rows if self._is_enough(row, (row,)))
            return
        yield from (row for row in rows if row.kind != Kind.STAY and self._is_enough(row, (row,)))
        for chain in chains(row for row in rows if row.kind == Kind.STAY):
            whole = self._whole(chain)
            if whole is not None and self._is_enough(whole, chain):
                whole = self._placed(whole)
                yield from parts_of(chain, whole) if self.measure.series is Series.NIGHTS else (whole,)

    def _whole(self, chain: Sequence[Row]) -> Row | None:
        """A chain as one stay; None where its amount is not known for want of a rate, and does not matter."""
        try:
            return merged(chain, self.at_home)
        except RateUnknownError:
            whole = merged(chain, _as_it_is)
            if whole.nights >= self.measure.counting.min_nights and self._matters(whole):
                raise
            return None

    def _matters(self, row: Row) -> bool:
        """Whether a row lies in the window, if it counts at all."""
        return bool(self._lying_in(self._attributed((self._placed(row),))))

    def _is_enough(self, row: Row, parts: Sequence[Row]) -> bool:
        counting = self.measure.counting
        if row.kind == Kind.STAY and row.nights < counting.min_nights:
            return False
        least = max(counting.min_amount_minor, counting.min_amount_per_night_minor * max(row.nights, 1))
        if not least:
            return True
        worth = self._worth(row, counting.currency or home_currency(row, self.group))
        if worth is not None and worth >= least:
            return True
        unsaid = worth is None or (row.kind == Kind.STAY and any(part.net is None for part in parts))
        self.doubt |= unsaid and self._matters(row)  # it may have been enough
        return False

    def _worth(self, row: Row, currency: str) -> int | None:
        """The amount of a row, 0 for one without; None where it is not known for want of a rate."""
        try:
            return amount_in(row, currency, self.group)
        except RateUnknownError:
            return None

    def _placed(self, row: Row) -> Row:
        if not self.plan.dated or row.kind != Kind.STAY:
            return row
        first = first_night(row)
        if self.measure.by is Attribution.ARRIVAL:
            return row._replace(day=first, arrival=first)
        posted = self.group.day_of(row.recorded_us, row.place).toordinal()
        return row._replace(day=posted, arrival=first, us=row.recorded_us)

    def _attributed(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Night by night where nights stand on their own dates; on the weekdays that count."""
        if self.plan.nightly:
            rows = self._nights(rows)
        if not self.measure.weekdays:
            return rows
        weekdays = frozenset(self.measure.weekdays)
        return (row for row in rows if (row.day - 1) % 7 + 1 in weekdays)  # ordinal 1 is a Monday

    def _nights(self, rows: Iterable[Row]) -> Iterable[Row]:
        low, high = self.low, self.high
        within = (row for row in rows if first_night(row) <= high and first_night(row) + row.nights > low)
        if not self.plan.clipped:
            return night_by_night(within)
        return (clipped(row, low, high) for row in within)

    def _in_window(self, rows: Iterable[Row]) -> list[Row]:
        if self.span.boundless:
            return rows if isinstance(rows, list) else list(rows)
        return self._lying_in(rows)

    def _lying_in(self, rows: Iterable[Row]) -> list[Row]:
        low, high, after_us = self.low, self.high, self.after_us
        return [row for row in rows if low <= row.day <= high and row.us > after_us]

    def _counted_once(self, rows: Sequence[Row]) -> Sequence[Row]:
        measure = self.measure
        if self.plan.proves:
            rows = self._well_enough_known(rows, int(measure.evidence or 0))
        if self.plan.fuses:
            return fused(rows, self.at_home)
        if measure.counting.one_per_day and measure.series is not Series.NIGHTS:
            return one_per_day(rows)
        return rows

    def _well_enough_known(self, presence: Sequence[Row], least: int) -> Sequence[Row]:
        """The presence on days on which any presence there, narrowed or not, is known that well."""
        every = self._with_this(self._seen(self.source.rows(self.plan.kinds, self.span)))
        stays = self._seen(self.source.rows(_STAY, self.span))
        evidence = best_evidence(every, stays)
        return [row for row in presence if evidence(row) >= least]


def _without(rows: list[Row], booking: int) -> list[Row]:
    return [row for row in rows if row.booking != booking or row.kind != Kind.STAY]


def _is(row: Row, this: Row) -> bool:
    """Whether a recorded row is what is at hand."""
    if this.kind == Kind.STAY and this.booking:
        return row.kind == Kind.STAY and row.booking == this.booking
    return row.key == this.key


def _as_it_is(row: Row) -> Row:
    return row
