"""When a rule holds: tests of facts and measures, joined by all, any and not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rewards.rulelang.nodes.amounts import Amount, If, amounts_in, measures_in
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


def all_in(condition: Condition) -> Iterator[Condition]:
    """The condition and all inside it, those on which its amounts depend too, the outermost first."""
    yield condition
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from all_in(part)
        case Not(part=part):
            yield from all_in(part)
        case AmountTest():
            for amount in compared_in(condition):
                yield from conditions_of(amount)
        case _:
            return


def conditions_of(amount: Amount) -> Iterator[Condition]:
    """Every condition on which an amount depends, and all inside them."""
    for each in amounts_in(amount):
        if isinstance(each, If):
            yield from all_in(each.condition)


def measures_read(amount: Amount) -> tuple[Measure, ...]:
    """The measures that an amount reads, those of its conditions too."""
    found = list(measures_in(amount))
    for each in conditions_of(amount):
        if isinstance(each, MeasureTest):
            found.append(each.measure)
        elif isinstance(each, AmountTest):
            found += [measure for compared in compared_in(each) for measure in measures_in(compared)]
    return tuple(found)
