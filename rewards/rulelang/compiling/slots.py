"""What the compiled rules read: each fact and measure once, under a number.

A slot is read at most once in an evaluation, and only when a rule comes to it. Compiled code never holds a name from
a document; it holds slot numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from rewards.rulelang.evaluation import FactSource
from rewards.rulelang.nodes import BetterOf, Measure, SinceLastGrant, Window

Reader = Callable[[FactSource], Any]
"""Reads one slot: a Reading for a measure, a bare value for a fact."""


class Slots:
    """The table of everything that is read; it only grows, so code compiled against it stays right."""

    def __init__(self) -> None:
        self.readers: list[Reader] = []
        self._facts: dict[tuple[str, bool], int] = {}
        self._measures: dict[tuple[Measure, str], int] = {}

    def copy(self) -> Slots:
        """A table of its own with the same slots, so that a new rule set adds to it without touching the old one."""
        twin = Slots()
        twin.readers = self.readers.copy()
        twin._facts = self._facts.copy()
        twin._measures = self._measures.copy()
        return twin

    def fact(self, name: str, *, as_number: bool) -> int:
        """The slot of a fact, read as a number (hotel days as ordinals, unknown as NaN) or as it is."""
        key = (name, as_number)
        if key not in self._facts:
            self._facts[key] = self._add(_number_reader(name) if as_number else _plain_reader(name))
        return self._facts[key]

    def measure(self, measure: Measure, rule: str) -> int:
        """The slot of a measure: one for all rules, or one for this rule where its window depends on the rule."""
        key = (measure, rule if depends_on_rule(measure.window) else "")
        if key not in self._measures:
            self._measures[key] = self._add(_measure_reader(*key))
        return self._measures[key]

    def measures(self) -> dict[int, Measure]:
        """The measure of each slot that holds one."""
        return {slot: measure for (measure, _), slot in self._measures.items()}

    def _add(self, reader: Reader) -> int:
        self.readers.append(reader)
        return len(self.readers) - 1


class Cells(dict[int, Any]):
    """The slots of one evaluation, filled as they are read."""

    __slots__ = ("_facts", "_readers")

    def __init__(self, readers: Sequence[Reader], facts: FactSource) -> None:
        self._readers = readers
        self._facts = facts

    def __missing__(self, slot: int) -> Any:
        value = self[slot] = self._readers[slot](self._facts)
        return value


def depends_on_rule(window: Window) -> bool:
    """Whether a window begins at the last grant of the rule that asks."""
    if isinstance(window, BetterOf):
        return any(depends_on_rule(part) for part in window.windows)
    return isinstance(window, SinceLastGrant) and window.rule is None


def _plain_reader(name: str) -> Reader:
    return lambda facts: facts.fact(name)


def _number_reader(name: str) -> Reader:
    def read(facts: FactSource) -> Any:
        value = facts.fact(name)
        # NaN answers False to every comparison, which is what an unknown number must do in both tests of a rule.
        if value is None:
            return math.nan
        return value.toordinal() if isinstance(value, date) else value

    return read


def _measure_reader(measure: Measure, rule: str) -> Reader:
    return lambda facts: facts.measure(measure, rule)
