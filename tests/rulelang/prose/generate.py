"""Random rules from a seed, with every field that a document can set. Pools are small: values must repeat to matter."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from rewards.domain.activity import Evidence
from rewards.domain.link import LinkKind
from rewards.domain.perk import Perk, PerkKind
from rewards.domain.validity import EndOf, Lasting, Term, Until
from rewards.rulelang.facts import CATALOGUE, Fact, FactType
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    DEFAULT_COUNTING,
    GIVEN,
    GROUPED,
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
from rewards.rulelang.prose import Names

PERKS = {
    perk.code: perk
    for perk in (
        Perk("upgrade", PerkKind.UPGRADE, {"en": "Room upgrade", "nl": "Kamerupgrade"}),
        Perk("suite", PerkKind.UPGRADE, {"en": "Suite upgrade", "nl": "Suite-upgrade"}),
        Perk("late", PerkKind.LATE_CHECKOUT, {"en": "Late checkout", "nl": "Laat uitchecken"}),
        Perk("drink", PerkKind.ITEM, {"en": "Welcome drink", "nl": "Welkomstdrankje"}),
        Perk("dinner", PerkKind.CREDIT, {"en": "Dinner credit", "nl": "Dinertegoed"}),
        Perk("points", PerkKind.POINTS, {"en": "Points", "nl": "Punten"}),
        Perk("care", PerkKind.PRIORITY, {"en": "Priority care", "nl": "Hulp met voorrang"}),
        Perk("table", PerkKind.CUSTOM, {"en": "Table by the window", "nl": "Tafel aan het raam"}),
    )
}
NAMES = Names(
    properties={"harbour": "Harbour Hotel", "garden": {"en": "Garden Inn", "nl": "Tuinhotel"}},
    brands={"grand": "Grand", "budget": "Budget"},
    cities={"gent": {"en": "Ghent", "nl": "Gent"}, "rotterdam": "Rotterdam"},
    countries={"NL": {"en": "the Netherlands", "nl": "Nederland"}, "BE": {"en": "Belgium", "nl": "België"}},
    perks=PERKS,
    room_classes={"superior": "Superior", "suite": "Suite"},
    rules={"vip": {"en": "The regular", "nl": "De vaste gast"}},
)
_PROPERTIES = ("harbour", "garden", "spare")
_BRANDS = ("grand", "budget", "lost")
_CITIES = ("gent", "rotterdam", "nowhere")
_COUNTRIES = ("NL", "BE", "LU")
_ROOM_CLASSES = ("superior", "suite", "standard")
_TEXTS = ("bar", "restaurant", "BAR", "ab")
_MOMENTS = (
    "booking", "pre_arrival", "arrival", "during_stay", "checkout", "cancellation", "activity", "request", "scheduled",
    "spa_day",
)  # fmt: skip
_DAYS = tuple(date(2027, 3, 1) + timedelta(days=each) for each in (0, 1, 40))
_CURRENCIES = (None, "EUR", "USD", "JPY", "CHF")
_NUMBER_OPS = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY, Op.BETWEEN)
_POOLS = {
    "property.code": _PROPERTIES,
    "property.brand": _BRANDS,
    "property.city": _CITIES,
    "property.country": _COUNTRIES,
    "guest.country": _COUNTRIES,
    "stay.room_class": _ROOM_CLASSES,
    "moment.name": _MOMENTS,
}
MONEY = (Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST, Aggregate.BEHIND_AMOUNT)


def some(rng: random.Random, pool: tuple[Any, ...], most: int = 3) -> tuple[Any, ...]:
    """One to `most` different values in a random order."""
    return tuple(rng.sample(pool, rng.randint(1, min(most, len(pool)))))


def maybe(rng: random.Random, draw: Callable[[], Any], otherwise: Any, chance: float = 0.3) -> Any:
    """Now and then what `draw` gives."""
    return draw() if rng.random() < chance else otherwise


# --- windows, scopes, measures ---------------------------------------------------------------------------------------


def window(rng: random.Random, depth: int = 1) -> Window:
    """Any window."""
    draws: list[Callable[[], Window]] = [
        lambda: Rolling(rng.choice((1, 2, 7, 180, 1250)), rng.choice(tuple(Unit))),
        lambda: RollingHours(rng.choice((1, 24))),
        lambda: Calendar(rng.choice(tuple(Unit)), rng.choice((0, 1, 2, 3))),
        lambda: OffsetYear(rng.choice((1, 3)), rng.choice((1, 2)), rng.choice((0, 1, 2))),
        lambda: MembershipYear(rng.choice((0, 1, 2))),
        lambda: dates(rng),
        Lifetime,
        SinceEnrolment,
        lambda: SinceLastGrant(rng.choice((None, "vip", "unheard-of"))),
    ]
    if depth:
        draws.append(lambda: BetterOf(tuple(window(rng, depth - 1) for _ in range(rng.choice((2, 2, 3))))))
    return rng.choice(draws)()


def dates(rng: random.Random) -> Dates:
    """Fixed days, open at one end or at none."""
    first, last = sorted((rng.choice(_DAYS), rng.choice(_DAYS)))
    return rng.choice((Dates(first, last), Dates(first, None), Dates(None, last)))


def scope(rng: random.Random) -> Scope:
    """Any scope."""
    kind = rng.choice(tuple(ScopeKind))
    if kind is not ScopeKind.LISTED:
        return Scope(kind)
    listed = Scope(
        kind,
        maybe(rng, lambda: some(rng, _PROPERTIES), (), 0.5),
        maybe(rng, lambda: some(rng, _BRANDS), (), 0.5),
        maybe(rng, lambda: some(rng, _CITIES), (), 0.5),
    )
    return listed if listed != Scope(kind) else Scope(kind, ("harbour",))


def counting(rng: random.Random) -> Counting:
    """The default, or a definition, named or where it stands."""
    if rng.random() < 0.5:
        return DEFAULT_COUNTING
    least, per_night = (rng.choice((0, 0, 5000, 7550)) for _ in range(2))
    found = Counting(
        rng.choice(("inline", "inline", "qualifying", "merged")),
        rng.random() < 0.3,
        rng.random() < 0.3,
        rng.choice((None, None, 1, 3)),
        rng.choice((0, 0, 1, 2)),
        least,
        per_night,
        maybe(rng, lambda: some(rng, ("agency", "Direct", "fax")), (), 0.2),
        maybe(rng, lambda: some(rng, ("agency", "fax")), (), 0.2),
        maybe(rng, lambda: some(rng, _TEXTS), (), 0.2),
        rng.choice(_CURRENCIES) if least or per_night else None,
    )
    return replace(found, only_channels=()) if found.exclude_channels else found


def measure(rng: random.Random) -> Measure:
    """Any measure; the fields that an aggregate does not use are empty."""
    series, aggregate = rng.choice(tuple(Series)), rng.choice(tuple(Aggregate))
    groups = _groups(rng, aggregate) if aggregate in GROUPED else None
    inner = aggregate if groups is None else groups.aggregate
    return Measure(
        series,
        aggregate,
        _dimension(rng, aggregate),
        scope(rng),
        window(rng),
        rng.choice((*[Attribution.DEPARTURE] * 5, *Attribution)),
        counting(rng),
        maybe(rng, lambda: rng.choice(tuple(Evidence)), None),
        maybe(rng, lambda: some(rng, _TEXTS), (), 0.2),
        maybe(rng, lambda: some(rng, _ROOM_CLASSES), (), 0.2),
        maybe(rng, lambda: weekdays(rng), (), 0.2),
        maybe(rng, lambda: (rng.choice((0, 17, 22)), rng.choice((2, 21, 23))), None, 0.2),
        rng.choice(("yoga", "golf")) if series is Series.CUSTOM else None,
        rng.random() < 0.2,
        rng.choice(_CURRENCIES) if series is Series.SPEND or inner in MONEY else None,
        some(rng, (*PERKS, "secret-perk")) if series in GIVEN and rng.random() < 0.7 else (),
        some(rng, ("newbie", "big-spender")) if series in GIVEN and rng.random() < 0.2 else (),
        maybe(rng, lambda: rng.choice((1, 3, 1000)), None, 0.2) if groups is None else None,
        some(rng, tuple(LinkKind)) if aggregate is Aggregate.COMPANIONS and rng.random() < 0.7 else (),
        groups,
    )


_UNITS = (Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR)


def _dimension(rng: random.Random, aggregate: Aggregate) -> Dimension | None:
    if aggregate is Aggregate.DISTINCT:
        return rng.choice(tuple(Dimension))
    return rng.choice(_UNITS) if aggregate is Aggregate.STREAK else None


def _groups(rng: random.Random, aggregate: Aggregate) -> Groups:
    """Any groups, with any number that each of them can have."""
    of = rng.choice(_UNITS if aggregate is Aggregate.GROUPS_IN_A_ROW else tuple(Dimension))
    inner = rng.choice((Aggregate.COUNT, Aggregate.SUM, Aggregate.AVERAGE, Aggregate.LARGEST, Aggregate.DISTINCT))
    pool = (1, 5000, 125050) if inner in MONEY else (1, 2, 3, 6, 1250)
    return Groups(of, compared(rng, lambda: rng.choice(pool), every=inner not in MONEY), inner, _dimension(rng, inner))


def weekdays(rng: random.Random) -> tuple[int, ...]:
    """Weekdays in order."""
    return tuple(sorted(rng.sample(range(1, 8), rng.choice((1, 2, 3, 5)))))


# --- conditions -----------------------------------------------------------------------------------------------------


def compared(rng: random.Random, draw: Callable[[], Any], *, every: bool = False) -> Comparison:
    """A comparison of numbers, amounts, dates or times."""
    op = rng.choice((*_NUMBER_OPS, Op.EVERY)) if every else rng.choice(_NUMBER_OPS)
    if op is Op.EVERY:
        step, after = rng.choice((1, 2, 5)), rng.choice((0, 0, 1, 2))
        return Comparison(op, (step, after, rng.choice((0, after + step, after + 4 * step))))
    values = sorted((draw(), draw()))
    return Comparison(op, tuple(values if op is Op.BETWEEN else values[:1]))


def text_comparison(rng: random.Random, pool: tuple[str, ...]) -> Comparison:
    """A comparison of texts."""
    op = rng.choice((Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN))
    return Comparison(op, (rng.choice(pool),) if op in (Op.IS, Op.IS_NOT) else some(rng, pool))


_CHILDREN = Fact("guest.number.children", FactType.NUMBER, "", "", "")


def fact_test(rng: random.Random) -> FactTest:
    """A test of any fact."""
    fact = rng.choice((*CATALOGUE.values(), _CHILDREN, None))
    if fact is None:
        return FactTest(f"guest.attribute.{rng.choice(('vip', 'newsletter'))}", text_comparison(rng, _TEXTS))
    match fact.type:
        case FactType.TEXT:
            return FactTest(fact.name, text_comparison(rng, fact.choices or _POOLS.get(fact.name, _TEXTS)))
        case FactType.YES_NO:
            return FactTest(fact.name, Comparison(Op.IS, (rng.random() < 0.5,)))
        case FactType.DATE:
            return FactTest(fact.name, compared(rng, lambda: rng.choice(_DAYS)))
        case FactType.TIME:
            return FactTest(fact.name, compared(rng, lambda: rng.choice((0, 61, 1439))))
        case FactType.MONEY:
            money = compared(rng, lambda: rng.choice((0, 1, 100, 125050, 200000)))
            return FactTest(fact.name, money, currency=rng.choice(_CURRENCIES))
        case FactType.NUMBER:
            return FactTest(fact.name, compared(rng, lambda: rng.choice((0, 1, 2, 3, 12, 1250)), every=True))


def measure_test(rng: random.Random) -> MeasureTest:
    """A test of any measure."""
    asked = measure(rng)
    pool = (0, 1, 5000, 125050) if asked.aggregate in MONEY else (0, 1, 2, 3, 6, 1250)
    return MeasureTest(asked, compared(rng, lambda: rng.choice(pool), every=asked.aggregate not in MONEY))


def amount_test(rng: random.Random) -> AmountTest:
    """A test of an amount of numbers or of money."""
    currency = rng.choice((None, "EUR", "JPY"))
    pool = (0, 1, 3, 1250) if currency is None else (1, 100, 125050)
    asked = amount(rng, currency, rng.choice((0, 1, 2)))
    if rng.random() < 0.4:
        other = amount(rng, currency, 1)
        op = rng.choice((Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY))
        return asked_of_two(asked, op, other, currency)
    return AmountTest(asked, compared(rng, lambda: rng.choice(pool), every=currency is None), currency=currency)


def asked_of_two(asked: Amount, op: Op, other: Amount, currency: str | None) -> AmountTest:
    """The comparison of two amounts; a fixed one on the right is a plain value."""
    if isinstance(other, Fixed):
        return AmountTest(asked, Comparison(op, (other.value,)), currency=currency)
    return AmountTest(asked, Comparison(op, ()), than=other)


def amount(rng: random.Random, currency: str | None, depth: int = 2) -> Amount:
    """Any amount of a unit."""
    small = (0, 1, 2, 500)
    kind = rng.randrange(12) if depth else rng.randrange(3)
    other = rng.choice((None, "EUR", "JPY"))

    def inner(unit: str | None = currency) -> Amount:
        return amount(rng, unit, depth - 1)

    match kind:
        case 0:
            return Fixed(rng.choice(small), currency)
        case 1:
            sort = FactType.NUMBER if currency is None else FactType.MONEY
            return FactAmount(rng.choice([fact.name for fact in (*CATALOGUE.values(), _CHILDREN) if fact.type is sort]))
        case 2:
            return MeasureAmount(_measured(rng, currency))
        case 3:
            return Rate(rng.choice((1, 10)), rng.choice((1, 2, 100)), inner(other), currency, other)
        case 4:
            return rng.choice((Times(rng.choice((1, 2, 5)), inner()), Percent(rng.choice((0, 50, 1250)), inner())))
        case 5 | 6 | 7:
            parts = tuple(inner() for _ in range(rng.choice((2, 2, 2, 3))))
            if rng.random() < 0.4:
                parts = (*parts[:-1], Fixed(rng.choice(small), currency))
            return rng.choice((Sum, Less, Smallest, Largest))(parts)
        case 8:
            bands = tuple(Band(start, inner()) for start in sorted(rng.sample(small, rng.choice((1, 2)))))
            return Bands(bands, inner(other), other)
        case 9:
            starts = sorted(rng.sample(small, rng.choice((1, 2))))
            return Marginal(tuple(Slice(start, rng.choice((0, 50, 1000))) for start in starts), inner(), currency)
        case 10:
            return If(condition(rng, 1), inner(), rng.choice((None, inner())))
        case _:
            return Share(inner(other), inner(), inner(other))


def _measured(rng: random.Random, currency: str | None) -> Measure:
    """A measure of a unit, which names its currency or not; places among guests are in no amount."""
    found = measure(rng)
    while found.aggregate in AMONG_GUESTS or (found.aggregate in MONEY) is (currency is None):
        found = measure(rng)
    return replace(found, currency=rng.choice((currency, None))) if currency else found


def condition(rng: random.Random, depth: int = 2) -> Condition:
    """A condition of at most `depth` levels of all, any and not."""
    kind = rng.randrange(9) if depth else rng.randrange(5)
    if kind < 4:
        return fact_test(rng) if kind < 2 else measure_test(rng)
    if kind == 4:
        return amount_test(rng)
    if kind == 5:
        return Not(condition(rng, depth - 1))
    parts = tuple(condition(rng, depth - 1) for _ in range(rng.choice((0, 1, 2, 2, 3, 5))))
    return AnyOf(parts) if kind == 6 else All(parts)


# --- what is given ----------------------------------------------------------------------------------------------------


VALIDITIES = (
    None, None, None, Lasting(1), Lasting(180), Lasting(1, Term.MONTH), Lasting(14, Term.MONTH), Lasting(1, Term.YEAR),
    EndOf(Term.YEAR), EndOf(Term.YEAR, Lasting(14, Term.MONTH)), EndOf(Term.MONTH, Lasting(1)), EndOf(Term.QUARTER),
    EndOf(Term.YEAR, None, (3, 1)), EndOf(Term.YEAR, Lasting(1, Term.YEAR), (3, 1)), Until(date(2027, 2, 28)),
)  # fmt: skip


def give(rng: random.Random, depth: int = 2) -> Give:
    """Any perk with parameters of its kind."""
    code = rng.choice((*PERKS, "secret-perk"))
    kind = PERKS[code].kind if code in PERKS else PerkKind.CUSTOM
    params = {name: value for name, value in _params(rng, kind).items() if value is not None}
    name = {PerkKind.POINTS: "points", PerkKind.CREDIT: "amount", PerkKind.ITEM: "quantity"}.get(kind)
    reckoned: tuple[tuple[str, Amount], ...] = ()
    if name is not None and rng.random() < 0.4:
        reckoned = ((name, amount(rng, rng.choice(("EUR", "JPY")) if name == "amount" else None)),)
        params.pop(name, None)
    if "amount" not in params:
        params.pop("currency", None)
    if params.get(name or "") is None and reckoned and isinstance(reckoned[0][1], Fixed):
        reckoned = ()  # a fixed one is a plain parameter
    instead = give(rng, depth - 1) if depth and rng.random() < 0.4 else None
    return Give(code, tuple(sorted(params.items())), rng.choice(VALIDITIES), instead, amounts=reckoned)


WAITS = (
    None, None, None, Wait(BeforeArrival(1, 840)), Wait(BeforeArrival(1, 840), BeforeArrival(3)),
    Wait(BeforeArrival(1), BeforeArrival(3)), Wait(BeforeArrival(1), BeforeArrival(3, 540), hourly=True),
    Wait(BeforeArrival(0, 840)), Wait(BeforeArrival(0), hourly=True), Wait(RollingHours(48)), Wait(RollingHours(1)),
    Wait(Rolling(2, Unit.DAY)), Wait(Rolling(1, Unit.DAY), BeforeArrival(0, 0)), Wait(RollingHours(24), hourly=True),
)  # fmt: skip


def tried(rng: random.Random) -> Give:
    """A perk that may wait until it can be had."""
    return replace(give(rng), wait=rng.choice(WAITS))


def _params(rng: random.Random, kind: PerkKind) -> dict[str, Any]:
    match kind:
        case PerkKind.UPGRADE:
            return {"levels": rng.choice((None, 1, 2, 12)), "until": rng.choice((None, "checkout", "16:00"))}
        case PerkKind.LATE_CHECKOUT:
            return {"until": rng.choice((None, "checkout", "16:00")), "guaranteed": rng.choice((None, True, False))}
        case PerkKind.ITEM:
            return {"quantity": rng.choice((None, 1, 2))}
        case PerkKind.CREDIT:
            return {"amount": rng.choice((1, 2500)), "currency": rng.choice(("EUR", "JPY"))}
        case PerkKind.POINTS:
            return {"points": rng.choice((None, 1, 1250))}
        case PerkKind.PRIORITY:
            return {"level": rng.choice((None, 1, 2))}
        case PerkKind.CUSTOM:
            return {"note": rng.choice((None, "by the sea", "by the bar"))}


def outcome(rng: random.Random) -> Outcome:
    """A perk, or a choice of perks."""
    if rng.random() < 0.7:
        return tried(rng)
    options = tuple(give(rng, 1) for _ in range(rng.choice((2, 3))))
    by = rng.choice((None, None, date(2026, 11, 15)))
    return Choose(
        options, rng.choice((1, 2)), rng.choice((1, 30)) if by is None else 30, rng.choice((None, 0, 1)), by=by
    )


def take(rng: random.Random) -> Take:
    """Any perk of which something can be taken, with how much of it."""
    found = give(rng, 0)
    while found.perk not in ("drink", "dinner", "points"):
        found = give(rng, 0)
    return Take(found.perk, found.params, found.amounts, rng.choice(tuple(Short)))


def extend(rng: random.Random) -> Extend:
    """More time for a perk, of any rule or of some."""
    longer = rng.choice((Lasting(1), Lasting(12, Term.MONTH), Lasting(1, Term.YEAR), Until(date(2027, 2, 28))))
    return Extend(rng.choice(tuple(PERKS)), longer, maybe(rng, lambda: some(rng, ("gold", "welcome")), ()))


# --- the rest of a rule -----------------------------------------------------------------------------------------------


def limit(rng: random.Random) -> Limit:
    """Any limit."""
    calendar = Calendar(rng.choice(tuple(Unit)))
    if rng.random() < 0.3:
        per = rng.choice((Per.RULE, Per.PROPERTY))
        return BudgetLimit(rng.choice((100, 125050)), rng.choice(("EUR", "JPY")), rng.choice((None, calendar)), per)
    rolling = Rolling(rng.choice((1, 90)), rng.choice((Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR)))
    return CountLimit(rng.choice(tuple(Per)), rng.choice((1, 2, 1250)), rng.choice((None, calendar, rolling)))


def schedule(rng: random.Random) -> Schedule:
    """Days, weekdays and hours, of which some wrap midnight."""
    days = maybe(rng, lambda: dates(rng), Dates(None, None), 0.5)
    hours = maybe(rng, lambda: tuple(rng.sample((0, 605, 1020, 1439), 2)), None, 0.4)
    return Schedule(days.first, days.last, maybe(rng, lambda: weekdays(rng), (), 0.4), hours)


def applies(rng: random.Random) -> Applies:
    """Places of any sort together."""
    return Applies(
        maybe(rng, lambda: some(rng, _PROPERTIES), ()),
        maybe(rng, lambda: some(rng, _BRANDS), ()),
        maybe(rng, lambda: some(rng, _CITIES), ()),
        maybe(rng, lambda: some(rng, _COUNTRIES), ()),
    )


_ROLES = ("hotel", "supervisor", "manager")

FIELDS: dict[str, Callable[[random.Random], Any]] = {
    "moments": lambda rng: some(rng, _MOMENTS),
    "when": lambda rng: condition(rng, rng.choice((0, 1, 2))),
    "give": lambda rng: tuple(outcome(rng) for _ in range(rng.choice((1, 1, 2, 3)))),
    "take": lambda rng: tuple(take(rng) for _ in range(rng.choice((0, 0, 1, 2)))),
    "extend": lambda rng: tuple(extend(rng) for _ in range(rng.choice((0, 0, 0, 1, 2)))),
    "limits": lambda rng: tuple(limit(rng) for _ in range(rng.choice((0, 1, 2, 3)))),
    "group": lambda rng: rng.choice((None, "status", "welcome")),
    "combines": lambda rng: rng.random() < 0.6,
    "priority": lambda rng: rng.choice((0, 0, 10, -10, 1000)),
    "applies": applies,
    "schedule": schedule,
    "evidence": lambda rng: rng.choice((None, None, *Evidence)),
    "reading_of": lambda rng: rng.choice((None, None, None, "long-stay", "local")),
    "approval": lambda rng: maybe(rng, lambda: Approval(rng.choice(_ROLES), rng.choice((1, 7, 14, 30))), None),
}


def rule(rng: random.Random) -> Rule:
    """Any rule; one that takes may give nothing."""
    made = Rule(id=f"r{rng.randrange(10**6)}", **{name: draw(rng) for name, draw in FIELDS.items()})
    return replace(made, give=()) if made.take and rng.random() < 0.3 else made
