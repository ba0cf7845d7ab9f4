"""What people call the codes that stand in rules.

Rules name properties, brands, perks and the like by code. Whoever reads a sentence aloud wants their names; where no
name is known the code stands in quotation marks, so that nobody takes it for a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rewards.domain.perk import Perk

Named = str | Mapping[str, str]
"""A name in every language, or one for each language (`en`, `nl`)."""


@dataclass(frozen=True)
class Names:
    """Names by code. Everything may be left out.

    `rules` are titles by rule id. `currency` (ISO 4217) is the unit of amounts for which a rule names none: the
    currency of the property at hand, or of the whole group where all share one; None where neither is known.
    """

    properties: Mapping[str, Named] = field(default_factory=dict)
    brands: Mapping[str, Named] = field(default_factory=dict)
    cities: Mapping[str, Named] = field(default_factory=dict)
    countries: Mapping[str, Named] = field(default_factory=dict)
    perks: Mapping[str, Perk] = field(default_factory=dict)
    room_classes: Mapping[str, Named] = field(default_factory=dict)
    rules: Mapping[str, Named] = field(default_factory=dict)
    currency: str | None = None

    def property(self, code: str, language: str) -> str:
        """The name of a hotel."""
        return name_of(self.properties, code, language)

    def brand(self, code: str, language: str) -> str:
        """The name of a brand."""
        return name_of(self.brands, code, language)

    def city(self, code: str, language: str) -> str:
        """The name of a city."""
        return name_of(self.cities, code, language)

    def country(self, code: str, language: str) -> str:
        """The name of a country."""
        return name_of(self.countries, code, language)

    def room_class(self, code: str, language: str) -> str:
        """The name of a room class."""
        return name_of(self.room_classes, code, language)

    def rule(self, identifier: str, language: str) -> str:
        """The title of a rule, in quotation marks as titles stand; its id where it has none."""
        known = self.rules.get(identifier)
        return quoted(identifier if known is None else _in_language(known, language, identifier))

    def perk_title(self, code: str, language: str) -> str:
        """The title of a perk, in quotation marks; two perks of one title are told apart by their codes."""
        return perk_title(self.perks, code, language)


NO_NAMES = Names()


def quoted(value: str) -> str:
    """A text in quotation marks; marks inside it are doubled, so that two texts never look alike."""
    return "“" + value.replace("“", "““").replace("”", "””") + "”"


def name_of(known: Mapping[str, Named], code: str, language: str) -> str:
    """The name of a code, followed by the code where another one is called the same; else the code in quotes."""
    if code not in known:
        return quoted(code)
    name = _in_language(known[code], language, quoted(code))
    if any(other != code and _in_language(known[other], language, "") == name for other in known):
        return f"{name} ({quoted(code)})"
    return name


def perk_title(perks: Mapping[str, Perk], code: str, language: str) -> str:
    """The title of a perk in quotation marks, its code where it has none; equal titles get their codes."""
    if code not in perks:
        return quoted(code)
    title = _in_language(perks[code].titles, language, code)
    if any(other != code and _in_language(perks[other].titles, language, other) == title for other in perks):
        return f"{quoted(title)} ({quoted(code)})"
    return quoted(title)


def _in_language(known: Named, language: str, fallback: str) -> str:
    if isinstance(known, str):
        return known
    return known.get(language) or known.get("en") or next(iter(known.values()), fallback)
