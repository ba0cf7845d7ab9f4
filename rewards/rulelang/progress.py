"""How far a guest is from what was not given: the near misses of a decision.

A rule is a near miss when time or the guest can change every condition in which it fails (see `reach`); the nearest
is the one with the shortest way left. Finding them costs about the same with ten rules and with ten thousand: ordered
rungs lead to the nearest, and never more than `MOST_RULES` are looked at.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import assert_never

from rewards.rulelang import gates
from rewards.rulelang.amounts import reckon_from
from rewards.rulelang.compiler import Compiled
from rewards.rulelang.compiling.ladders import Ladder
from rewards.rulelang.compiling.slots import Readings
from rewards.rulelang.compiling.source import RuleCode
from rewards.rulelang.evaluation import FactSource, FactValue, Number, Reading, Truth, exactly
from rewards.rulelang.gates import Gate
from rewards.rulelang.interpreter import evaluate, fact_truth, number_truth, truth_of_two
from rewards.rulelang.nodes import (
    RANKS,
    All,
    Amount,
    AmountTest,
    AnyOf,
    Comparison,
    Condition,
    FactTest,
    Measure,
    MeasureTest,
    Not,
    Op,
    Rule,
    Ties,
    behind_first,
    ranked,
)
from rewards.rulelang.reach import FIRST_PLACE, Leaf, Way, asks_for_first, distance, next_target, way_of

MOST_RULES = 24
"""The most rules that one call looks at, whatever the size of the rule set."""

MOST_RUNGS = 128
"""The most rungs that one call climbs, those of rules that hold already or are not live now included."""

MOST_READ = 24
"""The most measures and facts whose rungs one call follows."""

MOST_RECURRING = 8
"""The most rules of the form "every n-th" that one call takes from one ladder, shortest interval first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One test that has to change: what it needs, what it has, how that can come about.

    `needed` is the number to reach (minor units for money, days, nights …; of a rank in what it goes by) or True for a
    yes/no; `actual` the reading or the fact's value now. `distance` is the share of the way that is left: above 0, at
    most 1.
    """

    leaf: Leaf
    needed: int
    actual: Reading | FactValue
    way: Way
    distance: float


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that time or the guest can still bring about, and every gap that must close for it, the widest first."""

    rule: Rule
    gaps: tuple[Gap, ...]

    @property
    def leaf(self) -> Leaf:
        """The test with the widest gap; `needed` and `actual` are of it."""
        return self.gaps[0].leaf

    @property
    def needed(self) -> int:
        """What the widest gap needs."""
        return self.gaps[0].needed

    @property
    def actual(self) -> Reading | FactValue:
        """What stands there now."""
        return self.gaps[0].actual

    @property
    def others(self) -> int:
        """How many more tests must change besides."""
        return len(self.gaps) - 1

    @property
    def distance(self) -> float:
        """The way that is left in all: the sum of the gaps."""
        return _total(self.gaps)


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

    miss = _miss(rule, (rule.when,), read, _today(facts))
    return miss if miss is not None and _comes_true(miss, facts) else None


def candidates(
    compiled: Compiled, gate: Gate, facts: FactSource, granted: Iterable[Rule], limit: int = 8
) -> tuple[Rule, ...]:
    """The rules of `misses`, nearest first."""
    return tuple([miss.rule for miss in misses(compiled, gate, facts, granted, limit)])


