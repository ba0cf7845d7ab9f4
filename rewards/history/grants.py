"""Measures over what the guest was given, answered exactly: the ledger knows every grant of its own.

Grants are rows like activities, so windows, scopes and everything that counts is the same code. What is held is asked
otherwise: a grant is held from the instant it is valid to the last before its validity ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rewards.domain.activity import Evidence
from rewards.history.answers import GuestHistory, better_of
from rewards.history.effective import in_order
from rewards.history.rows import GRANT, Row, key_of
from rewards.history.source import Source
from rewards.history.standpoint import Standpoint
from rewards.history.windows import reach
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, exactly
from rewards.rulelang.nodes import Attribution, Lifetime, Measure, ScopeKind, Series, Window, windows


class Given(NamedTuple):
    """A grant that was not taken back.

    `us` is when it was given, `from_us` and `until_us` when its validity begins and ends (the end not included),
    microseconds since 1970 UTC; `day` the hotel day of its property on which it was given, a proleptic ordinal.
    `held` False: it was given, but is a promise still or was replaced, and nobody holds it. Of `quantity` `left` is not
    used yet: it is said only where somebody asks for it.
    """

    id: str
    perk: str
    rule: str
    place: str
    us: int
    day: int
    from_us: int
    until_us: int
    quantity: int
    held: bool = True
    left: int = 0


class GivenHistory:
    """What one guest was given."""

    def __init__(self, grants: Iterable[Given]) -> None:
        self._grants = list(grants)
        self._histories: dict[Series, GuestHistory] = {}

    @property
    def given(self) -> tuple[Given, ...]:
        """Every grant."""
        return tuple(self._grants)

    def read(self, measure: Measure, at: Standpoint, rule: str = "") -> Reading:
        """The reading of a measure of a GIVEN series; `rule` is the id of the rule that asks.

        Unknown only where a window is (a membership year of a guest who never enrolled), or where HELD asks for a day
        of arrival that nobody stated.
        """
        if measure.series is Series.LEFT:
            return exactly(sum(each.left for each in _seen(measure, at, self._grants) if _usable(each, at)))
        if measure.series is Series.HELD:
            return _best(measure, at, rule, self._grants)
        history = self._histories.get(measure.series)
        if history is None:
            units = measure.series is Series.EARNED
            rows = (_row(each, each.quantity if units else 1) for each in self._grants)
            source = Source.of(sorted(rows, key=in_order))
            history = self._histories[measure.series] = GuestHistory.of(source)
        return history.read(measure, at, rule)


def _row(given: Given, times: int) -> Row:
    return Row(
        us=given.us, key=key_of(given.id), kind=GRANT, place=given.place, day=given.day, arrival=None,
        recorded_us=given.us, times=times, nights=0, rooms=1, net=None, currency=None,
        evidence=int(Evidence.RECORDED), on_time=None, channel=None, rate=given.rule, category=given.perk,
        room_class=None, spot=None, booking=0,
    )  # fmt: skip


# --- what is held ---------------------------------------------------------------------------------------------------


def _best(measure: Measure, at: Standpoint, rule: str, grants: Iterable[Given]) -> Reading:
    mine = _seen(measure, at, grants)
    return better_of([_held(measure, window, at, rule, mine) for window in windows(measure.window)])


def _seen(measure: Measure, at: Standpoint, grants: Iterable[Given]) -> list[Given]:
    """What the guest holds, or held, of what is asked about."""
    places = at.group.places(measure.scope, at.property)
    return [each for each in grants if each.held and each.us <= at.us and each.place in places and _fits(each, measure)]


def _usable(given: Given, at: Standpoint) -> bool:
    return given.from_us <= at.us < given.until_us


def _fits(given: Given, measure: Measure) -> bool:
    return (not measure.perks or given.perk in measure.perks) and (not measure.rules or given.rule in measure.rules)


def _held(measure: Measure, window: Window, at: Standpoint, rule: str, grants: list[Given]) -> Reading:
    if measure.by is Attribution.ARRIVAL:
        arrival = at.arrival
        return UNKNOWN_READING if arrival is None else exactly(_on(grants, arrival, arrival, at))
    if isinstance(window, Lifetime):
        return exactly(sum(_usable(each, at) for each in grants))
    now = at.here if measure.scope.kind is ScopeKind.HERE else at.wide
    span = reach(window, now, rule)
    if span is None:
        return UNKNOWN_READING
    today = now.day.toordinal()
    first, last = span.first or 0, today if span.last is None else min(span.last, today)
    alive = [each for each in grants if span.after_us is None or each.until_us > span.after_us]
    return exactly(_on(alive, first, last, at))


def _on(grants: Iterable[Given], first: int, last: int, at: Standpoint) -> int:
    """How many were valid on some hotel day of `first` to `last`, each by its own property's days."""
    day_of = at.group.day_of
    return sum(
        day_of(each.from_us, each.place).toordinal() <= last
        and day_of(each.until_us - 1, each.place).toordinal() >= first
        for each in grants
        if each.until_us > each.from_us
    )
