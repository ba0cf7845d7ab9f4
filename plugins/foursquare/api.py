"""What is asked of Foursquare's API v2, with a member's own token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rewards.sdk import Json, Link, Refused, Response, TryLater, pick

from .checkins import CheckIn, read_check_in, read_id

BASE = "https://api.foursquare.com/v2"
VERSION = "20240101"
"""The date of the API's answers that this was written for; every call names one."""

PAGE = 250
PATIENCE_S = 900
"""How long to wait where an hour's calls of a member are used up and Foursquare does not say until when."""


class Withdrawn(Refused):
    """The member has taken the permission back: the token opens nothing any more."""


def account(link: Link, token: str) -> str:
    """The id of the account that a token is of."""
    return read_id(_asked(link, "/users/self", token), "user.id")


def history(link: Link, token: str, after: int, offset: int) -> tuple[Sequence[CheckIn], int]:
    """A page of the member's own check-ins after a second, the newest first, and how many it holds.

    One that cannot be read is left out: the next page would not be reached otherwise.
    """
    params = {"limit": str(PAGE), "sort": "newestfirst", "offset": str(offset), "afterTimestamp": str(after)}
    items = pick(_asked(link, "/users/self/checkins", token, params), "checkins.items", list)
    return [one for one in map(_readable, items) if one is not None], len(items)


def check_in(link: Link, token: str, user: str, name: str) -> CheckIn | None:
    """A check-in as it is now, None where there is none (any more). `Refused` where it is somebody else's."""
    try:
        found = pick(_asked(link, f"/checkins/{name}", token), "checkin", dict)
    except _NotThere:
        return None
    if read_id(found, "user.id") != user:
        raise Refused("the check-in is somebody else's")
    read = read_check_in(found)
    if read.id != name:
        raise Refused("checkin.id is not the one that was asked for")
    return read


def _readable(item: Json) -> CheckIn | None:
    try:
        return read_check_in(item)
    except Refused:
        return None


class _NotThere(Refused):
    """There is nothing of this name."""


def _asked(link: Link, path: str, token: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
    given = {"oauth_token": token, "v": VERSION, **(params or {})}
    answer = link.client.get(BASE + path, params=given)
    if answer.status != 200:
        raise _refusal(answer, link.now)
    found: dict[str, Any] = pick(answer.json(), "response", dict)
    return found


def _refusal(answer: Response, now: datetime) -> Refused | TryLater:
    why = _error_type(answer)
    if answer.status == 401 and why == "invalid_auth":
        return Withdrawn("a member has withdrawn the permission; that member's connection has ended")
    if why == "rate_limit_exceeded":
        return TryLater("Foursquare asks for patience", after_s=_patience(answer, now))
    if answer.status in (400, 404):
        return _NotThere(f"Foursquare answered {answer.status}")
    if answer.status == 401 or answer.status >= 500:
        return TryLater(f"Foursquare answered {answer.status}", after_s=60)
    return Refused(f"Foursquare answered {answer.status}")


def _error_type(answer: Response) -> str:
    try:
        return str(pick(answer.json(), "meta.errorType", str, ""))
    except Refused:
        return ""


def _patience(answer: Response, now: datetime) -> int:
    reset = answer.headers.get("x-ratelimit-reset", "")
    left = int(reset) - int(now.timestamp()) if reset.isdecimal() and len(reset) <= 12 else PATIENCE_S
    return min(max(left, 1), 3_600)
