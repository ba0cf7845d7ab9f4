"""Publishing one changed rule makes only its own functions anew and answers as a full build does."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from rewards.rulelang import compiler
from rewards.rulelang.compiler import Compiled, compile_rules, recompile
from rewards.rulelang.compiling.chunks import CHUNK, Chunk
from rewards.rulelang.evaluation import FactValue, Reading, exactly
from rewards.rulelang.nodes import Applies, Measure, Op, Rule, RuleSet
from rewards.rulelang.progress import misses
from tests.properties import random_rules
from tests.properties.random_rules import PROPERTIES
from tests.rulelang.evaluators.helpers import HARBOUR, NIGHTS, NOON, STAYS, Guest, fact, ids, measured, rule, rules


def chunks_of(compiled: Compiled) -> set[Chunk]:
    return {chunk for bucket in compiled._parts.buckets.values() for chunk in bucket}


def chain(count: int) -> list[Rule]:
    return [rule(f"r{at:03}", measured(Op.AT_LEAST, at)) for at in range(count)]


@pytest.mark.parametrize("seed", range(12))
def test_successors_answer_as_a_full_build_does(seed: int) -> None:
    rng = random.Random(seed)
    current = random_rules.rule_set(rng, rng.choice((0, 3, 120)))
    compiled = compile_rules(current, PROPERTIES)
    for _ in range(12):
        current = random_rules.edited(rng, current, rng.choice((1, 1, 5, 80)))
        compiled = recompile(compiled, current, PROPERTIES)
        full = compile_rules(current, PROPERTIES)
        assert set(compiled.measures) == set(full.measures)
        for _ in range(5):
            gate, facts = random_rules.gate(rng), random_rules.facts_for(rng, current)
            assert compiled.match(gate, facts) == full.match(gate, facts) == random_rules.expected(current, gate, facts)


@pytest.mark.parametrize("seed", range(6))
def test_a_decision_reads_and_misses_the_same_however_the_rules_were_published(seed: int) -> None:
    # A stored decision is made again from what it read, on a set that was compiled in another way.
    rng = random.Random(100 + seed)
    current = random_rules.rule_set(rng, 150)
    compiled = compile_rules(current, PROPERTIES)
    for _ in range(6):
        current = random_rules.edited(rng, current, 30)
        compiled = recompile(compiled, current, PROPERTIES)
        full = compile_rules(RuleSet(current.rules[::-1], {}), [])
        for _ in range(5):
            gate, facts = random_rules.gate(rng), random_rules.facts_for(rng, current)
            ways = []
            for each in (compiled, full):
                guest = Reader(facts)
                granted = each.match(gate, guest).granted
                ways.append((granted, misses(each, gate, guest, granted), guest.read))
            assert ways[0] == ways[1]


class Reader:
    """Remembers what was read."""

    def __init__(self, facts: random_rules.FixedFacts) -> None:
        self.facts = facts
        self.read: set[object] = set()

    def fact(self, name: str) -> FactValue:
        self.read.add(name)
        return self.facts.fact(name)

    def measure(self, measure: Measure, rule: str) -> Reading:
        self.read.add((measure, rule))
        return self.facts.measure(measure, rule)


def test_a_changed_rule_makes_one_function_anew() -> None:
    before = compile_rules(rules(*chain(5 * CHUNK)), [HARBOUR])
    changed = chain(5 * CHUNK)
    changed[250] = replace(changed[250], when=measured(Op.AT_LEAST, 10_000))
    after = recompile(before, rules(*changed), [HARBOUR])
    assert len(chunks_of(after) - chunks_of(before)) == 1
    assert after.functions == 5
    ana = Guest(readings={NIGHTS: exactly(9_999)})
    assert "r250" not in ids(after.match(NOON, ana).granted)
    # The old one goes on answering as it did.
    assert "r250" in ids(before.match(NOON, ana).granted)


def test_a_new_rule_in_front_moves_no_other() -> None:
    before = compile_rules(rules(*chain(5 * CHUNK)), [HARBOUR])
    after = recompile(before, rules(rule("new", measured(Op.AT_LEAST, 7)), *chain(5 * CHUNK)), [HARBOUR])
    assert len(chunks_of(after) - chunks_of(before)) == 1
    assert ids(after.match(NOON, Guest(readings={NIGHTS: exactly(7)})).granted)[0] == "new"


def test_the_same_rules_again_make_nothing_anew() -> None:
    before = compile_rules(rules(*chain(250)), [HARBOUR])
    after = recompile(before, RuleSet(tuple(chain(250)), {}, version=2), [HARBOUR])
    assert chunks_of(after) == chunks_of(before)
    assert after.rule_set.version == 2


def test_a_rule_that_moves_leaves_its_place_and_comes_to_the_other() -> None:
    at_harbour, at_station = Applies(properties=("harbour",)), Applies(properties=("station",))
    before = compile_rules(rules(rule("r", measured(Op.AT_LEAST, 1), applies=at_harbour)), PROPERTIES)
    after = recompile(before, rules(rule("r", measured(Op.AT_LEAST, 1), applies=at_station)), PROPERTIES)
    ana = Guest(readings={NIGHTS: exactly(1)})
    station = next(each for each in PROPERTIES if each.code == "station")
    assert ids(before.match(NOON, ana).granted) == ["r"]
    assert after.match(NOON, ana).granted == ()
    assert ids(after.match(replace(NOON, property=station), ana).granted) == ["r"]


def test_the_last_rule_can_go_and_come_back() -> None:
    only = rules(rule("r", measured(Op.AT_LEAST, 0)))
    gone = recompile(compile_rules(only, [HARBOUR]), rules(), [HARBOUR])
    assert gone.functions == 0
    assert gone.measures == ()
    assert gone.match(NOON, Guest()).granted == ()
    assert recompile(gone, only, [HARBOUR]).match(NOON, Guest()).granted == only.rules


def test_a_new_priority_is_a_new_order() -> None:
    before = rules(rule("a", measured(Op.AT_LEAST, 0)), rule("b", measured(Op.AT_LEAST, 0)))
    after = rules(before.rules[0], replace(before.rules[1], priority=1))
    published = recompile(compile_rules(before, [HARBOUR]), after, [HARBOUR])
    assert ids(published.match(NOON, Guest()).granted) == ["b", "a"]


def test_a_measure_that_no_rule_reads_any_more_is_no_longer_listed() -> None:
    before = rules(rule("a", measured(Op.AT_LEAST, 0)), rule("b", measured(Op.AT_LEAST, 0, measure=STAYS)))
    published = recompile(compile_rules(before, [HARBOUR]), rules(before.rules[1]), [HARBOUR])
    assert published.measures == (STAYS,)


def test_what_was_once_read_does_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_SLACK", 10)
    compiled = compile_rules(rules(rule("r", measured(Op.AT_LEAST, 1))), [HARBOUR])
    most = 0
    for turn in range(200):
        changed = rules(rule("r", fact(f"guest.attribute.a{turn}", Op.IS, f"value {turn}")))
        compiled = recompile(compiled, changed, [HARBOUR])
        most = max(most, len(compiled._parts.slots))
        guest = Guest({f"guest.attribute.a{turn}": f"value {turn}"})
        assert ids(compiled.match(NOON, guest).granted) == ["r"]
    assert most < 40


def test_a_bucket_of_gaps_is_cut_afresh() -> None:
    kept = [each for at, each in enumerate(chain(10 * CHUNK)) if at % 10 == 0]
    published = recompile(compile_rules(rules(*chain(10 * CHUNK)), [HARBOUR]), rules(*kept), [HARBOUR])
    assert published.functions == 1
    assert len(published.match(NOON, Guest(readings={NIGHTS: exactly(10**6)})).granted) == CHUNK
