"""The page of the rule language says what is so: its tables are current, its examples are read."""

from __future__ import annotations

import re

import pytest

from rewards.rulelang import facts
from rewards.rulelang.catalogue import PERK_KEYS, load_perks
from rewards.rulelang.document import load
from rewards.rulelang.nodes import Op, Series, Ties
from rewards.rulelang.packs import read_case_text
from rewards.rulelang.reading import (
    amounts,
    caps,
    case_later,
    case_questions,
    cases,
    countings,
    extends,
    names,
    outcomes,
    rules,
    takes,
    waits,
)
from rewards.rulelang.reference import keys
from rewards.rulelang.reference.keys import Key
from rewards.rulelang.reference.tables import (
    EVIDENCE_ABOUT,
    MOMENT_ABOUT,
    OPERATOR_ABOUT,
    RANK_ABOUT,
    SERIES_ABOUT,
    TABLES,
    TIES_ABOUT,
    filled,
    named_in,
)
from tests.rulelang.documents.reference_page import PAGE

TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


def test_every_table_is_current() -> None:
    assert filled(TEXT) == TEXT


def test_every_table_stands_on_the_page_once() -> None:
    assert sorted(named_in(TEXT)) == sorted(TABLES)


def test_a_page_cannot_name_a_table_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        filled("<!-- table: nonsense -->\n<!-- end -->")


@pytest.mark.parametrize(
    ("described", "read"),
    [
        (keys.RULE, rules.RULE_KEYS),
        (keys.PLACES, rules.APPLIES_KEYS),
        (keys.SCHEDULE, rules.SCHEDULE_KEYS),
        (keys.CONDITION, names.CONDITION_KEYS),
        ((*keys.AMOUNT, *keys.OPERAND), (*names.AMOUNT_KEYS, *amounts.OPERAND_KEYS)),
        (keys.MEASURE, set(names.MEASURE_KEYS) - set(names.MEASURE_OPERATOR_KEYS)),
        (keys.COUNTING, ("name", *countings.COUNTING_KEYS)),
        (keys.GIVE, outcomes.GIVE_KEYS),
        (keys.TAKE, takes.TAKE_KEYS),
        (keys.CHOOSE, outcomes.CHOOSE_KEYS),
        (keys.EXTEND, extends.EXTEND_KEYS),
        (keys.COUNT_LIMIT, caps.COUNT_KEYS),
        (keys.BUDGET, caps.BUDGET_KEYS),
        (keys.PERK, PERK_KEYS),
        (keys.CASE, cases.CASE_KEYS),
        (keys.CASE_PROPERTY, cases.PROPERTY_KEYS),
        (keys.CASE_ACTIVITY, cases.ACTIVITY_KEYS),
        (keys.CASE_OTHER, cases.OTHER_KEYS),
        (keys.CASE_LATER, case_later.LATER_KEYS),
        (keys.WAIT, waits.WAIT_KEYS),
        (keys.BEFORE, waits.BEFORE_KEYS),
        (keys.CASE_STAY, case_questions.STAY_KEYS),
    ],
    ids=lambda each: each[0].name if isinstance(each, tuple) and isinstance(each[0], Key) else "",
)
def test_every_key_that_is_read_is_described_and_no_other(described: tuple[Key, ...], read: tuple[str, ...]) -> None:
    assert sorted(key.name for key in described) == sorted(read)


def test_every_word_is_described() -> None:
    assert set(SERIES_ABOUT) == set(Series)
    assert tuple(RANK_ABOUT) == names.AMONG_GUESTS_NAMES
    assert list(TIES_ABOUT) == [str(ties) for ties in Ties]
    assert list(OPERATOR_ABOUT) == [str(op) for op in Op]
    assert tuple(MOMENT_ABOUT) == facts.MOMENTS
    assert tuple(EVIDENCE_ABOUT) == facts.EVIDENCE_WORDS


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split("\n")[0])
def test_every_example_is_read(example: str) -> None:
    if ": {kind: " in example and not example.startswith("- "):
        assert not load_perks(example)[1]
    elif example.startswith("- defaults"):
        assert not read_case_text(example)[1]
    elif example.startswith(("rule:", "countings:")):
        assert not load(example).diagnostics
    else:
        missing = "" if example.startswith("give:") else "give: welcome-drink\n"
        missing += "" if example.startswith("when:") else "when: always\n"
        assert not load(f"rule: r\nat: arrival\n{example}{missing}").diagnostics


@pytest.mark.parametrize("window", re.findall(r"\| `((?:within|in|during|since|ever|best_of): [^`]+)`", TEXT))
def test_every_window_of_the_page_is_read(window: str) -> None:
    text = f"rule: welcome\nat: arrival\nwhen: {{measure: check-ins, {window}, at_least: 1}}\ngive: welcome-drink\n"
    assert not load(text).diagnostics


def test_every_link_of_the_page_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^a-z -]", "", line.lower()).replace(" ", "-") for line in re.findall(r"^#+ (.*)$", TEXT, re.M)
    }
    links = re.findall(r"\]\(#([a-z-]+)\)", TEXT)
    assert links
    assert set(links) <= headings


def test_the_report_on_the_page_is_what_is_said() -> None:
    assert "There is no fact “stay.chanel”. [fact_unknown]" in TEXT
    (problem,) = load("rule: r\nat: arrival\nwhen: {fact: stay.chanel, is: direct}\ngive: a\n").diagnostics
    assert (problem.message, problem.hint) == ("There is no fact “stay.chanel”.", "Did you mean “stay.channel”?")
