"""The answer as the front desk reads it: perks with reasons, near misses, what is withheld and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from rewards.clock import from_us, isoformat
from rewards.decisions.extending import perk_of
from rewards.decisions.propose import Held, NearMiss, Withheld
from rewards.decisions.resolve import Award
from rewards.decisions.situation import Situation
from rewards.desk.evaluate import Considered
from rewards.desk.installation import Ground
from rewards.domain.grant import Grant
from rewards.ledger.life import PROMISED
from rewards.ledger.ports import GrantRow
from rewards.rulelang import facts as catalogue
from rewards.rulelang.evaluation import FactValue, Reading
from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import (
    RANKS,
    AmountTest,
    FactAmount,
    Give,
    MeasureAmount,
    MeasureTest,
    Series,
    amounts_in,
    compared_in,
)
from rewards.rulelang.prose import amount_text, approval_text, condition_text, missing_text, say_default, withheld_text
from rewards.rulelang.reading.names import MONEY_AGGREGATES

Leaf = Any


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks and reads the answer: the language, whether amounts may be told, and the API key with its role."""

    language: str
    money: bool
    key: str | None = None
    role: str | None = None


def answer(
    considered: Considered,
    ground: Ground,
    reader: Reader,
    perks: list[dict[str, Any]],
    withheld: tuple[Withheld, ...],
    *,
    decision: str | None,
    mode: str,
    hold_expires_at: datetime | None = None,
    taken: list[dict[str, Any]] | None = None,
    waiting: Sequence[dict[str, Any]] = (),
    extended: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """The JSON of an answer; `taken` and `extended` are there only where something is."""
    it = considered.situation
    rule_set = ground.rules().rule_set
    value: dict[str, Any] = {
        "decision": decision,
        "as_of": isoformat(from_us(it.at_us)),
        "rule_set": f"v{rule_set.version} {rule_set.digest}",
        "guest": it.guest.id,
        "property": it.property.code,
        "moment": it.moment,
        "mode": mode,
        "perks": perks,
        "near_misses": [near_json(miss, it, ground, reader) for miss in considered.proposal.near_misses],
        "withheld": [withheld_json(one, ground, reader) for one in withheld],
    }
    if taken:
        value["taken"] = taken
    if waiting:
        value["waiting"] = list(waiting)
    if extended:
        value["extended"] = list(extended)
    if considered.proposal.more_withheld:
        value["more_withheld"] = considered.proposal.more_withheld
    if hold_expires_at is not None:
        value["hold_expires_at"] = isoformat(hold_expires_at)
    return value


def perk_json(row: GrantRow, award: Award, it: Situation, ground: Ground, reader: Reader) -> dict[str, Any]:
    """A perk that is given, with the words to say, the conditions that earned it and what it was reckoned from."""
    grant, candidate = row.grant, award.candidate
    say = candidate.rule.says.get(reader.language)
    if not say:
        give = Give(grant.perk, tuple(sorted(grant.params.items())))
        reasons = [held.leaf for held in candidate.why]
        say = say_default(give, ground.names.perks.get(grant.perk), reasons, reader.language, ground.names)
    perk = _perk(grant, it, ground, reader, say, [why_json(held, it, ground, reader) for held in candidate.why])
    told = {name: amount_text(amount, name, reader.language, ground.names) for name, amount in award.option.reckoned}
    return perk | {"reckoned": told} if told else perk


def replaced_json(row: GrantRow, it: Situation, ground: Ground, reader: Reader) -> dict[str, Any]:
    """A perk that was put in the place of another, or that the guest chose: no condition earned it by itself."""
    grant = row.grant
    give = Give(grant.perk, tuple(sorted((name, it) for name, it in grant.params.items() if name not in _OF_CHANGE)))
    say = say_default(give, ground.names.perks.get(grant.perk), [], reader.language, ground.names)
    return _perk(grant, it, ground, reader, say, [])


def _perk(
    grant: Grant, it: Situation, ground: Ground, reader: Reader, say: str, why: list[dict[str, Any]]
) -> dict[str, Any]:
    perk = ground.names.perks.get(grant.perk)
    value = {
        "grant": grant.id or None,
        "perk": grant.perk,
        "title": perk.titles.get(reader.language, grant.perk) if perk else grant.perk,
        **grant.params,
        "quantity": grant.quantity,
        "valid_until": local_time(grant.valid_until, it),
        "code": grant.code or None,
        "state": grant.state.value,
        "rule": grant.rule,
        "say": say,
        "why": why,
    }
    approval = grant.approval
    if approval is None or grant.state not in PROMISED:
        return value
    text = approval_text(approval.by, reader.language)
    return value | {"approval": {"by": approval.by, "until": local_time(approval.until, it), "text": text}}


_OF_CHANGE = ("instead_of", "chosen")


def local_time(at: datetime, it: Situation) -> str:
    """An instant on the property's clock, to the minute, with its offset."""
    return at.astimezone(it.property.zone_info()).isoformat(timespec="minutes")


def _is_money(leaf: Leaf) -> bool:
    if isinstance(leaf, AmountTest):
        return leaf.currency is not None
    if isinstance(leaf, MeasureTest):
        return leaf.measure.series is Series.SPEND and leaf.measure.aggregate in MONEY_AGGREGATES
    fact = catalogue.find(leaf.fact)
    return fact is not None and fact.type is FactType.MONEY


def _tells_money(test: AmountTest) -> bool:
    """Whether a number gives away an amount of money that it was reckoned from."""
    for each in (inner for amount in compared_in(test) for inner in amounts_in(amount)):
        fact = catalogue.find(each.fact) if isinstance(each, FactAmount) else None
        if fact is not None and fact.type is FactType.MONEY:
            return True
        if isinstance(each, MeasureAmount) and each.measure.aggregate in MONEY_AGGREGATES:
            return True
    return False


def _is_by_amount(leaf: Leaf) -> bool:
    """Whether a place goes by money: the place is none, the way to first place is."""
    return isinstance(leaf, MeasureTest) and leaf.measure.series is Series.SPEND and leaf.measure.aggregate in RANKS


def why_json(held: Held, it: Situation, ground: Ground, reader: Reader) -> dict[str, Any]:
    """A condition that holds: its words, what it needs, what there is; amounts only for who may read them."""
    value: dict[str, Any] = {"condition": _condition(held.leaf, ground, reader)}
    if isinstance(held.leaf, AmountTest) and held.leaf.currency is None and _tells_money(held.leaf):
        return value
    money = _is_money(held.leaf)
    if reader.money or not money:
        against = [] if held.against is None else [held.against]
        needed = [plain(one) for one in (*held.leaf.comparison.values, *against)]
        value |= {"needed": needed[0] if len(needed) == 1 else needed, "actual": plain(held.actual)}
        if money:
            value["unit"] = _unit(held.leaf, it)
    return value


def _condition(leaf: Leaf, ground: Ground, reader: Reader) -> str:
    # Leaves live as long as the rules that the texts belong to, so their identity is a safe name.
    key = (id(leaf), reader.language)
    return ground.told(key, lambda: condition_text(leaf, reader.language, ground.names))


def near_json(miss: NearMiss, it: Situation, ground: Ground, reader: Reader) -> dict[str, Any]:
    """The nearest rule that failed: what is missing, in words and numbers, and by when."""
    condition = _condition(miss.leaf, ground, reader)
    value: dict[str, Any] = {"rule": miss.rule.id, "perk": miss.perk, "condition": condition}
    if _near_tells_money(miss) and not reader.money:
        return value | {"missing": condition}
    value |= {
        "missing": _missing(miss, it, ground, reader),
        "needed": miss.needed,
        "actual": plain(miss.actual),
        "by": miss.by.isoformat() if miss.by else None,
        "unit": _unit(miss.rises, it),
    }
    return value


def _near_tells_money(miss: NearMiss) -> bool:
    if isinstance(miss.leaf, AmountTest) and _tells_money(miss.leaf):
        return True
    return _is_money(miss.rises) or _is_by_amount(miss.rises)


def _missing(miss: NearMiss, it: Situation, ground: Ground, reader: Reader) -> str:
    # A place by amount names no currency: it goes by that of the house.
    currency = it.property.currency if _is_by_amount(miss.leaf) else ground.names.currency
    names = replace(ground.names, currency=currency)
    key = (id(miss.leaf), miss.through, miss.missing, miss.by, it.day.year, reader.language, currency)
    return ground.told(
        key, lambda: missing_text(miss.rises, miss.missing, before(miss.by), reader.language, names, today=it.day)
    )


def before(by: date | None) -> date | None:
    """The day that sentences name: `by` is the last day that counts, they say "before" the next."""
    return None if by is None else by + timedelta(days=1)


def _unit(leaf: Leaf, it: Situation) -> str:
    if _is_money(leaf) or _is_by_amount(leaf):
        currency = leaf.measure.currency if isinstance(leaf, MeasureTest) else getattr(leaf, "currency", None)
        return f"{currency or it.property.currency}{_MONEY_UNIT}"
    if isinstance(leaf, MeasureTest):
        return "days" if leaf.measure.aggregate.value.startswith("days_") else leaf.measure.series.value
    fact = catalogue.find(leaf.fact)
    return fact.unit if fact else ""


def withheld_json(one: Withheld, ground: Ground, reader: Reader) -> dict[str, Any]:
    """What is not given and why, in words and as a code."""
    values = {name: value for name, value in one.values if reader.money or name not in _AMOUNTS}
    perk = perk_of(one.perk)
    told: dict[str, str | int | bool] = {**values, "perk": perk}
    key = (one.reason, tuple(sorted(told.items())), reader.language)
    text = ground.told(key, lambda: withheld_text(one.reason, told, reader.language, ground.names))
    return {"rule": one.rule, "perk": perk, "reason": one.reason, "text": text, **values}


_AMOUNTS = ("left", "needed", "currency")
_MONEY_UNIT = " minor"


def redacted(value: dict[str, Any]) -> dict[str, Any]:
    """An answer that was given to somebody who may read amounts, for somebody who may not."""
    perks = [{**perk, "why": [_without_amounts(why) for why in perk["why"]]} for perk in value["perks"]]
    near = [_near_without_amounts(miss) for miss in value["near_misses"]]
    withheld = [{name: it for name, it in one.items() if name not in _AMOUNTS} for one in value["withheld"]]
    if "extended" in value:
        told = [{**each, "why": [_without_amounts(why) for why in each["why"]]} for each in value["extended"]]
        value = {**value, "extended": told}
    return {**value, "perks": perks, "near_misses": near, "withheld": withheld}


def _is_amount(told: dict[str, Any]) -> bool:
    return str(told.get("unit", "")).endswith(_MONEY_UNIT)


def _without_amounts(why: dict[str, Any]) -> dict[str, Any]:
    return {"condition": why["condition"]} if _is_amount(why) else why


def _near_without_amounts(miss: dict[str, Any]) -> dict[str, Any]:
    if not _is_amount(miss):
        return miss
    return {name: miss[name] for name in ("rule", "perk", "condition")} | {"missing": miss["condition"]}


def plain(value: FactValue | Reading) -> Any:
    """A value as JSON: an exact number as it is, a lower bound as `{"at_least": 6}`, an unknown as null."""
    if isinstance(value, Reading):
        if value.exact:
            return _number(value.low)
        if value.low == float("-inf"):
            return None
        return {"at_least": _number(value.low)}
    return value.isoformat() if isinstance(value, date) else value


def _number(value: Any) -> Any:
    return float(round(value, 2)) if isinstance(value, Fraction) else value
