"""Random rules, facts and readings from a seed, and a check that interpreter and compiler agree on them.

    python -m tests.properties.random_rules --seed 7 --count 200000

draws that many rules in sets, asks each set at several gates with several guests, and stops at the first answer in
which the compiler differs from the interpreter. The pools are small on purpose: values must collide to matter.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from rewards.domain.property import Property
from rewards.rulelang import gates
from rewards.rulelang.compiler import Compiled, Matches, compile_rules, recompile
from rewards.rulelang.compiling.slots import depends_on_rule
from rewards.rulelang.evaluation import FactValue, Reading, Truth
from rewards.rulelang.facts import CATALOGUE, Fact, FactType
from rewards.rulelang.gates import Gate
from rewards.rulelang.interpreter import evaluate
from rewards.rulelang.nodes import (
    RANKS,
    Aggregate,
    All,
    Amount,
    AmountTest,
    AnyOf,
    Applies,
    Band,
    Bands,
    BetterOf,
    Calendar,
    Comparison,
    Condition,
    Dimension,
    FactAmount,
    FactTest,
    Fixed,
    Give,
    Groups,
    If,
    Largest,
    Less,
    Lifetime,
    Marginal,
    Measure,
    MeasureAmount,
    MeasureTest,
    Not,
    Op,
    Percent,
    Rate,
    Rolling,
    Rule,
    RuleSet,
    Scalar,
    Schedule,
    Scope,
    ScopeKind,
    Series,
    Share,
    SinceLastGrant,
    Slice,
    Smallest,
    Sum,
    Times,
    Unit,
    Window,
    behind_first,
    compared_in,
    measures_read,
    ranked,
)

FIRST_DAY = date(2026, 11, 20)
TEXTS = (
    "direct", "friday", "NL", "", "it's", '"quoted"', "line\nbreak", "{brace}", "%s", "\\", "c0_0", "))", "# off",
    "__import__('os')", "é\u2028", "None",
)  # fmt: skip
"""Harmless texts, and those that would break or enter a program that was glued together from them."""

PROPERTIES = tuple(
    Property(code, code.title(), brand, city, country, "Europe/Amsterdam", "EUR")
    for code, brand, city, country in (
        ("harbour", "Grand", "Rotterdam", "NL"),
        ("garden", "Grand", "Gent", "BE"),
        ("it's", 'The "Inn"', "Gent", "BE"),
        ("station", "Budget", "Rotterdam", "NL"),
    )
)
MOMENTS = ("arrival", "booking", "checkout")
_FACTS = tuple(CATALOGUE.values())
_NUMBER_FACTS = tuple(fact.name for fact in _FACTS if fact.type is FactType.NUMBER)
_NUMBER_OPS = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY, Op.BETWEEN)
_WINDOWS: tuple[Window, ...] = (
    Lifetime(),
    Rolling(90),
    Calendar(Unit.YEAR),
    SinceLastGrant(),
    SinceLastGrant("r1"),
    BetterOf((Rolling(30), SinceLastGrant())),
)


_MONTHS = Groups(Dimension.MONTH, Comparison(Op.AT_LEAST, (2,)))


@dataclass
class FixedFacts:
    """A fact source that is only its values; what it does not hold is unknown."""

    facts: dict[str, FactValue] = field(default_factory=dict)
    readings: dict[tuple[Measure, str], Reading] = field(default_factory=dict)

    def fact(self, name: str) -> FactValue:
        return self.facts.get(name)

    def measure(self, measure: Measure, rule: str) -> Reading:
        return self.readings[measure, rule if depends_on_rule(measure.window) else ""]


# --- conditions -----------------------------------------------------------------------------------------------------


def condition(rng: random.Random, depth: int = 3) -> Condition:
    """A condition of at most `depth` levels of all, any and not."""
    kind = rng.randrange(9) if depth else rng.randrange(5)
    if kind < 2:
        return fact_test(rng)
    if kind < 4:
        return measure_test(rng)
    if kind == 4:
        return amount_test(rng)
    if kind == 5:
        return Not(condition(rng, depth - 1))
    parts = tuple(condition(rng, depth - 1) for _ in range(rng.choice((1, 2, 2, 3, 4))))
    return AnyOf(parts) if kind == 6 else All(parts)


def fact_test(rng: random.Random) -> FactTest:
    """A test of any fact of the catalogue that fits its type."""
    fact = rng.choice(_FACTS)
    match fact.type:
        case FactType.TEXT:
            op = rng.choice((Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN))
            count = 1 if op in (Op.IS, Op.IS_NOT) else rng.randint(1, 4)
            return FactTest(fact.name, Comparison(op, tuple(rng.choice(TEXTS) for _ in range(count))))
        case FactType.YES_NO:
            return FactTest(fact.name, Comparison(Op.IS, (rng.random() < 0.5,)))
        case FactType.DATE:
            return FactTest(fact.name, _compared(rng, lambda: FIRST_DAY + timedelta(rng.randint(0, 6)), every=False))
        case _:
            return FactTest(fact.name, _compared(rng, lambda: rng.randint(-1, 6), every=fact.type is FactType.NUMBER))


def measure_test(rng: random.Random) -> MeasureTest:
    """A test of one of a few dozen measures, some of which count from the rule's own last grant."""
    return MeasureTest(measure(rng), _compared(rng, lambda: rng.choice((0, 1, 2, 3, 4, 5, 6, 10**30)), every=True))


