"""Engines with one planted mistake each; a checker that does not find every one of them is not believed.

`python -m tests.torture.mutants NAME` serves one: everything as `rewards serve` has it, but for the web workers' app,
which a function of this module makes after it has spoiled the engine inside its own process.
"""

from __future__ import annotations

import contextlib
import random
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask

from rewards import ids
from rewards import settings as settings_module
from rewards.app import build_engine, create_app
from rewards.domain.grant import GrantState
from rewards.intake import receive
from rewards.jobs import serve as serving
from rewards.ledger import takes
from rewards.ledger.funds import LiveFunds
from rewards.ledger.ports import GrantEvent, StoredReply
from rewards.storage.accounts import SqlAccounts
from rewards.storage.decisions import SqlDecisions
from rewards.storage.engine import SqlDatabase
from rewards.storage.grants import SqlGrants
from rewards.storage.guests import SqlGuests
from rewards.storage.idempotency import SqlIdempotency
from rewards.storage.sqlite import SqliteBackend, SqliteSession


@dataclass(frozen=True, slots=True)
class Mutant:
    """A spoiled engine: its name, the database it is served on, and the failpoint without which it would not show."""

    name: str
    database: str = "sqlite"
    failpoint: str = ""


MUTANTS = (
    Mutant("told_before_commit"),
    Mutant("key_kept_after_commit", failpoint="after_commit:kill@25"),
    Mutant("keys_forgotten"),
    Mutant("questions_not_claimed"),
    Mutant("entries_not_posted"),
    Mutant("stock_without_bottom"),
    Mutant("stock_returned_twice"),
    Mutant("holds_settled_twice"),
    Mutant("prices_kept"),
    Mutant("uses_not_recorded"),
    Mutant("facts_doubled"),
    Mutant("writers_without_turns"),
    Mutant("guests_not_locked", "postgresql"),
)


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
        with contextlib.suppress(_Undo), self.writing() as store:
            kept.append(work(store))
            raise _Undo
        return kept[0]

    SqlDatabase._run_once = run_once  # type: ignore[method-assign]
    return create_app()


def key_kept_after_commit() -> Flask:
    """The reply is kept under its key in a transaction of its own, after the effect's."""
    later = threading.local()
    remember, run_once = SqlIdempotency.remember, SqlDatabase._run_once

    def postponed(self: SqlIdempotency, scope: str, key: str, reply: StoredReply, at: datetime) -> bool:
        later.reply = (scope, key, reply, at)
        return True

    def run_twice(self: SqlDatabase, work: Any) -> Any:
        later.reply = None
        found = run_once(self, work)
        if later.reply is not None:
            kept, later.reply = later.reply, None
            run_once(self, lambda store: remember(SqlIdempotency(store.session), *kept))
        return found

    SqlIdempotency.remember = postponed  # type: ignore[method-assign]
    SqlDatabase._run_once = run_twice  # type: ignore[method-assign]
    return create_app()


def keys_forgotten() -> Flask:
    """No reply is kept under its key."""
    SqlIdempotency.recall = lambda self, scope, key: None  # type: ignore[method-assign]
    SqlIdempotency.remember = lambda self, *args: True  # type: ignore[method-assign]
    return create_app()


def questions_not_claimed() -> Flask:
    """Another key for a question that was answered gets perks of its own."""
    SqlDecisions.standing = lambda self, *args: None  # type: ignore[method-assign]
    return create_app()


def entries_not_posted() -> Flask:
    """Balances move and nothing explains them."""
    LiveFunds.post = lambda self, why, *, transaction=None: None  # type: ignore[method-assign]
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


def stock_returned_twice() -> Flask:
    """What is taken back returns twice what it took."""
    original = LiveFunds.put_back

    def put_back(self: LiveFunds, account: str, amount: int, unit: str) -> None:
        original(self, account, 2 * amount, unit)

    LiveFunds.put_back = put_back  # type: ignore[method-assign]
    return create_app()


def holds_settled_twice() -> Flask:
    """A hold is moved without asking where it stands."""

    def move(self: SqlDecisions, decision_id: str, expected: str, to: str) -> bool:
        return self._session.execute("UPDATE decision SET state = ? WHERE id = ?", (to, decision_id)) > 0

    SqlDecisions.move = move  # type: ignore[method-assign]
    return create_app()


def prices_kept() -> Flask:
    """What was paid for a hold stays taken when the hold is cancelled."""
    takes._give_back = lambda store, row, at: False
    return create_app()


def uses_not_recorded() -> Flask:
    """A grant's use is answered and not noted, so it can be used again and again."""
    original = SqlGrants.move

    def move(
        self: SqlGrants, grant_id: str, expected: Sequence[GrantState], to: GrantState, event: GrantEvent, used: int
    ) -> bool:
        return event.kind == "redeemed" or original(self, grant_id, expected, to, event, used)

    SqlGrants.move = move  # type: ignore[method-assign]
    return create_app()


def facts_doubled() -> Flask:
    """A fact is known by the message it came in, not by its own key."""
    original = ids.derived_id

    def derived(prefix: str, *parts: str) -> str:
        return original(prefix, *parts) if parts[-1].startswith("back-") else ids.new_id(prefix)

    receive.derived_id = derived  # type: ignore[attr-defined]
    return create_app()


def writers_without_turns() -> Flask:
    """SQLite as its driver has it: no turns, and transactions that become writers half way."""

    @contextlib.contextmanager
    def turn(self: SqliteBackend) -> Iterator[None]:
        yield

    def begin(self: SqliteSession, *, write: bool) -> None:
        self._connection.execute("BEGIN")

    SqliteBackend.turn = turn  # type: ignore[method-assign]
    SqliteSession.begin = begin  # type: ignore[method-assign]
    return create_app()


def guests_not_locked() -> Flask:
    """What a guest was given is counted while another gives."""

    def hold(self: SqlGuests, guest_id: str) -> tuple[str, int]:
        row = self._session.one("SELECT id, version FROM guest WHERE id = ?", (guest_id,))
        if row is None:
            raise LookupError(guest_id)
        return row[0], row[1]

    SqlGuests.hold = hold  # type: ignore[method-assign]
    return create_app()


def main() -> None:
    """Serve a mutant until SIGTERM."""
    settings = settings_module.load()
    config = serving.ServeConfig(
        home=settings.home,
        environment=settings_module.for_children(settings),
        app_factory=f"tests.torture.mutants:{sys.argv[1]}",
        port=settings.port,
        workers=settings.workers,
    )
    engine = build_engine(settings)
    engine.database.close()
    serving.serve(config)


if __name__ == "__main__":
    main()
