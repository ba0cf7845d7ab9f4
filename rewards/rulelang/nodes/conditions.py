"""When a rule holds: tests of facts and measures, joined by all, any and not."""

from __future__ import annotations

from dataclasses import dataclass, field

from rewards.rulelang.nodes.amounts import Amount
from rewards.rulelang.nodes.comparisons import Comparison
from rewards.rulelang.nodes.measures import Measure
from rewards.rulelang.nodes.span import NOWHERE, Span


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
    """Compares an amount with values, or with another amount where `than` stands: there are no values then.

    `currency` is the unit of the values, None for a number.
    """

    amount: Amount
    comparison: Comparison
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    currency: str | None = None
    than: Amount | None = None


def compared_in(test: AmountTest) -> tuple[Amount, ...]:
    """The amounts that a test compares: the one, and the other where there is one."""
    return (test.amount,) if test.than is None else (test.amount, test.than)


Condition = All | AnyOf | Not | FactTest | MeasureTest | AmountTest
