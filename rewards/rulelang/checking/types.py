"""Types of comparisons, checked on nodes: those that no document was read for, a form's for one, have not been yet."""

from __future__ import annotations

from datetime import date

from rewards.rulelang import facts
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import amount_tests, fact_tests, measure_tests
from rewards.rulelang.facts import FactType
from rewards.rulelang.limits import MAX_NUMBER
from rewards.rulelang.nodes import AmountTest, Comparison, FactTest, Op, Rule, Scalar, Span
from rewards.rulelang.reading.names import EXAMPLES, OPERATORS, OPS_OF_TWO, TYPE_PHRASES, listed, title, type_of
from rewards.rulelang.wording.phrases import suggestion


def check_types(rule: Rule, notes: Notes) -> None:
    """Notes unknown facts, operators that do not fit, values of another type, and influence scores."""
    for test in fact_tests(rule):
        _check_fact(test, notes)
    for each in measure_tests(rule):
        measure = each.measure
        if measure.custom is not None and facts.is_influence(measure.custom):
            notes.add("influence_refused", each.span, "measure", name=measure.custom)
        _check_comparison(each.comparison, title(measure), type_of(measure), (), each.span, notes)
    for reckoned in amount_tests(rule):
        kind = FactType.NUMBER if reckoned.currency is None else FactType.MONEY
        if reckoned.than is not None:
            _check_of_two(reckoned, notes)
            continue
        _check_comparison(reckoned.comparison, "amount", kind, (), reckoned.span, notes)


def _check_of_two(test: AmountTest, notes: Notes) -> None:
    op = test.comparison.op
    if op not in OPS_OF_TWO or test.comparison.values:
        known, kind = listed([str(each) for each in OPS_OF_TWO]), TYPE_PHRASES[FactType.NUMBER]
        notes.add("operator_not_for_type", test.span, op, operator=op, name="amount", type=kind, operators=known)


def _check_fact(test: FactTest, notes: Notes) -> None:
    fact = facts.find(test.fact)
    if facts.is_influence(test.fact):
        notes.add("influence_refused", test.span, "fact", name=test.fact)
    elif fact is None:
        hint = suggestion(test.fact, facts.CATALOGUE)
        notes.add("fact_unknown", test.span, "fact", name=test.fact, suggestion=hint)
    else:
        _check_comparison(test.comparison, fact.name, fact.type, fact.choices, test.span, notes)


def _check_comparison(
    comparison: Comparison, name: str, kind: FactType, choices: tuple[str, ...], span: Span, notes: Notes
) -> None:
    op, operators = comparison.op, OPERATORS[kind]
    if op not in operators:
        known, phrase = listed([str(each) for each in operators]), TYPE_PHRASES[kind]
        notes.add("operator_not_for_type", span, op, operator=op, name=name, type=phrase, operators=known)
        return
    for value in comparison.values:
        if not is_of(value, kind):
            phrase, example = TYPE_PHRASES[kind], EXAMPLES[kind]
            notes.add("value_type", span, op, name=name, type=phrase, value=str(value), example=example)
        elif choices and value not in choices:
            hint = suggestion(str(value), choices)
            notes.add("choice_unknown", span, op, value=str(value), what=f"“{name}”", suggestion=hint)
    _check_shape(comparison, name, kind, span, notes)


_VALUES = {Op.BETWEEN: 2, Op.EVERY: 3}


def _check_shape(comparison: Comparison, name: str, kind: FactType, span: Span, notes: Notes) -> None:
    size = len(comparison.values)
    if comparison.op in (Op.IN, Op.NOT_IN):
        good = size > 0
    else:
        good = size == _VALUES.get(comparison.op, 1)
    if not good:
        example = EXAMPLES[kind]
        values = {"value": listed([str(each) for each in comparison.values]), "example": example}
        notes.add("value_type", span, comparison.op, name=name, type=TYPE_PHRASES[kind], **values)
    elif comparison.op is Op.BETWEEN and all(is_of(value, kind) for value in comparison.values):
        low, high = comparison.values
        if low > high:  # type: ignore[operator]
            notes.add("between_backwards", span, comparison.op, low=str(low), high=str(high))


def is_of(value: Scalar, kind: FactType) -> bool:
    """Whether a value is of the type of a fact, and in its range."""
    if kind is FactType.DATE:
        return isinstance(value, date)
    if kind is FactType.TEXT:
        return isinstance(value, str)
    if kind is FactType.YES_NO:
        return isinstance(value, bool)
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER
    return whole and (kind is not FactType.TIME or 0 <= int(value) < 1_440)  # type: ignore[arg-type]
