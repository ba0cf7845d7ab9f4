"""What each piece of a document becomes: every key, every window, every comparison, every default."""

from __future__ import annotations

from datetime import date

import pytest

from rewards.domain.activity import Evidence
from rewards.domain.validity import Lasting
from rewards.rulelang.document import load
from rewards.rulelang.nodes import (
    Aggregate,
    All,
    AnyOf,
    Applies,
    Attribution,
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
    FactTest,
    Give,
    Lifetime,
    Measure,
    MeasureTest,
    MembershipYear,
    Not,
    OffsetYear,
    Op,
    Per,
    Rolling,
    RollingHours,
    Rule,
    Schedule,
    Scope,
    ScopeKind,
    Series,
    SinceEnrolment,
    SinceLastGrant,
    Span,
    Unit,
    Window,
)


def only_rule(text: str) -> Rule:
    parsed = load(text)
    assert parsed.diagnostics == ()
    assert len(parsed.rules) == 1
    return parsed.rules[0]


def rule(extra: str = "", when: str = "always", give: str = "welcome-drink") -> Rule:
    return only_rule(f"rule: r\nat: arrival\nwhen: {when}\ngive: {give}\n{extra}")


def condition(text: str) -> Condition:
    return rule(when=text).when


def measure(text: str) -> Measure:
    found = condition(f"{{{text}}}")
    assert isinstance(found, MeasureTest)
    return found.measure


# --- rules ----------------------------------------------------------------------------------------------------------


def test_the_fortnightly_regular_reads_as_it_is_written() -> None:
    found = only_rule("""\
rule: fortnightly-regular
title: {en: The fortnightly regular, nl: De vaste gast}
at: arrival
when:
  all:
    - {measure: stays, where: here, within: 180 days, at_least: 6}
    - {fact: stay.channel, is: direct}
    - {measure: payments.late, within: 1 year, at_most: 0}
give:
  - {perk: room-upgrade, levels: 1, until: checkout, or_else: late-checkout}
limits:
  - {per: guest, at_most: 1, every: stay}
  - {per: property, at_most: 5, every: day}
  - {budget: EUR 2000, every: month}
""")
    assert found == Rule(
        "fortnightly-regular",
        ("arrival",),
        All(
            (
                MeasureTest(Measure(Series.STAYS, window=Rolling(180)), Comparison(Op.AT_LEAST, (6,))),
                FactTest("stay.channel", Comparison(Op.IS, ("direct",))),
                MeasureTest(Measure(Series.PAYMENTS_LATE, window=Rolling(1, Unit.YEAR)), Comparison(Op.AT_MOST, (0,))),
            )
        ),
        (Give("room-upgrade", (("levels", 1), ("until", "checkout")), or_else=Give("late-checkout")),),
        {"en": "The fortnightly regular", "nl": "De vaste gast"},
        limits=(
            CountLimit(Per.STAY, 1),
            CountLimit(Per.PROPERTY, 5, Calendar(Unit.DAY)),
            BudgetLimit(200_000, "EUR", Calendar(Unit.MONTH)),
        ),
    )


def test_a_bare_rule_has_every_default() -> None:
    assert rule() == Rule("r", ("arrival",), All(()), (Give("welcome-drink"),))


def test_every_other_key_of_a_rule() -> None:
    found = rule("""\
say: {en: Welcome back}
only_at: {properties: [harbour], brands: [Grand], cities: [Rotterdam, Amsterdam], countries: [NL]}
runs: {from: 2026-01-01, until: 2026-12-31, on: [saturday, friday], between: [22:30, 02:00]}
group: room-perks
combines: false
priority: -10
evidence: witnessed
""")
    assert found.says == {"en": "Welcome back"}
    assert found.applies == Applies(("harbour",), ("Grand",), ("Rotterdam", "Amsterdam"), ("NL",))
    assert found.schedule == Schedule(date(2026, 1, 1), date(2026, 12, 31), (5, 6), (1350, 120))
    assert (found.group, found.combines, found.priority) == ("room-perks", False, -10)
    assert found.evidence is Evidence.WITNESSED


def test_a_rule_runs_at_several_moments_and_any_name_is_one() -> None:
    assert only_rule("rule: r\nat: [arrival, at_the_spa]\nwhen: always\ngive: a\n").moments == ("arrival", "at_the_spa")


