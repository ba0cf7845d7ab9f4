"""An activity: any recorded fact about a guest. Append-only; a correction is another activity."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What happened."""

    STAY = "stay"
    VISIT = "visit"
    CHECK_IN = "check_in"
    SPEND = "spend"
    PAYMENT = "payment"
    REFERRAL = "referral"
    ENROLMENT = "enrolment"
    OPENING = "opening"
    REVERSAL = "reversal"
    CUSTOM = "custom"


class Evidence(IntEnum):
    """What a check-in rests on, weakest first."""

    CLAIMED = 1
    LOCATED = 2
    WITNESSED = 3
    RECORDED = 4

    @classmethod
    def parse(cls, word: str) -> Evidence:
        """The level of a word (`claimed` … `recorded`); KeyError for any other."""
        return cls[word.upper()]

    @property
    def word(self) -> str:
        """The word as documents and calls write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Activity:
    """One recorded fact.

    `id` is derived from `source` and `source_key`, so one fact has one id. `occurred_at` is when it happened
    (for a stay: the departure), `recorded_at` when it became known, both aware UTC. `day` is the hotel day it is
    attributed to (for a stay: the departure's), `arrival_day` a stay's first. `count` is how many such facts it
    stands for: 1, or the stays of an opening balance. `nights` and `rooms` are a stay's, `amount_minor` and
    `currency` the money, None when there is none. `on_time` is a payment's. `category` is an outlet, a place's
    category or a custom activity's name. `reverses` is the id of the activity that a reversal takes back, whole
    (no amount) or in part (a positive `amount_minor` taken back). `property` is None for a place outside the group,
    whose `place_*` fields then say which. `attributes` holds the other declared values.
    """

    id: str
    guest: str
    kind: Kind
    occurred_at: datetime
    recorded_at: datetime
    day: date
    source: str
    source_key: str
    property: str | None = None
    arrival_day: date | None = None
    count: int = 1
    nights: int = 0
    rooms: int = 1
    amount_minor: int | None = None
    currency: str | None = None
    evidence: Evidence = Evidence.RECORDED
    on_time: bool | None = None
    channel: str | None = None
    rate_code: str | None = None
    room_class: str | None = None
    reservation: str | None = None
    category: str | None = None
    place_id: str | None = None
    place_name: str | None = None
    reverses: str | None = None
    withheld: str | None = None
    attributes: dict[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """From when to when activities of a kind at a property are known.

    `known_from` None means "from the beginning": the history is complete. `heard_at` is the last instant up to which
    silence means that nothing happened. A pair without a Coverage has no source at all.
    """

    property: str
    kind: Kind
    known_from: datetime | None
    heard_at: datetime
