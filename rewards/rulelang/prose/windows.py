"""How a window of time reads: "in the last 180 days", "this calendar year", "since joining"."""

from __future__ import annotations

from datetime import date

from rewards.rulelang.nodes import (
    BetterOf,
    Calendar,
    Dates,
    Lifetime,
    MembershipYear,
    OffsetYear,
    Rolling,
    RollingHours,
    SinceEnrolment,
    SinceLastGrant,
    Unit,
    Window,
)
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.numbers import day, month, number
from rewards.rulelang.prose.parts import NOTHING, Path, Text, fill, text


def window_text(window: Window, path: Path, language: Language, names: Names, *, short: bool = False) -> Text:
    """A window as an adverb. `path` is the condition's; `short` is the form of reasons: "in 180 days"."""
    match window:
        case Rolling(amount=amount, unit=unit):
            return _rolling(amount, unit, (*path, "within"), language, short=short)
        case RollingHours(hours=hours):
            return _hours(hours, (*path, "within"), language)
        case Calendar(unit=unit, back=back):
            return _calendar(unit, back, (*path, "in"), language)
        case OffsetYear() | MembershipYear():
            return _year(window, (*path, "in"), language)
        case Dates(first=first, last=last):
            return dates_text(first, last, (*path, "during"), language)
        case Lifetime():
            return text("" if short else language.windows["lifetime"], (*path, "ever"))
        case SinceEnrolment():
            return text(language.windows["enrolment"], (*path, "since"))
        case SinceLastGrant(rule=rule):
            return _since_grant(rule, (*path, "since"), language, names)
        case BetterOf(windows=windows):
            return _better(windows, path, language, names, short=short)


def dates_text(first: date | None, last: date | None, path: Path, language: Language) -> Text:
    """Fixed days, both ends included."""
    slots: dict[str, Text | str] = {
        "first": text(day(first, language.code), (*path, "from")) if first else NOTHING,
        "last": text(day(last, language.code), (*path, "until")) if last else NOTHING,
    }
    return fill(language.windows[_dates_key(first, last)], path, slots)


def _dates_key(first: date | None, last: date | None) -> str:
    if first is None:
        return "dates.open" if last is None else "dates.until"
    if last is None:
        return "dates.from"
    return "dates.one" if first == last else "dates"


def _rolling(amount: int, unit: Unit, path: Path, language: Language, *, short: bool) -> Text:
    words = language.windows
    if amount == 1:
        own = words.get(f"rolling.one.{unit.value}", words["rolling.one"])
        return fill(own, path, {"unit": language.noun(unit.value, 1)})
    slots: dict[str, Text | str] = {
        "n": text(number(amount, language.code), path),
        "unit": language.noun(unit.value, amount),
    }
    return fill(words["short.day" if short else "rolling"], path, slots)


def _hours(hours: int, path: Path, language: Language) -> Text:
    if hours == 1:
        return text(language.windows["hours.one"], path)
    return fill(language.windows["hours"], path, {"n": text(number(hours, language.code), path)})


def _calendar(unit: Unit, back: int, path: Path, language: Language) -> Text:
    words, turn = language.windows, f".{back}" if back < 2 else ""
    own = words.get(f"calendar.{unit.value}{turn}") or words.get(f"calendar{turn}.{unit.value}")
    slots: dict[str, Text | str] = {
        "unit": language.noun(unit.value, 1),
        "units": language.noun(unit.value, back),
        "n": text(number(back, language.code), path),
    }
    return fill(own or words[f"calendar{turn}"], path, slots)


def _year(window: OffsetYear | MembershipYear, path: Path, language: Language) -> Text:
    turn = f".{window.back}" if window.back < 2 else ""
    slots: dict[str, Text | str] = {"n": text(number(window.back, language.code), (*path, "back"))}
    if isinstance(window, MembershipYear):
        return fill(language.windows[f"membership{turn}"], path, slots)
    start = f"{window.day} {month(window.month, language.code)}"
    slots["start"] = text(start, (*path, "year_from"))
    return fill(language.windows[f"offset{turn}"], path, slots)


def _since_grant(rule: str | None, path: Path, language: Language, names: Names) -> Text:
    if rule is None:
        return text(language.windows["grant"], path)
    return fill(language.windows["grant.rule"], path, {"rule": text(names.rule(rule, language.code), path)})


def _better(windows: tuple[Window, ...], path: Path, language: Language, names: Names, *, short: bool) -> Text:
    at = (*path, "best_of")
    texts = [_one_of(inner, (*at, index), language, names, short=short) for index, inner in enumerate(windows)]
    return fill(language.windows["better"], at, {"windows": language.either(texts, at)})


def _one_of(inner: Window, path: Path, language: Language, names: Names, *, short: bool) -> Text:
    if isinstance(inner, BetterOf):
        texts = [_one_of(each, (*path, at), language, names, short=short) for at, each in enumerate(inner.windows)]
        return fill(language.windows["better.nested"], path, {"windows": language.either(texts, path)})
    shown = window_text(inner, path, language, names, short=short)
    return shown or text(language.windows["lifetime"], path)
