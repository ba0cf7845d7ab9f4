"""Near misses: what is missing for a condition, and before when: "2 more stays here before 30 June"."""

from __future__ import annotations

import math
from datetime import date
from fractions import Fraction

from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import RANKS, Aggregate, FactTest, Measure, MeasureTest, Op, ScopeKind, Series
from rewards.rulelang.prose.amounts import amount, whose_currency
from rewards.rulelang.prose.conditions import phrase_text
from rewards.rulelang.prose.facts import NOUNS, fact_type
from rewards.rulelang.prose.languages import Language, language_of
from rewards.rulelang.prose.measures import in_each_text, latest, linked_text, measure_style, series_noun, worded
from rewards.rulelang.prose.names import NO_NAMES, Names
from rewards.rulelang.prose.numbers import day, number
from rewards.rulelang.prose.parts import Text, fill, plain, text, tidy
from rewards.rulelang.prose.places import scope_text
from rewards.rulelang.prose.small_print import newest_text
from rewards.rulelang.reading.names import MONEY_AGGREGATES

_CEILINGS = (Op.AT_MOST, Op.LESS_THAN)
_SAID = (FactType.NUMBER, FactType.MONEY)


def missing_text(
    test: MeasureTest | FactTest,
    shortfall: int | Fraction,
    by: date | None,
    language: str,
    names: Names = NO_NAMES,
    *,
    today: date | None = None,
) -> str:
    """What would satisfy a test.

    In:     `shortfall`: how much is lacking, in the test's units (minor units for money); for `at_most`, `less_than`
            and below zero how much there is too much. A fraction counts as the next whole unit. `by`: the hotel day
            before which it must happen; None says no day. Its year is said where it is not the year of `today`.
    Out:    "2 more stays here before 30 June"; for what cannot be counted (texts, dates, yes or no) the condition.
    """
    spoken = language_of(language)
    # The way to a better place is a number that rises.
    place = isinstance(test, MeasureTest) and test.measure.aggregate in RANKS
    ceiling = not place and (test.comparison.op in _CEILINGS or shortfall < 0)
    lack = math.ceil(abs(Fraction(shortfall)))
    if isinstance(test, FactTest):
        missing = _of_fact(test, lack, spoken, names, ceiling=ceiling)
    else:
        missing = _of_measure(test.measure, lack, spoken, names, ceiling=ceiling)
    if by is not None and not ceiling:
        shown = day(by, language, year=today is not None and today.year != by.year)
        missing = fill(spoken.answers["before"], (), {"missing": missing, "date": shown})
    return plain(tidy(missing))


def _of_fact(test: FactTest, lack: int, language: Language, names: Names, *, ceiling: bool) -> Text:
    condition = phrase_text(test, (), language, names)
    sort = fact_type(test)
    noun = NOUNS.get(test.fact)
    if sort not in _SAID or (sort is FactType.NUMBER and noun is None):
        return condition
    key = "less.fact" if ceiling else "more.fact"
    slots: dict[str, Text | str] = {"condition": condition}
    if sort is FactType.MONEY:
        slots["n"] = amount(lack, test.currency, language, names)
        return fill(language.answers[f"{key}.money"], (), slots)
    slots |= {"n": number(lack, language.code), "noun": language.noun(noun, lack) if noun else ""}
    return fill(language.answers[key], (), slots)


def _of_measure(measure: Measure, lack: int, language: Language, names: Names, *, ceiling: bool) -> Text:
    want = "less" if ceiling else "more"
    aggregate = worded(measure.aggregate)
    own = f"{want}.{measure.series.value}.{aggregate}"
    template = language.answers.get(own) or language.answers[f"{want}.{aggregate}"]
    missing = fill(template, (), _slots(measure, lack, language, names))
    if measure.last is None:
        return missing
    return fill(language.answers["newest"], (), {"missing": missing, "last": newest_text(measure.last, (), language)})


def _slots(measure: Measure, lack: int, language: Language, names: Names) -> dict[str, Text | str]:
    style = measure_style(measure, language, names)
    by_amount = measure.series is Series.SPEND and measure.aggregate in RANKS
    if measure.aggregate in MONEY_AGGREGATES or by_amount:
        shown = amount(lack, measure.currency, language, names, whose_currency(measure))
    else:
        shown = number(lack, language.code)
    noun = language.noun(style.noun, lack) if style.noun else ""
    here = measure.scope.kind is ScopeKind.HERE
    if measure.aggregate is Aggregate.COUNT or measure.aggregate in RANKS:
        noun = series_noun(measure, lack, language, names)
    return {
        "n": shown,
        "noun": noun,
        "one": series_noun(measure, 1, language, names),
        "many": series_noun(measure, 2, language, names),
        "latest": latest(measure, language, names),
        "linked": linked_text(measure, (), language),
        "inner": in_each_text(measure, (), language, names),
        "at": text(language.places["here.short"]) if here else scope_text(measure.scope, (), language, names),
    }
