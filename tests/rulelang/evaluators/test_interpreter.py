"""The interpreter explains what it found."""

from __future__ import annotations

import pytest

from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.evaluation import Reading, Trace, Truth, at_least, exactly
from rewards.rulelang.interpreter import evaluate, trace
from rewards.rulelang.nodes import All, AnyOf, Measure, Not, Op, Series, SinceLastGrant
from tests.rulelang.evaluators.helpers import HARBOUR, MEMBER, NIGHTS, Guest, fact, measured, rule, rules


def test_a_trace_holds_every_part_with_what_was_read() -> None:
    ana = Guest({"guest.enrolled": True}, {NIGHTS: at_least(4)})
    direct, six = fact("stay.channel", Op.IS, "direct"), measured(Op.AT_LEAST, 6)
    condition = All((MEMBER, Not(AnyOf((direct, six)))))
    assert trace(condition, ana, "r") == Trace(
        condition,
        Truth.UNKNOWN,
        None,
        (
            Trace(MEMBER, Truth.TRUE, True),
            Trace(
                condition.parts[1],
                Truth.UNKNOWN,
                None,
                (
                    Trace(
                        AnyOf((direct, six)),
                        Truth.UNKNOWN,
                        None,
                        (Trace(direct, Truth.UNKNOWN, None), Trace(six, Truth.UNKNOWN, Reading(4, float("inf")))),
                    ),
                ),
            ),
        ),
    )


def test_a_measure_is_asked_for_by_the_rule_it_stands_in() -> None:
    since = Measure(Series.STAYS, window=SinceLastGrant())
    ben = Guest(readings={since: {"free-breakfast": exactly(3), "late-checkout": exactly(1)}})
    assert evaluate(measured(Op.AT_LEAST, 3, measure=since), ben, "free-breakfast") is Truth.TRUE
    assert evaluate(measured(Op.AT_LEAST, 3, measure=since), ben, "late-checkout") is Truth.FALSE


def test_a_text_is_no_number_and_neither_evaluator_guesses() -> None:
    wrong = fact("stay.nights", Op.AT_LEAST, "three")
    with pytest.raises(TypeError, match="'three' is a text"):
        evaluate(wrong, Guest({"stay.nights": 3}), "r")
    with pytest.raises(TypeError, match="'three' is a text"):
        compile_rules(rules(rule("r", wrong)), [HARBOUR])


def test_a_measure_is_no_text_and_neither_evaluator_guesses() -> None:
    wrong = measured(Op.IS, 3)
    with pytest.raises(ValueError, match="is compares texts"):
        evaluate(wrong, Guest(), "r")
    with pytest.raises(KeyError):
        compile_rules(rules(rule("r", wrong)), [HARBOUR])
