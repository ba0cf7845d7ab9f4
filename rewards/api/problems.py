"""Refusals as RFC 9457 problems: one table from category to status, one shape for every failure."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import Response

from rewards.errors import INTERNAL, METHOD_NOT_ALLOWED, NOT_FOUND, Category, RewardsError
from rewards.ids import new_id

log = logging.getLogger(__name__)

STATUS = {
    Category.MALFORMED: 400,
    Category.UNAUTHENTICATED: 401,
    Category.FORBIDDEN: 403,
    Category.MISSING: 404,
    Category.CONFLICT: 409,
    Category.TOO_LARGE: 413,
    Category.UNSUPPORTED: 415,
    Category.INVALID: 422,
    Category.TOO_MANY: 429,
    Category.UNAVAILABLE: 503,
}
PROBLEM = "application/problem+json"
TYPE = "urn:rewards:problem:"


def status_of(error: RewardsError) -> int:
    """HTTP status of an error's code."""
    if error.code is INTERNAL:
        return 500
    return 405 if error.code is METHOD_NOT_ALLOWED else STATUS[error.code.category]


def problem_body(error: RewardsError) -> dict[str, Any]:
    """The problem document of an error: type, title, status, detail, and hint, field and details where there are."""
    body: dict[str, Any] = {
        "type": TYPE + error.code.name,
        "code": error.code.name,
        "title": error.code.title,
        "status": status_of(error),
        "detail": error.message,
    }
    if error.hint:
        body["hint"] = error.hint
    if error.field:
        body["field"] = error.field
    if error.details:
        body["details"] = error.details
    return body


def problem_bytes(error: RewardsError) -> bytes:
    """The problem document as it is sent and kept; half a character quoted from the caller becomes a question mark."""
    return json.dumps(problem_body(error), ensure_ascii=False).encode("utf-8", "replace")


def problem(error: RewardsError) -> Response:
    """The problem as a response, with Retry-After where trying again makes sense."""
    response = Response(problem_bytes(error), status_of(error), mimetype=PROBLEM)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="rewards"'
    return response


def unexpected(error: Exception) -> Response:
    """A defect of ours: logged with an incident id, which is all that the caller is told."""
    incident = new_id("inc")
    log.error("unexpected failure %s", incident, exc_info=error)
    refusal = RewardsError(
        INTERNAL,
        "The call failed on our side; nothing half done is kept.",
        hint="Send it again with the same key.",
        details={"incident": incident},
    )
    return problem(refusal)


def nothing_here(path: str) -> RewardsError:
    """The refusal of an address that does not exist."""
    return RewardsError(NOT_FOUND, f"There is nothing at {path[:200]}.", hint="The routes stand in /openapi.json.")
