"""The nodes inside a rule, in the order of the text."""

from __future__ import annotations

from collections.abc import Iterator

from rewards.rulelang.nodes import (
    All,
    Amount,
    AmountTest,
    AnyOf,
    Choose,
    Condition,
    FactTest,
    Give,
    Measure,
    MeasureAmount,
    MeasureTest,
    Not,
    Outcome,
    Rule,
    Span,
    Take,
    all_in,
    amounts_in,
    compared_in,
    conditions_of,
)


def conditions(condition: Condition) -> Iterator[Condition]:
    """The condition and all inside it, the outermost first; of amounts nothing."""
    yield condition
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from conditions(part)
    elif isinstance(condition, Not):
        yield from conditions(condition.part)


def everywhere(rule: Rule) -> Iterator[Condition]:
    """Every condition of a rule, those on which its amounts depend too."""
    yield from all_in(rule.when)
    for moved in moves(rule):
        for _, amount in moved.amounts:
            yield from conditions_of(amount)


def fact_tests(rule: Rule) -> Iterator[FactTest]:
    """Every test of a fact."""
    return (each for each in everywhere(rule) if isinstance(each, FactTest))


def measure_tests(rule: Rule) -> Iterator[MeasureTest]:
    """Every test of a measure."""
    return (each for each in everywhere(rule) if isinstance(each, MeasureTest))


def amount_tests(rule: Rule) -> Iterator[AmountTest]:
    """Every test of an amount."""
    return (each for each in everywhere(rule) if isinstance(each, AmountTest))


def amounts(rule: Rule) -> Iterator[Amount]:
    """Every amount that a rule compares, gives or takes, whole."""
    for test in amount_tests(rule):
        yield from compared_in(test)
    for moved in moves(rule):
        yield from (amount for _, amount in moved.amounts)


def measures(rule: Rule) -> Iterator[tuple[Measure, Span]]:
    """Every measure that a rule reads, with the place of the node it stands in."""
    yield from ((test.measure, test.span) for test in measure_tests(rule))
    for amount in amounts(rule):
        yield from ((each.measure, each.span) for each in amounts_in(amount) if isinstance(each, MeasureAmount))


def moves(rule: Rule) -> Iterator[Give | Take]:
    """Every perk that a rule may give, and every one that it takes."""
    yield from gives(rule)
    yield from rule.take


def gives(rule: Rule) -> Iterator[Give]:
    """Every perk that a rule may give: options of choices and what is given instead too."""
    for outcome in rule.give:
        yield from _gives(outcome)


def _gives(outcome: Outcome) -> Iterator[Give]:
    if isinstance(outcome, Choose):
        for option in outcome.options:
            yield from _gives(option)
        return
    give: Give | None = outcome
    while give is not None:
        yield give
        give = give.or_else
