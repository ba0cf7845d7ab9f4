"""Fields that take what they say and nothing near it.

The library's own are lenient: 1.9 becomes 1, "yes" becomes true, NUL passes, and a list is read to its end before
anybody asks how long it is. These are strict, bounded and normalised.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

MAX_INTEGER = 2**53
MAX_ATTRIBUTES = 32
MAX_NAME = 60
MAX_VALUE = 200
_SHOWN = 60


class StrictSchema(Schema):
    """A schema that refuses fields it does not know."""

    class Meta:
        """marshmallow's settings."""

        unknown = RAISE


def shown(value: Any) -> str:
    """A value as a message quotes it, cut short."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def has_control(text: str) -> bool:
    """Whether a text holds a control character or half of a character."""
    return not text.isprintable() and any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in text)


class Text(fields.String):
    """Text of `low` to `high` characters (default 1 to 200), normalised to NFC, without control characters."""

    def __init__(self, *, low: int = 1, high: int = 200, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=low, max=high), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(f"{shown(value)} is not a text.")
        if has_control(value):
            raise ValidationError("It holds a control character.")
        return unicodedata.normalize("NFC", value)


class Code(Text):
    """Text of a fixed form: `pattern` is a regular expression for all of it, `form` says it in words."""

    def __init__(self, pattern: str, form: str, *, high: int, **options: Any) -> None:
        super().__init__(high=high, **options)
        self.pattern = pattern
        self.validators = [*self.validators, validate.Regexp(rf"^{pattern}\Z", error=f"Write {form}.")]


class Country(Code):
    """A country of ISO 3166, two capitals."""

    def __init__(self, **options: Any) -> None:
        super().__init__("[A-Z]{2}", "two capitals, such as NL", high=2, **options)


class Currency(Code):
    """A currency of ISO 4217, three capitals."""

    def __init__(self, **options: Any) -> None:
        super().__init__("[A-Z]{3}", "three capitals, such as EUR", high=3, **options)


class Choice(fields.String):
    """One of a few words."""

    def __init__(self, words: tuple[str, ...], **options: Any) -> None:
        super().__init__(validate=validate.OneOf(words), **options)


class Whole(fields.Integer):
    """An integer from `low` to `high` (default ±2^53); 1.0, "1" and true are refused."""

    def __init__(self, *, low: int = -MAX_INTEGER, high: int = MAX_INTEGER, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=low, max=high), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(f"{shown(value)} is not a whole number.")
        return value


class Degrees(fields.Float):
    """A finite number from `low` to `high`."""

    def __init__(self, *, low: float, high: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(min=low, max=high), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > MAX_INTEGER:
            raise ValidationError(f"{shown(value)} is not a number of degrees.")
        return float(value)


class YesNo(fields.Boolean):
    """true or false, nothing that resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(f"{shown(value)} is neither true nor false.")
        return value


class Day(fields.Date):
    """A hotel day, `2026-11-22`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> date:
        if not isinstance(value, str) or len(value) != 10:
            raise ValidationError(f"{shown(value)} is not a date. Write 2026-11-22.")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError(f"{shown(value)} is not a date. Write 2026-11-22.") from None


class Instant(fields.AwareDateTime):
    """An instant with a zone, RFC 3339."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or len(value) > 40:
            raise ValidationError(f"{shown(value)} is not an instant. Write 2026-11-22T14:03:11Z.")
        return super()._deserialize(value, attr, data, **options)


class Items(fields.List[Any]):
    """A list of `low` to `high` items, counted before any is read."""

    def __init__(self, inner: Any, *, high: int, low: int = 0, **options: Any) -> None:
        super().__init__(inner, validate=validate.Length(min=low, max=high), **options)
        self._high = high

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if isinstance(value, list) and len(value) > self._high:
            raise ValidationError(f"It has {len(value)} items. Send at most {self._high}.")
        return super()._deserialize(value, attr, data, **options)


class Attributes(fields.Dict):
    """Up to 32 named values: short texts, whole numbers, true or false."""

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.String(), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, dict) or len(value) > MAX_ATTRIBUTES:
            raise ValidationError(f"It is not an object of at most {MAX_ATTRIBUTES} values.")
        for name, item in value.items():
            if not 0 < len(name) <= MAX_NAME or has_control(name):
                raise ValidationError(f"{shown(name)} is not a name of 1 to {MAX_NAME} characters.")
            if not _kept(item):
                raise ValidationError(f"{name}: {shown(item)} is not a short text, a whole number, true or false.")
        return value


def _kept(item: Any) -> bool:
    if isinstance(item, str):
        return len(item) <= MAX_VALUE and not has_control(item)
    return isinstance(item, int) and abs(item) <= MAX_INTEGER
