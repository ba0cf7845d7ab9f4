"""Short forms for rules, guests and gates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from rewards.domain.property import Property
from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.evaluation import FactValue, Reading, Truth, exactly
from rewards.rulelang.gates import Gate
from rewards.rulelang.nodes import (
    Comparison,
    Condition,
    FactTest,
    Give,
    Measure,
    MeasureTest,
    Op,
    Rolling,
    Rule,
    RuleSet,
    Scalar,
    Series,
)

HARBOUR = Property("harbour", "Harbour Hotel", "Grand", "Rotterdam", "NL", "Europe/Amsterdam", "EUR")
GARDEN = Property("garden", "Garden Hotel", "Grand", "Gent", "BE", "Europe/Brussels", "EUR")
STATION = Property("station", "Station Inn", "Budget", "Rotterdam", "NL", "Europe/Amsterdam", "EUR")
HOTELS = {hotel.code: hotel for hotel in (HARBOUR, GARDEN, STATION)}

TUESDAY = date(2026, 11, 24)
NOON = Gate("arrival", HARBOUR, TUESDAY, 12 * 60)

NIGHTS = Measure(Series.NIGHTS, window=Rolling(365))
STAYS = Measure(Series.STAYS, window=Rolling(90))

MEMBER = FactTest("guest.enrolled", Comparison(Op.IS, (True,)))


@dataclass
class Guest:
    """A fact source that counts what it was asked; measures it does not know have the reading 0."""

    facts: dict[str, FactValue] = field(default_factory=dict)
    readings: dict[Measure, Reading | dict[str, Reading]] = field(default_factory=dict)
    asked: Counter[object] = field(default_factory=Counter)
    objects: list[Measure] = field(default_factory=list)

    def fact(self, name: str) -> FactValue:
        self.asked[name] += 1
        return self.facts.get(name)

    def measure(self, measure: Measure, rule: str) -> Reading:
        self.asked[measure, rule] += 1
        self.objects.append(measure)
        reading = self.readings.get(measure, exactly(0))
        return reading[rule] if isinstance(reading, dict) else reading


def fact(name: str, op: Op, *values: Scalar) -> FactTest:
    return FactTest(name, Comparison(op, values))


def measured(op: Op, *values: Scalar, measure: Measure = NIGHTS) -> MeasureTest:
    return MeasureTest(measure, Comparison(op, values))


def rule(id_: str, when: Condition, **rest: object) -> Rule:
    moments = rest.pop("moments", ("arrival",))
    return Rule(id_, moments, when, (Give("welcome-drink"),), **rest)  # type: ignore[arg-type]


def rules(*each: Rule) -> RuleSet:
    return RuleSet(tuple(each), {})


def ids(each: Iterable[Rule]) -> list[str]:
    return [one.id for one in each]


def compiled_truth(condition: Condition, guest: Guest, id_: str = "r") -> Truth:
    """What the compiler says of one condition."""
    matches = compile_rules(rules(rule(id_, condition)), [HARBOUR]).match(NOON, guest)
    if matches.granted:
        return Truth.TRUE
    return Truth.UNKNOWN if matches.unknown else Truth.FALSE
