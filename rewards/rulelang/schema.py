"""The published JSON Schema (draft 2020-12) of rule documents and of perk catalogues.

An editor that knows it completes keys and marks mistakes while somebody types. It accepts every document that the
checker accepts and refuses what is wrong in itself: keys, types, ranges, words. What a schema cannot see (a date that
does not exist, a perk that is not in the catalogue, a range that runs backwards) only the checker says. Values are as
YAML 1.2 reads them: times, dates and amounts are strings.
"""

from __future__ import annotations

from rewards.rulelang import limits
from rewards.rulelang.catalogue import KINDS, PAYERS, STOCKS
from rewards.rulelang.nodes import Per
from rewards.rulelang.reading.caps import EVER, MAX_AT_MOST, UNITS
from rewards.rulelang.reading.countings import RESERVED
from rewards.rulelang.reading.names import ALWAYS
from rewards.rulelang.reading.scalars import CODE, NAME
from rewards.rulelang.reading.takes import SHORTS
from rewards.rulelang.reference import keys
from rewards.rulelang.schemas import values
from rewards.rulelang.schemas.amounts import amount_test
from rewards.rulelang.schemas.amounts import definitions as amount_definitions
from rewards.rulelang.schemas.build import Json, array, choice, integer, mapping, one_or_more, ref
from rewards.rulelang.schemas.ranks import rank_tests
from rewards.rulelang.schemas.tests import fact_tests, measure_test

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EVER_OR_UNIT = [*UNITS, EVER]


def json_schema() -> Json:
    """The schema of one document of `rules.yaml`: a rule, or a mapping of countings."""
    return {
        "$schema": DIALECT,
        "$id": "https://rewards.example/schemas/rules.json",
        "title": "A rule, or the countings that rules name",
        "if": {"type": "object", "required": ["countings"]},
        "then": ref("countings"),
        "else": ref("rule"),
        "$defs": _definitions(),
    }


def perks_schema() -> Json:
    """The schema of `perks.yaml`: a mapping from code to perk."""
    return {
        "$schema": DIALECT,
        "$id": "https://rewards.example/schemas/perks.json",
        "title": "A catalogue of perks",
        "type": "object",
        "propertyNames": {"pattern": f"^{CODE.pattern}$"},
        "maxProperties": limits.MAX_PERKS,
        "additionalProperties": ref("perk"),
        "$defs": values.definitions() | {"perk": _perk()},
    }


def _definitions() -> Json:
    return values.definitions() | {
        "rule": _rule(),
        "countings": _countings(),
        "counting": _counting(),
        "condition": _condition(),
        "measureTest": measure_test(),
        "amountTest": amount_test(),
        **amount_definitions(),
        "give": _give(),
        "take": _take(),
        "extend": _extend(),
        "choose": _choose(),
        "outcome": {"anyOf": [ref("choose"), ref("give")]},
        "limit": {"anyOf": [_count_limit(), _budget()]},
        "approval": _approval(),
    }


def _rule() -> Json:
    return mapping(
        keys.RULE,
        {
            "rule": ref("name"),
            "title": ref("texts"),
            "say": ref("texts"),
            "at": one_or_more(ref("moment")),
            "only_at": mapping(keys.PLACES, values.PLACES, at_least_one=True),
            "runs": mapping(keys.SCHEDULE, values.SCHEDULE, at_least_one=True),
            "when": ref("condition"),
            "give": {"anyOf": [ref("outcome"), array(ref("outcome"), most=limits.MAX_GIVE)]},
            "take": {"anyOf": [ref("take"), array(ref("take"), most=limits.MAX_GIVE)]},
            "extend": {"anyOf": [ref("extend"), array(ref("extend"), most=limits.MAX_GIVE)]},
            "limits": array(ref("limit"), most=limits.MAX_LIMITS),
            "group": ref("name"),
            "combines": {"type": "boolean"},
            "priority": integer(-limits.MAX_PRIORITY, limits.MAX_PRIORITY),
            "evidence": ref("evidence"),
            "reading_of": ref("name"),
            "approval": ref("approval"),
        },
    ) | {
        "anyOf": [{"required": [key]} for key in ("give", "take", "extend")],
        "dependentRequired": {"approval": ["give"]},
        "not": {"required": ["approval", "extend"]},
    }


def _approval() -> Json:
    return {"anyOf": [ref("code"), mapping(keys.APPROVAL, {"by": ref("code"), "within": ref("days")}, needed=["by"])]}


def _condition() -> Json:
    parts = array(ref("condition"), most=limits.MAX_CONDITION_NODES)
    return {
        "description": "What must be true.",
        "anyOf": [
            {"const": ALWAYS},
            *(mapping(keys.CONDITION, {key: parts}, needed=[key]) for key in ("all", "any")),
            mapping(keys.CONDITION, {"not": ref("condition")}, needed=["not"]),
            *fact_tests(),
            ref("measureTest"),
            ref("amountTest"),
            *rank_tests(),
        ],
    }


