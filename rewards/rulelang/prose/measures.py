"""How a test of a measure reads, as a clause of a rule and as a phrase of a reason."""

from __future__ import annotations

from rewards.rulelang.nodes import (
    GIVEN,
    HERE_NOW,
    RANKS,
    Aggregate,
    Attribution,
    Comparison,
    Dimension,
    Groups,
    Lifetime,
    Measure,
    MeasureTest,
    Op,
    Series,
    in_each,
)
from rewards.rulelang.prose.amounts import measured_style
from rewards.rulelang.prose.clauses import Clause, clause_of
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names, quoted
from rewards.rulelang.prose.parts import NOTHING, Path, Text, fill, joined, plain, text
from rewards.rulelang.prose.places import scope_text
from rewards.rulelang.prose.quantities import Style, bare, counted, placed, quantity
from rewards.rulelang.prose.small_print import small_print
from rewards.rulelang.prose.windows import window_text
from rewards.rulelang.reading.names import MONEY_AGGREGATES

_ONE_OR_MORE = Comparison(Op.AT_LEAST, (1,))
RECENCY = (Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST)


def measure_clause(test: MeasureTest, path: Path, language: Language, names: Names) -> Clause:
    """The test as a clause with its small print in brackets; `path` is the condition's."""
    template = language.measures[_clause_key(test.measure, test.comparison, language)]
    slots = _slots(test, path, language, names, short=False)
    clause = clause_of(template, path, slots)
    return Clause((*clause.body, *_bracketed(test.measure, path, language, names)), clause.guest, clause.helper, path)


def measure_phrase(test: MeasureTest, path: Path, language: Language, names: Names) -> Text:
    """The test as a phrase like a noun: "at least 6 stays at this hotel in 180 days"."""
    measure = test.measure
    aggregate = worded(measure.aggregate)
    own = f"noun.{measure.series.value}.{aggregate}"
    template = language.measures.get(own) or language.measures[f"noun.{aggregate}"]
    slots = _slots(test, path, language, names, short=True)
    return (*fill(template, path, slots), *_bracketed(measure, path, language, names))


def measure_noun(measure: Measure, path: Path, language: Language, names: Names) -> Text:
    """What is measured, compared with nothing: "the number of stays at this hotel in the last 180 days"."""
    template = language.amounts.get(f"{measure.series}.{measure.aggregate}") or language.amounts[str(measure.aggregate)]
    unit = _unit(measure)
    slots: dict[str, Text | str] = {
        "at": scope_text(measure.scope, path, language, names),
        "when": _when(measure, path, language, names, short=False),
        "one": series_noun(measure, 1, language, names),
        "many": series_noun(measure, 2, language, names),
        "latest": latest(measure, language, names),
        "units": language.noun(unit, 2) if unit in language.nouns else "",
        "inner": in_each_text(measure, path, language, names),
    }
    return fill(template, path, slots)


def _unit(measure: Measure) -> str:
    """The key of what is counted where it is no series."""
    if measure.groups is not None:
        whole = measure.aggregate is Aggregate.GROUPS_IN_A_ROW
        return str(measure.groups.of) if whole else f"distinct.{measure.groups.of}"
    dimension = measure.dimension or Dimension.DAY
    return f"distinct.{dimension}" if measure.aggregate is Aggregate.DISTINCT else str(dimension)


def in_each_text(measure: Measure, path: Path, language: Language, names: Names) -> Text:
    """What a measure comes to in each of its groups; nothing where it has none."""
    if measure.groups is None:
        return NOTHING
    inner, at = in_each(measure), (*path, "groups")
    shown = quantity(measure.groups.comparison, measure_style(inner, language, names), at, language)
    template = language.measures.get(f"groups.each.{inner.aggregate}") or language.measures["groups.each"]
    return fill(template, at, {"q": shown, "one": series_noun(inner, 1, language, names)})


def _clause_key(measure: Measure, comparison: Comparison, language: Language) -> str:
    series, aggregate = measure.series.value, measure.aggregate
    if aggregate is Aggregate.STREAK:
        own = f"{series}.streak"
        return own if own in language.measures else f"{series}.count"
    if aggregate is not Aggregate.COUNT:
        word = worded(aggregate)
        own = f"{series}.{word}"
        return own if own in language.measures else word
    zero = comparison.values[0] == 0
    if measure.series is Series.HELD and comparison == _ONE_OR_MORE:
        # What is held now is held; on days of a window, or on the day of arrival, it was.
        now = isinstance(measure.window, Lifetime) and measure.by is Attribution.DEPARTURE
        return "held.some" if now else "held.some.then"
    ending = {Op.AT_MOST: "none", Op.EXACTLY: "never"}.get(comparison.op, "count") if zero else "count"
    return f"{series}.{ending}"


def worded(aggregate: Aggregate) -> str:
    """The key of what is said of an aggregate; how ties fall is small print."""
    return Aggregate.RANK.value if aggregate in RANKS else aggregate.value


