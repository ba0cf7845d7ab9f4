"""Properties, what is known of them, and exchange rates."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from marshmallow import fields, validate

from rewards.api.calls import Call, Endpoint, Reply
from rewards.api.fields import Day, Degrees, Instant, StrictSchema, Text, Whole, YesNo
from rewards.clock import isoformat
from rewards.domain.activity import Coverage, Kind
from rewards.domain.property import Position, Property, zone_of
from rewards.errors import ADDRESS_UNKNOWN, FIELD_INVALID, PROPERTY_UNKNOWN, ZONE_UNKNOWN, RewardsError
from rewards.money import exponent


class PositionBody(StrictSchema):
    """A position in degrees, WGS 84."""

    latitude = Degrees(low=-90, high=90, required=True)
    longitude = Degrees(low=-180, high=180, required=True)


class PropertyBody(StrictSchema):
    """A property. Without `position`, `address` is looked up."""

    name = Text(required=True)
    brand = Text(required=True, high=60)
    city = Text(load_default=None, high=100)
    country = Text(low=2, high=2, load_default=None)
    zone = Text(required=True, high=60)
    currency = Text(low=3, high=3, required=True)
    room_classes = fields.List(Text(high=40), load_default=list, validate=validate.Length(max=50))
    rollover_hour = Whole(low=0, high=12, load_default=4)
    position = fields.Nested(PositionBody, load_default=None)
    address = Text(load_default=None)
    geofence_m = Whole(low=10, high=20_000, load_default=150)
    kind = Text(load_default="hotel", high=40)


class PropertyReply(PropertyBody):
    """A property as it stands."""

    code = fields.String()


class PropertyPage(StrictSchema):
    """Every property."""

    properties = fields.List(fields.Nested(PropertyReply))


class CoverageBody(StrictSchema):
    """What is known of a kind of activity: `complete` says from the beginning, else `known_from`."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    complete = YesNo(load_default=False)
    known_from = Instant(load_default=None)
    heard_at = Instant(load_default=None)


class CoverageReply(StrictSchema):
    """What is known of a property, a kind a line."""

    coverage = fields.List(fields.Dict())


class RateBody(StrictSchema):
    """A rate: `numerator`/`denominator` units of `quote` for one of `base`, from `day` on."""

    base = Text(low=3, high=3, required=True)
    quote = Text(low=3, high=3, required=True)
    day = Day(required=True)
    numerator = Whole(low=1, high=10**15, required=True)
    denominator = Whole(low=1, high=10**15, required=True)


def property_json(prop: Property) -> dict[str, Any]:
    """A property as replies show it."""
    position = prop.position
    return {
        "code": prop.code,
        "name": prop.name,
        "brand": prop.brand,
        "city": prop.city,
        "country": prop.country,
        "zone": prop.zone,
        "currency": prop.currency,
        "room_classes": list(prop.room_classes),
        "rollover_hour": prop.rollover_hour,
        "position": {"latitude": position.latitude, "longitude": position.longitude} if position else None,
        "geofence_m": prop.geofence_m,
        "kind": prop.kind,
    }


def find(call: Call, code: str) -> Property:
    """The property of a code; `property_unknown` where there is none."""
    call.key.require_property(code)
    for prop in call.store.properties.all():
        if prop.code == code:
            return prop
    raise RewardsError(PROPERTY_UNKNOWN, f"No property “{code[:60]}”.", field="property")


def page(call: Call) -> Reply:
    """Every property that the key may see."""
    bound = call.key.properties
    seen = [prop for prop in call.store.properties.all() if not bound or prop.code in bound]
    return Reply({"properties": [property_json(prop) for prop in seen]})


def show(call: Call) -> Reply:
    """One property."""
    return Reply(property_json(find(call, call.path["code"])))


def put(call: Call) -> Reply:
    """Add or change a property; its address is looked up where no position is given."""
    code, body = call.path["code"], dict(call.body)
    if not code.replace("-", "").isalnum() or code != code.lower() or len(code) > 40 or not code.isascii():
        raise RewardsError(
            FIELD_INVALID, f"“{code[:60]}” is not a code.", hint="Lower case letters, digits, dashes.", field="code"
        )
    _check_zone(body["zone"])
    exponent(body["currency"])
    place = _place(call, body)
    prop = Property(code=code, **{**body, **place, "room_classes": tuple(body["room_classes"])})
    before = next((property_json(other) for other in call.store.properties.all() if other.code == code), None)
    call.store.properties.put(prop, call.house.clock.now())
    after = property_json(prop)
    call.store.audit.add(
        call.key.id,
        "property.put",
        code,
        json.dumps(before) if before else None,
        json.dumps(after),
        call.house.clock.now(),
    )
    return Reply(after, 200 if before else 201)


