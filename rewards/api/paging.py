"""Pages by cursor: the last key of a page, opaque to the caller, and Link headers (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlencode

from rewards.errors import CURSOR_INVALID, FIELD_INVALID, RewardsError

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


def encode_cursor(key: str) -> str:
    """The cursor of the last item of a page."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | None:
    """The key behind a cursor; `cursor_invalid` for a text that is none."""
    if not cursor:
        return None
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise RewardsError(CURSOR_INVALID, f"“{cursor[:40]}” is not a cursor.", field="cursor") from None


def read_limit(text: str | None) -> int:
    """How many items a page has: 1 to 200, 50 unless asked."""
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= MAX_LIMIT:
        raise RewardsError(FIELD_INVALID, f"limit is “{text[:20]}”.", hint=f"Choose 1 to {MAX_LIMIT}.", field="limit")
    return int(text)


def next_link(path: str, query: Mapping[str, str], cursor: str) -> str:
    """The Link header of the next page."""
    return f'<{path}?{urlencode({**query, "cursor": cursor})}>; rel="next"'
