"""Activities of any system as CloudEvents 1.0 (structured, batch and binary), signed by Standard Webhooks.

An event of type `rewards.activity.recorded.v1` states an activity, `rewards.activity.reversed.v1` takes one back, whole
or in part. They may come in any order: a reversal that comes first waits for what it takes back.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from rewards.sdk import (
    Context,
    Draft,
    Evidence,
    Field,
    FieldKind,
    Identity,
    Json,
    Kind,
    LiveSource,
    Normalised,
    Notice,
    RawMessage,
    Refused,
    Values,
    check_standard_webhook,
    instant,
    pick,
    read_json,
    settle,
)

RECORDED, REVERSED = "rewards.activity.recorded.v1", "rewards.activity.reversed.v1"
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
MOST_IDENTITIES = 10
MOST_REVERSALS = 100
KINDS = {
    kind.value: kind
    for kind in (
        Kind.STAY, Kind.VISIT, Kind.CHECK_IN, Kind.SPEND, Kind.PAYMENT, Kind.REFERRAL, Kind.ENROLMENT, Kind.CUSTOM,
    )
}  # fmt: skip
_TEXTS = (
    "occurred_at", "day", "arrival", "departure", "currency", "evidence", "channel", "rate_code", "room_class",
    "reservation", "category", "place_id", "place_name",
)  # fmt: skip
_NUMBERS = ("amount_minor", "nights", "rooms")


class CloudEvents(LiveSource):
    """Reads what our own schema says and drops the rest."""

    fields = (
        Field(
            "signing_secret",
            FieldKind.SECRET,
            {"en": "Signing secret", "nl": "Ondertekeningsgeheim"},
            {
                "en": "As Standard Webhooks writes it: whsec_ and 24 to 64 bytes in base64.",
                "nl": "Zoals Standard Webhooks het schrijft: whsec_ en 24 tot 64 bytes in base64.",
            },
        ),
        Field(
            "properties",
            FieldKind.MAPPING,
            {"en": "Their name of a house to ours", "nl": "Hun naam van een huis naar de onze"},
            {
                "en": "Left out, events use our own codes.",
                "nl": "Zonder deze gebruiken gebeurtenissen onze eigen codes.",
            },
            required=False,
        ),
        Field(
            "evidence",
            FieldKind.CHOICE,
            {"en": "Highest evidence", "nl": "Hoogste bewijs"},
            {"en": "What this sender may claim at most.", "nl": "Wat deze afzender hoogstens mag stellen."},
            required=False,
            default="recorded",
            choices=("claimed", "located", "witnessed", "recorded"),
        ),
        Field(
            "verified",
            FieldKind.FLAG,
            {"en": "Identities are verified", "nl": "Identiteiten zijn geverifieerd"},
            {
                "en": "Only where the sender has checked that an identity is this person's.",
                "nl": "Alleen als de afzender heeft nagegaan dat een identiteit van deze persoon is.",
            },
            required=False,
            default=False,
        ),
    )

    def verify(self, message: RawMessage, settings: Values) -> None:
        """The three headers of Standard Webhooks, over the received bytes."""
        check_standard_webhook(message, settings.secrets("signing_secret"))

    def parse(self, message: RawMessage, settings: Values) -> list[Notice]:
        """One event, or a batch of them."""
        kind = message.header("content-type").partition(";")[0].strip().lower()
        if kind == BATCH:
            events = read_json(message.body)
            if not isinstance(events, list):
                raise Refused("a batch is a list of events")
            return [_notice(event) for event in events]
        if kind == STRUCTURED:
            return [_notice(read_json(message.body))]
        return [_notice(_binary(message))]

    def normalise(self, state: Json, last: Json, context: Context) -> Normalised:
        """The activity as it stands after everything that was said of it, in whatever order."""
        known = last or {"fact": None, "taken": {}, "facts": None}
        fact, taken = known["fact"], dict(known["taken"])
        if state["type"] == REVERSED:
            taken.setdefault(state["event"], state["amount_minor"])
            if len(taken) > MOST_REVERSALS:
                raise Refused(f"more than {MOST_REVERSALS} reversals of one activity")
        elif fact is None:
            fact = state["fact"]
        stated = _stated(fact, taken, state["key"], context) if fact else []
        drafts, standing = settle(known["facts"], stated)
        note = "" if fact else "a reversal of an activity that has not come yet"
        return Normalised(drafts, {"fact": fact, "taken": taken, "facts": standing}, note)


def _binary(message: RawMessage) -> dict[str, Any]:
    """An event whose attributes are headers.

    Those are not signed, so its id must be the one that is (`webhook-id`), and nothing else of them counts but the
    type, for which the signed data has the right form or not.
    """
    if message.header("ce-specversion") != "1.0":
        raise Refused("neither a structured nor a binary CloudEvent")
    event_id = message.header("ce-id")
    if event_id != message.header("webhook-id"):
        raise Refused("ce-id is not webhook-id; in binary mode only that is signed")
    return {
        "specversion": "1.0", "id": event_id, "source": "binary", "type": message.header("ce-type"),
        "data": read_json(message.body),
    }  # fmt: skip


def _notice(event: Json) -> Notice:
    if pick(event, "specversion", str) != "1.0":
        raise Refused("specversion is not 1.0")
    said, source, event_id = pick(event, "type", str), pick(event, "source", str), pick(event, "id", str)
    data = pick(event, "data", dict)
    if not source or not event_id:
        raise Refused("an event has a source and an id")
    event_key = _name(source, event_id)
    if said == RECORDED:
        key = _name(pick(data, "key", str, None) or event_key)
        return Notice(event_key, "activity", key, {"type": said, "key": key, "fact": _fact(data)})
    if said == REVERSED:
        key = _name(pick(data, "reverses", str))
        amount = pick(data, "amount_minor", int, None)
        if amount is not None and amount <= 0:
            raise Refused("data.amount_minor is not above zero")
        return Notice(
            event_key, "activity", key, {"type": said, "key": key, "event": event_key, "amount_minor": amount}
        )
    raise Refused("the type is not one that is read here")


def _name(*parts: str) -> str:
    """A name that fits: itself where it is short and plain, else its hash."""
    text = "/".join(parts)
    if 1 <= len(text) <= 150 and text.isprintable() and "~" not in text:
        return text
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()


def _fact(data: dict[str, Any]) -> dict[str, Any]:
    """The fields that are read of an activity, each of its type."""
    kind = pick(data, "kind", str)
    if kind not in KINDS:
        raise Refused("data.kind is not a kind of activity")
    names = pick(data, "guest", list) if isinstance(data.get("guest"), list) else [pick(data, "guest", str)]
    kept: dict[str, Any] = {"kind": kind, "guest": [_identity(name) for name in names[:MOST_IDENTITIES]]}
    if not kept["guest"]:
        raise Refused("data.guest names nobody")
    kept["property"] = pick(data, "property", str, None)
    kept.update({name: pick(data, name, str, None) for name in _TEXTS})
    kept.update({name: pick(data, name, int, None) for name in _NUMBERS})
    kept["on_time"] = pick(data, "on_time", bool, None)
    _draft_checks(kept)
    return kept


def _identity(name: Json) -> str:
    if not isinstance(name, str) or not name.partition(":")[0] or not name.partition(":")[2]:
        raise Refused("data.guest is not kind:value")
    return name


def _draft_checks(kept: dict[str, Any]) -> None:
    """What can be said at the door is said at the door, while the sender listens."""
    if kept["occurred_at"] is not None:
        instant(kept["occurred_at"])
    for name in ("day", "arrival", "departure"):
        _day(kept[name])
    if kept["evidence"] is not None and kept["evidence"] not in ("claimed", "located", "witnessed", "recorded"):
        raise Refused("data.evidence is not a level of evidence")


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Refused("a day cannot be read") from None


def _stated(fact: dict[str, Any], taken: dict[str, Any], key: str, context: Context) -> list[Draft]:
    """The activity with what is left of it; nothing once it is taken back."""
    left = fact["amount_minor"]
    if taken:
        if None in taken.values() or left is None or sum(taken.values()) >= left:
            return []
        left -= sum(taken.values())
    houses = context.settings.mapping("properties")
    code = fact["property"]
    if code is not None and houses:
        code = houses.get(code)
        if code is None:
            return []
    allowed = Evidence.parse(context.settings.text("evidence") or "recorded")
    verified = context.settings.flag("verified")
    names = (name.partition(":") for name in fact["guest"])
    return [
        Draft(
            kind=KINDS[fact["kind"]],
            source_key=key,
            identities=tuple(Identity(kind, value, verified=verified) for kind, _, value in names),
            property=code,
            occurred_at=instant(fact["occurred_at"]) if fact["occurred_at"] else None,
            day=_day(fact["day"]),
            arrival=_day(fact["arrival"]),
            departure=_day(fact["departure"]),
            nights=fact["nights"],
            rooms=1 if fact["rooms"] is None else fact["rooms"],
            amount_minor=left,
            currency=fact["currency"],
            evidence=min(allowed, Evidence.parse(fact["evidence"] or "recorded")),
            on_time=fact["on_time"],
            channel=fact["channel"],
            rate_code=fact["rate_code"],
            room_class=fact["room_class"],
            reservation=fact["reservation"],
            category=fact["category"],
            place_id=fact["place_id"],
            place_name=fact["place_name"],
        )
    ]


source = CloudEvents()
