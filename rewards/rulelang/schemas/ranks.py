"""Tests of measures among all guests of a house: the rank, the way to first place, the crowd, companions."""

from __future__ import annotations

from collections.abc import Iterable

from rewards.rulelang.facts import EVIDENCE_WORDS, FactType
from rewards.rulelang.nodes import RANKED, Series, Ties
from rewards.rulelang.reading.names import BEHIND, COMPANIONS, CROWD, KEY_OWNERS, RANK
from rewards.rulelang.reading.ranks import LINKED
from rewards.rulelang.reading.windows import CALENDAR_WORDS, MEMBERSHIP_YEAR
from rewards.rulelang.reference import keys
from rewards.rulelang.schemas.build import Json, choice, mapping, one_or_more, ref, text
from rewards.rulelang.schemas.tests import at_most_one, exactly_one, operators
from rewards.rulelang.schemas.values import window_properties

_PROVEN = [series for series in RANKED if series in KEY_OWNERS["evidence"]]
_PLAIN = [series for series in RANKED if series not in KEY_OWNERS["evidence"]]
_WINDOWS = ("within", "in", "during", "ever")


def rank_tests() -> list[Json]:
    """One form for each measure, those that may ask for evidence apart."""
    counted = [series for series in _PLAIN if series is not Series.SPEND]
    return [
        _rank(RANK, _PROVEN, FactType.NUMBER, evidence=True),
        _rank(RANK, _PLAIN, FactType.NUMBER, evidence=False),
        _rank(BEHIND, _PROVEN, FactType.NUMBER, evidence=True),
        _rank(BEHIND, counted, FactType.NUMBER, evidence=False),
        _rank(BEHIND, [Series.SPEND], FactType.MONEY, evidence=False),
        _here_now(CROWD),
        _here_now(COMPANIONS),
    ]


def _rank(word: str, series: Iterable[Series], kind: FactType, *, evidence: bool) -> Json:
    compared = operators(kind)
    properties: Json = {
        "measure": {"const": word},
        "of": choice(str(each) for each in series),
        **({"ties": choice(str(each) for each in Ties)} if word == RANK else {}),
        "where": {"allOf": [ref("scope"), {"not": {"const": "anywhere"}}]},
        **_days(),
        **({"evidence": choice(EVIDENCE_WORDS)} if evidence else {}),
        **compared,
    }
    rules = [exactly_one(compared), *at_most_one(_WINDOWS)]
    return mapping(keys.MEASURE, properties, needed=["measure", "of"]) | {"allOf": rules}


def _days() -> Json:
    """Windows of hotel days that are the same for every guest."""
    known = window_properties()
    calendar: Json = {"anyOf": [choice(_common(CALENDAR_WORDS)), *known["in"]["anyOf"][1:]]}
    own_year = {"type": "object", "properties": {"unit": {"const": MEMBERSHIP_YEAR}}, "required": ["unit"]}
    units: Json = {"not": own_year}
    return {
        "within": ref("dayLength"),
        "in": {"allOf": [calendar, units]},
        "during": known["during"],
        "ever": known["ever"],
    }


def _common(words: Iterable[str]) -> list[str]:
    return [word for word in words if MEMBERSHIP_YEAR not in word]


def _here_now(word: str) -> Json:
    compared = operators(FactType.NUMBER)
    properties: Json = {
        "measure": {"const": word},
        "where": {"const": "here"},
        "within": text("0*[1-9][0-9]{0,4} hours?", "The last hours, such as 3 hours."),
        "evidence": choice(EVIDENCE_WORDS),
        **({"linked": one_or_more(choice(LINKED))} if word == COMPANIONS else {}),
        **compared,
    }
    return mapping(keys.MEASURE, properties, needed=["measure", "within"]) | {"allOf": [exactly_one(compared)]}
