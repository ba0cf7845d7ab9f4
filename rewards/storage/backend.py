"""What the two kinds of database have in common, as the unit of work sees them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from rewards.errors import DATABASE_BUSY, DATABASE_DOWN, RewardsError
from rewards.storage.store import SqlStore

WAIT_S = 3.0
"""How long a transaction waits for its turn and its connection before `database_busy`."""


class Backend(Protocol):
    """One kind of database: connections, turns, and what its errors mean."""

    dialect: str

    def lease(self, *, write: bool) -> AbstractContextManager[SqlStore]:
        """A store on a connection of its own, given back at the end."""
        ...

    def turn(self) -> AbstractContextManager[None]:
        """The writer's turn, where there is one; `database_busy` when it does not come in time."""
        ...

    def engine(self) -> Engine:
        """The engine of migrations."""
        ...

    def alone(self) -> AbstractContextManager[None]:
        """Held while migrating: keeps other processes' migrations, and where need be their writes, waiting."""
        ...

    def refusal(self, error: BaseException, *, write: bool) -> RewardsError | None:
        """What a driver's error means to callers; None for one that is a mistake of ours.

        A refused write is such a mistake in a transaction that only reads (`write` False).
        """
        ...

    def close(self) -> None:
        """Close every connection."""
        ...

    def after_fork(self) -> None:
        """In a forked child: forget the parent's connections without touching them."""
        ...


def busy(message: str) -> RewardsError:
    """`database_busy`, to be tried again after a second."""
    return RewardsError(DATABASE_BUSY, message, retry_after_s=1)


def down(message: str) -> RewardsError:
    """`database_down`, to be tried again after a few seconds."""
    return RewardsError(DATABASE_DOWN, message, retry_after_s=5)


def unwrapped(error: BaseException) -> BaseException:
    """The driver's error inside SQLAlchemy's, or a `database_busy` for a pool without a free connection."""
    if isinstance(error, PoolTimeout):
        return busy(f"No connection to the database became free within {WAIT_S:g} seconds.")
    if isinstance(error, DBAPIError) and error.orig is not None:
        return error.orig
    return error
