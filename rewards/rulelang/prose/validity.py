"""How long something can be used, in words: "valid for 30 days", "valid to the end of the calendar year"."""

from __future__ import annotations

from rewards.domain.validity import EndOf, Lasting, Until, Validity
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.numbers import day as day_text
from rewards.rulelang.prose.numbers import month, number
from rewards.rulelang.prose.parts import Path, Text, fill, text


def with_validity(shown: Text, valid: Validity | None, path: Path, language: Language) -> Text:
    """A perk with how long it can be used, where the rule says so."""
    if valid is None:
        return shown
    match valid:
        case Lasting():
            return fill(language.outcomes["valid"], path, {"perk": shown, "span": span_text(valid, path, language)})
        case Until(day=day):
            slots: dict[str, Text | str] = {"perk": shown, "day": text(day_text(day, language.code), (*path, "until"))}
            return fill(language.outcomes["valid.until"], path, slots)
        case EndOf():
            return _end_of(shown, valid, path, language)


def _end_of(shown: Text, valid: EndOf, path: Path, language: Language) -> Text:
    words = language.outcomes
    at = (*path, "end_of")
    if valid.starts is None:
        end = text(words[f"end.{valid.term}"], at)
    else:
        start = f"{valid.starts[1]} {month(valid.starts[0], language.code)}"
        end = fill(words["end.year_from"], at, {"start": text(start, (*at, "year_from"))})
    if valid.plus is None:
        return fill(words["valid.end"], path, {"perk": shown, "end": end})
    plus = span_text(valid.plus, (*path, "plus"), language)
    return fill(words["valid.end.plus"], path, {"perk": shown, "end": end, "span": plus})


def span_text(valid: Lasting, path: Path, language: Language) -> Text:
    """A length of time: "14 months"."""
    slots: dict[str, Text | str] = {
        "n": text(number(valid.amount, language.code), path),
        "noun": language.noun(valid.term.value, valid.amount),
    }
    return fill(language.outcomes["span"], path, slots)
