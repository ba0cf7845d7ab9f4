"""Candidates → awards: exclusive groups, rules that do not combine, one upgrade, limits, stock and budgets.

Resolution asks a `Taker` for each perk. What cannot be had falls to its `or_else`; a rule that can give nothing, or for
which the guest cannot pay what it takes, gives way to the next of its group. Of two upgrades only the higher counts, so
the rule of the higher one is asked first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rewards.decisions.options import Chain, Option, Unavailable
from rewards.decisions.patience import PASSING, Patience
from rewards.decisions.propose import Candidate, Proposal, Withheld, first_perk
from rewards.decisions.takings import Taking
from rewards.domain.perk import PerkKind
from rewards.rulelang.nodes import Rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something could not be taken: a reason code with its values."""

    reason: str
    values: tuple[tuple[str, int | str | bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    """A perk that was taken for a rule; `claims` are the accounts it was taken from (account, amount, unit)."""

    candidate: Candidate
    option: Option
    claims: tuple[tuple[str, int, str], ...]


Claims = tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Paid:
    """What is taken from the guest: of which grants or lots how much, and how many points are owed."""

    taking: Taking
    parts: tuple[tuple[str, int], ...]
    owed: int = 0

    @property
    def quantity(self) -> int:
        """What is taken in all, what is owed included."""
        return sum(amount for _, amount in self.parts) + self.owed


@dataclass(frozen=True, slots=True)
class Taken:
    """What a rule takes; `claims` are the limits of a rule that gives nothing."""

    candidate: Candidate
    paid: Paid
    claims: Claims = ()


class Taker(Protocol):
    """Takes from limits, stock and budgets, all or nothing for each call."""

    def begin(self, rule: Rule) -> Claims | Refusal:
        """Take what the rule's own limits ask for one firing."""
        ...

    def take(self, rule: Rule, option: Option) -> Claims | Refusal:
        """Take stock and budget of one perk."""
        ...

    def give_back(self, claims: Claims) -> None:
        """Undo claims of this decision."""
        ...

    def pay(self, taking: Taking) -> Paid | Refusal:
        """Plan what the guest pays, less what was planned before."""
        ...

    def put_back(self, paid: Paid) -> None:
        """Undo what was planned."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A perk that is tried again: the outcome of its rule by its place, and until when."""

    candidate: Candidate
    outcome: int
    perk: str
    patience: Patience


@dataclass(frozen=True, slots=True)
class Resolution:
    """What was given, what was not and why, what was taken for it, and what waits until it can be had."""

    awards: tuple[Award, ...]
    withheld: tuple[Withheld, ...]
    taken: tuple[Taken, ...] = ()
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What earlier answers to the same question have settled, each by the id of the rule that did.

    `fired` are the rules that gave or wait, in order; `groups` the exclusive groups that are taken (group, rule);
    `alone` the rule that does not combine; `upgraded_by` the rule whose upgrade the guest has. `reached` are rules
    whose milestone the guest reached before, on another question, and used what it gave. `ended` are rules that waited
    in vain.
    """

    fired: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    alone: str | None = None
    upgraded_by: str | None = None
    reached: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()


NOTHING_SETTLED = Settled()


def outcome_of(proposal: Proposal, resolution: Resolution) -> dict[str, list[Any]]:
    """What came of a question, as a decision stores it and a replay compares it: JSON values.

    `takes` is there only where something was taken.
    """
    before = len(proposal.withheld)
    takes = [[one.candidate.rule.id, one.paid.taking.perk.code, one.paid.taking.quantity] for one in resolution.taken]
    return {
        **({"takes": takes} if takes else {}),
        "awards": [
            {"rule": one.candidate.rule.id, "perk": one.option.perk.code, "params": dict(one.option.params)}
            for one in resolution.awards
        ],
        "near": [[miss.rule.id, miss.needed] for miss in proposal.near_misses],
        "withheld": [[one.rule, one.reason] for one in proposal.withheld],
        "refused": [[one.rule, one.perk, one.reason] for one in resolution.withheld[before:]],
        "waiting": [[one.candidate.rule.id, one.perk] for one in resolution.waiting],
    }


class _State:
    """What earlier answers and earlier candidates have settled."""

    def __init__(self, settled: Settled) -> None:
        self.awards: list[Award] = []
        self.taken: list[Taken] = []
        self.waiting: list[Waiting] = []
        self.withheld: list[Withheld] = []
        self.fired: list[str] = list(settled.fired)
        self.groups: dict[str, str] = dict(settled.groups)
        self.alone: str | None = settled.alone
        self.upgraded_by: str | None = settled.upgraded_by
        self.reached = frozenset(settled.reached)
        self.ended = frozenset(settled.ended)

    def refuse(self, rule: Rule, perk: str, refusal: Refusal) -> None:
        """Note that a perk of a rule is not given."""
        self.withheld.append(Withheld(rule.id, perk, refusal.reason, refusal.values))


def resolve(proposal: Proposal, taker: Taker, settled: Settled = NOTHING_SETTLED) -> Resolution:
    """Take candidates in their turns; returns what was given, by priority, and every reason for what was not.

    Rules that gave before (`settled`) are passed over.
    """
    state = _State(settled)
    for candidate in _turns(proposal.candidates):
        if candidate.rule.id in settled.fired:
            continue
        shut = _shut(candidate.rule, state)
        if shut is not None:
            state.refuse(candidate.rule, _perk(candidate), shut)
        else:
            _fire(candidate, state, taker)
    place = {candidate.rule.id: number for number, candidate in enumerate(proposal.candidates)}
    awards = sorted(state.awards, key=lambda award: place[award.candidate.rule.id])
    taken = sorted(state.taken, key=lambda one: place[one.candidate.rule.id])
    waiting = sorted(state.waiting, key=lambda one: place[one.candidate.rule.id])
    return Resolution(tuple(awards), (*proposal.withheld, *state.withheld), tuple(taken), tuple(waiting))


def _turns(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates by priority, but the rule of a higher upgrade before that of a lower one.

    Nobody passes a rule of the same group, which is first by priority, nor one that gives alone.
    """
    turns: list[Candidate] = []
    for candidate in candidates:
        rank, turn = _rank(candidate), len(turns)
        for at in range(len(turns) - 1, -1, -1) if rank else ():
            if not _may_pass(candidate.rule, turns[at].rule):
                break
            if 0 < _rank(turns[at]) < rank:
                turn = at
        turns.insert(turn, candidate)
    return turns


def _rank(candidate: Candidate) -> int:
    """How many classes up a rule moves the guest if it gets what it gives first; 0 where it gives no upgrade."""
    firsts = (next((link for link in chain if isinstance(link, Option)), None) for chain in candidate.chains)
    return max((first.rank for first in firsts if first is not None), default=0)


def _may_pass(later: Rule, earlier: Rule) -> bool:
    return later.combines and earlier.combines and (later.group is None or later.group != earlier.group)


def _perk(candidate: Candidate) -> str:
    first = candidate.chains[0][0] if candidate.chains and candidate.chains[0] else None
    if first is None:
        return first_perk(candidate.rule)
    return first.perk.code if isinstance(first, Option) else first.perk


def _shut(rule: Rule, state: _State) -> Refusal | None:
    """Whether what was given before leaves no room for this rule."""
    if rule.id in state.reached:
        return Refusal("milestone_given")
    if rule.id in state.ended:
        return Refusal("wait_over")
    if state.alone is not None:
        return Refusal("not_combinable", (("with", state.alone),))
    if not rule.combines and state.fired:
        return Refusal("not_combinable", (("with", state.fired[0]),))
    if rule.group is not None and rule.group in state.groups:
        return Refusal("group_taken", (("group", rule.group), ("by", state.groups[rule.group])))
    return None


def _fire(candidate: Candidate, state: _State, taker: Taker) -> None:
    rule = candidate.rule
    limits = taker.begin(rule)
    if isinstance(limits, Refusal):
        state.refuse(rule, _perk(candidate), limits)
        return
    paid = _pay(candidate, taker)
    if isinstance(paid, Refusal):
        state.refuse(rule, _perk(candidate), paid)
        taker.give_back(limits)
        return
    given, waiting = _outcomes(candidate, state, taker)
    if not given and not waiting and (rule.give or rule.extend or not paid):
        for one in paid:
            taker.put_back(one)
        taker.give_back(limits)
        return
    # The limits count the firing, not its perks, so the first perk carries their claims; without one, what is taken.
    if given:
        first = given[0]
        given[0] = Award(first.candidate, first.option, (*limits, *first.claims))
    elif waiting and not paid:
        # What waits takes its limits when it is had, unless it was paid for.
        taker.give_back(limits)
        limits = ()
    state.awards += given
    state.waiting += waiting
    state.taken += [
        Taken(candidate, one, limits if number == 0 and not given else ()) for number, one in enumerate(paid)
    ]
    state.fired.append(rule.id)
    if rule.group is not None:
        state.groups[rule.group] = rule.id
    if not rule.combines:
        state.alone = rule.id


def _pay(candidate: Candidate, taker: Taker) -> list[Paid] | Refusal:
    """All that the rule takes, or the reason why it gives nothing; what comes to nothing is left out."""
    paid: list[Paid] = []
    refusal: Refusal | None = None
    for taking in candidate.takings:
        found = Refusal(taking.reason, taking.values) if isinstance(taking, Unavailable) else taker.pay(taking)
        if isinstance(found, Refusal):
            refusal = found
            break
        paid.append(found)
    if refusal is None and not _gives(candidate.rule) and not any(one.quantity for one in paid):
        refusal = _nothing_there(paid)
    if refusal is None:
        return [one for one in paid if one.quantity]
    for one in paid:
        taker.put_back(one)
    return refusal


def _gives(rule: Rule) -> bool:
    """Whether a rule does something else than take."""
    return bool(rule.give or rule.extend)


def _nothing_there(paid: Sequence[Paid]) -> Refusal | None:
    """Of a rule that only takes: nothing is there of what it takes."""
    return not_enough(paid[0].taking, 0) if paid else None


def not_enough(taking: Taking, there: int) -> Refusal:
    """The guest has less than a rule takes."""
    return Refusal("not_enough_left", (("taken", taking.perk.code), ("there", there), ("asked", taking.quantity)))


def _outcomes(candidate: Candidate, state: _State, taker: Taker) -> tuple[list[Award], list[Waiting]]:
    given: list[Award] = []
    waiting: list[Waiting] = []
    tried: list[Option | Unavailable] = []
    for outcome, chain in enumerate(candidate.chains):
        for link in chain:
            if any(one is link for one in tried):
                # The perks of one choice share the options that may stand for them; no option stands twice.
                continue
            tried.append(link)
            taken = _try(candidate.rule, link, state, taker)
            if isinstance(taken, Refusal):
                perk = _code(link)
                if taken.reason != NOT_YET:
                    state.refuse(candidate.rule, perk, taken)
                if link.patience is not None and taken.reason in _WAITED_FOR:
                    waiting.append(Waiting(candidate, outcome, perk, link.patience))
                    _note(candidate.rule, link, state)
                    break
                continue
            if isinstance(link, Option):
                given.append(Award(candidate, link, taken))
                _note(candidate.rule, link, state)
            break
    return given, waiting


NOT_YET = "not_yet"
"""Trying has not begun: what waits says so itself."""

_WAITED_FOR = PASSING | {NOT_YET}


def _code(link: Option | Unavailable) -> str:
    return link.perk.code if isinstance(link, Option) else link.perk


def _try(rule: Rule, link: Option | Unavailable, state: _State, taker: Taker) -> Claims | Refusal:
    if _is_upgrade(link) and state.upgraded_by is not None:
        return Refusal("better_given", (("by", state.upgraded_by),))
    if link.patience is not None and not link.patience.begun:
        return Refusal(NOT_YET)
    if isinstance(link, Unavailable):
        return Refusal(link.reason, link.values)
    return taker.take(rule, link)


def _is_upgrade(link: Option | Unavailable) -> bool:
    """Of what cannot be had only an upgrade that waits says that it is one: no other perk waits for a room."""
    if isinstance(link, Unavailable):
        return link.patience is not None
    return link.perk.kind is PerkKind.UPGRADE


def _note(rule: Rule, link: Option | Unavailable, state: _State) -> None:
    if _is_upgrade(link):
        state.upgraded_by = rule.id


def try_again(candidate: Candidate, links: Chain, taker: Taker, *, counted: bool) -> Award | Refusal:
    """Take the first of these that can be had, with the limits of the rule unless they `counted` its firing before."""
    limits = () if counted else taker.begin(candidate.rule)
    if isinstance(limits, Refusal):
        return limits
    why = Refusal("wait_over")
    for link in links:
        taken = Refusal(link.reason, link.values) if isinstance(link, Unavailable) else taker.take(candidate.rule, link)
        if not isinstance(taken, Refusal) and isinstance(link, Option):
            return Award(candidate, link, (*limits, *taken))
        why = taken if isinstance(taken, Refusal) else why
    taker.give_back(limits)
    return why
