"""The slow and obvious reader: goes through every activity with dates and instants, and shares no code with the engine.

It knows complete coverage only and answers a number, or None for what is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from rewards.domain.activity import Activity, Kind
from rewards.domain.property import Property
from rewards.rulelang.nodes import (
    Aggregate,
    Attribution,
    BetterOf,
    Calendar,
    Dates,
    Dimension,
    Lifetime,
    Measure,
    MembershipYear,
    OffsetYear,
    Op,
    Rolling,
    RollingHours,
    ScopeKind,
    Series,
    SinceEnrolment,
    SinceLastGrant,
    Unit,
    Window,
)

DAY = timedelta(days=1)


@dataclass(frozen=True)
class View:
    """Everything a reading depends on. `rates` gives major units of one currency per unit of another."""

    properties: dict[str, Property]
    here: Property
    at: datetime
    zone: str
    rollover: int
    currency: str
    rate: Callable[[str, str], Fraction | None]
    enrolled_at: datetime | None
    granted_at: datetime | None

    def own_day(self, at: datetime, code: str | None) -> date:
        """The hotel day of an instant."""
        prop = self.properties.get(code) if code else None
        zone, rollover = (prop.zone, prop.rollover_hour) if prop else (self.zone, self.rollover)
        local = at.astimezone(ZoneInfo(zone))
        return local.date() if local.hour >= rollover else local.date() - DAY


class NoRateError(Exception):
    """An amount cannot be converted."""


# --- corrections ----------------------------------------------------------------------------------------------------


def standing(activities: Iterable[Activity]) -> list[Activity]:
    """Activities after reversals, with net amounts, by repeated weighing until nothing changes."""
    unique = {activity.id: activity for activity in activities if activity.withheld is None}
    reversals = [activity for activity in unique.values() if activity.kind is Kind.REVERSAL]

    def void(activity: Activity, path: tuple[str, ...]) -> bool:
        return any(
            reversal.reverses == activity.id
            and reversal.amount_minor is None
            and reversal.id not in path
            and not void(reversal, (*path, reversal.id))
            for reversal in reversals
        )

    def net(activity: Activity) -> int | None:
        if activity.amount_minor is None:
            return None
        parts = [
            net(reversal) or 0
            for reversal in reversals
            if reversal.reverses == activity.id
            and reversal.amount_minor is not None
            and not void(reversal, (reversal.id,))
        ]
        return max(0, activity.amount_minor - sum(parts))

    return [
        replace(activity, amount_minor=net(activity))
        for activity in unique.values()
        if activity.kind is not Kind.REVERSAL and not void(activity, (activity.id,))
    ]


# --- windows --------------------------------------------------------------------------------------------------------


def in_window(window: Window, day: date, at: datetime, view: View, today: date, enrolled: date | None) -> bool | None:
    """Whether a day and instant lie in a window; None when the window is not known."""
    match window:
        case Lifetime():
            return True
        case Rolling(amount=amount, unit=unit):
            return _back(today, amount, unit) < day <= today
        case RollingHours(hours=hours):
            return view.at - timedelta(hours=hours) < at <= view.at
        case Dates(first=first, last=last):
            return (first is None or first <= day) and (last is None or day <= last)
        case Calendar(unit=unit, back=back):
            return _which(day, unit) == _which(today, unit) - back
        case OffsetYear(month=month, day=start, back=back):
            return _year_of(day, month, start) == _year_of(today, month, start) - back
        case MembershipYear(back=back):
            if enrolled is None:
                return None
            mine = _year_of(today, enrolled.month, enrolled.day) - back
            return day >= enrolled and mine >= enrolled.year and _year_of(day, enrolled.month, enrolled.day) == mine
        case SinceEnrolment():
            return None if enrolled is None else day >= enrolled
        case SinceLastGrant():
            return view.granted_at is None or at > view.granted_at
    raise AssertionError(window)


def _back(day: date, amount: int, unit: Unit) -> date:
    if unit in (Unit.DAY, Unit.WEEK):
        return day - amount * (7 if unit is Unit.WEEK else 1) * DAY
    months = amount * {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}[unit]
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    for number in (day.day, 30, 29, 28):
        if number <= day.day:
            try:
                return date(year, month, number)
            except ValueError:
                continue
    raise AssertionError


def _which(day: date, unit: Unit) -> int:
    return {
        Unit.DAY: day.toordinal(),
        Unit.WEEK: (day - date(1900, 1, 1)).days // 7,
        Unit.MONTH: day.year * 12 + day.month,
        Unit.QUARTER: day.year * 4 + (day.month + 2) // 3,
        Unit.YEAR: day.year,
    }[unit]


def _year_of(day: date, month: int, start: int) -> int:
    """The calendar year in which the year that `day` lies in began."""
    try:
        begins = date(day.year, month, start)
    except ValueError:
        begins = date(day.year, 3, 1)
    return day.year if day >= begins else day.year - 1


# --- what counts ----------------------------------------------------------------------------------------------------

KINDS = {
    Series.STAYS: {Kind.STAY},
    Series.NIGHTS: {Kind.STAY},
    Series.VISITS: {Kind.VISIT, Kind.CHECK_IN},
    Series.CHECK_INS: {Kind.CHECK_IN},
    Series.SPEND: {Kind.SPEND, Kind.STAY},
    Series.PAYMENTS: {Kind.PAYMENT},
    Series.PAYMENTS_ON_TIME: {Kind.PAYMENT},
    Series.PAYMENTS_LATE: {Kind.PAYMENT},
    Series.REFERRALS: {Kind.REFERRAL},
    Series.CUSTOM: {Kind.CUSTOM},
}


@dataclass
class Thing:
    """One thing that counts."""

    day: date
    at: datetime
    first: Activity
    nights: list[tuple[date, int]]
    amounts: list[Activity]
    posted: datetime
    arrival: date


def place(activity: Activity) -> tuple[str, str]:
    """Where an activity lies."""
    if activity.property is not None:
        return ("property", activity.property)
    return ("spot", activity.place_id or activity.place_name or "")


def in_scope(measure: Measure, activity: Activity, view: View) -> bool:
    """Whether an activity lies in the measure's scope."""
    kind = measure.scope.kind
    if activity.property is None:
        outside = activity.place_id or activity.place_name or activity.kind in (Kind.VISIT, Kind.CHECK_IN)
        return kind is ScopeKind.ANYWHERE or (kind is ScopeKind.GROUP and not outside)
    prop, here = view.properties[activity.property], view.here
    return {
        ScopeKind.HERE: prop == here,
        ScopeKind.BRAND: prop.brand == here.brand,
        ScopeKind.CITY: (prop.city, prop.country) == (here.city, here.country),
        ScopeKind.COUNTRY: prop.country == here.country,
        ScopeKind.GROUP: True,
        ScopeKind.ANYWHERE: True,
        ScopeKind.LISTED: prop.code in measure.scope.properties
        or prop.brand in measure.scope.brands
        or prop.city in measure.scope.cities,
    }[kind]


