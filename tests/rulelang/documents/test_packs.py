"""Packs become a rule set, or are refused with every reason."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from rewards.domain.activity import Evidence, Kind
from rewards.domain.perk import PerkKind, StockPolicy, UnitCost
from rewards.domain.validity import Lasting, Term
from rewards.errors import RULES_INVALID, RewardsError
from rewards.money import Money
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.packs import (
    Pack,
    build_rule_set,
    load_cases,
    load_pack,
    pack_folders,
    read_case_text,
)
from tests.rulelang.documents.world import PERKS_TEXT, PROPERTIES

PACK_CODES = {"file_missing", "file_unreadable", "rule_conflict", "perk_conflict"}
"""Codes about folders rather than texts; each is shown here."""

REGULAR = """\
rule: fortnightly-regular
title: {en: The fortnightly regular, nl: De vaste gast}
at: arrival
when:
  all:
    - {measure: stays, where: here, within: 180 days, at_least: 6}
    - {fact: stay.channel, is: direct}
give:
  - {perk: room-upgrade, levels: 1, until: checkout, or_else: late-checkout}
"""


def write_pack(root: Path, name: str, rules: str = REGULAR, perks: str = PERKS_TEXT, cases: str = "") -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "perks.yaml").write_text(perks, encoding="utf-8")
    if cases:
        (folder / "cases.yaml").write_text(cases, encoding="utf-8")
    return folder


def codes(pack: Pack) -> list[str]:
    return [each.code for each in pack.diagnostics]


def test_a_pack_is_its_rules_perks_and_cases(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, "regulars", cases="- {}\n"), properties=PROPERTIES)
    assert pack.name == "regulars"
    assert [rule.id for rule in pack.rules] == ["fortnightly-regular"]
    assert "room-upgrade" in pack.perks
    assert pack.cases_text == "- {}\n"
    assert not pack.diagnostics


def test_countings_of_a_pack_stand_anywhere_in_its_rules(tmp_path: Path) -> None:
    rules = REGULAR.replace("where: here", "counting: merged") + "---\ncountings: {merged: {merge_adjoining: true}}\n"
    pack = load_pack(write_pack(tmp_path, "regulars", rules))
    assert not pack.diagnostics
    assert pack.countings["merged"].merge_adjoining


def test_a_pack_without_rules_or_perks_says_which_file_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    pack = load_pack(folder)
    assert codes(pack) == ["file_missing", "file_missing"]
    assert [each.filename for each in pack.diagnostics] == ["empty/perks.yaml", "empty/rules.yaml"]
    assert not pack.rules


def test_a_pack_that_is_not_text_says_so(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, "binary")
    (folder / "rules.yaml").write_bytes(b"rule: \xff\xfe")
    pack = load_pack(folder)
    assert codes(pack) == ["file_unreadable"]
    assert not pack.rules


def test_problems_of_both_files_are_reported_together(tmp_path: Path) -> None:
    rules, perks = REGULAR.replace("stays", "stay"), PERKS_TEXT.replace("kind: item", "kind: thing")
    pack = load_pack(write_pack(tmp_path, "faulty", rules, perks))
    assert [(each.filename, each.code) for each in pack.diagnostics] == [
        ("faulty/perks.yaml", "choice_unknown"),
        ("faulty/rules.yaml", "measure_unknown"),
    ]


def test_packs_are_found_by_their_rules(tmp_path: Path) -> None:
    write_pack(tmp_path, "b")
    write_pack(tmp_path, "a")
    (tmp_path / "no-pack").mkdir()
    assert [folder.name for folder in pack_folders(tmp_path)] == ["a", "b"]


# --- rule sets ------------------------------------------------------------------------------------------------------


def test_packs_with_the_same_perks_become_one_rule_set(tmp_path: Path) -> None:
    first = load_pack(write_pack(tmp_path, "first"))
    second = load_pack(write_pack(tmp_path, "second", REGULAR.replace("fortnightly", "another")))
    rule_set = build_rule_set([first, second], 7)
    assert [rule.id for rule in rule_set.rules] == ["another-regular", "fortnightly-regular"]
    assert list(rule_set.perks) == sorted(first.perks)
    assert rule_set.version == 7
    assert rule_set.digest.startswith("sha256:")
    assert rule_set == build_rule_set([second, first], 7)


def test_the_digest_follows_the_meaning_not_the_layout(tmp_path: Path) -> None:
    plain = build_rule_set([load_pack(write_pack(tmp_path, "plain"))], 1)
    spaced = "# A remark.\n" + REGULAR.replace("where: here, ", "").replace("at: arrival", "at: [arrival]")
    assert build_rule_set([load_pack(write_pack(tmp_path, "spaced", spaced))], 2).digest == plain.digest
    other = REGULAR.replace("at_least: 6", "at_least: 7")
    assert build_rule_set([load_pack(write_pack(tmp_path, "other", other))], 1).digest != plain.digest
    cheaper = PERKS_TEXT.replace("EUR 35", "EUR 34")
    assert build_rule_set([load_pack(write_pack(tmp_path, "cheaper", perks=cheaper))], 1).digest != plain.digest


def refused(packs: list[Pack]) -> list[dict[str, object]]:
    with pytest.raises(RewardsError) as caught:
        build_rule_set(packs, 1)
    assert caught.value.code is RULES_INVALID
    assert caught.value.hint
    found = caught.value.details["diagnostics"]
    assert isinstance(found, list)
    return found


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    packs = [load_pack(write_pack(tmp_path, "first")), load_pack(write_pack(tmp_path, "second"))]
    (problem,) = refused(packs)
    assert problem["code"] == "rule_conflict"
    assert (problem["file"], problem["line"]) == ("second/rules.yaml", 1)


def test_two_perks_of_one_code_are_refused_unless_they_are_equal(tmp_path: Path) -> None:
    other = write_pack(tmp_path, "other", REGULAR.replace("fort", "f"), PERKS_TEXT.replace("EUR 35", "EUR 36"))
    (problem,) = refused([load_pack(write_pack(tmp_path, "first")), load_pack(other)])
    assert problem["code"] == "perk_conflict"
    assert "room-upgrade" in str(problem["message"])


def test_a_pack_with_an_error_is_refused_with_every_diagnostic(tmp_path: Path) -> None:
    faulty = REGULAR.replace("stays", "stay").replace("is: direct", "is: web")
    assert [each["code"] for each in refused([load_pack(write_pack(tmp_path, "faulty", faulty))])] == [
        "measure_unknown",
        "choice_unknown",
    ]


def test_a_pack_with_warnings_alone_is_published(tmp_path: Path) -> None:
    pack = load_pack(write_pack(tmp_path, "warned", REGULAR + "limits: [{budget: EUR 100}]\n"))
    assert codes(pack) == ["budget_without_every"]
    assert len(build_rule_set([pack], 1).rules) == 1


# --- perks ----------------------------------------------------------------------------------------------------------


def test_a_perk_has_costs_a_payer_a_stock_and_a_validity() -> None:
    text = """
