"""A whole rule, read aloud."""

from __future__ import annotations

from rewards.rulelang.nodes import All, Approval, Rule, Schedule
from rewards.rulelang.prose.conditions import conditions_text, outermost
from rewards.rulelang.prose.extends import extends_text
from rewards.rulelang.prose.facts import moment
from rewards.rulelang.prose.languages import Language, language_of
from rewards.rulelang.prose.limits import limits_text
from rewards.rulelang.prose.names import NO_NAMES, Names, quoted
from rewards.rulelang.prose.numbers import clock, number
from rewards.rulelang.prose.parts import Part, Path, Text, capital, fill, joined, plain, text, tidy
from rewards.rulelang.prose.places import applies_text
from rewards.rulelang.prose.small_print import weekdays_text
from rewards.rulelang.prose.takes import deeds_text
from rewards.rulelang.prose.windows import dates_text


def sentence(rule: Rule, language: str, names: Names = NO_NAMES) -> str:
    """The rule in `language` (`en`, `nl`), with names for its codes.

    Two rules that differ in more than id, title and what is said never read the same, as long as `names` gives
    different codes different names. Ends with a full stop; what a rule seldom says follows in short sentences.
    """
    return plain(sentence_parts(rule, language, names))


def sentence_parts(rule: Rule, language: str, names: Names = NO_NAMES) -> list[Part]:
    """The sentence in pieces, each with the path of the field it says; joined they are the sentence.

    A path begins with a key of the rule (`at`, `only_at`, `runs`, `when`, `give`, `take`, `limits`, `evidence`,
    `group`, `combines`, `priority`, `reading_of`, `approval`), then indices of parts and at last the key of the value:
    `("when", 0, "at_least")`. The parts of `all` and `any` are counted from 0, that of `not` is called `not`.
    """
    spoken = language_of(language)
    when, at = outermost(rule.when, ("when",))
    always = isinstance(when, All) and not when.parts
    slots: dict[str, Text | str] = {
        "where_and_when": capital(_gate(rule, spoken, names)),
        "conditions": () if always else conditions_text(when, at, spoken, names),
        "outcomes": _deeds(rule, spoken, names),
        "limits": limits_text(rule.limits, ("limits",), spoken),
    }
    deed = "" if rule.give else ".taking" if rule.take else ".extending" if rule.extend else ""
    template = spoken.frame[("rule.always" if always else "rule") + deed]
    return list(tidy((*fill(template, (), slots), *_more(rule, spoken))))


def _deeds(rule: Rule, language: Language, names: Names) -> Text:
    """What a rule gives and takes, and what it lets be used longer."""
    if not rule.extend:
        return deeds_text(rule, language, names)
    extends = extends_text(rule.extend, ("extend",), language, names)
    if not rule.give and not rule.take:
        return extends
    return fill(language.outcomes["extend"], (), {"outcomes": deeds_text(rule, language, names), "extends": extends})


def _gate(rule: Rule, language: Language, names: Names) -> Text:
    """Moment, place and schedule."""
    at: Path = ("at",)
    shown = [text(moment(name, language), (*at, index)) for index, name in enumerate(rule.moments)]
    moments = language.either(shown, at) if shown else text(language.frame["no_moment"], at)
    rest = [applies_text(rule.applies, ("only_at",), language, names), *_schedule(rule.schedule, language)]
    kept = [each for each in (moments, *rest) if each]
    comma = language.words["comma"]
    end = language.frame["gate.end"] if len(kept) > 1 else ""
    return (*joined(kept, comma, comma, ()), *text(end))


def _schedule(schedule: Schedule, language: Language) -> list[Text]:
    path: Path = ("runs",)
    found: list[Text] = []
    if schedule.first is not None or schedule.last is not None:
        found.append(dates_text(schedule.first, schedule.last, path, language))
    if schedule.weekdays:
        at = (*path, "on")
        found.append(fill(language.frame["on"], at, {"list": weekdays_text(schedule.weekdays, at, language)}))
    if schedule.hours is not None:
        first, last = schedule.hours
        at = (*path, "between")
        slots: dict[str, Text | str] = {"first": text(clock(first), (*at, 0)), "last": text(clock(last), (*at, 1))}
        found.append(fill(language.frame["hours" if first < last else "hours.wrap"], at, slots))
    return found


def _more(rule: Rule, language: Language) -> Text:
    """What follows the sentence: evidence, group, stacking, priority, of which text it is a reading, approval."""
    frame, found = language.frame, []
    if rule.evidence is not None:
        at: Path = ("evidence",)
        found.append(fill(frame["evidence"], at, {"word": text(language.words[f"evidence.{rule.evidence.word}"], at)}))
    if rule.group is not None:
        found.append(fill(frame["group"], ("group",), {"group": text(quoted(rule.group), ("group",))}))
    if not rule.combines:
        found.append(text(frame["combines"], ("combines",)))
    if rule.priority:
        at = ("priority",)
        found.append(fill(frame["priority"], at, {"n": text(number(rule.priority, language.code), at)}))
    if rule.reading_of is not None:
        at = ("reading_of",)
        found.append(fill(frame["reading_of"], at, {"name": text(quoted(rule.reading_of), at)}))
    if rule.approval is not None:
        found.append(_approval(rule.approval, language))
    return tuple(part for each in found for part in each)


def _approval(approval: Approval, language: Language) -> Text:
    path: Path = ("approval",)
    by, within = (*path, "by"), (*path, "within")
    slots: dict[str, Text | str] = {
        "role": text(quoted(approval.by), by),
        "n": text(number(approval.days, language.code), within),
        "days": language.noun("day", approval.days),
    }
    return fill(language.frame["approval"], path, slots)
