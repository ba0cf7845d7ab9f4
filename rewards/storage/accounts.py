"""Accounts and entries: the one statement that keeps every limit under any race, and the lines that explain it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from rewards.clock import to_us
from rewards.ledger.ports import Account, Entry
from rewards.storage.session import Session

_GET = "SELECT id, kind, unit, scarce, balance, funded FROM account WHERE id = ?"
_OPEN = (
    "INSERT INTO account (id, kind, unit, scarce, balance, funded) VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (id) DO NOTHING"
)
# Decided where the row is locked: what a caller read before may be old by now.
_ADD = (
    "UPDATE account SET balance = balance + ?, funded = funded + ? WHERE id = ? AND (scarce = 0 OR balance + ? >= 0) "
    "RETURNING balance"
)
_POST = "INSERT INTO entry (transaction_id, account, amount, unit, why, posted_us) VALUES (?, ?, ?, ?, ?, ?)"


class SqlAccounts:
    """Accounts and entries."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, account_id: str) -> Account | None:
        """An account, None when it was never opened."""
        return self._one(_GET, account_id)

    def held(self, account_id: str) -> Account | None:
        """An account that nobody else moves until this transaction ends, None when it was never opened."""
        return self._one(f"{_GET}{self._session.for_update}", account_id)

    def _one(self, sql: str, account_id: str) -> Account | None:
        row = self._session.one(sql, (account_id,))
        return None if row is None else Account(row[0], row[1], row[2], bool(row[3]), row[4], row[5])

    def open(self, account: Account) -> bool:
        """Open an account unless it is there; True when this call opened it."""
        values = (account.id, account.kind, account.unit, int(account.scarce), account.balance, account.funded)
        return self._session.execute(_OPEN, values) > 0

    def add(self, account_id: str, amount: int, *, funded: int = 0) -> int | None:
        """Conditionally add `amount` (may be negative) to the balance and `funded` to what was put in.

        One statement: returns the new balance, or None when a scarce account would go below zero (nothing changed).
        LookupError where the account was never opened.
        """
        row = self._session.one(_ADD, (amount, funded, account_id, amount))
        if row is not None:
            balance: int = row[0]
            return balance
        if self.get(account_id) is None:
            raise LookupError(f"the account {account_id!r} was never opened")
        return None

    def post(self, transaction_id: str, entries: Sequence[Entry], why: str, at: datetime) -> None:
        """Append entries; balances are moved by `add`. Entries that do not sum to zero per unit raise ValueError."""
        sums: Counter[str] = Counter()
        for entry in entries:
            sums[entry.unit] += entry.amount
        unbalanced = {unit: amount for unit, amount in sums.items() if amount}
        if unbalanced:
            raise ValueError(f"the entries of {transaction_id} do not sum to zero: {unbalanced}")
        posted_us = to_us(at)
        rows = [(transaction_id, entry.account, entry.amount, entry.unit, why, posted_us) for entry in entries]
        self._session.many(_POST, rows)

    def posted(self, transaction_id: str) -> bool:
        """Whether entries of a transaction are there."""
        return self._session.one("SELECT 1 FROM entry WHERE transaction_id = ? LIMIT 1", (transaction_id,)) is not None