def measure(rng: random.Random) -> Measure:
    """One of a few dozen measures."""
    aggregate = rng.choice((Aggregate.COUNT, Aggregate.SUM, Aggregate.RANK, Aggregate.GROUPS))
    return Measure(
        rng.choice((Series.STAYS, Series.NIGHTS, Series.SPEND)),
        aggregate,
        scope=Scope(rng.choice((ScopeKind.HERE, ScopeKind.GROUP))),
        window=rng.choice(_WINDOWS),
        groups=_MONTHS if aggregate is Aggregate.GROUPS else None,
    )


def amount_test(rng: random.Random) -> AmountTest:
    """A test of an amount of numbers."""
    if rng.random() < 0.4:
        op = rng.choice((Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY))
        return AmountTest(amount(rng, 1), Comparison(op, ()), than=amount(rng, 1))
    if rng.random() < 0.3:
        return AmountTest(chosen(rng), _compared(rng, lambda: rng.choice((0, 1, 2, 3, 6)), every=True))
    return AmountTest(amount(rng), _compared(rng, lambda: rng.choice((0, 1, 2, 3, 4, 5, 6, 12, 10**30)), every=True))


def chosen(rng: random.Random) -> Amount:
    """An amount that depends on a condition."""
    otherwise = rng.choice((None, amount(rng, 1)))
    one = If(condition(rng, 1), amount(rng, 1), otherwise)
    return rng.choice((one, Sum((one, amount(rng, 0))), Times(2, one)))


def amount(rng: random.Random, depth: int = 2) -> Amount:
    """Any amount of numbers; the checker's ranges are kept."""

    def inner() -> Amount:
        return amount(rng, depth - 1)

    small = (0, 1, 2, 3, 5)
    kind = rng.randrange(11) if depth else rng.randrange(3)
    match kind:
        case 0:
            return Fixed(rng.choice(small))
        case 1:
            return FactAmount(rng.choice(_NUMBER_FACTS))
        case 2:
            return MeasureAmount(measure(rng))
        case 3:
            return Rate(rng.choice((1, 2, 10)), rng.choice((1, 2, 3)), inner())
        case 4:
            return rng.choice((Times(rng.choice((1, 3)), inner()), Percent(rng.choice((0, 50, 150)), inner())))
        case 5 | 6 | 7:
            parts = tuple(inner() for _ in range(rng.choice((2, 2, 3))))
            return rng.choice((Sum, Less, Smallest, Largest))(parts)
        case 8:
            return Bands(tuple(Band(start, inner()) for start in sorted(rng.sample(small, 2))), inner())
        case 9:
            starts = sorted(rng.sample(small, 2))
            return Marginal(tuple(Slice(start, rng.choice((0, 50, 200))) for start in starts), inner())
        case _:
            return Share(inner(), inner(), inner())


