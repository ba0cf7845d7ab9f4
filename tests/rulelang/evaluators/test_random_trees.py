"""Interpreter and compiler agree on whatever is drawn."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.nodes import Applies, RuleSet, Schedule
from rewards.rulelang.progress import nearest
from tests.properties import random_rules
from tests.rulelang.evaluators.helpers import HARBOUR, NOON, rule


@settings(max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_a_random_tree_means_the_same_to_both(rng: random.Random) -> None:
    drawn = RuleSet((rule("r0", random_rules.condition(rng)),), {})
    facts = random_rules.facts_for(rng, drawn)
    assert random_rules.check(compile_rules(drawn, [HARBOUR]), drawn, NOON, facts) is None


def test_random_rule_sets_and_their_successors_mean_the_same_to_both() -> None:
    compared, difference = random_rules.run(seed=20261124, count=6_000)
    assert difference is None
    assert compared > 3_000


def test_the_check_sees_a_difference() -> None:
    rng = random.Random(1)
    drawn = random_rules.rule_set(rng, 60)
    at = random_rules.Gate("arrival", random_rules.PROPERTIES[0], random_rules.FIRST_DAY, 600)
    facts = random_rules.facts_for(rng, drawn)
    matches = random_rules.expected(drawn, at, facts)
    without = RuleSet(tuple(each for each in drawn.rules if each != matches.granted[0]), {})
    difference = random_rules.check(compile_rules(without, random_rules.PROPERTIES), drawn, at, facts)
    assert difference is not None
    assert matches.granted[0].id in difference


def test_the_draw_reaches_all_three_truths() -> None:
    rng = random.Random(2)
    granted = unknown = live = 0
    for _ in range(40):
        drawn = random_rules.rule_set(rng, 60)
        at = random_rules.gate(rng)
        matches = random_rules.expected(drawn, at, random_rules.facts_for(rng, drawn))
        granted, unknown = granted + len(matches.granted), unknown + len(matches.unknown)
        live += sum(random_rules.gates.open_at(each, at) for each in drawn.rules)
    assert granted > live / 5
    assert unknown > live / 10
    assert granted + unknown < live * 9 / 10


def test_a_rule_is_missed_only_when_it_does_not_hold() -> None:
    rng = random.Random(3)
    missed = 0
    for _ in range(1_500):
        drawn = RuleSet((rule("r0", random_rules.condition(rng), applies=Applies(), schedule=Schedule()),), {})
        facts = random_rules.facts_for(rng, drawn)
        miss = nearest(drawn.rules[0], facts)
        if random_rules.expected(drawn, NOON, facts).granted:
            assert miss is None
        missed += miss is not None
    assert missed > 50
