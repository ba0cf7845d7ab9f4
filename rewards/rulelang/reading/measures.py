"""A measure with its comparison: which activities, reckoned how, where, when, and compared with what."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from rewards.rulelang import limits
from rewards.rulelang.diagnostics import Report
from rewards.rulelang.facts import FactType, is_influence
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    Aggregate,
    Attribution,
    Comparison,
    Counting,
    Dimension,
    Lifetime,
    Measure,
    MeasureTest,
    Op,
    RollingHours,
    Scope,
    Series,
    Window,
    windows,
)
from rewards.rulelang.nodes import DEFAULT_COUNTING as DEFAULT
from rewards.rulelang.reading.comparisons import Subject, comparison
from rewards.rulelang.reading.countings import CountingReader
from rewards.rulelang.reading.fields import Fields, text_of
from rewards.rulelang.reading.groups import grouped, refuse_dimension
from rewards.rulelang.reading.names import (
    AGGREGATE_KEYS,
    AMONG_GUESTS_NAMES,
    BEHIND,
    COMPANIONS,
    CUSTOM_PREFIX,
    DISTINCT,
    FIRST_INCLUDES_THIS,
    FIRST_KEY,
    HOUR_SERIES,
    KEY_OWNERS,
    LAST_KEY,
    MEASURE_ALONE_KEYS,
    MEASURE_KEYS,
    MEASURE_OPERATOR_KEYS,
    RANK,
    RANK_KEYS,
    SERIES_NAMES,
    STREAK,
    WINDOW_KEYS,
    listed,
    title,
    type_of,
)
from rewards.rulelang.reading.ranks import rank_measure
from rewards.rulelang.reading.scalars import (
    any_text,
    choice,
    code,
    currency_code,
    evidence,
    minute_of_day,
    name,
    number,
    only_true,
    several,
    weekdays,
)
from rewards.rulelang.reading.tree import Block, Tree
from rewards.rulelang.reading.windows import from_until, scope, window
from rewards.rulelang.wording.entry import Phrase, Piece
from rewards.rulelang.wording.phrases import suggestion

ATTRIBUTIONS = tuple(str(each) for each in Attribution)
ATTRIBUTIONS_OF_HELD = (str(Attribution.ARRIVAL),)
A_MEASURE = Phrase("A measure", "Een meting")
CUSTOM_NAME = re.compile(r"[a-z0-9_.-]{1,40}")
AggregateReader = Callable[[Fields, Series, Report], tuple[Aggregate, Dimension | None]]


def measure_test(block: Block, report: Report, countings: dict[str, Counting]) -> MeasureTest | None:
    """The test of a mapping with the key `measure`, None where it has errors; all of them are noted."""
    before = report.errors
    fields = Fields(block, MEASURE_KEYS, A_MEASURE, report)
    measure = _measure(fields, report, countings)
    test = _compared(measure, fields, report) if measure is not None else None
    return test if report.errors == before else None


def measure_alone(block: Block, report: Report, countings: dict[str, Counting]) -> Measure | None:
    """A measure that is compared with nothing where it stands, None where it has errors; all of them are noted."""
    before = report.errors
    fields = Fields(block, MEASURE_ALONE_KEYS, A_MEASURE, report)
    measure = _measure(fields, report, countings)
    if measure is not None and measure.aggregate in AMONG_GUESTS:
        # A place among all guests is compared; no amount is reckoned from it.
        hint = suggestion("", SERIES_NAMES)
        report.add("measure_unknown", fields.place("measure"), name=title(measure), suggestion=hint)
    currency = fields.read("currency", currency_code, None)
    if measure is None or report.errors != before:
        return None
    return replace(measure, currency=currency) if type_of(measure) is FactType.MONEY else measure


def _measure(fields: Fields, report: Report, countings: dict[str, Counting]) -> Measure | None:
    named = fields.read("measure", _name, None)
    if named is None:
        return None
    word, custom = named
    if word in AMONG_GUESTS_NAMES:
        return rank_measure(word, fields, report)
    return _own_measure(Series(word), custom, fields, report, countings)


def _own_measure(
    series: Series, custom: str | None, fields: Fields, report: Report, countings: dict[str, Counting]
) -> Measure:
    """A measure of the guest's own history."""
    _refuse_foreign_keys(fields, series, report)
    aggregate, dimension = _aggregate(fields, series, report)
    measure = _narrowed(Measure(series, aggregate, dimension, custom=custom), fields, report, countings)
    _refuse_hours(fields, measure, report)
    if series in (Series.EARNED, Series.HELD, Series.LEFT):
        fields.need("perk")
    _refuse_window_of_left(fields, measure, report)
    _refuse_last(fields, measure, report)
    return grouped(measure, fields, report)


