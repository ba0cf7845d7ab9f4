"""When a rule holds: tests of facts and measures, joined by all, any and not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rewards.rulelang.nodes.amounts import Amount
from rewards.rulelang.nodes.measures import Measure
from rewards.rulelang.nodes.span import NOWHERE, Span


class Op(StrEnum):
    """Comparisons. The first group is for numbers and dates, the second for texts and yes/no."""

    AT_LEAST = "at_least"
    MORE_THAN = "more_than"
    AT_MOST = "at_most"
    LESS_THAN = "less_than"
    EXACTLY = "exactly"
    BETWEEN = "between"  # both ends included; two values
    EVERY = "every"  # every n-th: values are (n, after, up_to or 0): x > after, (x − after) % n = 0, x ≤ up_to if set
    IS = "is"  # one value
    IS_NOT = "is_not"
    IN = "in"  # one or more values
    NOT_IN = "not_in"


TEXT_OPS = (Op.IS, Op.IS_NOT, Op.IN, Op.NOT_IN)
"""The comparisons of texts and yes/no; all others compare numbers, dates and times."""


Scalar = int | str | bool | date


@dataclass(frozen=True, slots=True)
class Comparison:
    """An operator with its values, all of the type the fact or measure has. Money stands in minor units."""

    op: Op
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when at least one part is."""

    parts: tuple[Condition, ...]
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True when the part is false; unknown stays unknown."""

    part: Condition
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FactTest:
    """Compares a fact of the catalogue.

    `currency` is the unit of a money fact's values, None for every other type. It is the currency of each property
    where the rule applies: the checker refuses a rule for which that is not so.
    """

    fact: str
    comparison: Comparison
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class MeasureTest:
    """Compares a measure."""

    measure: Measure
    comparison: Comparison
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AmountTest:
    """Compares an amount; `currency` is the unit of the values it is compared with, None for a number."""

    amount: Amount
    comparison: Comparison
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    currency: str | None = None


Condition = All | AnyOf | Not | FactTest | MeasureTest | AmountTest
