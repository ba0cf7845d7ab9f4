"""Near misses: of all that was not given, what a guest can still bring about, the nearest first."""

from __future__ import annotations

import math
import random
from datetime import date

import pytest

from rewards.rulelang import progress
from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.compiling.slots import depends_on_rule
from rewards.rulelang.document import load
from rewards.rulelang.evaluation import UNKNOWN_READING, FactValue, Reading, Truth, at_least, exactly
from rewards.rulelang.interpreter import evaluate
from rewards.rulelang.nodes import (
    RANKS,
    Aggregate,
    All,
    AnyOf,
    Applies,
    BetterOf,
    Calendar,
    Condition,
    Dates,
    FactTest,
    Measure,
    MeasureTest,
    MembershipYear,
    Not,
    OffsetYear,
    Op,
    Rolling,
    Rule,
    RuleSet,
    Schedule,
    Series,
    SinceLastGrant,
    Unit,
    Window,
    ranked,
)
from rewards.rulelang.progress import Miss, candidates, misses, nearest
from rewards.rulelang.reach import CHANGEABLE_FACTS, Way
from tests.properties import random_rules
from tests.rulelang.evaluators.helpers import (
    GARDEN,
    HARBOUR,
    MEMBER,
    NIGHTS,
    NOON,
    STAYS,
    TUESDAY,
    Guest,
    fact,
    ids,
    measured,
    rule,
    rules,
)

SPEND = Measure(Series.SPEND, Aggregate.SUM, window=Rolling(365))
AWAY = Measure(Series.STAYS, Aggregate.DAYS_SINCE_LAST)


def miss_of(when: Condition, guest: Guest) -> Miss | None:
    return nearest(rule("r", when), guest)


def found(guest: Guest, *each: Rule, limit: int = 8) -> list[str]:
    """The ids of the near misses, by the quick search, after checking it against looking at every rule."""
    compiled = compile_rules(rules(*each), [HARBOUR])
    granted = compiled.match(NOON, guest).granted
    near = misses(compiled, NOON, guest, granted, limit)
    assert candidates(compiled, NOON, guest, granted, limit) == tuple(miss.rule for miss in near)
    slow = [miss for one in compiled.live_at("arrival", HARBOUR) if (miss := nearest(one, guest)) is not None]
    slow.sort(key=lambda miss: (miss.distance, -miss.rule.priority, miss.rule.id))
    assert list(near) == slow[:limit]
    return ids(miss.rule for miss in near)


# --- one rule -------------------------------------------------------------------------------------------------------


def test_ana_needs_two_more_nights() -> None:
    six = measured(Op.AT_LEAST, 6)
    miss = miss_of(All((MEMBER, six)), Guest({"guest.enrolled": True}, {NIGHTS: exactly(4)}))
    assert miss is not None
    assert (miss.leaf, miss.needed, miss.actual, miss.others) == (six, 6, exactly(4), 0)
    assert miss.gaps[0].way is Way.ACTIVITY
    assert miss.distance == pytest.approx(1 / 3)


def test_what_holds_is_not_missed() -> None:
    assert miss_of(measured(Op.AT_LEAST, 6), Guest(readings={NIGHTS: exactly(6)})) is None


def test_what_nobody_can_change_is_not_near() -> None:
    abroad = All((fact("guest.country", Op.IS, "NL"), measured(Op.AT_LEAST, 6)))
    assert miss_of(abroad, Guest({"guest.country": "BE"}, {NIGHTS: exactly(5)})) is None
    assert miss_of(abroad, Guest({"guest.country": None}, {NIGHTS: exactly(5)})) is None
    assert miss_of(measured(Op.AT_MOST, 6), Guest(readings={NIGHTS: exactly(7)})) is None
    assert miss_of(fact("guest.age", Op.AT_LEAST, 65), Guest({"guest.age": 64})) is None


def test_nobody_is_told_to_pay_late() -> None:
    late = Measure(Series.PAYMENTS_LATE)
    assert miss_of(measured(Op.AT_LEAST, 1, measure=late), Guest()) is None


