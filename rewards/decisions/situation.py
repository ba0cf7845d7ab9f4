"""What a decision is about, all that the caller and the house know of it, and the facts that follow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rewards.clock import day_start_us, from_us, hotel_day, to_us
from rewards.domain.activity import Activity, Kind
from rewards.domain.guest import Guest
from rewards.domain.property import Property
from rewards.domain.stay import StayInHand
from rewards.history.windows import in_year
from rewards.rulelang.evaluation import FactValue
from rewards.rulelang.facts import ATTRIBUTE_PREFIX, NUMBER_PREFIX, WEEKDAYS
from rewards.rulelang.gates import Gate
from rewards.rulelang.limits import MAX_NUMBER


@dataclass(frozen=True, slots=True)
class Request:
    """What the desk asks for: `points`, or `amount_minor` of `currency`; None for what it did not say.

    `role` is that of the API key that asks, never what a caller says of itself.
    """

    points: int | None = None
    amount_minor: int | None = None
    currency: str | None = None
    role: str | None = None


NOTHING_ASKED = Request()


@dataclass(frozen=True, slots=True)
class Situation:
    """One question: this guest, at this property, at this moment.

    `at_us` is the instant in microseconds since 1970 UTC; `day` and `minute_of_day` are the property's. `stay` is what
    the desk states of the stay at hand, `activity` the check-in or spend that just came in, `topic` and `severity`
    what a request is about, `request` what is asked for. `verified` says whether any identity of the guest is.
    """

    guest: Guest
    verified: bool
    property: Property
    moment: str
    at_us: int
    day: date
    minute_of_day: int
    stay: StayInHand | None = None
    activity: Activity | None = None
    topic: str | None = None
    severity: int | None = None
    request: Request = NOTHING_ASKED


def gate_of(it: Situation) -> Gate:
    """What the gates of rules are asked."""
    return Gate(it.moment, it.property, it.day, it.minute_of_day)


def subject_of(it: Situation) -> str:
    """What the question is about: the reservation, else the activity, else the hotel day."""
    if it.stay is not None and it.stay.reservation:
        return f"stay:{it.stay.reservation}"
    if it.activity is not None:
        return f"activity:{it.activity.id}"
    return f"day:{it.day.isoformat()}"


def place_in_time(prop: Property, at_us: int) -> tuple[date, int]:
    """The hotel day and the wall-clock minute of the day at a property."""
    local = from_us(at_us).astimezone(prop.zone_info())
    return hotel_day(at_us, prop.zone_info(), prop.rollover_hour), local.hour * 60 + local.minute


def _birthday_in(year: int, birthday: date) -> date:
    """The birthday in a year; 29 February is kept on 1 March in common years."""
    return in_year(year, birthday.month, birthday.day)


def _days_to_birthday(it: Situation) -> int | None:
    if it.guest.birthday is None:
        return None
    this_year = _birthday_in(it.day.year, it.guest.birthday)
    upcoming = this_year if this_year >= it.day else _birthday_in(it.day.year + 1, it.guest.birthday)
    return (upcoming - it.day).days


def _days_since_birthday(it: Situation) -> int | None:
    if it.guest.birthday is None:
        return None
    this_year = _birthday_in(it.day.year, it.guest.birthday)
    latest = this_year if this_year <= it.day else _birthday_in(it.day.year - 1, it.guest.birthday)
    return (it.day - latest).days


def _age(it: Situation) -> int | None:
    birthday = it.guest.birthday
    if birthday is None:
        return None
    had_it = _birthday_in(it.day.year, birthday) <= it.day
    return it.day.year - birthday.year - (0 if had_it else 1)


def _birthday_within(it: Situation) -> bool | None:
    stay, birthday = it.stay, it.guest.birthday
    if stay is None or stay.arrival is None or stay.departure is None or birthday is None:
        return None
    years = range(stay.arrival.year, stay.departure.year + 1)
    return any(stay.arrival <= _birthday_in(year, birthday) <= stay.departure for year in years)


def _weekend_nights(it: Situation) -> int | None:
    stay = it.stay
    if stay is None or stay.arrival is None or stay.nights is None:
        return None
    nights = (stay.arrival + timedelta(days=offset) for offset in range(stay.nights))
    return sum(night.isoweekday() in (5, 6) for night in nights)


def _days_ahead(it: Situation) -> int | None:
    return None if it.stay is None or it.stay.arrival is None else (it.stay.arrival - it.day).days


def _arrival_weekday(it: Situation) -> str | None:
    return None if it.stay is None or it.stay.arrival is None else WEEKDAYS[it.stay.arrival.weekday()]


def _class_position(it: Situation) -> int | None:
    classes = it.property.room_classes
    booked = it.stay.room_class if it.stay else None
    return classes.index(booked) + 1 if booked in classes else None


def _stay_amount(it: Situation) -> int | None:
    """The stay's price, where it is stated in the property's own currency; another currency is not guessed at."""
    stay = it.stay
    if stay is None or stay.amount_minor is None or stay.currency not in (None, it.property.currency):
        return None
    return stay.amount_minor


def _joined(it: Situation) -> date | None:
    """The hotel day on which the guest joined; None where that is not past."""
    if it.guest.enrolled_at is None or to_us(it.guest.enrolled_at) > it.at_us:
        return None
    return hotel_day(to_us(it.guest.enrolled_at), it.property.zone_info(), it.property.rollover_hour)


def _days_enrolled(it: Situation) -> int | None:
    joined = _joined(it)
    return None if joined is None else (it.day - joined).days


def _last_anniversary(it: Situation, joined: date) -> date:
    """The last day on which the day of joining came round; in the first year the day itself."""
    this_year = in_year(it.day.year, joined.month, joined.day)
    return this_year if this_year <= it.day else in_year(it.day.year - 1, joined.month, joined.day)


def _days_since_anniversary(it: Situation) -> int | None:
    joined = _joined(it)
    return None if joined is None else (it.day - _last_anniversary(it, joined)).days


def _years_enrolled(it: Situation) -> int | None:
    joined = _joined(it)
    return None if joined is None else _last_anniversary(it, joined).year - joined.year


def _is(it: Situation, kind: Kind) -> bool:
    return it.activity is not None and it.activity.kind is kind


def _spent(it: Situation) -> int | None:
    activity = it.activity
    if activity is None or activity.kind is not Kind.SPEND or activity.currency != it.property.currency:
        return None
    return activity.amount_minor


def _asked_amount(it: Situation) -> int | None:
    """What is asked for, where it is stated in the property's own currency."""
    request = it.request
    return request.amount_minor if request.currency in (None, it.property.currency) else None


