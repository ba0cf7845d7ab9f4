"""Neutral rules for the engine benchmarks, and their translation to each engine.

2 to 5 tests a rule; 70 % name 1 to 4 of 200 properties, 20 % one of 10 brands, 10 % hold chain-wide; 20 % hold an
`or`; 15 facts in all, four of them measures. Everything comes from a seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from rewards.domain.property import Property
from rewards.rulelang.evaluation import FactValue, Reading
from rewards.rulelang.gates import Gate
from rewards.rulelang.nodes import (
    Aggregate,
    AnyOf,
    Applies,
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
from rewards.rulelang.nodes import All as AllOf

BRANDS = tuple(f"brand-{number}" for number in range(10))
PROPERTIES = tuple(
    Property(f"hotel-{number:03}", f"Hotel {number}", BRANDS[number % 10], f"city-{number % 50}", "NL", "UTC", "EUR")
    for number in range(200)
)
MEASURES: dict[str, tuple[Measure, int]] = {
    "nights": (Measure(Series.NIGHTS, window=Rolling(365)), 40),
    "stays": (Measure(Series.STAYS, window=Rolling(90)), 12),
    "visits": (Measure(Series.VISITS, window=Rolling(60)), 20),
    "spend": (Measure(Series.SPEND, Aggregate.SUM, window=Rolling(365), currency="EUR"), 500_000),
}
NUMBERS: dict[str, tuple[str, int]] = {
    "days_enrolled": ("guest.days_enrolled", 2000),
    "stay_nights": ("stay.nights", 10),
    "adults": ("stay.adults", 4),
    "days_ahead": ("stay.days_ahead", 60),
}
TEXTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "channel": ("stay.channel", ("direct", "agency", "corporate", "wholesale")),
    "rate": ("stay.rate_code", ("BAR", "FLEX", "CORP", "GOV", "SAVER")),
    "room_class": ("stay.room_class", ("single", "double", "superior", "suite")),
    "purpose": ("stay.purpose", ("leisure", "business")),
    "country": ("guest.country", ("NL", "BE", "DE", "FR", "GB", "US")),
}
FIELDS = (*MEASURES, *NUMBERS, *TEXTS)
"""Thirteen; the property and its brand are the others."""


@dataclass(frozen=True)
class Test:
    """One comparison: `op` is one of >= < == in."""

    field: str
    op: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Spec:
    """A rule of no engine: all `tests`, and one of `either` where there are any."""

    number: int
    properties: tuple[str, ...]
    brand: str | None
    tests: tuple[Test, ...]
    either: tuple[Test, ...]


class Guest:
    """A fact source whose values are ready, which is what the engine alone means."""

    __slots__ = ("_readings", "fact")

    def __init__(self, facts: dict[str, FactValue], readings: dict[int, Reading]) -> None:
        self.fact = facts.get
        self._readings = readings

    def measure(self, measure: Measure, rule: str) -> Reading:
        """The ready reading, kept by the identity of the measure."""
        return self._readings[id(measure)]


def specs(count: int, seed: int = 1) -> list[Spec]:
    """So many rules, the same for one seed."""
    rng = random.Random(seed)
    return [_spec(rng, number) for number in range(count)]


def guests(count: int, seed: int = 2) -> list[tuple[Property, dict[str, int | str]]]:
    """So many questions as plain values."""
    rng = random.Random(seed)
    return [(rng.choice(PROPERTIES), {field: _value(rng, field) for field in FIELDS}) for _ in range(count)]


def _spec(rng: random.Random, number: int) -> Spec:
    where = rng.random()
    tests = [_test(rng, field) for field in rng.sample(FIELDS, rng.randint(2, 5))]
    either = 2 if rng.random() < 0.2 and len(tests) > 2 else 0
    return Spec(
        number=number,
        properties=tuple(each.code for each in rng.sample(PROPERTIES, rng.randint(1, 4))) if where < 0.7 else (),
        brand=rng.choice(BRANDS) if 0.7 <= where < 0.9 else None,
        tests=tuple(tests[either:]),
        either=tuple(tests[:either]),
    )


def _test(rng: random.Random, field: str) -> Test:
    if field in TEXTS:
        choices = TEXTS[field][1]
        some = rng.sample(choices, rng.randint(1, 2))
        return Test(field, "==" if len(some) == 1 else "in", tuple(some))
    return Test(field, ">=" if rng.random() < 0.8 else "<", (rng.randint(2, _largest(field)),))


def _value(rng: random.Random, field: str) -> int | str:
    if field in TEXTS:
        return rng.choice(TEXTS[field][1])
    # Most guests have a short history and a few a long one.
    return 1 + int(_largest(field) * rng.random() ** 3)


def _largest(field: str) -> int:
    return (MEASURES[field] if field in MEASURES else NUMBERS[field])[1]


# --- this engine ----------------------------------------------------------------------------------------------------

_OPS = {">=": Op.AT_LEAST, "<": Op.LESS_THAN, "==": Op.IS, "in": Op.IN}


def rule_set(rules: list[Spec]) -> RuleSet:
    """The rules as nodes."""
    return RuleSet(tuple(rule(each) for each in rules), {})


def rule(spec: Spec) -> Rule:
    """One rule as nodes; its id is `r` and the number."""
    parts: list[Condition] = [_condition(test) for test in spec.tests]
    if spec.either:
        parts.append(AnyOf(tuple(_condition(test) for test in spec.either)))
    return Rule(
        id=f"r{spec.number}",
        moments=("arrival",),
        when=AllOf(tuple(parts)),
        give=(Give("welcome-drink"),),
        applies=Applies(properties=spec.properties, brands=(spec.brand,) if spec.brand else ()),
    )


def _condition(test: Test) -> Condition:
    comparison = Comparison(_OPS[test.op], test.values)
    if test.field in MEASURES:
        return MeasureTest(MEASURES[test.field][0], comparison)
    return FactTest((NUMBERS.get(test.field) or TEXTS[test.field])[0], comparison)


def question(at: Property, values: dict[str, int | str]) -> tuple[Gate, Guest]:
    """A question as gate and fact source."""
    facts: dict[str, FactValue] = {}
    readings: dict[int, Reading] = {}
    for field, value in values.items():
        if field in MEASURES:
            readings[id(MEASURES[field][0])] = Reading(int(value), int(value))
        else:
            facts[(NUMBERS.get(field) or TEXTS[field])[0]] = value
    return Gate("arrival", at, date(2026, 11, 24), 900), Guest(facts, readings)


# --- others ---------------------------------------------------------------------------------------------------------


def zen_table(rules: list[Spec]) -> dict[str, Any]:
    """A decision table with hit policy collect; a rule with an `or` is two rows."""
    fields = ("property", "brand", *FIELDS)
    rows = []
    for spec in rules:
        for branch in spec.either or (None,):
            row = dict.fromkeys(fields, "")
            row["property"] = _zen_values(spec.properties)
            row["brand"] = _zen_values((spec.brand,) if spec.brand else ())
            for test in (*spec.tests, *((branch,) if branch else ())):
                row[test.field] = f"{test.op} {test.values[0]}" if test.op in "<>=" else _zen_values(test.values)
            rows.append({"_id": f"{spec.number}-{len(rows)}", **row, "rule": str(spec.number)})
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": field, "name": field, "field": field} for field in fields],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "position": {"x": 1, "y": 0}, "content": table},
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "b", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _zen_values(values: tuple[Scalar, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def json_logic(rules: list[Spec]) -> list[dict[str, Any]]:
    """One list of conditions, which answers one list of booleans."""
    return [{"and": _logic_parts(spec)} for spec in rules]


def _logic_parts(spec: Spec) -> list[dict[str, Any]]:
    parts = []
    if spec.properties:
        parts.append({"in": [{"var": "property"}, list(spec.properties)]})
    if spec.brand:
        parts.append({"==": [{"var": "brand"}, spec.brand]})
    parts += [_logic(test) for test in spec.tests]
    if spec.either:
        parts.append({"or": [_logic(test) for test in spec.either]})
    return parts


def _logic(test: Test) -> dict[str, Any]:
    values = list(test.values) if test.op == "in" else test.values[0]
    return {test.op: [{"var": test.field}, values]}


def plain(at: Property, values: dict[str, int | str]) -> dict[str, int | str]:
    """A question as one flat mapping."""
    return {"property": at.code, "brand": at.brand, **values}
