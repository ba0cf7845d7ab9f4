"""One effective activity as a digest keeps it: everything a measure may ask, and nothing else."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from rewards.clock import to_us
from rewards.domain.activity import Activity, Kind


class Row(NamedTuple):
    """An activity after its reversals, small.

    `us` is when it happened and `recorded_us` when it became known, microseconds since 1970 UTC; `day` its hotel day
    and `arrival` a stay's first, proleptic ordinals. `key` are 64 bits of the activity's id and `booking` 64 bits of
    its property and reservation (0: none), both signed. `kind` is a value of `Kind`. `place` is the property's code,
    None outside the group, where `spot` then says which place. `times` is how many such facts it stands for. `net` is
    the amount in minor units of `currency` after partial reversals, None where there never was one. `evidence` is a
    level of `Evidence`, `on_time` 1, 0 or None. `channel` and `rate` are case-folded.
    """

    us: int
    key: int
    kind: str
    place: str | None
    day: int
    arrival: int | None
    recorded_us: int
    times: int
    nights: int
    rooms: int
    net: int | None
    currency: str | None
    evidence: int
    on_time: int | None
    channel: str | None
    rate: str | None
    category: str | None
    room_class: str | None
    spot: str | None
    booking: int


GRANT = "grant"
"""The kind of a row that stands for something the guest was given: no activity has it."""

UNCOUNTED = frozenset({Kind.REVERSAL, Kind.ENROLMENT})
"""Kinds no measure counts: a reversal acts on another activity, an enrolment is a field of the guest."""


def key_of(text: str) -> int:
    """64 bits of a text, signed."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little", signed=True)


def booking_of(property_code: str | None, reservation: str | None) -> int:
    """64 bits of a reservation at a property, signed; 0 for none."""
    return key_of(f"{property_code}\x1f{reservation}") if reservation else 0


def row_of(activity: Activity, net: int | None) -> Row:
    """The row of an activity of which `net` (minor units, None: no amount) is left after its reversals."""
    return Row(
        us=to_us(activity.occurred_at),
        key=key_of(activity.id),
        kind=activity.kind.value,
        place=activity.property,
        day=activity.day.toordinal(),
        arrival=activity.arrival_day.toordinal() if activity.arrival_day else None,
        recorded_us=to_us(activity.recorded_at),
        times=activity.count,
        nights=activity.nights,
        rooms=activity.rooms,
        net=net,
        currency=activity.currency if net is not None else None,
        evidence=int(activity.evidence),
        on_time=None if activity.on_time is None else int(activity.on_time),
        channel=activity.channel.casefold() if activity.channel else None,
        rate=activity.rate_code.casefold() if activity.rate_code else None,
        category=activity.category,
        room_class=activity.room_class,
        spot=activity.place_id or activity.place_name,
        booking=booking_of(activity.property, activity.reservation),
    )
