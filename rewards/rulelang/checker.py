"""Whether rules agree with their types, the perk catalogue, the properties and each other.

A document that was read is already right in itself, and points at each mistake; nodes from elsewhere (a form, a test)
are checked here for the same. Nothing is refused at run time that could be refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from rewards.domain.perk import Perk
from rewards.domain.property import Property
from rewards.rulelang.checking.amounts import check_amounts
from rewards.rulelang.checking.perks import check_perks
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.sizes import check_sizes
from rewards.rulelang.checking.types import check_types
from rewards.rulelang.checking.world import World, check_rule_names, check_world
from rewards.rulelang.diagnostics import Diagnostic, Report, in_order
from rewards.rulelang.document import Parsed, Places, load
from rewards.rulelang.lints import lint
from rewards.rulelang.lints.readings import readings
from rewards.rulelang.lints.shadowed import shadowed
from rewards.rulelang.nodes import Rule


def check(
    rules: Sequence[Rule],
    perks: Mapping[str, Perk],
    *,
    properties: Sequence[Property] | None = None,
    group_currency: str | None = None,
    filename: str = "",
    places: Places | None = None,
    known_rules: Collection[str] = (),
    unfinished: Sequence[Rule] = (),
) -> list[Diagnostic]:
    """Every problem of rules that live together, errors and warnings, in the order of the text.

    In:     the rules and the perk catalogue. `properties` of the group, or None when they are not known: names of
            properties and currencies are then not checked. `group_currency` is the programme's, beside theirs.
            `places` of the document, to point at values. `known_rules` are ids of rules elsewhere. `unfinished` rules
            (see `Parsed`) are checked, but not for what they surely do not mean: the missing part may mean it.
    Errors: none is raised.
    """
    report = Report(filename)
    notes = Notes(report, places or {})
    world = World(properties, group_currency) if properties is not None else None
    everywhere = {*known_rules, *(rule.id for rule in (*rules, *unfinished))}
    for rule, whole in (*((each, True) for each in rules), *((each, False) for each in unfinished)):
        before = report.errors
        check_types(rule, notes)
        check_amounts(rule, notes)
        check_sizes(rule, notes)
        # A value of the wrong type says nothing that a warning could be about.
        if whole and report.errors == before:
            lint(rule, perks, notes)
        check_perks(rule, perks, notes)
        check_rule_names(rule, everywhere, notes)
        if world is not None:
            check_world(rule, world, notes)
    shadowed(rules, perks, notes)
    readings(rules, notes)
    return list(in_order(report.diagnostics))


def check_text(
    text: str,
    perks: Mapping[str, Perk],
    *,
    filename: str = "",
    properties: Sequence[Property] | None = None,
    group_currency: str | None = None,
    known_rules: Collection[str] = (),
) -> tuple[Parsed, tuple[Diagnostic, ...]]:
    """Reads and checks a document: what it says, and every problem of both, in the order of the text."""
    parsed = load(text, filename=filename)
    found = check(
        parsed.rules,
        perks,
        properties=properties,
        group_currency=group_currency,
        filename=filename,
        places=parsed.places,
        known_rules=known_rules,
        unfinished=parsed.unfinished,
    )
    return parsed, in_order((*parsed.diagnostics, *found))
