"""What amounts come to: exactly where all is known, the tightest interval where it is not."""

from __future__ import annotations

import math
import random
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.rulelang.amounts import reckon
from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.document import load
from rewards.rulelang.evaluation import UNKNOWN_READING, Reading, Truth, at_least, exactly
from rewards.rulelang.interpreter import evaluate, number_truth, reckon_from, truth_of_two
from rewards.rulelang.nodes import (
    All,
    Amount,
    AmountTest,
    Bands,
    Comparison,
    Condition,
    FactAmount,
    Leaf,
    Less,
    MeasureAmount,
    Op,
    Share,
    amounts_in,
)
from tests.properties import random_rules
from tests.rulelang.evaluators.helpers import (
    HARBOUR,
    NIGHTS,
    NOON,
    STAYS,
    Guest,
    compiled_truth,
    fact,
    ids,
    measured,
    rule,
    rules,
)

KNOWN: dict[str, Reading] = {
    "{fact: stay.nights}": exactly(8),
    "{fact: stay.amount}": exactly(123_456),
    "{fact: stay.rooms}": UNKNOWN_READING,
    "{fact: stay.days_ahead}": exactly(-3),
    "{measure: stays}": exactly(4),
    "{measure: referrals}": Reading(2, math.inf),
    "{measure: visits}": Reading(3, 5),
    "{measure: payments}": exactly(0),
    "{measure: spend, average: true, currency: EUR}": exactly(Fraction(1001, 3)),
}
"""What is known of a guest, by what an amount reads."""


def amount_of(text: str) -> Amount:
    """An amount as a document gives it."""
    for param in ("points", "amount"):
        parsed = load(f"rule: r\nat: arrival\nwhen: always\ngive: {{perk: a, {param}: {{sum: [{text}, {text}]}}}}\n")
        if not parsed.diagnostics:
            inner: Amount = dict(parsed.rules[0].give[0].amounts)[param].parts[0]  # type: ignore[union-attr]
            return inner
    raise AssertionError(parsed.diagnostics)


HOLDS = {
    fact("guest.enrolled", Op.IS, True): Truth.TRUE,
    fact("guest.verified", Op.IS, True): Truth.FALSE,
    fact("stay.birthday_within", Op.IS, True): Truth.UNKNOWN,
}
"""What is known of the conditions inside amounts."""
MEMBER, VERIFIED, BIRTHDAY = (f"{{fact: {each.fact}, is: true}}" for each in HOLDS)
BY_LEAF = {amount_of(text): reading for text, reading in KNOWN.items()}


