"""Definitions of values: names, texts, dates, times, amounts, lengths, scopes, windows, countings."""

from __future__ import annotations

from rewards.money import EXPONENTS
from rewards.rulelang import limits
from rewards.rulelang.facts import EVIDENCE_WORDS, INFLUENCE_WORDS, WEEKDAYS
from rewards.rulelang.reading.names import CUSTOM_PREFIX
from rewards.rulelang.reading.validity import ENDS, KEPT_BY
from rewards.rulelang.reading.windows import (
    CALENDAR_UNITS,
    CALENDAR_WORDS,
    MOST_OF_UNIT,
    SCOPE_WORDS,
    SINCE_WORDS,
)
from rewards.rulelang.reference import keys
from rewards.rulelang.schemas.build import Json, array, choice, integer, mapping, one_or_more, pair, ref, text

WHOLE = "(?:0|[1-9][0-9]{0,15})"
DATE = "(?:19[0-9]{2}|2[01][0-9]{2}|2200)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
YEAR_START = "(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
NO_INFLUENCE: Json = {"not": {"pattern": "|".join(INFLUENCE_WORDS)}}
"""Names of influence scores, as far as small letters go: the checker folds the rest."""

MAX_DIGITS = 5
"""Digits of a length: the exact maximum depends on the unit and is left to the checker."""


def definitions() -> Json:
    """Every definition of a value, by name."""
    return {
        **_scalars(),
        **_lengths(),
        "scope": _scope(),
        "window": _window_definition(),
        "validity": _validity(),
        "lapses": _lapses(),
        "wait": _wait(),
    }


def _scalars() -> Json:
    return {
        "name": _number_too(text("[a-z0-9-]{1,60}", "1 to 60 small letters, digits and dashes.")),
        "code": text("[a-z][a-z0-9-]{0,59}", "As a name, beginning with a letter."),
        "moment": {**text("[a-z_]{1,40}", "Small letters and underscores, such as pre_arrival."), **NO_INFLUENCE},
        "text": _text(),
        "texts": _texts(),
        "date": text(DATE, "A day, such as 2026-03-01."),
        "time": text(TIME, "A time of day, such as 17:00."),
        "money": {"description": "An amount, such as EUR 500 or EUR 499.50.", "type": "string", "pattern": _money()},
        "evidence": {**choice(EVIDENCE_WORDS), "description": "What a check-in rests on, the weakest first."},
        "weekdays": one_or_more(choice(WEEKDAYS)),
    }


def _number_too(piece: Json) -> Json:
    """Digits alone stand for a name too, though YAML takes them for a number."""
    return {"anyOf": [piece, {"type": "integer", "minimum": 0}]}


def _text() -> Json:
    # Words that YAML takes for something else are texts to us: the country NO, the rate 010.
    return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": limits.MAX_SCALAR_CHARACTERS}


def _texts() -> Json:
    languages: Json = {"en": ref("text"), "nl": ref("text")}
    return mapping((), languages, at_least_one=True) | {"description": "Texts by language."}


def _money() -> str:
    by_digits: dict[int, list[str]] = {}
    for currency, digits in EXPONENTS.items():
        by_digits.setdefault(digits, []).append(currency)
    forms = [
        f"(?:{'|'.join(currencies)}) {WHOLE}" + (rf"(?:\.[0-9]{{1,{digits}}})?" if digits else "")
        for digits, currencies in sorted(by_digits.items())
    ]
    return f"^(?:{'|'.join(forms)})$"


def _lengths() -> Json:
    number = f"0*[1-9][0-9]{{0,{MAX_DIGITS - 1}}}"
    units = "|".join(unit for unit in MOST_OF_UNIT if unit != "hour")
    return {
        "days": text(f"{number} (?:day|week)s?", "A length, such as 30 days or 2 weeks."),
        "dayLength": text(f"{number} (?:{units})s?", "A length, such as 90 days or 2 months."),
        "length": text(f"{number} (?:hour|{units})s?", "A length, such as 180 days or 6 hours."),
    }


