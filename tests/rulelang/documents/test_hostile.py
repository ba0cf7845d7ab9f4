"""No text of any kind makes the reader raise, hang or point outside the text."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.rulelang import document, limits
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.checker import check_text
from rewards.rulelang.diagnostics import Diagnostic, has_errors, render_all
from rewards.rulelang.document import load
from rewards.rulelang.packs import read_case_text
from tests.rulelang.documents.reports import documents
from tests.rulelang.documents.world import PROPERTIES, perks

PERKS = perks()
SEEDS = tuple(path.read_text(encoding="utf-8") for path in documents())
PIECES = (
    "\n", "  ", "- ", ": ", "[", "]", "{", "}", '"', "'", "#", "&a ", "*a", "!!x ", "---\n", "\t", "\0", "\ud800", "é",
    "|", ">", "? ", "%", "~", "<<", ",",
)  # fmt: skip


def read_everyway(text: str) -> list[Diagnostic]:
    found = [*check_text(text, PERKS, properties=PROPERTIES)[1], *load_perks(text)[1], *read_case_text(text)[1]]
    lines = text.count("\n") + 1
    assert all(0 <= each.span.line <= lines + 1 for each in found)
    assert render_all(found, text) or not found
    return found


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    read_everyway(text)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from((*PIECES, "rule", "when", "all", "measure", "stays", "fact", "give", "1")), max_size=30)
)
def test_any_heap_of_pieces_is_read_or_refused(pieces: list[str]) -> None:
    read_everyway("".join(pieces))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 10_000), st.integers(0, 40), st.sampled_from(PIECES))
def test_a_document_with_a_piece_torn_out_is_read_or_refused(text: str, at: int, length: int, piece: str) -> None:
    place = at % (len(text) + 1)
    read_everyway(text[:place] + piece + text[place + length :])


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "a: &a [x]\nb: [*a, *a]\n" * 100,
        "? " * 50_000,
        "!" * 50_000,
        "rule: " + "9" * 500_000,
        "x" * limits.MAX_DOCUMENT_BYTES,
        "- {kind: stay}\n" * 20_000,
        "rule: r\nat: arrival\ngive: a\nwhen: " + "{not: " * 5_000 + "always" + "}" * 5_000,
        "rule: r\nat: arrival\nwhen: always\ngive: " + "{perk: a, or_else: " * 5_000 + "b" + "}" * 5_000,
    ],
    ids=lambda text: text[:12].strip(),
)
def test_a_text_made_to_exhaust_is_refused(text: str) -> None:
    assert has_errors(read_everyway(text))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0, 10_000), st.integers(0, 40), st.sampled_from(PIECES))
def test_the_answer_does_not_depend_on_the_fast_reader(text: str, at: int, length: int, piece: str) -> None:
    place = at % (len(text) + 1)
    torn = text[:place] + piece + text[place + length :]
    fast = load(torn)
    with mock.patch.object(document, "_FAST", None):
        assert load(torn) == fast


def test_the_fast_reader_is_there() -> None:
    assert document._FAST is not None, "PyYAML was built without libyaml: reading is correct, but some 20 times slower"
