"""Reads a JSON body strictly.

Duplicate keys, NaN and Infinity, deep nesting, other encodings, NUL, lone surrogates and oversized bodies are refused
before a schema sees them, because the usual reader takes them all without a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Request

from rewards.errors import (
    BODY_TOO_DEEP,
    BODY_TOO_LARGE,
    DUPLICATE_KEY,
    FIELD_INVALID,
    MALFORMED_JSON,
    MEDIA_TYPE_UNSUPPORTED,
    RewardsError,
)

MAX_DEPTH = 32
MAX_BODY = 64 * 1024
MAX_BATCH = 1024 * 1024


def raw_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body's bytes; `media_type_unsupported` unless plain JSON, `body_too_large` over `limit` bytes."""
    if request.mimetype != "application/json":
        raise RewardsError(
            MEDIA_TYPE_UNSUPPORTED,
            f"The body is {request.mimetype[:60] or 'of no type'}.",
            hint="Send Content-Type: application/json.",
        )
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise RewardsError(MEDIA_TYPE_UNSUPPORTED, "The body is compressed.", hint="Send it as it is.")
    if (request.content_length or 0) > limit:
        raise _too_large(limit)
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise _too_large(limit)
    return body


def _too_large(limit: int) -> RewardsError:
    return RewardsError(BODY_TOO_LARGE, f"The body is over {limit} bytes.", hint="Send fewer items a call.")


def read_json(body: bytes) -> Any:
    """The value of a body.

    Duplicate keys, NaN, nesting over 32, other encodings than UTF-8, and texts with a NUL or half a character are
    refused.
    """
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
    except ValueError:
        raise RewardsError(
            MALFORMED_JSON, "The body is not JSON: a number has thousands of digits.", hint="Amounts are below 2^53."
        ) from None
    _check_depth(value, MAX_DEPTH)
    # Raw control characters and halves of characters were refused already; only an escape can bring them.
    if b"\\u" in body:
        for field, text in _texts(value, ""):
            _check_text(field, text)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:60]
        raise RewardsError(DUPLICATE_KEY, f"“{twice}” stands twice in one object.", field=twice)
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


def _texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield field, name
            yield from _texts(item, f"{field}.{name[:60]}" if field else name[:60])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{field}.{index}" if field else str(index))


def unstorable(text: str) -> bool:
    """Whether a text holds what no database keeps: a NUL, or half a character."""
    return "\x00" in text or (not text.isprintable() and any(0xD800 <= ord(letter) <= 0xDFFF for letter in text))


def _check_text(field: str, text: str) -> None:
    if unstorable(text):
        raise RewardsError(
            FIELD_INVALID, "It holds a NUL or half a character.", hint="Send whole characters.", field=field or None
        )