# --- where and when -------------------------------------------------------------------------------------------------

_NAMES = one_or_more(ref("name"))
_TEXTS = one_or_more(ref("text"))

PLACES: Json = {
    "properties": _NAMES,
    "brands": _TEXTS,
    "cities": _TEXTS,
    "countries": one_or_more(text("[A-Z]{2}", "Two capitals of ISO 3166.")),
}
SCHEDULE: Json = {"from": ref("date"), "until": ref("date"), "on": ref("weekdays"), "between": pair(ref("time"))}


def _scope() -> Json:
    listed: Json = {"properties": _NAMES, "brands": _TEXTS, "cities": _TEXTS}
    return {"anyOf": [choice(SCOPE_WORDS), mapping(keys.PLACES, listed, at_least_one=True)]}


def window_properties() -> Json:
    """The keys of windows with what each takes."""
    back = integer(0, limits.MAX_BACK)
    start = _year_start()
    unit = mapping(keys.CALENDAR, {"unit": choice(CALENDAR_UNITS), "back": back}, needed=["unit"])
    year = mapping(keys.CALENDAR, {"year_from": start, "back": back}, needed=["year_from"])
    ends: Json = {"from": ref("date"), "until": ref("date")}
    return {
        "within": ref("length"),
        "in": {"anyOf": [choice(CALENDAR_WORDS), unit, year]},
        "during": mapping(keys.DATES, ends, at_least_one=True),
        "since": {"anyOf": [choice(SINCE_WORDS), mapping(keys.SINCE, {"grant_of": ref("name")})]},
        "ever": {"const": True},
        "best_of": array(ref("window"), least=2, most=limits.MAX_WINDOWS),
    }


def _year_start() -> Json:
    return text(YEAR_START, "A day of the year, such as 03-01.")


def _validity() -> Json:
    own_year = mapping(keys.CALENDAR, {"year_from": _year_start()}, needed=["year_from"])
    ends: Json = {"end_of": {"anyOf": [choice(ENDS), own_year]}, "plus": ref("dayLength")}
    whole = mapping(keys.VALIDITY, ends, needed=["end_of"])
    return {"anyOf": [ref("dayLength"), whole, mapping(keys.VALIDITY, {"until": ref("date")}, needed=["until"])]}


def _lapses() -> Json:
    custom = {**text(f"{CUSTOM_PREFIX}[a-z0-9_.-]{{1,40}}", "Activities of your own."), **NO_INFLUENCE}
    done: Json = {"anyOf": [choice(KEPT_BY), custom]}
    ends: Json = {"from": ref("date"), "until": ref("date")}
    paused = mapping(keys.DATES, ends, at_least_one=True)
    return mapping(keys.LAPSES, {"after": ref("dayLength"), "without": one_or_more(done), "paused": paused})


def _wait() -> Json:
    before = mapping(keys.BEFORE, {"days_before": integer(0, limits.MAX_WAIT_DAYS), "at": ref("time")})
    span = text(f"0*[1-9][0-9]{{0,{MAX_DIGITS - 1}}} (?:hour|day|week)s?", "A length, such as 48 hours or 2 days.")
    ends: Json = {"from": before, "every": choice(["day", "hour"]), "until": {"anyOf": [span, before]}}
    return mapping(keys.WAIT, ends)


def _window_definition() -> Json:
    one = {key: piece for key, piece in window_properties().items() if key != "best_of"}
    return mapping(keys.MEASURE, one, needed=[]) | {"minProperties": 1, "maxProperties": 1}


# --- countings ------------------------------------------------------------------------------------------------------

COUNTING: Json = {
    "name": ref("name"),
    "merge_adjoining": {"type": "boolean"},
    "one_per_day": {"type": "boolean"},
    "max_rooms": integer(1, 1_000),
    "min_nights": integer(0, 3_650),
    "min_amount": ref("money"),
    "min_amount_per_night": ref("money"),
    "exclude_channels": _TEXTS,
    "only_channels": _TEXTS,
    "exclude_rates": _TEXTS,
}