def test_norway_is_a_country_and_no_is_a_text() -> None:
    assert condition("{fact: guest.country, is: NO}") == FactTest("guest.country", Comparison(Op.IS, ("NO",)))
    assert condition("{fact: stay.rate_code, in: [no, 010, 22:30, 2026-01-01]}") == FactTest(
        "stay.rate_code", Comparison(Op.IN, ("no", "010", "22:30", "2026-01-01"))
    )


def test_a_node_knows_where_it_stood_and_compares_without_it() -> None:
    found = condition("{fact: stay.nights, at_least: 2}")
    assert isinstance(found, FactTest)
    assert found.span == Span(3, 7, 3, 39)
    assert found == FactTest("stay.nights", Comparison(Op.AT_LEAST, (2,)))


def test_what_stands_before_broken_text_is_still_read() -> None:
    parsed = load("rule: good\nat: arrival\nwhen: always\ngive: a\n---\nrule: [bad\n")
    assert [each.id for each in parsed.rules] == ["good"]
    assert [each.code for each in parsed.diagnostics] == ["yaml_syntax"]


def test_empty_documents_between_rules_are_nothing() -> None:
    assert rule("---\n---\n").id == "r"


# --- conditions -----------------------------------------------------------------------------------------------------


def test_all_any_not_and_always_nest() -> None:
    nights = FactTest("stay.nights", Comparison(Op.AT_LEAST, (2,)))
    text = "{any: [{all: [{fact: stay.nights, at_least: 2}, always]}, {not: {fact: stay.nights, at_least: 2}}]}"
    assert condition(text) == AnyOf((All((nights, All(()))), Not(nights)))


@pytest.mark.parametrize(
    ("text", "fact", "comparison"),
    [
        ("stay.nights, at_least: 3", "stay.nights", Comparison(Op.AT_LEAST, (3,))),
        ("stay.nights, more_than: 3", "stay.nights", Comparison(Op.MORE_THAN, (3,))),
        ("stay.nights, at_most: 3", "stay.nights", Comparison(Op.AT_MOST, (3,))),
        ("stay.nights, less_than: 3", "stay.nights", Comparison(Op.LESS_THAN, (3,))),
        ("stay.nights, exactly: 3", "stay.nights", Comparison(Op.EXACTLY, (3,))),
        ("stay.nights, between: [2, 5]", "stay.nights", Comparison(Op.BETWEEN, (2, 5))),
        ("stay.nights, every: 5", "stay.nights", Comparison(Op.EVERY, (5, 0, 0))),
        ("stay.nights, every: {n: 5, after: 2, up_to: 50}", "stay.nights", Comparison(Op.EVERY, (5, 2, 50))),
        ("stay.channel, is: direct", "stay.channel", Comparison(Op.IS, ("direct",))),
        ("stay.channel, is_not: agency", "stay.channel", Comparison(Op.IS_NOT, ("agency",))),
        ("stay.channel, in: [direct, agency]", "stay.channel", Comparison(Op.IN, ("direct", "agency"))),
        ("stay.channel, not_in: direct", "stay.channel", Comparison(Op.NOT_IN, ("direct",))),
        ("guest.verified, is: true", "guest.verified", Comparison(Op.IS, (True,))),
        ("stay.arrival, at_least: 2026-03-01", "stay.arrival", Comparison(Op.AT_LEAST, (date(2026, 3, 1),))),
        ("day.time, less_than: 09:30", "day.time", Comparison(Op.LESS_THAN, (570,))),
        ('day.time, less_than: "09:30"', "day.time", Comparison(Op.LESS_THAN, (570,))),
        ("guest.attribute.company, is: Acme", "guest.attribute.company", Comparison(Op.IS, ("Acme",))),
        ("stay.days_ahead, at_least: -3", "stay.days_ahead", Comparison(Op.AT_LEAST, (-3,))),
    ],
)
def test_every_comparison_of_a_fact(text: str, fact: str, comparison: Comparison) -> None:
    assert condition(f"{{fact: {text}}}") == FactTest(fact, comparison)


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("EUR 500", 50_000, "EUR"),
        ("EUR 499.5", 49_950, "EUR"),
        ("EUR 0.05", 5, "EUR"),
        ("JPY 3000", 3_000, "JPY"),
        ("KWD 1.234", 1_234, "KWD"),
        ("EUR 90071992547409.92", 2**53, "EUR"),
    ],
)
def test_money_becomes_minor_units_of_its_currency(text: str, minor: int, currency: str) -> None:
    found = condition(f"{{fact: stay.amount, at_least: {text}}}")
    assert found == FactTest("stay.amount", Comparison(Op.AT_LEAST, (minor,)), currency=currency)
    spent = condition(f"{{measure: spend, at_least: {text}}}")
    assert spent == MeasureTest(
        Measure(Series.SPEND, Aggregate.SUM, currency=currency), Comparison(Op.AT_LEAST, (minor,))
    )