def _stay(name: str) -> Callable[[Situation], FactValue]:
    return lambda it: getattr(it.stay, name) if it.stay is not None else None


_FACTS: dict[str, Callable[[Situation], FactValue]] = {
    **{
        f"stay.{name}": _stay(name)
        for name in (
            "nights", "rooms", "adults", "children", "channel", "rate_code", "room_class", "purpose", "arrival",
            "departure", "own_name", "own_room", "own_email",
        )
    },
    "stay.amount": _stay_amount,
    "stay.arrival_weekday": _arrival_weekday,
    "stay.weekend_nights": _weekend_nights,
    "stay.days_ahead": _days_ahead,
    "stay.birthday_within": _birthday_within,
    "stay.booked_room_class_position": _class_position,
    "guest.enrolled": lambda it: it.guest.enrolled_at is not None and to_us(it.guest.enrolled_at) <= it.at_us,
    "guest.days_enrolled": _days_enrolled,
    "guest.days_since_anniversary": _days_since_anniversary,
    "guest.years_enrolled": _years_enrolled,
    "guest.country": lambda it: it.guest.country,
    "guest.language": lambda it: it.guest.language,
    "guest.birthday_known": lambda it: it.guest.birthday is not None,
    "guest.days_to_birthday": _days_to_birthday,
    "guest.days_since_birthday": _days_since_birthday,
    "guest.age": _age,
    "guest.verified": lambda it: it.verified,
    "property.code": lambda it: it.property.code,
    "property.brand": lambda it: it.property.brand,
    "property.city": lambda it: it.property.city,
    "property.country": lambda it: it.property.country,
    "property.kind": lambda it: it.property.kind,
    "moment.name": lambda it: it.moment,
    "moment.topic": lambda it: it.topic,
    "moment.severity": lambda it: it.severity,
    "request.points": lambda it: it.request.points,
    "request.amount": _asked_amount,
    "request.role": lambda it: it.request.role,
    "activity.kind": lambda it: it.activity.kind.value if it.activity is not None else None,
    "checkin.evidence": lambda it: it.activity.evidence.word if _is(it, Kind.CHECK_IN) and it.activity else None,
    "checkin.category": lambda it: it.activity.category if _is(it, Kind.CHECK_IN) and it.activity else None,
    "spend.amount": _spent,
    "spend.outlet": lambda it: it.activity.category if _is(it, Kind.SPEND) and it.activity else None,
    "day.date": lambda it: it.day,
    "day.weekday": lambda it: WEEKDAYS[it.day.weekday()],
    "day.time": lambda it: it.minute_of_day,
    "day.month": lambda it: it.day.month,
}  # fmt: skip


def fact_of(it: Situation, name: str) -> FactValue:
    """The value of a fact of the catalogue; None when it is not known. KeyError for a name that is not there."""
    if name.startswith(ATTRIBUTE_PREFIX):
        value = it.guest.attributes.get(name.removeprefix(ATTRIBUTE_PREFIX))
        return None if value is None else str(value)
    if name.startswith(NUMBER_PREFIX):
        return _whole_number(it.guest.attributes.get(name.removeprefix(NUMBER_PREFIX)))
    return _FACTS[name](it)


def _whole_number(value: str | int | bool | None) -> int | None:
    """An attribute as a whole number as a rule writes it; None where it is none, or too large to count with."""
    written = isinstance(value, str) and _WHOLE.fullmatch(value) is not None
    if isinstance(value, bool) or not (written or isinstance(value, int)):
        return None
    number = int(value or 0)
    return number if abs(number) <= MAX_NUMBER else None


_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,15}")


def fact_names() -> frozenset[str]:
    """Every fact that is answered here; equals the catalogue, by test."""
    return frozenset(_FACTS)


def end_of_day(prop: Property, day: date) -> int:
    """The first instant after a hotel day, in microseconds since 1970 UTC."""
    return day_start_us(day + timedelta(days=1), prop.zone_info(), prop.rollover_hour)