table:
  kind: item
  title: {en: Table, nl: Tafel}
  cost: EUR 10
  cost_by_brand: {Grand: EUR 20}
  cost_by_property: {harbour: JPY 3000}
  payer: programme
  stock: daily
  valid: 2 weeks
"""
    perks, problems = load_perks(text)
    table = perks["table"]
    assert not problems
    assert (table.kind, table.payer, table.stock, table.valid) == (
        PerkKind.ITEM, "programme", StockPolicy.DAILY, Lasting(14),
    )  # fmt: skip
    assert table.cost_at("canal", "Inn") == UnitCost(1000, "EUR")
    assert table.cost_at("canal", "Grand") == UnitCost(2000, "EUR")
    assert table.cost_at("harbour", "Grand") == UnitCost(3000, "JPY")


def test_points_stay_and_all_else_is_for_a_month_where_nobody_says() -> None:
    text = "p: {kind: points, title: {en: P, nl: P}}\nd: {kind: item, title: {en: D, nl: D}}\n"
    perks, _ = load_perks(text)
    assert (perks["p"].valid, perks["d"].valid) == (Lasting(100, Term.YEAR), Lasting(30))
    soon, _ = load_perks("p: {kind: points, title: {en: P, nl: P}, valid: 30 days}")
    assert soon["p"].valid == Lasting(30)


def test_a_perk_with_an_error_is_not_in_the_catalogue() -> None:
    perks, problems = load_perks("a: {kind: item, title: {en: A, nl: A}}\nb: {kind: itm, title: {en: B, nl: B}}\n")
    assert list(perks) == ["a"]
    assert [each.code for each in problems] == ["choice_unknown"]


def test_an_empty_catalogue_is_no_error() -> None:
    assert load_perks("") == ({}, ())


# --- worked cases ---------------------------------------------------------------------------------------------------

CASES = """\
- defaults: {rule: fortnightly-regular, moment: arrival, as_of: 2026-11-22T14:03, enrolled: 2025-01-01}
- case: six stays are enough
  why: the sixth is the boundary
  activities:
    - {kind: stay, days_ago: 14, times: 6, days_apart: 14, nights: 2, amount: EUR 120, channel: direct}
    - {kind: check_in, at: 2026-11-20T09:30, evidence: located, category: spa}
    - {kind: payment, day: 2026-11-01, on_time: false, property: canal}
  properties: [{code: canal, city: Amsterdam, currency: EUR}]
  guest: {birthday: 1980-02-29, language: nl, attributes: {company: Acme, children: 2, vip: true}}
  stay: {arrival: 2026-11-22, departure: 2026-11-24, channel: direct, amount: EUR 300, free_classes: [superior]}
  grants: [{day: 2026-05-01}, {day: 2026-06-01, rule: another}]
  expect: granted
  perks: [room-upgrade]
