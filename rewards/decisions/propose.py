"""Facts × rule set → what could be given, what is withheld and what is nearly there; nothing is taken yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from rewards.decisions.extending import extensions
from rewards.decisions.facts import DecisionFacts, RecordedFacts
from rewards.decisions.options import Chain, Unavailable, chains
from rewards.decisions.reckoned import Param, Reckon, unknown_in
from rewards.decisions.situation import Situation, gate_of
from rewards.decisions.takings import Taking, takings
from rewards.domain.perk import Perk
from rewards.history.windows import calendar
from rewards.rulelang import interpreter, progress
from rewards.rulelang.compiler import Compiled
from rewards.rulelang.evaluation import FactValue, Reading, Trace, Truth
from rewards.rulelang.interpreter import reckon_from
from rewards.rulelang.nodes import (
    RANKS,
    AmountTest,
    BetterOf,
    Calendar,
    Choose,
    Dates,
    FactTest,
    Lifetime,
    MeasureTest,
    Not,
    Rule,
    SinceEnrolment,
    Window,
    compared_in,
    ranked,
)

Leaf = FactTest | MeasureTest
NEAR_MISSES = 5
MOST_UNKNOWN = 12
"""Rules that wait for something unknown are told one by one up to here; a clerk reads no hundred of them."""

HORIZON_DAYS = 800


@dataclass(frozen=True, slots=True)
class Held:
    """A condition that earned the perk: the test and what was read, on the other side too where an amount is there."""

    leaf: Leaf | AmountTest
    actual: FactValue | Reading
    against: Reading | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule whose condition is true: what is tried for each of its outcomes, what earned it, and what it takes."""

    rule: Rule
    chains: tuple[Chain, ...]
    why: tuple[Held, ...]
    takings: tuple[Taking | Unavailable, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something that is not given, with its reason code and the values that explain it."""

    rule: str
    perk: str
    reason: str
    values: tuple[tuple[str, Param], ...] = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The nearest rule that failed: the test, what it needs, what there is, what is missing, and by when."""

    rule: Rule
    perk: str
    leaf: Leaf | AmountTest
    needed: int
    actual: FactValue | Reading
    missing: int
    by: date | None
    through: Leaf | None = None

    @property
    def rises(self) -> Leaf:
        """What has to rise, which `needed`, `actual` and `missing` are of: of an amount something inside it."""
        told = self.through or self.leaf
        if isinstance(told, AmountTest):
            raise TypeError("what has to rise inside an amount is a fact or a measure")
        return told


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be given, in the order of priority; what is withheld already; what is nearly there.

    `more_withheld` counts the rules that wait for something unknown beyond those that are told one by one.
    """

    candidates: tuple[Candidate, ...]
    withheld: tuple[Withheld, ...] = ()
    near_misses: tuple[NearMiss, ...] = field(default=())
    more_withheld: int = 0


Facts = DecisionFacts | RecordedFacts


def propose(compiled: Compiled, it: Situation, facts: Facts) -> Proposal:
    """Evaluate every live rule of this moment and place."""
    gate = gate_of(it)
    matches = compiled.match(gate, facts)
    candidates, withheld = [], []
    for rule in matches.granted:
        low = _evidence_too_low(rule, it)
        if low is None:
            candidates.append(_candidate(rule, compiled.rule_set.perks, it, facts))
        else:
            withheld.append(low)
    withheld += [_unknown(rule, facts) for rule in matches.unknown[:MOST_UNKNOWN]]
    found = progress.misses(compiled, gate, facts, matches.granted, NEAR_MISSES, amounts=facts.tells_amounts)
    unknown = {rule.id for rule in matches.unknown}
    misses = [miss for miss in (_near_miss(one, it, facts) for one in found) if miss and miss.rule.id not in unknown]
    more = max(0, len(matches.unknown) - MOST_UNKNOWN)
    return Proposal(tuple(candidates), tuple(withheld), tuple(misses), more)


def first_perk(rule: Rule) -> str:
    """The perk that people connect with a rule: the first it gives, else takes, else extends; "" for none."""
    outcome = rule.give[0] if rule.give else None
    if outcome is None:
        return next((perk for perk in (*(one.perk for one in rule.take), *(one.perk for one in rule.extend))), "")
    return outcome.options[outcome.default or 0].perk if isinstance(outcome, Choose) else outcome.perk


def _candidate(rule: Rule, perks: dict[str, Perk], it: Situation, facts: Facts) -> Candidate:
    trace = interpreter.trace(rule.when, facts, rule.id)
    reckon = reckoner(rule, facts)
    tried = (*chains(rule.give, perks, it, reckon), *extensions(rule.extend, it))
    return Candidate(rule, tried, tuple(_held(trace)), takings(rule.take, perks, it, reckon))


def reckoner(rule: Rule, facts: Facts) -> Reckon:
    """Reckons the amounts of a rule."""
    return lambda amount: reckon_from(amount, facts, rule.id)


def _held(trace: Trace) -> Iterator[Held]:
    """The true leaves that carry a true condition; of an `any` all that hold."""
    if trace.truth is not Truth.TRUE or isinstance(trace.condition, Not):
        return
    if isinstance(trace.condition, (FactTest, MeasureTest, AmountTest)):
        yield Held(trace.condition, trace.value, trace.against)
    for part in trace.parts:
        yield from _held(part)


def _evidence_too_low(rule: Rule, it: Situation) -> Withheld | None:
    activity = it.activity
    if activity is not None and activity.withheld:
        return Withheld(rule.id, first_perk(rule), "under_review", (("why", activity.withheld),))
    if rule.evidence is None or activity is None or activity.evidence >= rule.evidence:
        return None
    values = (("have", activity.evidence.word), ("needs", rule.evidence.word))
    return Withheld(rule.id, first_perk(rule), "evidence_too_low", values)


def _unknown(rule: Rule, facts: Facts) -> Withheld:
    """The first test that is unknown, as the reason that a rule waits."""
    leaf = next(_unknown_leaves(interpreter.trace(rule.when, facts, rule.id)), None)
    if isinstance(leaf, AmountTest):
        values = next(filter(None, (unknown_in(each, reckoner(rule, facts)) for each in compared_in(leaf))), ())
        reason = "not_covered" if values and values[0][0] == "series" else "unknown_fact"
        return Withheld(rule.id, first_perk(rule), reason, values)
    if isinstance(leaf, MeasureTest):
        return Withheld(rule.id, first_perk(rule), "not_covered", (("series", leaf.measure.series.value),))
    return Withheld(rule.id, first_perk(rule), "unknown_fact", (("fact", leaf.fact if leaf else ""),))


def _unknown_leaves(trace: Trace) -> Iterator[Leaf | AmountTest]:
    if trace.truth is not Truth.UNKNOWN:
        return
    if isinstance(trace.condition, (FactTest, MeasureTest, AmountTest)):
        yield trace.condition
    for part in trace.parts:
        yield from _unknown_leaves(part)


def _near_miss(miss: progress.Miss, it: Situation, facts: Facts) -> NearMiss | None:
    actual = miss.actual
    reached = actual.low if isinstance(actual, Reading) else actual
    if isinstance(reached, (bool, str, date)) or reached is None or reached == float("-inf"):
        missing = 1
    else:
        missing = max(1, int(-(-(miss.needed - reached) // 1)))
    by = _by(miss.through or miss.leaf, miss.rule.id, it, facts)
    return NearMiss(miss.rule, first_perk(miss.rule), miss.leaf, miss.needed, actual, missing, by, miss.through)


def _by(leaf: Leaf | AmountTest, rule: str, it: Situation, facts: Facts) -> date | None:
    """The last hotel day on which all that counts now still counts; None where nothing ever lapses.

    A replay has no history to ask, so the day is part of what a decision records, not of what it evaluates.
    """
    if not isinstance(leaf, MeasureTest) or _lasts(leaf.measure.window) or not isinstance(facts, DecisionFacts):
        return None
    # A place changes with what others do; what the guest has done for it lapses like any number.
    measure = ranked(leaf.measure) if leaf.measure.aggregate in RANKS else leaf.measure
    now = facts.measure(measure, rule)
    fixed = _fixed_end(leaf.measure.window, it.day)
    if fixed is not None or now.low <= 0:
        # What is not there cannot lapse.
        return fixed
    low, high = 0, HORIZON_DAYS
    while low < high:
        middle = (low + high + 1) // 2
        later = facts.measure_on(measure, rule, it.day + timedelta(days=middle))
        low, high = (middle, high) if later.low >= now.low else (low, middle - 1)
    return None if low == HORIZON_DAYS else it.day + timedelta(days=low)


def _lasts(window: Window) -> bool:
    return isinstance(window, (Lifetime, SinceEnrolment, BetterOf))


def _fixed_end(window: Window, day: date) -> date | None:
    if isinstance(window, Dates):
        return window.last
    if isinstance(window, Calendar) and window.back == 0:
        last = calendar(day, window.unit).last
        return None if last is None else date.fromordinal(last)
    return None