def _compared(rng: random.Random, draw, *, every: bool) -> Comparison:  # type: ignore[no-untyped-def]
    op = rng.choice((*_NUMBER_OPS, Op.EVERY)) if every else rng.choice(_NUMBER_OPS)
    if op is Op.EVERY:
        return Comparison(op, (rng.randint(1, 4), rng.choice((0, 0, 1, 3)), rng.choice((0, 0, 4, 6))))
    values: list[Scalar] = sorted(draw() for _ in range(2))
    return Comparison(op, tuple(values if op is Op.BETWEEN else values[:1]))


# --- rules ----------------------------------------------------------------------------------------------------------


def rule(rng: random.Random, number: int, depth: int = 3) -> Rule:
    """A rule `r<number>` with a random condition, gate and priority."""
    return Rule(
        id=f"r{number}",
        moments=tuple(rng.sample(MOMENTS, rng.choice((1, 1, 2)))),
        when=condition(rng, depth),
        give=(Give("welcome-drink"),),
        priority=rng.randint(-1, 2),
        applies=applies(rng),
        schedule=schedule(rng),
    )


def applies(rng: random.Random) -> Applies:
    """Mostly everywhere or one kind of place, sometimes several kinds at once."""
    at = rng.choice(PROPERTIES)
    return rng.choice(
        (
            Applies(),
            Applies(),
            Applies(properties=(at.code,)),
            Applies(properties=("harbour", at.code)),
            Applies(brands=(at.brand,)),
            Applies(cities=(at.city,)),
            Applies(countries=(at.country,)),
            Applies((at.code,), (at.brand,), (at.city,), ("NL",)),
        )
    )


def schedule(rng: random.Random) -> Schedule:
    """Mostly always, sometimes days, weekdays or hours, of which some wrap midnight."""
    if rng.random() < 0.6:
        return Schedule()
    return Schedule(
        first=rng.choice((None, FIRST_DAY + timedelta(rng.randint(0, 6)))),
        last=rng.choice((None, FIRST_DAY + timedelta(rng.randint(0, 6)))),
        weekdays=tuple(sorted(rng.sample(range(1, 8), rng.choice((0, 1, 3))))),
        hours=rng.choice((None, None, (rng.randrange(1440), rng.randrange(1440)))),
    )


def rule_set(rng: random.Random, count: int) -> RuleSet:
    """Some rules in a random order."""
    rules = [rule(rng, number) for number in range(count)]
    rng.shuffle(rules)
    return RuleSet(tuple(rules), {})


def edited(rng: random.Random, rules: RuleSet, edits: int) -> RuleSet:
    """A rule set after some rules were changed, removed and added."""
    kept = list(rules.rules)
    for _ in range(edits):
        at = rng.randrange(len(kept)) if kept else 0
        choice = rng.randrange(4) if kept else 3
        if choice < 2:
            kept[at] = replace(rule(rng, 0), id=kept[at].id)
        elif choice == 2:
            del kept[at]
        else:
            kept.insert(at, rule(rng, 1000 + rng.randrange(10**6)))
    return RuleSet(tuple({each.id: each for each in kept}.values()), {}, rules.version + 1)


# --- guests and gates -----------------------------------------------------------------------------------------------


def facts_for(rng: random.Random, rules: RuleSet) -> FixedFacts:
    """A guest: every fact and every measure of the rules has a value, a bound or nothing at all."""
    source = FixedFacts()
    complete = rng.random() < 0.3
    for fact in _FACTS:
        source.facts[fact.name] = _value(rng, fact) if complete or rng.random() < 0.8 else None
    for each in rules.rules:
        for asked in _measures(each.when):
            key = (asked, each.id if depends_on_rule(asked.window) else "")
            source.readings.setdefault(key, reading(rng, exact=complete))
            if asked.aggregate in RANKS:
                for other in (ranked(asked), behind_first(asked)):
                    source.readings.setdefault((other, key[1]), reading(rng, exact=complete))
    return source


