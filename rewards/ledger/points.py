"""Points: a balance that may not go below zero, and a debt that later points pay first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rewards.errors import ALREADY_EXISTS, BALANCE_TOO_LOW, RewardsError
from rewards.ids import derived_id
from rewards.ledger.accounts import counterpart, debt_account, points_account
from rewards.ledger.funds import LiveFunds
from rewards.ledger.ports import Account, Store

UNIT = "points"


def _accounts(guest: str) -> tuple[Account, Account, Account]:
    points = points_account(guest)
    return (
        Account(points, "balance", UNIT, True, 0, 0),
        Account(debt_account(guest), "debt", UNIT, False, 0, 0),
        Account(counterpart(points), "balance", UNIT, False, 0, 0),
    )


def balance(store: Store, guest: str) -> tuple[int, int]:
    """Points that a guest has, and points that are owed (both 0 or more)."""
    points, debt = store.accounts.get(points_account(guest)), store.accounts.get(debt_account(guest))
    return (points.balance if points else 0, -debt.balance if debt else 0)


def credit(store: Store, funds: LiveFunds, guest: str, amount: int) -> None:
    """Give points: what is owed is paid first, the rest is the guest's."""
    points, debt, out = _accounts(guest)
    owed = balance(store, guest)[1]
    paid = min(owed, amount)
    funds.move(out, debt, paid)
    funds.move(out, points, amount - paid)


def take_back(store: Store, funds: LiveFunds, guest: str, amount: int) -> int:
    """Take points back; what was spent already becomes debt. Returns the debt that was added."""
    points, debt, out = _accounts(guest)
    there = min(balance(store, guest)[0], amount)
    if not funds.move(points, out, there):
        there = 0
    funds.move(debt, out, amount - there)
    return amount - there


def spend(store: Store, guest: str, amount: int, why: str, at: datetime) -> tuple[int, int]:
    """Spend points; `balance_too_low` when they do not cover it, or while a debt stands. Returns (balance, debt)."""
    points, _, out = _accounts(guest)
    there, owed = balance(store, guest)
    funds = LiveFunds(store, at)
    if owed or not funds.move(points, out, amount):
        raise _too_low(amount, there, owed)
    funds.post(why)
    return balance(store, guest)


def _too_low(amount: int, there: int, owed: int) -> RewardsError:
    return RewardsError(
        BALANCE_TOO_LOW,
        f"{amount} points are asked; there are {there}, and {owed} are owed.",
        field="points",
        details={"points": there, "owed": owed},
    )


# --- a guest of several records: what was merged keeps its accounts, so that a merge can be undone -------------------


def balance_of(store: Store, records: Sequence[str]) -> tuple[int, int]:
    """Points and debt of a guest over all of their records, one set off against the other (both 0 or more)."""
    standings = [balance(store, record) for record in records]
    net = sum(there for there, _ in standings) - sum(owed for _, owed in standings)
    return max(net, 0), max(-net, 0)


def spend_of(store: Store, records: Sequence[str], amount: int, *, reference: str, why: str, at: datetime) -> None:
    """Spend points of a guest under their lock: the kept record's first, then those of the records merged into it.

    `reference` names this use for ever: a second one raises `already_exists`. `balance_too_low` when all of them,
    less what is owed, do not cover it.
    """
    names = [derived_id("txn", "points", record, reference) for record in records]
    if any(store.accounts.posted(name) for name in names):
        raise RewardsError(ALREADY_EXISTS, f"“{reference}” is recorded for this guest already.", field="reference")
    there, owed = balance_of(store, records)
    if amount > there:
        raise _too_low(amount, there, owed)
    funds = LiveFunds(store, at)
    left = amount
    for record in records:
        points, _, out = _accounts(record)
        part = min(left, balance(store, record)[0])
        if part and funds.move(points, out, part):
            left -= part
    if left:
        raise _too_low(amount, there, owed)
    funds.post(why, transaction=names[0])
