"""How far a guest is from what was not given: the near misses of a decision.

A rule is a near miss when time or the guest can change every condition in which it fails (see `reach`); the nearest
is the one with the shortest way left. Finding them costs about the same with ten rules and with ten thousand: ordered
rungs lead to the nearest, and never more than `MOST_RULES` are looked at.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from rewards.rulelang import gates
from rewards.rulelang.compiler import Compiled
from rewards.rulelang.compiling.ladders import Ladder
from rewards.rulelang.compiling.slots import Readings
from rewards.rulelang.compiling.source import RuleCode, conjuncts_of
from rewards.rulelang.evaluation import FactSource, FactValue, Number, Reading
from rewards.rulelang.gaps import Gap, Miss, Read, comes_true, goes_first, low_of, miss_of
from rewards.rulelang.gates import Gate
from rewards.rulelang.interpreter import reckon_from
from rewards.rulelang.nodes import Amount, FactTest, Rule
from rewards.rulelang.reach import Leaf, distance, next_target

__all__ = ["Gap", "Miss", "candidates", "misses", "nearest"]

MOST_RULES = 24
"""The most rules that one call looks at, whatever the size of the rule set."""

MOST_RECKONED = 12
"""The most rules that compare an amount that one call looks at besides: how far one is shows on no ladder."""

MOST_RUNGS = 128
"""The most rungs that one call climbs, those of rules that hold already or are not live now included."""

MOST_READ = 24
"""The most measures and facts whose rungs one call follows."""

MOST_RECURRING = 8
"""The most rules of the form "every n-th" that one call takes from one ladder, shortest interval first."""


def nearest(rule: Rule, facts: FactSource) -> Miss | None:
    """What is missing for a rule whose gate is open; None when it holds, or when no one can change that it does not.

    Of an `any`, the branch with the shortest way counts. A test that is unknown for want of history counts from the
    lower bound that is known; one of which nothing is known is out of reach. When every gap closes just so far, the
    rule holds: one that then fails elsewhere (what rises passes its upper end) is no near miss.
    """

    def read(leaf: Leaf | Amount) -> Reading | FactValue:
        if isinstance(leaf, Amount):
            return reckon_from(leaf, facts, rule.id)
        return facts.fact(leaf.fact) if isinstance(leaf, FactTest) else facts.measure(leaf.measure, rule.id)

    miss = miss_of(rule, conjuncts_of(rule.when), read, _today(facts))
    return miss if miss is not None and comes_true(miss, facts) else None


def candidates(
    compiled: Compiled, gate: Gate, facts: FactSource, granted: Iterable[Rule], limit: int = 8
) -> tuple[Rule, ...]:
    """The rules of `misses`, nearest first."""
    return tuple([miss.rule for miss in misses(compiled, gate, facts, granted, limit)])


def misses(
    compiled: Compiled,
    gate: Gate,
    facts: FactSource,
    granted: Iterable[Rule],
    limit: int = 8,
    *,
    amounts: bool = True,
) -> tuple[Miss, ...]:
    """The nearest misses among the rules that are live at a gate, at most `limit`.

    In:  what `match` was asked and what it granted. Measures are asked for as `match` asks for them. Without `amounts`
         the test of an amount is taken as it stands, as decisions did before they told the way to one.
    Out: shortest way first, then by priority and id; looked for among the first MOST_RECKONED rules by priority that
         compare an amount, and the MOST_RULES rules whose next rung is nearest.
    """
    done = {rule.id for rule in granted}
    found: list[tuple[float, int, Miss]] = []
    looked = 0
    readings = compiled.readings(facts)

    def look(code: RuleCode, rank: int) -> bool:
        """Whether a rule was looked at; what it misses is noted."""
        done.add(code.rule.id)
        if not (_concerns(code, facts) and gates.scheduled(code.rule.schedule, gate.day, gate.minute_of_day)):
            return False
        miss = miss_of(code.rule, code.conjuncts, _reader(code, facts, readings), gate.day, amounts)
        if miss is not None and (not (code.reads_twice or goes_first(miss)) or comes_true(miss, facts)):
            insort(found, (miss.distance, rank, miss))
        return True

    for code in compiled.reckoned_at(gate.moment, gate.property)[:MOST_RECKONED] if amounts else ():
        if code.rule.id not in done:
            look(code, compiled.ranks[code.number])
    for way_left, rank, code in islice(_nearest_rungs(compiled, gate, facts, readings), MOST_RUNGS):
        # No rule whose nearest rung is farther than what was found can come among the nearest.
        if looked == MOST_RULES or (len(found) >= limit and found[limit - 1][0] < way_left):
            break
        if code.rule.id not in done:
            looked += look(code, rank)
    return tuple([miss for _, _, miss in found[:limit]])


def _concerns(code: RuleCode, facts: FactSource) -> bool:
    """Whether every text that a rule names outright is as it asks; no guest changes those."""
    for name, positive, values in code.texts:
        value = facts.fact(name)
        if value is None or (value in values) is not positive:
            return False
    return True


# --- one rule -------------------------------------------------------------------------------------------------------


def _reader(code: RuleCode, facts: FactSource, readings: Readings) -> Read:
    def read(leaf: Leaf | Amount) -> Reading | FactValue:
        if isinstance(leaf, Amount):
            return reckon_from(leaf, facts, code.rule.id)
        if isinstance(leaf, FactTest):
            return facts.fact(leaf.fact)
        slot = code.leaves.get(id(leaf))
        # The way to first place is read of measures that stand in no rule.
        return facts.measure(leaf.measure, code.rule.id) if slot is None else readings[slot[1]]

    return read


def _today(facts: FactSource) -> date | None:
    day = facts.fact("day.date")
    return day if isinstance(day, date) else None


# --- many rules -----------------------------------------------------------------------------------------------------

_Rung = tuple[float, int, int, int, RuleCode]
"""(way left, rank, ladder, place on it, rule): sorts nearest first, by priority and id where equal."""


def _nearest_rungs(
    compiled: Compiled, gate: Gate, facts: FactSource, readings: Readings
) -> Iterator[tuple[float, int, RuleCode]]:
    """Rules by the nearest rung above the guest, the shortest way first; a rule may come more than once."""
    climbed = list(_ladders(compiled, gate, facts, readings))
    heap: list[_Rung] = []
    for at, (ladder, low) in enumerate(climbed):
        if ladder.recurring:
            heap += _recurring(compiled, ladder, low, at)
        heap += _rung(compiled, ladder, low, at, bisect_right(ladder.targets, low))
    heapq.heapify(heap)
    while heap:
        way_left, rank, at, place, code = heap[0]
        yield way_left, rank, code
        following = _rung(compiled, *climbed[at], at, place + 1) if place >= 0 else ()
        if following:
            heapq.heapreplace(heap, following[0])
        else:
            heapq.heappop(heap)


def _rung(compiled: Compiled, ladder: Ladder, low: Number, at: int, place: int) -> tuple[_Rung, ...]:
    if place == len(ladder.targets):
        return ()
    code = ladder.codes[place]
    return ((distance(ladder.targets[place], low), compiled.ranks[code.number], at, place, code),)


def _recurring(compiled: Compiled, ladder: Ladder, low: Number, at: int) -> Iterator[_Rung]:
    for number, (comparison, code) in enumerate(ladder.recurring[:MOST_RECURRING]):
        target = next_target(comparison, True, low)
        if target is not None:
            # A place below 0 says that nothing follows on the ladder.
            yield distance(target, low), compiled.ranks[code.number], at, -1 - number, code


def _ladders(compiled: Compiled, gate: Gate, facts: FactSource, readings: Readings) -> Iterator[tuple[Ladder, Number]]:
    """The first MOST_READ ladders at a gate, with where the guest stands on each."""
    for ladder in compiled.ladders_at(gate.moment, gate.property)[:MOST_READ]:
        of_measure, slot = ladder.slot
        low = low_of(readings[slot] if of_measure else facts.fact(compiled.fact_at(slot)))
        if low is not None:
            yield ladder, low