def come_to(text: str) -> Reading:
    return reckon(amount_of(text), BY_LEAF.__getitem__, HOLDS.__getitem__)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500", 500),
        ("EUR 25", 2_500),
        ("{fact: stay.nights}", 8),
        # Ten for each whole euro of € 1,234.56: the cents give nothing.
        ("{rate: 10, per: EUR 1, of: {fact: stay.amount}}", 12_340),
        ("{rate: 2, per: EUR 500, of: {fact: stay.amount}}", 4),
        ("{rate: EUR 5, per: 3, of: {fact: stay.nights}}", 1_000),
        ("{times: 3, of: {fact: stay.nights}}", 24),
        ("{percent: 150, of: 5}", 7),
        ("{percent: 10, of: {fact: stay.amount}}", 12_345),
        ("{percent: 0, of: {fact: stay.nights}}", 0),
        ("{sum: [{fact: stay.nights}, {measure: stays}, 1]}", 13),
        ("{less: [{fact: stay.nights}, {measure: stays}, 1]}", 3),
        ("{less: [{measure: stays}, {fact: stay.nights}]}", 0),
        ("{smallest: [{fact: stay.nights}, 5]}", 5),
        ("{largest: [{fact: stay.nights}, 5]}", 8),
        ("{bands: [{from: 0, give: 10}, {from: 8, give: 5}], of: {fact: stay.nights}}", 5),
        ("{bands: [{from: 0, give: 10}, {from: 9, give: 5}], of: {fact: stay.nights}}", 10),
        ("{bands: [{from: 9, give: 10}], of: {fact: stay.nights}}", 0),
        # Six nights whole and two by halves.
        ("{marginal: [{above: 0, percent: 100}, {above: 6, percent: 50}], of: {fact: stay.nights}}", 7),
        ("{marginal: [{above: 8, percent: 100}], of: {fact: stay.nights}}", 0),
        ("{marginal: [{above: 7, percent: 50}], of: {fact: stay.nights}}", 0),
        # Half a night and a third of one are rounded down together, once.
        ("{marginal: [{above: 0, percent: 33}, {above: 1, percent: 67}], of: 2}", 1),
        ("{share: {measure: stays}, of: 100, whole: {fact: stay.nights}}", 50),
        ("{share: 1, of: {fact: stay.amount}, whole: {fact: stay.nights}}", 15_432),
        (f"{{if: {MEMBER}, then: {{fact: stay.nights}}, else: 3}}", 8),
        (f"{{if: {VERIFIED}, then: {{fact: stay.nights}}, else: 3}}", 3),
        (f"{{if: {VERIFIED}, then: {{fact: stay.nights}}}}", 0),
        (f"{{if: {VERIFIED}, then: {{fact: stay.amount}}, else: EUR 3}}", 300),
        (f"{{if: {MEMBER}, then: 5, else: {{fact: stay.rooms}}}}", 5),
        # A multiplier by level in one sum: of the base, or of all of it.
        (f"{{sum: [{{percent: 150, of: 100}}, {{if: {MEMBER}, then: {{percent: 50, of: 100}}}}, 7]}}", 207),
        (f"{{times: 2, of: {{sum: [100, {{if: {MEMBER}, then: 50}}]}}}}", 300),
        # What lies in the past is not less than nothing.
        ("{fact: stay.days_ahead}", 0),
        ("{sum: [{fact: stay.days_ahead}, 5]}", 5),
        ("{percent: 300, of: {measure: spend, average: true, currency: EUR}}", 1_001),
    ],
)
def test_what_is_known_is_reckoned_exactly(text: str, value: int) -> None:
    assert come_to(text) == exactly(value)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("{measure: referrals}", 2, math.inf),
        ("{sum: [{measure: stays}, {measure: referrals}]}", 6, math.inf),
        ("{smallest: [{measure: referrals}, 5]}", 2, 5),
        ("{smallest: [{measure: referrals}, 2]}", 2, 2),
        ("{largest: [{measure: visits}, 4]}", 4, 5),
        ("{less: [10, {measure: visits}]}", 5, 7),
        ("{less: [10, {measure: referrals}]}", 0, 8),
        ("{rate: 1, per: 2, of: {measure: visits}}", 1, 2),
        ("{rate: 1, per: 3, of: {measure: visits}}", 1, 1),
        ("{percent: 50, of: {measure: visits}}", 1, 2),
        ("{percent: 0, of: {measure: referrals}}", 0, 0),
        ("{marginal: [{above: 0, percent: 100}, {above: 1, percent: 0}], of: {measure: referrals}}", 1, 1),
        ("{share: 1, of: 100, whole: {measure: visits}}", 20, 33),
        ("{share: 1, of: 100, whole: {measure: referrals}}", 0, 50),
        (f"{{if: {BIRTHDAY}, then: 8, else: 3}}", 3, 8),
        (f"{{if: {BIRTHDAY}, then: {{measure: visits}}}}", 0, 5),
        (f"{{if: {MEMBER}, then: {{measure: visits}}, else: 100}}", 3, 5),
        # Tables may go up and down: the range over every band that it may lie in, and no other.
        ("{bands: [{from: 0, give: 1}, {from: 3, give: 9}, {from: 5, give: 4}], of: {measure: visits}}", 4, 9),
        ("{bands: [{from: 0, give: 1}, {from: 3, give: 9}, {from: 6, give: 4}], of: {measure: visits}}", 9, 9),
        ("{bands: [{from: 4, give: 7}], of: {measure: visits}}", 0, 7),
        ("{bands: [{from: 0, give: {measure: visits}}, {from: 9, give: {fact: stay.rooms}}], of: 5}", 3, 5),
    ],
)
def test_what_is_known_in_part_is_an_interval(text: str, low: int, high: float) -> None:
    assert come_to(text) == Reading(low, high)


