"""The tables of the reference as Markdown, made from what the readers and the checker themselves use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rewards.domain.perk import PerkKind
from rewards.rulelang import facts, limits
from rewards.rulelang.checking.perks import PARAMETERS
from rewards.rulelang.facts import FactType
from rewards.rulelang.nodes import Series
from rewards.rulelang.reading.names import (
    CATEGORY_SERIES,
    DISTINCT,
    EXAMPLES,
    KEY_OWNERS,
    OPERATORS,
    PLACE_SERIES,
    TYPE_PHRASES,
)
from rewards.rulelang.reference import keys
from rewards.rulelang.reference.keys import NEEDED, Key
from rewards.rulelang.wording import WORDING

SERIES_ABOUT: dict[Series, tuple[str, str]] = {
    Series.STAYS: ("stays from arrival to departure", "stays"),
    Series.NIGHTS: ("the nights of stays", "nights"),
    Series.VISITS: (
        "days on which the guest was there: one a guest, property and hotel day, whatever the source",
        "days",
    ),
    Series.CHECK_INS: ("every check-in message that counts", "check-ins"),
    Series.SPEND: ("purchases, and stays that carry an amount", "money, net of what was taken back"),
    Series.PAYMENTS: ("payments", "payments"),
    Series.PAYMENTS_ON_TIME: ("payments on time", "payments"),
    Series.PAYMENTS_LATE: ("payments after they were due", "payments"),
    Series.REFERRALS: ("guests whom the guest brought", "referrals"),
    Series.CUSTOM: ("activities of a kind of your own; written `custom:NAME`", "activities"),
    Series.GRANTS: ("what the guest was given and was not taken back", "grants"),
    Series.EARNED: ("the same by its quantity: points, items, minor units of credits", "units"),
    Series.HELD: ("what can be used now, or could at some time in the window", "grants"),
    Series.LEFT: ("how much of it can still be used now: items, minor units of credits, points of the perk", "units"),
}
OPERATOR_ABOUT: dict[str, str] = {
    "at_least": "the value or more",
    "more_than": "more than the value",
    "at_most": "the value or less",
    "less_than": "less than the value",
    "exactly": "the value",
    "between": "`[a, b]`: from a to b, both included",
    "every": "`5`: 5, 10, 15 …; `{n: 5, after: 2, up_to: 50}`: 7, 12 … 47",
    "is": "the value",
    "is_not": "another value",
    "in": "one of the values",
    "not_in": "none of the values",
}
RANK_ABOUT: dict[str, str] = {
    "rank": "the guest's place among all guests of these houses by the series in `of`; 1 is the first",
    "behind": "how many, of spend how much, the guest is behind first place; 0 for the first",
    "crowd": "different guests who checked in here within the hours and nowhere else since",
    "companions": "the same, of the guests who are linked with this one",
}
TIES_ABOUT: dict[str, str] = {
    "shared": "all have the same place, and the places after it stay empty",
    "earliest": "the one who reached the number first is ahead; who reached it at the same instant shares the place",
    "incumbent": "at first place whoever held it at the close of yesterday keeps it; else as `earliest`",
}
SHORT_ABOUT: dict[str, str] = {
    "refuse": "the rule gives nothing and takes nothing",
    "part": "what is there is taken, and the rule gives",
    "debt": "of points: what is not there is owed, and later points pay it first",
}
EVIDENCE_ABOUT: dict[str, str] = {
    "claimed": "somebody said so",
    "located": "a position or a network agrees",
    "witnessed": "a rotating code at the desk, or a member of staff",
    "recorded": "the hotel's own systems: reservation, till, payment",
}
MOMENT_ABOUT: dict[str, str] = {
    "booking": "a reservation is made",
    "pre_arrival": "some days before arrival",
    "arrival": "the guest stands at the desk",
    "during_stay": "at any time in the stay",
    "checkout": "the guest leaves",
    "cancellation": "a reservation is cancelled",
    "activity": "a check-in, a purchase or another activity has just come in",
    "request": "a complaint or a wish: who is helped first",
    "scheduled": "nobody asks; the engine does at the turn of the hotel day",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def key_table(known: Sequence[Key]) -> str:
    """The keys of a mapping."""
    rows = ([f"`{key.name}`", key.value, f"**{NEEDED}**" if key.default == NEEDED else key.default, key.about]
            for key in known)  # fmt: skip
    return table(("key", "takes", "without it", "meaning"), rows)


def _facts() -> str:
    return table(("fact", "type", "what it is", "may be unknown", "values"), map(_fact, facts.CATALOGUE.values()))


def _fact(fact: facts.Fact) -> list[str]:
    unit = f" ({fact.unit})" if fact.unit and fact.type is not FactType.MONEY else ""
    example = f"such as `{fact.example}`" if fact.example else ""
    values = ", ".join(f"`{word}`" for word in fact.choices) or example
    return [f"`{fact.name}`", f"{_type(fact.type)}{unit}", fact.about, "yes" if fact.may_be_unknown else "no", values]


def _type(kind: FactType) -> str:
    return TYPE_PHRASES[kind].en.removeprefix("an ").removeprefix("a ")


def _types() -> str:
    rows = ([_type(kind), f"`{EXAMPLES[kind]}`", ", ".join(f"`{op}`" for op in ops)] for kind, ops in OPERATORS.items())
    return table(("type", "written", "operators"), rows)


def _operators() -> str:
    return table(("operator", "holds for"), ([f"`{name}`", about] for name, about in OPERATOR_ABOUT.items()))


def _series() -> str:
    return table(("series", "what", "counted in", "keys of its own"), map(_one_series, Series))


def _one_series(series: Series) -> list[str]:
    about, unit = SERIES_ABOUT[series]
    own = [f"`{key}`" for key, owners in KEY_OWNERS.items() if series in owners and len(owners) < len(Series) - 4]
    name = "custom:NAME" if series is Series.CUSTOM else str(series)
    return [f"`{name}`", about, unit, ", ".join(own)]


def _ranks() -> str:
    return _words(RANK_ABOUT, ("measure", "what"))


def _dimensions() -> str:
    owners = {"place": PLACE_SERIES, "category": CATEGORY_SERIES}
    rows = ([f"`{word}`", ", ".join(f"`{each}`" for each in owners.get(word, ())) or "every series"]
            for word in DISTINCT)  # fmt: skip
    return table(("distinct", "of"), rows)


def _perk_kinds() -> str:
    return table(("kind", "parameter", "example", "meaning"), (row for kind in PerkKind for row in _parameters(kind)))


def _parameters(kind: PerkKind) -> Iterable[list[str]]:
    for name, parameter in PARAMETERS[kind].items():
        star = " (needed)" if parameter.needed else ""
        yield [f"`{kind}`", f"`{name}`{star}", f"`{parameter.example}`", parameter.about]


def _words(known: dict[str, str], head: tuple[str, str]) -> str:
    return table(head, ([f"`{word}`", about] for word, about in known.items()))


def _maxima() -> str:
    shown = (
        ("a file", f"{limits.MAX_DOCUMENT_BYTES:,} bytes, {limits.MAX_RULES:,} rules"),
        ("a text", f"{limits.MAX_SCALAR_CHARACTERS:,} characters"),
        ("a list", f"{limits.MAX_LIST_ITEMS:,} entries"),
        ("a condition", f"{limits.MAX_CONDITION_NODES} parts, {limits.MAX_CONDITION_DEPTH} deep"),
        ("measures of a rule", f"{limits.MAX_RULE_MEASURES} different ones, each window of `best_of` one"),
        ("an amount", f"{limits.MAX_AMOUNT_NODES} parts, {limits.MAX_AMOUNT_DEPTH} deep, 10^15"),
        ("a rule", f"{limits.MAX_GIVE} outcomes, {limits.MAX_LIMITS} limits"),
        ("a choice", f"{limits.MAX_GIVE} options"),
        ("a chain of `or_else`", f"{limits.MAX_OR_ELSE} perks"),
        ("a number", f"2^53 = {limits.MAX_NUMBER:,} either way"),
        ("a rolling window", f"{limits.MAX_WINDOW_DAYS:,} days, or {limits.MAX_WINDOW_HOURS:,} hours"),
        ("a date", f"the years {limits.FIRST_YEAR} to {limits.LAST_YEAR}"),
    )
    return table(("what", "at most"), shown)


def _codes(*, warnings: bool) -> str:
    rows = (
        [f"`{code}`", _quiet(wording.en)] for code, wording in sorted(WORDING.items()) if wording.warning == warnings
    )
    return table(("code", "says"), rows)


def _quiet(template: str) -> str:
    return re.sub(r"\{(\w+)\}", "…", template.replace("{{", "{").replace("}}", "}"))


TABLES: dict[str, Callable[[], str]] = {
    "rule": lambda: key_table(keys.RULE),
    "places": lambda: key_table(keys.PLACES),
    "schedule": lambda: key_table(keys.SCHEDULE),
    "moments": lambda: _words(MOMENT_ABOUT, ("moment", "when")),
    "approval": lambda: key_table(keys.APPROVAL),
    "evidence": lambda: _words(EVIDENCE_ABOUT, ("evidence", "rests on")),
    "condition": lambda: key_table(keys.CONDITION),
    "amount": lambda: key_table(keys.AMOUNT),
    "operand": lambda: key_table(keys.OPERAND),
    "types": _types,
    "operators": _operators,
    "every": lambda: key_table(keys.EVERY),
    "facts": _facts,
    "series": _series,
    "measure": lambda: key_table(keys.MEASURE),
    "ranks": _ranks,
    "ties": lambda: _words(TIES_ABOUT, ("ties", "of guests with equal numbers")),
    "dimensions": _dimensions,
    "calendar": lambda: key_table(keys.CALENDAR),
    "dates": lambda: key_table(keys.DATES),
    "groups": lambda: key_table(keys.GROUPS),
    "since": lambda: key_table(keys.SINCE),
    "counting": lambda: key_table(keys.COUNTING),
    "give": lambda: key_table(keys.GIVE),
    "wait": lambda: key_table(keys.WAIT),
    "before": lambda: key_table(keys.BEFORE),
    "validity": lambda: key_table(keys.VALIDITY),
    "lapses": lambda: key_table(keys.LAPSES),
    "take": lambda: key_table(keys.TAKE),
    "short": lambda: _words(SHORT_ABOUT, ("short", "where there is less than is to be taken")),
    "extend": lambda: key_table(keys.EXTEND),
    "choose": lambda: key_table(keys.CHOOSE),
    "count-limit": lambda: key_table(keys.COUNT_LIMIT),
    "budget": lambda: key_table(keys.BUDGET),
    "perk": lambda: key_table(keys.PERK),
    "perk-kinds": _perk_kinds,
    "case": lambda: key_table(keys.CASE),
    "case-property": lambda: key_table(keys.CASE_PROPERTY),
    "case-activity": lambda: key_table(keys.CASE_ACTIVITY),
    "case-later": lambda: key_table(keys.CASE_LATER),
    "case-grant": lambda: key_table(keys.CASE_GRANT),
    "case-other": lambda: key_table(keys.CASE_OTHER),
    "case-stay": lambda: key_table(keys.CASE_STAY),
    "case-request": lambda: key_table(keys.CASE_REQUEST),
    "maxima": _maxima,
    "errors": lambda: _codes(warnings=False),
    "warnings": lambda: _codes(warnings=True),
}
"""Every table of the reference by its name."""

_MARK = re.compile(r"(<!-- table: ([a-z-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def filled(page: str) -> str:
    """A page with every table between its marks made anew; KeyError for a table that does not exist."""
    return _MARK.sub(lambda mark: f"{mark[1]}{TABLES[mark[2]]()}\n{mark[4]}", page)


def named_in(page: str) -> tuple[str, ...]:
    """The tables that a page has marks for, in order."""
    return tuple(mark[2] for mark in _MARK.finditer(page))
