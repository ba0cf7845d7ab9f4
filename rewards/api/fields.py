"""Fields that take what they say and nothing near it.

The library's own are lenient: 1.9 becomes 1, "yes" becomes true, NUL passes. These are strict, bounded and normalised.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

MAX_INTEGER = 2**53


class StrictSchema(Schema):
    """A schema that refuses fields it does not know."""

    class Meta:
        """marshmallow's settings."""

        unknown = RAISE
        ordered = True


class Text(fields.String):
    """Text of `low` to `high` characters (default 1 to 200), normalised to NFC, without control characters."""

    def __init__(self, *, low: int = 1, high: int = 200, **options: Any) -> None:
        super().__init__(validate=validate.Length(min=low, max=high), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError(f"{value!r} is not a text.")
        if any(ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF for letter in value):
            raise ValidationError("It holds a control character.")
        return unicodedata.normalize("NFC", value)


class Whole(fields.Integer):
    """An integer from `low` to `high` (default ±2^53); 1.0, "1" and true are refused."""

    def __init__(self, *, low: int = -MAX_INTEGER, high: int = MAX_INTEGER, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=low, max=high), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(f"{value!r} is not a whole number.")
        return value


class Degrees(fields.Float):
    """A finite number from `low` to `high`."""

    def __init__(self, *, low: float, high: float, **options: Any) -> None:
        super().__init__(validate=validate.Range(min=low, max=high), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError(f"{value!r} is not a number.")
        return float(value)


class YesNo(fields.Boolean):
    """true or false, nothing that resembles them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError(f"{value!r} is neither true nor false.")
        return value


class Day(fields.Date):
    """A hotel day, `2026-11-22`."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> date:
        if not isinstance(value, str) or len(value) != 10:
            raise ValidationError(f"{value!r} is not a date. Write 2026-11-22.")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError(f"{value!r} is not a date. Write 2026-11-22.") from None


class Instant(fields.AwareDateTime):
    """An instant with a zone, RFC 3339."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, str) or len(value) > 40:
            raise ValidationError(f"{value!r} is not an instant. Write 2026-11-22T14:03:11Z.")
        return super()._deserialize(value, attr, data, **options)


class Attributes(fields.Dict):
    """Up to 32 named values: texts, whole numbers, true or false."""

    def __init__(self, **options: Any) -> None:
        super().__init__(keys=fields.String(), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> Any:
        if not isinstance(value, dict) or len(value) > 32:
            raise ValidationError("It is not an object of at most 32 values.")
        for name, item in value.items():
            if not isinstance(item, (str, int)) or (isinstance(item, str) and len(item) > 200):
                raise ValidationError(f"{name[:40]}: {item!r:.60} is not a short text, a whole number, true or false.")
        return value
