"""Settings of a connection: what people give is checked field by field, kept, and read back as a source wants it.

What is kept is JSON by field name; a secret is kept as a list of `{"value", "until"}`, the newest first, where `until`
(microseconds since 1970) is when a replaced one stops being accepted. A value `env:NAME` is looked up when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from rewards.clock import US_PER_HOUR
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.sdk.fields import Field, FieldKind, Secret, Values
from rewards.settings import variable

MAX_TEXT = 500
MAX_SECRET = 4_096
MAX_MAPPING = 500
ENVIRONMENT = "env:"
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def checked(
    fields: Iterable[Field],
    given: Mapping[str, Any],
    kept: Mapping[str, Any],
    *,
    properties: Iterable[str],
    now_us: int,
    keep_old_hours: int = 0,
) -> dict[str, Any]:
    """What is to be kept when `given` is set over `kept`; None takes a value away.

    Texts are read as the command line writes them (`true`, `bar:harbour,spa:seaside`). `properties` are the codes that
    a mapping may lead to. Errors: `field_invalid` naming the field and never a secret's value.
    """
    known = {one.name: one for one in fields}
    after = {name: value for name, value in kept.items() if name in known}
    for name, value in given.items():
        if name not in known:
            raise _wrong(name[:60], "There is no such setting.", f"There are {', '.join(known) or 'none'}.")
        if value is None:
            after.pop(name, None)
        elif known[name].kind is FieldKind.SECRET:
            after[name] = _secret(known[name], value, after.get(name, []), now_us, keep_old_hours)
        else:
            after[name] = _READ[known[name].kind](known[name], value, frozenset(properties))
    return after


def missing(fields: Iterable[Field], kept: Mapping[str, Any]) -> list[str]:
    """Names of required fields that have neither a value nor a default."""
    return [one.name for one in fields if one.required and one.default is None and one.name not in kept]


def values_of(fields: Iterable[Field], kept: Mapping[str, Any], now_us: int) -> Values:
    """The values as a source reads them; `field_invalid` where the environment lacks a variable."""
    return Values({one.name: _value(one, kept.get(one.name), now_us) for one in fields})


def shown(fields: Iterable[Field], kept: Mapping[str, Any]) -> dict[str, Any]:
    """The values as people may see them: of a secret only whether it is set, or which variable it comes from."""
    found: dict[str, Any] = {}
    for one in fields:
        value = kept.get(one.name, one.default)
        if one.kind is FieldKind.SECRET and value:
            newest = str(value[0]["value"])
            value = newest if newest.startswith(ENVIRONMENT) else "•••"
        found[one.name] = value
    return found


def _value(one: Field, kept: Any, now_us: int) -> Any:
    if one.kind is FieldKind.SECRET:
        live = [part for part in kept or [] if part["until"] is None or part["until"] > now_us]
        return tuple(Secret(_looked_up(one.name, part["value"])) for part in live)
    value = one.default if kept is None else kept
    if one.kind is FieldKind.DURATION and value is not None:
        return value if isinstance(value, timedelta) else timedelta(seconds=value)
    return value


def _looked_up(name: str, value: str) -> str:
    if not value.startswith(ENVIRONMENT):
        return value
    named = value.removeprefix(ENVIRONMENT)
    found = variable(named)
    if not found:
        raise _wrong(name, f"The environment has no variable {named}.", "Set it, and start the engine anew.")
    return found


def _wrong(name: str, message: str, hint: str) -> RewardsError:
    return RewardsError(FIELD_INVALID, message, hint=hint, field=f"settings.{name}")


def _text(one: Field, value: Any, properties: frozenset[str]) -> str:
    if not isinstance(value, str) or not value or len(value) > MAX_TEXT or not value.isprintable():
        raise _wrong(one.name, "It is not a line of text.", f"1 to {MAX_TEXT} characters.")
    return value


def _secret(one: Field, value: Any, kept: list[dict[str, Any]], now_us: int, keep_old_hours: int) -> list[Any]:
    if not isinstance(value, str) or not value or len(value) > MAX_SECRET or not value.isprintable():
        raise _wrong(one.name, "It is not a secret.", f"A text of 1 to {MAX_SECRET} characters, or env:NAME.")
    until = now_us + keep_old_hours * US_PER_HOUR
    old = [{"value": part["value"], "until": until} for part in kept[:1] if part["value"] != value]
    return [{"value": value, "until": None}, *(old if keep_old_hours else [])]


def _number(one: Field, value: Any, properties: frozenset[str]) -> int:
    number = int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else value
    if isinstance(number, bool) or not isinstance(number, int) or not one.low <= number <= one.high:
        raise _wrong(one.name, "It is not a number in range.", f"A whole number from {one.low} to {one.high}.")
    return number


def _flag(one: Field, value: Any, properties: frozenset[str]) -> bool:
    flag = FLAGS.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(flag, bool):
        raise _wrong(one.name, "It is neither true nor false.", "Write true or false.")
    return flag


def _choice(one: Field, value: Any, properties: frozenset[str]) -> str:
    if value not in one.choices:
        raise _wrong(one.name, "It is none of the choices.", f"One of {', '.join(one.choices)}.")
    return str(value)


def _mapping(one: Field, value: Any, properties: frozenset[str]) -> dict[str, str]:
    pairs = _pairs(one, value) if isinstance(value, str) else value
    if not isinstance(pairs, dict) or len(pairs) > MAX_MAPPING:
        raise _wrong(one.name, "It is not a mapping.", "Write theirs:ours,theirs:ours.")
    for theirs, ours in pairs.items():
        if not isinstance(theirs, str) or not isinstance(ours, str) or not theirs or not ours:
            raise _wrong(one.name, "A name in it is empty or no text.", "Write theirs:ours,theirs:ours.")
        if one.to == "property" and ours not in properties:
            raise _wrong(one.name, f"“{ours[:60]}” is not a property.", f"There are {', '.join(sorted(properties))}.")
    return dict(pairs)


def _pairs(one: Field, text: str) -> dict[str, str]:
    found = {}
    for part in text.split(","):
        theirs, colon, ours = part.rpartition(":")
        if not colon:
            raise _wrong(one.name, "It is not a mapping.", "Write theirs:ours,theirs:ours.")
        found[theirs.strip()] = ours.strip()
    return found


def _url(one: Field, value: Any, properties: frozenset[str]) -> str:
    text = _text(one, value, properties)
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise _wrong(one.name, "It is not an address.", "Write https://host/path, without a user and a query.")
    return text.rstrip("/")


_READ: dict[FieldKind, Callable[[Field, Any, frozenset[str]], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DURATION: _number,
    FieldKind.FLAG: _flag,
    FieldKind.CHOICE: _choice,
    FieldKind.MAPPING: _mapping,
    FieldKind.URL: _url,
}
