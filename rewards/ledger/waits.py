"""What waits until it can be had: what the use cases ask of storage about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class WaitState(StrEnum):
    """Where a wait stands. `held`: it begins when its hold is confirmed. The last three are for good."""

    HELD = "held"
    WAITING = "waiting"
    HAD = "had"
    ENDED = "ended"
    CANCELLED = "cancelled"


OPEN = (WaitState.HELD, WaitState.WAITING)


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A perk that a decision promised to try for.

    `guest` is the record that was asked about, `outcome` the place of what the rule gives. Instants in microseconds
    since 1970 UTC: it is tried from `first_us` on, next at `next_us` (of a hold: when that lapses), never at `end_us`
    or later. `tries` counts, `reason` says why the last one failed. `grant` is what came of it.
    """

    id: str
    guest: str
    decision: str
    property: str
    subject: str
    moment: str
    reservation: str | None
    rule: str
    perk: str
    outcome: int
    hourly: bool
    first_us: int
    next_us: int
    end_us: int
    state: WaitState
    created_us: int
    tries: int = 0
    reason: str | None = None
    grant: str | None = None
    over_us: int | None = None


class Waits(Protocol):
    """What waits."""

    def add(self, rows: Sequence[WaitRow]) -> None:
        """New ones; of one decision, rule and outcome there is one for ever."""
        ...

    def get(self, wait_id: str) -> WaitRow | None:
        """One by its id."""
        ...

    def of_guest(self, records: Sequence[str]) -> list[WaitRow]:
        """All of a guest, newest first."""
        ...

    def of_question(self, records: Sequence[str], property_code: str, subject: str, moment: str) -> list[WaitRow]:
        """All of one question, in order."""
        ...

    def of_decision(self, decision: str) -> list[WaitRow]:
        """All of one decision, in order."""
        ...

    def due(self, now_us: int, limit: int) -> list[WaitRow]:
        """Those at which something is to be done by now, the longest due first."""
        ...

    def page(self, after: str, limit: int, property_code: str | None) -> list[WaitRow]:
        """Those that wait, by id after `after`, of a property or of all."""
        ...

    def move(self, row: WaitRow, expected: Sequence[WaitState]) -> bool:
        """Write where it stands (`state`, `next_us`, `tries`, `reason`, `grant`, `over_us`); False, and nothing
        changed, where it stands in none of the expected states any more."""
        ...
