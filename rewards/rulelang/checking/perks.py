"""What a rule gives against the perk catalogue: known perks, with the parameters of their kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rewards.domain.perk import Perk, PerkKind
from rewards.rulelang.checking.places import Notes
from rewards.rulelang.checking.walk import measures, moves
from rewards.rulelang.nodes import Give, Rule, Short, Take
from rewards.rulelang.reading.scalars import TIME
from rewards.rulelang.wording.entry import Phrase
from rewards.rulelang.wording.phrases import suggestion


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a kind of perk: whether it must stand, an example, and what it means."""

    needed: bool
    example: str
    about: str


PARAMETERS: dict[PerkKind, dict[str, Parameter]] = {
    PerkKind.UPGRADE: {
        "levels": Parameter(True, "1", "Room classes up, 1 to 20."),
        "until": Parameter(False, "checkout", "`checkout`: for the whole stay, which is also meant without it."),
    },
    PerkKind.LATE_CHECKOUT: {
        "until": Parameter(
            False, '"16:00"', "Wall-clock time up to which the room may be kept; else as the house can."
        ),
        "guaranteed": Parameter(False, "true", "Whether the house must, or gives it if it can (the default)."),
    },
    PerkKind.ITEM: {"quantity": Parameter(False, "2", "How many; 1 without it, at most 1000.")},
    PerkKind.CREDIT: {"amount": Parameter(True, "EUR 25", "The amount of the credit.")},
    PerkKind.POINTS: {"points": Parameter(True, "500", "Points, at least 1.")},
    PerkKind.PRIORITY: {"level": Parameter(False, "1", "1 is helped first, 10 last; 1 without it.")},
    PerkKind.CUSTOM: {"note": Parameter(False, "a text", "What the clerk must know.")},
}
"""The parameters of each kind of perk."""


TAKEN_KINDS = (PerkKind.ITEM, PerkKind.CREDIT, PerkKind.POINTS)
"""Kinds of which something can be taken: they are counted, and what is not used is there."""


def check_perks(rule: Rule, perks: Mapping[str, Perk], notes: Notes) -> None:
    """Notes unknown perks, and parameters that do not fit the kind of the perk."""
    for measure, span in measures(rule):
        for code in measure.perks:
            if code not in perks:
                notes.add("perk_unknown", span, "perk", code, name=code, suggestion=suggestion(code, perks))
    for extend in rule.extend:
        if extend.perk not in perks:
            hint = suggestion(extend.perk, perks)
            notes.add("perk_unknown", extend.span, "perk", name=extend.perk, suggestion=hint)
    for given in moves(rule):
        perk = perks.get(given.perk)
        if not given.perk:
            # Left out of an unfinished rule, and noted when it was read.
            continue
        if perk is None:
            notes.add("perk_unknown", given.span, "perk", name=given.perk, suggestion=suggestion(given.perk, perks))
        elif isinstance(given, Take) and perk.kind not in TAKEN_KINDS:
            kinds = ", ".join(TAKEN_KINDS)
            notes.add("take_not_for_kind", given.span, "perk", perk=perk.code, kind=perk.kind, kinds=kinds)
        else:
            _check_parameters(given, perk, notes)
    for take in rule.take:
        perk = perks.get(take.perk)
        if take.short is Short.DEBT and perk is not None and perk.kind is not PerkKind.POINTS:
            notes.add("debt_not_for_kind", take.span, "short", perk=perk.code, kind=perk.kind)


def _check_parameters(give: Give | Take, perk: Perk, notes: Notes) -> None:
    known = PARAMETERS[perk.kind]
    # A credit's currency is written in its amount.
    given = {name: value for name, value in give.params if not (name == "currency" and "amount" in dict(give.params))}
    for name in (*given, *dict(give.amounts)):
        if name not in known:
            notes.add(
                "parameter_not_for_kind", give.span, name,
                parameter=name, perk=perk.code, kind=perk.kind, advice=_known(known),
            )  # fmt: skip
    for name, value in given.items():
        if name in known and not _fits(perk.kind, name, value):
            example = known[name].example
            values = {"parameter": name, "perk": perk.code, "value": str(value), "example": example}
            notes.add("parameter_invalid", give.span, name, **values)
    for name, parameter in known.items():
        if parameter.needed and name not in given and name not in dict(give.amounts):
            values = {"perk": perk.code, "kind": perk.kind, "parameter": name, "example": parameter.example}
            notes.add("parameter_missing", give.span, "perk", **values)


def _known(known: Mapping[str, Parameter]) -> Phrase:
    names = ", ".join(known)
    return Phrase(f"This kind takes {names}.", f"Deze soort kent {names}.")


def _fits(kind: PerkKind, name: str, value: int | str | bool) -> bool:
    if name == "until":
        return value == "checkout" if kind is PerkKind.UPGRADE else TIME.fullmatch(str(value)) is not None
    if name == "guaranteed":
        return isinstance(value, bool)
    if name == "note":
        return isinstance(value, str)
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
