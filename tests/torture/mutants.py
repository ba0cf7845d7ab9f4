"""Engines with one planted mistake each; the checker must find every one of them."""

from __future__ import annotations

import random
from typing import Any

from flask import Flask

from rewards.app import create_app
from rewards.desk.ask import Asker
from rewards.ledger.funds import LiveFunds
from rewards.storage.accounts import SqlAccounts
from rewards.storage.decisions import SqlDecisions
from rewards.storage.engine import SqlDatabase
from rewards.storage.idempotency import SqlIdempotency


class _Undo(Exception):
    """Rolls a transaction back whose answer was given already."""


def told_before_commit() -> Flask:
    """Now and then the answer is given and the transaction is not committed."""
    original = SqlDatabase._run_once
    dice = random.Random(7)

    def run_once(self: SqlDatabase, work: Any) -> Any:
        if dice.random() > 0.1:
            return original(self, work)
        kept: list[Any] = []
        try:
            with self.writing() as store:
                kept.append(work(store))
                raise _Undo
        except _Undo:
            return kept[0]

    SqlDatabase._run_once = run_once  # type: ignore[method-assign]
    return create_app()


def keys_forgotten() -> Flask:
    """No reply is kept under its key, and no question stands: a repeated call is a second effect."""
    SqlIdempotency.recall = lambda self, scope, key: None  # type: ignore[method-assign]
    SqlIdempotency.remember = lambda self, *args: True  # type: ignore[method-assign]
    SqlDecisions.standing = lambda self, *args: None  # type: ignore[method-assign]
    original = Asker.settle
    Asker.settle = lambda self, *args, **more: (original(self, *args, **more), original(self, *args, **more))[0]  # type: ignore[method-assign, return-value]
    return create_app()


def entries_not_posted() -> Flask:
    """Balances move and nothing explains them."""
    LiveFunds.post = lambda self, why: None  # type: ignore[method-assign]
    return create_app()


def stock_without_bottom() -> Flask:
    """Accounts are written without asking whether enough is left."""

    def add(self: SqlAccounts, account_id: str, amount: int, *, funded: int = 0) -> int | None:
        sql = "UPDATE account SET balance = balance + ?, funded = funded + ?, scarce = 0 WHERE id = ? RETURNING balance"
        row = self._session.one(sql, (amount, funded, account_id))
        if row is None:
            raise LookupError(account_id)
        return int(row[0])

    SqlAccounts.add = add  # type: ignore[method-assign]
    return create_app()


MUTANTS = ("told_before_commit", "keys_forgotten", "entries_not_posted", "stock_without_bottom")