def test_the_largest_number_is_two_to_the_fifty_third() -> None:
    assert condition(f"{{measure: nights, at_most: {2**53}}}") == MeasureTest(
        Measure(Series.NIGHTS), Comparison(Op.AT_MOST, (2**53,))
    )


# --- measures -------------------------------------------------------------------------------------------------------


NOT_ALONE = (Series.CUSTOM, Series.SPEND, Series.EARNED, Series.HELD, Series.LEFT)
"""Series that need a name, an amount or a perk."""


@pytest.mark.parametrize("series", [each for each in Series if each not in NOT_ALONE])
def test_every_series_counts_at_this_hotel_over_everything_known(series: Series) -> None:
    assert measure(f"measure: {series}, at_least: 2") == Measure(series)


@pytest.mark.parametrize("series", [Series.GRANTS, Series.EARNED, Series.HELD, Series.LEFT])
def test_what_was_given_is_narrowed_by_perk_and_by_rule(series: Series) -> None:
    found = measure(f"measure: {series}, perk: [gold, platinum], rule: comped, at_least: 2")
    assert found == Measure(series, perks=("gold", "platinum"), rules=("comped",))


def test_a_custom_series_has_its_own_name() -> None:
    assert measure("measure: custom:yoga-class, at_least: 2") == Measure(Series.CUSTOM, custom="yoga-class")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("spend, count: true, at_least: 3", Measure(Series.SPEND)),
        ("spend, average: true, at_least: EUR 3", Measure(Series.SPEND, Aggregate.AVERAGE, currency="EUR")),
        ("spend, largest: true, at_least: EUR 3", Measure(Series.SPEND, Aggregate.LARGEST, currency="EUR")),
        ("spend, at_least: EUR 3, currency: EUR", Measure(Series.SPEND, Aggregate.SUM, currency="EUR")),
        ("stays, distinct: brand, at_least: 3", Measure(Series.STAYS, Aggregate.DISTINCT, Dimension.BRAND)),
        ("check-ins, distinct: place, at_least: 3", Measure(Series.CHECK_INS, Aggregate.DISTINCT, Dimension.PLACE)),
        ("spend, distinct: category, at_least: 3", Measure(Series.SPEND, Aggregate.DISTINCT, Dimension.CATEGORY)),
        ("visits, streak: week, at_least: 3", Measure(Series.VISITS, Aggregate.STREAK, Dimension.WEEK)),
        ("stays, days_since: last, at_least: 3", Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST)),
        ("stays, days_since: first, at_least: 3", Measure(Series.STAYS, Aggregate.DAYS_SINCE_FIRST)),
        ("stays, by: arrival, at_least: 3", Measure(Series.STAYS, by=Attribution.ARRIVAL)),
        ("stays, by: nights, at_least: 3", Measure(Series.STAYS, by=Attribution.NIGHTS)),
        ("nights, by: nights, at_least: 3", Measure(Series.NIGHTS, by=Attribution.NIGHTS)),
        ("visits, evidence: located, at_least: 3", Measure(Series.VISITS, evidence=Evidence.LOCATED)),
        ("visits, category: [bar, spa], at_least: 3", Measure(Series.VISITS, categories=("bar", "spa"))),
        ("nights, room_class: suite, at_least: 3", Measure(Series.NIGHTS, room_classes=("suite",))),
        ("visits, on: [sunday, monday], at_least: 3", Measure(Series.VISITS, weekdays=(1, 7))),
        ("visits, hours: [17:00, 23:00], at_least: 3", Measure(Series.VISITS, hours=(17, 22))),
        ("visits, hours: [22:00, 02:00], at_least: 3", Measure(Series.VISITS, hours=(22, 1))),
        ("visits, hours: [03:00, 00:00], at_least: 3", Measure(Series.VISITS, hours=(3, 23))),
        ("stays, including: this, at_least: 3", Measure(Series.STAYS, including_this=True)),
        (
            "stays, where: {properties: [harbour], brands: [Grand], cities: [Gent]}, at_least: 3",
            Measure(Series.STAYS, scope=Scope(ScopeKind.LISTED, ("harbour",), ("Grand",), ("Gent",))),
        ),
    ],
)
def test_how_which_and_where_a_measure_looks(text: str, found: Measure) -> None:
    assert measure(f"measure: {text}") == found


