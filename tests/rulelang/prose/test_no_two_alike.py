"""Two rules that mean different things never read the same, and every sentence is one that can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.rulelang.prose import LANGUAGES, NO_NAMES, condition_text, english, english_rules, sentence, sentence_parts
from tests.rulelang.prose import alike, generate
from tests.rulelang.prose.generate import NAMES
from tests.rulelang.prose.neighbours import meaning, neighbour

RULES = 250
"""Random rules, each with neighbours that differ from the one before in one value; `alike` draws more."""

RANDOM = st.randoms(use_true_random=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [NAMES, NO_NAMES], ids=["named", "by code"])
def test_two_different_rules_never_read_the_same(language, names):
    told, shared = alike.collision(20261124, RULES, language, names)
    assert shared == ""
    assert told > RULES * 8


@pytest.mark.parametrize(
    ("phrases", "key", "said_by"),
    [
        (english_rules.PLACES, "city", "country"),
        (english_rules.WINDOWS, "membership.1", "membership.0"),
        (english_rules.LIMITS, "per.guest", "per.stay"),
        (english_rules.FRAME, "always", "never"),
        (english_rules.SMALL_PRINT, "min_amount", "min_amount_per_night"),
        (english.COMPARISONS, "count.more_than", "count.at_least"),
        (english.FACTS, "stay.departure", "stay.arrival"),
    ],
)
def test_a_phrase_that_says_two_things_is_found(monkeypatch, phrases, key, said_by):
    monkeypatch.setitem(phrases, key, phrases[said_by])
    # Rare phrases meet in some of the draws only.
    assert any(alike.collision(seed, RULES, "en", NAMES)[1] for seed in range(12))


@settings(max_examples=300, deadline=None)
@given(RANDOM, st.sampled_from(LANGUAGES))
def test_a_rule_and_its_neighbour_never_read_the_same(rng, language):
    rule = generate.rule(rng)
    other = neighbour(rng, rule)
    same = meaning(rule) == meaning(other)
    assert (sentence(rule, language, NAMES) == sentence(other, language, NAMES)) is same


@settings(max_examples=300, deadline=None)
@given(RANDOM, st.sampled_from(LANGUAGES))
def test_every_sentence_can_be_read(rng, language):
    assert_readable(sentence(generate.rule(rng), language, NAMES))


@settings(max_examples=200, deadline=None)
@given(RANDOM, st.sampled_from(LANGUAGES))
def test_every_reason_is_one_phrase(rng, language):
    phrase = condition_text(generate.condition(rng), language, NAMES)
    assert phrase == phrase.strip()
    assert "  " not in phrase
    assert phrase.count("(") == phrase.count(")")
    assert not phrase.endswith(".")


@settings(max_examples=300, deadline=None)
@given(RANDOM, st.sampled_from(LANGUAGES))
def test_the_parts_are_the_sentence_and_know_their_fields(rng, language):
    rule = generate.rule(rng)
    parts = sentence_parts(rule, language, NAMES)
    assert "".join(part.text for part in parts) == sentence(rule, language, NAMES)
    assert all(part.text for part in parts)
    assert not re.search(r" [,.;)]", sentence(rule, language, NAMES))
    tops = {part.path[0] for part in parts if part.path}
    gate = {"at", "only_at", "runs", "when", "evidence"}
    rest = {"group", "combines", "priority", "reading_of", "approval"}
    assert tops <= gate | {"give", "take", "extend", "limits"} | rest


KNOWN_CODES = (
    "harbour", "garden", "grand", "budget", "gent", "rotterdam", "NL", "BE", "superior", "suite", "vip",
    "upgrade", "late", "drink", "dinner", "care", "table",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(RANDOM, st.sampled_from(LANGUAGES))
def test_no_code_is_read_out_where_its_name_is_known(rng, language):
    spoken = sentence(generate.rule(rng), language, NAMES)
    for code in KNOWN_CODES:
        # An attribute of a guest may be called as a code is; it has no other name.
        assert f"“{code}”" not in spoken.replace("attribute “vip”", "").replace("kenmerk “vip”", ""), code
    assert not re.search(r"\b(stay|guest|property|moment|checkin|day)\.[a-z_]+", spoken)
    assert "_" not in spoken.replace("“spa_day”", "")


def assert_readable(spoken: str) -> None:
    assert spoken.endswith(".")
    assert spoken[0] == spoken[0].upper()
    assert "  " not in spoken
    assert not re.search(r" [,.;:)]|\( |\{|\}", spoken), spoken
    depth = 0
    for sign in spoken:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert spoken.count("“") == spoken.count("”")
