"""Every smallest change to a rule that somebody could have meant instead: n ± 1, another operator, one part fewer.

Worked cases are the only thing that says what a rule of a pack means, so they should tell each of these changes from
the rule itself. What they cannot tell is listed in `UNTOLD` with its reason and is not changed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from rewards.domain.activity import Evidence
from rewards.domain.validity import EndOf, Lasting, Term, Until, Validity
from rewards.rulelang.nodes import (
    All,
    AmountTest,
    AnyOf,
    Applies,
    Calendar,
    Choose,
    Comparison,
    Condition,
    CountLimit,
    Extend,
    FactTest,
    Give,
    MeasureTest,
    Not,
    Op,
    Outcome,
    Per,
    Rolling,
    Rule,
    Scalar,
    Schedule,
    Unit,
)
from tests.rules.amount_mutations import of_amount
from tests.rules.measure_mutations import INCLUDING, changed, days_around, without_each
from tests.rules.measure_mutations import of_measure as measures_near
from tests.rules.take_mutations import of_takes
from tests.rules.wait_mutations import of_wait

UNTOLD = {
    "titles, says": "words; the sentences of rules have tests of their own",
    "group, combines, priority": "a case plays its rule alone; which of several rules gives is tested with decisions",
    "reading_of": "it is about which rules are live together; a lint with a test of its own",
    "who approves, and for how long": "a case tells that it waits; who says yes until when is tested with grants",
    "classes, hours, levels and notes of what is given": "a case tells how much and until when",
    "validity of the catalogue, days to choose": "a case asks once; what lapses later is tested with grants",
    "options behind the first": "a case names what stands until the guest chooses",
    "per of a limit, limits per stay": "a case has one guest and asks once for a stay",
    "budgets": "a case has no other guests who spend them",
    "including of what is at hand": "a case records the check-in or purchase at hand, so it counts either way",
}
"""What no worked case can tell, and why."""

FIXED = ("points", "quantity", "amount")
"""Parameters of what is given that `gives` tells."""

NOTHING_AT_HAND = {"scheduled"}
"""Moments at which there is no stay that a measure could include."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change: where, what, and the rule as it then is."""

    where: str
    what: str
    rule: Rule


Node = TypeVar("Node")
Variants = Iterator[tuple[str, str, Node]]

_OTHER_OPS = {
    Op.AT_LEAST: (Op.MORE_THAN, Op.EXACTLY, Op.AT_MOST),
    Op.MORE_THAN: (Op.AT_LEAST, Op.LESS_THAN),
    Op.AT_MOST: (Op.LESS_THAN, Op.EXACTLY, Op.AT_LEAST),
    Op.LESS_THAN: (Op.AT_MOST, Op.MORE_THAN),
    Op.EXACTLY: (Op.AT_LEAST, Op.AT_MOST),
    Op.IS: (Op.IS_NOT,),
    Op.IS_NOT: (Op.IS,),
    Op.IN: (Op.NOT_IN,),
    Op.NOT_IN: (Op.IN,),
}
_NEIGHBOURS = {
    Unit.DAY: (Unit.WEEK,),
    Unit.WEEK: (Unit.DAY, Unit.MONTH),
    Unit.MONTH: (Unit.WEEK, Unit.QUARTER),
    Unit.QUARTER: (Unit.MONTH, Unit.YEAR),
    Unit.YEAR: (Unit.QUARTER,),
}


