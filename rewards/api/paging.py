"""Pages by cursor: the last key of a page, opaque to the caller, and Link headers (RFC 8288)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from rewards.errors import CURSOR_INVALID, FIELD_INVALID, RewardsError

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
PAGE = {"limit": f"Items a page, 1 to {MAX_LIMIT}", "cursor": "From the Link header of the page before"}
_CURSOR = re.compile(r"[A-Za-z0-9_-]{1,200}")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,100}")


@dataclass(frozen=True, slots=True)
class Page:
    """Which items are asked for: `size` of them behind the key `after` (None: from the first)."""

    name: str
    after: str | None
    size: int

    @property
    def number(self) -> int:
        """The key as a sequence number, 0 from the first; `cursor_invalid` for one that is none."""
        if self.after is None:
            return 0
        if not self.after.isdigit() or len(self.after) > 18:
            raise _invalid(self.after)
        return int(self.after)

    @property
    def ask(self) -> int:
        """How many to read: one more says whether a page follows."""
        return self.size + 1

    def cut(
        self, rows: Sequence[T], key: Callable[[T], str], query: Mapping[str, str]
    ) -> tuple[list[T], dict[str, str]]:
        """The rows of the page, and the Link header where another follows. `query` are the other parameters."""
        shown = list(rows[: self.size])
        if len(rows) <= self.size:
            return shown, {}
        cursor = _encode(f"{self.name}-{key(shown[-1])}")
        others = {name: value for name, value in query.items() if name not in ("limit", "cursor")}
        asked = urlencode({**others, "limit": str(self.size), "cursor": cursor})
        return shown, {"Link": f'<{request.script_root}{request.path}?{asked}>; rel="next"'}


def read_page(name: str, query: Mapping[str, str]) -> Page:
    """The page that a call asks for; `name` is the list's, whose cursors fit no other list.

    `cursor_invalid` for a text that is no cursor of this list, `field_invalid` for a limit outside 1 to 200.
    """
    return Page(name, _decode(name, query.get("cursor")), _limit(query.get("limit")))


def _encode(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _decode(name: str, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        if not _CURSOR.fullmatch(cursor):
            raise _invalid(cursor)
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise _invalid(cursor) from None
    prefix = f"{name}-"
    key = text.removeprefix(prefix)
    if not text.startswith(prefix) or not _KEY.fullmatch(key) or _encode(text) != cursor:
        raise _invalid(cursor)
    return key


def _invalid(cursor: str) -> RewardsError:
    return RewardsError(
        CURSOR_INVALID,
        f"“{cursor[:40]}” is not a cursor of this list.",
        hint="Follow the Link header of the page before.",
        field="cursor",
    )


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise RewardsError(FIELD_INVALID, f"limit is “{text[:20]}”.", hint=f"Choose 1 to {MAX_LIMIT}.", field="limit")
    return int(text)
