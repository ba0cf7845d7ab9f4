"""Who held first place at the close of a hotel day.

It follows from the days before: whoever held it the day before keeps it among equals. So the days are looked back over
to the last one on which a single guest was first, mostly yesterday, and nothing has to be kept or mended.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date

from rewards.history.standings import Numbers, Point
from rewards.history.windows import Reach

Firsts = Mapping[str, int]
"""The guests who are first, each with the instant of the last thing that counted, microseconds since 1970 UTC."""
Covered = Callable[[Reach], bool]
FIRST_LOOK_DAYS = 32
"""How many days are looked back over at once; four times as many each further time."""


class Holders:
    """Who held first place at the close of the day before the one that is asked about."""

    def __init__(self, numbers: Numbers, covered: Covered) -> None:
        self._numbers = numbers
        self._covered = covered

    def yesterday(self) -> frozenset[str] | None:
        """The holders, mostly one; several where they got there at the same instant. None: not known."""
        closes: list[Firsts] = []
        for close in self._closes():
            if close is None:
                return None
            closes.append(close)
            if len(close) <= 1:
                break
        held: frozenset[str] = frozenset()
        for close in reversed(closes):
            held = _kept(held, close)
        return held

    def _closes(self) -> Iterator[Firsts | None]:
        """Who was first at the close of each day, yesterday's first; None where a day cannot be told."""
        newest, look = self._numbers.today.toordinal() - 1, FIRST_LOOK_DAYS
        while newest >= 1:
            oldest = max(1, newest - look + 1)
            yield from self._look(oldest, newest)
            newest, look = oldest - 1, look * 4

    def _look(self, oldest: int, newest: int) -> Iterator[Firsts | None]:
        points = self._numbers.points(self._window(oldest)[0], newest)
        field = _Field(points)
        for day in range(newest, oldest - 1, -1):
            span = self._numbers.window(date.fromordinal(day))
            if not self._covered(span) or not field.exact:
                yield None
                return
            yield field.firsts(*self._window(day))

    def _window(self, day: int) -> tuple[int, int]:
        """The days that a hotel day's window holds at its close."""
        span = self._numbers.window(date.fromordinal(day))
        return span.first or 0, day if span.last is None else min(day, span.last)


class _Field:
    """The numbers of everybody in a window that only moves back, kept up by what enters and leaves it."""

    def __init__(self, points: list[Point]) -> None:
        self.exact = all(point.low == point.high for point in points)
        self._points = points
        self._left, self._right = len(points), len(points)
        self._numbers: Counter[str] = Counter()
        self._by_guest: defaultdict[str, list[Point]] = defaultdict(list)
        for point in points:
            self._by_guest[point.guest].append(point)

    def firsts(self, low: int, high: int) -> Firsts:
        """Who is first of the days `low` to `high`, each with the instant of the last thing that counted."""
        while self._left and self._points[self._left - 1].day >= low:
            self._left -= 1
            self._numbers[self._points[self._left].guest] += self._points[self._left].low
        while self._right > self._left and self._points[self._right - 1].day > high:
            self._right -= 1
            self._numbers[self._points[self._right].guest] -= self._points[self._right].low
        most = max(self._numbers.values(), default=0)
        if most <= 0:
            return {}
        ahead = [guest for guest, number in self._numbers.items() if number == most]
        return {guest: max(one.us for one in self._by_guest[guest] if low <= one.day <= high) for guest in ahead}


def _kept(held: frozenset[str], firsts: Firsts) -> frozenset[str]:
    """Who holds first place after a day: of those who are first whoever held it, else whoever got there first."""
    still = held & firsts.keys()
    if still:
        return still
    earliest = min(firsts.values(), default=0)
    return frozenset(guest for guest, us in firsts.items() if us == earliest)
