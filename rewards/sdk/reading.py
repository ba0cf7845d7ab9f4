"""Reads what other systems write, strictly: JSON, fields by path, instants, amounts. What is wrong is `Refused`."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from rewards import clock
from rewards.domain.property import Property
from rewards.errors import RewardsError
from rewards.money import parse_decimal
from rewards.sdk.messages import Json, Refused

MAX_DEPTH = 32
_MISSING = object()
_NAMES = {
    str: "a text",
    int: "an integer",
    Decimal: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_S = 253_402_300_799


def read_json(body: bytes) -> Json:
    """The value of a JSON body; numbers that are not integers become `Decimal`.

    `Refused` for what is not UTF-8 or not JSON, for a key that stands twice in an object, NaN and Infinity, nesting
    over 32 levels, and texts with a NUL or half a character, which no database keeps.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_decimal
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, ValueError):
        raise Refused("the body is not JSON that can be read") from None
    check_json(value)
    return value


def check_json(value: Json, depth: int = MAX_DEPTH) -> None:
    """`Refused` where a value cannot be kept: nested too deep, NUL or half a character, a float, an object of ours."""
    if depth < 0:
        raise Refused(f"the body is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for name, item in value.items():
            check_json(name, depth)
            check_json(item, depth - 1)
    elif isinstance(value, list | tuple):
        for item in value:
            check_json(item, depth - 1)
    elif value is not None and not isinstance(value, int | Decimal):
        raise Refused(f"a {type(value).__name__} is no JSON value that is kept; numbers are int or Decimal")
    elif isinstance(value, Decimal) and not value.is_finite():
        raise Refused("a number is not finite")


def _check_text(text: str) -> None:
    if "\x00" in text or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text if letter > "\ud7ff"):
        raise Refused("a text holds a NUL or half a character")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("a key stands twice in one object")
    return found


def _no_constant(word: str) -> NoReturn:
    raise Refused(f"{word} is not a JSON number")


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if abs(value.adjusted()) > 30 or len(text) > 60:
        raise Refused("a number is out of every range")
    return value


def pick(value: Json, path: str, kind: type, default: Any = _MISSING) -> Any:
    """The field at a dotted path, of a type: `str`, `int`, `Decimal` (an integer counts), `bool`, `dict` or `list`.

    A step that is a number picks from a list. Missing or null: `default` where one is given, else `Refused`. Of
    another type: always `Refused`, naming the path and never the value.
    """
    found = value
    for step in path.split("."):
        found = _step(found, step)
    if found is None or found is _MISSING:
        if default is _MISSING:
            raise Refused(f"{path} is missing")
        return default
    if kind is Decimal and isinstance(found, int) and not isinstance(found, bool):
        return Decimal(found)
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise Refused(f"{path} is not {_NAMES[kind]}")
    return found


def _step(value: Json, step: str) -> Json:
    if isinstance(value, dict):
        return value.get(step, _MISSING)
    if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return _MISSING


def instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """The aware UTC instant of an ISO 8601 text; one without an offset is read in `zone`, without `zone` refused."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        if at.tzinfo is None:
            raise Refused("a time has no time zone")
        return at.astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        raise Refused("a time cannot be read") from None


def epoch_s(value: int | Decimal | str) -> datetime:
    """The instant of so many seconds since 1970, as a number or a text, to the microsecond."""
    try:
        number = Decimal(value)
        if not 0 <= number <= _LAST_S:
            raise Refused("a time lies outside every range")
        return _EPOCH + timedelta(microseconds=int(number * 1_000_000))
    except (InvalidOperation, ValueError, TypeError):
        raise Refused("a time cannot be read") from None


def epoch_ms(value: int | Decimal | str) -> datetime:
    """The instant of so many milliseconds since 1970."""
    try:
        return epoch_s(Decimal(value) / 1_000)
    except (InvalidOperation, ValueError, TypeError):
        raise Refused("a time cannot be read") from None


def hotel_day(at: datetime, house: Property) -> date:
    """The hotel day of a house on which an aware instant lies."""
    return clock.hotel_day(clock.to_us(at), house.zone_info(), house.rollover_hour)


def minor_units(amount: Decimal | int | str, currency: str) -> int:
    """An amount in major units as integer minor units of a currency; `Refused` for more digits than it has."""
    try:
        return parse_decimal(str(amount), currency).minor
    except RewardsError as error:
        raise Refused(error.message) from None
