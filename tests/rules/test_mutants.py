"""Worked cases notice when their rule changes; `python -m tests.rules.mutants` asks this of every pack."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from rewards.paths import bundled
from rewards.rulelang import packs
from rewards.rulelang.document import load
from tests.rules.equivalent import EQUIVALENT
from tests.rules.mutants import every_pack, main, report, score, score_cases
from tests.rules.mutations import of_rule

RULES = bundled("rules")
SMALL = (RULES / "big_spender", RULES / "win_back", RULES / "published" / "expiry")


@pytest.mark.parametrize("folder", SMALL, ids=lambda folder: folder.name)
def test_the_cases_of_a_pack_notice_every_change(folder: Path) -> None:
    found = score(folder)
    assert found.mutants > 10
    assert found.complete, report([found])


def test_a_missing_case_is_noticed() -> None:
    pack = packs.load_pack(RULES / "big_spender")
    cases = [case for case in packs.load_cases(pack.cases_text) if case.name != "a cent too little"]
    found = score_cases(pack.name, packs.build_rule_set([pack], 0), cases)
    assert [survivor.what for survivor in found.survivors] == ["spend at_least 100000 → 99999"]
    assert not found.complete
    assert any("big_spender/rules.yaml:1 big-spender: when: spend at_least" in line for line in report([found]))


def test_who_runs_it_is_told_the_score_and_a_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(RULES / "big_spender")]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    killed, mutants = re.findall(r"\d+", last)[:2]
    assert last == f"{killed} of {mutants} mutants killed, 0 equivalent"
    assert killed == mutants


@pytest.mark.parametrize("folder", every_pack(), ids=lambda folder: folder.name)
def test_each_change_makes_another_rule_and_has_a_name_of_its_own(folder: Path) -> None:
    for rule in packs.load_pack(folder).rules:
        mutants = list(of_rule(rule))
        assert mutants
        assert all(mutant.rule != rule for mutant in mutants)
        assert max(Counter((mutant.where, mutant.what) for mutant in mutants).values()) == 1


def test_what_is_said_to_be_equivalent_is_still_a_change_of_a_rule() -> None:
    rules = [rule for folder in every_pack() for rule in packs.load_pack(folder).rules]
    known = {(rule.id, mutant.where, mutant.what) for rule in rules for mutant in of_rule(rule)}
    assert set(EQUIVALENT) <= known
    assert all(reason for reason in EQUIVALENT.values())


RULE = """
rule: everything
at: [arrival, checkout]
only_at: {properties: [harbour, canal-house]}
runs: {from: 2026-01-01, on: [friday, saturday], between: ["17:00", "23:00"]}
when:
  any:
    - not: {fact: stay.nights, between: [2, 5]}
    - {fact: stay.channel, in: [direct, agency]}
    - {measure: visits, where: city, within: 60 days, evidence: located, on: [friday, monday], at_least: 5}
    - {measure: stays, in: {year_from: 03-01, back: 1}, counting: {min_nights: 2, exclude_rates: [STAFF]}, every: 5}
    - {measure: held, perk: [gold, silver], by: arrival, at_least: 1}
    - {measure: grants, perk: cake, rule: [welcome, birthday], in: this year, at_most: 2}
    - {measure: spend, average: true, where: {brands: [a, b]}, since: enrolment, more_than: EUR 20}
    - {measure: rank, of: visits, within: 60 days, ties: incumbent, evidence: located, at_most: 1}
    - {measure: crowd, within: 3 hours, at_least: 250}
    - {amount: {less: [{measure: nights, in: this year}, 20, {fact: stay.nights}]}, at_least: 3}
give:
  - choose: 1
    of: [cake, tea, soup]
    default: tea
  - {perk: wine, wait: {from: {days_before: 3}, until: {days_before: 1, at: "14:00"}}, or_else: beer}
  - {perk: soup, wait: {until: 2 days}}
  - {perk: soup, wait: {every: hour, until: 48 hours}}
  - {perk: cake, quantity: {smallest: [{rate: 2, per: 3, of: {measure: stays}}, {times: 4, of: {fact: stay.rooms}}]}}
  - perk: tea
    quantity:
      sum:
        - {percent: 40, of: {bands: [{from: 1, give: 5}, {from: 2, give: 6}], of: {fact: stay.adults}}}
        - share: 7
          of: {marginal: [{above: 0, percent: 10}, {above: 1, percent: 5}], of: 8}
          whole: {largest: [9, 10]}
