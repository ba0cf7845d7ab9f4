"""Rules as generated Python: the evaluator that decisions run on.

Every rule becomes one `if` in a function that tests all rules of one moment and place. A function reads each fact
once and a measure only when some rule comes to it. The answers are those of the interpreter, and conformance rows and
random trees hold them to it. A `Compiled` never changes: publishing makes another one, which shares the functions of
the rules that did not change, and puts it in place of the old one in one step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rewards.domain.property import Property
from rewards.rulelang.compiling.chunks import Bucket, Chunk, ChunkMaker, Run
from rewards.rulelang.compiling.ladders import Ladder, ladders
from rewards.rulelang.compiling.places import PlaceKey, keys_at, keys_of, stands_twice
from rewards.rulelang.compiling.slots import Readings, Slots, read_facts, readings
from rewards.rulelang.compiling.source import RuleCode, rule_code
from rewards.rulelang.evaluation import FactSource
from rewards.rulelang.gates import Gate
from rewards.rulelang.nodes import Measure, Rule, RuleSet

_SLACK = 1_000
"""Slots that may lie unused beside as many as a full build needed; above it a publication builds in full."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The rules whose condition is true, and those for which it is unknown; each in priority order, then by id."""

    granted: tuple[Rule, ...]
    unknown: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a rule set was compiled to, and what its successor starts from."""

    codes: Mapping[str, RuleCode]
    buckets: Mapping[PlaceKey, Bucket]
    slots: Slots
    next_number: int
    slots_when_full: int


_Plan = tuple[tuple[tuple[int, str, bool], ...], tuple[Run, ...]]
"""The facts to read, as (slot, name, as a number), and the functions to run."""


_Where = tuple[str, str, str, str, str]
"""Moment, and a property's code, brand, city and country."""


