"""What becomes, in a worked case, of what waits: each try at its time, with the stock that the case states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from rewards.clock import to_us
from rewards.decisions.facts import DecisionFacts
from rewards.decisions.options import chains
from rewards.decisions.patience import Patience, next_try_us
from rewards.decisions.propose import reckoner
from rewards.decisions.reckoned import Reckon
from rewards.decisions.resolve import Award, Resolution, Taker, Waiting, try_again
from rewards.decisions.situation import Situation, place_in_time
from rewards.domain.perk import Perk, StockPolicy
from rewards.rulelang.cases import CaseLater

TakerOf = Callable[[Situation], Taker]
"""What limits and stock allow at another instant."""

Restock = Callable[[tuple[tuple[str, int], ...]], None]
"""Sets how many there are of perks."""


@dataclass(slots=True)
class _Open:
    """Something that waits, and when it is looked at next."""

    waiting: Waiting
    next_us: int


class CaseWaits:
    """The tries of one case, from the answer on."""

    def __init__(
        self,
        resolution: Resolution,
        it: Situation,
        facts: DecisionFacts,
        perks: dict[str, Perk],
        taker_of: TakerOf,
        restock: Restock,
        ends: Mapping[str, int],
    ) -> None:
        self._it = it
        self._facts = facts
        self._perks = perks
        self._taker_of = taker_of
        self._restock = restock
        self._given = [award.candidate.rule.id for award in resolution.awards]
        self._taken = [
            (
                one.candidate.rule.id,
                one.paid.taking.perk.code,
                max((ends[part] for part, _ in one.paid.parts), default=0),
            )
            for one in resolution.taken
        ]
        self._open = [_Open(one, next_try_us(one.patience, it.property, it.at_us)) for one in resolution.waiting]

    def until(self, later: CaseLater) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """What there is by then: `granted`, `waiting` or `not_granted`; what was given since; what came back since."""
        end_us = to_us(later.at.replace(tzinfo=self._it.property.zone_info()))
        self._restock(later.stock)
        given: list[str] = []
        back: list[str] = []
        while due := [one for one in self._open if one.next_us <= end_us]:
            first = min(due, key=lambda one: one.next_us)
            self._look(first, self._taker_of(self._at(first)), given, back)
        if given:
            return "granted", tuple(given), tuple(back)
        return ("waiting" if self._open else "not_granted"), (), tuple(back)

    def _at(self, one: _Open) -> Situation:
        """The situation when it is looked at; of free rooms the stock tells, where the perk has one."""
        day, minute = place_in_time(self._it.property, one.next_us)
        stay = self._it.stay
        if stay is not None and self._perks[one.waiting.perk].stock is not StockPolicy.UNLIMITED:
            stay = replace(stay, free_classes=None)
        return replace(self._it, at_us=one.next_us, day=day, minute_of_day=minute, stay=stay)

    def _look(self, one: _Open, taker: Taker, given: list[str], back: list[str]) -> None:
        waiting, patience = one.waiting, one.waiting.patience
        rule = waiting.candidate.rule
        over = one.next_us >= patience.end_us
        if over:
            self._open.remove(one)
            back += self._come_back(rule.id, one.next_us)
        chain = chains(rule.give, self._perks, self._at(one), self._reckon(waiting))[waiting.outcome]
        found = try_again(waiting.candidate, chain[1:] if over else chain[:1], taker, counted=self._counted(rule.id))
        if isinstance(found, Award):
            given.append(found.option.perk.code)
            self._given.append(rule.id)
            if not over:
                self._open.remove(one)
        elif not over:
            begun = Patience(patience.first_us, patience.end_us, patience.hourly, True)
            one.next_us = next_try_us(begun, self._it.property, one.next_us)

    def _reckon(self, waiting: Waiting) -> Reckon:
        return reckoner(waiting.candidate.rule, self._facts)

    def _counted(self, rule: str) -> bool:
        return rule in self._given or any(paid == rule for paid, _, _ in self._taken)

    def _come_back(self, rule: str, at_us: int) -> list[str]:
        """What the rule took goes back, unless something that it gave stands or waits; what lapsed is of no use."""
        if rule in self._given or any(one.waiting.candidate.rule.id == rule for one in self._open):
            return []
        back = [perk for paid, perk, ends_us in self._taken if paid == rule and ends_us > at_us]
        self._taken = [each for each in self._taken if each[0] != rule]
        return back
