"""Activities: what front-desk systems and tills report."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint
from rewards.api.fields import (
    Attributes,
    Choice,
    Currency,
    Day,
    Instant,
    Items,
    StrictSchema,
    Text,
    Whole,
    YesNo,
)
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.domain.link import LinkKind
from rewards.errors import ACTIVITY_UNKNOWN, FIELD_INVALID, RewardsError
from rewards.ids import derived_id
from rewards.intake.checks import MAX_DRAFT_LINKS
from rewards.intake.people import parse_identity
from rewards.intake.receive import Ground, Receipt, ground_of
from rewards.sdk.drafts import Draft, DraftLink

MAX_ITEMS = 500
REPORTED = tuple(kind.value for kind in Kind if kind is not Kind.REVERSAL)


class LinkBody(StrictSchema):
    """Somebody with whom the guest came, or belongs together; linked only where known by this identity already."""

    kind = Choice(tuple(kind.value for kind in LinkKind), required=True)
    guest = Text(required=True)


class ActivityBody(StrictSchema):
    """One activity. `key` names the fact for ever within this API key's source; money in minor units."""

    key = Text(required=True)
    kind = Choice(REPORTED, required=True)
    guest = Text(required=True)
    identities = Items(Text(), high=9, load_default=list)
    verified = YesNo(load_default=False)
    property = Text(low=1, high=40, load_default=None)
    occurred_at = Instant(load_default=None)
    day = Day(load_default=None)
    arrival = Day(load_default=None)
    departure = Day(load_default=None)
    count = Whole(low=0, high=100_000, load_default=1)
    nights = Whole(low=0, high=100_000, load_default=None)
    rooms = Whole(low=1, high=1_000, load_default=1)
    amount_minor = Whole(low=0, load_default=None)
    currency = Currency(load_default=None)
    evidence = Choice(tuple(level.word for level in Evidence), load_default="recorded")
    on_time = YesNo(load_default=None)
    channel = Text(load_default=None)
    rate_code = Text(load_default=None)
    room_class = Text(load_default=None)
    reservation = Text(load_default=None)
    category = Text(load_default=None)
    place_id = Text(load_default=None)
    place_name = Text(load_default=None)
    attributes = Attributes(load_default=dict)
    links = Items(fields.Nested(LinkBody), high=MAX_DRAFT_LINKS, load_default=list)


class ActivitiesBody(StrictSchema):
    """Up to 500 activities; all are recorded, or none."""

    activities = Items(fields.Nested(ActivityBody), low=1, high=MAX_ITEMS, required=True)


class ReversalBody(StrictSchema):
    """Takes an activity back, whole or `amount_minor` of it. `key` names this correction."""

    key = Text(required=True)
    amount_minor = Whole(low=1, load_default=None)
    occurred_at = Instant(load_default=None)
    reason = Text(load_default=None)


class ReceiptReply(StrictSchema):
    """What became of one activity; `dropped` are attributes that name influence scores and were not stored."""

    activity = fields.String(required=True)
    guest = fields.String(required=True)
    status = Choice(("recorded", "duplicate"), required=True)
    dropped = fields.List(fields.String(), required=True)


class ReceiptsReply(StrictSchema):
    """What became of each, in order."""

    activities = fields.List(fields.Nested(ReceiptReply), required=True)


class ActivityReply(StrictSchema):
    """An activity as recorded; the amount only for keys with `spend:read`."""

    id = fields.String(required=True)
    guest = fields.String(required=True)
    kind = fields.String(required=True)
    property = fields.String(required=True, allow_none=True)
    occurred_at = fields.String(required=True)
    recorded_at = fields.String(required=True)
    day = fields.String(required=True)
    arrival_day = fields.String(required=True, allow_none=True)
    count = fields.Integer(required=True)
    nights = fields.Integer(required=True)
    rooms = fields.Integer(required=True)
    evidence = fields.String(required=True)
    on_time = fields.Boolean(required=True, allow_none=True)
    channel = fields.String(required=True, allow_none=True)
    rate_code = fields.String(required=True, allow_none=True)
    room_class = fields.String(required=True, allow_none=True)
    reservation = fields.String(required=True, allow_none=True)
    category = fields.String(required=True, allow_none=True)
    place_id = fields.String(required=True, allow_none=True)
    place_name = fields.String(required=True, allow_none=True)
    source = fields.String(required=True)
    reverses = fields.String(required=True, allow_none=True)
    withheld = fields.String(required=True, allow_none=True)
    attributes = fields.Dict(required=True)
    amount_minor = fields.Integer(allow_none=True)
    currency = fields.String(allow_none=True)


def _ground(call: Call) -> Ground:
    settings = call.house.settings
    return ground_of(call.store, settings.programme_zone, settings.programme_rollover_hour)


