"""How what a rule gives reads: "a room one class up until checkout (or late checkout if none is free)"."""

from __future__ import annotations

from collections.abc import Sequence

from rewards.domain.perk import Perk, PerkKind
from rewards.money import EXPONENTS
from rewards.rulelang.nodes import Choose, Give, Outcome
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.markers import enumerated, marker
from rewards.rulelang.prose.names import Names, quoted
from rewards.rulelang.prose.numbers import day, decimals, money, number, word
from rewards.rulelang.prose.parts import NOTHING, Path, Text, fill, text
from rewards.rulelang.prose.reckoning import amount_text, takes_noun
from rewards.rulelang.prose.validity import with_validity
from rewards.rulelang.prose.waits import with_wait

Value = int | str | bool
_TITLED = (PerkKind.ITEM, PerkKind.CREDIT, PerkKind.CUSTOM)
"""Kinds that say nothing without their title."""
_USED = {
    PerkKind.UPGRADE: ("levels", "until"),
    PerkKind.LATE_CHECKOUT: ("until", "guaranteed"),
    PerkKind.ITEM: ("quantity",),
    PerkKind.CREDIT: ("amount", "currency"),
    PerkKind.POINTS: ("points",),
    PerkKind.PRIORITY: ("level",),
    PerkKind.CUSTOM: ("note",),
}


def outcomes_text(outcomes: Sequence[Outcome], path: Path, language: Language, names: Names) -> Text:
    """Everything a rule gives."""
    if not outcomes:
        return text(language.outcomes["nothing"], path)
    if len(outcomes) == 1:
        return outcome(outcomes[0], (*path, 0), language, names, ())
    if not any(isinstance(each, Choose) for each in outcomes):
        return language.both(
            [outcome(each, (*path, at), language, names, ()) for at, each in enumerate(outcomes)], path
        )
    items = [outcome(each, (*path, at), language, names, (at,)) for at, each in enumerate(outcomes)]
    listed = enumerated(items, (), "and", path, language, numbers_first=True)
    return fill(language.outcomes["all"], path, {"list": listed})


def outcome(given: Outcome, path: Path, language: Language, names: Names, place: tuple[int, ...]) -> Text:
    """One outcome; `place` is where it stands in a numbered list."""
    if isinstance(given, Give):
        return give_text(given, path, language, names)
    return _choice(given, path, language, names, place)


def _choice(choose: Choose, path: Path, language: Language, names: Names, place: tuple[int, ...]) -> Text:
    numbered = bool(place)
    options = [give_text(each, (*path, "of", at), language, names) for at, each in enumerate(choose.options)]
    listed = enumerated(options, place, "or", path, language, numbers_first=numbered, lead=False)
    slots: dict[str, Text | str] = {
        "when": _time_to_choose(choose, path, language),
        "count": text(word(choose.count, language.code), (*path, "choose")),
        "list": listed,
        "default": _default(choose, (*path, "default"), language, place),
    }
    return fill(language.outcomes["choose"], path, slots)


def _time_to_choose(choose: Choose, path: Path, language: Language) -> Text:
    if choose.by is not None:
        at = (*path, "by")
        return fill(language.outcomes["choose.by"], at, {"date": text(day(choose.by, language.code), at)})
    n = text(number(choose.days, language.code), (*path, "within"))
    return fill(language.outcomes["choose.within"], path, {"n": n, "noun": language.noun("day", choose.days)})


def _default(choose: Choose, path: Path, language: Language, place: tuple[int, ...]) -> Text:
    if choose.default is None:
        return text(language.outcomes["choose.nothing"], path)
    option = marker((*place, choose.default), numbers_first=bool(place))
    return fill(language.outcomes["choose.default"], path, {"option": text(option, path)})


def give_text(give: Give, path: Path, language: Language, names: Names) -> Text:
    """One perk with what comes in its place."""
    first = _one(give, path, language, names)
    if give.or_else is None:
        return first
    return fill(language.outcomes["or_else"], path, {"perk": first, "others": _others(give, path, language, names)})


def _others(give: Give, path: Path, language: Language, names: Names) -> Text:
    parts: list[Text] = []
    before, other, at = give, give.or_else, (*path, "or_else")
    while other is not None:
        key = "or_else.next" if parts else "or_else.first"
        lack = _lack(before, language, names)
        parts.append(fill(language.outcomes[key], at, {"perk": _one(other, at, language, names), "lack": lack}))
        before, other, at = other, other.or_else, (*at, "or_else")
    return tuple(piece for each in parts for piece in each)


def _lack(give: Give, language: Language, names: Names) -> str:
    perk = names.perks.get(give.perk)
    upgrade = perk is not None and perk.kind is PerkKind.UPGRADE
    return language.outcomes["lack.upgrade" if upgrade else "lack"]


def _one(give: Give, path: Path, language: Language, names: Names) -> Text:
    perk = names.perks.get(give.perk)
    params = dict(give.params)
    title = text(names.perk_title(give.perk, language.code), (*path, "perk"))
    shown = title
    if perk is not None:
        shown = _reckoned(perk, give, title, path, language, names) or _of_kind(
            perk, params, title, path, language, names
        )
        if perk.kind not in _TITLED and _has_twin(perk, names):
            shown = fill(language.outcomes["titled"], path, {"perk": shown, "title": title})
    shown = _with_others(shown, give, _USED[perk.kind] if perk is not None else (), path, language, names)
    shown = with_validity(shown, give.valid, (*path, "valid"), language)
    return with_wait(shown, give.wait, (*path, "wait"), language)