def of_rule(rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule; two never say the same where and what."""
    alone = set(rule.moments) <= NOTHING_AT_HAND
    for where, what, when in of_condition(rule.when, "when"):
        if not (alone and what.endswith(INCLUDING)):
            yield Mutant(where, what, replace(rule, when=when))
    for what, moments in without_each(rule.moments):
        yield Mutant("at", what, replace(rule, moments=moments))
    for what, applies in _of_places(rule.applies):
        yield Mutant("only_at", what, replace(rule, applies=applies))
    for what, schedule in _of_schedule(rule.schedule):
        yield Mutant("runs", what, replace(rule, schedule=schedule))
    for what, evidence in _of_evidence(rule.evidence):
        yield Mutant("evidence", what, replace(rule, evidence=evidence))
    if rule.approval is not None:
        yield Mutant("approval", "left out", replace(rule, approval=None))
    yield from _of_limits(rule)
    for where, what, extend in _of_extends(rule.extend):
        yield Mutant(where, what, replace(rule, extend=extend))
    for where, what, give in _of_outcomes(rule.give):
        if not (alone and what.endswith(INCLUDING)):
            yield Mutant(where, what, replace(rule, give=give))
    for where, what, take in of_takes(rule):
        yield Mutant(where, what, replace(rule, take=take))


# --- conditions -----------------------------------------------------------------------------------------------------


def of_condition(node: Condition, where: str) -> Variants[Condition]:
    """Every condition that differs in one small thing: where in it, what differs, and the condition as it then is."""
    match node:
        case All(parts=parts):
            yield from ((at, what, replace(node, parts=some)) for at, what, some in _of_parts(parts, f"{where}.all"))
            if len(parts) > 1:
                yield where, "all → any", AnyOf(parts)
        case AnyOf(parts=parts):
            yield from ((at, what, replace(node, parts=some)) for at, what, some in _of_parts(parts, f"{where}.any"))
            if len(parts) > 1:
                yield where, "any → all", All(parts)
        case Not(part=part):
            yield where, "without not", part
            yield from ((at, what, Not(other)) for at, what, other in of_condition(part, f"{where}.not"))
        case FactTest():
            for what, compared in _of_comparison(node.comparison):
                yield where, f"{node.fact} {what}", replace(node, comparison=compared)
        case MeasureTest():
            for what, compared in _of_comparison(node.comparison):
                yield where, f"{node.measure.series} {what}", replace(node, comparison=compared)
            for what, measure in measures_near(node.measure):
                yield where, f"{node.measure.series} {what}", replace(node, measure=measure)
        case AmountTest(amount=amount):
            for what, compared in _of_comparison(node.comparison):
                yield where, f"amount {what}", replace(node, comparison=compared)
            for at, what, other in of_amount(amount, f"{where}.amount"):
                yield at, what, replace(node, amount=other)
            if node.than is not None:
                for at, what, other in of_amount(node.than, f"{where}.than"):
                    yield at, what, replace(node, than=other)
        case _:
            raise TypeError(f"no mutants of {type(node).__name__}")


def _of_parts(parts: tuple[Condition, ...], where: str) -> Variants[tuple[Condition, ...]]:
    for index, part in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        if before or after:
            yield f"{where}[{index}]", "left out", (*before, *after)
        for at, what, other in of_condition(part, f"{where}[{index}]"):
            yield at, what, (*before, other, *after)


def _of_comparison(comparison: Comparison) -> Iterator[tuple[str, Comparison]]:
    op, values = comparison.op, comparison.values
    for other in _OTHER_OPS.get(op, ()):
        if not any(isinstance(value, bool) for value in values) and not (
            values == (0,) and {op, other} == {Op.AT_MOST, Op.EXACTLY}
        ):
            yield f"{op} → {other}", Comparison(other, values)
    if op is Op.EVERY:
        yield from _of_every(values)
    elif op in (Op.IN, Op.NOT_IN):
        yield from ((f"{op} {what}", Comparison(op, some)) for what, some in without_each(values))
    else:
        for index, value in enumerate(values):
            for near in _near(value):
                some = (*values[:index], near, *values[index + 1 :])
                yield f"{op} {value} → {near}", Comparison(op, some)


def _of_every(values: tuple[Scalar, ...]) -> Iterator[tuple[str, Comparison]]:
    n, after, up_to = (int(value) for value in values if isinstance(value, int))
    changed = [(n + 1, after, up_to), (n, after + 1, up_to)]
    changed += [(n - 1, after, up_to)] if n > 1 else []
    changed += [(n, after - 1, up_to)] if after else []
    changed += [(n, after, up_to + n), (n, after, up_to - n), (n, after, 0)] if up_to else []
    for some in changed:
        yield f"every {(n, after, up_to)} → {some}", Comparison(Op.EVERY, some)
    yield "every → at_least", Comparison(Op.AT_LEAST, (n + after,))


def _near(value: Scalar) -> tuple[Scalar, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return value - 1, value + 1
    return () if isinstance(value, str) else tuple(day for day in days_around(value) if day is not None)


# --- where, when and how often --------------------------------------------------------------------------------------


def _of_places(applies: Applies) -> Iterator[tuple[str, Applies]]:
    if applies == Applies():
        return
    yield "everywhere", Applies()
    for key in ("properties", "brands", "cities", "countries"):
        for what, some in without_each(getattr(applies, key)):
            yield f"{key} {what}", changed(applies, key, some)


def _of_schedule(schedule: Schedule) -> Iterator[tuple[str, Schedule]]:
    for key in ("first", "last"):
        day = getattr(schedule, key)
        for other in days_around(day):
            yield f"{key} {day} → {other}", changed(schedule, key, other)
    for what, some in without_each(schedule.weekdays):
        yield f"on {what}", replace(schedule, weekdays=some)
    if schedule.weekdays:
        yield "on every day", replace(schedule, weekdays=())
    if schedule.hours is not None:
        start, end = schedule.hours
        yield "all day", replace(schedule, hours=None)
        for hours in ((start - 1, end), (start + 1, end), (start, end - 1), (start, end + 1)):
            yield f"between {schedule.hours} → {hours}", replace(schedule, hours=hours)


def _of_evidence(evidence: Evidence | None) -> Iterator[tuple[str, Evidence | None]]:
    if evidence is not None:
        for other in (None, *(level for level in Evidence if abs(level - evidence) == 1)):
            yield f"{evidence.word} → {other.word if other is not None else 'any'}", other


def _of_limits(rule: Rule) -> Iterator[Mutant]:
    for index, limit in enumerate(rule.limits):
        if not isinstance(limit, CountLimit) or limit.per is Per.STAY:
            continue
        before, after, where = rule.limits[:index], rule.limits[index + 1 :], f"limits[{index}]"
        yield Mutant(where, "left out", replace(rule, limits=(*before, *after)))
        for what, other in _of_limit(limit):
            yield Mutant(where, what, replace(rule, limits=(*before, other, *after)))


def _of_limit(limit: CountLimit) -> Iterator[tuple[str, CountLimit]]:
    for count in (limit.at_most - 1, limit.at_most + 1):
        if count:
            yield f"at_most {limit.at_most} → {count}", replace(limit, at_most=count)
    match limit.every:
        case Rolling(amount=amount, unit=unit):
            for other in (amount - 1, amount + 1):
                if other:
                    yield f"every {amount} → {other} {unit}", replace(limit, every=Rolling(other, unit))
        case Calendar(unit=unit):
            for near in _NEIGHBOURS[unit]:
                yield f"every {unit} → {near}", replace(limit, every=Calendar(near))
            yield f"every {unit} → ever", replace(limit, every=None)
        case None:
            yield "ever → every year", replace(limit, every=Calendar(Unit.YEAR))


# --- what is given --------------------------------------------------------------------------------------------------


def _of_outcomes(give: tuple[Outcome, ...]) -> Variants[tuple[Outcome, ...]]:
    for index, outcome in enumerate(give):
        before, after, where = give[:index], give[index + 1 :], f"give[{index}]"
        if before or after:
            yield where, "left out", (*before, *after)
        changes = _of_choice(outcome, where) if isinstance(outcome, Choose) else _of_give(outcome, where)
        for at, what, other in changes:
            yield at, what, (*before, other, *after)


def _of_extends(extends: tuple[Extend, ...]) -> Variants[tuple[Extend, ...]]:
    for index, extend in enumerate(extends):
        before, after, where = extends[:index], extends[index + 1 :], f"extend[{index}]"
        if before or after:
            yield where, "left out", (*before, *after)
        for what, longer in _of_longer(extend.longer):
            yield where, what, (*before, replace(extend, longer=longer), *after)
        if extend.rules:
            yield where, "of any rule", (*before, replace(extend, rules=()), *after)


def _of_longer(longer: Lasting | Until) -> Iterator[tuple[str, Lasting | Until]]:
    for step in (-1, 1):
        if isinstance(longer, Until):
            day = longer.day + timedelta(days=step)
            yield f"until {longer.day} → {day}", Until(day)
        elif longer.amount + step > 0:
            yield (
                f"by {longer.amount} → {longer.amount + step} {longer.term}",
                replace(longer, amount=longer.amount + step),
            )


def _of_validity(valid: Validity) -> Iterator[tuple[str, Validity]]:
    if not isinstance(valid, EndOf):
        yield from _of_longer(valid)
        return
    for term in Term:
        if term not in (valid.term, Term.DAY):
            yield f"end of {valid.term} → {term}", replace(valid, term=term, starts=None)
    if valid.plus is None:
        yield "end of, a month more", replace(valid, plus=Lasting(1, Term.MONTH))
        return
    yield "end of, and no more", replace(valid, plus=None)
    for what, plus in _of_longer(valid.plus):
        if isinstance(plus, Lasting):
            yield f"plus {what}", replace(valid, plus=plus)


def _of_give(give: Give, where: str) -> Variants[Give]:
    for index, (name, amount) in enumerate(give.amounts):
        for at, what, reckoned in of_amount(amount, f"{where}.{name}"):
            amounts = (*give.amounts[:index], (name, reckoned), *give.amounts[index + 1 :])
            yield at, what, replace(give, amounts=amounts)
    for index, (name, value) in enumerate(give.params):
        for near in (value - 1, value + 1) if name in FIXED and isinstance(value, int) else ():
            params = (*give.params[:index], (name, near), *give.params[index + 1 :])
            if near:
                yield where, f"{name} {value} → {near}", replace(give, params=params)
    if give.valid is not None:
        for what, valid in _of_validity(give.valid):
            yield where, what, replace(give, valid=valid)
    if give.wait is not None:
        yield from ((where, what, replace(give, wait=wait)) for what, wait in of_wait(give.wait))
    if give.or_else is not None:
        yield where, "without or_else", replace(give, or_else=None)
        yield where, "or_else at once", give.or_else
        for at, what, other in _of_give(give.or_else, where):
            yield at, f"or_else {what}", replace(give, or_else=other)


def _of_choice(choose: Choose, where: str) -> Variants[Choose]:
    for count in (choose.count - 1, choose.count + 1):
        if 0 < count < len(choose.options):
            yield where, f"choose {choose.count} → {count}", replace(choose, count=count)
    for days in (-1, 1) if choose.by is not None else ():
        by = None if choose.by is None else choose.by + timedelta(days=days)
        yield where, f"by {choose.by} → {by}", replace(choose, by=by)
    if choose.default:
        yield where, "without default", replace(choose, default=None)
    yield where, f"without {choose.options[0].perk}", replace(choose, options=choose.options[1:], default=None)
