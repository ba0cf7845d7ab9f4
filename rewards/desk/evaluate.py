"""From a question to a proposal: who, where, when, what is known; nothing is written here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from rewards.clock import from_us, to_us
from rewards.decisions.facts import DecisionFacts
from rewards.decisions.propose import Proposal, propose
from rewards.decisions.situation import NOTHING_ASKED, Request, Situation, place_in_time
from rewards.desk.installation import Ground
from rewards.desk.past import Past
from rewards.desk.wire import Question
from rewards.domain.activity import Activity
from rewards.domain.guest import Guest, Identity
from rewards.domain.property import Property
from rewards.domain.stay import StayInHand
from rewards.errors import (
    ACTIVITY_UNKNOWN,
    CURRENCY_UNKNOWN,
    FIELD_INVALID,
    GUEST_UNKNOWN,
    INFLUENCE_REFUSED,
    RATE_UNKNOWN,
    TIME_OUT_OF_RANGE,
    RewardsError,
)
from rewards.history.ports import GuestHead
from rewards.ledger.ports import Store
from rewards.money import EXPONENTS
from rewards.rulelang.facts import is_influence

MAX_YEARS_AHEAD = 5
_KIND = re.compile(r"[a-z0-9_.-]{1,40}")
NOBODY = "gst_unknown"


@dataclass(frozen=True, slots=True)
class Considered:
    """A question with what it comes to: the situation, the facts read, the proposal, and the versions it rests on.

    `united`: other records were merged into the guest's.
    """

    situation: Situation
    facts: DecisionFacts
    proposal: Proposal
    guest_version: int
    generation: int
    united: bool = False


def identity_of(text: str) -> Identity | None:
    """The identity that a text names; None when it is an id."""
    kind, colon, value = text.partition(":")
    if not colon:
        return None
    if not value or not _KIND.fullmatch(kind):
        raise RewardsError(FIELD_INVALID, f"“{text[:60]}” names no guest.", hint="card:00412 or gst_…", field="guest")
    if is_influence(kind):
        raise RewardsError(INFLUENCE_REFUSED, f"“{kind}” names an influence score.", field="guest")
    return Identity(kind, value.strip().lower() if kind == "email" else value)


def find_guest(store: Store, text: str) -> GuestHead | None:
    """The guest that an identity or an id names, None where nobody is."""
    identity = identity_of(text)
    guest_id = text if identity is None else store.guests.resolve(identity)
    return None if guest_id is None else store.guests.head(guest_id)


def unknown_guest(text: str) -> RewardsError:
    """The refusal of a commit or hold for nobody."""
    return RewardsError(
        GUEST_UNKNOWN,
        f"No guest “{text[:60]}”.",
        hint='Send "enrol": true to make one, or ask for a preview.',
        field="guest",
    )


def consider(
    store: Store, ground: Ground, question: Question, head: GuestHead | None, now: datetime, role: str | None = None
) -> Considered:
    """Evaluate a question now, or as of the instant it names. Nobody (`head` None) is a guest without a past.

    `role` is that of the key that asks.
    """
    at = question.as_of or now
    _check_times(question, at, now)
    prop = ground.property(question.property)
    known = head or GuestHead(Guest(NOBODY, now), 0, None, False)
    situation = _in_own_currency(situate(store, question, known, prop, to_us(at), role), ground)
    past = Past(
        store, ground, known, situation, known_at=question.known_at, grants_before_us=_seen_before(question),
        left_now=at >= now and question.known_at is None,
    )  # fmt: skip
    facts = DecisionFacts(situation, past.read)
    proposal = propose(ground.rules(), situation, facts)
    return Considered(situation, facts, proposal, known.version, ground.generation, known.united)


def _seen_before(question: Question) -> int | None:
    """The end of the grants that the question may see, in microseconds since 1970; None for one that is asked now."""
    ends = [to_us(at) + 1 for at in (question.as_of, question.known_at) if at is not None]
    return min(ends, default=None)


def _check_times(question: Question, at: datetime, now: datetime) -> None:
    stay = question.stay
    _check_year("as_of", at, now)
    _check_year("stay.arrival", stay.arrival if stay else None, now)
    _check_year("stay.departure", stay.departure if stay else None, now)


def _check_year(field: str, at: date | None, now: datetime) -> None:
    if at is not None and not 1970 <= at.year <= now.year + MAX_YEARS_AHEAD:
        raise RewardsError(
            TIME_OUT_OF_RANGE,
            f"{at.isoformat()} is out of range.",
            hint=f"From 1970 to {MAX_YEARS_AHEAD} years ahead.",
            field=field,
        )


def _in_own_currency(it: Situation, ground: Ground) -> Situation:
    """With the prices of the stay and the request in the property's currency; `rate_unknown` where one has none."""
    stay, request, own = it.stay, it.request, it.property.currency
    if stay is not None and stay.currency not in (None, own):
        amount = _converted(stay.amount_minor, stay.currency or "", it, ground, "stay.currency")
        it = replace(it, stay=replace(stay, amount_minor=amount, currency=own))
    if request.currency not in (None, own):
        amount = _converted(request.amount_minor, request.currency or "", it, ground, "request.currency")
        it = replace(it, request=replace(request, amount_minor=amount, currency=own))
    return it


