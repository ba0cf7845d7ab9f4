"""The blueprint: every route, its refusals as problems, nothing outside it touched.

What goes wrong on our routes is answered on our blueprint, so a foreign app keeps its own pages and handlers. An
address under /v1 that no route has, and a method that a route does not take, are problems too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule

from rewards.api.calls import Endpoint, register
from rewards.api.house import House
from rewards.api.messages import add_message_routes
from rewards.api.meta import add_meta
from rewards.api.openapi import openapi
from rewards.api.problems import nothing_here, problem, unexpected
from rewards.api.resources import (
    activities,
    asking,
    audit,
    decisions,
    grants,
    guests,
    jobs,
    keys,
    links,
    mappings,
    perks,
    properties,
    rule_sets,
    sources,
    standing,
    waits,
)
from rewards.errors import (
    BODY_TOO_LARGE,
    MALFORMED_JSON,
    MEDIA_TYPE_UNSUPPORTED,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    Code,
    RewardsError,
)

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ENDPOINTS: tuple[Endpoint, ...] = (
    *decisions.ENDPOINTS, *activities.ENDPOINTS, *guests.ENDPOINTS, *links.ENDPOINTS, *standing.ENDPOINTS,
    *grants.ENDPOINTS, *perks.ENDPOINTS, *properties.ENDPOINTS, *rule_sets.ENDPOINTS, *keys.ENDPOINTS,
    *jobs.ENDPOINTS, *audit.ENDPOINTS, *waits.ENDPOINTS, *sources.ENDPOINTS, *mappings.ENDPOINTS,
)  # fmt: skip
_CODES: dict[int, Code] = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED, 413: BODY_TOO_LARGE, 415: MEDIA_TYPE_UNSUPPORTED}


def build(house: House, *, prefix: str = "", first: Callable[[], None] | None = None) -> Blueprint:
    """The engine's blueprint; `prefix` is where it is mounted ("" or "/loyalty").

    `first` is called before each call under /v1 and may refuse it.
    """
    blueprint = Blueprint("rewards", __name__, url_prefix=prefix or None)
    api = Blueprint("v1", __name__, url_prefix="/v1")
    if first is not None:
        api.before_request(first)
    asking.add_asking_routes(api, house)
    add_message_routes(api, house)
    for endpoint in ENDPOINTS:
        if endpoint.view is not None:
            register(api, house, endpoint)
    _add_fallback(api)
    blueprint.register_blueprint(api)

    @cache
    def document() -> dict[str, Any]:
        return openapi(ENDPOINTS, prefix)

    add_meta(blueprint, house, document, prefix)
    blueprint.register_error_handler(RewardsError, problem)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(Exception, unexpected)
    return blueprint


def _http(error: HTTPException) -> Response:
    """What the framework refuses by itself: a body over the app's own limit, a connection that broke off."""
    code = _CODES.get(error.code or 400, MALFORMED_JSON)
    response = problem(RewardsError(code, error.description or "The request cannot be read."))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _add_fallback(api: Blueprint) -> None:
    """Addresses under /v1 that no route has, and methods that a route does not take."""
    taken = Map([Rule(endpoint.rule, endpoint=endpoint.name, methods=[endpoint.method]) for endpoint in ENDPOINTS])

    @api.route("", defaults={"path": ""}, methods=METHODS)
    @api.route("/", defaults={"path": ""}, methods=METHODS)
    @api.route("/<path:path>", methods=METHODS)
    def nowhere(path: str) -> Response:
        allowed = sorted(taken.bind("").allowed_methods(f"/{path}"))
        if not allowed:
            return problem(nothing_here(f"/v1/{path}"))
        told = ", ".join(allowed)
        refusal = RewardsError(METHOD_NOT_ALLOWED, f"{request.method} is not taken here.", hint=f"Use {told}.")
        response = problem(refusal)
        response.headers["Allow"] = told
        return response