- case: a newcomer
  as_of: 2026-11-23
  known_from: 2026-11-01
  checkin: {evidence: claimed}
  spend: {amount: EUR 80, outlet: bar}
  request: {topic: complaint, severity: 4}
  expect: unknown
  perks: []
  missing: 6 stays
"""


def test_a_case_is_a_past_a_question_and_an_answer() -> None:
    case = load_cases(CASES)[0]
    assert (case.name, case.rule, case.moment, case.expected, case.line) == (
        "six stays are enough", "fortnightly-regular", "arrival", "granted", 2,
    )  # fmt: skip
    assert case.as_of == datetime.fromisoformat("2026-11-22T14:03")
    assert case.covered
    assert case.perks == ("room-upgrade",)
    assert case.guest.enrolled == date(2025, 1, 1)
    assert case.guest.attributes == {"company": "Acme", "children": 2, "vip": True}
    assert case.stay is not None
    assert (case.stay.nights, case.stay.amount_minor, case.stay.free_classes) == (2, 30000, ("superior",))
    assert [(grant.day, grant.rule) for grant in case.grants] == [
        (date(2026, 5, 1), None),
        (date(2026, 6, 1), "another"),
    ]


def test_a_repeated_activity_is_spelled_out_backwards_in_time() -> None:
    *stays, check_in, payment = load_cases(CASES)[0].activities
    assert [stay.day for stay in stays] == [date.fromordinal(date(2026, 11, 8).toordinal() - 14 * n) for n in range(6)]
    assert all((stay.kind, stay.nights, stay.amount) == (Kind.STAY, 2, Money(12000, "EUR")) for stay in stays)
    assert (check_in.at, check_in.day, check_in.evidence) == (
        datetime.fromisoformat("2026-11-20T09:30"), date(2026, 11, 20), Evidence.LOCATED,
    )  # fmt: skip
    assert (payment.on_time, payment.property) == (False, "canal")


def test_a_case_without_a_past_is_asked_at_noon_and_knows_only_so_far_back() -> None:
    case = load_cases(CASES)[1]
    assert case.as_of == datetime.fromisoformat("2026-11-23T12:00")
    assert (case.covered, case.known_from) == (False, date(2026, 11, 1))
    assert case.perks == ()
    assert case.missing == "6 stays"
    assert case.in_hand.evidence is Evidence.CLAIMED
    assert (case.in_hand.amount, case.in_hand.topic, case.in_hand.severity) == (Money(8000, "EUR"), "complaint", 4)


def test_faulty_cases_are_refused() -> None:
    with pytest.raises(RewardsError) as caught:
        load_cases("- {case: x}\n", "pack/cases.yaml")
    assert caught.value.code is RULES_INVALID
    assert "pack/cases.yaml:1:3" in caught.value.message
    assert read_case_text("") == ((), ())