def _slots(test: MeasureTest, path: Path, language: Language, names: Names, *, short: bool) -> dict[str, Text | str]:
    measure = test.measure
    shown = quantity(test.comparison, measure_style(measure, language, names), path, language)
    return {
        "q": shown,
        "times": _times(test, path, language),
        "guests": quantity(test.comparison, counted(language, "guests"), path, language),
        "at": scope_text(measure.scope, path, language, names),
        "place": scope_text(measure.scope, path, language, names, "place"),
        "when": _when(measure, path, language, names, short=short),
        "one": series_noun(measure, 1, language, names),
        "many": series_noun(measure, 2, language, names),
        "custom": text(quoted(measure.custom or ""), (*path, "measure")),
        "what": text(given(measure, language, names), (*path, "perk")),
        "latest": latest(measure, language, names),
        "linked": linked_text(measure, path, language),
        "inner": in_each_text(measure, path, language, names),
    }


def linked_text(measure: Measure, path: Path, language: Language) -> Text:
    """Who counts as a companion: "the guest's friends or household members"."""
    at = (*path, "linked")
    named = [f"linked.{kind}" for kind in measure.linked] or ["linked.any"]
    kinds = [text(language.measures[key], (*at, index)) for index, key in enumerate(named)]
    return fill(language.measures["linked"], at, {"list": language.either(kinds, at)})


def _when(measure: Measure, path: Path, language: Language, names: Names, *, short: bool) -> Text:
    """The window; "so far" is not said of how long ago something was, nor of what is held now."""
    now = measure.series in (Series.HELD, Series.LEFT)
    if (now or measure.aggregate in RECENCY) and isinstance(measure.window, Lifetime):
        return NOTHING
    return window_text(measure.window, path, language, names, short=short)


def _times(test: MeasureTest, path: Path, language: Language) -> Text:
    if test.measure.groups is not None:
        return _in_groups(test, test.measure.groups, path, language)
    if test.measure.aggregate is not Aggregate.STREAK:
        return quantity(test.comparison, counted(language, "times"), path, language)
    unit = test.measure.dimension or Dimension.DAY
    run = quantity(test.comparison, counted(language, unit.value, none=False), path, language)
    template = language.measures.get(f"streak.{unit.value}") or language.measures["streak"]
    return fill(template, path, {"q": run})


def _in_groups(test: MeasureTest, groups: Groups, path: Path, language: Language) -> Text:
    many = quantity(test.comparison, counted(language, _unit(test.measure), none=False), path, language)
    key = "streak" if test.measure.aggregate is Aggregate.GROUPS_IN_A_ROW else "groups.in"
    template = language.measures.get(f"{key}.{groups.of}") or language.measures[key]
    return fill(template, (*path, "groups"), {"q": many})


def measure_style(measure: Measure, language: Language, names: Names) -> Style:
    """How the values a measure is compared with are shown."""
    if measure.aggregate in MONEY_AGGREGATES:
        return measured_style(measure, language, names)
    if measure.aggregate in RECENCY:
        return counted(language, "day", none=False)
    if measure.aggregate in RANKS:
        return placed(language)
    if measure.aggregate in HERE_NOW:
        return bare(language)
    if measure.groups is not None or measure.aggregate in (Aggregate.DISTINCT, Aggregate.STREAK):
        return counted(language, _unit(measure), none=False)
    open_ = (("custom", quoted(measure.custom or "")), ("what", given(measure, language, names)))
    return counted(language, measure.series.value, open_)


def given(measure: Measure, language: Language, names: Names) -> str:
    """What was given, of series that count it: "“Gold” or “Platinum”"; "a reward" where it is not said."""
    if measure.series not in GIVEN:
        return ""
    titles = [text(names.perk_title(code, language.code)) for code in measure.perks]
    return plain(language.either(titles, ())) if titles else language.measures["given.any"]


def series_noun(measure: Measure, amount: int, language: Language, names: Names) -> str:
    """What the series counts, one or more: "late payment", "activities “yoga”"."""
    return _named(language.noun(measure.series.value, amount), measure, language, names)


def latest(measure: Measure, language: Language, names: Names) -> str:
    """The last or first of the series with its article, in languages whose article depends on it."""
    end = "first" if measure.aggregate is Aggregate.DAYS_SINCE_FIRST else "last"
    return _named(language.latest.get(f"{end}.{measure.series.value}", ""), measure, language, names)


def _named(phrase: str, measure: Measure, language: Language, names: Names) -> str:
    if "{what}" in phrase:
        return phrase.replace("{what}", given(measure, language, names))
    return phrase.replace("{custom}", quoted(measure.custom or ""))


def _bracketed(measure: Measure, path: Path, language: Language, names: Names) -> Text:
    prints = small_print(measure, path, language, names)
    if not prints:
        return NOTHING
    return (*text(" (", path), *joined(prints, "; ", "; ", path), *text(")", path))
