"""Tests of facts and of measures: a mapping for each type of fact, and one whose keys depend on the series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rewards.rulelang import facts, limits
from rewards.rulelang.facts import ATTRIBUTE_PREFIX, EVIDENCE_WORDS, NUMBER_PREFIX, Fact, FactType
from rewards.rulelang.limits import MAX_NUMBER
from rewards.rulelang.nodes import Attribution, Op, Series
from rewards.rulelang.reading.groups import IN_A_ROW, NOT_BESIDE_GROUPS
from rewards.rulelang.reading.measures import ATTRIBUTIONS_OF_HELD
from rewards.rulelang.reading.names import (
    AGGREGATE_KEYS,
    CUSTOM_PREFIX,
    DIMENSION_OWNERS,
    DISTINCT,
    FIRST_KEY,
    GROUPS_KEY,
    HOUR_SERIES,
    KEY_OWNERS,
    LAST_KEY,
    OPERATORS,
    SERIES_NAMES,
    STREAK,
    WINDOW_KEYS,
)
from rewards.rulelang.reference import keys
from rewards.rulelang.schemas.build import Json, choice, integer, mapping, one_or_more, pair, ref, text
from rewards.rulelang.schemas.values import NO_INFLUENCE, window_properties

WHOLE_HOUR = text("(?:[01][0-9]|2[0-3]):00", "A whole hour, such as 17:00.")
CUSTOM = f"{CUSTOM_PREFIX}[a-z0-9_.-]{{1,40}}"


def operators(kind: FactType, choices: tuple[str, ...] = ()) -> Json:
    """The operators of a type with what each compares with."""
    value = _value(kind, choices)
    return {str(op): _operand(op, value) for op in OPERATORS[kind]}


def _value(kind: FactType, choices: tuple[str, ...]) -> Json:
    match kind:
        case FactType.NUMBER:
            return integer(-MAX_NUMBER, MAX_NUMBER)
        case FactType.MONEY:
            return ref("money")
        case FactType.DATE:
            return ref("date")
        case FactType.TIME:
            return ref("time")
        case FactType.YES_NO:
            return {"type": "boolean"}
        case _:
            return choice(choices) if choices else ref("text")


def _operand(op: Op, value: Json) -> Json:
    if op is Op.BETWEEN:
        return pair(value)
    if op is Op.EVERY:
        return {"anyOf": [integer(1, MAX_NUMBER), _every()]}
    return one_or_more(value) if op in (Op.IN, Op.NOT_IN) else value


def _every() -> Json:
    counted = integer(1, MAX_NUMBER)
    return mapping(keys.EVERY, {"n": counted, "after": integer(0, MAX_NUMBER), "up_to": counted})


def exactly_one(words: Iterable[str]) -> Json:
    """Exactly one of these keys stands."""
    return {"oneOf": [{"required": [word]} for word in words]}


def at_most_one(words: Iterable[str]) -> Iterator[Json]:
    """No two of these keys stand together."""
    names = list(words)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            yield {"not": {"required": [one, other]}}


# --- facts ----------------------------------------------------------------------------------------------------------


def fact_tests() -> list[Json]:
    """A test of a fact, one for each type and list of words."""
    groups: dict[tuple[FactType, tuple[str, ...]], list[Fact]] = {}
    for fact in facts.CATALOGUE.values():
        groups.setdefault((fact.type, fact.choices), []).append(fact)
    tests = [_fact_test(choice(fact.name for fact in group), *key) for key, group in groups.items()]
    attribute = {**text(rf"{ATTRIBUTE_PREFIX}.+", "A declared attribute of the guest."), **NO_INFLUENCE}
    return [*tests, _fact_test(attribute, FactType.TEXT, ()), _fact_test(declared_number(), FactType.NUMBER, ())]


def declared_number() -> Json:
    """The name of a declared attribute that is read as a number."""
    return {**text(rf"{NUMBER_PREFIX}.+", "A declared attribute of the guest, as a whole number."), **NO_INFLUENCE}


def _fact_test(name: Json, kind: FactType, choices: tuple[str, ...]) -> Json:
    known = operators(kind, choices)
    return mapping(keys.CONDITION, {"fact": name, **known}, needed=["fact"]) | exactly_one(known)


# --- measures -------------------------------------------------------------------------------------------------------


def measure_test() -> Json:
    """A test of a measure."""
    numbers, money = operators(FactType.NUMBER), operators(FactType.MONEY)
    # Numbers or money: the branches below say which.
    properties = {**_measured(), FIRST_KEY: {"const": True}, **{key: {} for key in numbers}}
    return mapping(keys.MEASURE, properties, needed=["measure"]) | {
        "allOf": [
            exactly_one([*numbers, FIRST_KEY]),
            *_rules_of_keys(),
            {"if": _is_money(), "then": {"properties": _only(money, numbers)}, "else": {"properties": numbers}},
            {"if": {"required": [FIRST_KEY]}, "then": {"not": {"anyOf": _required(_NOT_BESIDE_FIRST)}}},
        ]
    }


_NOT_BESIDE_FIRST = {*AGGREGATE_KEYS, LAST_KEY} - {"count"}


def measure_alone() -> Json:
    """A measure that is compared with nothing where it stands."""
    return mapping(keys.MEASURE, _measured(), needed=["measure"]) | {"allOf": list(_rules_of_keys())}


def _measured() -> Json:
    return {
        "measure": {"anyOf": [choice(SERIES_NAMES), {**text(CUSTOM, "A series of your own."), **NO_INFLUENCE}]},
        **_aggregates(),
        **window_properties(),
        **_narrowing(),
    }


def _rules_of_keys() -> Iterator[Json]:
    yield from at_most_one(WINDOW_KEYS)
    yield from at_most_one(AGGREGATE_KEYS)
    yield from _owned()
    yield _refuses_hours()
    yield from _in_groups()
    yield {"if": {"required": [LAST_KEY]}, "then": {"properties": {"by": {"not": {"const": str(Attribution.NIGHTS)}}}}}


def _only(known: Json, every: Json) -> Json:
    return {key: known.get(key, False) for key in every}


def _aggregates() -> Json:
    return {
        "count": {"const": True},
        "average": {"const": True},
        "largest": {"const": True},
        "distinct": choice(DISTINCT),
        "streak": choice(STREAK),
        "days_since": choice(["last", "first"]),
    }


def _narrowing() -> Json:
    return {
        "where": ref("scope"),
        "perk": one_or_more(ref("code")),
        "rule": one_or_more(ref("name")),
        "by": choice(str(each) for each in Attribution),
        "counting": {"anyOf": [ref("name"), ref("counting")]},
        "evidence": choice(EVIDENCE_WORDS),
        "category": one_or_more(ref("text")),
        "room_class": one_or_more(ref("text")),
        "on": ref("weekdays"),
        "hours": pair(WHOLE_HOUR),
        "including": {"const": "this"},
        LAST_KEY: integer(1, limits.MAX_LAST),
        "currency": text("[A-Z]{3}", "A currency of ISO 4217."),
        GROUPS_KEY: {},
    }


def _groups(kind: FactType) -> Json:
    """Groups in which numbers or money are compared; units of the calendar may have to be in a row."""
    known = operators(kind)
    return mapping(keys.GROUPS, {"of": choice(DISTINCT), IN_A_ROW: {"type": "boolean"}, **known}, needed=["of"]) | {
        "allOf": [
            exactly_one(known),
            {
                "if": {"properties": {IN_A_ROW: {"const": True}}, "required": [IN_A_ROW]},
                "then": {"properties": {"of": choice(STREAK)}},
            },
        ]
    }


def _in_groups() -> Iterator[Json]:
    """That groups compare what is measured in them, and do not stand with what looks at single activities."""
    counted: Json = {"anyOf": _required({"count", "distinct"})}
    spend: Json = {"properties": {"measure": {"const": str(Series.SPEND)}}, "required": ["measure"]}
    money, numbers = ({"properties": {GROUPS_KEY: _groups(kind)}} for kind in (FactType.MONEY, FactType.NUMBER))
    yield {"if": {"allOf": [spend, {"not": counted}]}, "then": money, "else": numbers}
    yield {"if": {"required": [GROUPS_KEY]}, "then": {"not": {"anyOf": _required(NOT_BESIDE_GROUPS)}}}
    for word, owners in DIMENSION_OWNERS.items():
        together = {"properties": {GROUPS_KEY: {"properties": {"of": {"const": word}}, "required": ["of"]}}}
        yield {"if": together | {"required": [GROUPS_KEY]}, "then": _series(owners)}


def _series(names: Iterable[Series]) -> Json:
    """That the series is one of these."""
    plain = [str(series) for series in names]
    words = [word for word in plain if word != Series.CUSTOM]
    forms: list[Json] = [choice(words)]
    if len(words) < len(plain):
        forms.append({"type": "string", "pattern": f"^{CUSTOM_PREFIX}"})
    return {"properties": {"measure": {"anyOf": forms}}}


def _owned() -> Iterator[Json]:
    """That keys and dimensions stand only with series that have them."""
    for key, owners in KEY_OWNERS.items():
        yield {"if": {"required": [key]}, "then": _series(owners)}
    held: Json = {"properties": {"measure": {"const": str(Series.HELD)}}, "required": ["measure"]}
    yield {"if": held, "then": {"properties": {"by": choice(ATTRIBUTIONS_OF_HELD)}}}
    yield {"if": _series((Series.EARNED, Series.HELD, Series.LEFT)), "then": {"required": ["perk"]}}
    left: Json = {"properties": {"measure": {"const": str(Series.LEFT)}}, "required": ["measure"]}
    windows = [key for key in WINDOW_KEYS if key not in ("ever",)]
    yield {"if": left, "then": {"not": {"anyOf": _required(windows)}}}
    for word, owners in DIMENSION_OWNERS.items():
        told_apart = {"properties": {"distinct": {"const": word}}, "required": ["distinct"]}
        yield {"if": told_apart, "then": _series(owners)}


def _refuses_hours() -> Json:
    hours: Json = {"properties": {"within": {"type": "string", "pattern": "hour"}}, "required": ["within"]}
    best: Json = {"properties": {"best_of": {"contains": hours}}, "required": ["best_of"]}
    return {"if": {"anyOf": [hours, best]}, "then": _series(HOUR_SERIES)}


def _required(words: Iterable[str]) -> list[Json]:
    return [{"required": [word]} for word in sorted(words)]


def _is_money() -> Json:
    """That the measure is an amount: spend that is not counted otherwise."""
    counted = {"count", "distinct", "streak", "days_since", FIRST_KEY, GROUPS_KEY}
    spend: Json = {"properties": {"measure": {"const": str(Series.SPEND)}}, "required": ["measure"]}
    return {"allOf": [spend, {"not": {"anyOf": _required(counted)}}]}
