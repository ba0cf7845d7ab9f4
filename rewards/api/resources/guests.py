"""Guests: who they are, what they did, what they were given; uniting and parting of records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marshmallow import fields, validate

from rewards.api.calls import Call, Endpoint, Reply
from rewards.api.fields import Attributes, Day, StrictSchema, Text, YesNo
from rewards.api.paging import decode_cursor, encode_cursor, next_link, read_limit
from rewards.api.resources.activities import ActivityReply, activity_json
from rewards.api.resources.grants import GrantReply, grant_json
from rewards.clock import isoformat
from rewards.domain.guest import Guest, Identity
from rewards.errors import CURSOR_INVALID, GUEST_UNKNOWN, RewardsError
from rewards.ids import new_id
from rewards.intake.checks import check_identity
from rewards.intake.people import merge, parse_identity, unmerge
from rewards.rulelang.facts import is_influence


class GuestBody(StrictSchema):
    """A guest to add or change."""

    identities = fields.List(Text(), required=True, validate=validate.Length(min=1, max=10))
    verified = YesNo(load_default=False)
    first_name = Text(load_default=None, high=80)
    language = fields.String(load_default="en", validate=validate.OneOf(["en", "nl"]))
    birthday = Day(load_default=None)
    country = Text(low=2, high=2, load_default=None)
    enrol = YesNo(load_default=False)
    attributes = Attributes(load_default=dict)


class IdentityBody(StrictSchema):
    """An identity to add to a guest."""

    identity = Text(required=True)
    verified = YesNo(load_default=False)
    shared = YesNo(load_default=False)


class MergeBody(StrictSchema):
    """Two guests to unite: `absorbed` becomes part of the guest in the address."""

    absorbed = Text(required=True)
    reason = Text(required=True)


class UnmergeBody(StrictSchema):
    """A union to undo."""

    merge = Text(required=True)


class GuestReply(StrictSchema):
    """A guest."""

    id = fields.String()
    identities = fields.List(fields.Dict())
    first_name = fields.String(allow_none=True)
    language = fields.String()
    enrolled_at = fields.String(allow_none=True)
    version = fields.Integer()


class MergeReply(StrictSchema):
    """A union: its id undoes it."""

    merge = fields.String()
    kept = fields.String()
    absorbed = fields.String()


class GuestPage(StrictSchema):
    """Guests."""

    guests = fields.List(fields.Nested(GuestReply))


class ActivityPage(StrictSchema):
    """A guest's activities, in recorded order."""

    activities = fields.List(fields.Nested(ActivityReply))


class GrantPage(StrictSchema):
    """A guest's grants, newest first."""

    grants = fields.List(fields.Nested(GrantReply))


def find_guest(call: Call, text: str) -> str:
    """The id of the guest that an id (`gst_…`) or an identity (`card:00412`) names."""
    if ":" in text:
        found = call.store.guests.resolve(parse_identity(text))
    else:
        head = call.store.guests.head(text)
        found = head.guest.id if head else None
    if found is None:
        raise RewardsError(GUEST_UNKNOWN, f"No guest “{text[:60]}”.", field="guest")
    return found


def guest_json(call: Call, guest_id: str) -> dict[str, Any]:
    """A guest as replies show it."""
    head = call.store.guests.head(guest_id)
    if head is None:
        raise RewardsError(GUEST_UNKNOWN, f"No guest “{guest_id[:60]}”.")
    guest = head.guest
    return {
        "id": guest.id,
        "identities": [
            {"identity": identity.text(), "verified": identity.verified, "shared": identity.shared}
            for identity in call.store.guests.identities(guest.id)
        ],
        "first_name": guest.first_name,
        "language": guest.language,
        "birthday": guest.birthday.isoformat() if guest.birthday else None,
        "country": guest.country,
        "enrolled_at": isoformat(guest.enrolled_at) if guest.enrolled_at else None,
        "attributes": guest.attributes,
        "version": head.version,
    }


def add(call: Call) -> Reply:
    """Add a guest."""
    body, now = call.body, call.house.clock.now()
    identities = [parse_identity(text, verified=body["verified"]) for text in body["identities"]]
    for identity in identities:
        check_identity(identity)
    guest = Guest(
        id=new_id("gst"),
        created_at=now,
        first_name=body["first_name"],
        language=body["language"],
        birthday=body["birthday"],
        country=body["country"],
        enrolled_at=now if body["enrol"] else None,
        attributes={name: value for name, value in body["attributes"].items() if not is_influence(name)},
    )
    call.store.guests.add(guest, identities)
    return Reply(guest_json(call, guest.id), 201)


def show(call: Call) -> Reply:
    """One guest."""
    return Reply(guest_json(call, find_guest(call, call.path["guest"])))


