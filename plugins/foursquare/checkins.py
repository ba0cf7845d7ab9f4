"""A check-in as Foursquare writes it, in the API, in a push and in an export: the few fields that are read of it.

Whatever brings it, the same check-in comes to a fact under the same key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewards.sdk import (
    Draft,
    DraftLink,
    Evidence,
    Identity,
    Json,
    Kind,
    LinkKind,
    Refused,
    epoch_s,
    instant,
    pick,
)

ACCOUNT = "foursquare"
MOST_COMPANIONS = 20
_LONGEST_ID = 64
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class CheckIn:
    """What is kept of a check-in. `at` is in whole seconds since 1970, `companions` are ids of accounts.

    No position, text, photo, score, like, sticker or mayorship: none of them is read.
    """

    id: str
    at: int
    venue: str | None
    name: str | None
    category: str | None
    companions: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it lies in a payload."""
        return {
            "id": self.id, "at": self.at, "venue": self.venue, "name": self.name, "category": self.category,
            "companions": list(self.companions),
        }  # fmt: skip


def from_json(value: Json) -> CheckIn:
    """The check-in of a payload of ours."""
    return CheckIn(**{**value, "companions": tuple(value["companions"])})


def read_check_in(value: Json) -> CheckIn:
    """The check-in in an object of the API, of a push or of an export; `Refused` names the field that is wrong."""
    if pick(value, "type", str, "checkin") != "checkin":
        raise Refused("type is not checkin")
    venue = pick(value, "venue", dict, None) or {}
    return CheckIn(
        read_id(value, "id"),
        _second(value),
        read_id(venue, "id") if venue else None,
        _plain(pick(venue, "name", str, None)),
        _category(venue),
        tuple(read_id(one, "id") for one in pick(value, "with", list, [])[:MOST_COMPANIONS]),
    )


def read_id(value: Json, path: str) -> str:
    """An id of Foursquare's: up to 64 letters, digits, dashes and underscores."""
    text: str = pick(value, path, str)
    if not (1 <= len(text) <= _LONGEST_ID and text.isascii() and text.replace("-", "").replace("_", "").isalnum()):
        raise Refused(f"{path} is not an id")
    return text


def _second(value: Json) -> int:
    """The API and older exports write seconds, newer exports a text in UTC with digits behind the second."""
    if isinstance(value, dict) and isinstance(value.get("createdAt"), str):
        second = int(instant(value["createdAt"] + "+00:00").timestamp())
    else:
        second = pick(value, "createdAt", int)
    return int(epoch_s(second).timestamp())


def _category(venue: Json) -> str | None:
    """The primary category, else the first."""
    categories = pick(venue, "categories", list, [])
    primary = [one for one in categories if pick(one, "primary", bool, False)]
    return _plain(pick((primary or categories)[0], "name", str, None)) if categories else None


def _plain(text: str | None) -> str | None:
    return "".join(letter for letter in text or "" if letter.isprintable())[:_LONGEST_TEXT].strip() or None


def key_of(check_in: str) -> str:
    """The key of a check-in's fact, whatever told of it."""
    return f"checkin/{check_in}"


def fact(
    check_in: CheckIn,
    identities: Sequence[Identity],
    houses: Mapping[str, str],
    evidence: Evidence,
    *,
    companions: bool = False,
) -> Draft:
    """The fact that a check-in is; at a venue of `houses` it belongs to that property, elsewhere to none."""
    together = check_in.companions if companions else ()
    return Draft(
        Kind.CHECK_IN,
        key_of(check_in.id),
        tuple(identities),
        houses.get(check_in.venue or ""),
        epoch_s(check_in.at),
        evidence=evidence,
        category=check_in.category,
        place_id=check_in.venue,
        place_name=check_in.name,
        links=tuple(DraftLink(LinkKind.FRIEND, Identity(ACCOUNT, one)) for one in together),
    )
