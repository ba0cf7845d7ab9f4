"""Ranks and crowds by going through every activity of every guest: slow, obvious, sharing no code with the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rewards.domain.activity import Activity, Evidence, Kind
from rewards.rulelang.nodes import Series, Ties
from tests.history.naive import standing

DAY = timedelta(days=1)
Lives = Mapping[str, Sequence[Activity]]
"""What each guest did, merged records together."""
Days = Callable[[date], tuple[date, date]]
"""The first and last day of a window as seen from a hotel day."""


@dataclass(frozen=True)
class Race:
    """Who is compared, where, by what, and as of when; `today` is the hotel day, of several houses the programme's."""

    lives: Lives
    places: frozenset[str]
    series: Series
    days: Days
    at: datetime
    today: date
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Did:
    """Something that counts: its hotel day, how much it counts for, and when it happened."""

    day: date
    number: int
    at: datetime


_OF_SERIES = {
    Series.VISITS: (Kind.CHECK_IN, Kind.VISIT),
    Series.CHECK_INS: (Kind.CHECK_IN,),
    Series.STAYS: (Kind.STAY, Kind.OPENING),
    Series.NIGHTS: (Kind.STAY, Kind.OPENING),
    Series.SPEND: (Kind.SPEND, Kind.STAY, Kind.OPENING),
}


def here(race: Race, guest: str) -> list[Activity]:
    """What stands of what a guest did here by now."""
    return [one for one in standing(race.lives[guest]) if one.property in race.places and one.occurred_at <= race.at]


def did(race: Race, guest: str) -> list[Did]:
    """Everything of a guest that counts."""
    facts = here(race, guest)
    counted = [one for one in facts if one.kind in _OF_SERIES[race.series]]
    if race.series is Series.VISITS:
        days = {(one.property, one.day) for one in counted}
        return [visit for each in days if (visit := visit_on(race, *each, facts)) is not None]
    least = race.evidence or Evidence.CLAIMED
    return [Did(one.day, number(race.series, one), one.occurred_at) for one in counted if one.evidence >= least]


def number(series: Series, one: Activity) -> int:
    match series:
        case Series.NIGHTS:
            return one.nights
        case Series.SPEND:
            return one.amount_minor or 0
        case _:
            return one.count


def visit_on(race: Race, place: str | None, day: date, facts: Sequence[Activity]) -> Did | None:
    """The visit of a day at a house, where it is known well enough."""
    facts = [one for one in facts if one.property == place]
    presence = [one for one in facts if one.kind in _OF_SERIES[Series.VISITS] and one.day == day]
    nights = [one for one in facts if one.kind is Kind.STAY and first_day(one) <= day <= one.day]
    known = max(one.evidence for one in (*presence, *nights))
    if race.evidence is not None and known < race.evidence:
        return None
    return Did(day, 1, min(one.occurred_at for one in presence))


def first_day(stay: Activity) -> date:
    return stay.arrival_day or stay.day - stay.nights * DAY


def numbers(race: Race, first: date, last: date) -> dict[str, tuple[int, datetime]]:
    """The number of each guest who takes part, and when the last thing of it happened."""
    found = {}
    for guest in race.lives:
        within = [one for one in did(race, guest) if first <= one.day <= last]
        total = sum(one.number for one in within)
        if total > 0:
            found[guest] = (total, max(one.at for one in within))
    return found


def rank(race: Race, guest: str, ties: Ties) -> float:
    """The place of a guest, infinity for one who takes no part."""
    field = numbers(race, *race.days(race.today))
    if guest not in field:
        return math.inf
    mine, since = field[guest]
    better = sum(other > mine for other, _ in field.values())
    equal = {name for name, (other, _) in field.items() if other == mine}
    earlier = {name for name in equal if field[name][1] < since}
    if ties is Ties.SHARED:
        return better + 1
    if ties is Ties.EARLIEST or better:
        return better + 1 + len(earlier)
    held = holders(race) & equal
    if guest in held:
        return 1
    return 1 + len(held) + len(earlier - held)


def behind(race: Race, guest: str) -> int | None:
    """How far behind first place a guest is, None where fewer than five take part."""
    field = numbers(race, *race.days(race.today))
    if len(field) < 5:
        return None
    return max(number for number, _ in field.values()) - field.get(guest, (0, None))[0]


def holders(race: Race) -> set[str]:
    """Who held first place at the close of yesterday: from the very first day on, day by day."""
    days = [one.day for guest in race.lives for one in did(race, guest)]
    held: set[str] = set()
    day = min(days, default=race.today)
    while day < race.today:
        first, last = race.days(day)
        field = numbers(race, first, min(day, last))
        most = max((number for number, _ in field.values()), default=0)
        top = {guest: at for guest, (number, at) in field.items() if number == most}
        kept = held & top.keys()
        held = kept or {guest for guest, at in top.items() if at == min(top.values())}
        day += DAY
    return held


def crowd(race: Race, hours: int) -> int:
    """How many guests checked in here within the hours and nowhere else since."""
    return sum(is_here(race, guest, race.at - timedelta(hours=hours)) for guest in race.lives)


def is_here(race: Race, guest: str, after: datetime) -> bool:
    every = [one for one in standing(race.lives[guest]) if one.kind is Kind.CHECK_IN and one.occurred_at <= race.at]
    least = race.evidence or Evidence.CLAIMED
    mine = [one.occurred_at for one in every if one.property in race.places and one.evidence >= least]
    elsewhere = [one.occurred_at for one in every if one.property not in race.places]
    return bool(mine) and max(mine) > after and all(at <= max(mine) for at in elsewhere)