def _has_twin(perk: Perk, names: Names) -> bool:
    return any(other.kind is perk.kind and other.code != perk.code for other in names.perks.values())


def _of_kind(perk: Perk, params: dict[str, Value], title: Text, path: Path, language: Language, names: Names) -> Text:
    match perk.kind:
        case PerkKind.UPGRADE:
            return upgrade_text(params, path, language)
        case PerkKind.LATE_CHECKOUT:
            return _late_checkout(params, path, language)
        case PerkKind.CREDIT:
            return _credit(perk, params, title, path, language, names)
        case PerkKind.ITEM | PerkKind.CUSTOM | PerkKind.POINTS | PerkKind.PRIORITY:
            return _counted(perk.kind, params, title, path, language)


def upgrade_text(params: dict[str, Value], path: Path, language: Language) -> Text:
    """A room some classes up, until a word or time."""
    slots: dict[str, Text | str] = {"until": until_text(params, path, language)}
    levels = params.get("levels")
    if levels is None:
        return fill(language.outcomes["upgrade"], path, slots)
    slots["n"] = text(word(int(levels), language.code), (*path, "levels"))
    slots["noun"] = language.noun("class", int(levels))
    return fill(language.outcomes["upgrade.levels"], path, slots)


def until_text(params: dict[str, Value], path: Path, language: Language) -> Text:
    """` until checkout`; nothing where no end is given."""
    until = params.get("until")
    if until is None:
        return NOTHING
    at = (*path, "until")
    known = language.outcomes.get(f"until.{until}")
    shown = known or language.outcomes["until.time"].format(time=until)
    return fill(language.outcomes["upgrade.until"], at, {"value": text(shown, at)})


def _late_checkout(params: dict[str, Value], path: Path, language: Language) -> Text:
    until, guaranteed = params.get("until"), params.get("guaranteed")
    key = "late-checkout" if until is None else "late-checkout.until"
    if until == "checkout":
        key = "late-checkout.checkout"
    shown = fill(language.outcomes[key], path, {"until": text(str(until), (*path, "until"))})
    if guaranteed is None:
        return shown
    key = "guaranteed" if guaranteed else "not_guaranteed"
    return fill(language.outcomes[key], (*path, "guaranteed"), {"perk": shown})


def _credit(perk: Perk, params: dict[str, Value], title: Text, path: Path, language: Language, names: Names) -> Text:
    amount = params.get("amount")
    if amount is None:
        return title
    currency = params.get("currency") or names.currency or (perk.cost.currency if perk.cost else None)
    at = (*path, "amount")
    slots: dict[str, Text | str] = {"title": title, "amount": text(_money(amount, currency, language), at)}
    return fill(language.outcomes["credit.amount"], path, slots)


def _money(amount: Value, currency: Value | None, language: Language) -> str:
    if isinstance(amount, str):
        return quoted(amount)
    if isinstance(currency, str) and currency in EXPONENTS:
        return money(amount, currency, language.code)
    return language.words["own_currency"].format(amount=decimals(int(amount), 2, language.code))


_COUNTED = {
    PerkKind.ITEM: ("quantity", ""),
    PerkKind.POINTS: ("points", "point"),
    PerkKind.PRIORITY: ("level", ""),
    PerkKind.CUSTOM: ("note", ""),
}


def _counted(kind: PerkKind, params: dict[str, Value], title: Text, path: Path, language: Language) -> Text:
    name, noun = _COUNTED[kind]
    value, at = params.get(name), (*path, name)
    if value is None:
        return fill(language.outcomes[kind.value], path, {"title": title})
    shown = number(value, language.code) if isinstance(value, int) else quoted(value)
    slots: dict[str, Text | str] = {
        "title": title,
        "n": text(shown, at),
        "note": text(shown, at),
        "noun": language.noun(noun, int(value)) if noun and isinstance(value, int) else "",
    }
    return fill(language.outcomes[f"{kind.value}.{name}"], path, slots)


def _reckoned(perk: Perk, give: Give, title: Text, path: Path, language: Language, names: Names) -> Text:
    """The perk with its reckoned parameter; nothing where it has none."""
    name = _RECKONED.get(perk.kind, "")
    amount = dict(give.amounts).get(name)
    if amount is None:
        return NOTHING
    told = amount_text(amount, (*path, name), language, names, "point" if perk.kind is PerkKind.POINTS else "")
    slots: dict[str, Text | str] = {"title": title, "amount": told}
    if perk.kind is PerkKind.CREDIT:
        return fill(language.outcomes["credit.amount"], path, slots)
    if perk.kind is PerkKind.POINTS and takes_noun(amount):
        return told
    return fill(language.amounts[name], path, slots)


_RECKONED = {PerkKind.POINTS: "points", PerkKind.CREDIT: "amount", PerkKind.ITEM: "quantity"}


def _with_others(shown: Text, give: Give, used: Sequence[str], path: Path, language: Language, names: Names) -> Text:
    told = [(name, text(_plain_value(value, language), (*path, name))) for name, value in give.params]
    told += [(name, amount_text(amount, (*path, name), language, names)) for name, amount in give.amounts]
    others = [(name, value) for name, value in told if name not in used]
    if not others:
        return shown
    items = []
    for name, value in others:
        slots: dict[str, Text | str] = {"name": quoted(name), "value": value}
        items.append(fill(language.outcomes["param"], (*path, name), slots))
    return fill(language.outcomes["others"], path, {"perk": shown, "list": language.both(items, path)})


def _plain_value(value: Value, language: Language) -> str:
    if isinstance(value, bool):
        return language.outcomes["yes" if value else "no"]
    return number(value, language.code) if isinstance(value, int) else quoted(value)