@pytest.mark.parametrize(
    ("test", "value", "needed"),
    [
        (measured(Op.MORE_THAN, 6), 6, 7),
        (measured(Op.EXACTLY, 6), 4, 6),
        (measured(Op.BETWEEN, 6, 9), 4, 6),
        (measured(Op.EVERY, 5, 0, 0), 7, 10),
        (measured(Op.EVERY, 5, 0, 0), 0, 5),
        (measured(Op.EVERY, 5, 3, 0), 1, 8),
        (measured(Op.EVERY, 5, 0, 10), 7, 10),
        (Not(measured(Op.AT_MOST, 6)), 5, 7),
        (Not(measured(Op.LESS_THAN, 6)), 5, 6),
        (Not(Not(measured(Op.AT_LEAST, 6))), 5, 6),
    ],
)
def test_each_comparison_says_what_is_needed(test: Condition, value: int, needed: int) -> None:
    miss = miss_of(test, Guest(readings={NIGHTS: exactly(value)}))
    assert miss is not None
    assert miss.needed == needed


@pytest.mark.parametrize(
    ("test", "value"),
    [
        (measured(Op.EXACTLY, 6), 7),
        (measured(Op.BETWEEN, 6, 9), 10),
        (measured(Op.EVERY, 5, 0, 10), 10 + 1),
        (measured(Op.LESS_THAN, 6), 6),
        (Not(measured(Op.AT_LEAST, 6)), 6),
        (Not(measured(Op.EVERY, 5, 0, 0)), 5),
    ],
)
def test_what_lies_behind_is_out_of_reach(test: Condition, value: int) -> None:
    assert miss_of(test, Guest(readings={NIGHTS: exactly(value)})) is None


def test_of_an_any_the_nearest_branch_counts() -> None:
    far_and_near = AnyOf((measured(Op.AT_LEAST, 100), All((measured(Op.AT_LEAST, 5, measure=STAYS), MEMBER))))
    guest = Guest({"guest.enrolled": True}, {NIGHTS: exactly(4), STAYS: exactly(4)})
    miss = miss_of(far_and_near, guest)
    assert miss is not None
    assert miss.leaf == measured(Op.AT_LEAST, 5, measure=STAYS)
    closed = AnyOf(
        (measured(Op.AT_LEAST, 100), All((measured(Op.AT_LEAST, 5, measure=STAYS), fact("guest.country", Op.IS, "NL"))))
    )
    miss = miss_of(closed, guest)
    assert miss is not None
    assert miss.needed == 100


def test_not_any_needs_all_and_not_all_needs_one() -> None:
    low = (measured(Op.LESS_THAN, 5), measured(Op.LESS_THAN, 8, measure=STAYS))
    guest = Guest(readings={NIGHTS: exactly(4), STAYS: exactly(4)})
    both, one = miss_of(Not(AnyOf(low)), guest), miss_of(Not(All(low)), guest)
    assert both is not None
    assert [gap.needed for gap in both.gaps] == [8, 5]
    assert one is not None
    assert [gap.needed for gap in one.gaps] == [5]


def test_the_widest_gap_speaks_for_the_others() -> None:
    spend = measured(Op.AT_LEAST, 100_000, measure=SPEND)
    guest = Guest({"guest.enrolled": True}, {NIGHTS: exactly(5), SPEND: exactly(20_000)})
    miss = miss_of(All((measured(Op.AT_LEAST, 6), spend)), guest)
    assert miss is not None
    assert (miss.leaf, miss.others) == (spend, 1)
    assert miss.distance == pytest.approx(1 / 6 + 4 / 5)


def test_two_tests_of_one_measure_are_one_thing_to_do() -> None:
    miss = miss_of(All((measured(Op.AT_LEAST, 5), measured(Op.AT_LEAST, 7))), Guest(readings={NIGHTS: exactly(4)}))
    assert miss is not None
    assert (miss.needed, miss.others) == (7, 0)


def test_a_miss_comes_true_when_its_gaps_close() -> None:
    between = All((measured(Op.AT_LEAST, 6), measured(Op.AT_MOST, 5)))
    guest = Guest(readings={NIGHTS: exactly(4)})
    assert miss_of(between, guest) is None
    assert found(guest, rule("never", between), rule("soon", measured(Op.AT_LEAST, 9))) == ["soon"]


def test_joining_and_proving_an_identity_is_a_way_too() -> None:
    for name, way in CHANGEABLE_FACTS.items():
        if way is Way.TELL:
            miss = miss_of(fact(name, Op.IS, True), Guest({name: False}))
            assert miss is not None
            assert (miss.needed, miss.gaps[0].way, miss.distance) == (1, Way.TELL, 1.0)
            assert miss_of(fact(name, Op.IS, False), Guest({name: True})) is None
            assert miss_of(Not(fact(name, Op.IS, False)), Guest({name: False})) is not None


