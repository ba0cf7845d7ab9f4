"""What a document says of a measure: its keys in canonical order, defaults left out."""

from __future__ import annotations

from rewards.rulelang.facts import WEEKDAYS
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    DEFAULT_COUNTING,
    HERE_NOW,
    RANKS,
    Aggregate,
    Attribution,
    BetterOf,
    Calendar,
    Counting,
    Dates,
    Groups,
    Lifetime,
    Measure,
    MembershipYear,
    OffsetYear,
    Rolling,
    RollingHours,
    Scope,
    ScopeKind,
    Series,
    SinceEnrolment,
    Ties,
    Window,
    in_each,
)
from rewards.rulelang.reading.countings import INLINE
from rewards.rulelang.reading.names import title, type_of
from rewards.rulelang.reading.windows import MEMBERSHIP_YEAR
from rewards.rulelang.writing.comparisons import comparison_keys
from rewards.rulelang.writing.layout import Plain, Word
from rewards.rulelang.writing.money import money as money

Keys = dict[str, Plain]


def texts(values: tuple[str, ...]) -> Plain:
    """A list of texts."""
    return list[Plain](values)


def measure_keys(measure: Measure) -> Keys:
    """The keys of a measure, without its comparison."""
    keys: Keys = {"measure": Word(title(measure)), **_aggregate(in_each(measure))}
    if measure.scope != Scope():
        keys["where"] = scope(measure.scope)
    if measure.perks:
        keys["perk"] = texts(measure.perks)
    if measure.rules:
        keys["rule"] = texts(measure.rules)
    keys |= window(measure.window)
    if measure.by is not Attribution.DEPARTURE:
        keys["by"] = Word(measure.by)
    if measure.counting != DEFAULT_COUNTING:
        keys["counting"] = counting(measure.counting)
    return keys | _narrowing(measure)


def _aggregate(measure: Measure) -> Keys:
    aggregate, dimension = measure.aggregate, Word(measure.dimension or "")
    usual = Aggregate.SUM if measure.series is Series.SPEND else Aggregate.COUNT
    if aggregate is usual:
        return {}
    if aggregate in AMONG_GUESTS:
        return _among_guests(measure)
    if aggregate in (Aggregate.DISTINCT, Aggregate.STREAK):
        return {str(aggregate): dimension}
    if aggregate in (Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST):
        return {"days_since": Word("last" if aggregate is Aggregate.DAYS_SINCE_LAST else "first")}
    return {str(aggregate): True}


def _among_guests(measure: Measure) -> Keys:
    if measure.aggregate in HERE_NOW and measure.series is Series.CHECK_INS:
        return {}
    keys: Keys = {"of": Word(measure.series)}
    ties = RANKS.get(measure.aggregate, Ties.SHARED)
    return keys if ties is Ties.SHARED else keys | {"ties": Word(ties)}


def scope(value: Scope) -> Plain:
    """The word of a scope, or its lists."""
    if value.kind is not ScopeKind.LISTED:
        return Word(value.kind)
    lists = {"properties": value.properties, "brands": value.brands, "cities": value.cities}
    return {key: texts(names) for key, names in lists.items() if names}


def _narrowing(measure: Measure) -> Keys:
    keys: Keys = {}
    if measure.evidence is not None:
        keys["evidence"] = Word(measure.evidence.word)
    if measure.linked:
        keys["linked"] = [Word(kind) for kind in measure.linked]
    if measure.categories:
        keys["category"] = texts(measure.categories)
    if measure.room_classes:
        keys["room_class"] = texts(measure.room_classes)
    if measure.weekdays:
        keys["on"] = weekdays(measure.weekdays)
    if measure.hours is not None:
        first, last = measure.hours
        keys["hours"] = [Word(f'"{first:02}:00"'), Word(f'"{(last + 1) % 24:02}:00"')]
    if measure.including_this:
        keys["including"] = Word("this")
    if measure.last is not None:
        keys["last"] = measure.last
    if measure.groups is not None:
        keys["groups"] = _groups(measure, measure.groups)
    return keys


def _groups(measure: Measure, groups: Groups) -> Plain:
    keys: Keys = {"of": Word(groups.of)}
    if measure.aggregate is Aggregate.GROUPS_IN_A_ROW:
        keys["in_a_row"] = True
    return keys | comparison_keys(groups.comparison, type_of(in_each(measure)), measure.currency)


def weekdays(numbers: tuple[int, ...]) -> Plain:
    """Weekdays by name."""
    return [Word(WEEKDAYS[number - 1]) for number in numbers]


def counting(value: Counting) -> Plain:
    """A counting written out, its name beside it so that nothing is lost."""
    keys: Keys = {} if value.name == INLINE else {"name": value.name}
    if value.merge_adjoining:
        keys["merge_adjoining"] = True
    if value.one_per_day:
        keys["one_per_day"] = True
    if value.max_rooms is not None:
        keys["max_rooms"] = value.max_rooms
    if value.min_nights:
        keys["min_nights"] = value.min_nights
    if value.min_amount_minor:
        keys["min_amount"] = money(value.min_amount_minor, value.currency)
    if value.min_amount_per_night_minor:
        keys["min_amount_per_night"] = money(value.min_amount_per_night_minor, value.currency)
    lists = {
        "exclude_channels": value.exclude_channels,
        "only_channels": value.only_channels,
        "exclude_rates": value.exclude_rates,
    }
    return keys | {key: texts(names) for key, names in lists.items() if names}


# --- windows --------------------------------------------------------------------------------------------------------


def window(value: Window) -> Keys:
    """The key of a window with its value; none for everything ever known."""
    match value:
        case Lifetime():
            return {}
        case Rolling(amount=amount, unit=unit):
            return {"within": length(amount, str(unit))}
        case RollingHours(hours=hours):
            return {"within": length(hours, "hour")}
        case Dates(first=first, last=last):
            ends = {"from": first, "until": last}
            return {"during": {key: Word(day.isoformat()) for key, day in ends.items() if day is not None}}
        case BetterOf(windows=windows):
            return {"best_of": [_in_best_of(each) for each in windows]}
        case Calendar() | MembershipYear() | OffsetYear():
            return {"in": _calendar(value)}
        case SinceEnrolment():
            return {"since": Word("enrolment")}
        case _:
            return {"since": Word("last grant") if value.rule is None else {"grant_of": value.rule}}


def _in_best_of(value: Window) -> Plain:
    return window(value) or {"ever": True}


def length(amount: int, unit: str) -> Plain:
    """`1 day`, `180 days`."""
    return Word(f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s")


def year_start(month: int, day: int) -> Plain:
    """The day on which a year of one's own begins: `"03-01"`."""
    return Word(f'"{month:02}-{day:02}"')


def _calendar(value: Calendar | MembershipYear | OffsetYear) -> Plain:
    if isinstance(value, OffsetYear):
        start: Keys = {"year_from": year_start(value.month, value.day)}
        return start | ({"back": value.back} if value.back else {})
    membership = isinstance(value, MembershipYear)
    unit = MEMBERSHIP_YEAR if isinstance(value, MembershipYear) else str(value.unit)
    if value.back > 1:
        return {"unit": Word(unit), "back": value.back}
    this = "" if membership else "this "
    return Word(f"last {unit}" if value.back else f"{this}{unit}")
