"""Windows as hotel days and instants, seen from where a decision stands.

Days are proleptic ordinals, both ends included. A window of days holds the activities of those hotel days, each of
its own property; a window of hours holds instants. Whatever lies after the decision's instant is never in one: the
reader of the history sees to that, so an open end here means "up to now".
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from rewards.clock import US_PER_HOUR
from rewards.rulelang.nodes import (
    BetterOf,
    Calendar,
    Dates,
    Lifetime,
    MembershipYear,
    OffsetYear,
    Rolling,
    RollingHours,
    SinceEnrolment,
    SinceLastGrant,
    Unit,
    Window,
)


class Reach(NamedTuple):
    """The hotel days `first` to `last` (None: open) after the instant `after_us` (None: any)."""

    first: int | None = None
    last: int | None = None
    after_us: int | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing can lie in it."""
        return self.first is not None and self.last is not None and self.first > self.last

    @property
    def boundless(self) -> bool:
        """Whether everything up to now lies in it."""
        return self == EVERYTHING


EVERYTHING = Reach()
NOTHING = Reach(2, 1)


class Now(Protocol):
    """What a window is seen from."""

    @property
    def day(self) -> date:
        """The hotel day, at the property or the programme's for wider scopes."""
        ...

    @property
    def us(self) -> int:
        """The instant, in microseconds since 1970 UTC."""
        ...

    @property
    def enrolled(self) -> date | None:
        """The hotel day of enrolment by the same clock; None for never."""
        ...

    @property
    def last_grant(self) -> Callable[[str], int | None]:
        """The instant of a rule's last grant to this guest; None where there is none."""
        ...


def reach(window: Window, now: Now, rule: str) -> Reach | None:
    """The days and instants of a window; None when they are not known (a guest who never enrolled).

    `rule` is the id of the rule that asks.

    Errors: TypeError for `BetterOf`, which is several windows.
    Source: the window contract in the README beside this file.
    """
    match window:
        case Lifetime():
            return EVERYTHING
        case Rolling(amount=amount, unit=unit):
            return Reach(before(now.day, amount, unit) + 1, now.day.toordinal())
        case RollingHours(hours=hours):
            return Reach(after_us=now.us - hours * US_PER_HOUR)
        case Calendar(unit=unit, back=back):
            return calendar(now.day, unit, back)
        case OffsetYear(month=month, day=day, back=back):
            return year_from(now.day, month, day, back)
        case Dates(first=first, last=last):
            return Reach(_ordinal(first), _ordinal(last))
        case SinceLastGrant(rule=named):
            return Reach(after_us=now.last_grant(named or rule))
        case MembershipYear(back=back):
            enrolled = now.enrolled
            return None if enrolled is None else _membership_year(now.day, enrolled, back)
        case SinceEnrolment():
            enrolled = now.enrolled
            return None if enrolled is None else Reach(enrolled.toordinal())
        case BetterOf():
            raise TypeError("the better of several windows is several readings")


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


@lru_cache(maxsize=4096)
def before(day: date, amount: int, unit: Unit) -> int:
    """The ordinal of the last day before the last `amount` units; months and years step back by date."""
    match unit:
        case Unit.DAY:
            return day.toordinal() - amount
        case Unit.WEEK:
            return day.toordinal() - 7 * amount
        case Unit.MONTH:
            return months_back(day, amount).toordinal()
        case Unit.QUARTER:
            return months_back(day, 3 * amount).toordinal()
        case Unit.YEAR:
            return months_back(day, 12 * amount).toordinal()


def months_back(day: date, months: int) -> date:
    """The same day of the month so many months earlier, the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=4096)
def calendar(day: date, unit: Unit, back: int = 0) -> Reach:
    """The calendar unit that a day lies in, or the one `back` units earlier."""
    match unit:
        case Unit.DAY:
            first = day - timedelta(days=back)
            return Reach(first.toordinal(), first.toordinal())
        case Unit.WEEK:
            monday = day - timedelta(days=day.weekday() + 7 * back)
            return Reach(monday.toordinal(), monday.toordinal() + 6)
        case Unit.MONTH:
            return _months(day.replace(day=1), 1, back)
        case Unit.QUARTER:
            return _months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3, back)
        case Unit.YEAR:
            return _months(date(day.year, 1, 1), 12, back)


def _months(first: date, length: int, back: int) -> Reach:
    """`length` months from the first of a month, `back` lengths earlier."""
    start, end = months_back(first, length * back), months_back(first, length * (back - 1))
    return Reach(start.toordinal(), end.toordinal() - 1)


@lru_cache(maxsize=4096)
def year_from(day: date, month: int, start: int, back: int = 0) -> Reach:
    """The year that begins on a month and day and holds `day`, or the one `back` years earlier."""
    year = day.year if in_year(day.year, month, start) <= day else day.year - 1
    first, following = in_year(year - back, month, start), in_year(year - back + 1, month, start)
    return Reach(first.toordinal(), following.toordinal() - 1)


def _membership_year(day: date, enrolled: date, back: int) -> Reach:
    """The guest's own year; there is none before the first."""
    own = year_from(day, enrolled.month, enrolled.day, back)
    return own if own.first is not None and own.first >= enrolled.toordinal() else NOTHING


def in_year(year: int, month: int, day: int) -> date:
    """A day of every year; 29 February is 1 March in common years."""
    if (month, day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return date(year, month, day)


def unit_index(day: int, unit: Unit) -> int:
    """The number of the unit that a day (ordinal) lies in; neighbouring units have neighbouring numbers."""
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return (day - 1) // 7  # ordinal 1 is a Monday
        case Unit.MONTH:
            on = date.fromordinal(day)
            return on.year * 12 + on.month
        case Unit.QUARTER:
            on = date.fromordinal(day)
            return on.year * 4 + (on.month - 1) // 3
        case Unit.YEAR:
            return date.fromordinal(day).year
