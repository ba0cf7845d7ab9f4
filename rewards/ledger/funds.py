"""Takes from accounts: for real, or in a preview that writes nothing.

A limit's account is opened when it is first asked, with what the limit allows; an edited limit is topped up, or cut as
far as it is not used, the rest being posted as promised beyond it. What comes back settles that first, so an account
never has something left while more is promised than its limit allows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rewards.ids import new_id
from rewards.ledger.accounts import counterpart, over
from rewards.ledger.ports import Account, Entry, Store

Line = tuple[str, int]
"""An account and the amount that it moves by."""


class Funds(Protocol):
    """What a taker takes from."""

    def limited(self, account: str, kind: str, unit: str, allowed: int) -> None:
        """Make sure that an account stands for a limit of `allowed`."""
        ...

    def hold(self, account: str, kind: str, unit: str) -> None:
        """Keep others from counting under this account until the transaction ends."""
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
        if found is None and self._store.accounts.open(Account(account, kind, unit, True, 0, 0)):
            self._store.accounts.open(Account(counterpart(account), kind, unit, False, 0, 0))
        if found is None or found.funded != allowed:
            self._bring(account, allowed)

    def _bring(self, account: str, allowed: int) -> None:
        """Top up to what is allowed now, or cut as far as it is not used.

        Asked again while nobody else moves the account: two that saw the same edit would both make it.
        """
        found = self._store.accounts.held(account)
        if found is None:
            raise LookupError(f"the account {account!r} was never opened")
        more = allowed - found.funded
        if more > 0:
            self._return(found, more, funded=more)
        elif more < 0:
            spare = min(found.balance, -more)
            self._store.accounts.add(account, -spare, funded=more)
            self._beyond(found, more + spare)
            self._spread(found, (account, -spare), (over(account), more + spare), (counterpart(account), -more))

    def _return(self, found: Account, amount: int, *, funded: int = 0) -> None:
        """Put into an account that is held: what is promised beyond the limit is settled first."""
        beyond = self._store.accounts.get(over(found.id)) if found.balance == 0 else None
        settled = min(amount, -beyond.balance) if beyond is not None else 0
        self._store.accounts.add(found.id, amount - settled, funded=funded)
        if settled:
            self._store.accounts.add(over(found.id), settled)
        self._spread(found, (found.id, amount - settled), (over(found.id), settled), (counterpart(found.id), -amount))

    def _beyond(self, found: Account, amount: int) -> None:
        if amount:
            self._store.accounts.open(Account(over(found.id), found.kind, found.unit, False, 0, 0))
            self._store.accounts.add(over(found.id), amount)

    def _spread(self, found: Account, own: Line, beyond: Line, other: Line) -> None:
        """Note three lines that sum to zero; the counterpart's balance moves with them."""
        self._store.accounts.add(other[0], other[1])
        for account, amount in (own, beyond, other):
            self._note(account, amount, found.unit)

    def _both(self, account: str, amount: int, unit: str) -> None:
        self._store.accounts.add(counterpart(account), -amount)
        self._note(account, amount, unit)
        self._note(counterpart(account), -amount, unit)

    def _note(self, account: str, amount: int, unit: str) -> None:
        if amount:
            self._entries.append(Entry(account, amount, unit))

    def hold(self, account: str, kind: str, unit: str) -> None:
        """Lock the account's row; its balance stays."""
        self._store.accounts.open(Account(account, kind, unit, False, 0, 0))
        self._store.accounts.add(account, 0)

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
        """Give back; where more is promised than the limit allows by now, that is settled first."""
        found = self._store.accounts.held(account) if amount else None
        if found is not None:
            self._return(found, amount)

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

    def hold(self, account: str, kind: str, unit: str) -> None:
        """A preview keeps nobody waiting."""

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
        taken = self._taken.get(account, 0)
        if found is None:
            return (allowed or 0) - taken
        beyond = self._store.accounts.get(over(account)) if found.balance == 0 else None
        promised = found.funded - found.balance - (beyond.balance if beyond is not None else 0)
        return (found.funded if allowed is None else allowed) - promised - taken
