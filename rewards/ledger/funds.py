"""Takes from accounts: for real, or in a preview that writes nothing.

A limit's account is opened when it is first asked, with what the limit allows; an edited limit is topped up, or cut as
far as it is not used, the rest being posted as promised beyond it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rewards.ids import new_id
from rewards.ledger.accounts import counterpart, over
from rewards.ledger.ports import Account, Entry, Store


class Funds(Protocol):
    """What a taker takes from."""

    def limited(self, account: str, kind: str, unit: str, allowed: int) -> None:
        """Make sure that an account stands for a limit of `allowed`."""
        ...

    def take(self, account: str, amount: int, unit: str) -> bool:
        """Take `amount`; False, and nothing changed, when there is not enough or no such account."""
        ...

    def put_back(self, account: str, amount: int, unit: str) -> None:
        """Give back what was taken by this decision."""
        ...

    def left(self, account: str) -> int:
        """What is left."""
        ...


class LiveFunds:
    """Moves balances now and remembers the entries, which `post` appends as one transaction."""

    def __init__(self, store: Store, at: datetime) -> None:
        self._store = store
        self._at = at
        self._entries: list[Entry] = []
        self._ready: set[str] = set()

    def limited(self, account: str, kind: str, unit: str, allowed: int) -> None:
        """Open the account, or bring it to an edited limit."""
        if account in self._ready:
            return
        self._ready.add(account)
        found = self._store.accounts.get(account)
        if found is None:
            if self._store.accounts.open(Account(account, kind, unit, True, 0, 0)):
                self._store.accounts.open(Account(counterpart(account), kind, unit, False, 0, 0))
                self._fund(account, kind, unit, allowed)
        elif found.funded != allowed:
            self._fund(account, kind, unit, allowed - found.funded)

    def _fund(self, account: str, kind: str, unit: str, more: int) -> None:
        if more == 0 or self._store.accounts.add(account, more, funded=more) is not None:
            self._both(account, more, unit)
            return
        found = self._store.accounts.get(account)
        spare = found.balance if found is not None else 0
        self._store.accounts.open(Account(over(account), kind, unit, False, 0, 0))
        self._store.accounts.add(account, -spare, funded=more)
        self._store.accounts.add(over(account), more + spare)
        self._store.accounts.add(counterpart(account), -more)
        self._note(account, -spare, unit)
        self._note(over(account), more + spare, unit)
        self._note(counterpart(account), -more, unit)

    def _both(self, account: str, amount: int, unit: str) -> None:
        self._store.accounts.add(counterpart(account), -amount)
        self._note(account, amount, unit)
        self._note(counterpart(account), -amount, unit)

    def _note(self, account: str, amount: int, unit: str) -> None:
        if amount:
            self._entries.append(Entry(account, amount, unit))

    def take(self, account: str, amount: int, unit: str) -> bool:
        """One conditional update; True when it was taken."""
        if amount == 0:
            return True
        try:
            left = self._store.accounts.add(account, -amount)
        except LookupError:
            # An account that nobody opened is a stock that nobody set: there is nothing to take.
            return False
        if left is None:
            return False
        self._both(account, -amount, unit)
        return True

    def put_back(self, account: str, amount: int, unit: str) -> None:
        """Give back."""
        if amount and self._store.accounts.add(account, amount) is not None:
            self._both(account, amount, unit)

    def left(self, account: str) -> int:
        """The balance, 0 for an account that was never opened."""
        found = self._store.accounts.get(account)
        return found.balance if found is not None else 0

    def move(self, source: Account, target: Account, amount: int) -> bool:
        """Move `amount` from one account to another, both opened where missing; False when it cannot be covered."""
        for account in (source, target):
            self._store.accounts.open(account)
        if amount == 0:
            return True
        if self._store.accounts.add(source.id, -amount) is None:
            return False
        self._store.accounts.add(target.id, amount)
        self._note(source.id, -amount, source.unit)
        self._note(target.id, amount, target.unit)
        return True

    def post(self, why: str, *, transaction: str | None = None) -> str | None:
        """Append the entries as one transaction and return its id (a new one unless given); None when nothing moved."""
        if not self._entries:
            return None
        transaction = transaction or new_id("txn")
        self._store.accounts.post(transaction, self._entries, why, self._at)
        self._entries = []
        return transaction


class PreviewFunds:
    """Answers as the live accounts would, and writes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._taken: dict[str, int] = {}
        self._allowed: dict[str, int] = {}

    def limited(self, account: str, kind: str, unit: str, allowed: int) -> None:
        """Remember what the limit allows."""
        self._allowed[account] = allowed

    def take(self, account: str, amount: int, unit: str) -> bool:
        """Whether it could be taken after what this preview took."""
        if self.left(account) < amount:
            return False
        self._taken[account] = self._taken.get(account, 0) + amount
        return True

    def put_back(self, account: str, amount: int, unit: str) -> None:
        """Give back."""
        self._taken[account] = self._taken.get(account, 0) - amount

    def left(self, account: str) -> int:
        """What the account would hold at today's limit."""
        found = self._store.accounts.get(account)
        allowed = self._allowed.get(account)
        balance = found.balance if found is not None else 0
        if allowed is not None:
            balance += allowed - (found.funded if found is not None else 0)
        return balance - self._taken.get(account, 0)