def passes(measure: Measure, activity: Activity, view: View) -> bool:
    """Whether a single activity is one that the measure looks at."""
    counting = measure.counting
    channel, rate = (activity.channel or "").lower(), (activity.rate_code or "").lower()
    prop = view.properties.get(activity.property or "")
    hour = activity.occurred_at.astimezone(ZoneInfo(prop.zone if prop else view.zone)).hour
    checks = [
        activity.kind in KINDS[measure.series],
        in_scope(measure, activity, view),
        activity.occurred_at <= view.at,
        measure.series is Series.VISITS or measure.evidence is None or activity.evidence >= measure.evidence,
        not measure.categories or activity.category in measure.categories,
        not measure.room_classes or activity.room_class in measure.room_classes,
        measure.series is not Series.CUSTOM or activity.category == measure.custom,
        measure.series is not Series.PAYMENTS_ON_TIME or activity.on_time is True,
        measure.series is not Series.PAYMENTS_LATE or activity.on_time is False,
        not counting.only_channels or channel in {each.lower() for each in counting.only_channels},
        channel not in {each.lower() for each in counting.exclude_channels},
        rate not in {each.lower() for each in counting.exclude_rates},
    ]
    if measure.hours is not None:
        first, last = measure.hours
        checks.append(first <= hour <= last if first <= last else hour >= first or hour <= last)
    return all(checks)


def alone(activity: Activity) -> Thing:
    """One activity as it is."""
    arrival = activity.arrival_day or activity.day - activity.nights * DAY
    nights = [(arrival + number * DAY, activity.rooms) for number in range(activity.nights)]
    return Thing(activity.day, activity.occurred_at, activity, nights, [activity], activity.recorded_at, arrival)


def merge(units: Sequence[Thing]) -> list[Thing]:
    """Stays of one place that touch, as one, by pairing until nothing touches any more."""
    left = list(units)
    changed = True
    while changed:
        changed = False
        for one in left:
            for other in left:
                if one is other or place(one.first) != place(other.first):
                    continue
                if one.arrival <= other.day and other.arrival <= one.day:
                    left = [each for each in left if each is not one and each is not other]
                    left.append(_both(one, other))
                    changed = True
                    break
            if changed:
                break
    return left


