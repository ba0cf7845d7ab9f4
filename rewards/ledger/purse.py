"""What a guest can pay with: how much of each perk can be used now, and from where it is taken first.

A purse reads; it writes nothing. Under the guest's lock what it plans is there to be taken, so a preview and a commit
plan alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rewards.clock import to_us
from rewards.decisions.resolve import Paid, Refusal, not_enough
from rewards.decisions.takings import Taking
from rewards.domain.grant import GrantState
from rewards.domain.perk import PerkKind
from rewards.ledger import points
from rewards.ledger.ports import GrantRow, Store
from rewards.rulelang.nodes import Short


class Purse(Protocol):
    """What a taker pays with."""

    def pay(self, taking: Taking) -> Paid | Refusal:
        """Plan a take, less what was planned before."""
        ...

    def put_back(self, paid: Paid) -> None:
        """Undo a plan."""
        ...


@dataclass(slots=True)
class Source:
    """A grant or a lot, and how much of it can still be taken."""

    id: str
    left: int


class Planned:
    """A purse over sources that are found once for each perk; of itself it is empty."""

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], list[Source]] = {}

    def found(self, taking: Taking) -> list[Source]:
        """Where a perk can be taken from, the first to lapse first."""
        return []

    def bound(self) -> int | None:
        """The most points that may be taken in all, None for no bound but what there is."""
        return None

    def pay(self, taking: Taking) -> Paid | Refusal:
        """Plan a take, less what was planned before."""
        key = (taking.perk.code, taking.currency)
        if key not in self._sources:
            self._sources[key] = self.found(taking)
        there = sum(source.left for source in self._sources[key])
        if taking.perk.kind is PerkKind.POINTS:
            bound = self.bound()
            there = there if bound is None else min(there, bound)
        if there < taking.quantity and taking.short is Short.REFUSE:
            return not_enough(taking, there)
        parts = self._take(self._sources[key], min(there, taking.quantity))
        owed = taking.quantity - min(there, taking.quantity) if taking.short is Short.DEBT else 0
        return Paid(taking, parts, owed)

    def _take(self, sources: Sequence[Source], amount: int) -> tuple[tuple[str, int], ...]:
        parts = []
        for source in sources:
            part = min(source.left, amount)
            if part:
                source.left -= part
                amount -= part
                parts.append((source.id, part))
        return tuple(parts)

    def put_back(self, paid: Paid) -> None:
        """Undo a plan."""
        sources = self._sources[paid.taking.perk.code, paid.taking.currency]
        back = dict(paid.parts)
        for source in sources:
            source.left += back.get(source.id, 0)


class GuestPurse(Planned):
    """The purse of a guest over all of their records, at an instant."""

    def __init__(self, store: Store, guest: str, at: datetime) -> None:
        super().__init__()
        self._store = store
        self._guest = guest
        self._at = at
        self._records: tuple[str, ...] | None = None
        self._net: int | None = None

    def found(self, taking: Taking) -> list[Source]:
        """Where a perk can be taken from, the first to lapse first."""
        if taking.perk.kind is PerkKind.POINTS:
            lots = points.lapsing(self._store, self._all(), self._at)
            return [Source(lot.id, lot.left) for lot in lots if lot.perk == taking.perk.code]
        rows = self._store.grants.of_guest(self._all(), states=(GrantState.GRANTED,))
        usable = [row for row in rows if _usable(row, taking, self._at)]
        return [Source(row.grant.id, row.grant.quantity - row.used) for row in sorted(usable, key=_first)]

    def bound(self) -> int:
        """What the guest has in all, less what is owed."""
        if self._net is None:
            self._net = points.balance_of(self._store, self._all(), self._at)[0]
        return self._net

    def pay(self, taking: Taking) -> Paid | Refusal:
        """Plan a take; points of any kind that were planned before leave less to be had."""
        paid = super().pay(taking)
        if isinstance(paid, Paid) and taking.perk.kind is PerkKind.POINTS:
            self._net = self.bound() - sum(amount for _, amount in paid.parts)
        return paid

    def put_back(self, paid: Paid) -> None:
        """Undo a plan."""
        super().put_back(paid)
        if paid.taking.perk.kind is PerkKind.POINTS:
            self._net = self.bound() + sum(amount for _, amount in paid.parts)

    def _all(self) -> tuple[str, ...]:
        if self._records is None:
            self._records = self._store.guests.records(self._guest)
        return self._records


def _usable(row: GrantRow, taking: Taking, at: datetime) -> bool:
    grant = row.grant
    fits = grant.perk == taking.perk.code and (not taking.currency or grant.currency == taking.currency)
    return fits and to_us(grant.valid_from) <= to_us(at) < to_us(grant.valid_until)


def _first(row: GrantRow) -> tuple[datetime, datetime, str]:
    return row.grant.valid_until, row.grant.granted_at, row.grant.id