limits:
  - {per: guest, at_most: 2, every: 30 days}
evidence: witnessed
"""


@pytest.mark.parametrize(
    "change",
    [
        ("when", "any → all"),
        ("when.any[0]", "left out"),
        ("when.any[0]", "without not"),
        ("when.any[0].not", "stay.nights between 2 → 1"),
        ("when.any[1]", "stay.channel in without agency"),
        ("when.any[1]", "stay.channel in → not_in"),
        ("when.any[2]", "visits at_least → more_than"),
        ("when.any[2]", "visits at_least 5 → 4"),
        ("when.any[2]", "visits where city → here"),
        ("when.any[2]", "visits where city → country"),
        ("when.any[2]", "visits within 60 → 61 day"),
        ("when.any[2]", "visits within 60 day → week"),
        ("when.any[2]", "visits any time"),
        ("when.any[2]", "visits evidence → witnessed"),
        ("when.any[2]", "visits weekdays without 5"),
        ("when.any[3]", "stays year_from 03-01 → 03-02"),
        ("when.any[3]", "stays year 1 → 0 back"),
        ("when.any[3]", "stays counting min_nights → 1"),
        ("when.any[3]", "stays counting without exclude_rates"),
        ("when.any[3]", "stays every (5, 0, 0) → (5, 1, 0)"),
        ("when.any[3]", "stays including turned"),
        ("when.any[3]", "stays by departure → arrival"),
        ("when.any[4]", "held by arrival → now"),
        ("when.any[4]", "held perks without silver"),
        ("when.any[4]", "held → grants"),
        ("when.any[5]", "grants without perks"),
        ("when.any[5]", "grants rules without birthday"),
        ("when.any[6]", "spend average → largest"),
        ("when.any[6]", "spend where brands without a"),
        ("when.any[6]", "spend more_than 2000 → 2001"),
        ("when.any[7]", "visits within 60 → 61 day"),
        ("when.any[7]", "visits rank.incumbent → rank.earliest"),
        ("when.any[7]", "visits evidence → any"),
        ("when.any[8]", "check-ins within 3 → 4 hours"),
        ("when.any[9]", "amount at_least 3 → 4"),
        ("when.any[9].amount", "without 2"),
        ("when.any[9].amount[0]", "nights in year → quarter"),
        ("when.any[9].amount[1]", "value 20 → 21"),
        ("at", "without checkout"),
        ("only_at", "properties without harbour"),
        ("runs", "first 2026-01-01 → 2025-12-31"),
        ("runs", "on without 6"),
        ("runs", "between (1020, 1380) → (1020, 1381)"),
        ("evidence", "witnessed → located"),
        ("limits[0]", "left out"),
        ("limits[0]", "at_most 2 → 3"),
        ("limits[0]", "every 30 → 29 day"),
        ("give[0]", "choose 1 → 2"),
        ("give[0]", "without default"),
        ("give[1]", "without or_else"),
        ("give[1]", "left out"),
        ("give[1]", "without wait"),
        ("give[1]", "wait at once"),
        ("give[1]", "wait every day → hour"),
        ("give[1]", "wait from days_before 3 → 2"),
        ("give[1]", "wait until days_before 1 → 0"),
        ("give[1]", "wait until at 840 → 841"),
        ("give[2]", "wait 2 → 1 days"),
        ("give[3]", "wait 48 → 49 hours"),
        ("give[4].quantity", "smallest → largest"),
        ("give[4].quantity", "without 1"),
        ("give[4].quantity[0]", "rate 2 → 3"),
        ("give[4].quantity[0]", "per 3 → 2"),
        ("give[4].quantity[0][0]", "stays where here → group"),
        ("give[4].quantity[1]", "times 4 → 5"),
        ("give[5].quantity[0]", "percent 40 → 41"),
        ("give[5].quantity[0][0]", "from 2 → 3"),
        ("give[5].quantity[0][0]", "without 2"),
        ("give[5].quantity[0][0][1]", "value 6 → 7"),
        ("give[5].quantity[1][0]", "value 7 → 8"),
        ("give[5].quantity[1][1]", "above 1 → 2"),
        ("give[5].quantity[1][1]", "above 1 percent 5 → 4"),
        ("give[5].quantity[1][2]", "largest → smallest"),
    ],
    ids=": ".join,
)
def test_a_rule_is_changed_in_every_small_way(change: tuple[str, str]) -> None:
    (rule,) = load(RULE).rules
    assert change in {(mutant.where, mutant.what) for mutant in of_rule(rule)}