def _name(tree: Tree, what: Piece, report: Report) -> tuple[str, str | None] | None:
    """The word of a series or of a measure among guests, and the name of a custom series."""
    text = text_of(tree, what, "stays", report)
    if text is None:
        return None
    if text.text in (*SERIES_NAMES, *AMONG_GUESTS_NAMES):
        return text.text, None
    if is_influence(text.text):
        report.add("influence_refused", text.span, name=text.text)
        return None
    custom = text.text.removeprefix(CUSTOM_PREFIX)
    if custom != text.text and CUSTOM_NAME.fullmatch(custom):
        return str(Series.CUSTOM), custom
    known = (*SERIES_NAMES, f"{CUSTOM_PREFIX}NAME", *AMONG_GUESTS_NAMES)
    report.add("measure_unknown", text.span, name=text.text, suggestion=suggestion(text.text, known))
    return None


def _refuse_foreign_keys(fields: Fields, series: Series, report: Report) -> None:
    for key in fields.present(KEY_OWNERS):
        owners = KEY_OWNERS[key]
        if series not in owners:
            report.add("key_not_for_measure", fields.place(key), key=key, series=series, owners=listed(owners))
    for key in fields.present(RANK_KEYS):
        report.add("key_not_for_measure", fields.place(key), key=key, series=series, owners=_OWNERS_OF[key])


_OWNERS_OF = {"of": f"{RANK}, {BEHIND}", "ties": RANK, "linked": COMPANIONS}


# --- how it is reckoned ---------------------------------------------------------------------------------------------


def _aggregate(fields: Fields, series: Series, report: Report) -> tuple[Aggregate, Dimension | None]:
    keys = fields.present(AGGREGATE_KEYS)
    if len(keys) > 1:
        report.add("aggregates_many", fields.place(keys[1]), found=listed(keys))
    found = [_READERS[key](fields, series, report) for key in keys]
    if found:
        return found[0]
    counted = series is not Series.SPEND or FIRST_KEY in fields
    return (Aggregate.COUNT if counted else Aggregate.SUM), None


def _distinct(fields: Fields, series: Series, report: Report) -> tuple[Aggregate, Dimension | None]:
    word = fields.read("distinct", choice(DISTINCT), "")
    refuse_dimension("distinct", word, fields, series, report)
    return Aggregate.DISTINCT, Dimension(word) if word else None


def _streak(fields: Fields, _series: Series, _report: Report) -> tuple[Aggregate, Dimension | None]:
    word = fields.read("streak", choice(STREAK), "")
    return Aggregate.STREAK, Dimension(word) if word else None


def _days_since(fields: Fields, _series: Series, _report: Report) -> tuple[Aggregate, Dimension | None]:
    word = fields.read("days_since", choice(("last", "first")), "last")
    return (Aggregate.DAYS_SINCE_LAST if word == "last" else Aggregate.DAYS_SINCE_FIRST), None


def _flag(aggregate: Aggregate) -> AggregateReader:
    """The reader of an aggregate that needs no word: its key says `true`."""

    def read(fields: Fields, _series: Series, _report: Report) -> tuple[Aggregate, Dimension | None]:
        fields.read(str(aggregate), only_true, True)
        return aggregate, None

    return read


_READERS: dict[str, AggregateReader] = {
    "count": _flag(Aggregate.COUNT),
    "average": _flag(Aggregate.AVERAGE),
    "largest": _flag(Aggregate.LARGEST),
    "distinct": _distinct,
    "streak": _streak,
    "days_since": _days_since,
}

# --- where, when, which ---------------------------------------------------------------------------------------------


def _narrowed(measure: Measure, fields: Fields, report: Report, countings: dict[str, Counting]) -> Measure:
    looked: Window = window(fields, report)
    held = measure.series is Series.HELD
    return replace(
        measure,
        scope=fields.read("where", scope, Scope()),
        window=looked,
        by=Attribution(fields.read("by", choice(ATTRIBUTIONS_OF_HELD if held else ATTRIBUTIONS), "departure")),
        counting=fields.read("counting", CountingReader(countings), DEFAULT),
        evidence=fields.read("evidence", evidence, None),
        categories=fields.read("category", several(any_text), ()),
        room_classes=fields.read("room_class", several(any_text), ()),
        weekdays=fields.read("on", weekdays, ()),
        hours=fields.read("hours", hours, None),
        including_this=bool(fields.read("including", choice(("this",)), "")),
        perks=fields.read("perk", several(code), ()),
        rules=fields.read("rule", several(name), ()),
        last=fields.read(LAST_KEY, number(1, limits.MAX_LAST), None),
    )


