"""Worked cases that state other guests: published rules about the mayor of a place and its crowd, at their edges."""

from __future__ import annotations

import pytest

from rewards.desk.cases import play
from rewards.rulelang.cases import Case
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.document import load
from rewards.rulelang.nodes import RuleSet
from rewards.rulelang.packs import read_case_text

PERKS = """
food-discount: {kind: custom, title: {en: 20 % off food, nl: 20 % korting op eten}}
swarm-drink: {kind: item, title: {en: a drink, nl: een drankje}, cost: EUR 5}
"""
RULES = """
rule: mayor
title: {en: The mayor, nl: De burgemeester}
at: activity
when: {measure: rank, of: visits, within: 60 days, ties: incumbent, evidence: located, at_most: 1}
give: [{perk: food-discount}]
evidence: located
---
rule: super-swarm
at: activity
when: {measure: crowd, within: 3 hours, at_least: 250}
give: [{perk: swarm-drink}]
"""
CASES = """
- defaults: {rule: mayor, moment: activity, as_of: 2026-11-22T14:03, enrolled: 2025-01-01, checkin: {evidence: located}}
- case: the most visit days win
  activities: [{kind: check_in, days_ago: 1, times: 3, days_apart: 2}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 2, times: 3, days_apart: 2}]}
  expect: granted
- case: check-ins of one day are one day
  activities: [{kind: check_in, days_ago: 1, times: 5}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 2, times: 3, days_apart: 2}]}
  expect: not_granted
- case: drawing level does not unseat the mayor
  activities: [{kind: check_in, days_ago: 1, times: 2, days_apart: 1}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 5, times: 3, days_apart: 1}]}
  expect: not_granted
- case: one day more does
  activities: [{kind: check_in, days_ago: 1, times: 3, days_apart: 1}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 5, times: 3, days_apart: 1}]}
  expect: granted
- case: the mayor keeps the place in a tie
  activities: [{kind: check_in, days_ago: 4, times: 2, days_apart: 1}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 1, times: 2, days_apart: 1}, {kind: check_in, days_ago: 0}]}
  expect: granted
- case: the sixtieth day back counts no more
  activities: [{kind: check_in, days_ago: 59}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 60, times: 9, days_apart: 1}]}
  expect: granted
- case: a bid for mayor must be certified by a position
  activities: [{kind: check_in, days_ago: 1}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 1, times: 9, days_apart: 1, evidence: claimed}]}
  expect: granted
- case: a claimed check-in of the mayor's own is withheld
  activities: [{kind: check_in, days_ago: 1, times: 3, days_apart: 1}]
  checkin: {evidence: claimed}
  expect: withheld
- case: of five guests the second is told how far it is
  activities: [{kind: check_in, days_ago: 1}]
  others:
    - {guest: Ben, activities: [{kind: check_in, days_ago: 1, times: 4, days_apart: 1}]}
    - {guest: guest, activities: [{kind: check_in, days_ago: 3}], times: 3}
  expect: not_granted
  missing: 3 more visits here for first place
- case: outside the cover nobody is mayor
  activities: [{kind: check_in, days_ago: 1, times: 3, days_apart: 1}]
  known_from: 2026-10-01
  expect: unknown
- case: two hundred and fifty are a super swarm
  rule: super-swarm
  others: [{guest: guest, activities: [{kind: check_in, at: 2026-11-22T11:04}], times: 249}]
  expect: granted
- case: two hundred and forty-nine are not
  rule: super-swarm
  others: [{guest: guest, activities: [{kind: check_in, at: 2026-11-22T11:04}], times: 248}]
  expect: not_granted
- case: those of three hours ago are gone
  rule: super-swarm
  others: [{guest: guest, activities: [{kind: check_in, at: 2026-11-22T11:03}], times: 249}]
  expect: not_granted
- case: whoever checks in elsewhere has left
  rule: super-swarm
  others:
    - {guest: guest, activities: [{kind: check_in, at: 2026-11-22T12:00}], times: 248}
    - guest: Ben
      activities: [{kind: check_in, at: 2026-11-22T12:00}, {kind: check_in, at: 2026-11-22T13:00, place: cafe}]
  expect: not_granted
"""
FOUND, PROBLEMS = read_case_text(CASES, "cases.yaml")


@pytest.mark.parametrize("case", FOUND, ids=[case.name for case in FOUND])
def test_the_case_comes_out_as_it_says(case: Case) -> None:
    perks, _ = load_perks(PERKS, filename="perks.yaml")
    verdict = play(case, RuleSet(load(RULES, filename="rules.yaml").rules, perks))
    assert verdict.passed, verdict.detail


def test_the_cases_are_read_without_a_problem() -> None:
    assert PROBLEMS == ()
    assert len(FOUND) == 14
