"""Amounts: one mapping for each operation."""

from __future__ import annotations

from rewards.rulelang import facts, limits
from rewards.rulelang.facts import FactType
from rewards.rulelang.reading.names import AMOUNT_OPERATOR_KEYS, OPS_OF_TWO
from rewards.rulelang.reference import keys
from rewards.rulelang.schemas.build import Json, array, choice, integer, mapping, ref
from rewards.rulelang.schemas.tests import declared_number, exactly_one, measure_alone, operators

_KEYS = (*keys.AMOUNT, *keys.OPERAND)


def amount() -> Json:
    """A fixed number or money, or an operation."""
    return {"description": "How much.", "anyOf": [_fixed(0), operation()]}


def operation() -> Json:
    """An amount that is reckoned."""
    many = array(ref("amount"), least=2, most=limits.MAX_AMOUNT_PARTS)
    of: Json = {"of": ref("amount")}
    percent = integer(0, limits.MAX_PERCENT)
    forms: list[Json] = [
        {"fact": {"anyOf": [choice(_numeric_facts()), declared_number()]}},
        {"rate": _fixed(1), "per": _fixed(1), **of},
        {"times": integer(1, limits.MAX_TIMES), **of},
        {"percent": percent, **of},
        *({key: many} for key in ("sum", "less", "smallest", "largest")),
        {"bands": _steps({"from": _fixed(0), "give": ref("amount")}), **of},
        {"marginal": _steps({"above": _fixed(0), "percent": percent}), **of},
        {"share": ref("amount"), **of, "whole": ref("amount")},
    ]
    choice_of_two: Json = {"if": ref("condition"), "then": ref("amount"), "else": ref("amount")}
    return {
        "anyOf": [
            *(mapping(_KEYS, form, needed=list(form)) for form in forms),
            mapping(_KEYS, choice_of_two, needed=["if", "then"]),
            ref("measureAlone"),
        ]
    }


def definitions() -> Json:
    """Every definition of an amount, by name."""
    return {"amount": amount(), "operation": operation(), "measureAlone": measure_alone()}


def amount_test() -> Json:
    """A test of an amount."""
    numbers, money = operators(FactType.NUMBER), operators(FactType.MONEY)
    either = {key: {"anyOf": [piece, *([money[key]] if key in money else [])]} for key, piece in numbers.items()}
    for key in OPS_OF_TWO:
        either[key] = {"anyOf": [*either[key]["anyOf"], ref("operation")]}
    properties = {"amount": ref("amount"), **{key: either[key] for key in AMOUNT_OPERATOR_KEYS}}
    return mapping(keys.CONDITION, properties, needed=["amount"]) | exactly_one(AMOUNT_OPERATOR_KEYS)


def _fixed(least: int) -> Json:
    money: Json = ref("money") if least == 0 else {"allOf": [ref("money"), {"pattern": "[1-9]"}]}
    return {"anyOf": [integer(least, limits.MAX_AMOUNT), money]}


def _steps(step: Json) -> Json:
    return array(mapping(_KEYS, step, needed=list(step)), most=limits.MAX_AMOUNT_PARTS)


def _numeric_facts() -> list[str]:
    return [fact.name for fact in facts.CATALOGUE.values() if fact.type in (FactType.NUMBER, FactType.MONEY)]
