"""Random rules that a document can say: every node, every key, values at the edges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from rewards.domain.activity import Evidence
from rewards.domain.link import LinkKind
from rewards.domain.perk import Perk, PerkKind, StockPolicy, UnitCost
from rewards.domain.validity import EndOf, Idleness, Lasting, Term, Until
from rewards.rulelang import facts
from rewards.rulelang.facts import Fact, FactType
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    DEFAULT_COUNTING,
    GROUPED,
    HERE_NOW,
    RANKED,
    RANKS,
    Aggregate,
    All,
    Amount,
    AmountTest,
    AnyOf,
    Applies,
    Approval,
    Attribution,
    Band,
    Bands,
    BeforeArrival,
    BetterOf,
    BudgetLimit,
    Calendar,
    Choose,
    Comparison,
    Condition,
    Counting,
    CountLimit,
    Dates,
    Dimension,
    Extend,
    FactAmount,
    FactTest,
    Fixed,
    Give,
    Groups,
    If,
    Largest,
    Less,
    Lifetime,
    Limit,
    Marginal,
    Measure,
    MeasureAmount,
    MeasureTest,
    MembershipYear,
    Not,
    OffsetYear,
    Op,
    Outcome,
    Per,
    Percent,
    Rate,
    Rolling,
    RollingHours,
    Rule,
    Schedule,
    Scope,
    ScopeKind,
    Series,
    Share,
    Short,
    SinceEnrolment,
    SinceLastGrant,
    Slice,
    Smallest,
    Sum,
    Take,
    Times,
    Unit,
    Wait,
    Window,
)
from rewards.rulelang.reading.names import CATEGORY_SERIES, HOUR_SERIES, KEY_OWNERS, OPERATORS, PLACE_SERIES
from rewards.rulelang.reading.validity import KEPT_BY

LARGEST = 2**53
CURRENCIES = ("EUR", "JPY", "KWD")

terms = st.builds(Lasting, st.integers(1, 100), st.sampled_from((Term.DAY, Term.MONTH, Term.YEAR)))
ends = st.builds(EndOf, st.sampled_from((Term.MONTH, Term.QUARTER, Term.YEAR)), st.one_of(st.none(), terms))
own_years = st.builds(EndOf, st.just(Term.YEAR), st.one_of(st.none(), terms), st.sampled_from(((3, 1), (12, 31))))
validities = st.one_of(
    terms, ends, own_years, st.builds(Until, st.dates(date(1990, 1, 1), date(2100, 12, 31))),
    st.builds(Lasting, st.integers(1, 36_525)),
)  # fmt: skip

_activities = st.one_of(st.sampled_from(KEPT_BY), st.just("custom:yoga-class"))
idlenesses = st.builds(
    Idleness, terms, st.lists(_activities, min_size=1, max_size=4, unique=True).map(tuple),
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2000, 12, 31))),
    st.one_of(st.none(), st.dates(date(2001, 1, 1), date(2100, 12, 31))),
)  # fmt: skip

names = st.from_regex(r"[a-z0-9-]{1,60}", fullmatch=True)
codes = st.from_regex(r"[a-z][a-z0-9-]{0,59}", fullmatch=True)
words = st.sampled_from(("arrival", "checkout", "activity", "at_the_spa"))
days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
texts = st.one_of(
    st.sampled_from(
        ("no", "null", "~", "010", "22:30", "2026-01-01", "a: b", "# c", "- d", "{e}", "“é”", " f ", "'", '"')
    ),
    st.text(min_size=1, max_size=20),
).filter(lambda text: bool(text.strip()) and all(not 0xD800 <= ord(each) < 0xE000 for each in text))
"""Texts that YAML would read as something else, and any other."""


def lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """One to three different values."""
    return st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)


def maybe(values: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[tuple[str, ...]]:
    """A list, or none."""
    return st.one_of(st.just(()), values)


weekdays = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(lambda each: tuple(sorted(each)))

# --- comparisons ----------------------------------------------------------------------------------------------------


def values_of(kind: FactType, choices: tuple[str, ...]) -> st.SearchStrategy[int | str | date | bool]:
    """A value of a type, as nodes keep it."""
    match kind:
        case FactType.NUMBER:
            return st.integers(-LARGEST, LARGEST)
        case FactType.MONEY:
            return st.integers(0, LARGEST)
        case FactType.DATE:
            return days
        case FactType.TIME:
            return st.integers(0, 1_439)
        case FactType.YES_NO:
            return st.booleans()
        case _:
            return st.sampled_from(choices) if choices else texts


@st.composite
def comparisons(draw: st.DrawFn, kind: FactType, choices: tuple[str, ...] = ()) -> Comparison:
    """A comparison that fits a type."""
    op = draw(st.sampled_from(OPERATORS[kind]))
    value = values_of(kind, choices)
    if op is Op.BETWEEN:
        low, high = sorted((draw(value), draw(value)))  # type: ignore[type-var]
        return Comparison(op, (low, high))
    if op is Op.EVERY:
        n, after = draw(st.integers(1, LARGEST // 2)), draw(st.integers(0, LARGEST // 2))
        return Comparison(op, (n, after, draw(st.one_of(st.just(0), st.integers(n + after, LARGEST)))))
    if op in (Op.IN, Op.NOT_IN):
        return Comparison(op, tuple(draw(st.lists(value, min_size=1, max_size=3, unique=True))))
    return Comparison(op, (draw(value),))


@st.composite
def fact_tests(draw: st.DrawFn) -> FactTest:
    """A test of a fact of the catalogue, or of a declared attribute."""
    declared = (
        Fact("guest.attribute.company", FactType.TEXT, "", "", ""),
        Fact("guest.number.children", FactType.NUMBER, "", "", ""),
    )
    fact = draw(st.sampled_from((*facts.CATALOGUE.values(), *declared)))
    currency = draw(st.sampled_from(CURRENCIES)) if fact.type is FactType.MONEY else None
    return FactTest(fact.name, draw(comparisons(fact.type, fact.choices)), currency=currency)


# --- measures -------------------------------------------------------------------------------------------------------

backs = st.integers(0, 100)
_simple_windows: st.SearchStrategy[Window] = st.one_of(
    st.just(Lifetime()),
    st.builds(Rolling, st.integers(1, 36_525)),
    st.builds(Rolling, st.integers(1, 100), st.sampled_from((Unit.WEEK, Unit.MONTH, Unit.YEAR))),
    st.builds(Calendar, st.sampled_from(Unit), backs),
    st.builds(MembershipYear, backs),
    st.builds(OffsetYear, st.integers(1, 12), st.integers(1, 28), backs),
    st.tuples(days, days).map(lambda pair: Dates(min(pair), max(pair))),
    st.builds(Dates, days, st.none()),
    st.builds(Dates, st.none(), days),
    st.just(SinceEnrolment()),
    st.builds(SinceLastGrant, st.one_of(st.none(), names)),
)


def windows(series: Series) -> st.SearchStrategy[Window]:
    """A window that a series can have."""
    one = _simple_windows
    if series in HOUR_SERIES:
        one = st.one_of(one, st.builds(RollingHours, st.integers(1, 8_784)))
    return st.one_of(one, st.lists(one, min_size=2, max_size=4).map(lambda each: BetterOf(tuple(each))))


scopes = st.one_of(
    st.builds(Scope, st.sampled_from([kind for kind in ScopeKind if kind is not ScopeKind.LISTED])),
    st.builds(Scope, st.just(ScopeKind.LISTED), lists(names), maybe(lists(texts)), maybe(lists(texts))),
    st.builds(Scope, st.just(ScopeKind.LISTED), st.just(()), lists(texts), maybe(lists(texts))),
)


@st.composite
def countings(draw: st.DrawFn) -> Counting:
    """A definition of what counts."""
    amounts = draw(st.tuples(st.integers(0, LARGEST), st.integers(0, LARGEST)))
    channels = draw(maybe(lists(texts)))
    exclude = draw(st.booleans())
    return Counting(
        draw(st.one_of(st.just("inline"), names)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.one_of(st.none(), st.integers(1, 1_000))),
        draw(st.integers(0, 3_650)),
        *amounts,
        channels if exclude else (),
        () if exclude else channels,
        draw(maybe(lists(texts))),
        draw(st.sampled_from(CURRENCIES)) if any(amounts) else None,
    )


_PAID = (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST)


@st.composite
def _aggregates(draw: st.DrawFn, series: Series, paid: bool) -> tuple[Aggregate, Dimension | None]:
    if paid:
        return draw(st.sampled_from(_PAID)), None
    if series in (Series.EARNED, Series.HELD, Series.LEFT):
        return Aggregate.COUNT, None
    aggregate = draw(st.sampled_from([each for each in Aggregate if each not in (*_PAID, *AMONG_GUESTS, *GROUPED)]))
    if aggregate is Aggregate.STREAK:
        return aggregate, draw(st.sampled_from((Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR)))
    if aggregate is not Aggregate.DISTINCT:
        return aggregate, None
    return aggregate, draw(st.sampled_from(_dimensions(series)))


def _dimensions(series: Series) -> list[Dimension]:
    """What a series can be told apart by."""
    dimensions = list(Dimension)
    if series not in CATEGORY_SERIES:
        dimensions.remove(Dimension.CATEGORY)
    if series not in PLACE_SERIES:
        dimensions.remove(Dimension.PLACE)
    return dimensions


def _attributions(series: Series) -> st.SearchStrategy[Attribution]:
    return st.just(Attribution.ARRIVAL) if series is Series.HELD else st.sampled_from(Attribution)


@st.composite
def measures(draw: st.DrawFn, *, paid: bool) -> Measure:
    """A measure of numbers or of money, with only the keys that its series has."""
    series = Series.SPEND if paid else draw(st.sampled_from(Series))
    aggregate, dimension = draw(_aggregates(series, paid))

    def own(key: str, values: st.SearchStrategy[object], default: object) -> object:
        return draw(st.one_of(st.just(default), values)) if series in KEY_OWNERS[key] else default

    hours = st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda each: (each[1] + 1) % 24 != each[0])
    by = own("by", _attributions(series), Attribution.DEPARTURE)
    return Measure(
        series,
        aggregate,
        dimension,
        draw(scopes),
        Lifetime() if series is Series.LEFT else draw(windows(series)),
        by,  # type: ignore[arg-type]
        own("counting", countings(), DEFAULT_COUNTING),  # type: ignore[arg-type]
        own("evidence", st.sampled_from(Evidence), None),  # type: ignore[arg-type]
        own("category", lists(texts), ()),  # type: ignore[arg-type]
        own("room_class", lists(texts), ()),  # type: ignore[arg-type]
        own("on", weekdays, ()),  # type: ignore[arg-type]
        own("hours", hours, None),  # type: ignore[arg-type]
        draw(st.sampled_from(("yoga-class", "spa.visit"))) if series is Series.CUSTOM else None,
        bool(own("including", st.just(True), False)),
        draw(st.sampled_from(CURRENCIES)) if paid else None,
        draw(lists(codes)) if series in (Series.EARNED, Series.HELD, Series.LEFT) else own("perk", lists(codes), ()),  # type: ignore[arg-type]
        own("rule", lists(names), ()),  # type: ignore[arg-type]
        own("last", st.integers(1, 1_000), None) if by is not Attribution.NIGHTS else None,  # type: ignore[arg-type]
    )


@st.composite
def measure_tests(draw: st.DrawFn) -> MeasureTest:
    """A test of a measure."""
    paid = draw(st.sampled_from((False, False, True)))
    asked = draw(measures(paid=paid))
    if asked.series in KEY_OWNERS["groups"] and draw(st.booleans()):
        return MeasureTest(draw(grouped(asked, paid=paid)), draw(comparisons(FactType.NUMBER)))
    return MeasureTest(asked, draw(comparisons(FactType.MONEY if paid else FactType.NUMBER)))


_UNITS = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR)
_OF_SINGLE_ONES = (Aggregate.STREAK, Aggregate.DAYS_SINCE_LAST, Aggregate.DAYS_SINCE_FIRST)


@st.composite
def grouped(draw: st.DrawFn, asked: Measure, *, paid: bool) -> Measure:
    """A measure in groups, each of which is compared."""
    if asked.aggregate in _OF_SINGLE_ONES:
        asked = replace(asked, aggregate=Aggregate.COUNT, dimension=None)
    row = draw(st.booleans())
    compared = draw(comparisons(FactType.MONEY if paid else FactType.NUMBER))
    of = draw(st.sampled_from(_UNITS if row else _dimensions(asked.series)))
    groups = Groups(of, compared, asked.aggregate, asked.dimension)
    aggregate = Aggregate.GROUPS_IN_A_ROW if row else Aggregate.GROUPS
    return replace(asked, aggregate=aggregate, dimension=None, groups=groups, last=None)


plain_conditions: st.SearchStrategy[Condition] = st.one_of(
    fact_tests(),
    measure_tests(),
    st.tuples(fact_tests(), measure_tests()).map(All),
    st.tuples(fact_tests(), fact_tests()).map(AnyOf),
    fact_tests().map(Not),
)
"""Conditions on which an amount may depend."""


# --- amounts --------------------------------------------------------------------------------------------------------

A_LOT = 10**15
_NUMBER_FACTS = [fact.name for fact in facts.CATALOGUE.values() if fact.type is FactType.NUMBER]
_NUMBER_FACTS += ["guest.number.children"]
_MONEY_FACTS = [fact.name for fact in facts.CATALOGUE.values() if fact.type is FactType.MONEY]
_percents = st.integers(0, 100_000)


def _fixed(currency: str | None, least: int = 0) -> st.SearchStrategy[Fixed]:
    return st.builds(Fixed, st.integers(least, A_LOT), st.just(currency))


def _starts() -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, A_LOT), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def amounts(draw: st.DrawFn, currency: str | None, depth: int = 2, *, operation: bool = False) -> Amount:
    """An amount of numbers, or of money in a currency that stands in it; one that is reckoned where it must be."""
    if depth == 0 or (not operation and draw(st.booleans())):
        return draw(_leaves(currency))
    inner = amounts(currency, depth - 1)
    kind = draw(st.sampled_from(("rate", "times", "percent", "many", "bands", "marginal", "share", "if")))
    other = draw(st.sampled_from((None, *CURRENCIES)))
    match kind:
        case "rate":
            rate, per = draw(_fixed(currency, 1)), draw(_fixed(other, 1))
            return Rate(rate.value, per.value, draw(amounts(other, depth - 1)), currency, other)
        case "times":
            return Times(draw(st.integers(1, 1_000)), draw(inner))
        case "percent":
            return Percent(draw(_percents), draw(inner))
        case "many":
            parts = tuple(draw(st.lists(inner, min_size=2, max_size=3)))
            return draw(st.sampled_from((Sum, Less, Smallest, Largest)))(parts)
        case "bands":
            bands = tuple(Band(start, draw(inner)) for start in draw(_starts())[:2])
            return Bands(bands, draw(amounts(other, depth - 1)), other)
        case "marginal":
            return Marginal(tuple(Slice(start, draw(_percents)) for start in draw(_starts())), draw(inner), currency)
        case "if":
            return If(draw(plain_conditions), draw(inner), draw(st.one_of(st.none(), inner)))
        case _:
            share, whole = (draw(amounts(other, depth - 1)) for _ in range(2))
            return Share(share, draw(inner), whole)


def _leaves(currency: str | None) -> st.SearchStrategy[Amount]:
    """A fixed amount, a fact or a measure, which names its currency."""
    if currency is None:
        read = st.builds(FactAmount, st.sampled_from(_NUMBER_FACTS))
        counted = measures(paid=False).filter(lambda each: each.series in KEY_OWNERS["groups"])
        in_groups = counted.flatmap(lambda each: grouped(each, paid=False))
        return st.one_of(_fixed(None), read, measures(paid=False).map(MeasureAmount), in_groups.map(MeasureAmount))
    paid = measures(paid=True).map(lambda each: MeasureAmount(replace(each, currency=currency)))
    return st.one_of(_fixed(currency), paid)


own_amounts: st.SearchStrategy[Amount] = st.builds(
    Percent, _percents, st.builds(FactAmount, st.sampled_from(_MONEY_FACTS))
)
"""Money in the currency of the property, whichever that is."""


@st.composite
def amount_tests(draw: st.DrawFn) -> AmountTest:
    """A test of an amount."""
    currency = draw(st.sampled_from((None, *CURRENCIES)))
    compared = draw(comparisons(FactType.NUMBER if currency is None else FactType.MONEY))
    own = currency is not None and draw(st.booleans())
    if draw(st.booleans()):
        other = draw(amounts(currency, 1, operation=True))
        op = draw(st.sampled_from((Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY)))
        return AmountTest(draw(own_amounts if own else amounts(currency, 1)), Comparison(op, ()), than=other)
    return AmountTest(draw(own_amounts if own else amounts(currency, 1)), compared, currency=currency)


shared_windows: st.SearchStrategy[Window] = st.one_of(
    st.just(Lifetime()),
    st.builds(Rolling, st.integers(1, 36_525)),
    st.builds(Rolling, st.integers(1, 100), st.sampled_from((Unit.WEEK, Unit.MONTH, Unit.YEAR))),
    st.builds(Calendar, st.sampled_from(Unit), backs),
    st.builds(OffsetYear, st.integers(1, 12), st.integers(1, 28), backs),
    st.tuples(days, days).map(lambda pair: Dates(min(pair), max(pair))),
)
"""Windows that are the same for every guest."""


@st.composite
def rank_tests(draw: st.DrawFn) -> MeasureTest:
    """A test of a measure among all guests of a house."""
    series = draw(st.sampled_from((*RANKED, None)))
    kind, currency = FactType.NUMBER, None
    evidence = draw(st.one_of(st.none(), st.sampled_from(Evidence)))
    if series is None:
        hours = RollingHours(draw(st.integers(1, 8_784)))
        present = Measure(Series.CHECK_INS, draw(st.sampled_from(HERE_NOW)), window=hours, evidence=evidence)
        if present.aggregate is Aggregate.COMPANIONS:
            present = replace(present, linked=tuple(draw(st.lists(st.sampled_from(LinkKind), unique=True))))
        return MeasureTest(present, draw(comparisons(kind)))
    aggregate = draw(st.sampled_from((*RANKS, Aggregate.BEHIND)))
    if aggregate is Aggregate.BEHIND and series is Series.SPEND:
        aggregate, kind, currency = Aggregate.BEHIND_AMOUNT, FactType.MONEY, draw(st.sampled_from(CURRENCIES))
    if series not in KEY_OWNERS["evidence"]:
        evidence = None
    where = draw(scopes.filter(lambda scope: scope.kind is not ScopeKind.ANYWHERE))
    window = draw(shared_windows)
    measure = Measure(series, aggregate, scope=where, window=window, evidence=evidence, currency=currency)
    return MeasureTest(measure, draw(comparisons(kind)))


leaves: st.SearchStrategy[Condition] = st.one_of(
    fact_tests(), measure_tests(), amount_tests(), rank_tests(), st.just(All(()))
)


def _grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(parts.map(All), parts.map(AnyOf), inner.map(Not))


conditions = st.recursive(leaves, _grown, max_leaves=6)

# --- rules ----------------------------------------------------------------------------------------------------------


@st.composite
def gives(draw: st.DrawFn, chain: int = 2) -> Give:
    """A perk with parameters of any kind."""
    params: dict[str, int | str | bool] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "levels": st.integers(1, 20),
                "until": st.sampled_from(("checkout", "16:00", "00:00")),
                "guaranteed": st.booleans(),
                "quantity": st.integers(1, 1_000),
                "points": st.integers(1, LARGEST),
                "level": st.integers(1, 10),
                "note": texts,
            },
        )
    )
    if draw(st.booleans()):
        params |= {"amount": draw(st.integers(0, LARGEST)), "currency": draw(st.sampled_from(CURRENCIES))}
    reckoned = draw(st.fixed_dictionaries({}, optional={name: _reckoned(name) for name in ("amount", "points")}))
    for name in reckoned:
        params.pop(name, None)
    if "amount" in reckoned:
        params.pop("currency", None)
    return Give(
        draw(codes),
        tuple(sorted(params.items())),
        draw(st.one_of(st.none(), validities)),
        draw(st.one_of(st.none(), gives(chain - 1))) if chain else None,
        amounts=tuple(sorted(reckoned.items())),
    )


def _reckoned(name: str) -> st.SearchStrategy[Amount]:
    """An amount that is more than a fixed one, which would be a plain parameter."""
    if name == "points":
        return amounts(None, operation=True)
    return st.one_of(own_amounts, *(amounts(each, operation=True) for each in CURRENCIES))


@st.composite
def choices(draw: st.DrawFn) -> Choose:
    """A choice of one or two of several."""
    options = tuple(draw(st.lists(gives(1), min_size=3, max_size=5)))
    count = draw(st.integers(1, 2))
    default = draw(st.one_of(st.none(), st.integers(0, len(options) - 1))) if count == 1 else None
    by = draw(st.none() | days)
    return Choose(options, count, draw(st.integers(1, 36_525)) if by is None else 30, default, by=by)


_minutes = st.one_of(st.none(), st.integers(0, 1_439))
_ends = st.one_of(
    st.builds(BeforeArrival, st.integers(0, 30), _minutes),
    st.builds(Rolling, st.integers(1, 365), st.just(Unit.DAY)),
    st.builds(RollingHours, st.integers(1, 8_784)),
)
waits = st.builds(
    Wait, _ends, st.one_of(st.none(), st.builds(BeforeArrival, st.integers(31, 365), _minutes)), st.booleans()
)
tried = st.builds(lambda give, wait: replace(give, wait=wait), gives(), st.one_of(st.none(), waits))
outcomes: st.SearchStrategy[Outcome] = st.one_of(tried, choices())
calendars = st.one_of(st.none(), st.builds(Calendar, st.sampled_from(Unit)))
caps: st.SearchStrategy[Limit] = st.one_of(
    st.builds(CountLimit, st.just(Per.STAY), st.integers(1, 1_000_000)),
    st.builds(
        CountLimit,
        st.sampled_from((Per.GUEST, Per.PROPERTY, Per.RULE)),
        st.integers(1, 1_000_000),
        st.one_of(calendars, st.builds(Rolling, st.integers(1, 100), st.sampled_from((Unit.DAY, Unit.MONTH)))),
    ),
    st.builds(
        BudgetLimit,
        st.integers(1, LARGEST),
        st.sampled_from(CURRENCIES),
        calendars,
        st.sampled_from((Per.RULE, Per.PROPERTY)),
    ),
)
by_language = st.dictionaries(st.sampled_from(("en", "nl")), texts)
schedules = st.builds(
    lambda ends, on, hours: Schedule(min(ends) if ends else None, max(ends) if len(ends) == 2 else None, on, hours),
    st.lists(days, max_size=2),
    st.one_of(st.just(()), weekdays),
    st.one_of(
        st.none(), st.tuples(st.integers(0, 1_439), st.integers(0, 1_439)).filter(lambda each: each[0] != each[1])
    ),
)


@st.composite
def takes(draw: st.DrawFn) -> Take:
    """A perk of which so much is taken."""
    how_much = draw(st.sampled_from(("", "quantity", "amount", "points")))
    params: dict[str, int | str | bool] = {}
    amounts_of: tuple[tuple[str, Amount], ...] = ()
    if how_much and draw(st.booleans()):
        amounts_of = ((how_much, draw(_reckoned("amount" if how_much == "amount" else "points"))),)
    elif how_much == "amount":
        params = {"amount": draw(st.integers(0, LARGEST)), "currency": draw(st.sampled_from(CURRENCIES))}
    elif how_much:
        params = {how_much: draw(st.integers(1, 1_000))}
    return Take(draw(codes), tuple(sorted(params.items())), amounts_of, draw(st.sampled_from(Short)))


countries = st.from_regex(r"[A-Z]{2}", fullmatch=True)


extensions = st.builds(Extend, codes, st.one_of(terms, st.builds(Until, days)), maybe(lists(names)))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """A rule with any of its keys; one that takes or extends may give nothing."""
    taken = tuple(draw(st.lists(takes(), max_size=2)))
    approval = draw(st.one_of(st.none(), st.builds(Approval, codes, st.integers(1, 36_525))))
    given = outcomes if approval is None else outcomes.filter(lambda each: getattr(each, "wait", None) is None)
    extend = tuple(draw(st.lists(extensions, max_size=2))) if approval is None else ()
    return Rule(
        draw(names),
        draw(lists(words)),
        draw(conditions),
        tuple(draw(st.lists(given, min_size=0 if (taken or extend) and approval is None else 1, max_size=3))),
        draw(by_language),
        draw(by_language),
        tuple(draw(st.lists(caps, max_size=3))),
        draw(st.one_of(st.none(), names)),
        draw(st.booleans()),
        draw(st.integers(-1_000_000, 1_000_000)),
        draw(
            st.builds(Applies, maybe(lists(names)), maybe(lists(texts)), maybe(lists(texts)), maybe(lists(countries)))
        ),
        draw(schedules),
        draw(st.one_of(st.none(), st.sampled_from(Evidence))),
        draw(st.one_of(st.none(), names)),
        approval,
        take=taken,
        extend=extend,
    )


costs = st.builds(UnitCost, st.integers(0, LARGEST), st.sampled_from(CURRENCIES))


@st.composite
def perks(draw: st.DrawFn) -> Perk:
    """An entry of the catalogue."""
    kind = draw(st.sampled_from(PerkKind))
    priced = kind is not PerkKind.CREDIT
    titles = {"en": draw(texts)} | draw(by_language)
    return Perk(
        draw(codes),
        kind,
        titles,
        draw(st.one_of(st.none(), costs)) if priced else None,
        draw(st.dictionaries(texts, costs, max_size=2)) if priced else {},
        draw(st.dictionaries(names, costs, max_size=2)) if priced else {},
        draw(st.sampled_from(("property", "programme"))),
        draw(st.sampled_from(StockPolicy)),
        draw(validities),
        draw(st.one_of(st.none(), idlenesses)) if kind is PerkKind.POINTS else None,
    )
