"""From when to when silence means that nothing happened, for the places and kinds that a measure looks at.

Absence is not knowledge: before a property's source was connected, after it fell silent, and where there is none, a
guest may have done anything. A scope of many properties is covered only where each of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from rewards.clock import day_start_us, hotel_day, to_us
from rewards.domain.activity import Coverage, Kind
from rewards.domain.property import Property, zone_of
from rewards.history.windows import Reach
from rewards.rulelang.nodes import GIVEN, Series

OUTSIDE = ""
"""The "property" of coverage of places outside the group."""

BEGINNING = 0
NEVER_DAY = 10_000_000
NEVER_US = 2**62

Needs = tuple[tuple[Kind, ...], ...]

_PRESENCE = ((Kind.CHECK_IN, Kind.VISIT),)
_PAYMENTS = ((Kind.PAYMENT,),)
NEEDS: dict[Series, Needs] = {
    Series.STAYS: ((Kind.STAY,),),
    Series.NIGHTS: ((Kind.STAY,),),
    Series.VISITS: _PRESENCE,
    Series.CHECK_INS: ((Kind.CHECK_IN,),),
    Series.SPEND: ((Kind.SPEND,), (Kind.STAY,)),
    Series.PAYMENTS: _PAYMENTS,
    Series.PAYMENTS_ON_TIME: _PAYMENTS,
    Series.PAYMENTS_LATE: _PAYMENTS,
    Series.REFERRALS: ((Kind.REFERRAL,),),
    Series.CUSTOM: ((Kind.CUSTOM,),),
}
"""What must be heard for silence to mean none: the first alternative that a property has any source for.

Within an alternative the kinds add up, as one presence may be told by either: a second source of visits does not undo
what the first one has known. Spend of a property without a till rests on its stays, as far as these carry amounts.
"""


class Known(NamedTuple):
    """What is known of some places: complete from a hotel day and instant on, up to a hotel day and instant.

    `from_day` is BEGINNING (0) for a complete history and NEVER_DAY where there is no source. `alternative` is the
    worst alternative of NEEDS that had to do.
    """

    from_day: int
    from_us: int
    until_day: int
    until_us: int
    alternative: int

    def from_the_start(self, window: Reach) -> bool:
        """Whether all is known from the window's start on."""
        if self.from_day == BEGINNING:
            return True
        if window.after_us is not None:
            return window.after_us >= self.from_us - 1
        return window.first is not None and window.first >= self.from_day

    def to_the_end(self, window: Reach, now_us: int) -> bool:
        """Whether all is known up to the window's end, or up to now where that is earlier."""
        return now_us <= self.until_us or (window.last is not None and window.last <= self.until_day)


EVERYTHING_KNOWN = Known(BEGINNING, -NEVER_US, NEVER_DAY, NEVER_US, 0)
"""Of what the ledger itself gave."""

UNCOVERED = Known(NEVER_DAY, NEVER_US, BEGINNING, -NEVER_US, 0)


class Covers:
    """All coverage of a group; answers are remembered, so make a new one when a coverage or property changes."""

    def __init__(
        self, coverages: Iterable[Coverage], properties: Mapping[str, Property], stale_after_us: int, zone: str
    ) -> None:
        """`stale_after_us`: microseconds of silence that are still no gap. `zone`: the programme's, for OUTSIDE."""
        self._coverages = {(each.property, each.kind): each for each in coverages}
        self._properties = properties
        self._stale_after_us = stale_after_us
        self._zone = zone
        self._known: dict[tuple[frozenset[str], Series], Known] = {}

    def known(self, codes: frozenset[str], series: Series) -> Known:
        """What is known of a series at all of these properties together; nothing where there are none."""
        if series in GIVEN:
            return EVERYTHING_KNOWN
        key = (codes, series)
        known = self._known.get(key)
        if known is None:
            each = [self._of_one(code, NEEDS[series]) for code in codes]
            known = self._known[key] = _weakest(each) if each else UNCOVERED
        return known

    def _of_one(self, code: str, needs: Needs) -> Known:
        for alternative, kinds in enumerate(needs):
            found = [self._coverages[code, kind] for kind in kinds if (code, kind) in self._coverages]
            if found:
                prop = self._properties.get(code)
                zone, rollover = (prop.zone, prop.rollover_hour) if prop else (self._zone, 0)
                return self._known_by(found, zone, rollover, alternative)
        return UNCOVERED._replace(alternative=len(needs) - 1)

    def _known_by(self, found: list[Coverage], zone: str, rollover: int, alternative: int) -> Known:
        begins = [each.known_from for each in found]
        whole = None in begins
        first_us = min(to_us(begin) for begin in begins if begin is not None) if not whole else -NEVER_US
        until_us = max(to_us(each.heard_at) for each in found) + self._stale_after_us
        return Known(
            BEGINNING if whole else _first_whole_day(first_us, zone, rollover),
            first_us,
            _last_whole_day(until_us, zone, rollover),
            until_us,
            alternative,
        )


def _weakest(known: list[Known]) -> Known:
    return Known(
        max(each.from_day for each in known),
        max(each.from_us for each in known),
        min(each.until_day for each in known),
        min(each.until_us for each in known),
        max(each.alternative for each in known),
    )


@lru_cache(maxsize=4096)
def _first_whole_day(us: int, zone: str, rollover: int) -> int:
    """The first hotel day (ordinal) that begins at `us` or later."""
    day = hotel_day(us, zone_of(zone), rollover)
    return day.toordinal() + (day_start_us(day, zone_of(zone), rollover) < us)


def _last_whole_day(us: int, zone: str, rollover: int) -> int:
    """The last hotel day (ordinal) that is over at `us`."""
    return hotel_day(us, zone_of(zone), rollover).toordinal() - 1
