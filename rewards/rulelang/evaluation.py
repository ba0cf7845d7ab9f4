"""What an evaluator reads and what it answers; shared by the interpreter, the compiler and their callers.

A number is never a bare number: it is a `Reading`, an interval that says how much is known. A lower bound of 6 makes
"at least 6" true, leaves "at most 8" unknown and "at least 7" unknown. A text or yes/no that is not known is None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Protocol

from rewards.rulelang.nodes import Condition, Measure

Number = int | Fraction | float
"""Exact numbers; the only floats are −inf and +inf, the ends of what is not known."""


class Truth(Enum):
    """Three values; only TRUE ever grants."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """A number known to lie in [low, high]; exact where both are equal."""

    low: Number
    high: Number

    @property
    def exact(self) -> bool:
        """Whether the number is known exactly."""
        return self.low == self.high


UNKNOWN_READING = Reading(-math.inf, math.inf)


def exactly(value: int | Fraction) -> Reading:
    """A number that is known."""
    return Reading(value, value)


def at_least(low: int | Fraction) -> Reading:
    """A lower bound: the truth may be more."""
    return Reading(low, math.inf)


FactValue = int | str | bool | date | None
"""A fact's value; None is unknown."""


class FactSource(Protocol):
    """Where an evaluator reads; the same names and measures give the same answer within one evaluation."""

    def fact(self, name: str) -> FactValue:
        """The value of a fact of the catalogue, None when it is not known."""
        ...

    def measure(self, measure: Measure, rule: str) -> Reading:
        """The reading of a measure; `rule` is the id of the rule that asks (for windows since its last grant)."""
        ...


@dataclass(frozen=True, slots=True)
class Trace:
    """How one condition came out: its node, its truth, what was read of a test, and its parts.

    `against` is what stands on the other side where an amount is compared with another one.
    """

    condition: Condition
    truth: Truth
    value: FactValue | Reading = None
    parts: tuple[Trace, ...] = ()
    against: Reading | None = None
