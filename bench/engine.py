"""The rule engine alone: goals 5 (against other engines), 6 (growth) and 9 (publishing), its compiling part.

All cases of a goal run in one process, in interleaved rounds that each begin with another case; figures are medians
of the rounds and every ratio is of one run. Another engine counts only after it gave the same answers.

    python -m bench.engine [--quick]
"""

from __future__ import annotations

import importlib
import json
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from bench.engine_rules import (
    PROPERTIES,
    Spec,
    guests,
    json_logic,
    plain,
    question,
    rule_set,
    specs,
    zen_table,
)
from bench.rows import Row, rotated, row
from rewards.rulelang.compiler import Compiled, compile_rules, recompile
from rewards.rulelang.nodes import RuleSet

Pass = Callable[[], None]
"""Asks every question of a case once."""


def run(quick: bool) -> list[Row]:
    """Every figure; `holds` is None where a goal has no bar for it or its engine is not installed."""
    rounds = 3 if quick else 7
    return [*_against_others(rounds, quick), *_growth(rounds, quick), *_publishing(rounds, quick)]


# --- goal 5 ---------------------------------------------------------------------------------------------------------


def _against_others(rounds: int, quick: bool) -> Iterator[Row]:
    rules, asked = specs(1_000), guests(200 if quick else 1_000)
    compiled = compile_rules(rule_set(rules), PROPERTIES)
    cases: dict[str, tuple[Pass, int]] = {"rewards": (_ours(compiled, asked), len(asked))}
    answers = _our_answers(compiled, asked)
    few = asked[: 20 if quick else 100]
    for name, make in (("zen-engine", _zen), ("datalogic-py", _datalogic)):
        decide = make(rules)
        if decide is not None:
            _must_agree(name, decide, few, answers)
            cases[name] = (_pass(decide, few), len(few))
    micros = _medians(cases, rounds)
    yield row("5", "engine alone, 1,000 rules, µs a decision", round(micros["rewards"], 2), "", None)
    for name, bar in (("zen-engine", 200), ("datalogic-py", 20)):
        if name not in micros:
            yield row("5", f"times faster than {name} (not installed)", None, f"≥ {bar}", None)
            continue
        ratio = micros[name] / micros["rewards"]
        yield row("5", f"{name}, 1,000 rules, µs a decision", round(micros[name], 1), "", None)
        yield row("5", f"times faster than {name}", round(ratio, 1), f"≥ {bar}", ratio >= bar)


Asked = Sequence[tuple[Any, dict[str, int | str]]]
Decide = Callable[[dict[str, int | str]], set[int]]


def _ours(compiled: Compiled, asked: Asked) -> Pass:
    questions = [question(at, values) for at, values in asked]

    def one_pass() -> None:
        match = compiled.match
        for gate, guest in questions:
            match(gate, guest)

    return one_pass


def _our_answers(compiled: Compiled, asked: Asked) -> list[set[int]]:
    matches = [compiled.match(*question(at, values)) for at, values in asked]
    return [{int(rule.id[1:]) for rule in each.granted} for each in matches]


def _pass(decide: Decide, asked: Asked) -> Pass:
    contexts = [plain(at, values) for at, values in asked]

    def one_pass() -> None:
        for context in contexts:
            decide(context)

    return one_pass


def _must_agree(name: str, decide: Decide, asked: Asked, answers: Sequence[set[int]]) -> None:
    for (at, values), wanted in zip(asked, answers, strict=False):
        got = decide(plain(at, values))
        if got != wanted:
            message = f"{name} answers {sorted(got)} where {sorted(wanted)} is right, at {at.code} with {values}"
            raise AssertionError(message)


def _zen(rules: list[Spec]) -> Decide | None:
    zen = _module("zen")
    if zen is None:
        return None
    decision = zen.ZenEngine().create_decision(json.dumps(zen_table(rules)))

    def decide(context: dict[str, int | str]) -> set[int]:
        return {int(hit["rule"]) for hit in decision.evaluate(context)["result"]}

    return decide


def _datalogic(rules: list[Spec]) -> Decide | None:
    datalogic = _module("datalogic_py")
    if datalogic is None:
        return None
    engine = datalogic.Engine()
    session, compiled = engine.session(), engine.compile(json_logic(rules))

    def decide(context: dict[str, int | str]) -> set[int]:
        return {number for number, hit in enumerate(session.evaluate(compiled, context)) if hit}

    return decide


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


# --- goal 6 ---------------------------------------------------------------------------------------------------------


def _growth(rounds: int, quick: bool) -> Iterator[Row]:
    asked = guests(200 if quick else 1_000)
    sizes = {f"{count:,}": compile_rules(rule_set(specs(count)), PROPERTIES) for count in (1_000, 10_000)}
    cases = {name: (_ours(compiled, asked), len(asked)) for name, compiled in sizes.items()}
    micros = _medians(cases, rounds)
    for name, value in micros.items():
        yield row("6", f"engine alone, {name} rules, µs a decision", round(value, 2), "", None)
    ratio = micros["10,000"] / micros["1,000"]
    yield row("6", "engine µs, 10,000 rules against 1,000", round(ratio, 2), "≤ 8", ratio <= 8)


# --- goal 9 ---------------------------------------------------------------------------------------------------------


def _publishing(rounds: int, quick: bool) -> Iterator[Row]:
    rules = rule_set(specs(10_000))
    full: list[float] = []
    shares: list[float] = []
    for turn in range(2 if quick else min(rounds, 5)):
        seconds, compiled = _timed(lambda: compile_rules(rules, PROPERTIES))
        full.append(seconds)
        published = [_timed(lambda: recompile(compiled, changed, PROPERTIES))[0] for changed in _edits(rules, turn)]  # noqa: B023
        shares.append(statistics.median(published) / seconds)
    share = statistics.median(shares) * 100
    yield row("9", "full build of 10,000 rules, seconds", round(statistics.median(full), 3), "", None)
    yield row("9", "one changed rule of 10,000, % of a full build (compiling)", round(share, 2), "≤ 3", share <= 3)


def _edits(rules: RuleSet, turn: int) -> Iterator[RuleSet]:
    for at in range(turn, 9_000, 1_000):
        changed = list(rules.rules)
        changed[at] = replace(changed[at], when=changed[at + 1].when)
        yield replace(rules, rules=tuple(changed))


# --- timing ---------------------------------------------------------------------------------------------------------


def _timed(work: Callable[[], Compiled]) -> tuple[float, Compiled]:
    began = perf_counter()
    made = work()
    return perf_counter() - began, made


def _medians(cases: dict[str, tuple[Pass, int]], rounds: int) -> dict[str, float]:
    """Median µs a question of each case, over rounds that each begin with another case; one pass warms up."""
    names = list(cases)
    times: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        cases[name][0]()
    for turn in range(rounds):
        for name in rotated(names, turn):
            one_pass, count = cases[name]
            began = perf_counter()
            one_pass()
            times[name].append((perf_counter() - began) / count * 1e6)
    return {name: statistics.median(each) for name, each in times.items()}


if __name__ == "__main__":
    for each in run("--quick" in sys.argv):
        print(json.dumps(each, ensure_ascii=False))