@pytest.mark.parametrize(
    "text",
    [
        "{fact: stay.rooms}",
        "{sum: [{fact: stay.rooms}, 5]}",
        "{largest: [{fact: stay.rooms}, 500]}",
        "{smallest: [{fact: stay.rooms}, 0]}",
        "{percent: 0, of: {fact: stay.rooms}}",
        "{bands: [{from: 0, give: {fact: stay.rooms}}], of: 5}",
        "{bands: [{from: 0, give: 5}], of: {fact: stay.rooms}}",
        f"{{if: {BIRTHDAY}, then: 5, else: {{fact: stay.rooms}}}}",
        f"{{if: {MEMBER}, then: {{fact: stay.rooms}}, else: 5}}",
        "{share: 1, of: 5, whole: {measure: payments}}",
        "{share: {measure: payments}, of: 5, whole: {measure: payments}}",
    ],
)
def test_what_is_not_known_at_all_stays_so(text: str) -> None:
    assert come_to(text) == UNKNOWN_READING


# --- conditions -------------------------------------------------------------------------------------------------------


def compared(amount: Amount, op: Op, *values: int) -> AmountTest:
    return AmountTest(amount, Comparison(op, values))


def both(condition: Condition, guest: Guest) -> Truth:
    """What interpreter and compiler say, who must agree."""
    truth = evaluate(condition, guest, "r")
    assert compiled_truth(condition, guest) is truth
    return truth


def test_a_score_of_two_measures_is_compared_as_an_interval() -> None:
    score = amount_of("{sum: [{measure: nights, within: 365 days}, {measure: stays, within: 90 days}]}")
    ana = Guest(readings={NIGHTS: Reading(4, math.inf), STAYS: exactly(2)})
    assert both(compared(score, Op.AT_LEAST, 6), ana) is Truth.TRUE
    assert both(compared(score, Op.AT_LEAST, 7), ana) is Truth.UNKNOWN
    assert both(compared(score, Op.AT_MOST, 5), ana) is Truth.FALSE


def test_an_amount_reads_each_fact_and_measure_once_with_the_tests_beside_it() -> None:

    nights = amount_of(
        "{sum: [{measure: nights, within: 365 days}, {fact: stay.nights}, {measure: nights, within: 365 days}]}"
    )
    when = All((fact("stay.nights", Op.AT_LEAST, 2), measured(Op.AT_LEAST, 3), compared(nights, Op.AT_LEAST, 10)))
    ben = Guest({"stay.nights": 2}, {NIGHTS: exactly(4)})
    compiled = compile_rules(rules(rule("a", when), rule("b", compared(nights, Op.LESS_THAN, 10))), [HARBOUR])
    assert ids(compiled.match(NOON, ben).granted) == ["a"]
    assert set(ben.asked.values()) == {1}


def test_a_fact_that_nobody_stated_leaves_the_test_unknown_and_never_grants() -> None:
    rooms = amount_of("{largest: [{fact: stay.rooms}, 500]}")
    assert both(compared(rooms, Op.AT_LEAST, 5), Guest()) is Truth.UNKNOWN
    assert both(compared(rooms, Op.AT_LEAST, 0), Guest()) is Truth.UNKNOWN


def against(amount: str, op: Op, other: str) -> AmountTest:
    return AmountTest(amount_of(amount), Comparison(op, ()), than=amount_of(other))


SPENT, TASK = "{measure: nights, within: 365 days}", "{fact: guest.number.task}"
OPS = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY)


