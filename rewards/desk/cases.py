"""Plays worked cases: a guest's past is built, the question is asked, and the answer compared. Nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rewards.clock import hotel_day
from rewards.decisions.options import Option
from rewards.decisions.resolve import Resolution
from rewards.desk import case_extends
from rewards.desk.case_scene import Scene
from rewards.desk.case_waits import CaseWaits
from rewards.desk.reply import before
from rewards.rulelang.cases import Case, CaseGive
from rewards.rulelang.compiler import compile_rules
from rewards.rulelang.nodes import Rule, RuleSet
from rewards.rulelang.prose import Names, missing_text

UNKNOWN = ("unknown_fact", "not_covered", "amount_unknown")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a case: `passed`, and where it did not, what was found instead."""

    case: str
    rule: str
    passed: bool
    detail: str = ""


def play(case: Case, rule_set: RuleSet) -> Verdict:
    """Play one case against a rule set."""
    rule = next((one for one in rule_set.rules if one.id == case.rule), None)
    if rule is None:
        return Verdict(case.name, case.rule, False, f"there is no rule “{case.rule}”")
    return _compare(case, rule, scene_of(case, replace(rule_set, rules=(rule,))))


def scene_of(case: Case, rule_set: RuleSet) -> Scene:
    """A case as a situation with a history, and what these rules propose in it."""
    properties = (case.property, *(prop for prop in case.properties if prop.code != case.property.code))
    return Scene(case, properties, compile_rules(rule_set, properties))


def _compare(case: Case, rule: Rule, scene: Scene) -> Verdict:
    resolution, waits = scene.resolve(rule)
    reasons = [one.reason for one in resolution.withheld]
    found = _outcome(rule, resolution, reasons)
    if found != case.expected:
        return Verdict(case.name, rule.id, False, f"expected {case.expected}, found {found} {list(reasons)}")
    wrong = _compare_given(case, resolution) or _compare_rest(case, resolution, scene) or _compare_later(case, waits)
    return Verdict(case.name, rule.id, False, wrong) if wrong else _compare_missing(case, rule, scene)


def _compare_given(case: Case, resolution: Resolution) -> str:
    """What is given otherwise than expected, how much of it and until when; "" for nothing."""
    options = [award.option for award in resolution.awards if award.option.extends is None]
    perks = tuple(one.perk.code for one in options)
    if case.perks is not None and perks != case.perks:
        return f"expected the perks {list(case.perks)}, found {list(perks)}"
    given = [(one.perk.code, one.quantity, one.currency) for one in options]
    if case.gives is not None and not (_as_wanted(case.gives, given) and _as_long(case, options)):
        return f"expected {list(case.gives)}, found {given} until {[_last_day(case, one) for one in options]}"
    return ""


def _compare_rest(case: Case, resolution: Resolution, scene: Scene) -> str:
    """What is extended or taken otherwise than expected, "" for nothing."""
    longer = case_extends.extended(resolution, scene.given, scene.group)
    if case.extends is not None and sorted(longer) != sorted((each.perk, each.until) for each in case.extends):
        return f"expected {list(case.extends)} to be extended, found {longer}"
    taken = [(one.paid.taking.perk.code, one.paid.quantity, one.paid.taking.currency) for one in resolution.taken]
    if case.takes is not None and not _as_wanted(case.takes, taken):
        return f"expected to take {list(case.takes)}, found {taken}"
    return ""


def _compare_later(case: Case, waits: CaseWaits) -> str:
    """What became of what waits otherwise than expected, "" for nothing."""
    for later in case.later:
        found, given, back = waits.until(later)
        if found != later.expected or later.perks not in (None, given):
            return f"expected {later.expected} {list(later.perks or ())} by {later.at}, found {found} {list(given)}"
        if later.back not in (None, back):
            return f"expected {list(later.back or ())} to come back by {later.at}, found {list(back)}"
    return ""


def _as_wanted(wanted: Sequence[CaseGive], given: Sequence[tuple[str, int, str]]) -> bool:
    return len(wanted) == len(given) and all(
        one.perk == perk and one.quantity in (None, quantity) and one.currency in (None, currency)
        for one, (perk, quantity, currency) in zip(wanted, given, strict=True)
    )


def _as_long(case: Case, options: Sequence[Option]) -> bool:
    """Whether each perk can be used up to the last day that the case says."""
    wanted = zip(case.gives or (), options, strict=True)
    return all(one.until in (None, _last_day(case, option)) for one, option in wanted)


def _last_day(case: Case, option: Option) -> date:
    prop = case.property
    return hotel_day(option.valid_until_us - 1, prop.zone_info(), prop.rollover_hour)


def _outcome(rule: Rule, resolution: Resolution, reasons: Sequence[str]) -> str:
    if resolution.awards:
        return "granted" if rule.approval is None else "pending"
    if resolution.waiting:
        return "waiting"
    if resolution.taken:
        return "granted"
    if "evidence_too_low" in reasons:
        return "withheld"
    return "unknown" if any(reason in UNKNOWN for reason in reasons) else "not_granted"


def _compare_missing(case: Case, rule: Rule, scene: Scene) -> Verdict:
    if case.missing is None:
        return Verdict(case.name, rule.id, True)
    names = Names(
        perks=scene.compiled.rule_set.perks, properties={case.property.code: case.property.name},
        currency=case.property.currency,
    )  # fmt: skip
    told = [
        missing_text(miss.rises, miss.missing, before(miss.by), "en", names, today=scene.situation.day)
        for miss in scene.proposal.near_misses
    ]
    passed = any(case.missing in text for text in told)
    return Verdict(case.name, rule.id, passed, "" if passed else f"expected “{case.missing}” in {told}")
