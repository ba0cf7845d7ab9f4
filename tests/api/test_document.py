"""The published document is valid OpenAPI 3.1, says every route, and asks for what the hot route takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema_rs import Draft202012Validator, meta
from schemathesis.specs.openapi import definitions

from rewards.api.blueprint import ENDPOINTS
from rewards.api.openapi import openapi
from rewards.desk.wire import Question
from rewards.errors import all_codes
from tests.api.client import Api

DOCUMENT = openapi(ENDPOINTS, "")
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def references(value: Any) -> Iterator[str]:
    """Every $ref of the document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_it_is_valid() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert [str(error) for error in definitions.OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)] == []
    for name, schema in SCHEMAS.items():
        assert meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name
    for reference in references(DOCUMENT):
        assert reference.removeprefix("#/components/schemas/") in SCHEMAS, reference


def test_it_says_every_route_and_no_other(desk: Api) -> None:
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in desk.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        # Where other systems send their messages, in their own formats, is each source's to document.
        if rule.rule.startswith("/v1/") and not rule.endpoint.endswith(("nowhere", "message"))
    }
    told = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert told == served
    assert len(told) == len(ENDPOINTS)


def test_every_operation_has_a_name_a_scope_and_problems() -> None:
    names = [one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names))
    for methods in DOCUMENT["paths"].values():
        for one in methods.values():
            assert one["summary"]
            assert re.search(r"`[a-z:]+`", one["description"])
            assert {"401", "403", "422", "429", "503"} <= set(one["responses"])
            for status, answer in one["responses"].items():
                kinds = set(answer["content"])
                assert kinds == ({"application/json"} if int(status) < 400 else {"application/problem+json"})


def test_the_codes_stand_in_it() -> None:
    assert DOCUMENT["x-problem-codes"] == {code.name: code.title for code in all_codes()}


def test_it_is_served_where_the_engine_is_mounted(desk: Api) -> None:
    answer = desk.app.test_client().get("/openapi.json")
    assert answer.get_json() == DOCUMENT
    assert openapi(ENDPOINTS, "/loyalty")["servers"] == [{"url": "/loyalty"}]


# --- the hot route takes a struct and publishes a schema


def resolved(schema: Any, defined: dict[str, Any]) -> Any:
    """A schema without references, with one spelling for what may be null."""
    if "$ref" in schema:
        return resolved(defined[schema["$ref"].rpartition("/")[2]], defined)
    options = [resolved(one, defined) for one in schema.get("anyOf", ())]
    if options:
        whole = [one for one in options if one.get("type") != "null"]
        assert len(whole) == 1, schema
        return {**whole[0], "null": True}
    kind = schema.get("type")
    kinds = set(kind) if isinstance(kind, list) else {kind}
    return {
        **schema,
        "type": next(iter(kinds - {"null"} or kinds)),
        "null": "null" in kinds or None in schema.get("enum", ()),
    }


def limits(schema: Any, defined: dict[str, Any]) -> dict[str, Any]:
    """What a schema allows, as plain values."""
    found = resolved(schema, defined)
    kept = {name: found[name] for name in ("minimum", "maximum", "minLength", "maxLength", "maxItems") if name in found}
    if found.get("enum"):
        kept["enum"] = {word for word in found["enum"] if word is not None}
    kept |= {"type": found.get("type") or "string", "null": found.get("null", False)}
    if kept["type"] == "array":
        kept["items"] = limits(found["items"], defined)
    if kept["type"] == "object":
        kept["members"] = members(found, defined)
    pattern = found.get("pattern", "").replace("\\Z", "$")
    if pattern and not pattern.startswith("^[^\\x00"):
        # A pattern of its own says how long the text is.
        kept = {name: it for name, it in kept.items() if name not in ("minLength", "maxLength")} | {"pattern": pattern}
    return kept | ({"format": found["format"]} if "format" in found else {})


def members(schema: Any, defined: dict[str, Any]) -> dict[str, Any]:
    assert schema["additionalProperties"] is False
    needed = set(schema.get("required", ()))
    return {name: (name in needed, limits(one, defined)) for name, one in schema["properties"].items()}


def test_the_published_question_is_the_struct_field_by_field() -> None:
    (found,), struct = msgspec.json.schema_components([Question], ref_template="#/$defs/{name}")
    told = members(SCHEMAS["QuestionBody"], SCHEMAS)
    taken = members(resolved(found, struct), struct)
    assert told.keys() == taken.keys()
    for name in told:
        assert told[name] == taken[name], name
    assert set(told) == set(Question.__struct_fields__)


@pytest.mark.parametrize("mode", ["preview", "hold", "commit"])
def test_an_answer_is_what_the_document_says(desk: Api, mode: str) -> None:
    desk.stays("card:00412", 10, 40, 70)
    answer = desk.ask(mode=mode)
    schema = {**SCHEMAS["DecisionReply"], "components": {"schemas": SCHEMAS}}
    assert [str(error) for error in Draft202012Validator(schema).iter_errors(answer)] == []
    assert answer["perks"]
