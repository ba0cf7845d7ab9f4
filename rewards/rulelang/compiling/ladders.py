"""The rungs that guests climb: for each number that can rise, at which values rules begin to hold.

With the rungs in order, the rules nearest above a guest are found without looking at the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rewards.rulelang.compiling.source import RuleCode, Slot
from rewards.rulelang.nodes import All, AnyOf, Comparison, Condition, FactTest, MeasureTest, Not, Op
from rewards.rulelang.reach import Leaf, first_target, way_of


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The rungs of one slot, of a measure or a fact: ascending targets with their rules, and the recurring ones."""

    slot: Slot
    targets: tuple[int, ...]
    codes: tuple[RuleCode, ...]
    recurring: tuple[tuple[Comparison, RuleCode], ...]


@dataclass(frozen=True, slots=True)
class _Rung:
    target: int
    comparison: Comparison
    code: RuleCode


def ladders(codes: Sequence[RuleCode]) -> tuple[Ladder, ...]:
    """The ladders of some rules, those with the most rungs first."""
    rungs: defaultdict[Slot, list[_Rung]] = defaultdict(list)
    for code in codes:
        for leaf, want in _leaves(code.rule.when, True):
            target = first_target(leaf.comparison, want) if way_of(leaf) else None
            if target is not None:
                rungs[code.slot_of(leaf)].append(_Rung(target, leaf.comparison, code))
    made = [_ladder(key, sorted(each, key=_order)) for key, each in rungs.items()]
    return tuple(sorted(made, key=lambda each: (-len(each.codes) - len(each.recurring), each.slot)))


def _ladder(slot: Slot, rungs: Iterable[_Rung]) -> Ladder:
    once: list[_Rung] = []
    recurring: list[_Rung] = []
    for rung in rungs:
        (recurring if rung.comparison.op is Op.EVERY else once).append(rung)
    return Ladder(
        slot,
        targets=tuple(rung.target for rung in once),
        codes=tuple(rung.code for rung in once),
        recurring=tuple((rung.comparison, rung.code) for rung in recurring),
    )


def _order(rung: _Rung) -> tuple[int, int, str]:
    return rung.target, -rung.code.rule.priority, rung.code.rule.id


def _leaves(condition: Condition, want: bool) -> Iterator[tuple[Leaf, bool]]:
    match condition:
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _leaves(part, want)
        case Not(part=part):
            yield from _leaves(part, not want)
        case FactTest() | MeasureTest():
            yield condition, want
