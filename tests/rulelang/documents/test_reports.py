"""Every faulty document is refused in exactly the words that stand beside it, and every code has such a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from rewards.rulelang import limits
from rewards.rulelang.checker import check
from rewards.rulelang.diagnostics import Diagnostic, has_errors, make, render
from rewards.rulelang.document import load
from rewards.rulelang.nodes import Comparison, FactTest, Give, Op, Rule, Span
from rewards.rulelang.wording import WORDING
from rewards.rulelang.wording.entry import Phrase
from tests.rulelang.documents.reports import diagnose, documents, expected, report
from tests.rulelang.documents.test_packs import PACK_CODES
from tests.rulelang.documents.world import perks

RULE = "rule: r\nat: arrival\nwhen: always\ngive: welcome-drink\n"

OF_THE_HOUSE = {"stock_unset"}
"""Codes that say something of a house rather than of a document; tests/studio shows them."""

GENERATED: dict[str, tuple[str, tuple[int, int]]] = {
    "document_too_long": ("# " + "x" * limits.MAX_DOCUMENT_BYTES, (1, 1)),
    "text_too_long": (RULE + f"title: {{en: {'x' * (limits.MAX_SCALAR_CHARACTERS + 1)}}}\n", (5, 13)),
    "too_deep": (f"rule: {'[' * (limits.MAX_DEPTH + 1)}", (1, 7 + limits.MAX_DEPTH - 1)),
    "too_many_nodes": ("- [" + "a, " * limits.MAX_TREE_NODES + "a]", (1, 4 + 3 * (limits.MAX_TREE_NODES - 2))),
    "too_many_rules": (
        "---\n".join(RULE.replace("rule: r", f"rule: r{index}") for index in range(limits.MAX_RULES + 1)),
        (limits.MAX_RULES * 5 + 1, 1),
    ),
    "condition_too_large": (
        RULE.replace(
            "always",
            "{any: [" + ", ".join(["{fact: stay.nights, at_least: 2}"] * limits.MAX_CONDITION_NODES) + "]}",
        ),
        (3, 7),
    ),
    "amount_too_large": (
        RULE.replace(
            "welcome-drink", "{perk: bonus-points, points: {sum: [" + ", ".join(["{sum: [1, 2, 3]}"] * 16) + "]}}"
        ),
        (4, 36),
    ),
}  # fmt: skip
"""Documents past a maximum, which are too long to keep: code to text and the place of the problem."""


@pytest.mark.parametrize("path", documents(), ids=lambda path: path.stem)
def test_a_faulty_document_is_reported_in_these_words(path: Path) -> None:
    assert report(path) == expected(path).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", GENERATED)
def test_a_document_past_a_maximum_is_refused_at_its_place(code: str) -> None:
    text, place = GENERATED[code]
    found = load(text).diagnostics
    assert code in {each.code for each in found}
    assert place == next((each.span.line, each.span.column) for each in found if each.code == code)
    assert has_errors(found)


def test_a_value_of_another_type_in_nodes_from_a_form_is_refused() -> None:
    when = FactTest("stay.nights", Comparison(Op.AT_LEAST, ("three",)))
    found = check([Rule("r", ("arrival",), when, (Give("welcome-drink"),))], perks())
    assert [each.code for each in found] == ["value_type"]
    assert found[0].message == "“stay.nights” is a whole number, and “three” is not."


def test_every_code_has_a_document() -> None:
    shown = {diagnostic.code for path in documents() for diagnostic in diagnose(path)}
    assert set(WORDING) - shown - set(GENERATED) - PACK_CODES - OF_THE_HOUSE == {"value_type"}


def everything() -> list[Diagnostic]:
    return [each for path in documents() for each in diagnose(path)]


def test_every_diagnostic_points_into_its_document() -> None:
    for path in documents():
        lines = path.read_text(encoding="utf-8").split("\n")
        for diagnostic in diagnose(path):
            span = diagnostic.span
            assert 1 <= span.line <= len(lines)
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1
            assert (span.end_line, span.end_column) >= (span.line, span.column)


def test_every_diagnostic_says_what_would_be_right_in_both_languages() -> None:
    for diagnostic in everything():
        english, dutch = diagnostic.in_language("en"), diagnostic.in_language("nl")
        assert all(english)
        assert all(dutch)
        assert english != dutch
        assert "Phrase(" not in "".join((*english, *dutch))
        assert english[0].endswith(".")
        assert dutch[0].endswith(".")


def test_other_languages_read_english() -> None:
    diagnostic = make("document_empty")
    assert diagnostic.in_language("fr") == diagnostic.in_language("en")


def test_warnings_alone_are_no_errors() -> None:
    found = diagnose(Path(__file__).parents[2] / "conformance" / "errors" / "lints.yaml")
    assert found
    assert not has_errors(found)


def test_a_diagnostic_is_json() -> None:
    span = Span(2, 5, 2, 9)
    diagnostic = make("fact_unknown", span, "rules.yaml", name="stay.x", suggestion=Phrase("Known.", "Bekend."))
    assert diagnostic.to_json() == {
        "code": "fact_unknown",
        "severity": "error",
        "message": "There is no fact “stay.x”.",
        "hint": "Known.",
        "file": "rules.yaml",
        "line": 2,
        "column": 5,
        "end_line": 2,
        "end_column": 9,
    }
    assert diagnostic.to_json("nl")["message"] == "Er is geen feit “stay.x”."


@pytest.mark.parametrize(
    ("span", "carets"),
    [
        (Span(1, 3, 1, 6), "    |   ^^^".replace("    |", "   |")),
        (Span(1, 3, 1, 3), "   |   ^"),
        (Span(1, 3, 2, 2), "   |   ^^^^^^"),
    ],
)
def test_carets_stand_under_the_span(span: Span, carets: str) -> None:
    lines = render(make("document_empty", span), "a bcdefg\nnext").split("\n")
    assert lines[1:3] == [" 1 | a bcdefg", carets]


def test_a_diagnostic_of_no_place_shows_no_line() -> None:
    shown = render(make("file_missing", filename="pack/rules.yaml", pack="pack", file="rules.yaml"), "")
    assert shown == (
        "pack/rules.yaml: error: The pack “pack” has no file rules.yaml. [file_missing]\n  = Add rules.yaml."
    )


def test_problems_past_a_maximum_are_counted_but_not_listed() -> None:
    rules = "---\n".join(f"rule: r{index}\n" for index in range(limits.MAX_DIAGNOSTICS))
    assert len(load(rules).diagnostics) == limits.MAX_DIAGNOSTICS


def test_a_rule_with_an_error_is_never_among_the_whole_ones() -> None:
    for path in documents():
        if path.name.count(".") == 1:
            parsed = load(path.read_text(encoding="utf-8"))
            faulty = {(each.span.line, each.code) for each in parsed.diagnostics if has_errors([each])}
            for rule in parsed.rules:
                lines = range(rule.span.line, rule.span.end_line + 1)
                assert not [each for each in faulty if each[0] in lines], path.name
