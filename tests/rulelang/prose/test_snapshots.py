"""Every phrase as a person approved it, and both languages complete."""

from __future__ import annotations

import re

import pytest

from rewards.errors import RewardsError
from rewards.rulelang.facts import CATALOGUE, FactType
from rewards.rulelang.nodes import All
from rewards.rulelang.prose import NO_NAMES, condition_text, sentence, withheld_text
from rewards.rulelang.prose.languages import language_of
from tests.rulelang.prose import golden
from tests.rulelang.prose.stories import OFTEN, RULES

SECTIONS = ("facts", "nouns", "measures", "comparisons", "windows", "places", "small_print", "words", "outcomes",
            "limits", "frame", "amounts")  # fmt: skip
OWN_FORMS = re.compile(
    r"(rolling\.one|calendar(\.[01])?)\.(quarter|year)|guest\.country\.(not|noun\.not)|[a-z._-]+\.streak"
    r"|stay\.purpose\.noun\.not"
)
"""Keys that one language may have alone: forms that its grammar asks for beside the general one."""


@pytest.mark.parametrize("name", golden.FILES)
def test_what_is_read_is_what_was_approved(name):
    approved = (golden.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert golden.text_of(name) == approved, "read the difference aloud, then: python -m tests.rulelang.prose.golden"


def test_no_file_of_snapshots_is_left_over():
    assert {path.name for path in golden.FOLDER.iterdir()} == {f"{name}.txt" for name in golden.FILES}


@pytest.mark.parametrize("section", SECTIONS)
def test_both_languages_say_the_same_things(section):
    english, dutch = getattr(language_of("en"), section), getattr(language_of("nl"), section)
    alone = set(english) ^ set(dutch)
    assert {key for key in alone if not OWN_FORMS.fullmatch(key)} == set()
    for key in set(english) & set(dutch):
        assert _slots(english[key]) - {"latest", "one"} == _slots(dutch[key]) - {"latest", "one"} or _object(key), key


def _slots(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def _object(key: str) -> bool:
    """A visit has the place as its object in English, and as its place in Dutch; units are bent in Dutch."""
    return key.startswith("visits.") or key in ("rolling.one.quarter",)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_fact_has_its_own_words(language):
    phrases = language_of(language).facts
    for name, fact in CATALOGUE.items():
        assert {name, f"{name}.noun"} <= set(phrases)
        assert fact.type is not FactType.YES_NO or {f"{name}.no", f"{name}.noun.no"} <= set(phrases)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_answers_are_complete(language):
    english, other = language_of("en").answers, language_of(language).answers
    assert {key for key in english if not key.startswith("we.")} <= set(other)
    assert {key for key in english if key.startswith("we.")} <= set(other)


def test_a_language_that_nobody_wrote_is_refused_by_name():
    with pytest.raises(RewardsError, match="“fr”"):
        sentence(RULES[0], "fr", NO_NAMES)


def test_a_reason_that_does_not_exist_is_refused_by_name():
    with pytest.raises(RewardsError, match="“bad_mood”"):
        withheld_text("bad_mood", {}, "en")


def test_a_rate_that_is_lacking_is_named_by_its_currency():
    assert withheld_text("rate_unknown", {"from": "JPY", "to": "EUR"}, "en").startswith(
        "There is no exchange rate for JPY on the day"
    )


def test_a_list_of_one_condition_reads_as_that_condition():
    regular = RULES[0]
    alone = sentence(type(regular)("r", ("arrival",), OFTEN, regular.give), "nl")
    assert sentence(type(regular)("r", ("arrival",), All((OFTEN,)), regular.give), "nl") == alone


def test_the_reason_of_the_regular_is_as_the_desk_reads_it():
    assert condition_text(OFTEN, "en") == "at least 6 stays at this hotel in 180 days"
    assert condition_text(OFTEN, "nl") == "minstens 6 verblijven in dit hotel in 180 dagen"
