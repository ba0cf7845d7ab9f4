"""What a source wants to be told by the hotel: typed fields with labels, and their values once they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, NoReturn


class FieldKind(StrEnum):
    """What a field holds, and how its value is written in calls and on the command line."""

    TEXT = "text"
    """One line of text, 1 to 500 characters."""
    SECRET = "secret"  # noqa: S105 - the word is the kind's name
    """A text that is never shown again, or `env:NAME` for the environment's variable of that name."""
    NUMBER = "number"
    """An integer between `low` and `high`."""
    FLAG = "flag"
    """`true` or `false`."""
    CHOICE = "choice"
    """One of `choices`."""
    MAPPING = "mapping"
    """From ids of the other system to codes of properties (or to any text, where `to` is "text")."""
    DURATION = "duration"
    """Seconds between `low` and `high`."""
    URL = "url"
    """An https address; its host may be talked to like those in `plugin.toml`."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of a source.

    `name` in lower case with underscores. `label` and `help` have a text each for `en` and `nl`. Without a `default` a
    `required` field must be given before the connection can be turned on. `low` and `high` bound a number (or the
    seconds of a duration), `choices` are a choice's words, `to` says what a mapping leads to: "property" or "text".
    """

    name: str
    kind: FieldKind
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 2**31
    to: str = "property"


class Secret:
    """A secret text. Printing, formatting or comparing it shows and tells nothing; `reveal()` is where it is needed."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for a comparison in constant time, a signature, or a header that is sent."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secrets are compared by rewards.sdk.same(), in constant time")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not copied into a file or a queue")


class Values:
    """The checked values of a connection's settings, by name and of the field's own type.

    An optional field that was not given reads as its default, else as "", 0, False, {}, no secret. A name that is no
    field raises KeyError: a mistake of the source.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def text(self, name: str) -> str:
        """The value of a text, choice or url."""
        return str(self._values[name] or "")

    def number(self, name: str) -> int:
        """The value of a number."""
        return int(self._values[name] or 0)

    def flag(self, name: str) -> bool:
        """The value of a flag."""
        return bool(self._values[name])

    def mapping(self, name: str) -> Mapping[str, str]:
        """The value of a mapping: ids of the other system to codes of ours."""
        return dict(self._values[name] or {})

    def duration(self, name: str) -> timedelta:
        """The value of a duration."""
        value = self._values[name]
        return value if isinstance(value, timedelta) else timedelta(seconds=int(value or 0))

    def secrets(self, name: str) -> tuple[Secret, ...]:
        """Every secret that is accepted now: the newest, then one that is being replaced. None given: empty."""
        value = self._values[name]
        return tuple(value) if value else ()

    def secret(self, name: str) -> Secret:
        """The newest secret: for what we send ourselves. None given: a Secret of the empty text."""
        return next(iter(self.secrets(name)), Secret(""))

    def __repr__(self) -> str:
        return f"Values({', '.join(sorted(self._values))})"
