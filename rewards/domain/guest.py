"""A guest: a person, with any number of identities."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """One name that a system has for a guest, written `kind:value` (`email:ana@example.org`, `card:00412`).

    Only a `verified` identity unites two records by itself. `shared` marks relay, agency and shared addresses, which
    never do.
    """

    kind: str
    value: str
    verified: bool = False
    shared: bool = False

    def text(self) -> str:
        """The identity as calls write it."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Guest:
    """A person.

    `enrolled_at` is when they joined the programme, None when they never did; `birthday` a date or None;
    `language` `en` or `nl`; `merged_into` the id of the guest that this record was united with, or None.
    `attributes` are the declared guest facts, by name; values are text, integers or booleans.
    """

    id: str
    created_at: datetime
    first_name: str | None = None
    language: str = "en"
    enrolled_at: datetime | None = None
    birthday: date | None = None
    country: str | None = None
    merged_into: str | None = None
    attributes: dict[str, str | int | bool] = field(default_factory=dict)
