"""The blueprint: every route, its refusals as problems, nothing outside it touched.

Errors are caught around each view, not by handlers of the app, so a foreign app keeps its own pages.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Blueprint, Response
from werkzeug.exceptions import HTTPException

from rewards.api.calls import register
from rewards.api.house import House
from rewards.api.meta import add_meta
from rewards.api.openapi import openapi
from rewards.api.problems import nothing_here, problem, unexpected
from rewards.api.resources import activities, decisions, grants, guests, keys, perks, properties, rule_sets
from rewards.errors import METHOD_NOT_ALLOWED, RewardsError

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
ENDPOINTS = (
    *decisions.ENDPOINTS, *activities.ENDPOINTS, *guests.ENDPOINTS, *grants.ENDPOINTS, *perks.ENDPOINTS,
    *properties.ENDPOINTS, *rule_sets.ENDPOINTS, *keys.ENDPOINTS,
)  # fmt: skip


def build(house: House, *, prefix: str = "") -> Blueprint:
    """The engine's blueprint; `prefix` is where it is mounted ("" or "/loyalty")."""
    blueprint = Blueprint("rewards", __name__, url_prefix=prefix or None)
    api = Blueprint("v1", __name__, url_prefix="/v1")
    decisions.add_hot_route(api, house)
    for endpoint in ENDPOINTS:
        if endpoint.view is not decisions.ask:
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
    refusal = nothing_here("this address")
    if error.code == 405:
        refusal = RewardsError(METHOD_NOT_ALLOWED, error.description or "This method is not taken here.")
    response = problem(refusal)
    if error.response is not None:
        response.headers.update(error.response.headers)
    return response


def _add_fallback(api: Blueprint) -> None:
    """An address under /v1 that no route has is a problem too, also inside a foreign app."""

    @api.route("/", defaults={"path": ""}, methods=METHODS)
    @api.route("/<path:path>", methods=METHODS)
    def nowhere(path: str) -> Response:
        return problem(nothing_here(f"/v1/{path}"))