def _check_zone(zone: str) -> None:
    try:
        zone_of(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise RewardsError(
            ZONE_UNKNOWN, f"“{zone}” is not a time zone.", hint="Write Europe/Amsterdam.", field="zone"
        ) from None


def _place(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    address = body.pop("address")
    given = body.pop("position")
    position = Position(**given) if given else None
    if position is None and address:
        if call.house.geocoder is None:
            raise RewardsError(
                ADDRESS_UNKNOWN,
                "No geocoder is configured.",
                hint="Set REWARDS_NOMINATIM_URL, or give a position.",
                field="address",
            )
        found = call.house.geocoder.locate(address)
        position = found.position
        body["city"] = body["city"] or found.city
        body["country"] = body["country"] or found.country
    for name in ("city", "country"):
        if not body[name]:
            raise RewardsError(FIELD_INVALID, "It is missing.", hint="Give it, or an address that says it.", field=name)
    return {"position": position}


def show_coverage(call: Call) -> Reply:
    """What is known of a property."""
    find(call, call.path["code"])
    return Reply({"coverage": _coverage_json(call)})


def _coverage_json(call: Call) -> list[dict[str, Any]]:
    return [
        {
            "kind": known.kind.value,
            "complete": known.known_from is None,
            "known_from": isoformat(known.known_from) if known.known_from else None,
            "heard_at": isoformat(known.heard_at),
        }
        for known in call.store.properties.coverage()
        if known.property == call.path["code"]
    ]


def put_coverage(call: Call) -> Reply:
    """Say what is known of a kind of activity at a property."""
    find(call, call.path["code"])
    body, now = call.body, call.house.clock.now()
    if not body["complete"] and body["known_from"] is None:
        raise RewardsError(
            FIELD_INVALID, "It is not said from when.", hint="Give known_from or complete.", field="known_from"
        )
    known_from: datetime | None = None if body["complete"] else body["known_from"].astimezone(UTC)
    heard = body["heard_at"] or now
    call.store.properties.put_coverage(
        Coverage(call.path["code"], Kind(body["kind"]), known_from, heard.astimezone(UTC))
    )
    return Reply({"coverage": _coverage_json(call)})


def put_rate(call: Call) -> Reply:
    """Add an exchange rate."""
    body = call.body
    for name in ("base", "quote"):
        exponent(body[name])
    if body["base"] == body["quote"]:
        raise RewardsError(FIELD_INVALID, "Both currencies are the same.", field="quote")
    rate = Fraction(body["numerator"], body["denominator"])
    call.store.properties.put_rate(body["base"], body["quote"], body["day"], rate)
    return Reply(
        {**body, "day": body["day"].isoformat(), "numerator": rate.numerator, "denominator": rate.denominator}, 201
    )


ENDPOINTS = (
    Endpoint("GET", "/properties", page, "rules:read", "Every property", reply=PropertyPage, tag="properties"),
    Endpoint("GET", "/properties/<code>", show, "rules:read", "One property", reply=PropertyReply, tag="properties"),
    Endpoint(
        "PUT",
        "/properties/<code>",
        put,
        "admin",
        "Add or change a property",
        PropertyBody,
        PropertyReply,
        writes=True,
        tag="properties",
    ),
    Endpoint(
        "GET",
        "/properties/<code>/coverage",
        show_coverage,
        "rules:read",
        "What is known of a property",
        reply=CoverageReply,
        tag="properties",
    ),
    Endpoint(
        "PUT",
        "/properties/<code>/coverage",
        put_coverage,
        "admin",
        "Say what is known",
        CoverageBody,
        CoverageReply,
        writes=True,
        tag="properties",
    ),
    Endpoint(
        "POST",
        "/exchange-rates",
        put_rate,
        "admin",
        "Add an exchange rate",
        RateBody,
        RateBody,
        201,
        writes=True,
        tag="properties",
    ),
)
