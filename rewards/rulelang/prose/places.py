"""How a scope reads: "at this hotel", "at our hotels in Ghent", "anywhere"."""

from __future__ import annotations

from collections.abc import Callable

from rewards.rulelang.nodes import Applies, Scope, ScopeKind
from rewards.rulelang.prose.languages import Language
from rewards.rulelang.prose.names import Names
from rewards.rulelang.prose.parts import Path, Text, fill, text


def scope_text(scope: Scope, path: Path, language: Language, names: Names, form: str = "") -> Text:
    """Where a measure looks. `form` "place" is the bare place, as the object of "visited"."""
    at, suffix = (*path, "where"), f".{form}" if form else ""
    if scope.kind is not ScopeKind.LISTED:
        return text(language.places[scope.kind.value + suffix], at)
    lists = (("properties", scope.properties), ("brands", scope.brands), ("cities", scope.cities))
    return _union(lists, suffix, at, language, names)


def applies_text(applies: Applies, path: Path, language: Language, names: Names) -> Text:
    """Where a rule is live; nothing where it is live everywhere."""
    lists = (
        ("properties", applies.properties),
        ("brands", applies.brands),
        ("cities", applies.cities),
        ("countries", applies.countries),
    )
    return _union(lists, "", path, language, names) if any(codes for _, codes in lists) else ()


def _union(
    lists: tuple[tuple[str, tuple[str, ...]], ...], suffix: str, at: Path, language: Language, names: Names
) -> Text:
    phrases = []
    for kind, codes in lists:
        if codes:
            name = _namer(kind, names)
            shown = [text(name(code, language.code), (*at, kind, index)) for index, code in enumerate(codes)]
            listed = language.either(shown, (*at, kind))
            phrases.append(fill(language.places[kind + suffix], (*at, kind), {"list": listed}))
    return language.either(phrases, at) if phrases else text(language.places["nowhere" + suffix], at)


def _namer(kind: str, names: Names) -> Callable[[str, str], str]:
    return {
        "properties": names.property,
        "brands": names.brand,
        "cities": names.city,
        "countries": names.country,
    }[kind]
