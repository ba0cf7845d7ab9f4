"""Each maximum of `limits` holds exactly: the largest is read, one more is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rewards.rulelang import limits
from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.checker import check_text
from rewards.rulelang.diagnostics import Diagnostic
from rewards.rulelang.document import load
from rewards.rulelang.packs import read_case_text


def many(count: int, item: str = "a{}") -> str:
    return "[" + ", ".join(item.format(index) for index in range(count)) + "]"


def rule(*, when: str = "always", give: str = "drink", extra: str = "") -> tuple[Diagnostic, ...]:
    return load(f"rule: r\nat: arrival\nwhen: {when}\ngive: {give}\n{extra}").diagnostics


def nested(depth: int) -> str:
    return "{not: " * (depth - 1) + "always" + "}" * (depth - 1)


def chain(size: int) -> str:
    return "{perk: a, or_else: " * (size - 1) + "{perk: b}" + "}" * (size - 1)


def amount(points: str) -> tuple[Diagnostic, ...]:
    return rule(give=f"{{perk: a, points: {points}}}")


def times(depth: int) -> str:
    return "{times: 2, of: " * (depth - 1) + "1" + "}" * (depth - 1)


def table(parts: int) -> str:
    """An amount of so many parts, of which one holds three of twenty each."""
    inner = "{sum: " + many(19, "{}") + "}"
    return f"{{sum: [{inner}, {inner}, {{sum: {many(parts - 42, '{}')}}}]}}"


def measures(count: int) -> tuple[Diagnostic, ...]:
    windows = many(count, "{{measure: check-ins, within: 1{} days, at_least: 1}}")
    text = f"rule: r\nat: arrival\nwhen: {{any: {windows}}}\ngive: drink\n"
    return check_text(text, load_perks("drink: {kind: item, title: {en: A drink, nl: Een drankje}}")[0])[1]


def stays(rest: str) -> str:
    return f"{{measure: check-ins, {rest}, at_least: 1}}"


def perks_of(count: int) -> tuple[Diagnostic, ...]:
    return load_perks("".join(f"a{index}: {{kind: item, title: {{en: A, nl: A}}}}\n" for index in range(count)))[1]


def cases_of(count: int) -> tuple[Diagnostic, ...]:
    case = "- {case: c, rule: r, moment: arrival, as_of: 2026-11-22, expect: granted}\n"
    return read_case_text(case * count)[1]


def activities_of(count: int) -> tuple[Diagnostic, ...]:
    past = f"activities: [{{kind: stay, days_ago: 1, times: {count - 1}}}, {{kind: visit, days_ago: 1}}]"
    return read_case_text(f"- {{case: c, rule: r, moment: arrival, as_of: 2026-11-22, expect: granted, {past}}}\n")[1]


def rules_of(count: int) -> tuple[Diagnostic, ...]:
    text = "---\n".join(f"rule: r{index}\nat: arrival\nwhen: always\ngive: a\n" for index in range(count))
    return load(text).diagnostics


MAXIMA: dict[str, tuple[Callable[[int], tuple[Diagnostic, ...]], int, str]] = {
    "texts": (lambda n: rule(extra=f"say: {{en: {'x' * n}, nl: x}}"), limits.MAX_SCALAR_CHARACTERS, "text_too_long"),
    "list items": (lambda n: rule(extra=f"only_at: {{cities: {many(n)}}}"), limits.MAX_LIST_ITEMS, "list_too_long"),
    "rules": (rules_of, limits.MAX_RULES, "too_many_rules"),
    "condition depth": (lambda n: rule(when=nested(n)), limits.MAX_CONDITION_DEPTH, "condition_too_deep"),
    "condition parts": (
        lambda n: rule(when="{any: " + many(n - 1, "{{fact: stay.nights, at_least: {}}}") + "}"),
        limits.MAX_CONDITION_NODES,
        "condition_too_large",
    ),
    "measures of a rule": (measures, limits.MAX_RULE_MEASURES, "measures_too_many"),
    "amount depth": (lambda n: amount(times(n)), limits.MAX_AMOUNT_DEPTH, "amount_too_deep"),
    "amount parts": (lambda n: amount(table(n)), limits.MAX_AMOUNT_NODES, "amount_too_large"),
    "parts of a sum": (lambda n: amount(f"{{sum: {many(n, '{}')}}}"), limits.MAX_AMOUNT_PARTS, "list_too_long"),
    "fixed amounts": (lambda n: amount(f"{{sum: [1, {n}]}}"), limits.MAX_AMOUNT, "number_out_of_range"),
    "factors": (lambda n: amount(f"{{times: {n}, of: 1}}"), limits.MAX_TIMES, "number_out_of_range"),
    "percentages": (lambda n: amount(f"{{percent: {n}, of: 1}}"), limits.MAX_PERCENT, "number_out_of_range"),
    "outcomes": (lambda n: rule(give=many(n)), limits.MAX_GIVE, "list_too_long"),
    "options": (lambda n: rule(give=f"{{choose: 1, of: {many(n)}}}"), limits.MAX_GIVE, "list_too_long"),
    "or else": (lambda n: rule(give=chain(n)), limits.MAX_OR_ELSE, "or_else_too_long"),
    "limits": (
        lambda n: rule(extra="limits: " + many(n, "{{per: guest, at_most: 1, every: 1{} days}}")),
        limits.MAX_LIMITS,
        "list_too_long",
    ),
    "windows": (
        lambda n: rule(when=stays("best_of: " + many(n, "{{within: 1{} days}}"))),
        limits.MAX_WINDOWS,
        "list_too_long",
    ),
    "perks": (perks_of, limits.MAX_PERKS, "list_too_long"),
    "cases": (cases_of, limits.MAX_CASES, "list_too_long"),
    "activities of a case": (activities_of, limits.MAX_CASE_ACTIVITIES, "list_too_long"),
    "numbers": (lambda n: rule(when=f"{{measure: nights, at_least: {n}}}"), limits.MAX_NUMBER, "number_too_large"),
    "days": (lambda n: rule(when=stays(f"within: {n} days")), limits.MAX_WINDOW_DAYS, "number_out_of_range"),
    "hours": (lambda n: rule(when=stays(f"within: {n} hours")), limits.MAX_WINDOW_HOURS, "number_out_of_range"),
    "newest": (lambda n: rule(when=stays(f"last: {n}")), limits.MAX_LAST, "number_out_of_range"),
    "back": (lambda n: rule(when=stays(f"in: {{unit: month, back: {n}}}")), limits.MAX_BACK, "number_out_of_range"),
    "priority": (lambda n: rule(extra=f"priority: {n}"), limits.MAX_PRIORITY, "number_out_of_range"),
    "years": (lambda n: rule(extra=f"runs: {{from: {n}-01-01}}"), limits.LAST_YEAR, "date_expected"),
}  # fmt: skip


@pytest.mark.parametrize("name", MAXIMA)
def test_the_largest_is_read_and_one_more_is_refused(name: str) -> None:
    read, most, code = MAXIMA[name]
    assert [each.code for each in read(most)] == []
    assert code in {each.code for each in read(most + 1)}


def test_the_first_year_is_read_and_the_one_before_is_refused() -> None:
    first = limits.FIRST_YEAR
    assert rule(extra=f"runs: {{from: {first}-01-01}}") == ()
    assert [each.code for each in rule(extra=f"runs: {{from: {first - 1}-12-31}}")] == ["date_expected"]