@pytest.mark.parametrize(
    ("nights", "task", "holds"),
    [
        (5, 5, {Op.AT_LEAST, Op.AT_MOST, Op.EXACTLY}),
        (6, 5, {Op.AT_LEAST, Op.MORE_THAN}),
        (4, 5, {Op.AT_MOST, Op.LESS_THAN}),
        (0, 0, {Op.AT_LEAST, Op.AT_MOST, Op.EXACTLY}),
    ],
)
def test_ana_has_a_mark_of_her_own(nights: int, task: int, holds: set[Op]) -> None:
    ana = Guest({"guest.number.task": task}, {NIGHTS: exactly(nights)})
    for op in OPS:
        assert both(against(SPENT, op, TASK), ana) is (Truth.TRUE if op in holds else Truth.FALSE), op


def test_who_has_no_mark_has_neither_reached_nor_missed_it() -> None:
    ben = Guest(readings={NIGHTS: exactly(50)})
    assert {both(against(SPENT, op, TASK), ben) for op in OPS} == {Truth.UNKNOWN}
    assert {both(against(TASK, op, SPENT), ben) for op in OPS} == {Truth.UNKNOWN}


def test_both_sides_may_be_known_in_part() -> None:
    cas = Guest(readings={NIGHTS: Reading(6, math.inf), STAYS: Reading(2, 6)})
    stays = "{measure: stays, within: 90 days}"
    assert both(against(SPENT, Op.AT_LEAST, stays), cas) is Truth.TRUE
    assert both(against(SPENT, Op.MORE_THAN, stays), cas) is Truth.UNKNOWN
    assert both(against(SPENT, Op.LESS_THAN, stays), cas) is Truth.FALSE
    assert both(against(SPENT, Op.EXACTLY, stays), cas) is Truth.UNKNOWN
    assert both(against(stays, Op.MORE_THAN, SPENT), cas) is Truth.FALSE
    assert both(against(stays, Op.AT_LEAST, SPENT), cas) is Truth.UNKNOWN


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_comparison_of_two_intervals_holds_for_every_pair_in_them(rng: random.Random) -> None:
    one, other = (Reading(low, low + rng.choice((0, 0, 1, 3))) for low in (rng.randint(0, 4), rng.randint(0, 4)))
    pairs = [(a, b) for a in range(int(one.low), int(one.high) + 1) for b in range(int(other.low), int(other.high) + 1)]
    for op in OPS:
        single = {number_truth(Comparison(op, (b,)), exactly(a)) for a, b in pairs}
        assert truth_of_two(op, one, other) is (single.pop() if len(single) == 1 else Truth.UNKNOWN)


def test_a_condition_inside_an_amount_is_the_interpreters_in_the_compiler_too() -> None:
    asked = "{measure: stays, within: 90 days}"
    nights = "{measure: nights, within: 365 days, at_least: 5}"
    text = f"{{if: {{all: [{{fact: stay.channel, is: direct}}, {nights}]}}, then: {asked}}}"
    bonus = compared(amount_of(text), Op.AT_LEAST, 2)
    several = {NIGHTS: exactly(5), STAYS: exactly(2)}
    assert both(bonus, Guest({"stay.channel": "direct"}, several)) is Truth.TRUE
    assert both(bonus, Guest({"stay.channel": "agency"}, several)) is Truth.FALSE
    assert both(bonus, Guest(readings=several)) is Truth.UNKNOWN
    assert both(bonus, Guest({"stay.channel": "direct"}, several | {NIGHTS: exactly(4)})) is Truth.FALSE
    assert both(bonus, Guest({"stay.channel": "direct"}, several | {NIGHTS: at_least(4)})) is Truth.UNKNOWN