def reading(rng: random.Random, *, exact: bool = False) -> Reading:
    """An exact number, a bound or an interval around the values that conditions compare with."""
    low = rng.choice((0, 1, 2, 3, 4, 5, 6, 7, Fraction(5, 2), 10**30))
    if exact:
        return Reading(low, low)
    return rng.choice(
        (
            Reading(low, low),
            Reading(low, math.inf),
            Reading(low, low + rng.randint(1, 4)),
            Reading(-math.inf, low),
            Reading(-math.inf, math.inf),
            Reading(math.inf, math.inf),
        )
    )


def gate(rng: random.Random) -> Gate:
    """A moment at one of the properties, within the days that schedules speak of."""
    day = FIRST_DAY + timedelta(rng.randint(0, 6))
    return Gate(rng.choice(MOMENTS), rng.choice(PROPERTIES), day, rng.randrange(1440))


def _value(rng: random.Random, fact: Fact) -> FactValue:
    match fact.type:
        case FactType.TEXT:
            return rng.choice(TEXTS)
        case FactType.YES_NO:
            return rng.random() < 0.5
        case FactType.DATE:
            return FIRST_DAY + timedelta(rng.randint(0, 6))
        case _:
            return rng.randint(-1, 7)


def _measures(condition: Condition) -> Iterator[Measure]:
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _measures(part)
        case Not(part=part):
            yield from _measures(part)
        case MeasureTest(measure=asked):
            yield asked
        case AmountTest():
            for reckoned in compared_in(condition):
                yield from measures_read(reckoned)


# --- the check ------------------------------------------------------------------------------------------------------


def expected(rules: RuleSet, at: Gate, facts: FixedFacts) -> Matches:
    """What the definition says: every rule with an open gate, interpreted, in priority order."""
    ordered = sorted(rules.rules, key=lambda each: (-each.priority, each.id))
    truths = [(each, evaluate(each.when, facts, each.id)) for each in ordered if gates.open_at(each, at)]
    return Matches(
        tuple(each for each, truth in truths if truth is Truth.TRUE),
        tuple(each for each, truth in truths if truth is Truth.UNKNOWN),
    )


def check(compiled: Compiled, rules: RuleSet, at: Gate, facts: FixedFacts) -> str | None:
    """What differs between compiler and interpreter, None where nothing does."""
    wanted, got = expected(rules, at, facts), compiled.match(at, facts)
    if wanted == got:
        return None
    wanted_ids = ([each.id for each in wanted.granted], [each.id for each in wanted.unknown])
    got_ids = ([each.id for each in got.granted], [each.id for each in got.unknown])
    return f"at {at}\ninterpreter: {wanted_ids}\ncompiler:    {got_ids}"


def run(seed: int, count: int, per_set: int = 150, guests: int = 4) -> tuple[int, str | None]:
    """Checks `count` rules; returns how many answers were compared and the first difference, or None."""
    rng = random.Random(seed)
    compared, rules = 0, rule_set(rng, per_set)
    compiled = compile_rules(rules, PROPERTIES)
    for drawn in range(0, count, per_set):
        for _ in range(guests):
            at = gate(rng)
            difference = check(compiled, rules, at, facts_for(rng, rules))
            if difference:
                return compared, f"seed {seed}, after {drawn} rules, {difference}"
            compared += sum(gates.open_at(each, at) for each in rules.rules)
        # Now and then an edit of what is there, so that successors of successors are checked too.
        fresh = rng.random() < 0.7
        rules = rule_set(rng, per_set) if fresh else edited(rng, rules, rng.randint(1, per_set))
        compiled = compile_rules(rules, PROPERTIES[:2]) if fresh else recompile(compiled, rules, PROPERTIES[:3])
    return compared, None


def main() -> int:
    """The longer run; exit status 1 at a difference."""
    parser = argparse.ArgumentParser(description="Compare compiler and interpreter on random rules.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200_000, help="how many rules to draw")
    options = parser.parse_args()
    compared, difference = run(options.seed, options.count)
    if difference:
        print(difference)
        return 1
    print(f"{options.count} random rules, {compared} answers compared: interpreter and compiler agree.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