def test_time_and_a_longer_stay_are_ways_too() -> None:
    year = miss_of(fact("guest.days_enrolled", Op.AT_LEAST, 365), Guest({"guest.days_enrolled": 300}))
    longer = miss_of(fact("stay.nights", Op.AT_LEAST, 3), Guest({"stay.nights": 2}))
    away = miss_of(measured(Op.AT_LEAST, 60, measure=AWAY), Guest(readings={AWAY: exactly(40)}))
    assert year is not None
    assert longer is not None
    assert away is not None
    assert [miss.gaps[0].way for miss in (year, longer, away)] == [Way.TIME, Way.STAY, Way.TIME]
    assert miss_of(fact("guest.days_enrolled", Op.AT_LEAST, 365), Guest({"guest.days_enrolled": None})) is None


# --- what is known in part ------------------------------------------------------------------------------------------


def test_a_lower_bound_counts_from_what_is_known() -> None:
    ben = Guest(readings={NIGHTS: at_least(4)})
    miss = miss_of(measured(Op.AT_LEAST, 6), ben)
    assert miss is not None
    assert (miss.needed, miss.actual) == (6, at_least(4))
    assert found(ben, rule("r", measured(Op.AT_LEAST, 6))) == ["r"]


def test_of_what_is_not_known_at_all_nothing_is_near() -> None:
    assert miss_of(measured(Op.AT_LEAST, 6), Guest(readings={NIGHTS: UNKNOWN_READING})) is None
    assert found(Guest(readings={NIGHTS: UNKNOWN_READING}), rule("r", measured(Op.AT_LEAST, 6))) == []


def test_a_lower_bound_may_already_be_past_a_single_number() -> None:
    for op, values in ((Op.EXACTLY, (6,)), (Op.BETWEEN, (6, 8)), (Op.EVERY, (5, 0, 0))):
        assert miss_of(measured(op, *values), Guest(readings={NIGHTS: at_least(4)})) is None


# --- windows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "open_"),
    [
        (Calendar(Unit.YEAR), True),
        (Calendar(Unit.YEAR, back=1), False),
        (OffsetYear(3), True),
        (OffsetYear(3, back=1), False),
        (MembershipYear(), True),
        (MembershipYear(back=2), False),
        (Dates(date(2026, 11, 1), TUESDAY), True),
        (Dates(date(2026, 11, 1), date(2026, 11, 23)), False),
        (Dates(date(2026, 11, 1), None), True),
        (BetterOf((Calendar(Unit.YEAR, back=1), Calendar(Unit.YEAR))), True),
        (BetterOf((Calendar(Unit.YEAR, back=1), Calendar(Unit.YEAR, back=2))), False),
    ],
)
def test_only_a_window_that_is_not_over_can_still_fill(window: Window, open_: bool) -> None:
    measure = Measure(Series.NIGHTS, window=window)
    guest = Guest({"day.date": TUESDAY}, {measure: exactly(4)})
    assert (miss_of(measured(Op.AT_LEAST, 6, measure=measure), guest) is not None) is open_
    assert found(guest, rule("r", measured(Op.AT_LEAST, 6, measure=measure))) == (["r"] if open_ else [])


# --- many rules -----------------------------------------------------------------------------------------------------


def test_the_nearest_come_first_then_priority_then_id() -> None:
    guest = Guest(readings={NIGHTS: exactly(4), STAYS: exactly(2)})
    each = (
        rule("far", measured(Op.AT_LEAST, 40)),
        rule("near", measured(Op.AT_LEAST, 5)),
        rule("half-b", measured(Op.AT_LEAST, 8)),
        rule("half-a", measured(Op.AT_LEAST, 4, measure=STAYS)),
        rule("half-first", measured(Op.AT_LEAST, 8), priority=1),
        rule("done", measured(Op.AT_LEAST, 3)),
    )
    assert found(guest, *each) == ["near", "half-first", "half-a", "half-b", "far"]
    assert found(guest, *each, limit=2) == ["near", "half-first"]
    assert found(guest, *each[::-1], limit=3) == ["near", "half-first", "half-a"]