def _both(one: Thing, other: Thing) -> Thing:
    return Thing(
        max(one.day, other.day),
        max(one.at, other.at),
        one.first,
        one.nights + other.nights,
        one.amounts + other.amounts,
        max(one.posted, other.posted),
        min(one.arrival, other.arrival),
    )


def money(activity: Activity, currency: str, view: View) -> int:
    """An amount in another currency, rounded half to even; yen have no cents."""
    if not activity.amount_minor:
        return 0
    source = activity.currency or ""
    if source == currency:
        return activity.amount_minor
    rate = view.rate(source, currency)
    if rate is None:
        raise NoRateError
    digits = {"JPY": 0}
    return round(activity.amount_minor * rate * Fraction(10) ** (digits.get(currency, 2) - digits.get(source, 2)))


def worth(unit: Thing, currency: str, view: View) -> int:
    """What a thing was worth; amounts in several currencies go through that of the property first."""
    paid = [activity for activity in unit.amounts if activity.amount_minor is not None]
    if len({activity.currency for activity in paid}) <= 1:
        total = sum(activity.amount_minor or 0 for activity in paid)
        return money(replace(paid[0], amount_minor=total), currency, view) if paid else 0
    prop = view.properties.get(unit.first.property or "")
    home = prop.currency if prop else view.currency
    total = sum(money(activity, home, view) for activity in paid)
    return money(replace(paid[0], amount_minor=total, currency=home), currency, view)


def large_enough(measure: Measure, unit: Thing, view: View) -> bool:
    """Whether a thing reaches the least sizes of the definition."""
    counting = measure.counting
    nights = len({night for night, _ in unit.nights})
    if unit.first.kind is Kind.STAY and nights < counting.min_nights:
        return False
    least = max(counting.min_amount_minor, counting.min_amount_per_night_minor * max(1, nights))
    if not least:
        return True
    if all(activity.amount_minor is None for activity in unit.amounts):
        return False
    prop = view.properties.get(unit.first.property or "")
    currency = counting.currency or (prop.currency if prop else view.currency)
    return worth(unit, currency, view) >= least


def size(measure: Measure, unit: Thing, view: View) -> bool | None:
    """Whether a thing is large enough; None where it cannot be told for want of a rate."""
    try:
        return large_enough(measure, unit, view)
    except NoRateError:
        return None


# --- the answer -----------------------------------------------------------------------------------------------------


def answer(measure: Measure, activities: Sequence[Activity], view: View) -> int | Fraction | None:
    """The number, None when it is not known."""
    if isinstance(measure.window, BetterOf):
        answers = [answer(replace(measure, window=each), activities, view) for each in measure.window.windows]
        return None if None in answers else max(each for each in answers if each is not None)
    try:
        return _answer(measure, standing(activities), view)
    except NoRateError:
        return None


