"""Sums that programmes really published, with the numbers they printed: what is reckoned of what, in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from rewards.desk.cases import play
from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.rulelang.cases import Case, CaseGive
from rewards.rulelang.prose import Names, sentence

FOLDER = Path(__file__).parent / "amounts"
PACK = packs.load_pack(FOLDER)
CASES = packs.load_cases(PACK.cases_text, "amounts")
RULES = packs.rule_set(PACK.rules, PACK.perks, 0)


def test_the_pack_has_no_problem() -> None:
    assert PACK.diagnostics == ()
    assert len(PACK.rules) == 11


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_a_published_sum_comes_out_to_the_point(case: Case) -> None:
    verdict = play(case, RULES)
    assert verdict.passed, f"cases.yaml:{case.line} {verdict.detail}"


def test_every_rule_has_a_case_that_gives_and_one_that_does_not() -> None:
    for rule in PACK.rules:
        expected = {case.expected for case in CASES if case.rule == rule.id}
        assert "granted" in expected, rule.id
        assert expected - {"granted"} or rule.id.startswith("long-stay-by-length"), rule.id


def test_a_case_that_pins_another_number_does_not_pass() -> None:
    caesars = next(case for case in CASES if case.gives == (CaseGive("tier-credits", 17_500),))
    for wrong in (CaseGive("tier-credits", 17_499), CaseGive("points", 17_500)):
        verdict = play(replace(caesars, gives=(wrong,)), RULES)
        assert not verdict.passed
        assert "17500" in verdict.detail
    assert not play(replace(caesars, gives=()), RULES).passed
    credit = next(case for case in CASES if case.name == "the credit has a most")
    assert not play(replace(credit, gives=(CaseGive("dinner-credit", 5_000, "EUR"),)), RULES).passed


def test_a_case_that_pins_another_last_day_does_not_pass() -> None:
    pack = packs.load_pack(bundled("rules") / "published" / "guest_awards")
    rules = packs.rule_set(pack.rules, pack.perks, 0)
    award = next(case for case in packs.load_cases(pack.cases_text, "guest_awards") if case.gives)
    last = date(2028, 2, 29)
    assert [give.until for give in award.gives or ()] == [last]
    assert play(award, rules).passed
    for wrong in (last - timedelta(days=1), last + timedelta(days=1)):
        verdict = play(replace(award, gives=(replace((award.gives or ())[0], until=wrong),)), rules)
        assert not verdict.passed
        assert "2028, 2, 29" in verdict.detail


def test_no_two_of_them_read_the_same() -> None:
    for language in ("en", "nl"):
        told = [sentence(rule, language, Names(perks=RULES.perks)) for rule in RULES.rules]
        assert len(set(told)) == len(told)
