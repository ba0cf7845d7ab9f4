"""One line of results."""

from __future__ import annotations

from collections.abc import Sequence

Row = dict[str, object]


def row(goal: str, name: str, value: float | None, bar: str, holds: bool | None) -> Row:
    """A result: its goal's number, what was measured, the value, the bar, and whether it holds (None: not told)."""
    return {"goal": goal, "name": name, "value": value, "bar": bar, "holds": holds}


def rotated(names: Sequence[str], turn: int) -> list[str]:
    """The names, beginning with another one each turn, so that no case always goes first."""
    at = turn % len(names)
    return [*names[at:], *names[:at]]
