"""Looks for two rules of different meaning that read the same.

    python -m tests.rulelang.prose.alike --seed 7 --count 5000

draws that many rules, each with neighbours that differ from the one before in one value and with plain rules in which
one thing is random, tells all of them in both languages, with names and by code, and stops at the first sentence that
two of them share.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import replace

from rewards.rulelang.nodes import All, AnyOf, Comparison, Counting, Give, Measure, MeasureTest, Not, Op, Rule, Series
from rewards.rulelang.prose import LANGUAGES, NO_NAMES, Names, sentence
from tests.rulelang.prose import generate
from tests.rulelang.prose.generate import NAMES
from tests.rulelang.prose.neighbours import meaning, neighbour

NEIGHBOURS = 3
_FIELDS = (
    "window", "scope", "by", "counting", "evidence", "categories", "room_classes", "weekdays", "hours", "last",
)  # fmt: skip
_STAYS = MeasureTest(Measure(Series.STAYS), Comparison(Op.AT_LEAST, (2,)))
_PLAIN = Rule("plain", ("arrival",), _STAYS, (Give("drink"),))


def rules(seed: int, count: int) -> Iterator[Rule]:
    """`count` random rules, each followed by its neighbours and by plain rules in which one thing is random.

    The plain ones meet each other often: among them a phrase that says two things shows at once.
    """
    rng = random.Random(seed)
    for _ in range(count):
        rule = generate.rule(rng)
        yield rule
        for _ in range(NEIGHBOURS):
            rule = neighbour(rng, rule)
            yield rule
        yield from _plain(rng)


def _plain(rng: random.Random) -> Iterator[Rule]:
    yield replace(_PLAIN, when=generate.fact_test(rng))
    yield replace(_PLAIN, when=generate.measure_test(rng))
    yield replace(_PLAIN, when=generate.condition(rng, 2))
    yield replace(_PLAIN, when=generate.amount_test(rng))
    yield replace(_PLAIN, when=Not(rng.choice((All(()), AnyOf(())))))
    asked = generate.measure_test(rng)
    for name in (
        "window",
        "scope",
        "by",
        "counting",
        "evidence",
        "categories",
        "room_classes",
        "weekdays",
        "hours",
        "last",
    ):
        measure = replace(_STAYS.measure, **{name: getattr(asked.measure, name)})
        yield replace(_PLAIN, when=replace(_STAYS, measure=measure))
    counting = asked.measure.counting
    for name in ("max_rooms", "min_nights", "min_amount_minor", "min_amount_per_night_minor", "exclude_rates"):
        value = getattr(counting, name)
        one = Counting("inline", currency=counting.currency if "amount" in name and value else None, **{name: value})
        yield replace(_PLAIN, when=replace(_STAYS, measure=replace(_STAYS.measure, counting=one)))
    bare = Measure(
        asked.measure.series, asked.measure.aggregate, asked.measure.dimension, custom=asked.measure.custom,
        groups=asked.measure.groups,
    )  # fmt: skip
    yield replace(_PLAIN, when=replace(asked, measure=bare))
    for name, draw in generate.FIELDS.items():
        yield replace(_PLAIN, **{name: draw(rng)})
    yield replace(_PLAIN, give=(generate.give(rng, 0),))
    yield replace(_PLAIN, limits=(generate.limit(rng),))


def collision(seed: int, count: int, language: str, names: Names) -> tuple[int, str]:
    """How many different sentences were told, and the first that two meanings share, "" where there is none."""
    told: dict[str, str] = {}
    for rule in rules(seed, count):
        spoken, means = sentence(rule, language, names), meaning(rule)
        if told.setdefault(spoken, means) != means:
            return len(told), f"{spoken}\n{told[spoken]}\n{means}"
    return len(told), ""


def main() -> int:
    """The longer run; exit status 1 at a sentence that two rules share."""
    parser = argparse.ArgumentParser(description="Look for two rules that read the same.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=5_000, help="how many rules to draw")
    options = parser.parse_args()
    for language in LANGUAGES:
        for names in (NAMES, NO_NAMES):
            told, shared = collision(options.seed, options.count, language, names)
            print(shared or f"{language}: {told} different sentences, no two meanings share one.")
            if shared:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
