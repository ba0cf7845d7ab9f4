"""Points: a balance that may not go below zero, and a debt that later points pay first."""

from __future__ import annotations

from datetime import datetime

from rewards.errors import BALANCE_TOO_LOW, RewardsError
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
        raise RewardsError(
            BALANCE_TOO_LOW,
            f"{amount} points are asked; there are {there}, and {owed} are owed.",
            field="points",
            details={"points": there, "owed": owed},
        )
    funds.post(
        why,
    )
    return balance(store, guest)
