"""What a worked case states, as the records that a guest's past and question are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from rewards.clock import day_start_us, from_us, hotel_day, to_us
from rewards.decisions.extending import is_mark
from rewards.decisions.situation import Request, end_of_day
from rewards.desk import case_extends
from rewards.domain.activity import Activity, Coverage, Evidence, Kind
from rewards.domain.property import Property
from rewards.history.grants import Given
from rewards.ids import derived_id
from rewards.rulelang.cases import Case, CaseActivity, CaseGrant
from rewards.rulelang.nodes import RuleSet

GUEST = "gst_case"
KINDS = (Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND, Kind.PAYMENT, Kind.REFERRAL, Kind.CUSTOM)
MORNING_H, NOON_H = 7, 8
FOR_EVER = timedelta(days=36_525)


def given_before(case: Case, grant: CaseGrant, rule_set: RuleSet, properties: dict[str, Property]) -> Given:
    """An earlier grant; of the perk that is stated, else of the first that its rule gives."""
    prop = properties.get(grant.property or case.property.code, case.property)
    rule = grant.rule or case.rule
    at_us = to_us(noon_of(prop, grant.day))
    perks = [case_extends.first_given(each) for each in rule_set.rules if each.id == rule]
    until = end_of_day(prop, grant.until) if grant.until is not None else to_us(from_us(at_us) + FOR_EVER)
    perk = grant.perk or next(iter(perks), "")
    return Given(
        derived_id("gnt", case.name, str(grant)), perk, rule, prop.code, at_us, grant.day.toordinal(), at_us, until,
        grant.quantity, not is_mark(perk), grant.quantity - grant.used,
    )  # fmt: skip


def noon_of(prop: Property, day: date) -> datetime:
    return from_us(day_start_us(day, prop.zone_info(), prop.rollover_hour)) + timedelta(hours=NOON_H)


def activity_of(case: Case, properties: dict[str, Property], key: str, did: CaseActivity) -> Activity:
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


def request_of(case: Case) -> Request:
    hand, asked = case.in_hand, case.in_hand.asked
    return Request(hand.points, asked.minor if asked else None, asked.currency if asked else None, hand.role)


def at_hand_of(case: Case, at_us: int) -> Activity | None:
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


def coverage_of(case: Case, properties: Sequence[Property], at_us: int) -> Iterator[Coverage]:
    if not case.covered and case.known_from is None:
        return
    start = None
    if case.known_from is not None:
        start = datetime.combine(case.known_from, time(0), tzinfo=case.property.zone_info()).astimezone(UTC)
    for code in ("", *(prop.code for prop in properties)):
        for kind in KINDS:
            yield Coverage(code, kind, start, from_us(at_us))
