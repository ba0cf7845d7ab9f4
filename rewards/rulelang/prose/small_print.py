"""The small print of a measure: what narrows it, what counts, and by which date, as a list of phrases.

What a named counting means is said in full: a name alone tells neither a clerk nor a guest what counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.rulelang.nodes import (
    DEFAULT_COUNTING,
    GIVEN,
    RANKS,
    Aggregate,
    Attribution,
    Counting,
    Measure,
    Series,
    in_each,
)
from rewards.rulelang.prose.amounts import amount
from rewards.rulelang.prose.facts import channel
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names, quoted
from rewards.rulelang.prose.numbers import clock, number, weekday, weekdays_run
from rewards.rulelang.prose.parts import Path, Text, fill, joined, text
from rewards.rulelang.reading.names import MONEY_AGGREGATES

_NAMELESS = (DEFAULT_COUNTING.name, "inline")
"""Names of countings that are defined where they stand."""
_BY_DIMENSION = (Aggregate.DISTINCT, Aggregate.STREAK)


def small_print(measure: Measure, path: Path, language: Language, names: Names) -> list[Text]:
    """The phrases; none for a measure without any."""
    phrases = language.small_print
    found: list[Text] = []
    if measure.aggregate in RANKS:
        found.append(text(phrases[f"ties.{RANKS[measure.aggregate].value}"], (*path, "ties")))
    if measure.rules:
        titles = [names.rule(each, language.code) for each in measure.rules]
        found.append(_listed("rules", titles, (*path, "rule"), language))
    if measure.categories:
        found.append(
            _listed("categories", [quoted(each) for each in measure.categories], (*path, "category"), language)
        )
    if measure.room_classes:
        classes = [names.room_class(each, language.code) for each in measure.room_classes]
        found.append(_listed("room_classes", classes, (*path, "room_class"), language))
    if measure.weekdays:
        at = (*path, "on")
        found.append(fill(phrases["weekdays"], at, {"list": weekdays_text(measure.weekdays, at, language)}))
    if measure.hours is not None:
        found.append(_hours(measure.hours, (*path, "hours"), language))
    if measure.evidence is not None:
        word = language.words[f"evidence.{measure.evidence.word}"]
        found.append(fill(phrases["evidence"], (*path, "evidence"), {"word": word}))
    found.extend(_reckoning(measure, path, language, names))
    return found


def _reckoning(measure: Measure, path: Path, language: Language, names: Names) -> list[Text]:
    phrases = language.small_print
    found: list[Text] = []
    if measure.by is not Attribution.DEPARTURE:
        whose = ".held" if measure.series is Series.HELD and measure.by is Attribution.ARRIVAL else ""
        found.append(text(phrases[f"by.{measure.by.value}{whose}"], (*path, "by")))
    if measure.including_this:
        found.append(text(phrases["including"], (*path, "including")))
    if measure.counting != DEFAULT_COUNTING:
        found.append(_counting(measure.counting, (*path, "counting"), language, names))
    if measure.last is not None:
        found.append(newest_text(measure.last, (*path, "last"), language))
    found.extend(_unused(measure, path, language))
    return found


def newest_text(last: int, path: Path, language: Language) -> Text:
    """That only the newest so many count."""
    phrase = language.small_print["last.one" if last == 1 else "last"]
    return fill(phrase, path, {"n": text(number(last, language.code), path)})


def _unused(measure: Measure, path: Path, language: Language) -> list[Text]:
    """Fields that mean nothing for this measure are said all the same: the sentence hides nothing of the rule."""
    phrases = language.small_print
    found: list[Text] = []
    if measure.currency and in_each(measure).aggregate not in MONEY_AGGREGATES:
        found.append(fill(phrases["currency"], (*path, "currency"), {"currency": measure.currency}))
    if measure.dimension and measure.aggregate not in _BY_DIMENSION:
        found.append(fill(phrases["dimension"], path, {"unit": quoted(measure.dimension.value)}))
    if measure.perks and measure.series not in GIVEN:
        found.append(_listed("perks", [quoted(each) for each in measure.perks], (*path, "perk"), language))
    if measure.linked and measure.aggregate is not Aggregate.COMPANIONS:
        kinds = [language.measures[f"linked.{kind}"] for kind in measure.linked]
        found.append(_listed("linked", kinds, (*path, "linked"), language))
    if measure.custom and measure.series is not Series.CUSTOM:
        found.append(fill(phrases["custom"], path, {"custom": quoted(measure.custom)}))
    return found


def weekdays_text(days: Sequence[int], path: Path, language: Language) -> Text:
    """Weekdays as a list, or from first to last where they follow on each other."""
    named = language.small_print["weekday"]
    shown = [text(named.format(day=weekday(each, language.code)), path) for each in days]
    if weekdays_run(days):
        return fill(language.small_print["weekdays.run"], path, {"first": shown[0], "last": shown[-1]})
    return language.both(shown, path)


def _hours(hours: tuple[int, int], path: Path, language: Language) -> Text:
    first, last = hours
    slots: dict[str, Text | str] = {"first": text(clock(first * 60), path), "last": text(clock(last * 60 + 60), path)}
    return fill(language.small_print["hours"], path, slots)


def _listed(key: str, values: Sequence[str], path: Path, language: Language) -> Text:
    shown = [text(value, (*path, index)) for index, value in enumerate(values)]
    return fill(language.small_print[key], path, {"list": language.either(shown, path)})


# --- what counts ----------------------------------------------------------------------------------------------------


def _counting(counting: Counting, path: Path, language: Language, names: Names) -> Text:
    says = [*_how_many(counting, path, language), *_least(counting, path, language, names)]
    says.extend(_bookings(counting, path, language))
    comma = language.words["comma"]
    listed = joined(says, comma, comma, path)
    if says and counting.name in _NAMELESS:
        return listed
    slots: dict[str, Text | str] = {"name": text(quoted(counting.name), path), "list": listed}
    return fill(language.small_print["counting.named" if says else "counting"], path, slots)


def _how_many(counting: Counting, path: Path, language: Language) -> list[Text]:
    phrases = language.small_print
    found: list[Text] = []
    if counting.merge_adjoining:
        found.append(text(phrases["merge_adjoining"], (*path, "merge_adjoining")))
    if counting.one_per_day:
        found.append(text(phrases["one_per_day"], (*path, "one_per_day")))
    if counting.max_rooms is not None:
        at = (*path, "max_rooms")
        key = "max_rooms.one" if counting.max_rooms == 1 else "max_rooms"
        found.append(fill(phrases[key], at, {"n": text(number(counting.max_rooms, language.code), at)}))
    return found


def _least(counting: Counting, path: Path, language: Language, names: Names) -> list[Text]:
    found: list[tuple[str, str]] = []
    if counting.min_nights:
        nights = f"{number(counting.min_nights, language.code)} {language.noun('nights', counting.min_nights)}"
        found.append(("min_nights", nights))
    if counting.min_amount_minor:
        found.append(("min_amount", amount(counting.min_amount_minor, counting.currency, language, names)))
    least = counting.min_amount_per_night_minor
    if least:
        found.append(("min_amount_per_night", amount(least, counting.currency, language, names)))
    return [fill(language.small_print[key], (*path, key), {"q": text(shown, (*path, key))}) for key, shown in found]


def _bookings(counting: Counting, path: Path, language: Language) -> list[Text]:
    found: list[Text] = []
    for key, codes in (("exclude_channels", counting.exclude_channels), ("only_channels", counting.only_channels)):
        if codes:
            found.append(_listed(key, [channel(code, language) for code in codes], (*path, key), language))
    if counting.exclude_rates:
        at = (*path, "exclude_rates")
        shown = [text(quoted(rate), (*at, index)) for index, rate in enumerate(counting.exclude_rates)]
        key = "exclude_rates.one" if len(shown) == 1 else "exclude_rates"
        found.append(fill(language.small_print[key], at, {"list": language.both(shown, at)}))
    return found