def page(call: Call) -> Reply:
    """All guests."""
    limit = read_limit(call.query.get("limit"))
    guests = call.store.guests.page(decode_cursor(call.query.get("cursor")), limit)
    headers = {}
    if len(guests) == limit:
        headers["Link"] = next_link("/v1/guests", {"limit": str(limit)}, encode_cursor(guests[-1].id))
    return Reply({"guests": [guest_json(call, guest.id) for guest in guests]}, headers=headers)


def add_identity(call: Call) -> Reply:
    """Add an identity, or verify one."""
    guest = find_guest(call, call.path["guest"])
    parsed = parse_identity(call.body["identity"], verified=call.body["verified"])
    identity = Identity(parsed.kind, parsed.value, parsed.verified, call.body["shared"])
    check_identity(identity)
    call.store.guests.put_identity(guest, identity)
    call.store.guests.bump(guest)
    return Reply(guest_json(call, guest), 201)


def enrol(call: Call) -> Reply:
    """Enrol a guest in the programme; who is enrolled stays as they are."""
    guest = find_guest(call, call.path["guest"])
    head = call.store.guests.head(guest)
    if head is not None and head.guest.enrolled_at is None:
        call.store.guests.update(replace(head.guest, enrolled_at=call.house.clock.now()))
        call.store.guests.bump(guest)
    return Reply(guest_json(call, guest))


def unite(call: Call) -> Reply:
    """Unite two guests."""
    kept, absorbed = find_guest(call, call.path["guest"]), find_guest(call, call.body["absorbed"])
    merge_id = merge(call.store, kept, absorbed, call.body["reason"], call.house.clock.now())
    return Reply({"merge": merge_id, "kept": kept, "absorbed": absorbed}, 201)


def part(call: Call) -> Reply:
    """Undo a union."""
    kept, absorbed = unmerge(call.store, call.body["merge"], call.house.clock.now())
    return Reply({"merge": call.body["merge"], "kept": kept, "absorbed": absorbed})


def activities(call: Call) -> Reply:
    """A guest's activities."""
    guest = find_guest(call, call.path["guest"])
    limit, cursor = read_limit(call.query.get("limit")), decode_cursor(call.query.get("cursor"))
    if cursor is not None and not cursor.isdigit():
        raise RewardsError(CURSOR_INVALID, "This cursor is of another list.", field="cursor")
    rows = call.store.activities.page(call.store.guests.records(guest), int(cursor or 0), limit)
    headers = {}
    if len(rows) == limit:
        path = f"/v1/guests/{guest}/activities"
        headers["Link"] = next_link(path, {"limit": str(limit)}, encode_cursor(str(rows[-1][0])))
    money = call.key.allows("spend:read")
    return Reply({"activities": [activity_json(activity, money=money) for _, activity in rows]}, headers=headers)


def grants(call: Call) -> Reply:
    """A guest's grants."""
    guest = find_guest(call, call.path["guest"])
    rows = call.store.grants.of_guest(call.store.guests.records(guest))
    money = call.key.allows("spend:read")
    return Reply({"grants": [grant_json(row, money=money) for row in rows]})


_PAGE = {"limit": "Items a page, 1 to 200", "cursor": "From the Link header of the page before"}

ENDPOINTS = (
    Endpoint(
        "POST", "/guests", add, "guests:write", "Add a guest", GuestBody, GuestReply, 201, writes=True, tag="guests"
    ),
    Endpoint("GET", "/guests", page, "guests:read", "All guests", reply=GuestPage, query=_PAGE, tag="guests"),
    Endpoint(
        "GET", "/guests/<guest>", show, "guests:read", "One guest, by id or identity", reply=GuestReply, tag="guests"
    ),
    Endpoint(
        "POST",
        "/guests/<guest>/identities",
        add_identity,
        "guests:write",
        "Add or verify an identity",
        IdentityBody,
        GuestReply,
        201,
        writes=True,
        tag="guests",
    ),
    Endpoint(
        "POST",
        "/guests/<guest>/enrol",
        enrol,
        "guests:write",
        "Enrol in the programme",
        reply=GuestReply,
        writes=True,
        tag="guests",
    ),
    Endpoint(
        "POST",
        "/guests/<guest>/merge",
        unite,
        "guests:write",
        "Unite two guests",
        MergeBody,
        MergeReply,
        201,
        writes=True,
        tag="guests",
    ),
    Endpoint(
        "POST",
        "/guests/unmerge",
        part,
        "guests:write",
        "Undo a union",
        UnmergeBody,
        MergeReply,
        writes=True,
        tag="guests",
    ),
    Endpoint(
        "GET",
        "/guests/<guest>/activities",
        activities,
        "activities:read",
        "What a guest did",
        reply=ActivityPage,
        query=_PAGE,
        tag="guests",
    ),
    Endpoint(
        "GET", "/guests/<guest>/grants", grants, "grants:read", "What a guest was given", reply=GrantPage, tag="guests"
    ),
)
