"""The published schema takes what the checker takes, and refuses what is wrong in itself."""

from __future__ import annotations

from collections.abc import Iterator

import hypothesis.strategies as st
import jsonschema_rs
import pytest
from hypothesis import given, settings

from rewards.domain.perk import Perk
from rewards.paths import bundled
from rewards.rulelang.canonical import dump_perks, dump_rule
from rewards.rulelang.diagnostics import Diagnostic, Report, Severity
from rewards.rulelang.document import compose
from rewards.rulelang.nodes import Rule
from rewards.rulelang.packs import PERKS_FILE, RULES_FILE, pack_folders
from rewards.rulelang.reading.tree import Tree
from rewards.rulelang.schema import json_schema, perks_schema
from tests.rulelang.documents.instances import instance
from tests.rulelang.documents.reports import diagnose, documents
from tests.rulelang.documents.strategies import perks, rules

RULES = jsonschema_rs.Draft202012Validator(json_schema())
PERKS = jsonschema_rs.Draft202012Validator(perks_schema())

BEYOND_A_SCHEMA = {
    # Needs more than this one document, or more than its shape.
    "perk_unknown", "parameter_not_for_kind", "parameter_missing", "parameter_invalid", "property_unknown",
    "brand_unknown", "city_unknown", "country_unknown", "rule_unknown", "rule_repeated", "counting_unknown",
    "counting_repeated", "currency_not_of_property", "default_unknown", "default_ambiguous",
    # Compares values with each other.
    "between_backwards", "window_backwards", "currencies_differ", "choice_too_many", "every_never",
    "bands_not_rising",
    # Counts through levels.
    "or_else_too_long", "condition_too_deep", "condition_too_large", "amount_too_deep", "amount_too_large",
    "measures_too_many",
    # Reckons with units.
    "amounts_differ", "amount_not_for_parameter", "amount_currency_unsaid",
    # Is gone once the text is read.
    "key_repeated", "anchor_refused", "tag_refused", "key_not_text",
}  # fmt: skip
BEYOND_IN_PART = {
    ("date_expected", "2026-02-30"),
    ("year_start_expected", "02-29"),
    ("number_out_of_range", "40000"),
    ("number_expected", "010"),
    ("number_expected", "2.0"),
    ("number_expected", "1e3"),
    ("number_expected", "“EUR 3”"),
    ("window_empty", "it ends when it begins"),
    ("number_out_of_range", "3; it must lie from 1 to 2"),
    ("parameters_contradict", "“default” and “choose: 2”"),
    ("parameters_contradict", "“approval” and “wait”"),
}
"""Mistakes of a kind that a schema sees, in values where it does not: (code, a piece of the message)."""


def trees(text: str) -> list[Tree]:
    return compose(text, Report())


def mistakes(schema: jsonschema_rs.Draft202012Validator, tree: Tree) -> list[str]:
    return [error.message for error in schema.iter_errors(instance(tree))]


def a_schema_sees(diagnostic: Diagnostic) -> bool:
    if diagnostic.severity is Severity.WARNING or diagnostic.code in BEYOND_A_SCHEMA:
        return False
    return not any(code == diagnostic.code and piece in diagnostic.message for code, piece in BEYOND_IN_PART)


def each_tree() -> Iterator[tuple[str, Tree, list[Diagnostic], jsonschema_rs.Draft202012Validator]]:
    for path in documents():
        # Of anchors and tags nothing is left in a tree, so no schema can be asked about them.
        if path.name.endswith(".cases.yaml") or path.stem == "anchors_and_tags":
            continue
        schema = PERKS if path.name.endswith(".perks.yaml") else RULES
        found = diagnose(path)
        for tree in trees(path.read_text(encoding="utf-8")):
            lines = range(tree.span.line, tree.span.end_line + 1)
            yield path.name, tree, [each for each in found if each.span.line in lines], schema


def test_the_schemas_are_schemas() -> None:
    for schema in (json_schema(), perks_schema()):
        assert jsonschema_rs.meta.is_valid(schema)


