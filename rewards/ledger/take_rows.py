"""What rules took from guests: the record of it, and what the use cases ask of storage about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rewards.ledger.entries import Entry


class TakeState(StrEnum):
    """Where a take stands."""

    HELD = "held"  # taken for a hold: goes back unless the hold is confirmed
    TAKEN = "taken"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one grant, or points of the lot that came with one: what was taken there, and is missing there since."""

    source: str
    quantity: int


@dataclass(frozen=True, slots=True)
class TakeRow:
    """One thing that a rule took in a decision.

    Of what was asked `parts` were there and `owed` points became a debt (what is given back of a debt that was paid
    since can be spent until `owed_until_us`). `points` tells points from units of grants. `day` is the hotel day (a
    proleptic ordinal). `claims` are the limits of a rule that gives nothing, which has no grant to carry them.
    """

    id: str
    decision: str
    guest: str
    property: str
    rule: str
    perk: str
    points: bool
    asked: int
    parts: tuple[Part, ...]
    owed: int
    owed_until_us: int
    at: datetime
    day: int
    state: TakeState
    reservation: str | None = None
    claims: tuple[Entry, ...] = ()
    hold_expires_at: datetime | None = None


def total(row: TakeRow) -> int:
    """What was taken, what is owed included."""
    return sum(part.quantity for part in row.parts) + row.owed


STANDING = (TakeState.HELD, TakeState.TAKEN)
"""What was taken and not given back."""


class Takes(Protocol):
    """What rules took."""

    def add(self, row: TakeRow) -> None:
        """Record what was taken."""
        ...

    def get(self, take_id: str) -> TakeRow | None:
        """A take."""
        ...

    def of_decision(self, decision_id: str) -> list[TakeRow]:
        """What a decision took, in order."""
        ...

    def of_guest(self, guest_records: Sequence[str]) -> list[TakeRow]:
        """What was taken from a guest and not given back, newest first."""
        ...

    def move(self, take_id: str, expected: Sequence[TakeState], to: TakeState, at: datetime) -> bool:
        """Move to a state; False, and nothing changed, when the state was not expected."""
        ...

    def due(self, at: datetime, limit: int) -> list[TakeRow]:
        """What was taken for holds that are past their end, oldest first."""
        ...