def source_of(call: Call) -> str:
    """The source that a key speaks for: keys of other systems cannot touch its facts.

    It goes by the key's name, so that a system whose key was replaced tells no fact twice.
    """
    return f"api/{call.key.name}"


def to_draft(body: dict[str, Any]) -> Draft:
    """The draft that a checked body states."""
    taken = dict(body)
    texts = [taken.pop("guest"), *taken.pop("identities")]
    verified = taken.pop("verified")
    identities = tuple(parse_identity(text, verified=verified) for text in texts)
    return Draft(
        kind=Kind(taken.pop("kind")),
        source_key=taken.pop("key"),
        identities=identities,
        evidence=Evidence.parse(taken.pop("evidence")),
        links=tuple(DraftLink(LinkKind(link["kind"]), parse_identity(link["guest"])) for link in taken.pop("links")),
        **taken,
    )


def record(call: Call) -> Reply:
    """Record activities."""
    drafts = [to_draft(item) for item in call.body["activities"]]
    for draft in drafts:
        call.key.require_property(draft.property)
    receipts = call.house.intake.receive(call.store, _ground(call), source_of(call), drafts)
    return Reply({"activities": [receipt_json(receipt) for receipt in receipts]}, 201)


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the reply shows it."""
    return {
        "activity": receipt.activity,
        "guest": receipt.guest,
        "status": receipt.status,
        "dropped": list(receipt.dropped),
    }


def show(call: Call) -> Reply:
    """One activity."""
    return Reply(activity_json(_found(call), money=call.money))


def _found(call: Call) -> Activity:
    activity = call.store.activities.get(call.path["activity"])
    if activity is None:
        raise RewardsError(ACTIVITY_UNKNOWN, f"No activity “{call.path['activity'][:60]}”.", field="activity")
    call.key.require_property(activity.property)
    return activity


def activity_json(activity: Activity, *, money: bool) -> dict[str, Any]:
    """An activity as replies show it; amounts only where `money`."""
    value = {
        "id": activity.id,
        "guest": activity.guest,
        "kind": activity.kind.value,
        "property": activity.property,
        "occurred_at": isoformat(activity.occurred_at),
        "recorded_at": isoformat(activity.recorded_at),
        "day": activity.day.isoformat(),
        "arrival_day": activity.arrival_day.isoformat() if activity.arrival_day else None,
        "count": activity.count,
        "nights": activity.nights,
        "rooms": activity.rooms,
        "evidence": activity.evidence.word,
        "on_time": activity.on_time,
        "channel": activity.channel,
        "rate_code": activity.rate_code,
        "room_class": activity.room_class,
        "reservation": activity.reservation,
        "category": activity.category,
        "place_id": activity.place_id,
        "place_name": activity.place_name,
        "source": activity.source,
        "reverses": activity.reverses,
        "withheld": activity.withheld,
        "attributes": activity.attributes,
    }
    if money:
        value |= {"amount_minor": activity.amount_minor, "currency": activity.currency}
    return value


def reverse(call: Call) -> Reply:
    """Take an activity back; what rested on it follows."""
    original = _found(call)
    if original.source != source_of(call) and not call.key.allows("admin"):
        raise RewardsError(FIELD_INVALID, "Another source recorded this activity.", hint="Its own key takes it back.")
    draft = Draft(
        kind=Kind.REVERSAL,
        source_key=call.body["key"],
        identities=(),
        property=original.property,
        occurred_at=call.body["occurred_at"],
        amount_minor=call.body["amount_minor"],
        currency=original.currency,
        reverses_key=original.source_key,
        attributes={"reason": call.body["reason"]} if call.body["reason"] else {},
    )
    if derived_id("act", original.source, original.source_key) != original.id:
        raise RewardsError(ACTIVITY_UNKNOWN, f"{original.id} has no key to be taken back by.")
    receipts = call.house.intake.receive(call.store, _ground(call), original.source, [draft])
    return Reply(receipt_json(receipts[0]), 201)


_TAG = "activities"
_W = "activities:write"
ENDPOINTS = (
    Endpoint(
        "POST", "/activities", record, _W, "Record activities: all, or none", ActivitiesBody, ReceiptsReply, 201,
        writes=True, limit=MAX_BATCH, tag=_TAG,
    ),
    Endpoint(
        "GET", "/activities/<activity>", show, "activities:read", "One activity", reply=ActivityReply, tag=_TAG
    ),
    Endpoint(
        "POST", "/activities/<activity>/reverse", reverse, _W, "Take an activity back", ReversalBody, ReceiptReply,
        201, writes=True, tag=_TAG,
    ),
)  # fmt: skip
