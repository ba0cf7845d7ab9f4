"""The words that documents use, in the order in which sentences and the reference list them."""

from __future__ import annotations

from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import BEHINDS, GIVEN, HERE_NOW, RANKS, TEXT_OPS, Aggregate, Measure, Op, Series
from rewards.rulelang.wording.entry import Phrase

NUMBER_OPS = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY, Op.BETWEEN)

OPERATORS: dict[FactType, tuple[Op, ...]] = {
    FactType.NUMBER: (*NUMBER_OPS, Op.EVERY),
    FactType.MONEY: NUMBER_OPS,
    FactType.DATE: NUMBER_OPS,
    FactType.TIME: NUMBER_OPS,
    FactType.TEXT: TEXT_OPS,
    FactType.YES_NO: (Op.IS,),
}
"""Which comparisons a type takes."""

OPERATOR_KEYS = tuple(str(op) for op in Op)
MEASURE_OPERATOR_KEYS = tuple(key for key in OPERATOR_KEYS if key != Op.IN)
"""Of a measure `in` is the window, as in `in: this year`; its numbers are never compared with a list."""
AMOUNT_OPERATOR_KEYS = tuple(key for key in OPERATOR_KEYS if key not in TEXT_OPS)
OPS_OF_TWO = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY)
"""The comparisons of an amount beside which another amount may stand."""
FIRST_KEY = "first"
LAST_KEY = "last"
GROUPS_KEY = "groups"

TYPE_PHRASES: dict[FactType, Phrase] = {
    FactType.NUMBER: Phrase("a whole number", "een geheel getal"),
    FactType.MONEY: Phrase("an amount of money", "een geldbedrag"),
    FactType.DATE: Phrase("a date", "een datum"),
    FactType.TIME: Phrase("a time of day", "een tijd van de dag"),
    FactType.TEXT: Phrase("a text", "een tekst"),
    FactType.YES_NO: Phrase("a yes or no", "een ja of nee"),
}

EXAMPLES: dict[FactType, str] = {
    FactType.NUMBER: "6",
    FactType.MONEY: "EUR 500",
    FactType.DATE: "2026-03-01",
    FactType.TIME: '"17:00"',
    FactType.TEXT: "direct",
    FactType.YES_NO: "true",
}

WINDOW_KEYS = ("within", "in", "during", "since", "ever", "best_of")
AGGREGATE_KEYS = ("count", "average", "largest", "distinct", "streak", "days_since")
NARROWING_KEYS = (
    "where", "perk", "rule", "by", "counting", "evidence", "category", "room_class", "on", "hours", "including",
    "currency", "last", "groups",
)  # fmt: skip
RANK_KEYS = ("of", "ties", "linked")
MEASURE_KEYS = (
    "measure", *AGGREGATE_KEYS, *WINDOW_KEYS, *NARROWING_KEYS, *RANK_KEYS, *MEASURE_OPERATOR_KEYS, FIRST_KEY,
)  # fmt: skip
MEASURE_ALONE_KEYS = ("measure", *AGGREGATE_KEYS, *WINDOW_KEYS, *NARROWING_KEYS)
FACT_KEYS = ("fact", *OPERATOR_KEYS)
CONDITION_KEYS = ("all", "any", "not", "fact", "measure", "amount")
AMOUNT_KEYS = (
    "fact", "measure", "rate", "times", "percent", "sum", "less", "smallest", "largest", "bands", "marginal", "share",
    "if",
)  # fmt: skip
"""What an amount can be besides a fixed one: exactly one of these keys stands."""
AMOUNT_TEST_KEYS = ("amount", *AMOUNT_OPERATOR_KEYS)
ALWAYS = "always"

CUSTOM_PREFIX = "custom:"
SERIES_NAMES = tuple(str(series) for series in Series if series is not Series.CUSTOM)
RANK, BEHIND, CROWD, COMPANIONS = "rank", "behind", "crowd", "companions"
AMONG_GUESTS_NAMES = (RANK, BEHIND, CROWD, COMPANIONS)
"""Measures of all guests of a house together; they are no series."""

_S = Series
_STAYS = (_S.STAYS, _S.NIGHTS)
_PRESENCE = (_S.VISITS, _S.CHECK_INS)
_INSTANTS = (
    *_PRESENCE, _S.SPEND, _S.PAYMENTS, _S.PAYMENTS_ON_TIME, _S.PAYMENTS_LATE, _S.REFERRALS, _S.CUSTOM,
)  # fmt: skip

_DONE = tuple(series for series in _S if series not in GIVEN)

KEY_OWNERS: dict[str, tuple[Series, ...]] = {
    "perk": GIVEN,
    "rule": GIVEN,
    "by": (*_STAYS, _S.HELD),
    "room_class": _STAYS,
    "category": (*_PRESENCE, _S.SPEND),
    "hours": _INSTANTS,
    "including": (*_STAYS, *_PRESENCE, _S.SPEND),
    "counting": (*_STAYS, *_PRESENCE, _S.SPEND),
    "evidence": (*_PRESENCE, _S.CUSTOM),
    "currency": (_S.SPEND,),
    "average": (_S.SPEND,),
    "largest": (_S.SPEND,),
    LAST_KEY: tuple(series for series in _S if series not in (_S.NIGHTS, _S.EARNED, _S.HELD, _S.LEFT)),
    FIRST_KEY: tuple(series for series in _S if series not in (_S.NIGHTS, _S.EARNED, _S.HELD, _S.LEFT)),
    "distinct": (*_DONE, _S.GRANTS),
    "streak": (*_DONE, _S.GRANTS),
    "days_since": (*_DONE, _S.GRANTS),
    "on": (*_DONE, _S.GRANTS, _S.EARNED),
    GROUPS_KEY: tuple(series for series in _S if series is not _S.HELD),
}
"""Keys that only some series have; all others every series has."""

HOUR_SERIES = (*_INSTANTS, _S.GRANTS, _S.EARNED)
"""Series whose activities have an instant, so that a window of hours means something."""

FIRST_INCLUDES_THIS = (*_PRESENCE, _S.SPEND)
"""`first` counts what is at hand: exactly one with this one. A stay at hand never counts for itself: exactly none."""

PLACE_SERIES = _PRESENCE
CATEGORY_SERIES = (*_PRESENCE, _S.SPEND, _S.CUSTOM)

DISTINCT = ("property", "brand", "city", "country", "category", "place", "day", "week", "month", "year")
STREAK = ("day", "week", "month", "year")
DIMENSION_OWNERS = {"place": PLACE_SERIES, "category": CATEGORY_SERIES}
"""Values that only some series have."""
MONEY_AGGREGATES = (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST, Aggregate.BEHIND_AMOUNT)


def title(measure: Measure) -> str:
    """A measure as a document names it."""
    if measure.aggregate in RANKS:
        return RANK
    if measure.aggregate in HERE_NOW:
        return str(measure.aggregate)
    if measure.aggregate in BEHINDS:
        return BEHIND
    return f"{CUSTOM_PREFIX}{measure.custom}" if measure.series is Series.CUSTOM else str(measure.series)


def type_of(measure: Measure) -> FactType:
    """What a measure is compared as: an amount of money, or a number."""
    return FactType.MONEY if measure.aggregate in MONEY_AGGREGATES else FactType.NUMBER


def listed(words: tuple[str, ...] | list[str] | tuple[Series, ...]) -> str:
    """Words as a sentence lists them."""
    return ", ".join(str(each) for each in words)