def test_only_rules_of_this_gate_are_near() -> None:
    soon = measured(Op.AT_LEAST, 5)
    compiled = compile_rules(
        rules(
            rule("here", soon),
            rule("other-place", soon, applies=Applies(properties=("garden",))),
            rule("other-moment", soon, moments=("checkout",)),
            rule("other-time", soon, schedule=Schedule(hours=(0, 60))),
        ),
        [HARBOUR, GARDEN],
    )
    assert ids(candidates(compiled, NOON, Guest(readings={NIGHTS: exactly(4)}), ())) == ["here"]


def test_what_was_granted_is_not_missed() -> None:
    # A grant that a limit held back is told to the search as granted, or it would be told to the guest as missing.
    each = (rule("a", measured(Op.AT_LEAST, 5)), rule("b", measured(Op.AT_LEAST, 5)))
    compiled = compile_rules(rules(*each), [HARBOUR])
    assert ids(candidates(compiled, NOON, Guest(readings={NIGHTS: exactly(4)}), each[:1])) == ["b"]


def test_every_nth_is_found_by_its_next_turn() -> None:
    guest = Guest(readings={NIGHTS: exactly(9)})
    each = (
        rule("tenth", measured(Op.EVERY, 10, 0, 0)),
        rule("seventh", measured(Op.EVERY, 7, 0, 0)),
        rule("once", measured(Op.EVERY, 9, 0, 9)),
        rule("twelve", measured(Op.AT_LEAST, 12)),
    )
    assert found(guest, *each) == ["tenth", "twelve", "seventh"]


def test_a_window_since_the_own_last_grant_is_climbed_for_each_rule() -> None:
    since = Measure(Series.STAYS, window=SinceLastGrant())
    guest = Guest(readings={since: {"a": exactly(1), "b": exactly(4)}})
    assert found(guest, *(rule(id_, measured(Op.AT_LEAST, 5, measure=since)) for id_ in ("a", "b"))) == ["b", "a"]


def test_a_large_rule_set_is_searched_at_a_bounded_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    miss = progress.miss_of
    monkeypatch.setattr(progress, "miss_of", lambda one, *rest: looked.append(one.id) or miss(one, *rest))
    unchangeable = fact("stay.adults", Op.AT_LEAST, 3)
    each = [rule(f"r{at:04}", All((unchangeable, measured(Op.AT_LEAST, 5 + at)))) for at in range(3_000)]
    measures = [Measure(Series.NIGHTS, window=Rolling(days)) for days in range(1, 400)]
    each += [rule(f"s{at:03}", measured(Op.AT_LEAST, 500, measure=one)) for at, one in enumerate(measures)]
    compiled = compile_rules(rules(*each), [HARBOUR])
    couple = Guest({"stay.adults": 2}, {NIGHTS: exactly(4)})
    assert misses(compiled, NOON, couple, ()) == ()
    assert len(looked) == progress.MOST_RULES
    assert sum(isinstance(key, tuple) for key in couple.asked) <= progress.MOST_READ
    assert max(couple.asked.values()) <= progress.MOST_RULES + 1

    family = Guest({"stay.adults": 3}, {NIGHTS: exactly(4)})
    looked.clear()
    assert ids(candidates(compiled, NOON, family, (), 3)) == ["r0000", "r0001", "r0002"]
    assert len(looked) <= 4


def test_rules_that_hold_or_sleep_cost_no_more_than_the_rungs_they_stand_on() -> None:
    asleep = Schedule(first=date(2030, 1, 1))
    each = [rule(f"r{at:04}", measured(Op.AT_LEAST, 5 + at), schedule=asleep) for at in range(2_000)]
    compiled = compile_rules(rules(*each), [HARBOUR])
    assert misses(compiled, NOON, Guest(readings={NIGHTS: exactly(4)}), ()) == ()


def closed(miss: Miss, facts: random_rules.FixedFacts) -> random_rules.FixedFacts:
    """The guest after every gap closed just so far."""
    values: dict[str, FactValue] = dict(facts.facts)
    readings = dict(facts.readings)
    reached: dict[tuple[Measure, str], int] = {}
    for gap in miss.gaps:
        leaf = gap.through or gap.leaf
        if isinstance(leaf, FactTest):
            values[leaf.fact] = bool(gap.needed) if isinstance(gap.actual, bool) else gap.needed
        else:
            assert isinstance(leaf, MeasureTest)
            measure = leaf.measure
            key = (measure, miss.rule.id if depends_on_rule(measure.window) else "")
            if measure.aggregate in RANKS:
                readings[key], key = exactly(1), (ranked(measure), key[1])
            needed = max(gap.needed, reached.get(key, 0))
            reached[key], readings[key] = needed, Reading(needed, max(needed, readings[key].high))
    return random_rules.FixedFacts(values, readings)


