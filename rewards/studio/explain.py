"""Rules read aloud: each as one sentence of the language asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rewards.domain.perk import Perk
from rewards.domain.property import Property
from rewards.rulelang.nodes import Rule
from rewards.rulelang.prose import Names, sentence


def names_of(rules: Iterable[Rule], perks: Mapping[str, Perk], properties: Sequence[Property] = ()) -> Names:
    """What people call the codes in these rules."""
    titles = {rule.id: rule.titles for rule in rules if rule.titles}
    return Names(properties={prop.code: prop.name for prop in properties}, perks=perks, rules=titles)


def read_aloud(rules: Sequence[Rule], language: str, names: Names) -> dict[str, str]:
    """The sentence of each rule (`en` or `nl`), by rule id."""
    return {rule.id: sentence(rule, language, names) for rule in rules}
