"""Writing what was read and reading what was written changes nothing."""

from __future__ import annotations

from hashlib import sha256

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from rewards.domain.perk import Perk
from rewards.rulelang.canonical import digest, dump_perks, dump_rule, dump_rule_set, dump_rules
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.checker import check
from rewards.rulelang.diagnostics import Severity
from rewards.rulelang.document import load
from rewards.rulelang.nodes import Aggregate, Counting, Give, Measure, MeasureTest, Op, Rule, Series
from rewards.rulelang.nodes import Comparison as Compared
from tests.rulelang.documents.strategies import perks, rules

often = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@often
@given(rules())
def test_nodes_to_text_to_nodes_is_stable(rule: Rule) -> None:
    text = dump_rule(rule)
    parsed = load(text)
    assert [each.message for each in parsed.diagnostics] == []
    assert parsed.rules == (rule,)
    assert dump_rule(parsed.rules[0]) == text


@often
@given(rules())
def test_what_a_document_can_say_has_the_right_types(rule: Rule) -> None:
    errors = [each for each in check([rule], {}) if each.severity is Severity.ERROR]
    assert {each.code for each in errors} <= {"perk_unknown", "rule_unknown", "measures_too_many"}


@settings(max_examples=50, deadline=None)
@given(st.lists(perks(), max_size=4, unique_by=lambda perk: perk.code))
def test_a_catalogue_is_written_and_read_back(entries: list[Perk]) -> None:
    catalogue = {perk.code: perk for perk in entries}
    read, problems = load_perks(dump_perks(catalogue))
    assert read == catalogue
    assert {each.severity for each in problems} <= {Severity.WARNING}


@settings(max_examples=20, deadline=None)
@given(st.lists(rules(), max_size=3, unique_by=lambda rule: rule.id))
def test_the_digest_knows_no_order(several: list[Rule]) -> None:
    assert digest(several, {}) == digest(several[::-1], {})
    assert load(dump_rules(several)).rules == tuple(several)


def test_the_digest_is_over_the_canonical_text() -> None:
    rule = load("rule: r\nat: arrival\nwhen: always\ngive: welcome-drink\n").rules[0]
    text = "rule: r\nat: arrival\nwhen: always\ngive:\n  - {perk: welcome-drink}\n--- # perks\n"
    assert dump_rule_set([rule], {}) == text
    assert digest([rule], {}) == f"sha256:{sha256(text.encode()).hexdigest()}"


def test_the_layout_is_a_line_for_each_test_and_each_perk() -> None:
    text = """\
rule: fortnightly-regular
title: {en: The fortnightly regular, nl: De vaste gast}
at: arrival
only_at: {cities: [Rotterdam]}
runs: {from: 2026-01-01, on: [friday, saturday], between: ["17:00", "23:00"]}
when:
  any:
    - all:
        - {measure: stays, within: 180 days, at_least: 6}
        - {measure: spend, where: group, in: this year, at_least: EUR 499.50}
    - not:
        all:
          - {fact: stay.channel, in: [direct, agency]}
    - not: {fact: day.time, less_than: "17:00"}
    - always
give:
  - {perk: room-upgrade, levels: 1, until: checkout, or_else: {perk: late-checkout, until: "16:00"}}
  - choose: 1
    of:
      - {perk: dinner-credit, amount: EUR 25}
      - {perk: bonus-points, points: 500}
    within: 30 days
    default: bonus-points
limits:
  - {per: guest, at_most: 1, every: stay}
  - {budget: EUR 2000, every: month}
group: room-perks
combines: false
priority: 10
evidence: witnessed
"""
    parsed = load(text)
    assert parsed.diagnostics == ()
    assert dump_rule(parsed.rules[0]) == text


def test_a_named_counting_is_written_out_with_its_name() -> None:
    counting = Counting("paid", min_nights=2)
    when = MeasureTest(Measure(Series.STAYS, counting=counting), Compared(Op.AT_LEAST, (2,)))
    text = dump_rule(Rule("r", ("arrival",), when, (Give("a"),)))
    assert "counting: {name: paid, min_nights: 2}" in text
    assert load(text).rules[0].when == when


def test_an_amount_without_a_currency_is_refused_when_it_is_read_back() -> None:
    when = MeasureTest(Measure(Series.SPEND, Aggregate.SUM), Compared(Op.AT_LEAST, (500,)))
    text = dump_rule(Rule("r", ("arrival",), when, (Give("a"),)))
    assert [each.code for each in load(text).diagnostics] == ["money_expected"]
