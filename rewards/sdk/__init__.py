"""The only names a plugin may import, with `rewards.sdk.testing` for its tests.

A source turns its own messages or files into drafts of activities; everything after that (deduplication, guests,
hotel days, digests, coverage) is the engine's. A plugin imports from here, the standard library and its own
dependencies, and nothing else of the engine. `docs/sources.md` tells how one is written.
"""

from rewards.domain.activity import Evidence, Kind
from rewards.domain.guest import Identity
from rewards.domain.link import LinkKind
from rewards.domain.property import Position, Property
from rewards.domain.stay import StayInHand
from rewards.errors import FIELD_INVALID, FILE_INVALID, RewardsError
from rewards.geo import distance_m, within_m
from rewards.money import Money, exponent, parse_decimal
from rewards.sdk.drafts import Draft, DraftLink
from rewards.sdk.fences import Bounds, Fix, Sighting, Verdict, position_of, sighting
from rewards.sdk.fields import Field, FieldKind, Secret, Values
from rewards.sdk.files import (
    FileGround,
    FileRow,
    FileSource,
    Known,
    MappedFile,
    MappedSource,
    csv_rows,
    open_text,
)
from rewards.sdk.messages import Answer, Json, Notice, Page, RawMessage, Refused, Taken, TryLater
from rewards.sdk.outside import Client, Closed, Event, Link, Response, Socket, Vault
from rewards.sdk.paying import (
    DISPUTED,
    HELD,
    NOTHING,
    STRIPE_DIGITS,
    TAKEN,
    Left,
    amount_of,
    currency_of,
    left_of,
    newest,
    payers,
    with_part,
)
from rewards.sdk.reading import epoch_ms, epoch_s, hotel_day, instant, minor_units, pick, read_json
from rewards.sdk.settling import settle
from rewards.sdk.signing import (
    FIVE_MINUTES,
    basic_auth,
    bearer,
    check_hmac,
    check_secret,
    check_stamped_hmac,
    check_standard_webhook,
    check_time,
    hmac_base64,
    hmac_hex,
    same,
    sign_standard_webhook,
    timestamp,
)
from rewards.sdk.sources import Context, Desk, LiveSource, Member, Normalised, Recorded, Route
from rewards.sdk.tickets import TICKET_LIFE, guest_ticket, identity_of, ticket_guest

__all__ = [
    "DISPUTED",
    "FIELD_INVALID",
    "FILE_INVALID",
    "FIVE_MINUTES",
    "HELD",
    "NOTHING",
    "STRIPE_DIGITS",
    "TAKEN",
    "TICKET_LIFE",
    "Answer",
    "Bounds",
    "Client",
    "Closed",
    "Context",
    "Desk",
    "Draft",
    "DraftLink",
    "Event",
    "Evidence",
    "Field",
    "FieldKind",
    "FileGround",
    "FileRow",
    "FileSource",
    "Fix",
    "Identity",
    "Json",
    "Kind",
    "Known",
    "Left",
    "Link",
    "LinkKind",
    "LiveSource",
    "MappedFile",
    "MappedSource",
    "Member",
    "Money",
    "Normalised",
    "Notice",
    "Page",
    "Position",
    "Property",
    "RawMessage",
    "Recorded",
    "Refused",
    "Response",
    "RewardsError",
    "Route",
    "Secret",
    "Sighting",
    "Socket",
    "StayInHand",
    "Taken",
    "TryLater",
    "Values",
    "Vault",
    "Verdict",
    "amount_of",
    "basic_auth",
    "bearer",
    "check_hmac",
    "check_secret",
    "check_stamped_hmac",
    "check_standard_webhook",
    "check_time",
    "csv_rows",
    "currency_of",
    "distance_m",
    "epoch_ms",
    "epoch_s",
    "exponent",
    "guest_ticket",
    "hmac_base64",
    "hmac_hex",
    "hotel_day",
    "identity_of",
    "instant",
    "left_of",
    "minor_units",
    "newest",
    "open_text",
    "parse_decimal",
    "payers",
    "pick",
    "position_of",
    "read_json",
    "same",
    "settle",
    "sighting",
    "sign_standard_webhook",
    "ticket_guest",
    "timestamp",
    "with_part",
    "within_m",
]
