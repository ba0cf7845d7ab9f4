"""What Foursquare pushes: a form whose fields are JSON texts with the app's secret beside them, or JSON with the same.

It is neither signed nor dated, so it only says where to look.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from rewards.sdk import Json, RawMessage, Refused, Secret, check_secret, pick, read_json

from .checkins import CheckIn, read_check_in, read_id

MOST_FIELDS = 20


def check(message: RawMessage, secrets: Sequence[Secret]) -> None:
    """`Refused` unless the push holds the app's push secret."""
    check_secret(pick(fields_of(message), "secret", str, ""), secrets)


def read(message: RawMessage) -> tuple[CheckIn, str] | None:
    """The check-in and whose it is; None for what is none (a like, a tip, a photo)."""
    fields = fields_of(message)
    found = _value(fields, "checkin")
    if found is None:
        return None
    said = read_check_in(found)
    user = _value(fields, "user") or pick(found, "user", dict)
    return said, read_id(user, "id")


def fields_of(message: RawMessage) -> dict[str, Json]:
    """The fields of a push, as a form or as a JSON object; `Refused` for anything else and for a field given twice."""
    if message.body.lstrip()[:1] == b"{":
        value = read_json(message.body)
        return value if isinstance(value, dict) else {}
    try:
        pairs = parse_qsl(
            message.body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        raise Refused("the body is no form that can be read") from None
    fields: dict[str, Json] = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused("a field is given twice")
    return fields


def _value(fields: dict[str, Json], name: str) -> Json:
    """An object, or the JSON text of one; None where it is missing."""
    value = fields.get(name)
    read = read_json(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) and value else value
    if read is not None and not isinstance(read, dict):
        raise Refused(f"{name} is not an object")
    return read
