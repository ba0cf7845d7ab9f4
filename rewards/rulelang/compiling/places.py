"""Where and when a rule can be live, as keys under which its compiled code is found.

A rule stands under each of its moments, and there under each place it names: a property, a brand, a city, a country,
or the whole chain. A decision runs the buckets of its moment and its five places and no others.
"""

from __future__ import annotations

from rewards.domain.property import Property
from rewards.rulelang.nodes import Applies, Rule

PlaceKey = tuple[str, str, str]
"""(moment, kind of place, its name); the chain has no name."""


def keys_of(rule: Rule) -> tuple[PlaceKey, ...]:
    """Every key a rule stands under, each once."""
    places = _places(rule.applies)
    return tuple(dict.fromkeys((moment, kind, name) for moment in rule.moments for kind, name in places))


def keys_at(moment: str, at: Property) -> tuple[PlaceKey, ...]:
    """The keys that a decision looks under."""
    return (
        (moment, "property", at.code),
        (moment, "brand", at.brand),
        (moment, "city", at.city),
        (moment, "country", at.country),
        (moment, "chain", ""),
    )


def stands_twice(rule: Rule) -> bool:
    """Whether one decision can find a rule under more than one key: it names places of more than one kind."""
    applies = rule.applies
    return sum(map(bool, (applies.properties, applies.brands, applies.cities, applies.countries))) > 1


def _places(applies: Applies) -> list[tuple[str, str]]:
    named = [
        *(("property", code) for code in applies.properties),
        *(("brand", name) for name in applies.brands),
        *(("city", name) for name in applies.cities),
        *(("country", code) for code in applies.countries),
    ]
    return named or [("chain", "")]