def _refuse_window_of_left(fields: Fields, measure: Measure, report: Report) -> None:
    """What is left is left now: no window narrows it."""
    if measure.series is Series.LEFT and measure.window != Lifetime():
        why = Phrase("what is left is left now", "wat over is, is nu over")
        key = next(iter(fields.present(WINDOW_KEYS)))
        report.add("window_not_for_measure", fields.place(key), name=str(Series.LEFT), why=why, example="ever: true")


def _refuse_last(fields: Fields, measure: Measure, report: Report) -> None:
    """`last` keeps whole ones: no stay told night by night; and the newest are never the first."""
    if measure.last is None:
        return
    if measure.by is Attribution.NIGHTS:
        why = Phrase("by nights a stay is many", "bij nights is een verblijf er veel")
        advice = Phrase("Leave one of them out.", "Laat er één weg.")
        report.add("parameters_contradict", fields.span, one=LAST_KEY, other="by: nights", why=why, advice=advice)
    if FIRST_KEY in fields:
        why = Phrase("the newest do not tell which was the first", "de nieuwste zeggen niet welke de eerste was")
        advice = Phrase("Leave “last” out.", "Laat “last” weg.")
        report.add("parameters_contradict", fields.span, one=LAST_KEY, other=FIRST_KEY, why=why, advice=advice)


def hours(tree: Tree, what: Piece, report: Report) -> tuple[int, int] | None:
    """`["17:00", "23:00"]` as the first and the last hour, 17 and 22; it may run past midnight."""
    found = from_until(_whole_hour)(tree, what, report)
    return None if found is None else (found[0], (found[1] - 1) % 24)


def _whole_hour(tree: Tree, what: Piece, report: Report) -> int | None:
    minute = minute_of_day(tree, what, report)
    if minute is not None and minute % 60:
        report.add("hour_expected", tree.span, what=what, value=f"{minute // 60:02}:{minute % 60:02}")
        return None
    return None if minute is None else minute // 60


def _refuse_hours(fields: Fields, measure: Measure, report: Report) -> None:
    if measure.series in HOUR_SERIES or not any(isinstance(each, RollingHours) for each in windows(measure.window)):
        return
    span = fields.place("within" if "within" in fields else "best_of")
    key = "within: … hours"
    report.add("key_not_for_measure", span, key=key, series=measure.series, owners=listed(HOUR_SERIES))


# --- compared with what ---------------------------------------------------------------------------------------------


def _compared(measure: Measure, fields: Fields, report: Report) -> MeasureTest | None:
    if FIRST_KEY in fields and measure.aggregate not in AMONG_GUESTS:
        return _first(measure, fields, report)
    compared = comparison(fields, Subject(title(measure), type_of(measure), keys=MEASURE_OPERATOR_KEYS), report)
    currency = fields.read("currency", currency_code, None)
    if compared is None:
        return None
    if currency is not None and compared.currency not in (None, currency):
        report.add("currencies_differ", fields.place("currency"), found=listed([currency, compared.currency or ""]))
    currency = compared.currency or currency or measure.currency
    return MeasureTest(replace(measure, currency=currency), compared.comparison, fields.span)


def _first(measure: Measure, fields: Fields, report: Report) -> MeasureTest | None:
    """`first: true` as a plain comparison: exactly one with the one at hand, or exactly none without it."""
    fields.read(FIRST_KEY, only_true, True)
    extra = fields.present(MEASURE_OPERATOR_KEYS)
    if extra:
        report.add("operators_many", fields.span, name=title(measure), found=listed([FIRST_KEY, *extra]))
    if measure.aggregate is not Aggregate.COUNT:
        why = Phrase("the first of them is a matter of counting", "de eerste is een zaak van tellen")
        advice = Phrase("Leave one of them out.", "Laat er één weg.")
        one, other = "first", str(measure.aggregate)
        report.add("parameters_contradict", fields.span, one=one, other=other, why=why, advice=advice)
    if measure.series in FIRST_INCLUDES_THIS:
        measure = replace(measure, including_this=True)
    alone = measure.series is Series.STAYS and not measure.including_this
    return MeasureTest(measure, Comparison(Op.EXACTLY, (0 if alone else 1,)), fields.span)