def test_the_schema_takes_every_pack() -> None:
    folders = pack_folders(bundled("rules"))
    assert folders
    for folder in folders:
        for tree in trees((folder / RULES_FILE).read_text(encoding="utf-8")):
            assert mistakes(RULES, tree) == []
        for tree in trees((folder / PERKS_FILE).read_text(encoding="utf-8")):
            assert mistakes(PERKS, tree) == []


def test_the_schema_refuses_a_document_exactly_where_it_can_see_a_mistake() -> None:
    refused = 0
    for name, tree, found, schema in each_tree():
        seen = [each.code for each in found if a_schema_sees(each)]
        valid = schema.is_valid(instance(tree))
        refused += not valid
        assert valid == (not seen), f"{name}:{tree.span.line}: {seen}"
    assert refused > 20


def test_the_schema_refuses_each_faulty_test_of_a_condition_alone() -> None:
    """A document of many mistakes is refused for one; so each is put into a document of its own."""
    checked = refused = 0
    for name, line, test, found in _each_condition():
        document = f"rule: r\nat: arrival\nwhen: {test}\ngive: welcome-drink\n"
        (tree,) = trees(document)
        seen = [each.code for each in found if a_schema_sees(each)]
        valid = RULES.is_valid(instance(tree))
        checked, refused = checked + 1, refused + (not valid)
        assert valid == (not seen), f"{name}:{line}: {seen}"
    assert checked > 100
    assert refused > 50


def _each_condition() -> Iterator[tuple[str, int, str, list[Diagnostic]]]:
    for path in documents():
        found = diagnose(path)
        for line, text in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if text.startswith("    - {") and path.name.count(".") == 1 and "&" not in text and "*" not in text:
                yield path.name, line, text.removeprefix("    - "), [each for each in found if each.span.line == line]


@settings(max_examples=120, deadline=None)
@given(rules())
def test_the_schema_takes_everything_that_can_be_said(rule: Rule) -> None:
    (tree,) = trees(dump_rule(rule))
    assert mistakes(RULES, tree) == []


@settings(max_examples=50, deadline=None)
@given(st.lists(perks(), max_size=3, unique_by=lambda perk: perk.code))
def test_the_schema_takes_every_catalogue(entries: list[Perk]) -> None:
    (tree,) = trees(dump_perks({perk.code: perk for perk in entries})) or [None]
    if tree is not None:
        assert mistakes(PERKS, tree) == []


@pytest.mark.parametrize("schema", [json_schema(), perks_schema()], ids=["rules", "perks"])
def test_every_key_is_described(schema: dict[str, object]) -> None:
    missing = [path for path, piece in _properties(schema, "$") if piece and "description" not in piece]
    assert not [path for path in missing if not _described_elsewhere(path)]


def _properties(piece: object, path: str) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(piece, list):
        for index, each in enumerate(piece):
            yield from _properties(each, f"{path}[{index}]")
    if not isinstance(piece, dict):
        return
    for key, value in piece.items():
        if key == "properties" and isinstance(value, dict):
            for name, each in value.items():
                if isinstance(each, dict):
                    yield f"{path}.{name}", each
        yield from _properties(value, f"{path}/{key}")


def _described_elsewhere(path: str) -> bool:
    """Branches repeat keys to narrow them, and operators are described once for all types in the reference."""
    return (
        "/then" in path
        or "/else" in path
        or "/if" in path
        or "/definitions" in path
        or "Test" in path
        or ("condition" in path)
        or path.rsplit(".", 1)[-1] in ("en", "nl", "n", "after", "up_to", "countings")
    )


@pytest.mark.parametrize("window", ["this day", "{unit: month, back: 2}", "{year_from: 03-01}"])
def test_the_schema_takes_a_rank_in_any_calendar_window(window: str) -> None:
    when = f"{{measure: rank, of: visits, in: {window}, at_most: 1}}"
    (tree,) = trees(f"rule: r\nat: arrival\nwhen: {when}\ngive: welcome-drink\n")
    assert mistakes(RULES, tree) == []