def test_every_miss_of_random_rules_comes_true_and_the_search_finds_it() -> None:
    rng = random.Random(4)
    checked = places = reckoned = 0
    for _ in range(900):
        drawn = RuleSet(tuple(rule(f"r{at}", random_rules.condition(rng)) for at in range(12)), {})
        facts = random_rules.facts_for(rng, drawn)
        facts.facts["day.date"] = NOON.day
        compiled = compile_rules(drawn, [HARBOUR])
        granted = compiled.match(NOON, facts).granted
        slow = {each.id: miss for each in drawn.rules if (miss := nearest(each, facts)) is not None}
        quick = {miss.rule.id: miss for miss in misses(compiled, NOON, facts, granted, limit=12)}
        assert {id_: miss.gaps for id_, miss in quick.items()} == {id_: miss.gaps for id_, miss in slow.items()}
        for miss in slow.values():
            assert evaluate(miss.rule.when, closed(miss, facts), miss.rule.id) is Truth.TRUE
            assert all(0 < gap.distance <= 1 for gap in miss.gaps)
            assert not math.isnan(miss.distance)
            checked += 1
            reckoned += any(gap.through is not None for gap in miss.gaps)
            places += any(
                isinstance(gap.leaf, MeasureTest) and gap.leaf.measure.aggregate in RANKS for gap in miss.gaps
            )
    assert checked > 250
    assert places > 10
    assert reckoned > 40


def test_the_newest_come_to_no_more_than_there_may_be() -> None:
    newest = Measure(Series.STAYS, window=STAYS.window, last=3)
    ana = Guest(readings={newest: exactly(2)})
    assert nearest(rule("r", measured(Op.AT_LEAST, 3, measure=newest)), ana).needed == 3  # type: ignore[union-attr]
    assert nearest(rule("r", measured(Op.AT_LEAST, 4, measure=newest)), ana) is None


def test_larger_purchases_raise_the_mean_of_the_newest() -> None:
    mean = Measure(Series.SPEND, Aggregate.AVERAGE, last=3, currency="EUR")
    ben = Guest(readings={mean: exactly(4_000)})
    miss = nearest(rule("r", measured(Op.AT_LEAST, 5_000, measure=mean)), ben)
    assert miss is not None
    assert (miss.needed, miss.actual) == (5_000, exactly(4_000))


# --- amounts ----------------------------------------------------------------------------------------------------------


def reckoned(text: str) -> Condition:
    """The condition of a rule that compares an amount."""
    (one,) = load(f"rule: r\nat: arrival\nwhen: {{{text}}}\ngive: welcome-drink\n").rules
    return one.when


IN_A_YEAR, IN_A_QUARTER = "{measure: nights, within: 365 days}", "{measure: stays, within: 90 days}"


