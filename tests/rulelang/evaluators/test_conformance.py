"""The rows of tests/conformance: the meaning of the language, held by both evaluators and by the gates."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from rewards.rulelang import gates
from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.evaluation import UNKNOWN_READING, FactValue, Reading, Truth, exactly
from rewards.rulelang.gates import Gate
from rewards.rulelang.interpreter import evaluate
from rewards.rulelang.nodes import All, AnyOf, Applies, Condition, Not, Op, RuleSet, Scalar, Schedule
from tests.properties.random_rules import FixedFacts, expected
from tests.rulelang.evaluators.helpers import (
    HARBOUR,
    HOTELS,
    MEMBER,
    NIGHTS,
    NOON,
    Guest,
    compiled_truth,
    fact,
    ids,
    measured,
    rule,
    rules,
)

FOLDER = Path(__file__).parents[2] / "conformance"
FACT_OF = {
    "number": "stay.nights",
    "money": "stay.amount",
    "date": "stay.arrival",
    "time": "day.time",
    "text": "stay.channel",
    "yes_no": "guest.enrolled",
}
NUMBERS = (Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY, Op.BETWEEN)
OPS_OF = {
    "measure": (*NUMBERS, Op.EVERY),
    "number": (*NUMBERS, Op.EVERY),
    "money": NUMBERS,
    "date": NUMBERS,
    "time": NUMBERS,
    "text": (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN),
    "yes_no": (Op.IS,),
}
TRUTHS = {True: Truth.TRUE, False: Truth.FALSE, "unknown": Truth.UNKNOWN}

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    loaded: list[Row] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return loaded


def parametrised(name: str) -> Any:
    return pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in rows(name)])


# --- operators ------------------------------------------------------------------------------------------------------


def scalar(type_: str, value: Any) -> Scalar:
    if type_ == "date":
        return date.fromisoformat(value)
    if type_ == "time":
        hours, minutes = value.split(":")
        return int(hours) * 60 + int(minutes)
    assert isinstance(value, bool if type_ == "yes_no" else str if type_ == "text" else int), value
    return value  # type: ignore[no-any-return]


def reading(given: Any) -> Reading:
    match given:
        case None:
            return UNKNOWN_READING
        case {"at_least": low}:
            return Reading(low, math.inf)
        case {"between": [low, high]}:
            return Reading(low, high)
        case "inf":
            return Reading(math.inf, math.inf)
        case str():
            return exactly(Fraction(given))
    return exactly(given)


def condition_and_guest(row: Row) -> tuple[Condition, Guest]:
    type_, op = row["type"], Op(row["op"])
    if type_ == "measure":
        return measured(op, *row["values"]), Guest(readings={NIGHTS: reading(row["given"])})
    given: FactValue = None if row["given"] is None else scalar(type_, row["given"])
    test = fact(FACT_OF[type_], op, *(scalar(type_, value) for value in row["values"]))
    return test, Guest({FACT_OF[type_]: given})


@parametrised("operators")
def test_a_comparison_means_what_its_row_says(row: Row) -> None:
    condition, guest = condition_and_guest(row)
    assert evaluate(condition, guest, "r") is TRUTHS[row["truth"]]
    assert compiled_truth(condition, guest) is TRUTHS[row["truth"]]


@parametrised("operators")
def test_not_turns_every_row_round(row: Row) -> None:
    condition, guest = condition_and_guest(row)
    turned = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}[TRUTHS[row["truth"]]]
    assert evaluate(Not(condition), guest, "r") is turned
    assert compiled_truth(Not(condition), guest) is turned


def state(row: Row) -> str:
    match row["given"]:
        case None:
            return "unknown"
        case {"at_least": _}:
            return "lower bound"
        case {"between": _}:
            return "interval"
    return "known " + {True: "true", False: "false"}[row["truth"]]


def test_every_comparison_of_every_type_has_its_rows() -> None:
    there = {(row["type"], row["op"], state(row)) for row in rows("operators")}
    wanted = set()
    for type_, ops in OPS_OF.items():
        states = ["known true", "known false", "unknown"]
        if type_ == "measure":
            states += ["lower bound", "interval"]
        wanted |= {(type_, op.value, each) for op in ops for each in states}
    assert wanted - there == set()
    assert {op for ops in OPS_OF.values() for op in ops} == set(Op)


def test_an_unknown_is_unknown_under_every_comparison() -> None:
    assert {row["truth"] for row in rows("operators") if state(row) == "unknown"} == {"unknown"}


# --- nesting --------------------------------------------------------------------------------------------------------

FACT_LEAVES = {"T": MEMBER, "F": fact("guest.verified", Op.IS, True), "U": fact("guest.language", Op.IS, "nl")}
MEASURE_LEAVES = {
    "T": measured(Op.AT_LEAST, 3),
    "F": measured(Op.AT_LEAST, 9),
    "U": measured(Op.AT_LEAST, 6),
}


def nested_guest() -> Guest:
    return Guest({"guest.enrolled": True, "guest.verified": False}, {NIGHTS: Reading(4, 8)})


def tree(when: Any, leaves: dict[str, Any]) -> Condition:
    match when:
        case {"all": parts}:
            return All(tuple(tree(part, leaves) for part in parts))
        case {"any": parts}:
            return AnyOf(tuple(tree(part, leaves) for part in parts))
        case {"not": part}:
            return Not(tree(part, leaves))
    return leaves[when]  # type: ignore[no-any-return]


@pytest.mark.parametrize("leaves", [FACT_LEAVES, MEASURE_LEAVES], ids=["facts", "measures"])
@parametrised("nesting")
def test_truths_are_put_together_as_the_row_says(row: Row, leaves: dict[str, Any]) -> None:
    condition = tree(row["when"], leaves)
    assert evaluate(condition, nested_guest(), "r") is TRUTHS[row["truth"]]
    assert compiled_truth(condition, nested_guest()) is TRUTHS[row["truth"]]


def test_all_any_and_not_have_a_row_for_every_truth_of_their_parts() -> None:
    there = {str(row["when"]) for row in rows("nesting")}
    wanted = {str({word: [a, b]}) for word in ("all", "any") for a in "TFU" for b in "TFU"}
    wanted |= {str({"not": a}) for a in "TFU"}
    assert wanted - there == set()


# --- gates and order ------------------------------------------------------------------------------------------------


def minute(text: str) -> int:
    return int(scalar("time", text))  # type: ignore[arg-type]


def schedule(row: Row) -> Schedule:
    return Schedule(
        first=date.fromisoformat(row["first"]) if "first" in row else None,
        last=date.fromisoformat(row["last"]) if "last" in row else None,
        weekdays=tuple(row.get("weekdays", ())),
        hours=(minute(row["hours"][0]), minute(row["hours"][1])) if "hours" in row else None,
    )


@parametrised("gates")
def test_a_gate_is_open_or_shut_as_the_row_says(row: Row) -> None:
    given, at = row["rule"], row["at"]
    places = ("properties", "brands", "cities", "countries")
    live = rule(
        "r",
        All(()),
        moments=tuple(given.get("moments", ("arrival",))),
        applies=Applies(*(tuple(given.get(place, ())) for place in places)),
        schedule=schedule(given),
    )
    gate = Gate(
        at.get("moment", "arrival"),
        HOTELS[at.get("property", "harbour")],
        date.fromisoformat(at.get("day", "2026-11-24")),
        minute(at.get("time", "12:00")),
    )
    assert gates.open_at(live, gate) is row["open"]
    for known in ([HARBOUR], list(HOTELS.values()), []):
        assert compile_rules(rules(live), known).match(gate, Guest()).granted == ((live,) if row["open"] else ())


@parametrised("order")
def test_matches_come_in_the_order_of_the_row(row: Row) -> None:
    each = [rule(id_, FACT_LEAVES[truth], priority=priority) for id_, (priority, truth) in row["rules"].items()]
    facts = FixedFacts({"guest.enrolled": True, "guest.verified": False})
    for listed in (each, each[::-1]):
        rule_set = RuleSet(tuple(listed), {})
        for matches in (expected(rule_set, NOON, facts), compile_rules(rule_set, [HARBOUR]).match(NOON, facts)):
            assert (ids(matches.granted), ids(matches.unknown)) == (row["granted"], row["unknown"])


# --- the rows themselves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["operators", "nesting", "gates", "order"])
def test_rows_have_names_of_their_own(name: str) -> None:
    repeated = [each for each, count in Counter(row["name"] for row in rows(name)).items() if count > 1]
    assert rows(name)
    assert repeated == []
