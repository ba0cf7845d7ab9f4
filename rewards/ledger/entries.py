"""The lines of which transactions of the ledger are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `amount` (not zero) of `unit` on `account`. Entries of one transaction sum to zero per unit."""

    account: str
    amount: int
    unit: str
