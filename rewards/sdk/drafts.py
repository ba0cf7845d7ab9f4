"""What a source says happened, before the engine has recorded it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from rewards.domain.activity import Evidence, Kind
from rewards.domain.guest import Identity
from rewards.domain.link import LinkKind


@dataclass(frozen=True, slots=True)
class DraftLink:
    """Somebody with whom the guest of a fact belongs together, as a source states it.

    Only a guest who is known by this identity already is linked; nobody is made.
    """

    kind: LinkKind
    identity: Identity


@dataclass(frozen=True, slots=True)
class Draft:
    """One fact as a source states it.

    `source_key` names the fact within its source for ever: the same key with the same content is recorded once, with
    other content refused; a corrected fact is a reversal and a new key. `identities` are the names the source has for
    the guest, the best first. `occurred_at` is an aware instant; a stay may leave it out and give `arrival` and
    `departure` (hotel days), a payment or an opening balance may give `day` instead, a reversal nothing: then it
    happened when it was first told. `day` overrides the hotel day
    that follows from `occurred_at` (a PMS's business date). `amount_minor` are integer minor units of `currency`
    (ISO 4217), never negative. `reverses_key` names, for a reversal, the `source_key` that is taken back: whole, or
    `amount_minor` of it. `count`, `nights` and `amount_minor` of an opening balance are its totals. `links` are those
    with whom the guest came or belongs together; they are looked at when the fact is first recorded, and stay when it
    is taken back.
    """

    kind: Kind
    source_key: str
    identities: tuple[Identity, ...]
    property: str | None = None
    occurred_at: datetime | None = None
    day: date | None = None
    arrival: date | None = None
    departure: date | None = None
    count: int = 1
    nights: int | None = None
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
    reverses_key: str | None = None
    withheld: str | None = None
    attributes: dict[str, str | int | bool] = field(default_factory=dict)
    links: tuple[DraftLink, ...] = ()
