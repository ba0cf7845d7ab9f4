"""Activities: what front-desk systems and tills report."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint, Reply
from rewards.api.fields import Attributes, Day, Instant, StrictSchema, Text, Whole, YesNo
from rewards.clock import isoformat
from rewards.domain.activity import Activity, Evidence, Kind
from rewards.errors import ACTIVITY_UNKNOWN, FIELD_INVALID, RewardsError
from rewards.history.exchange import Rates
from rewards.ids import derived_id
from rewards.intake.people import parse_identity
from rewards.intake.receive import Ground, Receipt
from rewards.sdk.drafts import Draft

MAX_ITEMS = 500
REPORTED = tuple(kind.value for kind in Kind if kind is not Kind.REVERSAL)


class ActivityBody(StrictSchema):
    """One activity. `key` names the fact for ever within this API key's source; money in minor units."""

    key = Text(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(REPORTED))
    guest = Text(required=True)
    identities = fields.List(Text(), load_default=list, validate=validate.Length(max=10))
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
    currency = Text(low=3, high=3, load_default=None)
    evidence = fields.String(load_default="recorded", validate=validate.OneOf([level.word for level in Evidence]))
    on_time = YesNo(load_default=None)
    channel = Text(load_default=None)
    rate_code = Text(load_default=None)
    room_class = Text(load_default=None)
    reservation = Text(load_default=None)
    category = Text(load_default=None)
    place_id = Text(load_default=None)
    place_name = Text(load_default=None)
    attributes = Attributes(load_default=dict)


class ActivitiesBody(StrictSchema):
    """Up to 500 activities; all are recorded, or none."""

    activities = fields.List(fields.Nested(ActivityBody), required=True, validate=validate.Length(min=1, max=MAX_ITEMS))


class ReversalBody(StrictSchema):
    """Takes an activity back, whole or `amount_minor` of it. `key` names this correction."""

    key = Text(required=True)
    amount_minor = Whole(low=1, load_default=None)
    occurred_at = Instant(load_default=None)
    reason = Text(load_default=None)


class ReceiptReply(StrictSchema):
    """What became of one activity."""

    activity = fields.String()
    guest = fields.String()
    status = fields.String(validate=validate.OneOf(["recorded", "duplicate"]))
    dropped = fields.List(fields.String())


class ReceiptsReply(StrictSchema):
    """What became of each, in order."""

    activities = fields.List(fields.Nested(ReceiptReply))


class ActivityReply(StrictSchema):
    """An activity as recorded."""

    id = fields.String()
    guest = fields.String()
    kind = fields.String()
    property = fields.String(allow_none=True)
    occurred_at = fields.String()
    recorded_at = fields.String()
    day = fields.String()
    source = fields.String()
    reverses = fields.String(allow_none=True)


def ground_of(call: Call) -> Ground:
    """The properties and rates that intake checks against, as of this transaction."""
    properties = {prop.code: prop for prop in call.store.properties.all()}
    settings = call.house.settings
    return Ground(
        properties, Rates(call.store.properties.rates()), settings.programme_zone, settings.programme_rollover_hour
    )


def source_of(call: Call) -> str:
    """The source that a key speaks for: keys of other systems cannot touch its facts."""
    return f"api/{call.key.id}"


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
        **taken,
    )


def record(call: Call) -> Reply:
    """Record activities."""
    drafts = [to_draft(item) for item in call.body["activities"]]
    for draft in drafts:
        call.key.require_property(draft.property)
    receipts = call.house.intake.receive(call.store, ground_of(call), source_of(call), drafts)
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
    return Reply(activity_json(_found(call), money=call.key.allows("spend:read")))


def _found(call: Call) -> Activity:
    activity = call.store.activities.get(call.path["activity"])
    if activity is None:
        raise RewardsError(ACTIVITY_UNKNOWN, f"No activity “{call.path['activity'][:60]}”.")
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
        "reservation": activity.reservation,
        "category": activity.category,
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
        occurred_at=call.body["occurred_at"] or call.house.clock.now(),
        amount_minor=call.body["amount_minor"],
        currency=original.currency,
        reverses_key=original.source_key,
        attributes={"reason": call.body["reason"]} if call.body["reason"] else {},
    )
    if derived_id("act", original.source, original.source_key) != original.id:
        raise RewardsError(ACTIVITY_UNKNOWN, f"{original.id} has no key to be taken back by.")
    receipts = call.house.intake.receive(call.store, ground_of(call), original.source, [draft])
    return Reply(receipt_json(receipts[0]), 201)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/activities",
        record,
        "activities:write",
        "Record activities",
        ActivitiesBody,
        ReceiptsReply,
        201,
        writes=True,
        limit=MAX_BATCH,
        tag="activities",
    ),
    Endpoint(
        "GET", "/activities/<activity>", show, "activities:read", "One activity", reply=ActivityReply, tag="activities"
    ),
    Endpoint(
        "POST",
        "/activities/<activity>/reverse",
        reverse,
        "activities:write",
        "Take an activity back",
        ReversalBody,
        ReceiptReply,
        201,
        writes=True,
        tag="activities",
    ),
)