# --- what is given --------------------------------------------------------------------------------------------------


def _give() -> Json:
    whole = mapping(
        keys.GIVE,
        {
            "perk": ref("code"),
            "levels": integer(1, 20),
            "until": {"anyOf": [{"const": "checkout"}, ref("time")]},
            "guaranteed": {"type": "boolean"},
            **_how_much(),
            "level": integer(1, 10),
            "note": ref("text"),
            "valid": ref("validity"),
            "wait": ref("wait"),
            "or_else": ref("give"),
        },
        needed=["perk"],
    )
    return {"anyOf": [ref("code"), whole]}


def _how_much() -> Json:
    return {
        "quantity": {"anyOf": [integer(1, 1_000), ref("operation")]},
        "amount": {"anyOf": [ref("money"), ref("operation")]},
        "points": {"anyOf": [integer(1, limits.MAX_NUMBER), ref("operation")]},
    }


def _take() -> Json:
    whole = mapping(keys.TAKE, {"perk": ref("code"), **_how_much(), "short": choice(SHORTS)}, needed=["perk"])
    return {"anyOf": [ref("code"), whole]}


def _choose() -> Json:
    whole = mapping(
        keys.CHOOSE,
        {
            "choose": integer(1, limits.MAX_GIVE),
            "of": array(ref("give"), least=2, most=limits.MAX_GIVE),
            "within": ref("days"),
            "by": ref("date"),
            "default": {"anyOf": [ref("code"), integer(1, limits.MAX_GIVE)]},
        },
    )
    return whole | {"not": {"required": ["within", "by"]}}


def _extend() -> Json:
    whole = mapping(
        keys.EXTEND,
        {"perk": ref("code"), "rule": one_or_more(ref("name")), "by": ref("dayLength"), "until": ref("date")},
        needed=["perk"],
    )
    return whole | {"oneOf": [{"required": ["by"]}, {"required": ["until"]}]}


# --- limits ---------------------------------------------------------------------------------------------------------


def _count_limit() -> Json:
    per_stay = {"properties": {"per": {"enum": ["guest", "stay"]}, "every": {"enum": ["stay", "ever"]}}}
    concerns_stay = {
        "anyOf": [
            {"properties": {"every": {"const": "stay"}}, "required": ["every"]},
            {"properties": {"per": {"const": "stay"}}, "required": ["per"]},
        ]
    }
    return mapping(
        keys.COUNT_LIMIT,
        {
            "per": choice(str(per) for per in Per),
            "at_most": integer(1, MAX_AT_MOST),
            "every": {"anyOf": [choice(["stay", *EVER_OR_UNIT]), ref("dayLength")]},
        },
    ) | {"if": concerns_stay, "then": per_stay}


def _budget() -> Json:
    return mapping(
        keys.BUDGET,
        {
            "budget": {"allOf": [ref("money"), {"pattern": "[1-9]"}]},
            "every": choice(EVER_OR_UNIT),
            "per": choice(["rule", "property"]),
        },
    )


# --- countings and perks --------------------------------------------------------------------------------------------


def _counting() -> Json:
    contradiction = {"required": ["only_channels", "exclude_channels"]}
    return mapping(keys.COUNTING, values.COUNTING, needed=[]) | {"not": contradiction}


def _countings() -> Json:
    names = {"pattern": f"^{NAME.pattern}$", "not": {"enum": list(RESERVED)}}
    # The name stands before the definition; a second one inside would have no meaning.
    definition = {"allOf": [ref("counting"), {"not": {"required": ["name"]}}]}
    return {
        "type": "object",
        "description": "Definitions of what counts, by name.",
        "properties": {"countings": {"type": "object", "propertyNames": names, "additionalProperties": definition}},
        "additionalProperties": False,
    }


def _perk() -> Json:
    by_name: Json = {"type": "object", "additionalProperties": ref("money")}
    costs: Json = {"cost": ref("money"), "cost_by_brand": by_name, "cost_by_property": by_name}
    whole = mapping(
        keys.PERK,
        {
            "kind": choice(KINDS),
            "title": ref("texts"),
            **costs,
            "payer": choice(PAYERS),
            "stock": choice(STOCKS),
            "valid": ref("validity"),
            "lapses": ref("lapses"),
        },
    )
    idle = {"if": {"required": ["lapses"]}, "then": {"properties": {"kind": {"const": "points"}}}}
    credit = {"properties": {"kind": {"const": "credit"}}, "required": ["kind"]}
    priced = {"anyOf": [{"required": [key]} for key in costs]}
    return whole | {"if": credit, "then": {"not": priced}, "allOf": [idle]}
