"""The OpenAPI 3.1 document, made from the same declarations as the routes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from rewards import __version__
from rewards.api.calls import Endpoint
from rewards.api.keys import SCOPES
from rewards.api.problems import PROBLEM
from rewards.errors import all_codes

ABOUT = """Ask what a guest gets, here and now; report what guests do; edit and publish the rules.

Every call carries `Authorization: Bearer lk_live_…`. Every write carries an `Idempotency-Key` (16 to 128 letters,
digits, - or _): the same key with the same body gets the same answer, byte for byte, with `Idempotency-Replayed: true`;
with another body it is refused (422). Answers under a key are kept at least 30 days; facts are unique for ever.

Refusals are problems (RFC 9457) with a stable `code`. Amounts are integers in minor units of an ISO 4217 currency."""


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


_ALWAYS = ("401", "403", "422", "429", "503")


def openapi(endpoints: Sequence[Endpoint], prefix: str) -> dict[str, Any]:
    """The document; `prefix` is where the engine is mounted ("" or "/loyalty")."""
    spec = APISpec(
        title="Rewards",
        version=__version__,
        openapi_version="3.1.0",
        info={"description": ABOUT},
        servers=[{"url": prefix or "/"}],
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )
    spec.components.security_scheme("key", {"type": "http", "scheme": "bearer", "description": ", ".join(SCOPES)})
    spec.components.schema("Problem", schema=ProblemSchema)
    for endpoint in endpoints:
        path = "/v1" + re.sub(r"<(\w+)>", r"{\1}", endpoint.rule)
        spec.path(path=path, operations={endpoint.method.lower(): _operation(endpoint)})
    document: dict[str, Any] = spec.to_dict()
    document["x-problem-codes"] = {code.name: code.title for code in all_codes()}
    return document


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.removesuffix("Schema")


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"[^a-z0-9]+", "_", f"{endpoint.method} {endpoint.rule}".lower()).strip("_"),
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
    text = {"type": "string"}
    found = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in re.findall(r"<(\w+)>", endpoint.rule)
    ]
    found += [
        {"name": name, "in": "query", "required": False, "schema": text, "description": about}
        for name, about in endpoint.query.items()
    ]
    if endpoint.writes:
        pattern = {"type": "string", "pattern": "^[A-Za-z0-9_-]{16,128}$"}
        found.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": pattern})
    return found


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if endpoint.reply is not None:
        good["content"] = {"application/json": {"schema": endpoint.reply}}
    refusals = [*_ALWAYS]
    if "<" in endpoint.rule or endpoint.writes:
        refusals.append("404")
    if endpoint.writes or endpoint.body is not None:
        refusals += ["400", "409", "413", "415"]
    elif endpoint.query:
        refusals.append("400")
    problem = {"description": "Refused.", "content": {PROBLEM: {"schema": ProblemSchema}}}
    return {str(endpoint.status): good, **dict.fromkeys(sorted(refusals), problem)}
