"""Values as columns hold them, and back: instants as microseconds, days as ordinals, small structures as JSON."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from rewards.clock import from_us, to_us

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def us(at: datetime | None) -> int | None:
    """Microseconds since 1970 UTC of an aware instant, None for None."""
    return None if at is None else to_us(at)


def maybe_instant(value: int | None) -> datetime | None:
    """The instant, None for None."""
    return None if value is None else from_us(value)


def ordinal(day: date | None) -> int | None:
    """The proleptic ordinal of a day, None for None."""
    return None if day is None else day.toordinal()


def maybe_day(value: int | None) -> date | None:
    """The day of an ordinal, None for None."""
    return None if value is None else date.fromordinal(value)


def flag(value: bool | None) -> int | None:
    """1, 0 or None."""
    return None if value is None else int(value)


def maybe_flag(value: int | None) -> bool | None:
    """True, False or None."""
    return None if value is None else bool(value)


def to_json(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces."""
    return _encode(value)


def from_json(text: str) -> Any:
    """What a JSON text says."""
    return json.loads(text)


def attributes_json(attributes: dict[str, str | int | bool]) -> str:
    """Declared values as JSON; the common empty case costs nothing."""
    return _encode(attributes) if attributes else "{}"


def attributes_of(text: str | None) -> dict[str, str | int | bool]:
    """Declared values of their JSON."""
    if text is None or text == "{}":
        return {}
    found: dict[str, str | int | bool] = json.loads(text)
    return found
