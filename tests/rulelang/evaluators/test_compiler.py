"""What the compiler does beyond meaning the same: what it reads and how often, how it cuts rules up, what stays out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from rewards.rulelang.compiler import Compiled, Matches, compile_rules
from rewards.rulelang.compiling import chunks
from rewards.rulelang.compiling.chunks import CHUNK
from rewards.rulelang.evaluation import Truth, at_least, exactly
from rewards.rulelang.gates import Gate
from rewards.rulelang.interpreter import trace
from rewards.rulelang.nodes import (
    All,
    AnyOf,
    Applies,
    BetterOf,
    Condition,
    Measure,
    Not,
    Op,
    Rolling,
    Rule,
    Schedule,
    Series,
    SinceLastGrant,
)
from tests.properties.random_rules import TEXTS
from tests.rulelang.evaluators.helpers import (
    GARDEN,
    HARBOUR,
    MEMBER,
    NIGHTS,
    NOON,
    STATION,
    STAYS,
    Guest,
    compiled_truth,
    fact,
    ids,
    measured,
    rule,
    rules,
)


def compiled(*each: Rule) -> Compiled:
    return compile_rules(rules(*each), [HARBOUR, GARDEN, STATION])


# --- what is read ---------------------------------------------------------------------------------------------------


def test_a_fact_and_a_measure_are_read_once_for_all_rules_and_places() -> None:
    places = (Applies(), Applies(properties=("harbour",)), Applies(brands=("Grand",)), Applies(cities=("Rotterdam",)))
    set_ = compiled(
        *(rule(f"r{at}", All((MEMBER, measured(Op.AT_LEAST, at))), applies=place) for at, place in enumerate(places))
    )
    ana = Guest({"guest.enrolled": True}, {NIGHTS: exactly(9)})
    assert len(set_.match(NOON, ana).granted) == 4
    assert ana.asked == Counter({"guest.enrolled": 1, (NIGHTS, ""): 1})


def test_a_measure_is_read_only_when_a_rule_comes_to_it() -> None:
    set_ = compiled(
        rule("r", All((measured(Op.AT_LEAST, 6), MEMBER))), rule("s", AnyOf((measured(Op.LESS_THAN, 0), MEMBER)))
    )
    stranger = Guest({"guest.enrolled": False})
    assert set_.match(NOON, stranger).granted == ()
    assert stranger.asked[NIGHTS, ""] == 1
    only_first = compiled(rule("r", All((measured(Op.AT_LEAST, 6), MEMBER))))
    stranger = Guest({"guest.enrolled": False})
    only_first.match(NOON, stranger)
    assert stranger.asked == Counter({"guest.enrolled": 1})


def test_facts_of_other_places_and_moments_are_not_read() -> None:
    set_ = compiled(
        rule("r", MEMBER),
        rule("elsewhere", fact("stay.channel", Op.IS, "direct"), applies=Applies(properties=("garden",))),
        rule("later", fact("guest.country", Op.IS, "NL"), moments=("checkout",)),
    )
    ana = Guest({"guest.enrolled": True})
    set_.match(NOON, ana)
    assert set(ana.asked) == {"guest.enrolled"}


def test_a_window_since_the_last_grant_is_read_for_each_rule_of_its_own() -> None:
    own, named = SinceLastGrant(), SinceLastGrant("breakfast")
    better = BetterOf((Rolling(30), own))
    for window, askers in ((own, {"a", "b"}), (better, {"a", "b"}), (named, {""})):
        measure = Measure(Series.STAYS, window=window)
        set_ = compiled(*(rule(id_, measured(Op.AT_LEAST, 3, measure=measure)) for id_ in ("a", "b")))
        ben = Guest(readings={measure: {"a": exactly(3), "b": exactly(2), "": exactly(3)}})
        granted = ids(set_.match(NOON, ben).granted)
        assert granted == (["a", "b"] if window is named else ["a"])
        assert {asker for _, asker in ben.asked} == askers


def test_a_measure_is_asked_for_with_the_same_object_every_time() -> None:
    # Two equal measures of two rules are two objects in the document.
    set_ = compiled(
        rule("r", measured(Op.AT_LEAST, 1, measure=Measure(Series.NIGHTS, window=Rolling(365)))),
        rule("s", measured(Op.AT_LEAST, 2, measure=Measure(Series.NIGHTS, window=Rolling(365)))),
        rule("t", measured(Op.AT_LEAST, 2, measure=STAYS)),
    )
    ana, ben = Guest(), Guest()
    set_.match(NOON, ana)
    set_.match(NOON, ben)
    assert set_.measures == (NIGHTS, STAYS)
    known = {id(measure) for measure in set_.measures}
    assert len(ana.objects) == 2
    assert {id(measure) for measure in ana.objects + ben.objects} == known
    # The rules that come back hold these objects too, so what explains them can keep answers by identity as well.
    for each in set_.live_at("arrival", HARBOUR):
        trace(each.when, ana, each.id)
    assert {id(measure) for measure in ana.objects} == known


def test_an_unexpected_property_or_moment_finds_its_rules_too() -> None:
    set_ = compile_rules(rules(rule("brand", MEMBER, applies=Applies(brands=("Grand",))), rule("all", MEMBER)), [])
    moved = replace(HARBOUR, brand="Budget")
    ana = Guest({"guest.enrolled": True})
    assert ids(set_.match(NOON, ana).granted) == ["all", "brand"]
    assert ids(set_.match(replace(NOON, property=moved), ana).granted) == ["all"]
    assert set_.match(replace(NOON, moment="spa-visit"), ana) == Matches((), ())
    assert compile_rules(rules(), [HARBOUR]).match(NOON, ana) == Matches((), ())


def test_live_rules_are_those_of_the_moment_and_place_whatever_their_schedule() -> None:
    set_ = compiled(
        rule("a", MEMBER, schedule=Schedule(first=date(2030, 1, 1))),
        rule("b", MEMBER, priority=1),
        rule("c", MEMBER, applies=Applies(properties=("garden",))),
        rule("d", MEMBER, moments=("booking",)),
        rule("e", MEMBER, applies=Applies(("harbour",), ("Grand",))),
    )
    assert ids(set_.live_at("arrival", HARBOUR)) == ["b", "a", "e"]


def test_a_rule_found_in_two_places_is_granted_and_unknown_once() -> None:
    everywhere = Applies(("harbour",), ("Grand",), ("Rotterdam",), ("NL",))
    set_ = compiled(
        rule("a", MEMBER, applies=everywhere), rule("b", measured(Op.AT_LEAST, 5), applies=everywhere, priority=1)
    )
    ana = Guest({"guest.enrolled": True}, {NIGHTS: at_least(3)})
    matches = set_.match(NOON, ana)
    assert (ids(matches.granted), ids(matches.unknown)) == (["a"], ["b"])


def test_a_rule_of_two_moments_is_compiled_once() -> None:
    assert compiled(rule("a", MEMBER, moments=("arrival", "checkout", "booking"))).functions == 1


# --- how rules are cut up -------------------------------------------------------------------------------------------


def test_a_chain_wide_rule_set_of_any_size_is_cut_into_functions_of_a_hundred() -> None:
    many = [rule(f"r{at:04}", measured(Op.AT_LEAST, at), priority=at % 3) for at in range(3 * CHUNK + 1)]
    set_ = compiled(*many)
    assert set_.functions == 4
    assert [len(chunk.codes) for chunk in set_.chunks_at("arrival", HARBOUR)] == [CHUNK, CHUNK, CHUNK, 1]
    ana = Guest(readings={NIGHTS: exactly(250)})
    wanted = sorted(many[:251], key=lambda each: (-each.priority, each.id))
    assert list(set_.match(NOON, ana).granted) == wanted


def test_a_condition_of_the_most_nodes_and_depth_is_compiled() -> None:
    deep: Condition = measured(Op.AT_LEAST, 3)
    for level in range(40):
        deep = (
            Not(deep)
            if level % 3 == 0
            else AnyOf((deep, measured(Op.MORE_THAN, 90)))
            if level % 3 == 1
            else All((deep, MEMBER))
        )
    wide = All((*(AnyOf((measured(Op.AT_LEAST, at), MEMBER)) for at in range(200)), deep))
    for nights in (2, 3):
        guest = Guest({"guest.enrolled": True}, {NIGHTS: exactly(nights)})
        assert compiled_truth(deep, guest) is (Truth.TRUE if nights == 3 else Truth.FALSE)
        assert compiled_truth(wide, guest) is (Truth.TRUE if nights == 3 else Truth.FALSE)


def test_rules_that_share_many_tests_share_them_in_any_depth() -> None:
    shared = [fact("stay.adults", Op.AT_LEAST, at) for at in range(12)]
    set_ = compiled(*(rule(f"r{at:02}", All(tuple(shared[:at]))) for at in range(12)))
    couple = Guest({"stay.adults": 4})
    assert ids(set_.match(NOON, couple).granted) == ["r00", "r01", "r02", "r03", "r04", "r05"]


# --- what stays out -------------------------------------------------------------------------------------------------

HOSTILE = (
    *TEXTS,
    "'",
    '"',
    '"""',
    "\n if True: sure(0)\n",
    "{a}",
    "X.high",
    "\\x41\\N{BULLET}",
    "f0",
    "s[0]",
    "\x00",
    "\ud800",
    "direct' or 'a' == 'a",
    "`backticks` $(rm) ${x}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_a_document_is_compared_and_nothing_else(text: str) -> None:
    conditions = (fact("stay.channel", Op.IS, text), fact("stay.channel", Op.IN, text, "other text"))
    for condition in conditions:
        assert compiled_truth(condition, Guest({"stay.channel": text}), id_=text or "empty") is Truth.TRUE
        assert compiled_truth(condition, Guest({"stay.channel": text + "x"})) is Truth.FALSE
        assert compiled_truth(condition, Guest({"stay.channel": None})) is Truth.UNKNOWN