def _answer(measure: Measure, activities: Sequence[Activity], view: View) -> int | Fraction | None:
    here = measure.scope.kind is ScopeKind.HERE
    clock = view.here.code if here else None
    today = view.own_day(view.at, clock)
    joined = view.enrolled_at if view.enrolled_at is not None and view.enrolled_at <= view.at else None
    enrolled = None if joined is None else view.own_day(joined, clock)
    if in_window(measure.window, today, view.at, view, today, enrolled) is None:
        return None
    if isinstance(measure.window, MembershipYear) and enrolled is not None:
        mine = _year_of(today, enrolled.month, enrolled.day) - measure.window.back
        activities = activities if mine >= enrolled.year else []  # there was no such year
    currency = measure.currency or (view.here.currency if here else view.currency)
    units = [alone(activity) for activity in activities if passes(measure, activity, view)]
    if measure.counting.merge_adjoining:
        stays = [unit for unit in units if unit.first.kind is Kind.STAY]
        units = merge(stays) + [unit for unit in units if unit.first.kind is not Kind.STAY]
    sizes = [size(measure, unit, view) for unit in units]
    unsized = [unit for unit, large in zip(units, sizes, strict=True) if large is None]
    units = [unit for unit, large in zip(units, sizes, strict=True) if large is not False]
    for unit in units:
        if unit.first.kind is Kind.STAY and measure.by is Attribution.ARRIVAL:
            unit.day = unit.arrival
        if unit.first.kind is Kind.STAY and measure.by is Attribution.POSTED:
            unit.day, unit.at = view.own_day(unit.posted, unit.first.property), unit.posted

    def inside(day: date, at: datetime) -> bool:
        weekday = not measure.weekdays or day.isoweekday() in measure.weekdays
        return weekday and bool(in_window(measure.window, day, at, view, today, enrolled))

    if measure.by is Attribution.NIGHTS:
        units = [replace_nights(unit, [n for n in unit.nights if inside(n[0], unit.at)]) for unit in units]
        units = [unit for unit in units if unit.nights]
        days = [night for unit in units for night, _ in unit.nights]
    else:
        units = [unit for unit in units if inside(unit.day, unit.at)]
        days = [unit.day for unit in units]
    if any(each.first is unit.first for unit in units for each in unsized):
        raise NoRateError
    if measure.series is Series.VISITS:
        units = visits(measure, units, activities, view)
        days = [unit.day for unit in units]
    elif measure.counting.one_per_day and measure.series is not Series.NIGHTS:
        firsts: dict[tuple[tuple[str, str], date], Thing] = {}
        for unit in sorted(units, key=lambda unit: unit.at):
            firsts.setdefault((place(unit.first), unit.day), unit)
        units = list(firsts.values())
        days = [unit.day for unit in units]
    if measure.last is not None:
        paid = (Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)
        if measure.series is Series.SPEND and measure.aggregate in paid:
            units = [unit for unit in units if any(activity.amount_minor is not None for activity in unit.amounts)]
        if measure.aggregate in paid and measure.aggregate is not Aggregate.COUNT:
            # A merged stay is one amount before anybody asks how new it is.
            for unit in units:
                if len({activity.currency for activity in unit.amounts if activity.amount_minor is not None}) > 1:
                    worth(unit, currency, view)
        units = sorted(units, key=lambda unit: (unit.day, unit.at))[-measure.last :]
        days = [unit.day for unit in units]
    return reckon(measure, units, days, currency, today, view)


def replace_nights(unit: Thing, nights: list[tuple[date, int]]) -> Thing:
    """The thing with fewer nights."""
    return Thing(unit.day, unit.at, unit.first, nights, unit.amounts, unit.posted, unit.arrival)


def visits(measure: Measure, units: Sequence[Thing], activities: Sequence[Activity], view: View) -> list[Thing]:
    """One visit a place and day, well enough known."""
    found = []
    for key in {(place(unit.first), unit.day) for unit in units}:
        same = [unit for unit in units if (place(unit.first), unit.day) == key]
        presence = [
            activity.evidence
            for activity in activities
            if activity.kind in KINDS[Series.VISITS]
            and activity.occurred_at <= view.at
            and (place(activity), activity.day) == key
        ]
        raised = [
            activity.evidence
            for activity in activities
            if activity.kind is Kind.STAY
            and activity.occurred_at <= view.at
            and activity.property is not None
            and place(activity) == key[0]
            and (activity.arrival_day or activity.day - activity.nights * DAY) <= key[1] <= activity.day
        ]
        if measure.evidence is None or max(presence + raised) >= measure.evidence:
            first = min(same, key=lambda unit: unit.at)
            found.append(
                Thing(key[1], first.at, first.first, [], [a for u in same for a in u.amounts], first.at, key[1])
            )
    return found


def reckon(
    measure: Measure, units: Sequence[Thing], days: Sequence[date], currency: str, today: date, view: View
) -> int | Fraction | None:
    """The number over what counts."""
    paid = [unit for unit in units if any(activity.amount_minor is not None for activity in unit.amounts)]
    match measure.aggregate:
        case Aggregate.COUNT if measure.series is Series.NIGHTS:
            return count_nights(measure, units)
        case Aggregate.COUNT if measure.series is Series.SPEND:
            return len(paid)
        case Aggregate.COUNT:
            return len(units)
        case Aggregate.SUM:
            return sum(worth(unit, currency, view) for unit in paid)
        case Aggregate.LARGEST:
            return max((worth(unit, currency, view) for unit in paid), default=0)
        case Aggregate.AVERAGE:
            return Fraction(sum(worth(unit, currency, view) for unit in paid), len(paid)) if paid else None
        case Aggregate.DAYS_SINCE_LAST:
            return max(0, (today - max(days)).days) if days else None
        case Aggregate.DAYS_SINCE_FIRST:
            return max(0, (today - min(days)).days) if days else None
        case Aggregate.DISTINCT:
            return len(distinct(measure, units, days, view))
        case Aggregate.STREAK:
            return streak(measure, days, today)
        case Aggregate.GROUPS | Aggregate.GROUPS_IN_A_ROW:
            return grouped(measure, units, currency, today, view)
    raise AssertionError(measure.aggregate)


