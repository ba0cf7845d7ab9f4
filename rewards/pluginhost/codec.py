"""Payloads and states as JSON texts, and back: the same value again, numbers exact."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec

from rewards.sdk.messages import Json, Refused
from rewards.sdk.reading import check_json

_ENCODER = msgspec.json.Encoder(decimal_format="number", order="sorted")


def dump(value: Json, limit: int | None = None) -> str:
    """The canonical text of a value. `Refused` for a float, a foreign object, or a text over `limit` bytes."""
    check_json(value)
    encoded = _ENCODER.encode(value)
    if limit is not None and len(encoded) > limit:
        raise Refused(f"it is {len(encoded)} bytes; at most {limit} are kept")
    return encoded.decode()


def load(text: str | None) -> Json:
    """The value of a text, None for None; numbers that are not integers as `Decimal`."""
    return None if text is None else json.loads(text, parse_float=Decimal)