def written_for(text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The source of a rule in which every name and text is this one, after the rule was found to hold."""
    written: list[str] = []
    compile_text = chunks._text
    monkeypatch.setattr(chunks, "_text", lambda codes: written.append(compile_text(codes)) or written[-1])
    attribute = f"guest.attribute.{text}"
    measure = Measure(Series.CUSTOM, custom=text, categories=(text,), currency=text)
    named = rule(
        text,
        All((fact(attribute, Op.IS_NOT, text), measured(Op.AT_LEAST, 2**80, measure=measure))),
        moments=(text,),
        applies=Applies((text,), (text,), (text,), (text,)),
    )
    at = replace(HARBOUR, code=text, brand=text, city=text, country=text)
    ana = Guest({attribute: "something else"}, {measure: exactly(2**80)})
    assert compile_rules(rules(named), []).match(Gate(text, at, NOON.day, 0), ana).granted == (named,)
    monkeypatch.undo()
    # Four places, one rule, one function.
    (only,) = written
    return only


@pytest.mark.parametrize("text", HOSTILE)
def test_no_name_of_a_document_becomes_code(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = written_for(text, monkeypatch)
    assert written == written_for("plain", monkeypatch)
    assert str(2**80) not in written


def test_true_and_one_are_different_constants() -> None:
    set_ = compiled(
        rule("yes", fact("guest.enrolled", Op.IS, True)),
        rule("one", fact("guest.attribute.level", Op.IS, "1")),
        rule("either", fact("guest.verified", Op.IN, True, False)),
        rule("number", fact("stay.rooms", Op.EXACTLY, 1)),
    )
    ana = Guest({"guest.enrolled": True, "guest.attribute.level": "1", "guest.verified": False, "stay.rooms": 1})
    assert ids(set_.match(NOON, ana).granted) == ["either", "number", "one", "yes"]
