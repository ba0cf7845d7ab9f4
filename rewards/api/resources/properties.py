"""Properties, what is known of them, and exchange rates."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import (
    Choice,
    Country,
    Currency,
    Day,
    Degrees,
    Instant,
    Items,
    StrictSchema,
    Text,
    Whole,
    YesNo,
)
from rewards.api.house import House
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.domain.activity import Coverage, Kind
from rewards.domain.property import Position, Property
from rewards.errors import (
    ADDRESS_UNKNOWN,
    CURRENCY_UNKNOWN,
    FIELD_INVALID,
    PROPERTY_UNKNOWN,
    TIME_OUT_OF_RANGE,
    RewardsError,
)
from rewards.intake.checks import check_instant
from rewards.intake.houses import check_zone, record_property
from rewards.money import EXPONENTS, exponent

CODE = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
RATES_FROM = date(1970, 1, 1)


class PositionBody(StrictSchema):
    """A position in degrees, WGS 84."""

    latitude = Degrees(low=-90, high=90, required=True)
    longitude = Degrees(low=-180, high=180, required=True)


class PropertyBody(StrictSchema):
    """A property. Without `position`, `address` is looked up."""

    name = Text(required=True)
    brand = Text(required=True, high=60)
    city = Text(load_default=None, high=100)
    country = Country(load_default=None)
    zone = Text(required=True, high=60)
    currency = Currency(required=True)
    room_classes = Items(Text(high=40), high=50, load_default=list)
    rollover_hour = Whole(low=0, high=12, load_default=4)
    position = fields.Nested(PositionBody, load_default=None)
    address = Text(load_default=None)
    geofence_m = Whole(low=10, high=20_000, load_default=150)
    kind = Text(load_default="hotel", high=40)


class PositionReply(StrictSchema):
    """A position in degrees, WGS 84."""

    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)


class PropertyReply(StrictSchema):
    """A property as it stands; `room_classes` from the plainest to the best."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    brand = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)
    zone = fields.String(required=True)
    currency = fields.String(required=True)
    room_classes = fields.List(fields.String(), required=True)
    rollover_hour = fields.Integer(required=True)
    position = fields.Nested(PositionReply, required=True, allow_none=True)
    geofence_m = fields.Integer(required=True)
    kind = fields.String(required=True)


class PropertyPage(StrictSchema):
    """Every property, by code."""

    properties = fields.List(fields.Nested(PropertyReply), required=True)


class CoverageBody(StrictSchema):
    """What is known of a kind of activity: `complete` says from the beginning, else `known_from`."""

    kind = Choice(tuple(kind.value for kind in Kind), required=True)
    complete = YesNo(load_default=False)
    known_from = Instant(load_default=None)
    heard_at = Instant(load_default=None)


class KnownReply(StrictSchema):
    """What is known of one kind of activity, and up to when silence means that nothing happened."""

    kind = fields.String(required=True)
    complete = fields.Boolean(required=True)
    known_from = fields.String(required=True, allow_none=True)
    heard_at = fields.String(required=True)


class CoverageReply(StrictSchema):
    """What is known of a property, a kind a line."""

    coverage = fields.List(fields.Nested(KnownReply), required=True)


class RateBody(StrictSchema):
    """A rate: `numerator`/`denominator` units of `quote` for one of `base`, from `day` on."""

    base = Currency(required=True)
    quote = Currency(required=True)
    day = Day(required=True)
    numerator = Whole(low=1, high=10**15, required=True)
    denominator = Whole(low=1, high=10**15, required=True)


class RateReply(StrictSchema):
    """A rate as it stands, in its lowest terms."""

    base = fields.String(required=True)
    quote = fields.String(required=True)
    day = fields.String(required=True)
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)


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
    seen = [prop for prop in call.store.properties.all() if call.key.sees(prop.code)]
    return Reply({"properties": [property_json(prop) for prop in seen]})


def show(call: Call) -> Reply:
    """One property."""
    return Reply(property_json(find(call, call.path["code"])))


def located(house: House, body: dict[str, Any]) -> dict[str, Any]:
    """The body with its address looked up where no position is given; asked before any transaction begins."""
    address, given = body["address"], body["position"]
    if address is None or given is not None:
        return body
    if house.geocoder is None:
        raise RewardsError(
            ADDRESS_UNKNOWN,
            "No geocoder is configured.",
            hint="Set REWARDS_NOMINATIM_URL, or give a position.",
            field="address",
        )
    found = house.geocoder.locate(address)
    at = {"latitude": found.position.latitude, "longitude": found.position.longitude}
    return {**body, "position": at, "city": body["city"] or found.city, "country": body["country"] or found.country}