def misses(
    compiled: Compiled, gate: Gate, facts: FactSource, granted: Iterable[Rule], limit: int = 8
) -> tuple[Miss, ...]:
    """The nearest misses among the rules that are live at a gate, at most `limit`.

    In:  what `match` was asked and what it granted. Measures are asked for as `match` asks for them.
    Out: shortest way first, then by priority and id; looked for among the MOST_RULES rules whose next rung is nearest.
    """
    done = {rule.id for rule in granted}
    found: list[tuple[float, int, Miss]] = []
    looked = 0
    readings = compiled.readings(facts)
    for way_left, rank, code in islice(_nearest_rungs(compiled, gate, facts, readings), MOST_RUNGS):
        # No rule whose nearest rung is farther than what was found can come among the nearest.
        if looked == MOST_RULES or (len(found) >= limit and found[limit - 1][0] < way_left):
            break
        if code.rule.id in done:
            continue
        done.add(code.rule.id)
        if not (_concerns(code, facts) and gates.scheduled(code.rule.schedule, gate.day, gate.minute_of_day)):
            continue
        looked += 1
        miss = _miss(code.rule, code.conjuncts, _reader(code, facts, readings), gate.day)
        if miss is not None and (not (code.reads_twice or _goes_first(miss)) or _comes_true(miss, facts)):
            insort(found, (miss.distance, rank, miss))
    return tuple([miss for _, _, miss in found[:limit]])


def _goes_first(miss: Miss) -> bool:
    """Whether first place is among what has to be reached; the number for it may stand in another test."""
    return any(isinstance(gap.leaf, MeasureTest) and gap.leaf.measure.aggregate in RANKS for gap in miss.gaps)


def _concerns(code: RuleCode, facts: FactSource) -> bool:
    """Whether every text that a rule names outright is as it asks; no guest changes those."""
    for name, positive, values in code.texts:
        value = facts.fact(name)
        if value is None or (value in values) is not positive:
            return False
    return True


# --- one rule -------------------------------------------------------------------------------------------------------

Read = Callable[[Leaf | Amount], Reading | FactValue]


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


def _miss(rule: Rule, conjuncts: Iterable[Condition], read: Read, today: date | None) -> Miss | None:
    gaps = _all_gaps(conjuncts, True, read, today)
    if not gaps:
        return None
    if len(gaps) > 1:
        widest = sorted(gaps, key=lambda gap: -gap.distance)
        # Five nights and seven nights are one thing to do: reach seven.
        gaps = tuple([gap for at, gap in enumerate(widest) if _source(gap) not in map(_source, widest[:at])])
    return Miss(rule, gaps)


def _source(gap: Gap) -> str | Measure:
    """What has to rise: the fact or the measure."""
    return gap.leaf.fact if isinstance(gap.leaf, FactTest) else gap.leaf.measure


_Gaps = tuple[Gap, ...] | None
"""What must change: nothing where it is empty; None when it cannot be brought about."""


def _gaps(condition: Condition, want: bool, read: Read, today: date | None) -> _Gaps:
    match condition:
        case All(parts=parts):
            return (_all_gaps if want else _any_gaps)(parts, want, read, today)
        case AnyOf(parts=parts):
            return (_any_gaps if want else _all_gaps)(parts, want, read, today)
        case Not(part=part):
            return _gaps(part, not want, read, today)
        case FactTest() | MeasureTest():
            if isinstance(condition, MeasureTest) and condition.measure.aggregate in RANKS:
                return _rank_gaps(condition, want, read, today)
            return _leaf_gaps(condition, want, read(condition), today)
        case AmountTest():
            # What a guest would have to do for it may be several things at once: it is taken as it stands.
            return () if _truth_of_amounts(condition, read) is (Truth.TRUE if want else Truth.FALSE) else None
    assert_never(condition)


def _truth_of_amounts(test: AmountTest, read: Read) -> Truth:
    one = read(test.amount)
    other = None if test.than is None else read(test.than)
    if isinstance(one, Reading) and isinstance(other, Reading):
        return truth_of_two(test.comparison.op, one, other)
    return number_truth(test.comparison, one) if isinstance(one, Reading) else Truth.UNKNOWN


def _all_gaps(parts: Iterable[Condition], want: bool, read: Read, today: date | None) -> _Gaps:
    together: list[Gap] = []
    for part in parts:
        gaps = _gaps(part, want, read, today)
        if gaps is None:
            return None
        together += gaps
    return tuple(together)


def _any_gaps(parts: Iterable[Condition], want: bool, read: Read, today: date | None) -> _Gaps:
    branches = [gaps for part in parts if (gaps := _gaps(part, want, read, today)) is not None]
    return min(branches, key=lambda gaps: (_total(gaps), len(gaps)), default=None)


