"""Plays worked cases: a guest's past is built, the question is asked, and the answer compared. Nothing is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from rewards.clock import day_start_us, from_us, hotel_day, to_us
from rewards.decisions.extending import is_mark
from rewards.decisions.facts import DecisionFacts
from rewards.decisions.propose import Proposal, propose
from rewards.decisions.resolve import Resolution, resolve
from rewards.decisions.situation import Request, Situation, end_of_day, place_in_time
from rewards.decisions.takings import Taking
from rewards.desk import case_extends
from rewards.desk.case_waits import CaseWaits
from rewards.desk.reply import before
from rewards.domain.activity import Activity, Coverage, Evidence, Kind
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
from rewards.ids import derived_id
from rewards.ledger.accounts import limit_account
from rewards.ledger.purse import Planned, Source
from rewards.ledger.taker import RuleTaker
from rewards.rulelang.cases import Case, CaseActivity, CaseGive, CaseGrant, CaseOther
from rewards.rulelang.compiler import Compiled, compile_rules
from rewards.rulelang.evaluation import Reading
from rewards.rulelang.nodes import AMONG_GUESTS, GIVEN, Aggregate, Calendar, CountLimit, Measure, Per, Rule, RuleSet
from rewards.rulelang.prose import Names, missing_text

GUEST = "gst_case"
UNKNOWN = ("unknown_fact", "not_covered", "amount_unknown")
KINDS = (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND, Kind.PAYMENT, Kind.REFERRAL, Kind.CUSTOM)
MORNING_H, NOON_H = 7, 8
FOR_EVER = timedelta(days=36_525)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a case: `passed`, and where it did not, what was found instead."""

    case: str
    rule: str
    passed: bool
    detail: str = ""


def play(case: Case, rule_set: RuleSet) -> Verdict:
    """Play one case against a rule set."""
    rule = next((one for one in rule_set.rules if one.id == case.rule), None)
    if rule is None:
        return Verdict(case.name, case.rule, False, f"there is no rule “{case.rule}”")
    properties = (case.property, *(prop for prop in case.properties if prop.code != case.property.code))
    alone = RuleSet((rule,), rule_set.perks, rule_set.version, rule_set.digest)
    scene = _Scene(case, properties, compile_rules(alone, properties))
    return _compare(case, rule, scene)