def way(text: str, nights: int = 4, stays: int = 2, **facts: FactValue) -> list[tuple[str, int]]:
    """What Ana has to reach, by what it is, after checking that the quick search finds the same."""
    told = {name.replace("__", "."): value for name, value in facts.items()}
    ana = Guest(told, {NIGHTS: exactly(nights), STAYS: exactly(stays)})
    one = rule("r", reckoned(text))
    miss = nearest(one, ana)
    assert misses(compile_rules(rules(one), [HARBOUR]), NOON, ana, ()) == (() if miss is None else (miss,))
    if miss is None:
        return []
    return [
        (gap.through.fact if isinstance(gap.through, FactTest) else str(gap.through.measure.series), gap.needed)  # type: ignore[union-attr]
        for gap in miss.gaps
    ]


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        (f"amount: {IN_A_YEAR}, at_least: 6", [("nights", 6)]),
        (f"amount: {IN_A_YEAR}, more_than: 6", [("nights", 7)]),
        (f"amount: {IN_A_YEAR}, exactly: 6", [("nights", 6)]),
        (f"amount: {IN_A_YEAR}, at_least: 4", []),
        (f"amount: {IN_A_YEAR}, at_most: 3", []),
        # Two more of either: two of six is the shorter way than two of four.
        (f"amount: {{sum: [{IN_A_YEAR}, {IN_A_QUARTER}]}}, at_least: 8", [("nights", 6)]),
        (f"amount: {{sum: [{IN_A_QUARTER}, 5]}}, at_least: 8", [("stays", 3)]),
        (f"amount: {{less: [{IN_A_YEAR}, {IN_A_QUARTER}]}}, at_least: 5", [("nights", 7)]),
        (f"amount: {{largest: [{IN_A_YEAR}, {IN_A_QUARTER}]}}, at_least: 5", [("nights", 5)]),
        (f"amount: {{smallest: [{IN_A_YEAR}, {IN_A_QUARTER}]}}, at_least: 5", [("stays", 5), ("nights", 5)]),
        (f"amount: {{smallest: [{IN_A_YEAR}, 5]}}, at_least: 6", []),
        (f"amount: {{rate: 10, per: 3, of: {IN_A_YEAR}}}, at_least: 15", [("nights", 6)]),
        (f"amount: {{times: 2, of: {IN_A_YEAR}}}, at_least: 9", [("nights", 5)]),
        (f"amount: {{percent: 50, of: {IN_A_YEAR}}}, at_least: 3", [("nights", 6)]),
        (f"amount: {{percent: 0, of: {IN_A_YEAR}}}, at_least: 3", []),
        (
            f"amount: {{bands: [{{from: 0, give: 1}}, {{from: 7, give: 5}}], of: {IN_A_YEAR}}}, at_least: 2",
            [("nights", 7)],
        ),
        (f"amount: {{marginal: [{{above: 2, percent: 50}}], of: {IN_A_YEAR}}}, at_least: 3", [("nights", 8)]),
        (f"amount: {{share: {IN_A_QUARTER}, of: 100, whole: {IN_A_YEAR}}}, at_least: 60", [("stays", 3)]),
        ("amount: {rate: 10, per: 1, of: {fact: stay.nights}}, at_least: 30", [("stay.nights", 3)]),
        ("amount: {fact: stay.adults}, at_least: 30", []),
        (f"amount: {IN_A_YEAR}, at_least: {{fact: guest.number.task}}", [("nights", 9)]),
        (f"amount: {{fact: guest.number.task}}, less_than: {IN_A_YEAR}", [("nights", 10)]),
        (f"amount: {{fact: guest.number.task}}, exactly: {IN_A_YEAR}", [("nights", 9)]),
        (f"amount: {IN_A_YEAR}, at_least: {{fact: guest.number.none}}", []),
        ("amount: {measure: nights, in: last year}, at_least: 6", []),
    ],
)
def test_the_way_to_an_amount_is_what_can_rise_inside_it(text: str, needed: list[tuple[str, int]]) -> None:
    known = {"stay__nights": 2, "stay__adults": 2, "guest__number__task": 9}
    assert way(text, **known) == needed  # type: ignore[arg-type]


def test_an_amount_is_told_with_what_else_is_missing() -> None:
    score = reckoned(f"amount: {{sum: [{IN_A_YEAR}, {IN_A_QUARTER}]}}, at_least: 8")
    ana = Guest({"guest.enrolled": False}, {NIGHTS: exactly(4), STAYS: exactly(2)})
    miss = nearest(rule("r", All((MEMBER, score))), ana)
    assert miss is not None
    assert miss.others == 1
    assert [gap.through is None for gap in miss.gaps] == [True, False]


def test_a_decision_of_before_takes_amounts_as_they_stand() -> None:
    one = rule("r", reckoned(f"amount: {IN_A_YEAR}, at_least: 6"))
    compiled = compile_rules(rules(one), [HARBOUR])
    ana = Guest(readings={NIGHTS: exactly(4)})
    assert ids([miss.rule for miss in misses(compiled, NOON, ana, ())]) == ["r"]
    assert misses(compiled, NOON, ana, (), amounts=False) == ()


def test_of_many_rules_that_compare_an_amount_the_first_by_priority_are_looked_at() -> None:
    text = f"amount: {IN_A_YEAR}, at_least: "
    each = [rule(f"r{at:03}", reckoned(f"{text}{100 + at}"), priority=-at) for at in range(100)]
    compiled = compile_rules(rules(*each), [HARBOUR])
    ana = Guest(readings={NIGHTS: exactly(4)})
    assert ids([miss.rule for miss in misses(compiled, NOON, ana, (), 3)]) == ["r000", "r001", "r002"]
    assert ana.asked[NIGHTS, ""] + ana.asked[NIGHTS, "r000"] <= 2 * progress.MOST_RECKONED
