"""How a test of a fact reads, as a clause of a rule and as a phrase of a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rewards.rulelang.facts import ATTRIBUTE_PREFIX, NUMBER_PREFIX, WEEKDAYS, FactType, find
from rewards.rulelang.nodes import Comparison, FactTest, Op, Scalar
from rewards.rulelang.prose.amounts import amount_style
from rewards.rulelang.prose.clauses import Clause, clause_of
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names, quoted
from rewards.rulelang.prose.numbers import clock, day, month, weekday
from rewards.rulelang.prose.parts import Path, Text, fill, joined, text
from rewards.rulelang.prose.quantities import Style, as_number, bare, counted, quantity

NOUNS = {
    "stay.nights": "nights",
    "stay.rooms": "room",
    "stay.adults": "adult",
    "stay.children": "child",
    "stay.weekend_nights": "weekend_night",
    "stay.days_ahead": "day",
    "guest.days_enrolled": "day",
    "guest.days_since_anniversary": "day",
    "guest.years_enrolled": "year",
    "guest.days_to_birthday": "day",
    "guest.days_since_birthday": "day",
    "guest.age": "year",
    "request.points": "point",
}
"""The thing that a number fact counts, where it counts things."""

_NEVER_NONE = ("day", "year")
"""Spans, of which "no" is not said: a birthday is at most 0 days away."""
_WORDED = {
    "stay.purpose": "purpose",
    "guest.language": "language",
    "checkin.evidence": "evidence",
    "moment.topic": "topic",
    "activity.kind": "kind",
}
"""Text facts of which some values have words of their own."""
_NEGATIVE = (Op.IS_NOT, Op.NOT_IN)
_TODAY = Comparison(Op.EXACTLY, (0,))
_LISTS = (Op.IN, Op.NOT_IN)


def fact_clause(test: FactTest, path: Path, language: Language, names: Names) -> Clause:
    """The test as a clause; `path` is the condition's."""
    template, slots = _template_and_slots(test, path, language, names, "")
    return clause_of(template, path, slots)


def fact_phrase(test: FactTest, path: Path, language: Language, names: Names) -> Text:
    """The test as a phrase like a noun: "a stay of at least 3 nights"."""
    template, slots = _template_and_slots(test, path, language, names, ".noun")
    return fill(template, path, slots)


def _template_and_slots(
    test: FactTest, path: Path, language: Language, names: Names, form: str
) -> tuple[str, dict[str, Text | str]]:
    sort = fact_type(test)
    key = _key(test.fact, sort, language)
    slots: dict[str, Text | str] = {
        "name": text(quoted(test.fact.removeprefix(ATTRIBUTE_PREFIX).removeprefix(NUMBER_PREFIX)), (*path, "fact"))
    }
    if sort is FactType.YES_NO:
        return language.facts[key + form + ("" if _affirmed(test.comparison) else ".no")], slots
    if sort is not FactType.TEXT:
        today = language.facts.get(f"{key}{form}.today") if test.comparison == _TODAY else None
        if today is not None:
            return today, slots
        slots["q"] = quantity(test.comparison, fact_style(test, language, names), path, language)
        return language.facts[key + form], slots
    own = language.facts.get(f"{key}{form}.not") if test.comparison.op in _NEGATIVE else None
    slots["v"] = _values(test, path, language, names, negated=own is None)
    return own or language.facts[key + form], slots


def fact_type(test: FactTest) -> FactType:
    """The type of a fact; of one that the catalogue does not know, by the values it is compared with."""
    fact = find(test.fact)
    if fact is not None:
        return fact.type
    value = test.comparison.values[0]
    if isinstance(value, bool):
        return FactType.YES_NO
    return FactType.TEXT if isinstance(value, str) else FactType.NUMBER


def _key(fact: str, sort: FactType, language: Language) -> str:
    if fact.startswith(ATTRIBUTE_PREFIX):
        return "guest.attribute"
    if fact.startswith(NUMBER_PREFIX):
        return "guest.number"
    if fact in language.facts:
        return fact
    return {FactType.TEXT: "text", FactType.YES_NO: "yes_no"}.get(sort, "number")


def _affirmed(comparison: Comparison) -> bool:
    return bool(comparison.values[0]) is (comparison.op in (Op.IS, Op.IN))


# --- numbers, dates, times -------------------------------------------------------------------------------------------


def fact_style(test: FactTest, language: Language, names: Names) -> Style:
    """How the values of a fact that is no text are shown."""
    fact, sort = test.fact, fact_type(test)
    if sort is FactType.MONEY or test.currency is not None:
        return amount_style(test.currency, language, names)
    if sort is FactType.DATE:
        return Style("date", lambda value: _day(value, language))
    if sort is FactType.TIME:
        return Style("clock", _clock)
    if fact == "day.month":
        return Style("month", lambda value: month(as_number(value), language.code))
    if fact == "stay.booked_room_class_position":
        return Style("rank", bare(language).show)
    noun = NOUNS.get(fact)
    if noun is None:
        return bare(language)
    return counted(language, noun, none=noun not in _NEVER_NONE)


def _day(value: Scalar, language: Language) -> str:
    return str(value) if isinstance(value, int | str) else day(value, language.code)


def _clock(value: Scalar) -> str:
    return clock(value) if isinstance(value, int) else str(value)


# --- texts ----------------------------------------------------------------------------------------------------------


def _values(test: FactTest, path: Path, language: Language, names: Names, *, negated: bool) -> Text:
    op, values = test.comparison.op, test.comparison.values
    at = (*path, op.value)
    say = _sayer(test.fact, language, names)
    single = op not in _LISTS
    shown = [text(say(str(value)), at if single else (*at, index)) for index, value in enumerate(values)]
    listed = _listed(shown, op, at, language, negated=negated)
    if single or len(values) > 1:
        return listed
    return fill(language.comparisons["list_of_one"], at, {"v": listed})


def _listed(shown: Sequence[Text], op: Op, at: Path, language: Language, *, negated: bool) -> Text:
    if not negated or op not in _NEGATIVE:
        return language.either(shown, at)
    if len(shown) == 1:
        return fill(language.comparisons["not"], at, {"v": shown[0]})
    nor = language.words["nor"]
    return fill(language.comparisons["neither"], at, {"v": joined(shown, nor, nor, at)})


def _sayer(fact: str, language: Language, names: Names) -> Callable[[str], str]:
    """How a value of a text fact is called."""
    code = language.code
    named: dict[str, Callable[[str, str], str]] = {
        "property.code": names.property,
        "property.brand": names.brand,
        "property.city": names.city,
        "property.country": names.country,
        "guest.country": names.country,
        "stay.room_class": names.room_class,
    }
    if fact in named:
        return lambda value: named[fact](value, code)
    if fact in ("stay.arrival_weekday", "day.weekday"):
        return lambda value: weekday(WEEKDAYS.index(value) + 1, code) if value in WEEKDAYS else quoted(value)
    if fact == "stay.channel":
        return lambda value: channel(value, language)
    if fact == "moment.name":
        return lambda value: moment(value, language)
    group = _WORDED.get(fact)
    return lambda value: language.words.get(f"{group}.{value}") or quoted(value)


def channel(code: str, language: Language) -> str:
    """How a booking came by a channel: "directly with us", "through “fax”"."""
    known = language.words.get(f"channel.{code.lower()}")
    return known or language.words["channel"].format(v=quoted(code))


def moment(name: str, language: Language) -> str:
    """When a moment is: "on arrival", "at the moment “spa-day”"."""
    known = language.words.get(f"moment.{name}")
    return known or language.words["moment"].format(v=quoted(name))
