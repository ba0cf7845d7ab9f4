"""Worked cases of what waits: each try at its time with the stock of the case, what is given, and what comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rewards.desk.cases import play
from rewards.rulelang.cases import Case
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.document import load
from rewards.rulelang.nodes import RuleSet
from rewards.rulelang.packs import read_case_text

PERKS = """
suite: {kind: upgrade, title: {en: a suite, nl: een suite}, stock: daily}
late-checkout: {kind: late-checkout, title: {en: late checkout, nl: laat uitchecken}}
spa: {kind: item, title: {en: a spa entry, nl: een spabezoek}, stock: daily}
"""
RULES = """
rule: suite
at: booking
when: always
give:
  - perk: suite
    levels: 1
    wait: {from: {days_before: 3}, until: {days_before: 1, at: "14:00"}}
    or_else: late-checkout
---
rule: spa
at: arrival
when: always
give: {perk: spa, quantity: 2, wait: {every: hour, until: 3 hours}}
limits: [{per: guest, at_most: 1, every: day}]
"""
CASES = """
- defaults: {rule: suite, moment: booking, as_of: 2026-11-22T15:00,
             stay: {arrival: 2026-11-29, departure: 2026-12-01, room_class: standard}}
- case: nothing is tried before its day, whatever there is
  expect: waiting
  perks: []
  then:
    - {at: 2026-11-26T03:59, stock: {suite: 1}, expect: waiting, perks: []}
    - {at: 2026-11-26T04:00, stock: {suite: 1}, expect: granted, perks: [suite]}
    - {at: 2026-11-28T14:00, expect: not_granted}
- case: the next day has one, the hours between are not tried
  expect: waiting
  then:
    - {at: 2026-11-26T04:00, stock: {suite: 0}, expect: waiting}
    - {at: 2026-11-27T03:59, stock: {suite: 1}, expect: waiting}
    - {at: 2026-11-27T04:00, stock: {suite: 1}, expect: granted}
- case: at two it is over, and the other perk is given
  expect: waiting
  then:
    - {at: 2026-11-28T13:59, stock: {suite: 0}, expect: waiting}
    - {at: 2026-11-28T14:00, stock: {suite: 1}, expect: granted, perks: [late-checkout]}
- case: trying has begun, and there is one
  as_of: 2026-11-27T12:00
  stock: {suite: 1}
  expect: granted
  perks: [suite]
- case: trying has begun, and there is none today
  as_of: 2026-11-27T12:00
  stock: {suite: 0}
  expect: waiting
  then: [{at: 2026-11-28T04:00, stock: {suite: 1}, expect: granted}]
- case: too late to wait
  as_of: 2026-11-28T14:00
  stock: {suite: 0}
  expect: granted
  perks: [late-checkout]
- case: the best room is booked, so there is nothing to wait for
  stay: {arrival: 2026-11-29, departure: 2026-12-01, room_class: suite}
  expect: granted
  perks: [late-checkout]
- defaults: {rule: spa, moment: arrival, as_of: 2026-10-25T02:30}
- case: three hours through the end of summer time
  stock: {spa: 1}
  expect: waiting
  then:
    - {at: 2026-10-25T04:29, stock: {spa: 1}, expect: waiting}
    - {at: 2026-10-25T04:30, stock: {spa: 2}, expect: not_granted}
- case: each hour is tried, and two are two
  as_of: 2026-10-24T12:00
  stock: {spa: 1}
  expect: waiting
  then:
    - {at: 2026-10-24T12:59, stock: {spa: 2}, expect: waiting}
    - {at: 2026-10-24T13:00, stock: {spa: 2}, expect: granted}
- case: the limit is reached, and nothing waits
  as_of: 2026-10-24T12:00
  grants: [{day: 2026-10-24}]
  expect: not_granted
"""
RULE_SET = RuleSet(load(RULES).rules, load_perks(PERKS, "perks.yaml")[0])
FOUND, PROBLEMS = read_case_text(CASES, "cases.yaml")
ALL = {case.name: case for case in FOUND}


def test_the_cases_are_read_without_a_problem() -> None:
    assert (len(FOUND), PROBLEMS) == (10, ())


@pytest.mark.parametrize("name", ALL)
def test_each_case_comes_out_as_written(name: str) -> None:
    assert play(ALL[name], RULE_SET).detail == ""


def changed(name: str, number: int, **more: object) -> Case:
    case = ALL[name]
    later = tuple(replace(each, **more) if at == number else each for at, each in enumerate(case.later))
    return replace(case, later=later)


@pytest.mark.parametrize(
    ("number", "more", "detail"),
    [
        (0, {"expected": "granted"}, "expected granted [] by 2026-11-26 03:59:00, found waiting []"),
        (1, {"perks": ("spa",)}, "expected granted ['spa'] by 2026-11-26 04:00:00, found granted ['suite']"),
        (1, {"stock": (("suite", 0),)}, "expected granted ['suite'] by 2026-11-26 04:00:00, found waiting []"),
        (1, {"back": ("spa",)}, "expected ['spa'] to come back by 2026-11-26 04:00:00, found []"),
        (2, {"expected": "waiting"}, "expected waiting [] by 2026-11-28 14:00:00, found not_granted []"),
    ],
)
def test_what_came_otherwise_is_told(number: int, more: dict[str, object], detail: str) -> None:
    verdict = play(changed("nothing is tried before its day, whatever there is", number, **more), RULE_SET)
    assert (verdict.passed, verdict.detail) == (False, detail)


def test_an_instant_is_the_wall_clock_of_the_house() -> None:
    later = ALL["at two it is over, and the other perk is given"].later[1]
    assert later.at == datetime(2026, 11, 28, 14)  # noqa: DTZ001 - wall clock of the house
