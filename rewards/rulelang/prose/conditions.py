"""How a condition reads inside a rule: a row of clauses, or a marked list where rows could be misheard.

A row ("a, b and c") holds only single tests, and few. Whatever nests becomes a list with markers, so that no two
trees give one text.
"""

from __future__ import annotations

from collections.abc import Sequence

from rewards.rulelang.nodes import All, AmountTest, AnyOf, Condition, FactTest, MeasureTest, Not
from rewards.rulelang.prose.clauses import Clause, Speaker
from rewards.rulelang.prose.facts import fact_clause, fact_phrase
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.markers import enumerated
from rewards.rulelang.prose.measures import measure_clause, measure_phrase
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.parts import Path, Text, fill, text
from rewards.rulelang.prose.reckoning import amount_clause, amount_phrase

Test = FactTest | MeasureTest | AmountTest

LONGEST_ROW = 4
"""Tests in a row that a listener can hold; more become a list."""


def outermost(when: Condition, path: Path) -> tuple[Condition, Path]:
    """The condition that `when` comes to, with its path: a list of one condition reads as that condition."""
    while isinstance(when, All) and len(when.parts) == 1:
        when, path = when.parts[0], (*path, 0)
    return when, path


def conditions_text(when: Condition, at: Path, language: Language, names: Names) -> Text:
    """The condition of a rule, after "when"."""
    teller = _Teller(Speaker(language), names)
    if isinstance(when, All | AnyOf) and _is_row(when.parts):
        return teller.row(when, at)
    return teller.tell(when, at, ())


def _is_row(parts: Sequence[Condition]) -> bool:
    return 1 < len(parts) <= LONGEST_ROW and all(isinstance(part, Test) for part in parts)


class _Teller:
    """Tells one condition in one language."""

    def __init__(self, speaker: Speaker, names: Names) -> None:
        self._speaker, self._names, self._language = speaker, names, speaker.language

    def row(self, group: All | AnyOf, path: Path) -> Text:
        """Single tests, one after the other."""
        tests = [part for part in group.parts if isinstance(part, Test)]
        clauses = [self._clause(test, (*path, at)) for at, test in enumerate(tests)]
        last = self._language.words["and" if isinstance(group, All) else "or"]
        return self._speaker.row(clauses, last, path)

    def tell(self, condition: Condition, path: Path, place: tuple[int, ...]) -> Text:
        """A condition whose list items get markers below `place`."""
        match condition:
            case All(parts=parts) if parts:
                return self._list("all", "and", parts, path, place)
            case AnyOf(parts=parts) if parts:
                return self._list("any", "or", parts, path, place)
            case All():
                return text(self._language.frame["always"], path)
            case AnyOf():
                return text(self._language.frame["never"], path)
            case Not(part=part):
                return self._not(part, (*path, "not"), place)
            case FactTest() | MeasureTest() | AmountTest():
                return self._speaker.say(self._clause(condition, path))

    def _not(self, part: Condition, path: Path, place: tuple[int, ...]) -> Text:
        match part:
            case All(parts=parts) if parts:
                return self._list("not_all", "and", parts, path, place)
            case AnyOf(parts=parts) if parts:
                return self._list("none", "or", parts, path, place)
        return fill(self._language.frame["not"], path, {"part": self.tell(part, path, place)})

    def _list(self, key: str, last: str, parts: Sequence[Condition], path: Path, place: tuple[int, ...]) -> Text:
        items = [self.tell(part, (*path, at), (*place, at)) for at, part in enumerate(parts)]
        listed = enumerated(items, place, last, path, self._language, lead=True)
        return fill(self._language.frame[key], path, {"list": listed})

    def _clause(self, test: Test, path: Path) -> Clause:
        if isinstance(test, AmountTest):
            return amount_clause(test, path, self._language, self._names)
        if isinstance(test, FactTest):
            return fact_clause(test, path, self._language, self._names)
        return measure_clause(test, path, self._language, self._names)


def phrase_text(condition: Condition, path: Path, language: Language, names: Names) -> Text:
    """A condition as a phrase like a noun, for lists of reasons."""
    frame = language.frame
    match condition:
        case FactTest():
            return fact_phrase(condition, path, language, names)
        case MeasureTest():
            return measure_phrase(condition, path, language, names)
        case AmountTest():
            return amount_phrase(condition, path, language, names)
        case Not(part=part):
            return fill(frame["phrase.not"], path, {"part": phrase_text(part, (*path, "not"), language, names)})
        case All(parts=()):
            return text(frame["phrase.always"], path)
        case AnyOf(parts=()):
            return text(frame["phrase.never"], path)
        case All(parts=parts) | AnyOf(parts=parts):
            every = isinstance(condition, All)
            items = [phrase_text(part, (*path, at), language, names) for at, part in enumerate(parts)]
            listed = enumerated(items, (), "and" if every else "or", path, language)
            return fill(frame["phrase.all" if every else "phrase.any"], path, {"list": listed})
