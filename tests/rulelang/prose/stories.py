"""Rules of Harbour Hotel as a marketer would write them, and the answers their guests get, to be read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from rewards.domain.activity import Evidence
from rewards.domain.validity import Lasting
from rewards.rulelang.nodes import (
    Aggregate,
    All,
    AnyOf,
    Applies,
    BeforeArrival,
    BudgetLimit,
    Calendar,
    Choose,
    Comparison,
    Condition,
    Counting,
    CountLimit,
    Dimension,
    FactTest,
    Give,
    Groups,
    Measure,
    MeasureTest,
    Not,
    OffsetYear,
    Op,
    Per,
    Rolling,
    RollingHours,
    Rule,
    Scalar,
    Schedule,
    Scope,
    ScopeKind,
    Series,
    SinceLastGrant,
    Unit,
    Wait,
    Window,
)
from rewards.rulelang.prose import (
    LANGUAGES,
    NO_NAMES,
    REASONS,
    missing_text,
    outcome_text,
    say_default,
    sentence,
    withheld_text,
)
from tests.rulelang.prose.generate import NAMES, PERKS

GROUP = Scope(ScopeKind.GROUP)
YEAR = Calendar(Unit.YEAR)


def fact(name: str, op: Op, *values: Scalar, currency: str | None = None) -> FactTest:
    """A test of a fact."""
    return FactTest(name, Comparison(op, values), currency=currency)


def count(series: Series, window: Window, op: Op, *values: int, scope: Scope = Scope()) -> MeasureTest:  # noqa: B008
    """A test of how many."""
    return MeasureTest(Measure(series, scope=scope, window=window), Comparison(op, values))


def measured(measure: Measure, op: Op, *values: int) -> MeasureTest:
    """A test of any measure."""
    return MeasureTest(measure, Comparison(op, values))


def spent(window: Window, least: int, scope: Scope = GROUP) -> MeasureTest:
    """A test of how much was spent, in cents."""
    measure = Measure(Series.SPEND, Aggregate.SUM, scope=scope, window=window, currency="EUR")
    return MeasureTest(measure, Comparison(Op.AT_LEAST, (least,)))


OFTEN = count(Series.STAYS, Rolling(180), Op.AT_LEAST, 6)
DIRECT = fact("stay.channel", Op.IS, "direct")
PUNCTUAL = count(Series.PAYMENTS_LATE, Rolling(1, Unit.YEAR), Op.AT_MOST, 0)
UP = Give("upgrade", (("levels", 1), ("until", "checkout")))
LATE = Give("late", (("guaranteed", True), ("until", "14:00")))
DRINK = Give("drink")
DINNER = Give("dinner", (("amount", 2500), ("currency", "EUR")))
MOVED = Give("upgrade", (("from", "standard"), ("levels", 1), ("to", "superior"), ("until", "checkout")))

RULES = (
    Rule(
        "fortnightly-regular",
        ("arrival",),
        All((OFTEN, DIRECT, PUNCTUAL)),
        (Give("upgrade", UP.params, or_else=Give("late")),),
        limits=(
            CountLimit(Per.STAY, 1),
            CountLimit(Per.PROPERTY, 5, Calendar(Unit.DAY)),
            BudgetLimit(200000, "EUR", Calendar(Unit.MONTH)),
        ),
    ),
    Rule("everybody", ("booking",), All(()), (DRINK,)),
    Rule("newbie", ("activity",), MeasureTest(
        Measure(Series.CHECK_INS, including_this=True), Comparison(Op.EXACTLY, (1,))), (DRINK,),
        evidence=Evidence.WITNESSED, limits=(CountLimit(Per.GUEST, 1),)),
    Rule("every-fifth", ("activity",), MeasureTest(
        Measure(Series.VISITS, counting=Counting("inline", one_per_day=True), including_this=True),
        Comparison(Op.EVERY, (5, 0, 0))), (Give("drink", (("quantity", 2),)),)),
    Rule("big-spender", ("checkout", "scheduled"), spent(YEAR, 100000), (
        Give("dinner", (("amount", 2500), ("currency", "EUR")), valid=Lasting(180)),),
        limits=(CountLimit(Per.GUEST, 1, YEAR),)),
    Rule("long-stay", ("arrival",), AnyOf((
        fact("stay.nights", Op.AT_LEAST, 7), fact("stay.weekend_nights", Op.BETWEEN, 2, 4))),
        (UP, DRINK), applies=Applies(("harbour", "garden"), (), (), ("NL",))),
    Rule("win-back", ("scheduled",), All((
        MeasureTest(Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST, scope=GROUP), Comparison(Op.AT_LEAST, (200,))),
        count(Series.STAYS, OffsetYear(3, 1, 1), Op.AT_LEAST, 2, scope=GROUP))),
        (Give("points", (("points", 500),)),), limits=(CountLimit(Per.GUEST, 1, Rolling(90)),)),
    Rule("birthday", ("arrival",), All((
        fact("guest.enrolled", Op.IS, True), fact("stay.birthday_within", Op.IS, True))),
        (Choose((DRINK, Give("late", (("until", "14:00"),)), DINNER), 1, 14, 0),)),
    Rule("complaint", ("request",), All((
        fact("moment.topic", Op.IS, "complaint"), fact("moment.severity", Op.AT_LEAST, 3),
        AnyOf((OFTEN, All((DIRECT, PUNCTUAL)), Not(fact("guest.country", Op.IN, "NL", "BE")))))),
        (Give("care", (("level", 1),)), Choose((UP, DRINK), 1, 7, None)), group="care", priority=10),
    Rule("friday", ("arrival",), All((
        fact("day.weekday", Op.IN, "friday", "saturday"), fact("day.time", Op.AT_LEAST, 1020))),
        (DRINK,), combines=False, schedule=Schedule(date(2027, 3, 1), date(2027, 5, 31), (5, 6), (1320, 120))),
    Rule("explorer", ("spa_day",), All((
        MeasureTest(
            Measure(Series.STAYS, Aggregate.DISTINCT, Dimension.CITY, GROUP, YEAR), Comparison(Op.AT_LEAST, (3,))),
        MeasureTest(Measure(Series.STAYS, Aggregate.STREAK, Dimension.MONTH), Comparison(Op.AT_LEAST, (4,))),
        MeasureTest(Measure(Series.SPEND, Aggregate.AVERAGE, window=SinceLastGrant(), currency="EUR"),
                    Comparison(Op.AT_LEAST, (5000,))),
        Not(AnyOf((fact("stay.rate_code", Op.IS, "STAFF"), fact("stay.purpose", Op.IS, "business")))))),
        (Give("table", (("note", "by the sea"),)),)),
    Rule("except", ("pre_arrival",), Not(All((OFTEN, DIRECT))), (DRINK,)),
    Rule("suite-in-time", ("booking",), DIRECT, (
        Give("upgrade", UP.params, or_else=Give("late"), wait=Wait(BeforeArrival(1, 840), BeforeArrival(3))),)),
    Rule("for-two-days", ("arrival",), DIRECT, (
        Give("drink", wait=Wait(RollingHours(48), hourly=True)), Give("dinner", wait=Wait(Rolling(2, Unit.DAY))))),
)  # fmt: skip


def rules() -> Iterator[str]:
    """Whole rules, with names and by code."""
    for rule in RULES:
        yield f"# {rule.id}"
        for language in LANGUAGES:
            yield f"{language}  {sentence(rule, language, NAMES)}"
        yield f"    {sentence(rule, 'en', NO_NAMES)}"


# --- answers ----------------------------------------------------------------------------------------------------------

_TODAY = date(2027, 4, 2)
_JUNE, _NEW_YEAR = date(2027, 6, 30), date(2028, 1, 1)
_TWICE = Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (2,)))
_MISSING: tuple[tuple[MeasureTest | FactTest, int | Fraction, date | None], ...] = (
    (OFTEN, 2, _JUNE),
    (OFTEN, 1, None),
    (count(Series.STAYS, YEAR, Op.AT_LEAST, 3, scope=GROUP), 2, _NEW_YEAR),
    (spent(YEAR, 100000), 12000, _JUNE),
    (spent(YEAR, 100000, Scope()), 1, None),
    (measured(Measure(Series.STAYS, Aggregate.SUM, currency="EUR"), Op.AT_LEAST, 10000), 500, _JUNE),
    (measured(Measure(Series.SPEND, Aggregate.AVERAGE, currency="EUR"), Op.AT_LEAST, 5000), Fraction(501, 2), None),
    (measured(Measure(Series.SPEND, Aggregate.LARGEST, currency="EUR"), Op.AT_LEAST, 5000), 1000, None),
    (measured(Measure(Series.STAYS, Aggregate.DISTINCT, Dimension.CITY, GROUP), Op.AT_LEAST, 3), 1, _JUNE),
    (measured(Measure(Series.STAYS, Aggregate.DISTINCT, Dimension.CITY, GROUP), Op.AT_LEAST, 3), 2, _JUNE),
    (measured(Measure(Series.VISITS, Aggregate.STREAK, Dimension.WEEK), Op.AT_LEAST, 4), 2, None),
    (measured(Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST), Op.AT_LEAST, 30), 5, None),
    (measured(Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST), Op.AT_MOST, 30), 5, None),
    (measured(Measure(Series.SPEND, Aggregate.AVERAGE, currency="EUR", last=3), Op.AT_LEAST, 5000), 400, _JUNE),
    (measured(Measure(Series.STAYS, Aggregate.COUNT, last=1), Op.AT_LEAST, 1), 1, None),
    (measured(Measure(Series.STAYS, Aggregate.GROUPS, scope=GROUP, groups=_TWICE), Op.AT_LEAST, 6), 2, _NEW_YEAR),
    (measured(Measure(Series.STAYS, Aggregate.GROUPS_IN_A_ROW, groups=_TWICE), Op.AT_LEAST, 3), 1, None),
    (PUNCTUAL, 1, _JUNE),
    (count(Series.STAYS, YEAR, Op.LESS_THAN, 3), 2, None),
    (spent(YEAR, 100000), -500, None),
    (fact("stay.nights", Op.AT_LEAST, 3), 1, None),
    (fact("stay.nights", Op.AT_MOST, 3), 2, None),
    (fact("stay.amount", Op.AT_LEAST, 50000, currency="EUR"), 5000, None),
    (fact("spend.amount", Op.LESS_THAN, 50000, currency="EUR"), 5000, None),
    (fact("moment.severity", Op.AT_LEAST, 3), 1, None),
    (DIRECT, 1, None),
    (fact("guest.enrolled", Op.IS, True), 1, _JUNE),
)  # fmt: skip
_VALUES: dict[str, object] = {
    "have": "claimed", "needs": "witnessed", "fact": "stay.rate_code", "perk": "drink", "until": date(2027, 5, 1),
    "by": "vip", "currency": "JPY",
}  # fmt: skip
_SAID: tuple[tuple[Give, tuple[Condition, ...]], ...] = (
    (MOVED, (DIRECT, OFTEN)),
    (MOVED, (OFTEN, DIRECT)),
    (Give("upgrade", (("levels", 2), ("until", "checkout"))), (spent(YEAR, 1000),)),
    (Give("upgrade"), (PUNCTUAL,)),
    (LATE, (fact("stay.birthday_within", Op.IS, True),)),
    (Give("late", (("until", "checkout"),)), (fact("moment.topic", Op.IS, "complaint"),)),
    (DRINK, (count(Series.STAYS, Rolling(90), Op.AT_MOST, 0),)),
    (DRINK, (count(Series.VISITS, Rolling(90), Op.EVERY, 5, 0, 0),)),
    (DRINK, (RULES[6].when.parts[0],)),  # type: ignore[union-attr]
    (Give("dinner", (("amount", 2500), ("currency", "EUR")), Lasting(180)), (fact("stay.nights", Op.AT_LEAST, 7),)),
    (Give("points", (("points", 500),)), (count(Series.REFERRALS, YEAR, Op.AT_LEAST, 1),)),
    (Give("care", (("level", 1),)), (fact("guest.age", Op.AT_LEAST, 18),)),
    (Give("table"), ()),
    (Give("upgrade", (("to", "suite"),)), ()),
)  # fmt: skip


def answers() -> Iterator[str]:
    """Near misses, withheld rewards, perks, and what a clerk says."""
    yield from _missing()
    yield from _withheld()
    for give, reasons in _SAID:
        yield f"# {give.perk} {dict(give.params)}"
        for language in LANGUAGES:
            yield f"{language}  {say_default(give, PERKS[give.perk], reasons, language, NAMES)}"
            yield f"    {outcome_text(give, PERKS[give.perk], language)}"


def _missing() -> Iterator[str]:
    for test, lack, by in _MISSING:
        yield f"# missing {lack} by {by}"
        for language in LANGUAGES:
            yield f"{language}  {missing_text(test, lack, by, language, NAMES, today=_TODAY)}"


def _withheld() -> Iterator[str]:
    for reason in REASONS:
        for title, values in _values(reason):
            yield f"# {reason}{title}"
            for language in LANGUAGES:
                yield f"{language}  {withheld_text(reason, values, language, NAMES)}"


def _values(reason: str) -> Iterator[tuple[str, dict[str, object]]]:
    yield "", {}
    if reason == "not_covered":
        yield " of a series", {"series": "payments"}
        yield " of a kind since a day", {"kind": "stay", "since": date(2027, 1, 1)}
    else:
        yield " with values", _VALUES
