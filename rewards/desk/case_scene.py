"""A worked case as a situation with a history, as a decision meets one. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from rewards.clock import from_us, to_us
from rewards.decisions.facts import DecisionFacts
from rewards.decisions.propose import Proposal, propose
from rewards.decisions.resolve import Resolution, resolve
from rewards.decisions.situation import Situation, place_in_time
from rewards.decisions.takings import Taking
from rewards.desk import case_extends
from rewards.desk.case_past import GUEST, activity_of, at_hand_of, coverage_of, given_before, noon_of, request_of
from rewards.desk.case_waits import CaseWaits
from rewards.domain.activity import Activity
from rewards.domain.guest import Guest
from rewards.domain.property import Property
from rewards.history.answers import GuestHistory
from rewards.history.digest import build
from rewards.history.effective import effective
from rewards.history.exchange import Rates
from rewards.history.grants import Given, GivenHistory
from rewards.history.presence import Companions, Linked
from rewards.history.ranks import GuestsHere
from rewards.history.standpoint import AtHand, HotelGroup, activity_at_hand, stand, stay_at_hand
from rewards.history.tally import Tallied, Tally, tally
from rewards.ledger.accounts import limit_account
from rewards.ledger.purse import Planned, Source
from rewards.ledger.taker import RuleTaker
from rewards.rulelang.cases import Case, CaseOther
from rewards.rulelang.compiler import Compiled
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.nodes import AMONG_GUESTS, GIVEN, Aggregate, Calendar, CountLimit, Measure, Per, Rule


class Scene:
    """A case as a situation with a history."""

    def __init__(self, case: Case, properties: Sequence[Property], compiled: Compiled) -> None:
        self.case = case
        self.rates = Rates(())
        self.at_us = to_us(case.as_of.replace(tzinfo=case.property.zone_info()))
        by_code = {prop.code: prop for prop in properties}
        self.in_hand = at_hand_of(case, self.at_us)
        past = [activity_of(case, by_code, str(index), did) for index, did in enumerate(case.activities)]
        history = build(GUEST, [*past, *([self.in_hand] if self.in_hand else [])])
        self.history = GuestHistory(history.head, lambda first: history.chunks[first:])
        tallies = Tallied(self._tallies(by_code, past))
        self.guests = GuestsHere(tallies, GUEST)
        linked = Linked({_other(each): each.linked for each in case.others})
        self.companions = Companions(tallies, linked, GUEST)
        self.group = HotelGroup(
            properties,
            list(coverage_of(case, properties, self.at_us)),
            self.rates.convert,
            zone=case.property.zone,
            currency=case.property.currency,
            stale_after_us=to_us(from_us(0) + timedelta(hours=48)),
            rollover_hour=case.property.rollover_hour,
        )
        self.given = [given_before(case, each, compiled.rule_set, by_code) for each in case.grants]
        self.gifts = GivenHistory(self.given)
        self.situation = self._situate()
        self.facts = DecisionFacts(self.situation, self._read)
        self.proposal: Proposal = propose(compiled, self.situation, self.facts)
        self.compiled = compiled

    def _tallies(self, by_code: dict[str, Property], past: Sequence[Activity]) -> Iterator[Tally]:
        """What the guest did, and what the others did."""
        mine = [*past, *([self.in_hand] if self.in_hand else [])]
        yield from tally(GUEST, effective(mine))
        for other in self.case.others:
            keyed = ((f"{other.name} {index}", did) for index, did in enumerate(other.activities))
            theirs = [activity_of(self.case, by_code, key, did) for key, did in keyed]
            yield from tally(_other(other), effective(theirs))

    def _situate(self) -> Situation:
        case, who = self.case, self.case.guest
        day, minute = place_in_time(case.property, self.at_us)
        guest = Guest(
            GUEST, from_us(self.at_us), language=who.language, birthday=who.birthday, country=who.country,
            attributes=dict(who.attributes), enrolled_at=noon_of(case.property, who.enrolled) if who.enrolled else None,
        )  # fmt: skip
        hand = case.in_hand
        return Situation(
            guest, who.verified, case.property, case.moment, self.at_us, day, minute, case.stay, self.in_hand,
            hand.topic, hand.severity, request_of(case),
        )  # fmt: skip

    def _read(self, measure: Measure, rule: str, day: date) -> Reading:
        enrolled = self.situation.guest.enrolled_at
        here = stand(
            self.group,
            self.case.property,
            self.at_us,
            enrolled_us=to_us(enrolled) if enrolled else None,
            last_grant=self._last_grant,
            this=self._this(),
        )
        at = here if day == here.day else here.on(day)
        if measure.aggregate is Aggregate.COMPANIONS:
            return self.companions.read(measure, at)
        if measure.aggregate in AMONG_GUESTS:
            return self.guests.read(measure, at)
        history = self.gifts if measure.series in GIVEN else self.history
        return history.read(measure, at, rule or self.case.rule)

    def _this(self) -> AtHand | None:
        if self.in_hand is not None:
            return activity_at_hand(self.in_hand)
        if self.case.stay is not None:
            return stay_at_hand(self.case.property, self.case.stay, self.at_us)
        return None

    def _last_grant(self, rule: str) -> int | None:
        days = [grant.day for grant in self.case.grants if (grant.rule or self.case.rule) == rule]
        return to_us(noon_of(self.case.property, max(days))) if days else None

    def resolve(self, rule: Rule) -> tuple[Resolution, CaseWaits]:
        """What would be given, with earlier grants counted against the limits, and what becomes of what waits."""
        days = [grant.day for grant in self.case.grants if (grant.rule or self.case.rule) == rule.id]

        def count(_: Rule, per: Per, first_day: int | None) -> int:
            return sum(first_day is None or day.toordinal() >= first_day for day in days)

        funds, purse = _Plenty(rule, self.situation, days), _GiftPurse(self.gifts.given, self.at_us)
        funds.restock(self.case.stock)
        extender = case_extends.extender(self.given, self.at_us, self.group)

        def taker(it: Situation) -> RuleTaker:
            return RuleTaker(it, funds, count, self.rates.convert, purse, extender)

        resolution = resolve(self.proposal, taker(self.situation))
        perks = self.compiled.rule_set.perks
        ends = {each.id: each.until_us for each in self.gifts.given}
        return resolution, CaseWaits(resolution, self.situation, self.facts, perks, taker, funds.restock, ends)


def _other(other: CaseOther) -> str:
    return f"{GUEST} {other.name}"


class _Plenty:
    """Funds that only the limits bound, less what earlier grants took, and the stock that a case states."""

    def __init__(self, rule: Rule, it: Situation, days: Sequence[date]) -> None:
        self._taken: Counter[str] = Counter()
        self._allowed: dict[str, int] = {}
        self._stock: dict[str, int] = {}
        self._left: dict[str, int] = {}
        for limit in rule.limits:
            if isinstance(limit, CountLimit) and (limit.every is None or isinstance(limit.every, Calendar)):
                for day in days if limit.per is not Per.STAY else ():
                    self._taken[limit_account(rule, limit, replace(it, day=day))] += 1

    def limited(self, account: str, kind: str, unit: str, allowed: int) -> None:
        """What a limit allows."""
        self._allowed[account] = allowed

    def hold(self, account: str, kind: str, unit: str) -> None:
        """A case has nobody beside it."""

    def restock(self, stock: Sequence[tuple[str, int]]) -> None:
        """Set how many there are of perks, on each day; of others there are enough."""
        self._stock, self._left = {f"perk:{perk}": count for perk, count in stock}, {}

    def take(self, account: str, amount: int, unit: str) -> bool:
        """Whether the limit, or the stock, allows it."""
        if unit in self._stock and not self._take_stock(account, amount, self._stock[unit]):
            return False
        if account in self._allowed and self._taken[account] + amount > self._allowed[account]:
            return False
        self._taken[account] += amount
        return True

    def _take_stock(self, account: str, amount: int, whole: int) -> bool:
        left = self._left.setdefault(account, whole)
        if left < amount:
            return False
        self._left[account] = left - amount
        return True

    def put_back(self, account: str, amount: int, unit: str) -> None:
        """Give back."""
        if account in self._left:
            self._left[account] += amount
        self._taken[account] -= amount

    def left(self, account: str) -> int:
        """What the limit leaves."""
        return self._allowed.get(account, 0) - self._taken[account]


class _GiftPurse(Planned):
    """What is left of what the guest of a case was given; in a case credits are in the currency that is asked."""

    def __init__(self, given: Iterable[Given], at_us: int) -> None:
        super().__init__()
        self._given = [each for each in given if each.from_us <= at_us < each.until_us]

    def found(self, taking: Taking) -> list[Source]:
        """Where a perk can be taken from, the first to lapse first."""
        of_it = sorted(
            (each.until_us, each.us, each.id, each.left) for each in self._given if each.perk == taking.perk.code
        )
        return [Source(name, left) for _, _, name, left in of_it]