class Compiled:
    """A rule set that can be asked. Immutable, and safe to ask from several threads at once.

    `ranks` says where the rule of each code number stands in priority order, from 0.
    """

    def __init__(self, rule_set: RuleSet, parts: _Parts, properties: Sequence[Property]) -> None:
        self.rule_set = rule_set
        self._parts = parts
        self._facts = parts.slots.facts
        self._measures = parts.slots.measures
        self.ranks, self._rules = _ranked(parts.codes.values())
        self._twice = any(stands_twice(rule) for rule in rule_set.rules)
        self._plans = self._plan_all(properties)
        self._ladders: dict[_Where, tuple[Ladder, ...]] = {}
        self._reckoned: dict[_Where, tuple[RuleCode, ...]] = {}

    def match(self, gate: Gate, facts: FactSource) -> Matches:
        """The rules that are live at this gate and true, or unknown, of these facts.

        Each fact is read at most once a call. A measure is read at most once a call, and once a rule where its window
        begins at that rule's own last grant; all others are asked for with an empty rule id. Equal measures are one
        object (see `measures`) in every call and in the rules that are returned, so that an answer may be kept by
        its identity.
        """
        at = gate.property
        plan = self._plans.get((gate.moment, at.code, at.brand, at.city, at.country))
        if plan is None:
            plan = self._plan(gate.moment, at)
        wanted, runs = plan
        values = read_facts(wanted, len(self._facts), facts)
        measures = readings(self._measures, facts)
        day, weekday, minute = gate.day.toordinal(), gate.day.isoweekday(), gate.minute_of_day
        granted: list[int] = []
        unknown: list[int] = []
        for run in runs:
            run(values, measures, day, weekday, minute, granted.append, unknown.append)
        return Matches(self._in_order(granted), self._in_order(unknown))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure that some rule of the set reads, each once; the very objects that are asked for."""
        live = frozenset[int]().union(*(code.measures for code in self._parts.codes.values()))
        return tuple(
            {id(measure): measure for slot, (measure, _) in enumerate(self._measures) if slot in live}.values()
        )

    @property
    def functions(self) -> int:
        """How many generated functions there are."""
        return len({id(chunk) for bucket in self._parts.buckets.values() for chunk in bucket})

    def live_at(self, moment: str, at: Property) -> tuple[Rule, ...]:
        """The rules whose moment and place this is, whatever their schedule, in priority order."""
        return self._in_order([code.number for chunk in self.chunks_at(moment, at) for code in chunk.codes])

    def chunks_at(self, moment: str, at: Property) -> tuple[Chunk, ...]:
        """The groups in which the rules of a moment and place are tested, the narrowest place first."""
        return tuple([chunk for key in keys_at(moment, at) for chunk in self._parts.buckets.get(key, ())])

    def ladders_at(self, moment: str, at: Property) -> tuple[Ladder, ...]:
        """The rungs of the rules of a moment and place; put in order when they are first asked for."""
        key = (moment, at.code, at.brand, at.city, at.country)
        found = self._ladders.get(key)
        if found is None:
            codes = {code.number: code for chunk in self.chunks_at(moment, at) for code in chunk.codes}
            # Two threads may both do it, with the same result.
            found = self._ladders[key] = ladders(codes.values(), self.ranks)
        return found

    def reckoned_at(self, moment: str, at: Property) -> tuple[RuleCode, ...]:
        """The rules of a moment and place that compare an amount, in priority order."""
        key = (moment, at.code, at.brand, at.city, at.country)
        found = self._reckoned.get(key)
        if found is None:
            codes = {code.number: code for chunk in self.chunks_at(moment, at) for code in chunk.codes if code.amounts}
            found = self._reckoned[key] = tuple(sorted(codes.values(), key=lambda code: self.ranks[code.number]))
        return found

    def fact_at(self, slot: int) -> str:
        """The name of the fact of a slot."""
        return self._facts[slot][0]

    def readings(self, facts: FactSource) -> Readings:
        """The measures by slot, each asked for once, when it is first looked at."""
        return readings(self._measures, facts)

    def _in_order(self, numbers: list[int]) -> tuple[Rule, ...]:
        if self._twice:
            numbers = list(set(numbers))
        numbers.sort(key=self.ranks.__getitem__)
        return tuple(map(self._rules.__getitem__, numbers))

    def _plan(self, moment: str, at: Property) -> _Plan:
        chunks = self.chunks_at(moment, at)
        wanted = frozenset[int]().union(*(chunk.facts for chunk in chunks))
        return tuple([(slot, *self._facts[slot]) for slot in sorted(wanted)]), tuple([chunk.run for chunk in chunks])

    def _plan_all(self, properties: Sequence[Property]) -> dict[_Where, _Plan]:
        """What to run at every known property; a property that is new or has moved is looked up when it asks."""
        moments = {moment for moment, _, _ in self._parts.buckets}
        return {
            (moment, at.code, at.brand, at.city, at.country): self._plan(moment, at)
            for moment in moments
            for at in properties
        }


def compile_rules(rule_set: RuleSet, properties: Sequence[Property]) -> Compiled:
    """Compiles a rule set in full.

    In:     a checked rule set with unique rule ids, and the properties that decisions will most often be asked for;
            others work too, a little slower.
    Errors: ValueError, TypeError or KeyError for a document that the checker refuses.
    """
    slots = Slots()
    codes = {rule.id: rule_code(rule, number, slots) for number, rule in enumerate(rule_set.rules)}
    maker = ChunkMaker(slots)
    buckets = {key: maker.bucket(members) for key, members in _by_place(codes.values()).items()}
    parts = _Parts(codes, buckets, slots, len(codes), len(slots))
    return Compiled(rule_set, parts, properties)


def recompile(previous: Compiled, rule_set: RuleSet, properties: Sequence[Property]) -> Compiled:
    """Compiles a rule set by making only those functions anew that hold a rule that changed, came or went.

    It answers as `compile_rules` does. Rules are the same when they are equal (spans apart); passing the very objects
    of the previous set for rules that did not change makes the comparison free. `previous` goes on answering.
    """
    old = previous._parts
    if len(old.slots) > 2 * old.slots_when_full + _SLACK:
        return compile_rules(rule_set, properties)
    slots = old.slots.copy()
    codes, new = _updated_codes(old, rule_set.rules, slots)
    gone = [code for id_, code in old.codes.items() if codes.get(id_) is not code]
    buckets = _updated_buckets(old.buckets, ChunkMaker(slots), gone, new)
    parts = _Parts(codes, buckets, slots, old.next_number + len(new), old.slots_when_full)
    return Compiled(rule_set, parts, properties)


def _updated_codes(old: _Parts, rules: Iterable[Rule], slots: Slots) -> tuple[dict[str, RuleCode], list[RuleCode]]:
    codes: dict[str, RuleCode] = {}
    new: list[RuleCode] = []
    for rule in rules:
        known = old.codes.get(rule.id)
        if known is None or not (known.source is rule or known.rule is rule or known.source == rule):
            known = rule_code(rule, old.next_number + len(new), slots)
            new.append(known)
        codes[rule.id] = known
    return codes, new


def _updated_buckets(
    old: Mapping[PlaceKey, Bucket], maker: ChunkMaker, gone: Iterable[RuleCode], new: Iterable[RuleCode]
) -> dict[PlaceKey, Bucket]:
    leaving, coming = _by_place(gone), _by_place(new)
    buckets = dict(old)
    for key in leaving.keys() | coming.keys():
        bucket = maker.changed(old.get(key, ()), leaving.get(key, []), coming.get(key, []))
        if bucket:
            buckets[key] = bucket
        else:
            buckets.pop(key, None)
    return buckets


def _by_place(codes: Iterable[RuleCode]) -> dict[PlaceKey, list[RuleCode]]:
    places: defaultdict[PlaceKey, list[RuleCode]] = defaultdict(list)
    for code in codes:
        for key in keys_of(code.rule):
            places[key].append(code)
    return dict(places)


def _ranked(codes: Iterable[RuleCode]) -> tuple[dict[int, int], dict[int, Rule]]:
    """Where the rule of each number stands in priority order, and the rule of each number."""
    ordered = sorted(codes, key=lambda code: (-code.rule.priority, code.rule.id))
    return {code.number: rank for rank, code in enumerate(ordered)}, {code.number: code.rule for code in ordered}