def test_a_condition_may_compare_amounts_and_days() -> None:
    december, task = "{fact: day.date, at_least: 2026-12-01}", f"{{amount: {SPENT}, more_than: {TASK}}}"
    text = f"{{if: {{any: [{december}, {task}]}}, then: 7}}"
    advent = compared(amount_of(text), Op.EXACTLY, 7)
    five = {"guest.number.task": 5}
    assert both(advent, Guest(five | {"day.date": date(2026, 12, 1)})) is Truth.TRUE
    assert both(advent, Guest(five | {"day.date": date(2026, 11, 30)}, {NIGHTS: exactly(5)})) is Truth.FALSE
    assert both(advent, Guest(five | {"day.date": date(2026, 11, 30)}, {NIGHTS: exactly(6)})) is Truth.TRUE
    assert both(advent, Guest({"day.date": date(2026, 11, 30)}, {NIGHTS: exactly(6)})) is Truth.UNKNOWN


# --- laws -------------------------------------------------------------------------------------------------------------


def leaves(amount: Amount) -> list[Leaf]:
    return list(dict.fromkeys(each for each in amounts_in(amount) if isinstance(each, FactAmount | MeasureAmount)))


@settings(max_examples=500, deadline=None)
@given(st.randoms(use_true_random=False))
def test_an_interval_holds_whatever_the_truth_turns_out_to_be(rng: random.Random) -> None:
    amount = random_rules.amount(rng, 3)
    lows = {leaf: rng.randint(0, 6) for leaf in leaves(amount)}
    highs = {leaf: low + rng.choice((0, 0, 1, 3)) for leaf, low in lows.items()}
    reading = reckon(amount, lambda leaf: Reading(lows[leaf], highs[leaf]), HOLDS.__getitem__)
    for _ in range(5):
        truth = {leaf: exactly(rng.randint(lows[leaf], highs[leaf])) for leaf in lows}
        found = reckon(amount, truth.__getitem__, HOLDS.__getitem__)
        assert found.exact or any(isinstance(each, Share) for each in amounts_in(amount))
        assert reading.low <= found.low
        assert found.high <= reading.high
    if lows == highs and reading != UNKNOWN_READING:
        assert reading.exact


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_an_operation_is_as_tight_as_its_parts_allow(rng: random.Random) -> None:
    amount = random_rules.amount(rng, 1)
    read = leaves(amount)
    if len(read) != len([each for each in amounts_in(amount) if isinstance(each, Leaf)]):
        return  # one reading in two places: the operation cannot know that they move together
    low = {leaf: rng.randint(0, 4) for leaf in read}
    high = {leaf: low[leaf] + rng.randint(0, 3) for leaf in read}
    reading = reckon(amount, lambda leaf: Reading(low[leaf], high[leaf]), HOLDS.__getitem__)
    every = [{}]
    for leaf in read:
        every = [{**each, leaf: exactly(value)} for each in every for value in range(low[leaf], high[leaf] + 1)]
    found = [reckon(amount, each.__getitem__, HOLDS.__getitem__) for each in every]
    if UNKNOWN_READING in found:
        assert reading == UNKNOWN_READING
    else:
        assert reading == Reading(min(each.low for each in found), max(each.high for each in found))


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_more_never_gives_less_but_where_it_is_taken_off_or_tabled(rng: random.Random) -> None:
    amount = random_rules.amount(rng, 3)
    if any(isinstance(each, Less | Share | Bands) for each in amounts_in(amount)):
        return
    few = {leaf: rng.randint(0, 6) for leaf in leaves(amount)}
    more = {leaf: value + rng.choice((0, 1, 5)) for leaf, value in few.items()}
    less, most = (
        reckon(amount, lambda leaf, of=of: exactly(of[leaf]), HOLDS.__getitem__)  # type: ignore[misc]
        for of in (few, more)
    )
    assert less.low <= most.low


def test_numbers_past_every_ledger_are_reckoned_without_a_float() -> None:
    amount = amount_of("{times: 1000, of: {percent: 100000, of: {fact: stay.nights}}}")
    assert reckon_from(amount, Guest({"stay.nights": 10**40}), "r") == exactly(10**46)
