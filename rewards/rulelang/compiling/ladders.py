"""The rungs that guests climb: for each number that can rise, at which values rules begin to hold.

With the rungs in order, the rules nearest above a guest are found without looking at the others. Ladders depend on
the rules alone, not on how they were cut into functions, so that a decision finds the same near misses years later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rewards.rulelang.compiling.source import RuleCode, Slot
from rewards.rulelang.nodes import Comparison, Op


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The rungs of one slot: ascending targets with their rules, and the rules that recur every n-th."""

    slot: Slot
    targets: tuple[int, ...]
    codes: tuple[RuleCode, ...]
    recurring: tuple[tuple[Comparison, RuleCode], ...]


_Rung = tuple[int, int, Comparison, RuleCode]
"""(target, rank of the rule, test, rule)."""


def ladders(codes: Iterable[RuleCode], ranks: Mapping[int, int]) -> tuple[Ladder, ...]:
    """The ladders of some rules; those with the most rungs first, then by the first rule on them."""
    rungs: defaultdict[Slot, list[_Rung]] = defaultdict(list)
    for code in codes:
        for slot, target, comparison in code.rungs:
            rungs[slot].append((target, ranks[code.number], comparison, code))
    ordered = sorted(rungs.items(), key=lambda each: (-len(each[1]), min(rung[1] for rung in each[1])))
    return tuple(_ladder(slot, sorted(each, key=lambda rung: rung[:2])) for slot, each in ordered)


def _ladder(slot: Slot, rungs: Iterable[_Rung]) -> Ladder:
    once: list[_Rung] = []
    recurring: list[_Rung] = []
    for rung in rungs:
        (recurring if rung[2].op is Op.EVERY else once).append(rung)
    return Ladder(
        slot,
        targets=tuple(target for target, _, _, _ in once),
        codes=tuple(code for _, _, _, code in once),
        recurring=tuple((comparison, code) for _, _, comparison, code in recurring),
    )