@pytest.mark.parametrize("word", ["here", "brand", "city", "country", "group", "anywhere"])
def test_every_scope(word: str) -> None:
    assert measure(f"measure: stays, where: {word}, at_least: 3").scope == Scope(ScopeKind(word))


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("ever: true", Lifetime()),
        ("within: 1 day", Rolling(1)),
        ("within: 180 days", Rolling(180)),
        ("within: 2 weeks", Rolling(2, Unit.WEEK)),
        ("within: 3 months", Rolling(3, Unit.MONTH)),
        ("within: 1 year", Rolling(1, Unit.YEAR)),
        ("within: 6 hours", RollingHours(6)),
        ("in: this day", Calendar(Unit.DAY)),
        ("in: this week", Calendar(Unit.WEEK)),
        ("in: last month", Calendar(Unit.MONTH, 1)),
        ("in: this quarter", Calendar(Unit.QUARTER)),
        ("in: last year", Calendar(Unit.YEAR, 1)),
        ("in: {unit: month, back: 3}", Calendar(Unit.MONTH, 3)),
        ("in: membership year", MembershipYear()),
        ("in: last membership year", MembershipYear(1)),
        ("in: {unit: membership year, back: 2}", MembershipYear(2)),
        ("in: {year_from: 03-01}", OffsetYear(3)),
        ('in: {year_from: "11-30", back: 1}', OffsetYear(11, 30, 1)),
        ("during: {from: 2026-03-20, until: 2026-05-26}", Dates(date(2026, 3, 20), date(2026, 5, 26))),
        ("during: {from: 2026-03-20}", Dates(date(2026, 3, 20), None)),
        ("during: {until: 2026-05-26}", Dates(None, date(2026, 5, 26))),
        ("since: enrolment", SinceEnrolment()),
        ("since: last grant", SinceLastGrant()),
        ("since: {grant_of: another}", SinceLastGrant("another")),
        ("best_of: [{in: this year}, {in: last year}]", BetterOf((Calendar(Unit.YEAR), Calendar(Unit.YEAR, 1)))),
    ],
)
def test_every_window(text: str, window: Window) -> None:
    assert measure(f"measure: check-ins, {text}, at_least: 3").window == window


@pytest.mark.parametrize(
    ("text", "found", "count"),
    [
        ("check-ins, first: true", Measure(Series.CHECK_INS, including_this=True), 1),
        (
            "visits, where: city, first: true",
            Measure(Series.VISITS, scope=Scope(ScopeKind.CITY), including_this=True),
            1,
        ),
        ("spend, first: true", Measure(Series.SPEND, including_this=True), 1),
        ("stays, first: true", Measure(Series.STAYS), 0),
        ("stays, including: this, first: true", Measure(Series.STAYS, including_this=True), 1),
        ("referrals, first: true", Measure(Series.REFERRALS), 1),
        ("payments.on_time, first: true", Measure(Series.PAYMENTS_ON_TIME), 1),
    ],
)
def test_first_is_a_plain_comparison(text: str, found: Measure, count: int) -> None:
    assert condition(f"{{measure: {text}}}") == MeasureTest(found, Comparison(Op.EXACTLY, (count,)))


# --- countings ------------------------------------------------------------------------------------------------------

FULL = """\
merge_adjoining: true, one_per_day: true, max_rooms: 3, min_nights: 2, min_amount: EUR 30, min_amount_per_night: EUR 20,
exclude_channels: [tour-operator], exclude_rates: [STAFF, COMP]"""


def full(name: str) -> Counting:
    return Counting(name, True, True, 3, 2, 3_000, 2_000, ("tour-operator",), (), ("STAFF", "COMP"), "EUR")


