"""What the compiled rules read and compare with: each fact, measure and constant once, under a number.

Facts are read before the rules of a place are tested, measures when some rule comes to them, each at most once in an
evaluation. Compiled code never holds a name or a text from a document; it holds these numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from rewards.rulelang.evaluation import FactSource, Reading
from rewards.rulelang.nodes import BetterOf, Measure, SinceLastGrant, Window


class Slots:
    """The table of everything that is read; it only grows, so code compiled against it stays right.

    `facts` holds (name, read as a number), `measures` (measure, the rule it depends on or ""), `constants` values.
    """

    def __init__(self) -> None:
        self._facts = _Table()
        self._measures = _Table()
        self._constants = _Table()
        self._shared: dict[Measure, Measure] = {}

    def copy(self) -> Slots:
        """A table of its own with the same slots, so that a new rule set adds to it without touching the old one."""
        twin = Slots()
        twin._facts, twin._measures = self._facts.copy(), self._measures.copy()
        twin._constants, twin._shared = self._constants.copy(), self._shared.copy()
        return twin

    def __len__(self) -> int:
        return len(self._facts.values) + len(self._measures.values) + len(self._constants.values)

    @property
    def facts(self) -> tuple[tuple[str, bool], ...]:
        """The fact of each slot."""
        return tuple(self._facts.values)

    @property
    def measures(self) -> tuple[tuple[Measure, str], ...]:
        """The measure of each slot."""
        return tuple(self._measures.values)

    def fact(self, name: str, *, as_number: bool) -> int:
        """The slot of a fact, read as a number (hotel days as ordinals, unknown as NaN) or as it is."""
        return self._facts.slot((name, as_number), (name, as_number))

    def measure(self, measure: Measure, rule: str) -> int:
        """The slot of a shared measure: one for all rules, or one a rule where its window depends on the rule."""
        asked = (measure, rule if depends_on_rule(measure.window) else "")
        # The table holds shared measures for good, so the identity of one is as good a key as its meaning.
        return self._measures.slot((id(measure), asked[1]), asked)

    def shared(self, measure: Measure) -> Measure:
        """The one object that stands for all measures equal to this one."""
        return self._shared.setdefault(measure, measure)

    def constant(self, value: Any) -> int:
        """The slot of a number, text, yes/no, or frozenset of these and None."""
        return self._constants.slot(_told_apart(value), value)

    def constant_at(self, slot: int) -> Any:
        """The constant of a slot."""
        return self._constants.values[slot]


class _Table:
    """Values by slot, and the slot of each by its key."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.slots: dict[Any, int] = {}

    def copy(self) -> _Table:
        twin = _Table()
        twin.values = self.values.copy()
        twin.slots = self.slots.copy()
        return twin

    def slot(self, key: Any, value: Any) -> int:
        known = self.slots.get(key)
        if known is None:
            known = self.slots[key] = len(self.values)
            self.values.append(value)
        return known


def _told_apart(value: Any) -> Any:
    """A key under which True and 1, which are equal, differ."""
    if isinstance(value, frozenset):
        return frozenset((type(each), each) for each in value)
    return type(value), value


def depends_on_rule(window: Window) -> bool:
    """Whether a window begins at the last grant of the rule that asks."""
    if isinstance(window, BetterOf):
        return any(depends_on_rule(part) for part in window.windows)
    return isinstance(window, SinceLastGrant) and window.rule is None


class Readings(dict[int, Reading]):
    """The measures of one evaluation by slot, read when first asked for; see `readings`."""

    __slots__ = ("ask", "table")

    ask: Callable[[Measure, str], Reading]
    table: Sequence[tuple[Measure, str]]

    def __missing__(self, slot: int) -> Reading:
        measure, rule = self.table[slot]
        reading = self[slot] = self.ask(measure, rule)
        return reading


def readings(table: Sequence[tuple[Measure, str]], facts: FactSource) -> Readings:
    """No measures yet, and where to ask for them."""
    made = Readings()
    made.table = table
    made.ask = facts.measure
    return made


def read_facts(wanted: Iterable[tuple[int, str, bool]], size: int, facts: FactSource) -> list[Any]:
    """The wanted facts in their slots of a list: (slot, name, read as a number).

    A number that is unknown becomes NaN, which answers False to every comparison; both tests of a rule build on that.
    """
    values: list[Any] = [None] * size
    fact = facts.fact
    for slot, name, as_number in wanted:
        value: Any = fact(name)
        if as_number:
            if value is None:
                value = math.nan
            elif isinstance(value, date):
                value = value.toordinal()
        values[slot] = value
    return values
