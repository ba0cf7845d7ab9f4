"""What a decision says to people: why something waits, what a perk is, and what to say where a rule has no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from rewards.domain.perk import Perk, PerkKind
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.rulelang.facts import ATTRIBUTE_PREFIX, NUMBER_PREFIX, find
from rewards.rulelang.nodes import (
    AMONG_GUESTS,
    HERE_NOW,
    RANKS,
    Aggregate,
    Condition,
    FactTest,
    Give,
    Measure,
    MeasureTest,
    Op,
    ScopeKind,
    Series,
)
from rewards.rulelang.prose.languages import Language, language_of
from rewards.rulelang.prose.names import NO_NAMES, Names, quoted
from rewards.rulelang.prose.numbers import day, word
from rewards.rulelang.prose.outcomes import give_text, until_text
from rewards.rulelang.prose.parts import Text, capital, fill, plain, text, tidy

REASONS = (
    "evidence_too_low", "unknown_fact", "not_covered", "stock_gone", "budget_spent", "limit_reached", "group_taken",
    "not_combinable", "better_given", "no_higher_class_free", "room_class_unknown", "rate_unknown", "under_review",
    "milestone_given", "validity_over", "choice_over", "nothing_to_extend", "amount_unknown", "amount_zero",
    "amount_too_large", "not_enough_left", "no_nights", "arrival_unknown", "wait_over",
    "approval_refused",
)  # fmt: skip
"""Why something that a rule would give is withheld."""

_OPTIONAL = {
    "evidence_too_low": ("have", "needs"),
    "unknown_fact": ("what",),
    "not_covered": ("what", "since"),
    "stock_gone": ("perk", "night"),
    "budget_spent": ("until",),
    "group_taken": ("rule",),
    "not_combinable": ("rule",),
    "better_given": ("rule",),
    "rate_unknown": ("currency",),
    "validity_over": ("until",),
    "choice_over": ("until",),
    "amount_unknown": ("what",),
    "not_enough_left": ("taken",),
}
_RESOLVED = ("from", "to", "choose", "choose_by", "choose_of")
"""Parameters that a decision adds to those of the rule."""


def withheld_text(reason_code: str, values: Mapping[str, object], language: str, names: Names = NO_NAMES) -> str:
    """The sentence for a reason code.

    In:     `values` by name, each of which may be lacking: `have` and `needs` (evidence words); `fact`, or `series` or
            `kind` (what is not known); `since` (date from which it is); `perk` (code); `taken` (code of what there is
            too little of); `until` (date); `night` (date, or its ISO text); `with` or `by` (id of the rule that was
            given); `currency` or `from` (ISO 4217, which has no rate).
    Errors: `field_invalid` for a reason that is none of `REASONS`.
    """
    spoken = language_of(language)
    if reason_code not in REASONS:
        raise RewardsError(FIELD_INVALID, f"“{reason_code}” is no reason.", hint=f"Use one of {', '.join(REASONS)}.")
    shown = _shown(values, spoken, names)
    known: list[str] = []
    for name in _OPTIONAL.get(reason_code, ()):
        if name not in shown:
            break
        known.append(name)
    template = spoken.answers.get(".".join([reason_code, *known])) or spoken.answers[reason_code]
    return plain(tidy(capital(fill(template, (), shown))))


def approval_text(role: str, language: str) -> str:
    """What a clerk reads of something that waits for somebody of a role to say yes."""
    return plain(fill(language_of(language).answers["approval"], (), {"role": text(quoted(role), ())}))


def _shown(values: Mapping[str, object], language: Language, names: Names) -> dict[str, Text | str]:
    shown: dict[str, Text | str] = {}
    for name, value in values.items():
        if name in ("have", "needs"):
            shown[name] = language.words.get(f"evidence.{value}") or quoted(str(value))
        elif name in ("since", "until", "night"):
            shown[name] = _day(value, language)
        elif name == "fact":
            shown["what"] = _fact_name(str(value), language)
        elif name in ("series", "kind"):
            shown["what"] = _kind_name(str(value), language)
        elif name in ("perk", "taken"):
            shown[name] = names.perk_title(str(value), language.code)
        elif name in ("currency", "from"):
            shown["currency"] = str(value)
        elif name in ("with", "by", "rule"):
            shown["rule"] = names.rule(str(value), language.code)
        else:
            shown[name] = str(value)
    return shown


def _day(value: object, language: Language) -> str:
    """A day as people say it; the values of a reason that a decision found hold it as text."""
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return day(found, language.code)


def _fact_name(code: str, language: Language) -> str:
    fact = find(code)
    if fact is None or code.startswith((ATTRIBUTE_PREFIX, NUMBER_PREFIX)):
        return quoted(code.removeprefix(ATTRIBUTE_PREFIX).removeprefix(NUMBER_PREFIX))
    return fact.nl if language.code == "nl" else fact.en


_SERIES_OF_KIND = {
    "stay": "stays",
    "visit": "visits",
    "check_in": "check-ins",
    "payment": "payments",
    "referral": "referrals",
}


def _kind_name(code: str, language: Language) -> str:
    series = _SERIES_OF_KIND.get(code, code)
    if series not in language.nouns or series == Series.CUSTOM:
        return quoted(code)
    return language.noun(series, 2)


def outcome_text(give: Give, perk: Perk | None, language: str, names: Names = NO_NAMES) -> str:
    """A perk as a phrase: "a room one class up until checkout".

    What a decision added to the parameters (from and to which class, what else may be chosen) is left out.
    """
    known = names if perk is None else replace(names, perks={perk.code: perk})
    own = replace(give, params=tuple(each for each in give.params if each[0] not in _RESOLVED))
    return plain(tidy(give_text(own, (), language_of(language), known)))


# --- what to say ----------------------------------------------------------------------------------------------------


def say_default(
    give: Give, perk: Perk | None, reasons: Sequence[Condition], language: str, names: Names = NO_NAMES
) -> str:
    """What a clerk says to the guest, and the guest reads, where the rule has no words of its own.

    In:     `reasons`: the conditions that earned the perk; the first that says something about the guest is told.
            The parameter `to` of an upgrade is the class of the room the guest now has.
    Out:    "You stay with us so often that we have moved you up to a superior room until checkout."
    """
    spoken = language_of(language)
    reason = next((found for found in map(_reason, reasons) if found), "other")
    given = _what_we_give(give, perk, spoken, names, "inverted" if reason in spoken.inverted else "we")
    return plain(tidy(fill(spoken.answers[f"say.{reason}"], (), {"we": given})))


def say_extended(perk: str, last: date, language: str, names: Names = NO_NAMES) -> str:
    """What a clerk says of a perk (by code) that can be used longer now, `last` being the last hotel day."""
    spoken = language_of(language)
    slots: dict[str, Text | str] = {"perk": names.perk_title(perk, language), "date": day(last, language)}
    return plain(tidy(fill(spoken.answers["extended"], (), slots)))


_OF_SERIES = {
    Series.STAYS: "stays",
    Series.NIGHTS: "stays",
    Series.VISITS: "visits",
    Series.CHECK_INS: "visits",
    Series.SPEND: "spend",
    Series.PAYMENTS: "payments",
    Series.PAYMENTS_ON_TIME: "payments",
    Series.REFERRALS: "referrals",
}
_OF_FACT = {
    "stay.birthday_within": "birthday",
    "guest.days_to_birthday": "birthday",
    "guest.days_since_birthday": "birthday",
    "stay.nights": "long",
    "moment.topic": "request",
    "moment.severity": "request",
}
_FLOORS = (Op.AT_LEAST, Op.MORE_THAN, Op.EVERY, Op.BETWEEN, Op.EXACTLY)


def _reason(condition: Condition) -> str:
    if isinstance(condition, FactTest):
        return _reason_of_fact(condition)
    return _reason_of_measure(condition) if isinstance(condition, MeasureTest) else ""


def _reason_of_fact(test: FactTest) -> str:
    if test.fact == "stay.channel":
        return "channel" if test.comparison.op is Op.IS and test.comparison.values == ("direct",) else ""
    if test.fact == "stay.birthday_within":
        return "birthday" if test.comparison.values == (True,) else ""
    if test.fact == "stay.nights" and test.comparison.op not in (Op.AT_LEAST, Op.MORE_THAN):
        return ""
    return _OF_FACT.get(test.fact, "")


def _reason_of_measure(test: MeasureTest) -> str:
    measure, op, value = test.measure, test.comparison.op, test.comparison.values[0]
    floor = op in _FLOORS
    if measure.aggregate in AMONG_GUESTS:
        return _reason_among_guests(measure, op)
    if measure.aggregate is Aggregate.DAYS_SINCE_LAST:
        return "back" if op in (Op.AT_LEAST, Op.MORE_THAN) else ""
    if measure.aggregate is Aggregate.DAYS_SINCE_FIRST:
        return ""
    if measure.series is Series.PAYMENTS_LATE:
        return "" if floor and value != 0 else "payments"
    few = op in (Op.AT_MOST, Op.EXACTLY) and value == 0
    if measure.series in (Series.STAYS, Series.NIGHTS) and few:
        return "first"
    if op is Op.EXACTLY and value == 1:
        return "first" if measure.including_this else ""
    return _OF_SERIES.get(measure.series, "") if floor and not few else ""


def _reason_among_guests(measure: Measure, op: Op) -> str:
    aggregate = measure.aggregate
    if aggregate in RANKS:
        here = measure.scope.kind is ScopeKind.HERE
        return "rank" if here and op in (Op.AT_MOST, Op.LESS_THAN, Op.EXACTLY) else ""
    return str(aggregate) if aggregate in HERE_NOW and op in (Op.AT_LEAST, Op.MORE_THAN) else ""


def _what_we_give(give: Give, perk: Perk | None, language: Language, names: Names, form: str) -> Text:
    params = dict(give.params)
    kind = perk.kind if perk is not None else None
    if kind is PerkKind.UPGRADE:
        return _moved_up(params, language, names, form)
    if kind is PerkKind.LATE_CHECKOUT:
        until = params.get("until")
        key = "late-checkout" if until in (None, "checkout") else "late-checkout.until"
        return fill(language.answers[f"{form}.{key}"], (), {"until": str(until)})
    if kind is PerkKind.PRIORITY:
        return text(language.answers[f"{form}.priority"])
    shown = outcome_text(replace(give, or_else=None), perk, language.code, names)
    return fill(language.answers[f"{form}.other"], (), {"perk": shown})


def _moved_up(params: dict[str, int | str | bool], language: Language, names: Names, form: str) -> Text:
    levels, to = params.get("levels"), params.get("to")
    room_class = _class_name(str(to), language, names)
    slots: dict[str, Text | str] = {
        "until": until_text(params, (), language),
        "room_class": room_class,
        "article": "an" if room_class[:1].lower() in "aeiou" else "a",
        "n": word(int(levels), language.code) if levels is not None else "",
        "noun": language.noun("class", int(levels)) if levels is not None else "",
    }
    ending = ".class" if to is not None else (".levels" if levels is not None else "")
    return fill(language.answers[f"{form}.upgrade{ending}"], (), slots)


def _class_name(code: str, language: Language, names: Names) -> str:
    """The name of a class as it is spoken: a code is a plain word here, such as superior."""
    return names.room_class(code, language.code) if code in names.room_classes else code.replace("-", " ")
