"""Until when something that is given on a hotel day can be used."""

from __future__ import annotations

from datetime import date, timedelta

from rewards.domain.validity import EndOf, Idleness, Lasting, Term, Until, Validity
from rewards.history.windows import calendar, months_back, year_from
from rewards.rulelang.nodes import Unit

_UNIT = {Term.MONTH: Unit.MONTH, Term.QUARTER: Unit.QUARTER, Term.YEAR: Unit.YEAR}
_MONTHS = {Term.MONTH: 1, Term.QUARTER: 3, Term.YEAR: 12}


def last_day(validity: Validity, day: date) -> date:
    """The last hotel day on which what is given on `day` can be used.

    `30 days` is that day and 29 more; `1 month` from 15 January ends on 14 February. The end of a unit and some months
    are reckoned from the first day after the unit, so that the end of a month stays the end of a month.
    """
    match validity:
        case Lasting():
            return later(day, validity) - timedelta(days=1)
        case Until(day=until):
            return until
        case EndOf(plus=plus):
            following = _end(validity, day) + timedelta(days=1)
            return (following if plus is None else later(following, plus)) - timedelta(days=1)


def idle_on(idleness: Idleness, last: date) -> date:
    """The first hotel day on which points lapse when the last thing that keeps them was on `last`.

    Days of the pause do not count: the end moves on by as many of them as lie before it.
    """
    due = later(last, idleness.after)
    if idleness.paused_from is None and idleness.paused_until is None:
        return due
    first = max(last, idleness.paused_from or last)
    if idleness.paused_until is None:
        return date.max if first < due else due
    # The pause itself may reach past the end as it was; then all of it counts.
    lost = (idleness.paused_until - first).days + 1 if first < due else 0
    return due + timedelta(days=max(0, lost))


def later(day: date, span: Lasting) -> date:
    """The day so long after another; months and years by date."""
    if span.term is Term.DAY:
        return day + timedelta(days=span.amount)
    return months_back(day, -span.amount * _MONTHS[span.term])


def _end(validity: EndOf, day: date) -> date:
    found = calendar(day, _UNIT[validity.term]) if validity.starts is None else year_from(day, *validity.starts)
    if found.last is None:
        raise ValueError(f"{validity} has no end")
    return date.fromordinal(found.last)
