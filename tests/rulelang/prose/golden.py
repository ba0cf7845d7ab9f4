"""The snapshots of every phrase, in files that a person reads.

    python -m tests.rulelang.prose.golden

writes `tests/conformance/prose/*.txt` anew. Read the difference aloud, in both languages, before it is committed: a
native reader's ear is the test, and the suite only holds what was approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from rewards.domain.activity import Evidence
from rewards.domain.link import LinkKind
from rewards.rulelang.document import load
from rewards.rulelang.facts import ATTRIBUTE_PREFIX, CATALOGUE, NUMBER_PREFIX, FactType, find
from rewards.rulelang.nodes import (
    RANKED,
    RANKS,
    Aggregate,
    Attribution,
    BetterOf,
    Calendar,
    Comparison,
    Condition,
    Counting,
    Dates,
    Dimension,
    FactTest,
    Give,
    Groups,
    Lifetime,
    Measure,
    MeasureTest,
    MembershipYear,
    OffsetYear,
    Op,
    Rolling,
    RollingHours,
    Rule,
    Scalar,
    Scope,
    ScopeKind,
    Series,
    SinceEnrolment,
    SinceLastGrant,
    Unit,
    Window,
)
from rewards.rulelang.prose import LANGUAGES, condition_text, sentence
from tests.rulelang.prose.amounts import AMOUNTS
from tests.rulelang.prose.generate import NAMES
from tests.rulelang.prose.stories import answers, rules

FOLDER = Path(__file__).parents[2] / "conformance" / "prose"
_DRINK = (Give("drink"),)
_SPRING = (date(2027, 3, 1), date(2027, 5, 31))
Lines = Iterator[str]


def told(title: str, condition: Condition) -> Lines:
    """A condition as a rule tells it, and as a reason says it."""
    yield f"# {title}"
    for language in LANGUAGES:
        whole = sentence(Rule("r", ("arrival",), condition, _DRINK), language, NAMES)
        start, end = {"en": ("On arrival, when ", ", give them"), "nl": ("geldt: als ", ", geef dan")}[language]
        yield f"{language}  {whole.partition(start)[2].rpartition(end)[0]}"
        yield f"    {condition_text(condition, language, NAMES)}"


# --- facts ------------------------------------------------------------------------------------------------------------


def comparisons(sort: FactType, choices: tuple[str, ...]) -> Iterator[Comparison]:
    """Every comparison of a type, with one and with more."""
    if sort is FactType.YES_NO:
        yield from (Comparison(Op.IS, (value,)) for value in (True, False))
    elif sort is FactType.TEXT:
        yield from _texts(choices)
    else:
        yield from _numbers(*_VALUES[sort])
        if sort is FactType.NUMBER:
            yield from (Comparison(Op.EVERY, values) for values in ((1, 0, 0), (5, 0, 0), (5, 2, 12)))


def _texts(choices: tuple[str, ...]) -> Iterator[Comparison]:
    yield from (Comparison(Op.IS, (value,)) for value in choices)
    yield Comparison(Op.IS_NOT, choices[:1])
    for op in (Op.IN, Op.NOT_IN):
        yield from (Comparison(op, choices[:size]) for size in (1, 2, 3) if size <= len(choices))


def _numbers(one: Scalar, more: Scalar, none: Scalar) -> Iterator[Comparison]:
    for op in (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY):
        values = (one, more, none) if op in (Op.AT_MOST, Op.EXACTLY) else (one, more)
        yield from (Comparison(op, (value,)) for value in dict.fromkeys(values))
    yield Comparison(Op.BETWEEN, (one, more))


_VALUES: dict[FactType, tuple[Scalar, Scalar, Scalar]] = {
    FactType.NUMBER: (1, 3, 0),
    FactType.MONEY: (100, 125050, 0),
    FactType.DATE: (*_SPRING, _SPRING[0]),
    FactType.TIME: (545, 1020, 0),
}


def facts() -> Lines:
    """Every fact with every comparison, and one declared attribute."""
    for name in (*CATALOGUE, f"{ATTRIBUTE_PREFIX}newsletter", f"{NUMBER_PREFIX}children"):
        fact = find(name)
        assert fact is not None
        currency = "EUR" if fact.type is FactType.MONEY else None
        for comparison in comparisons(fact.type, fact.choices or _CHOICES.get(name, ("bar", "BAR", "spa"))):
            yield from told(title(name, comparison), FactTest(name, comparison, currency=currency))


def title(name: str, comparison: Comparison) -> str:
    """What is snapped."""
    return f"{name} {comparison.op.value} {', '.join(str(value) for value in comparison.values)}"


# --- measures, windows, scopes, small print ---------------------------------------------------------------------------


def measures() -> Lines:
    """Every series with every aggregate and comparison."""
    for series in Series:
        custom = "yoga" if series is Series.CUSTOM else None
        for aggregate, dimension in _AGGREGATES:
            money = aggregate in (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)
            currency = "EUR" if money else None
            measure = Measure(series, aggregate, dimension, window=Rolling(180), custom=custom, currency=currency)
            name = f"{series.value} {aggregate.value}{f' of {dimension.value}' if dimension else ''}"
            whole = aggregate is Aggregate.COUNT or series is Series.STAYS
            for comparison in comparisons(FactType.MONEY if money else FactType.NUMBER, ()):
                if whole or comparison.op in (Op.AT_LEAST, Op.AT_MOST):
                    yield from told(title(name, comparison), MeasureTest(measure, comparison))


def ranks() -> Lines:
    """Places among all guests, the way to first place, and the crowd."""
    for series in RANKED:
        for aggregate in RANKS:
            numbers = comparisons(FactType.NUMBER, ()) if aggregate is Aggregate.RANK else (_FIRST,)
            yield from _among_guests(Measure(series, aggregate, window=Rolling(60)), numbers)
        money = series is Series.SPEND
        behind = Measure(series, Aggregate.BEHIND_AMOUNT if money else Aggregate.BEHIND, window=Calendar(Unit.MONTH))
        yield from _among_guests(behind, comparisons(FactType.MONEY if money else FactType.NUMBER, ()))
    located = Measure(Series.VISITS, Aggregate.RANK_INCUMBENT, window=Rolling(60), evidence=Evidence.LOCATED)
    yield from _among_guests(located, (_FIRST,))
    for scope in _scopes():
        yield from _among_guests(Measure(Series.VISITS, Aggregate.RANK, scope=scope, window=Rolling(60)), (_FIRST,))
    crowd = Measure(Series.CHECK_INS, Aggregate.CROWD, window=RollingHours(3))
    yield from _among_guests(crowd, comparisons(FactType.NUMBER, ()))
    for linked in ((), (LinkKind.FRIEND,), (LinkKind.TRAVELS_WITH, LinkKind.HOUSEHOLD), tuple(LinkKind)):
        companions = replace(crowd, aggregate=Aggregate.COMPANIONS, linked=linked)
        yield from _among_guests(companions, comparisons(FactType.NUMBER, ()) if not linked else (_FIRST, _AT_LEAST))


def _among_guests(measure: Measure, compared: Iterable[Comparison]) -> Lines:
    for comparison in compared:
        evidence = f" {measure.evidence.word}" if measure.evidence else ""
        kinds = "".join(f" {kind}" for kind in measure.linked)
        name = f"{measure.series.value} {measure.aggregate.value}{kinds}{evidence}"
        yield from told(title(name, comparison), MeasureTest(measure, comparison))


def dimensions() -> Lines:
    """What is told apart, and what a streak runs over."""
    for dimension in Dimension:
        for aggregate in (Aggregate.DISTINCT, Aggregate.STREAK):
            if aggregate is Aggregate.STREAK and dimension.value not in ("day", "week", "month", "year"):
                continue
            for least in (1, 3):
                test = MeasureTest(Measure(Series.VISITS, aggregate, dimension), Comparison(Op.AT_LEAST, (least,)))
                yield from told(f"{aggregate.value} {dimension.value} at_least {least}", test)


def groups() -> Lines:
    """What puts activities together, what is compared in each group, and units in a row."""
    for dimension in Dimension:
        for least in (1, 3):
            yield from _in_groups(Series.STAYS, Groups(dimension, Comparison(Op.AT_LEAST, (2,))), least)
    for comparison in comparisons(FactType.NUMBER, ()):
        yield from _in_groups(Series.NIGHTS, Groups(Dimension.DAY, comparison))
    for aggregate in (Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST):
        value = 2 if aggregate is Aggregate.COUNT else 50_000
        yield from _in_groups(Series.SPEND, Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (value,)), aggregate))
    cities = Groups(Dimension.YEAR, Comparison(Op.AT_LEAST, (2,)), Aggregate.DISTINCT, Dimension.CITY)
    yield from _in_groups(Series.STAYS, cities)
    for dimension in (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR):
        yield from _in_groups(Series.VISITS, Groups(dimension, Comparison(Op.AT_LEAST, (2,))), row=True)


def _in_groups(series: Series, of: Groups, least: int = 3, *, row: bool = False) -> Lines:
    paid = of.aggregate in (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)
    aggregate = Aggregate.GROUPS_IN_A_ROW if row else Aggregate.GROUPS
    currency = "EUR" if paid else None
    measure = Measure(series, aggregate, window=Calendar(Unit.YEAR), groups=of, currency=currency)
    name = f"{series} by {of.of} {title(str(of.aggregate), of.comparison)}{' in a row' if row else ''}"
    yield from told(f"{name}, at_least {least}", MeasureTest(measure, Comparison(Op.AT_LEAST, (least,))))


def windows() -> Lines:
    """Every window."""
    for window in _WINDOWS:
        yield from told(repr(window), MeasureTest(Measure(Series.STAYS, window=window), _AT_LEAST))


def scopes() -> Lines:
    """Every scope, for a series that needs the place as its object too."""
    for scope in _SCOPES:
        for series in (Series.STAYS, Series.VISITS, Series.SPEND):
            measure = Measure(series, scope=scope, window=Rolling(90))
            yield from told(f"{series.value} {scope!r}", MeasureTest(measure, _AT_LEAST))


def small_print() -> Lines:
    """Every phrase of the small print, and all of them together."""
    for measure in _SMALL_PRINT:
        name = repr(measure).replace(repr(Measure(Series.STAYS))[:-1], "…").replace(", last=None, groups=None)", ")")
        yield from told(name, MeasureTest(measure, _AT_LEAST))


def amounts() -> Lines:
    """Every operation, as a rule tells it and as a perk is told."""
    for title, document in AMOUNTS.items():
        (rule,) = load(f"rule: r\nat: checkout\n{document}").rules
        yield f"# {title}"
        for language in LANGUAGES:
            yield f"{language}  {sentence(rule, language, NAMES)}"


_CHOICES = {
    "property.code": ("harbour", "garden", "spare"),
    "property.brand": ("grand", "budget", "lost"),
    "property.city": ("gent", "rotterdam", "nowhere"),
    "property.country": ("NL", "BE", "LU"),
    "guest.country": ("NL", "BE", "LU"),
    "stay.room_class": ("superior", "suite", "standard"),
    "moment.name": ("arrival", "pre_arrival", "booking", "during_stay", "checkout", "activity", "request", "scheduled"),
}
_AT_LEAST = Comparison(Op.AT_LEAST, (3,))
_FIRST = Comparison(Op.AT_MOST, (1,))
_AGGREGATES: tuple[tuple[Aggregate, Dimension | None], ...] = (
    (Aggregate.COUNT, None),
    (Aggregate.SUM, None),
    (Aggregate.AVERAGE, None),
    (Aggregate.LARGEST, None),
    (Aggregate.DISTINCT, Dimension.CITY),
    (Aggregate.STREAK, Dimension.MONTH),
    (Aggregate.DAYS_SINCE_LAST, None),
    (Aggregate.DAYS_SINCE_FIRST, None),
)


def _windows() -> Iterator[Window]:
    for unit in Unit:
        yield from (Rolling(amount, unit) for amount in (1, 2))
    yield from (RollingHours(hours) for hours in (1, 36))
    for unit in Unit:
        yield from (Calendar(unit, back) for back in (0, 1, 2))
    for back in (0, 1, 2):
        yield OffsetYear(3, 1, back)
        yield MembershipYear(back)
    first, last = _SPRING
    yield from (Dates(first, last), Dates(first, None), Dates(None, last), Dates(first, first))
    yield from (Lifetime(), SinceEnrolment(), SinceLastGrant(), SinceLastGrant("vip"), SinceLastGrant("other"))
    yield BetterOf((Calendar(Unit.YEAR), Calendar(Unit.YEAR, 1)))
    yield BetterOf((Rolling(180), Lifetime(), BetterOf((Rolling(1, Unit.YEAR), MembershipYear()))))


def _scopes() -> Iterator[Scope]:
    yield from (Scope(kind) for kind in ScopeKind if kind is not ScopeKind.LISTED)
    listed = ScopeKind.LISTED
    yield Scope(listed, ("harbour",))
    yield Scope(listed, ("harbour", "garden"), ("grand",), ("gent", "rotterdam"))


def _small_print() -> Iterator[Measure]:
    yield from (Measure(Series.STAYS, by=by) for by in Attribution)
    yield from (Measure(Series.STAYS, evidence=evidence) for evidence in Evidence)
    yield Measure(Series.STAYS, categories=("spa",))
    yield Measure(Series.STAYS, room_classes=("superior", "suite"))
    yield from (Measure(Series.STAYS, weekdays=days) for days in ((5,), (5, 6), (1, 2, 3, 4, 5), (1, 3, 5)))
    yield from (Measure(Series.STAYS, hours=hours) for hours in ((17, 22), (22, 1), (18, 23)))
    yield Measure(Series.STAYS, including_this=True)
    yield from (Measure(Series.STAYS, last=last) for last in (1, 3))
    yield Measure(Series.STAYS, linked=(LinkKind.FRIEND, LinkKind.HOUSEHOLD))
    yield from (Measure(Series.STAYS, counting=counting) for counting in _COUNTINGS)
    yield Measure(Series.STAYS, by=Attribution.ARRIVAL, weekdays=(5,), counting=_COUNTINGS[-1], including_this=True)


def _countings() -> Iterator[Counting]:
    yield Counting("inline", merge_adjoining=True)
    yield Counting("inline", one_per_day=True)
    yield from (Counting("inline", max_rooms=rooms) for rooms in (1, 3))
    yield from (Counting("inline", min_nights=nights) for nights in (1, 2))
    yield Counting("inline", min_amount_minor=5000, currency="EUR")
    yield Counting("inline", min_amount_per_night_minor=5050, currency="EUR")
    yield Counting("inline", exclude_channels=("agency", "wholesale"))
    yield Counting("inline", only_channels=("direct", "fax"))
    yield from (Counting("inline", exclude_rates=rates) for rates in (("STAFF",), ("STAFF", "PRESS")))
    yield Counting("qualifying")
    yield Counting("qualifying", True, True, 3, 2, 5000, 0, ("agency",), (), ("STAFF",), "EUR")


_WINDOWS, _SCOPES, _COUNTINGS = tuple(_windows()), tuple(_scopes()), tuple(_countings())
_SMALL_PRINT = tuple(_small_print())

# --- files ------------------------------------------------------------------------------------------------------------

FILES: dict[str, Callable[[], Lines]] = {
    "facts": facts,
    "measures": measures,
    "ranks": ranks,
    "dimensions": dimensions,
    "groups": groups,
    "windows": windows,
    "scopes": scopes,
    "small_print": small_print,
    "amounts": amounts,
    "rules": rules,
    "answers": answers,
}


def text_of(name: str) -> str:
    """What a file holds."""
    return "\n".join(FILES[name]()) + "\n"


def main() -> None:
    """Write every file."""
    for name in FILES:
        (FOLDER / f"{name}.txt").write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
