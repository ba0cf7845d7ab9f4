"""Links: that two guests belong together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LinkKind(StrEnum):
    """How two guests belong together. The list is closed, so that a rule can only name what a source can state."""

    FRIEND = "friend"
    TRAVELS_WITH = "travels_with"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a guest with another, as seen by the one; it is the same seen by the other.

    `guest` is the id of the other. `linked_at` is when it was recorded, `source` where it came from, `linked_by` who
    recorded it: the id of an API key, a user of the command line, or the source again.
    """

    guest: str
    kind: LinkKind
    linked_at: datetime
    source: str
    linked_by: str