def _total(gaps: Iterable[Gap]) -> float:
    return sum(gap.distance for gap in gaps)


def _leaf_gaps(leaf: Leaf, want: bool, value: Reading | FactValue, today: date | None) -> _Gaps:
    if _truth(leaf, value) is (Truth.TRUE if want else Truth.FALSE):
        return ()
    way, low = way_of(leaf, today), _low(value)
    if way is None or low is None or not _stays(leaf.comparison, value):
        return None
    target = next_target(leaf.comparison, want, low)
    return None if target is None else (Gap(leaf, target, value, way, distance(target, low)),)


def _rank_gaps(leaf: MeasureTest, want: bool, read: Read, today: date | None) -> _Gaps:
    """The way to first place, in the number that the rank goes by; only where it may be told how far that is."""
    place = read(leaf)
    if _truth(leaf, place) is (Truth.TRUE if want else Truth.FALSE):
        return ()
    reached = _low(place)
    if reached is None or reached >= FIRST_PLACE or not asks_for_first(leaf, want, today):
        return None
    mine, behind = (read(replace(leaf, measure=of(leaf.measure))) for of in (ranked, behind_first))
    if not isinstance(mine, Reading) or not isinstance(behind, Reading) or not (mine.exact and behind.exact):
        return None
    if math.isinf(mine.low) or mine.low <= 0 or math.isinf(behind.low):
        return None
    passes = RANKS[leaf.measure.aggregate] is not Ties.SHARED or not behind.low
    needed = math.ceil(mine.low + behind.low) + passes
    return (Gap(leaf, needed, mine, Way.ACTIVITY, distance(needed, mine.low)),)


def _truth(leaf: Leaf, value: Reading | FactValue) -> Truth:
    return number_truth(leaf.comparison, value) if isinstance(value, Reading) else fact_truth(leaf.comparison, value)


def _stays(comparison: Comparison, value: Reading | FactValue) -> bool:
    """Whether reaching the target is enough: a lower bound may lie beyond a single number or an upper end."""
    return not isinstance(value, Reading) or value.exact or comparison.op in _RISING


_RISING = frozenset({Op.AT_LEAST, Op.MORE_THAN, Op.AT_MOST, Op.LESS_THAN})


class _Closed:
    """The facts as they would be with every gap closed, and nothing else changed."""

    def __init__(self, gaps: Iterable[Gap], facts: FactSource) -> None:
        self._facts = facts
        self._numbers: dict[str | Measure, int] = {}
        for gap in gaps:
            self._reach(_source(gap), gap.needed)
            if isinstance(gap.leaf, MeasureTest) and gap.leaf.measure.aggregate in RANKS:
                # Who gets to first place has the number for it too.
                self._reach(ranked(gap.leaf.measure), gap.needed)

    def _reach(self, source: str | Measure, needed: int) -> None:
        self._numbers[source] = max(needed, self._numbers.get(source, needed))

    def fact(self, name: str) -> FactValue:
        now = self._facts.fact(name)
        return type(now)(self._numbers[name]) if isinstance(now, int) and name in self._numbers else now

    def measure(self, measure: Measure, rule: str) -> Reading:
        now, target = self._facts.measure(measure, rule), self._numbers.get(measure)
        if target is None:
            return now
        return exactly(1) if measure.aggregate in RANKS else Reading(target, max(target, now.high))


def _comes_true(miss: Miss, facts: FactSource) -> bool:
    return evaluate(miss.rule.when, _Closed(miss.gaps, facts), miss.rule.id) is Truth.TRUE


def _low(value: Reading | FactValue) -> Number | None:
    """The number that a guest surely has; None where nothing is known or it is no number."""
    if isinstance(value, Reading):
        return None if math.isinf(value.low) else value.low
    return value if isinstance(value, int) else None


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
        low = _low(readings[slot] if of_measure else facts.fact(compiled.fact_at(slot)))
        if low is not None:
            yield ladder, low
