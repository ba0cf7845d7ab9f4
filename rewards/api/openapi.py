"""The OpenAPI 3.1 document, made from the same declarations as the routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from rewards import __version__
from rewards.api.calls import MAX_QUERY, Endpoint
from rewards.api.fields import MAX_ATTRIBUTES, MAX_NAME, MAX_VALUE, Attributes, Code
from rewards.api.keys import SCOPES
from rewards.api.once import KEY_PATTERN
from rewards.api.paging import MAX_LIMIT
from rewards.api.problems import PROBLEM
from rewards.errors import all_codes

ABOUT = """Ask what a guest gets, here and now; report what guests do; edit and publish the rules.

Every call carries `Authorization: Bearer lk_live_…`. Every write carries an `Idempotency-Key` (16 to 128 letters,
digits, - or _): the same key with the same body gets the same answer, byte for byte, with `Idempotency-Replayed: true`;
with another body it is refused (422). Answers under a key are kept at least 30 days; facts are unique for ever.

Refusals are problems (RFC 9457) with a stable `code`. Amounts are integers in minor units of an ISO 4217 currency."""

REPLAYED = {
    "Idempotency-Replayed": {"description": "true for an answer that was kept", "schema": {"type": "string"}},
}
RATE = {
    f"RateLimit-{name}": {"description": about, "schema": {"type": "string"}}
    for name, about in {
        "Limit": "Calls a minute that the key may make",
        "Remaining": "Calls that are left of them",
        "Reset": "Seconds until the minute turns",
    }.items()
}
LINK = {"Link": {"description": "The next page, where there is one", "schema": {"type": "string"}}}


class ProblemSchema(Schema):
    """A refusal (RFC 9457)."""

    type = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    hint = fields.String()
    field = fields.String()
    details = fields.Dict()


_ALWAYS = ("401", "403", "422", "429", "500", "503")


def openapi(endpoints: Sequence[Endpoint], prefix: str) -> dict[str, Any]:
    """The document; `prefix` is where the engine is mounted ("" or "/loyalty")."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec(
        title="Rewards",
        version=__version__,
        openapi_version="3.1.0",
        info={"description": ABOUT},
        servers=[{"url": prefix or "/"}],
        plugins=[plugin],
    )
    if plugin.converter is None:
        raise RuntimeError("the marshmallow plugin was not initialised")
    for tell in (_attributes, _pattern):
        plugin.converter.add_attribute_function(tell)  # type: ignore[no-untyped-call]
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": ", ".join(SCOPES)})
    spec.components.schema("Problem", schema=ProblemSchema)
    for endpoint in endpoints:
        spec.path(path=endpoint.path, operations={endpoint.method.lower(): _operation(endpoint)})
    document: dict[str, Any] = spec.to_dict()
    document["x-problem-codes"] = {code.name: code.title for code in all_codes()}
    return document


def _attributes(converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    """What the library cannot tell of our own field of attributes."""
    if not isinstance(field, Attributes):
        return {}
    values = [{"type": "string", "maxLength": MAX_VALUE}, {"type": "integer"}, {"type": "boolean"}]
    names = {"minLength": 1, "maxLength": MAX_NAME}
    return {"additionalProperties": {"anyOf": values}, "maxProperties": MAX_ATTRIBUTES, "propertyNames": names}


def _pattern(converter: Any, field: Any, **_: Any) -> dict[str, Any]:
    """A pattern as JSON Schema writes it: there `$` is the end, and `\\Z` is a letter."""
    return {"pattern": f"^{field.pattern}$"} if isinstance(field, Code) else {}


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"Asks for the scope `{endpoint.scope}`.",
        "tags": [endpoint.tag or "other"],
        "security": [{"key": []}],
        "parameters": _parameters(endpoint),
        "responses": _responses(endpoint),
    }
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": endpoint.body}},
        }
    return operation


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1}
    found = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in re.findall(r"<(\w+)>", endpoint.rule)
    ]
    found += [
        {
            "name": name,
            "in": "query",
            "required": name in endpoint.needs,
            "schema": _query_schema(name),
            "description": about,
        }
        for name, about in endpoint.query.items()
    ]
    if endpoint.writes:
        found.append(_key_parameter(endpoint))
    return found


def _query_schema(name: str) -> dict[str, Any]:
    if name == "limit":
        return {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
    if name == "day":
        return {"type": "string", "format": "date"}
    return {"type": "string", "maxLength": MAX_QUERY}


def _key_parameter(endpoint: Endpoint) -> dict[str, Any]:
    # A preview writes nothing and needs no key, which a document cannot say of a header.
    asks = endpoint.view is None
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": not asks,
        "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
        "description": "Names this intent; a preview needs none" if asks else "Names this intent",
    }


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    headers = {**RATE, **(REPLAYED if endpoint.writes else {}), **(LINK if "cursor" in endpoint.query else {})}
    good: dict[str, Any] = {"description": "Done.", "headers": headers}
    if endpoint.reply is not None:
        good["content"] = {"application/json": {"schema": endpoint.reply}}
    refusals = [*_ALWAYS]
    if "<" in endpoint.rule or endpoint.writes or "property" in endpoint.query or "guest" in endpoint.query:
        refusals.append("404")
    if endpoint.writes or endpoint.body is not None:
        refusals += ["400", "409", "413", "415"]
    elif endpoint.query:
        refusals += ["400"]
    if endpoint.tag in ("rule-sets", "guests"):
        refusals.append("409")
    refused = {"description": "Refused.", "content": {PROBLEM: {"schema": ProblemSchema}}}
    answers = {str(status): good for status in (endpoint.status, *endpoint.also)}
    return {**answers, **dict.fromkeys(sorted(set(refusals)), refused)}