def _converted(minor: int | None, currency: str, it: Situation, ground: Ground, field: str) -> int | None:
    own = it.property.currency
    if currency not in EXPONENTS:
        raise RewardsError(CURRENCY_UNKNOWN, f"“{currency}” is not a currency of ISO 4217.", field=field)
    amount = None if minor is None else ground.convert(minor, currency, own, it.day)
    if minor is not None and amount is None:
        raise RewardsError(
            RATE_UNKNOWN,
            f"There is no rate from {currency} to {own} on or before {it.day}.",
            hint=f"Send the price in {own}, or add the rate.",
            field=field,
        )
    return amount


def situate(
    store: Store, question: Question, head: GuestHead, prop: Property, at_us: int, role: str | None = None
) -> Situation:
    """The situation that a question describes; `role` is that of the key that asks."""
    day, minute = place_in_time(prop, at_us)
    return Situation(
        guest=head.guest,
        verified=head.verified,
        property=prop,
        moment=question.moment,
        at_us=at_us,
        day=day,
        minute_of_day=minute,
        stay=_stay(store, question, head),
        activity=_activity(store, question, head, prop),
        topic=question.topic,
        severity=question.severity,
        request=_request(question, role),
    )


def _request(question: Question, role: str | None) -> Request:
    asked = question.request
    if asked is None:
        return NOTHING_ASKED if role is None else Request(role=role)
    return Request(asked.points, asked.amount_minor, asked.currency, role)


def _stay(store: Store, question: Question, head: GuestHead) -> StayInHand | None:
    """The stay as it is kept: of the address it was booked with only whether it is the guest's."""
    if question.stay is None:
        return None
    stay = question.stay.in_hand()
    if question.stay.email is None:
        return stay
    address = Identity("email", question.stay.email.strip().lower())
    own = address == identity_of(question.guest) or store.guests.resolve(address) == head.guest.id
    return replace(stay, own_email=own)


def _activity(store: Store, question: Question, head: GuestHead, prop: Property) -> Activity | None:
    if question.activity is None:
        return None
    found = store.activities.get(question.activity)
    if found is None or found.guest not in store.guests.records(head.guest.id):
        raise RewardsError(ACTIVITY_UNKNOWN, f"No activity “{question.activity[:60]}” of this guest.", field="activity")
    if found.property != prop.code:
        raise RewardsError(FIELD_INVALID, f"{found.id} happened at “{found.property}”.", field="activity")
    return found


def anonymous(situation: Situation) -> Situation:
    """The situation as it is stored: the guest by id only, so that erasing a guest leaves no name in decisions."""
    guest = Guest(situation.guest.id, from_us(situation.at_us))
    activity = situation.activity
    if activity is not None:
        activity = replace(activity, attributes={})
    return replace(situation, guest=guest, activity=activity)