def put(call: Call) -> Reply:
    """Add or change a property; its address is looked up where no position is given."""
    code, now = call.path["code"], call.house.clock.now()
    call.key.require_property(code)
    prop = _property(code, call.body)
    new = record_property(call.store, prop, by=call.key.id, at=now)
    return Reply(property_json(prop), 201 if new else 200)


def _property(code: str, body: dict[str, Any]) -> Property:
    if not CODE.fullmatch(code):
        raise RewardsError(
            FIELD_INVALID, f"“{code[:60]}” is not a code.", hint="Lower case letters, digits, dashes.", field="code"
        )
    check_zone(body["zone"])
    exponent(body["currency"])
    for name in ("city", "country"):
        if not body[name]:
            raise RewardsError(FIELD_INVALID, "It is missing.", hint="Give it, or an address that says it.", field=name)
    position = Position(**body["position"]) if body["position"] else None
    kept = {name: value for name, value in body.items() if name != "address"}
    classes = tuple(dict.fromkeys(body["room_classes"]))
    return Property(code=code, **{**kept, "position": position, "room_classes": classes})


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
    for name in ("known_from", "heard_at"):
        if body[name] is not None:
            check_instant(name, body[name], now)
    known_from: datetime | None = None if body["complete"] else body["known_from"].astimezone(UTC)
    heard = (body["heard_at"] or now).astimezone(UTC)
    before = json.dumps(_coverage_json(call))
    call.store.properties.put_coverage(Coverage(call.path["code"], Kind(body["kind"]), known_from, heard))
    after = _coverage_json(call)
    call.store.audit.add(call.key.id, "coverage.put", call.path["code"], before, json.dumps(after), now)
    return Reply({"coverage": after})


def put_rate(call: Call) -> Reply:
    """Add an exchange rate."""
    call.key.require_group("an exchange rate")
    body, now = call.body, call.house.clock.now()
    for name in ("base", "quote"):
        if body[name] not in EXPONENTS:
            raise RewardsError(CURRENCY_UNKNOWN, f"“{body[name]}” is not a currency of ISO 4217.", field=name)
    if body["base"] == body["quote"]:
        raise RewardsError(FIELD_INVALID, "Both currencies are the same.", field="quote")
    if not RATES_FROM <= body["day"] <= now.date() + timedelta(days=2):
        raise RewardsError(
            TIME_OUT_OF_RANGE, f"{body['day']} is out of range.", hint="From 1970 to the day after tomorrow.",
            field="day",
        )  # fmt: skip
    rate = Fraction(body["numerator"], body["denominator"])
    call.store.properties.put_rate(body["base"], body["quote"], body["day"], rate)
    exact = {"numerator": rate.numerator, "denominator": rate.denominator}
    after = {"base": body["base"], "quote": body["quote"], "day": body["day"].isoformat(), **exact}
    call.store.audit.add(call.key.id, "rate.put", f"{body['base']}/{body['quote']}", None, json.dumps(after), now)
    return Reply(after, 201)


_TAG = "properties"
ENDPOINTS = (
    Endpoint("GET", "/properties", page, "rules:read", "Every property", reply=PropertyPage, tag=_TAG),
    Endpoint("GET", "/properties/<code>", show, "rules:read", "One property", reply=PropertyReply, tag=_TAG),
    Endpoint(
        "PUT", "/properties/<code>", put, "admin", "Add or change a property", PropertyBody, PropertyReply, 200, (201,),
        writes=True, prepare=located, tag=_TAG,
    ),
    Endpoint(
        "GET", "/properties/<code>/coverage", show_coverage, "rules:read", "What is known of a property",
        reply=CoverageReply, tag=_TAG,
    ),
    Endpoint(
        "PUT", "/properties/<code>/coverage", put_coverage, "admin", "Say what is known", CoverageBody, CoverageReply,
        writes=True, tag=_TAG,
    ),
    Endpoint(
        "POST", "/exchange-rates", put_rate, "admin", "Add an exchange rate", RateBody, RateReply, 201, writes=True,
        tag=_TAG,
    ),
)  # fmt: skip
