"""One connection's statements, the same for both databases.

SQL is written once, with `?` for each value; what differs between the two databases is behind this small face. Rows
come back as plain tuples: the repositories turn them into nouns, each in one place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from rewards.clock import Clock

Value = str | int | float | bytes | None
Row = tuple[Any, ...]

_MOST_IN_A_LIST = 256
_MOST_ROWS = 64


class Session(ABC):
    """A transaction's way to the database. Not for two threads at once.

    `for_update` is the suffix that locks selected rows, empty where one writer at a time makes it needless.
    """

    dialect: str
    for_update: str

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    @abstractmethod
    def execute(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run a statement; how many rows it changed."""

    @abstractmethod
    def run(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Run a statement whose outcome nobody asks for; a failure may show only at a later statement or the end."""

    @abstractmethod
    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row, None where there is none."""

    @abstractmethod
    def all(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Every row."""

    @abstractmethod
    def many(self, sql: str, rows: Sequence[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""

    @abstractmethod
    def begin(self, *, write: bool) -> None:
        """Start a transaction: one that may write, or a snapshot that only reads."""

    @abstractmethod
    def commit(self) -> None:
        """Make the transaction durable; returns only when it is."""

    @abstractmethod
    def rollback(self) -> None:
        """Leave nothing of the transaction; where even that fails, the connection is marked as broken."""

    def all_in(self, sql: str, keys: Sequence[Value], values: Sequence[Value] = ()) -> list[Row]:
        """Every row of a statement that holds `{keys}` inside `IN ({keys})`, after all of `values`.

        Long lists are asked in parts. Each part is filled up to 1, 4, 16, 64 or 256 keys with copies of its last one,
        so that few different statements are prepared.
        """
        found: list[Row] = []
        for start in range(0, len(keys), _MOST_IN_A_LIST):
            part = filled(keys[start : start + _MOST_IN_A_LIST])
            found += self.all(sql.replace("{keys}", marks(len(part))), [*values, *part])
        return found

    def insert_new(self, head: str, tail: str, rows: Sequence[Sequence[Value]]) -> list[Row]:
        """Insert rows by `head` + VALUES + `tail` and return what `tail` says in its RETURNING clause.

        Rows go in groups of powers of two, so that few different statements are prepared.
        """
        found: list[Row] = []
        for values, lines in _groups(rows):
            found += self.all(f"{head} VALUES {lines} {tail}", values)
        return found

    def insert_all(self, head: str, tail: str, rows: Sequence[Sequence[Value]]) -> None:
        """Insert rows by `head` + VALUES + `tail`, in groups as `insert_new` does; nobody waits for the outcome."""
        for values, lines in _groups(rows):
            self.run(f"{head} VALUES {lines} {tail}", values)


def _groups(rows: Sequence[Sequence[Value]]) -> Iterator[tuple[list[Value], str]]:
    """Rows in groups of powers of two: the values of each, one after the other, and a placeholder for each."""
    start = 0
    while start < len(rows):
        size = min(_MOST_ROWS, 1 << ((len(rows) - start).bit_length() - 1))
        group = rows[start : start + size]
        line = f"({marks(len(group[0]))})"
        yield [value for row in group for value in row], ",".join([line] * size)
        start += size


def marks(count: int) -> str:
    """`count` placeholders."""
    return ",".join("?" * count)


def filled(keys: Sequence[Value]) -> list[Value]:
    """Keys, the last one repeated up to the next of 1, 4, 16, 64, 256."""
    size = 1
    while size < len(keys):
        size *= 4
    return [*keys, *[keys[-1]] * (size - len(keys))]
