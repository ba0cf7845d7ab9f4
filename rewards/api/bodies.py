"""Reads a JSON body strictly.

Duplicate keys, NaN and Infinity, deep nesting, other encodings and oversized bodies are refused before a schema sees
them, because the usual reader takes them all without a word.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flask import Request

from rewards.errors import (
    BODY_TOO_DEEP,
    BODY_TOO_LARGE,
    DUPLICATE_KEY,
    MALFORMED_JSON,
    MEDIA_TYPE_UNSUPPORTED,
    RewardsError,
)

MAX_DEPTH = 32
MAX_BODY = 64 * 1024
MAX_BATCH = 1024 * 1024


def raw_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body's bytes; `media_type_unsupported` unless JSON, `body_too_large` over `limit` bytes."""
    if request.mimetype != "application/json":
        raise RewardsError(
            MEDIA_TYPE_UNSUPPORTED,
            f"The body is {request.mimetype or 'of no type'}.",
            hint="Send Content-Type: application/json.",
        )
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> RewardsError:
    return RewardsError(BODY_TOO_LARGE, f"The body is over {limit} bytes.", hint="Send fewer items a call.")


def read_json(body: bytes) -> Any:
    """The value of a body; duplicate keys, NaN, nesting over 32 and other encodings than UTF-8 are refused."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise RewardsError(MALFORMED_JSON, f"The body is not UTF-8 (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise RewardsError(
            MALFORMED_JSON, f"The body is not JSON: {error.msg}, line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise RewardsError(MALFORMED_JSON, f"The body is not JSON: {error}.") from None
    _check_depth(value, MAX_DEPTH)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise RewardsError(DUPLICATE_KEY, f"“{twice[:60]}” stands twice in one object.", field=twice[:60])
    return found


def _no_constant(word: str) -> NoReturn:
    raise RewardsError(MALFORMED_JSON, f"{word} is not a JSON number.")


def _too_deep() -> RewardsError:
    return RewardsError(BODY_TOO_DEEP, f"The body is nested deeper than {MAX_DEPTH} levels.")


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise _too_deep()
    if isinstance(value, dict):
        for item in value.values():
            _check_depth(item, left - 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, left - 1)
