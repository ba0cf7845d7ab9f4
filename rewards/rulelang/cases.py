"""Worked cases: a guest's past, a question, and what the answer must be, as typed data.

A pack's `cases.yaml` is documentation and test at once. Whoever runs the cases builds a guest from each, asks, and
compares; here they are only read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from rewards.domain.activity import Evidence, Kind
from rewards.domain.link import LinkKind
from rewards.domain.property import Property
from rewards.domain.stay import StayInHand
from rewards.money import Money

Scalar = str | int | bool

EXPECTED = ("granted", "waiting", "pending", "not_granted", "withheld", "unknown")
"""What may be expected: it gives; it waits until it can, or until somebody approves; it does not; its evidence is too
low; it cannot tell."""

DEFAULT_PROPERTY = Property("harbour", "Harbour Hotel", "harbour", "Rotterdam", "NL", "Europe/Amsterdam", "EUR",
                            ("standard", "superior", "suite"))  # fmt: skip
"""The house of a case that names none."""


@dataclass(frozen=True, slots=True)
class CaseActivity:
    """One thing the guest did.

    `at` is the wall clock of the property (naive), or None where only the hotel day is stated; `day` is always set:
    for a stay its departure. `property` is a code, None for the case's own, and meaningless where `place` names a
    place outside the group. `amount` is money, None for none. `on_time` is a payment's.
    """

    kind: Kind
    day: date
    at: datetime | None = None
    nights: int = 0
    rooms: int = 1
    amount: Money | None = None
    property: str | None = None
    place: str | None = None
    category: str | None = None
    evidence: Evidence = Evidence.RECORDED
    on_time: bool | None = None
    channel: str | None = None
    rate_code: str | None = None
    room_class: str | None = None

    def earlier(self, days: int) -> CaseActivity:
        """The same, so many days earlier."""
        moved = timedelta(days=days)
        return replace(self, day=self.day - moved, at=None if self.at is None else self.at - moved)


@dataclass(frozen=True, slots=True)
class CaseGuest:
    """Who asks: `enrolled` is the hotel day of joining, None for somebody who never did."""

    enrolled: date | None = None
    birthday: date | None = None
    country: str | None = None
    language: str = "en"
    verified: bool = True
    attributes: dict[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseOther:
    """Another guest of the house, who only matters where guests are compared, or linked with the one who asks."""

    name: str
    activities: tuple[CaseActivity, ...] = ()
    linked: tuple[LinkKind, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseGrant:
    """An earlier grant of a rule (None: of the case's own) on a hotel day.

    `perk` None: the first that the rule gives. Of `quantity` so much is `used`. It can be used up to `until`, that day
    included; None: for ever.
    """

    day: date
    rule: str | None = None
    perk: str | None = None
    quantity: int = 1
    until: date | None = None
    property: str | None = None
    used: int = 0


@dataclass(frozen=True, slots=True)
class CaseGive:
    """A perk that must be given, how much of it, and the last hotel day on which it can be used; None for any.

    `quantity` is pieces, points or minor units of `currency`.
    """

    perk: str
    quantity: int | None = None
    currency: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class CaseExtended:
    """Something the guest holds that must be extended, and the last hotel day on which it can be used then."""

    perk: str
    until: date


@dataclass(frozen=True, slots=True)
class CaseLater:
    """What becomes of what waits by an instant, the wall clock of the property (naive).

    `stock` is how many there are of a perk on each day since the instant before; of others there are enough.
    `expected` is `granted`, `waiting` or `not_granted`; `perks` are the codes given since, `back` those of what was
    taken for it and came back since, None where any will do.
    """

    at: datetime
    expected: str
    stock: tuple[tuple[str, int], ...] = ()
    perks: tuple[str, ...] | None = None
    back: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseInHand:
    """What the moment is about, besides the stay; None for what is not at hand.

    `points` or the money `asked` is what the desk asks for, by somebody of the `role`.
    """

    evidence: Evidence | None = None
    category: str | None = None
    amount: Money | None = None
    outlet: str | None = None
    topic: str | None = None
    severity: int | None = None
    points: int | None = None
    asked: Money | None = None
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One worked case.

    `as_of` is the wall clock of the property (naive). `properties` are the other houses that activities name.
    `covered`: the history of every kind is complete; where it is not, `known_from` is the day from which it is (None:
    no source at all). `expected` is one of `EXPECTED`; `perks` are the codes given, None where any will do; `gives` the
    same with how much of each, `takes` what is taken, `extends` all that can be used longer; `missing` is a piece of
    the English near miss, None for any. `line` is where the case stands. `others` are the guests beside the one who
    asks. `stock` is how many there are of a perk on the day of the case, of others enough; `later` is what becomes of
    what waits.
    """

    name: str
    rule: str
    moment: str
    as_of: datetime
    expected: str
    property: Property = DEFAULT_PROPERTY
    properties: tuple[Property, ...] = ()
    guest: CaseGuest = CaseGuest()
    activities: tuple[CaseActivity, ...] = ()
    grants: tuple[CaseGrant, ...] = ()
    stay: StayInHand | None = None
    in_hand: CaseInHand = CaseInHand()
    covered: bool = True
    known_from: date | None = None
    perks: tuple[str, ...] | None = None
    missing: str | None = None
    why: str | None = None
    line: int = 0
    gives: tuple[CaseGive, ...] | None = None
    others: tuple[CaseOther, ...] = ()
    takes: tuple[CaseGive, ...] | None = None
    stock: tuple[tuple[str, int], ...] = ()
    later: tuple[CaseLater, ...] = ()
    extends: tuple[CaseExtended, ...] | None = None