def grouped(measure: Measure, units: Sequence[Thing], currency: str, today: date, view: View) -> int | None:
    """How many groups compare as asked; None where one of them cannot be told."""
    groups = measure.groups
    assert groups is not None
    told = replace(measure, aggregate=Aggregate.DISTINCT, dimension=groups.of, groups=None)
    inner = replace(measure, aggregate=groups.aggregate, dimension=groups.dimension, groups=None)
    parts = [part for unit in units for part in parts_of(measure, unit)]
    if measure.series is Series.SPEND:
        parts = [part for part in parts if any(each.amount_minor is not None for each in part.amounts)]
    good, unknown = set(), set()
    for value in {value for part in parts for value in distinct(told, [part], [part.day], view)}:
        same = [part for part in parts if value in distinct(told, [part], [part.day], view)]
        try:
            number = reckon(inner, same, [part.day for part in same], currency, today, view)
        except NoRateError:
            number = None
        if number is None:
            unknown.add(value)
        elif compares(groups.comparison.op, number, groups.comparison.values):
            good.add(value)
    least, most = (_of_groups(measure, some, today) for some in (good, good | unknown))
    return least if least == most else None


def _of_groups(measure: Measure, good: set[object], today: date) -> int:
    assert measure.groups is not None
    if measure.aggregate is Aggregate.GROUPS:
        return len(good)
    last = _which(today, Unit(measure.groups.of.value))
    last -= last not in good
    return next(length for length in range(len(good) + 1) if last - length not in good)


def parts_of(measure: Measure, unit: Thing) -> list[Thing]:
    """The nights of a stay one by one where nights stand on their own dates, else the thing as it is."""
    if measure.by is not Attribution.NIGHTS or unit.first.kind is not Kind.STAY:
        return [unit]
    return [replace(unit, day=night, nights=[(night, rooms)]) for night, rooms in unit.nights]


def compares(op: Op, number: int | Fraction, values: Sequence[Any]) -> bool:
    """Whether a number compares as an operator asks."""
    match op:
        case Op.AT_LEAST:
            return number >= values[0]
        case Op.MORE_THAN:
            return number > values[0]
        case Op.AT_MOST:
            return number <= values[0]
        case Op.LESS_THAN:
            return number < values[0]
        case Op.EXACTLY:
            return number == values[0]
        case Op.BETWEEN:
            return values[0] <= number <= values[1]
    raise AssertionError(op)


def count_nights(measure: Measure, units: Sequence[Thing]) -> int:
    """Nights by the definition's rooms."""
    counting = measure.counting
    rooms = 1 if counting.one_per_day else counting.max_rooms or 1
    if not (counting.merge_adjoining or counting.one_per_day):
        return sum(min(taken, rooms) for unit in units for _, taken in unit.nights)
    nights: dict[tuple[tuple[str, str], date], int] = {}
    for unit in units:
        for night, taken in unit.nights:
            key = (place(unit.first), night)
            nights[key] = nights.get(key, 0) + taken
    return sum(min(taken, rooms) for taken in nights.values())


def distinct(measure: Measure, units: Sequence[Thing], days: Sequence[date], view: View) -> set[object]:
    """The different values."""
    dimension = measure.dimension
    assert dimension is not None
    if dimension in (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR):
        return {_which(day, Unit(dimension.value)) for day in days}
    props = [view.properties[unit.first.property] for unit in units if unit.first.property is not None]
    return {
        Dimension.PROPERTY: {prop.code for prop in props},
        Dimension.BRAND: {prop.brand for prop in props},
        Dimension.CITY: {(prop.city, prop.country) for prop in props},
        Dimension.COUNTRY: {prop.country for prop in props},
        Dimension.CATEGORY: {activity.category for unit in units for activity in unit.amounts} - {None},
        Dimension.PLACE: {place(unit.first) for unit in units},
    }[dimension]  # type: ignore[return-value]


def streak(measure: Measure, days: Sequence[date], today: date) -> int:
    """The run of units up to now; the current one may be open."""
    assert measure.dimension is not None
    unit = Unit(measure.dimension.value)
    filled = {_which(day, unit) for day in days}
    current = _which(today, unit)
    if current not in filled:
        current -= 1
    length = 0
    while current in filled:
        length, current = length + 1, current - 1
    return length