def test_a_counting_is_written_at_the_measure_or_named() -> None:
    assert measure(f"measure: stays, counting: {{{FULL}}}, at_least: 2").counting == full("inline")
    assert measure(f"measure: stays, counting: {{name: paid, {FULL}}}, at_least: 2").counting == full("paid")
    assert measure("measure: stays, counting: {only_channels: direct}, at_least: 2").counting == Counting(
        "inline", only_channels=("direct",)
    )
    text = "rule: r\nat: arrival\nwhen: {measure: stays, counting: paid, at_least: 2}\ngive: a\n---\n"
    named = only_rule(text + f"countings:\n  paid: {{{FULL}}}\n".replace("\nexclude", "\n    exclude")).when
    assert isinstance(named, MeasureTest)
    assert named.measure.counting == full("paid")
    assert measure("measure: stays, counting: default, at_least: 2").counting == Counting()


# --- what is given --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "give"),
    [
        ("a", Give("a")),
        ("{perk: a}", Give("a")),
        ("{perk: a, levels: 2, until: checkout}", Give("a", (("levels", 2), ("until", "checkout")))),
        ("{perk: a, until: 16:00, guaranteed: true}", Give("a", (("guaranteed", True), ("until", "16:00")))),
        ("{perk: a, quantity: 2, valid: 30 days}", Give("a", (("quantity", 2),), Lasting(30))),
        (
            "{perk: a, amount: EUR 24.50, valid: 2 weeks}",
            Give("a", (("amount", 2_450), ("currency", "EUR")), Lasting(14)),
        ),
        ("{perk: a, points: 500}", Give("a", (("points", 500),))),
        ("{perk: a, level: 1}", Give("a", (("level", 1),))),
        ("{perk: a, note: by hand}", Give("a", (("note", "by hand"),))),
        ("{perk: a, or_else: {perk: b, or_else: c}}", Give("a", or_else=Give("b", or_else=Give("c")))),
        ("{choose: 1, of: [a, b]}", Choose((Give("a"), Give("b")))),
        ("{choose: 2, of: [a, b, c], within: 90 days}", Choose((Give("a"), Give("b"), Give("c")), 2, 90)),
        ("{choose: 1, of: [a, b], by: 2026-11-15}", Choose((Give("a"), Give("b")), by=date(2026, 11, 15))),
        ("{choose: 1, of: [a, b], default: b}", Choose((Give("a"), Give("b")), default=1)),
        ("{choose: 1, of: [a, {perk: a, points: 2}], default: 2}",
         Choose((Give("a"), Give("a", (("points", 2),))), default=1)),
    ],
)  # fmt: skip
def test_every_outcome(text: str, give: Give | Choose) -> None:
    assert rule(give=text).give == (give,)
    assert rule(give=f"[{text}, z]").give == (give, Give("z"))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("per: guest, at_most: 1, every: stay", CountLimit(Per.STAY, 1)),
        ("per: stay, at_most: 1", CountLimit(Per.STAY, 1)),
        ("per: guest, at_most: 1", CountLimit(Per.GUEST, 1)),
        ("per: guest, at_most: 2, every: ever", CountLimit(Per.GUEST, 2)),
        ("per: property, at_most: 5, every: day", CountLimit(Per.PROPERTY, 5, Calendar(Unit.DAY))),
        ("per: rule, at_most: 9, every: quarter", CountLimit(Per.RULE, 9, Calendar(Unit.QUARTER))),
        ("per: guest, at_most: 1, every: 90 days", CountLimit(Per.GUEST, 1, Rolling(90))),
        ("per: guest, at_most: 1, every: 2 months", CountLimit(Per.GUEST, 1, Rolling(2, Unit.MONTH))),
        ("budget: EUR 2000, every: month", BudgetLimit(200_000, "EUR", Calendar(Unit.MONTH))),
        ("budget: JPY 2000, every: year, per: property",
         BudgetLimit(2_000, "JPY", Calendar(Unit.YEAR), Per.PROPERTY)),
        ("budget: EUR 10, every: ever", BudgetLimit(1_000, "EUR")),
    ],
)  # fmt: skip
def test_every_limit(text: str, limit: CountLimit | BudgetLimit) -> None:
    assert rule(f"limits: [{{{text}}}]").limits == (limit,)