class _Scene:
    """A case as a situation with a history."""

    def __init__(self, case: Case, properties: Sequence[Property], compiled: Compiled) -> None:
        self.case = case
        self.rates = Rates(())
        self.at_us = to_us(case.as_of.replace(tzinfo=case.property.zone_info()))
        by_code = {prop.code: prop for prop in properties}
        self.in_hand = _in_hand(case, self.at_us)
        past = [_activity(case, by_code, str(index), did) for index, did in enumerate(case.activities)]
        history = build(GUEST, [*past, *([self.in_hand] if self.in_hand else [])])
        self.history = GuestHistory(history.head, lambda first: history.chunks[first:])
        tallies = Tallied(self._tallies(by_code, past))
        self.guests = GuestsHere(tallies, GUEST)
        linked = Linked({_other(each): each.linked for each in case.others})
        self.companions = Companions(tallies, linked, GUEST)
        self.group = HotelGroup(
            properties,
            list(_coverage(case, properties, self.at_us)),
            self.rates.convert,
            zone=case.property.zone,
            currency=case.property.currency,
            stale_after_us=to_us(from_us(0) + timedelta(hours=48)),
            rollover_hour=case.property.rollover_hour,
        )
        self.given = [_given(case, each, compiled.rule_set, by_code) for each in case.grants]
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
            theirs = [_activity(self.case, by_code, key, did) for key, did in keyed]
            yield from tally(_other(other), effective(theirs))

    def _situate(self) -> Situation:
        case, who = self.case, self.case.guest
        day, minute = place_in_time(case.property, self.at_us)
        guest = Guest(
            GUEST, from_us(self.at_us), language=who.language, birthday=who.birthday, country=who.country,
            attributes=dict(who.attributes), enrolled_at=_noon(case.property, who.enrolled) if who.enrolled else None,
        )  # fmt: skip
        hand = case.in_hand
        return Situation(
            guest, who.verified, case.property, case.moment, self.at_us, day, minute, case.stay, self.in_hand,
            hand.topic, hand.severity, _request(case),
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
        return to_us(_noon(self.case.property, max(days))) if days else None

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


def _given(case: Case, grant: CaseGrant, rule_set: RuleSet, properties: dict[str, Property]) -> Given:
    """An earlier grant; of the perk that is stated, else of the first that its rule gives."""
    prop = properties.get(grant.property or case.property.code, case.property)
    rule = grant.rule or case.rule
    at_us = to_us(_noon(prop, grant.day))
    perks = [case_extends.first_given(each) for each in rule_set.rules if each.id == rule]
    until = end_of_day(prop, grant.until) if grant.until is not None else to_us(from_us(at_us) + FOR_EVER)
    perk = grant.perk or next(iter(perks), "")
    return Given(
        derived_id("gnt", case.name, str(grant)), perk, rule, prop.code, at_us, grant.day.toordinal(), at_us, until,
        grant.quantity, not is_mark(perk), grant.quantity - grant.used,
    )  # fmt: skip


def _noon(prop: Property, day: date) -> datetime:
    return from_us(day_start_us(day, prop.zone_info(), prop.rollover_hour)) + timedelta(hours=NOON_H)


def _activity(case: Case, properties: dict[str, Property], key: str, did: CaseActivity) -> Activity:
    prop = properties.get(did.property or case.property.code, case.property)
    if did.at is not None:
        at = did.at.replace(tzinfo=prop.zone_info()).astimezone(UTC)
        day = hotel_day(to_us(at), prop.zone_info(), prop.rollover_hour)
    else:
        at = from_us(day_start_us(did.day, prop.zone_info(), prop.rollover_hour)) + timedelta(hours=MORNING_H)
        day = did.day
    stay = did.kind is Kind.STAY
    return Activity(
        id=derived_id("act", case.name, key),
        guest=GUEST,
        kind=did.kind,
        occurred_at=at,
        recorded_at=at,
        day=day,
        source="case",
        source_key=key,
        property=None if did.place else prop.code,
        arrival_day=day - timedelta(days=did.nights) if stay else None,
        nights=did.nights,
        rooms=did.rooms,
        amount_minor=did.amount.minor if did.amount else None,
        currency=did.amount.currency if did.amount else None,
        evidence=did.evidence,
        on_time=did.on_time,
        channel=did.channel,
        rate_code=did.rate_code,
        room_class=did.room_class,
        category=did.category,
        place_id=did.place,
    )


def _request(case: Case) -> Request:
    hand, asked = case.in_hand, case.in_hand.asked
    return Request(hand.points, asked.minor if asked else None, asked.currency if asked else None, hand.role)


def _in_hand(case: Case, at_us: int) -> Activity | None:
    hand = case.in_hand
    if hand.evidence is None and hand.category is None and hand.amount is None and hand.outlet is None:
        return None
    spend = hand.amount is not None or hand.outlet is not None
    prop = case.property
    return Activity(
        id=derived_id("act", case.name, "in hand"),
        guest=GUEST,
        kind=Kind.SPEND if spend else Kind.CHECK_IN,
        occurred_at=from_us(at_us),
        recorded_at=from_us(at_us),
        day=hotel_day(at_us, prop.zone_info(), prop.rollover_hour),
        source="case",
        source_key="in hand",
        property=prop.code,
        amount_minor=(hand.amount.minor if hand.amount else 0) if spend else None,
        currency=(hand.amount.currency if hand.amount else prop.currency) if spend else None,
        evidence=hand.evidence or Evidence.WITNESSED,
        category=hand.outlet if spend else hand.category,
    )


def _coverage(case: Case, properties: Sequence[Property], at_us: int) -> Iterator[Coverage]:
    if not case.covered and case.known_from is None:
        return
    start = None
    if case.known_from is not None:
        start = datetime.combine(case.known_from, time(0), tzinfo=case.property.zone_info()).astimezone(UTC)
    for code in ("", *(prop.code for prop in properties)):
        for kind in KINDS:
            yield Coverage(code, kind, start, from_us(at_us))


def _compare(case: Case, rule: Rule, scene: _Scene) -> Verdict:
    resolution, waits = scene.resolve(rule)
    reasons = [one.reason for one in resolution.withheld]
    perks = tuple(award.option.perk.code for award in resolution.awards if award.option.extends is None)
    taken = [(one.paid.taking.perk.code, one.paid.quantity, one.paid.taking.currency) for one in resolution.taken]
    found = _outcome(rule, resolution, reasons)
    if found != case.expected:
        return Verdict(case.name, rule.id, False, f"expected {case.expected}, found {found} {list(reasons)}")
    if case.perks is not None and perks != case.perks:
        return Verdict(case.name, rule.id, False, f"expected the perks {list(case.perks)}, found {list(perks)}")
    longer = case_extends.extended(resolution, scene.given, scene.group)
    if case.extends is not None and sorted(longer) != sorted((each.perk, each.until) for each in case.extends):
        return Verdict(case.name, rule.id, False, f"expected {list(case.extends)} to be extended, found {longer}")
    given = [(one.option.perk.code, one.option.quantity, one.option.currency) for one in resolution.awards
             if one.option.extends is None]  # fmt: skip
    if case.gives is not None and not _as_wanted(case.gives, given):
        return Verdict(case.name, rule.id, False, f"expected {list(case.gives)}, found {given}")
    if case.takes is not None and not _as_wanted(case.takes, taken):
        return Verdict(case.name, rule.id, False, f"expected to take {list(case.takes)}, found {taken}")
    wrong = _compare_later(case, waits)
    return Verdict(case.name, rule.id, False, wrong) if wrong else _compare_missing(case, rule, scene)


def _compare_later(case: Case, waits: CaseWaits) -> str:
    """What became of what waits otherwise than expected, "" for nothing."""
    for later in case.later:
        found, given, back = waits.until(later)
        if found != later.expected or later.perks not in (None, given):
            return f"expected {later.expected} {list(later.perks or ())} by {later.at}, found {found} {list(given)}"
        if later.back not in (None, back):
            return f"expected {list(later.back or ())} to come back by {later.at}, found {list(back)}"
    return ""


def _as_wanted(wanted: Sequence[CaseGive], given: Sequence[tuple[str, int, str]]) -> bool:
    return len(wanted) == len(given) and all(
        one.perk == perk and one.quantity in (None, quantity) and one.currency in (None, currency)
        for one, (perk, quantity, currency) in zip(wanted, given, strict=True)
    )


def _outcome(rule: Rule, resolution: Resolution, reasons: Sequence[str]) -> str:
    if resolution.awards:
        return "granted" if rule.approval is None else "pending"
    if resolution.waiting:
        return "waiting"
    if resolution.taken:
        return "granted"
    if "evidence_too_low" in reasons:
        return "withheld"
    return "unknown" if any(reason in UNKNOWN for reason in reasons) else "not_granted"


def _compare_missing(case: Case, rule: Rule, scene: _Scene) -> Verdict:
    if case.missing is None:
        return Verdict(case.name, rule.id, True)
    names = Names(
        perks=scene.compiled.rule_set.perks, properties={case.property.code: case.property.name},
        currency=case.property.currency,
    )  # fmt: skip
    told = [
        missing_text(miss.rises, miss.missing, before(miss.by), "en", names, today=scene.situation.day)
        for miss in scene.proposal.near_misses
    ]
    passed = any(case.missing in text for text in told)
    return Verdict(case.name, rule.id, passed, "" if passed else f"expected “{case.missing}” in {told}")
