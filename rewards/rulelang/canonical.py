"""The one layout of a rule as text, and the digest over it.

Reading what was written here gives the same nodes, and writing those gives the same text. The digest of a rule set is
over this text, so neither comments, nor the order of keys, nor the order of rules change it. Nodes that no document
can say are written all the same, and then refused when read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

from rewards.domain.perk import Perk, StockPolicy, UnitCost
from rewards.domain.validity import Until
from rewards.rulelang import facts
from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import (
    All,
    AmountTest,
    AnyOf,
    Applies,
    Approval,
    BudgetLimit,
    Calendar,
    Choose,
    Condition,
    Extend,
    FactTest,
    Give,
    Limit,
    MeasureTest,
    Not,
    Outcome,
    Per,
    Rolling,
    Rule,
    Schedule,
    Short,
    Take,
)
from rewards.rulelang.reading.names import ALWAYS, type_of
from rewards.rulelang.writing.amounts import amount_keys
from rewards.rulelang.writing.comparisons import comparison_keys, time_of_day
from rewards.rulelang.writing.layout import Plain, Word, document
from rewards.rulelang.writing.measures import length, measure_keys, money, texts, weekdays
from rewards.rulelang.writing.validity import lapses, validity
from rewards.rulelang.writing.waits import wait

Keys = dict[str, Plain]
_SEPARATOR = "---\n"
_PARTED = re.compile(f"^{_SEPARATOR}", re.MULTILINE)


def dump_rule(rule: Rule) -> str:
    """A rule as canonical YAML, ending with a newline."""
    return document(rule_keys(rule))


def dump_rules(rules: Iterable[Rule]) -> str:
    """Rules as one YAML text, in the order given."""
    return _SEPARATOR.join(dump_rule(rule) for rule in rules)


def rule_texts(text: str) -> list[str]:
    """The text of each rule in a text of `dump_rules`. Values may end in dashes; no line but a separator begins so."""
    return _PARTED.split(text)


def dump_perks(perks: Mapping[str, Perk]) -> str:
    """A perk catalogue as canonical YAML, sorted by code."""
    return document({code: perk_keys(perks[code]) for code in sorted(perks)})


def dump_rule_set(rules: Iterable[Rule], perks: Mapping[str, Perk]) -> str:
    """The text that a digest is over: the rules by id, then the perks by code."""
    return _together(dump_rules(sorted(rules, key=lambda rule: rule.id)), dump_perks(perks))


def digest(rules: Iterable[Rule], perks: Mapping[str, Perk]) -> str:
    """`sha256:` and 64 hexadecimal digits over the text of `dump_rule_set`."""
    return digest_of(dump_rules(sorted(rules, key=lambda rule: rule.id)), dump_perks(perks))


def digest_of(rules_text: str, perks_text: str) -> str:
    """The digest of texts that are canonical already: of `dump_rules`, by id, and of `dump_perks`."""
    return "sha256:" + hashlib.sha256(_together(rules_text, perks_text).encode()).hexdigest()


def _together(rules_text: str, perks_text: str) -> str:
    return rules_text + "--- # perks\n" + perks_text


# --- rules ----------------------------------------------------------------------------------------------------------


def rule_keys(rule: Rule) -> Keys:
    """What the document of a rule says: its keys in canonical order, defaults left out."""
    moments = [Word(moment) for moment in rule.moments]
    keys: Keys = {"rule": rule.id}
    keys |= {key: _by_language(each) for key, each in (("title", rule.titles), ("say", rule.says)) if each}
    keys["at"] = moments[0] if len(moments) == 1 else list[Plain](moments)
    if rule.applies != Applies():
        keys["only_at"] = _applies(rule.applies)
    if rule.schedule != Schedule():
        keys["runs"] = _schedule(rule.schedule)
    keys["when"] = condition(rule.when)
    if rule.give or not (rule.take or rule.extend):
        keys["give"] = [outcome(each) for each in rule.give]
    if rule.take:
        keys["take"] = [_take(each) for each in rule.take]
    if rule.extend:
        keys["extend"] = [_extend(each) for each in rule.extend]
    if rule.limits:
        keys["limits"] = [limit(each) for each in rule.limits]
    return keys | _resolution(rule)


def _resolution(rule: Rule) -> Keys:
    keys: Keys = {} if rule.group is None else {"group": rule.group}
    if not rule.combines:
        keys["combines"] = False
    if rule.priority:
        keys["priority"] = rule.priority
    if rule.evidence is not None:
        keys["evidence"] = Word(rule.evidence.word)
    if rule.reading_of is not None:
        keys["reading_of"] = rule.reading_of
    if rule.approval is not None:
        keys["approval"] = _approval(rule.approval)
    return keys


def _approval(approval: Approval) -> Plain:
    usual = approval == Approval(approval.by)
    return approval.by if usual else {"by": approval.by, "within": length(approval.days, "day")}


def _by_language(values: Mapping[str, str]) -> Plain:
    return {language: values[language] for language in sorted(values)}


def _applies(applies: Applies) -> Plain:
    lists = {
        "properties": applies.properties,
        "brands": applies.brands,
        "cities": applies.cities,
        "countries": applies.countries,
    }
    return {key: texts(names) for key, names in lists.items() if names}


def _schedule(schedule: Schedule) -> Plain:
    ends = {"from": schedule.first, "until": schedule.last}
    keys: Keys = {key: Word(day.isoformat()) for key, day in ends.items() if day is not None}
    if schedule.weekdays:
        keys["on"] = weekdays(schedule.weekdays)
    if schedule.hours is not None:
        keys["between"] = [time_of_day(minute) for minute in schedule.hours]
    return keys


# --- conditions -----------------------------------------------------------------------------------------------------


def condition(node: Condition) -> Plain:
    """What a document says of a condition."""
    match node:
        case All(parts=()):
            return Word(ALWAYS)
        case All(parts=parts):
            return {"all": [condition(part) for part in parts]}
        case AnyOf(parts=parts):
            return {"any": [condition(part) for part in parts]}
        case Not(part=part):
            return {"not": condition(part)}
        case FactTest():
            return _fact(node)
        case MeasureTest(measure=measure, comparison=compared):
            return measure_keys(measure) | comparison_keys(compared, type_of(measure), measure.currency)
        case AmountTest(amount=amount, comparison=compared, currency=currency):
            if node.than is not None:
                return {"amount": amount_keys(amount), str(compared.op): amount_keys(node.than)}
            kind = FactType.NUMBER if currency is None else FactType.MONEY
            return {"amount": amount_keys(amount)} | comparison_keys(compared, kind, currency)


def _fact(test: FactTest) -> Plain:
    fact = facts.find(test.fact)
    kind = fact.type if fact is not None else FactType.TEXT
    return {"fact": Word(test.fact)} | comparison_keys(test.comparison, kind, test.currency)


# --- outcomes and limits --------------------------------------------------------------------------------------------


def outcome(node: Outcome) -> Plain:
    """What a document says of an outcome."""
    if isinstance(node, Give):
        return _give(node)
    keys: Keys = {"choose": node.count, "of": [_give(option) for option in node.options]}
    if node.by is None:
        keys["within"] = length(node.days, "day")
    else:
        keys["by"] = Word(node.by.isoformat())
    if node.default is not None:
        keys["default"] = _default(node, node.default)
    return keys


def _default(choose: Choose, index: int) -> Plain:
    perks = [option.perk for option in choose.options]
    named = 0 <= index < len(perks) and perks.count(perks[index]) == 1
    return perks[index] if named else index + 1


def _take(take: Take) -> Plain:
    keys = _with_parameters(take)
    return keys if take.short is Short.REFUSE else keys | {"short": Word(take.short)}


def _with_parameters(node: Give | Take) -> Keys:
    params = dict(node.params)
    currency = params.pop("currency", None)
    keys: Keys = {"perk": node.perk}
    for name, value in params.items():
        keys[name] = money(value, str(currency)) if name == "amount" and isinstance(value, int) and currency else value
    return keys | {name: amount_keys(amount) for name, amount in node.amounts}


def _give(give: Give) -> Plain:
    keys = _with_parameters(give)
    if "until" in keys and keys["until"] != "checkout":
        keys["until"] = Word(f'"{keys["until"]}"')
    if give.valid is not None:
        keys["valid"] = validity(give.valid)
    if give.wait is not None:
        keys["wait"] = wait(give.wait)
    if give.or_else is not None:
        keys["or_else"] = _give(give.or_else)
    return keys


def _extend(extend: Extend) -> Plain:
    keys: Keys = {"perk": extend.perk}
    if extend.rules:
        keys["rule"] = texts(extend.rules)
    if isinstance(extend.longer, Until):
        return keys | {"until": Word(extend.longer.day.isoformat())}
    return keys | {"by": validity(extend.longer)}


def limit(node: Limit) -> Plain:
    """What a document says of a limit."""
    if isinstance(node, BudgetLimit):
        keys: Keys = {"budget": money(node.minor, node.currency), "every": _period(node.every)}
        return keys if node.per is Per.RULE else keys | {"per": Word(node.per)}
    per, every = Word(node.per), _period(node.every)
    if node.per is Per.STAY and node.every is None:
        per, every = Word("guest"), Word("stay")
    return {"per": per, "at_most": node.at_most, "every": every}


def _period(every: Calendar | Rolling | None) -> Plain:
    if every is None:
        return Word("ever")
    return Word(every.unit) if isinstance(every, Calendar) else length(every.amount, str(every.unit))


# --- perks ----------------------------------------------------------------------------------------------------------


def perk_keys(perk: Perk) -> Plain:
    """What the catalogue says of a perk, defaults left out."""
    keys: Keys = {"kind": Word(perk.kind), "title": _by_language(perk.titles)}
    if perk.cost is not None:
        keys["cost"] = _cost(perk.cost)
    for key, costs in (("cost_by_brand", perk.cost_by_brand), ("cost_by_property", perk.cost_by_property)):
        if costs:
            keys[key] = {name: _cost(costs[name]) for name in sorted(costs)}
    if perk.payer != "property":
        keys["payer"] = Word(perk.payer)
    if perk.stock is not StockPolicy.UNLIMITED:
        keys["stock"] = Word(perk.stock)
    if perk.valid != perk.usual_validity:
        keys["valid"] = validity(perk.valid)
    if perk.lapses is not None:
        keys["lapses"] = lapses(perk.lapses)
    return keys


def _cost(cost: UnitCost) -> Plain:
    return money(cost.minor, cost.currency)
