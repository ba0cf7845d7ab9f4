"""Lots of points: what the use cases ask of storage about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that came with one grant.

    `id` is the grant's, `guest` the record that was given them. Of `earned` points `left` can be spent until
    `expires_us` (not included), `lapsed` did so unspent; the rest was spent, taken back, or paid a debt when it came.
    `spent_us` is when the guest last spent from it. Instants in microseconds since 1970 UTC. `perk` says what points
    they are, "" where nobody knows.
    """

    id: str
    guest: str
    earned: int
    left: int
    lapsed: int
    earned_us: int
    expires_us: int
    spent_us: int | None = None
    perk: str = ""


class Lots(Protocol):
    """Lots of points."""

    def add(self, lot: Lot) -> None:
        """A new lot."""
        ...

    def get(self, lot_id: str) -> Lot | None:
        """A lot by the id of the grant that it came with."""
        ...

    def open_of(self, records: Sequence[str]) -> list[Lot]:
        """Lots of these guest records with points left, the first to lapse first."""
        ...

    def take(self, lot_id: str, amount: int, spent_us: int | None = None) -> bool:
        """Take from a lot; False, and nothing changed, where less is left. `spent_us`: the guest spent it then."""
        ...

    def put_back(self, lot_id: str, amount: int) -> bool:
        """Put back what was taken of a lot; False where there is no such lot, or it would hold more than came."""
        ...

    def lapse(self, lot_id: str, until_us: int) -> bool:
        """Let what is left of a lot that ends by `until_us` lapse; False where nothing is left or it ends later."""
        ...

    def move_end(self, lot_id: str, until_us: int) -> None:
        """Let a lot, where there is one, end at another instant."""
        ...

    def of_perk(self, perk: str, after: str, limit: int) -> list[str]:
        """Guest records with points left of a perk, by id after `after`."""
        ...

    def last_spent_us(self, records: Sequence[str]) -> int | None:
        """When these guest records last spent points, None for never."""
        ...

    def due(self, now_us: int, limit: int) -> list[Lot]:
        """Lots that are over and have points left, the longest over first."""
        ...
