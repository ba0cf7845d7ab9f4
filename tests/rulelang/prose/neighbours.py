"""Rules that differ from a rule in one value, where sentences might read the same; and what a rule means."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

from rewards.rulelang.nodes import (
    All,
    Amount,
    AmountTest,
    AnyOf,
    Bands,
    Choose,
    Comparison,
    Condition,
    Dimension,
    FactTest,
    Fixed,
    Groups,
    If,
    Largest,
    Less,
    Marginal,
    MeasureTest,
    Not,
    Op,
    Outcome,
    Percent,
    Rate,
    Rule,
    Series,
    Share,
    Smallest,
    Sum,
    Times,
)
from tests.rulelang.prose.generate import (
    FIELDS,
    MONEY,
    amount,
    amount_test,
    asked_of_two,
    fact_test,
    measure_test,
    tried,
)


def neighbour(rng: random.Random, of: Rule) -> Rule:
    """The same rule but for one field; in its condition and in what it gives but for one value where that goes."""
    name = rng.choice(("when", "when", "when", "give", "give", *FIELDS))
    if name == "when":
        return replace(of, when=_changed(rng, of.when))
    if name == "give" and of.give:
        at = rng.randrange(len(of.give))
        return replace(of, give=(*of.give[:at], _other_outcome(rng, of.give[at]), *of.give[at + 1 :]))
    return replace(of, **{name: FIELDS[name](rng)})


def _changed(rng: random.Random, of: Condition) -> Condition:
    match of:
        case All(parts=parts) | AnyOf(parts=parts) if parts and rng.random() < 0.8:
            at = rng.randrange(len(parts))
            return type(of)((*parts[:at], _changed(rng, parts[at]), *parts[at + 1 :]))
        case All(parts=parts):
            return rng.choice((AnyOf(parts), Not(of), All((of,)), AnyOf((of,)), All(parts[:-1])))
        case AnyOf(parts=parts):
            return rng.choice((All(parts), Not(of), All((of, of)), AnyOf((of,)), AnyOf(parts[:-1])))
        case Not(part=part):
            return rng.choice((part, Not(of), Not(_changed(rng, part)), Not(_changed(rng, part))))
        case FactTest():
            other = fact_test(rng)
            return rng.choice((other, Not(of), AnyOf((of,)), _same_fact(rng, of), _same_fact(rng, of)))
        case MeasureTest():
            return rng.choice((measure_test(rng), Not(of), *[_same_measure(rng, of)] * 6))
        case AmountTest():
            other = replace(of, amount=changed_amount(rng, of.amount, of.currency))
            if of.than is not None:
                than = changed_amount(rng, of.than, of.currency)
                swapped = asked_of_two(of.than, of.comparison.op, of.amount, of.currency)
                other = rng.choice((other, asked_of_two(of.amount, of.comparison.op, than, of.currency), swapped))
            return rng.choice((amount_test(rng), Not(of), other, other, other))


def changed_amount(rng: random.Random, of: Amount, currency: str | None) -> Amount:
    """The same amount but for one operation or one number; of the same unit, as far as that goes."""
    match of:
        case Sum(parts=parts) | Less(parts=parts) | Smallest(parts=parts) | Largest(parts=parts):
            at = rng.randrange(len(parts))
            inside = (*parts[:at], changed_amount(rng, parts[at], currency), *parts[at + 1 :])
            other = rng.choice((Sum, Less, Smallest, Largest))
            return rng.choice((type(of)(inside), other(parts), type(of)(parts[::-1]), Sum((of, parts[0]))))
        case Times(of=inner) | Percent(of=inner):
            inside = replace(of, of=changed_amount(rng, inner, currency))
            return rng.choice((inside, Times(2, inner), Percent(2, inner), Times(2, of), inner))
        case Marginal(of=inner) | Bands(of=inner):
            return rng.choice((replace(of, of=amount(rng, of.currency, 1)), inner if isinstance(of, Marginal) else of))
        case Rate(of=inner):
            capped = Smallest((inner, Fixed(5, of.per_currency)))
            return rng.choice(
                (replace(of, of=capped), Smallest((of, Fixed(5, currency))), replace(of, rate=of.rate + 1))
            )
        case Share():
            return replace(of, share=of.whole, whole=of.share)
        case If(condition=condition, then=then):
            other = replace(of, condition=_changed(rng, condition))
            return rng.choice((other, other, replace(of, otherwise=then), replace(of, otherwise=None), then))
        case _:
            return amount(rng, currency, 1)


def _same_fact(rng: random.Random, of: FactTest) -> FactTest:
    """Another comparison of the same fact."""
    return next((found for found in (fact_test(rng) for _ in range(200)) if found.fact == of.fact), of)


def _same_measure(rng: random.Random, of: MeasureTest) -> MeasureTest:
    """The same measure but for one field, or another comparison."""
    other = measure_test(rng)
    names = ("scope", "window", "by", "counting", "evidence", "categories", "room_classes", "weekdays", "hours",
             "including_this", "perks", "rules", "last", "linked", "comparison", "aggregate", "series")  # fmt: skip
    name = rng.choice(names)
    mine = of.measure
    if mine.groups is not None and (name == "last" or rng.random() < 0.4):
        return replace(of, measure=replace(mine, groups=_other_groups(rng, mine.groups)))
    if name == "comparison":
        money = (mine.aggregate in MONEY) == (other.measure.aggregate in MONEY)
        return replace(of, comparison=other.comparison) if money else of
    if name == "aggregate":
        same = (mine.aggregate in MONEY) == (other.measure.aggregate in MONEY)
        aggregate, dimension, groups = other.measure.aggregate, other.measure.dimension, other.measure.groups
        changed = replace(mine, aggregate=aggregate, dimension=dimension, groups=groups)
        return replace(of, measure=changed) if same else of
    if name == "series":
        currency = mine.currency if other.measure.series is Series.SPEND or mine.aggregate in MONEY else None
        given = {"perks": other.measure.perks, "rules": other.measure.rules}
        changed = replace(mine, series=other.measure.series, custom=other.measure.custom, currency=currency, **given)
        return replace(of, measure=changed)
    return replace(of, measure=replace(mine, **{name: getattr(other.measure, name)}))


def _other_groups(rng: random.Random, of: Groups) -> Groups:
    """The same groups but for what puts them together, or for the number to reach."""
    if rng.random() < 0.5:
        return replace(of, of=rng.choice((Dimension.DAY, Dimension.WEEK, Dimension.MONTH, Dimension.YEAR)))
    op = of.comparison.op
    near = rng.choice((Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY))
    return of if op in (Op.BETWEEN, Op.EVERY) else replace(of, comparison=Comparison(near, of.comparison.values))


def _other_outcome(rng: random.Random, of: Outcome) -> Outcome:
    if isinstance(of, Choose):
        other = Choose(of.options, rng.choice((1, 2)), rng.choice((1, 30)), rng.choice((None, 0, 1)))
        dated = replace(of, by=date(2026, rng.choice((10, 11)), 15), days=30)
        return rng.choice((other, dated, replace(of, options=of.options[::-1]), of.options[0]))
    other_give = tried(rng)
    if of.amounts and rng.random() < 0.5:
        name, asked = of.amounts[0]
        changed = changed_amount(rng, asked, "EUR" if name == "amount" else None)
        return of if isinstance(changed, Fixed) else replace(of, amounts=((name, changed),))
    changes = ({"or_else": other_give.or_else}, {"valid": other_give.valid}, {"wait": other_give.wait})
    return rng.choice((other_give, *(replace(of, **change) for change in changes)))


def meaning(of: Rule) -> str:
    """What a rule means, apart from what it is called: two rules of one meaning may read the same.

    Id, titles and says are names. A list of one condition under `when` is that condition. That is all: nothing else
    is taken together, not even where two ways of writing come to the same.
    """
    when = of.when
    while isinstance(when, All) and len(when.parts) == 1:
        when = when.parts[0]
    return repr(replace(of, id="", titles={}, says={}, when=when))
