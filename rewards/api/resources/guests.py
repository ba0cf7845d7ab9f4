"""Guests: who they are, what they did, what they were given and have; uniting and parting of records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Attributes, Choice, Country, Day, Items, StrictSchema, Text, YesNo
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.api.resources.activities import ActivityReply, activity_json
from rewards.api.resources.grants import GrantReply, grant_json
from rewards.clock import isoformat
from rewards.decisions.extending import is_mark
from rewards.domain.guest import Guest, Identity
from rewards.errors import CURSOR_INVALID, GUEST_UNKNOWN, IDENTITY_TAKEN, TIME_OUT_OF_RANGE, RewardsError
from rewards.ids import new_id
from rewards.intake.checks import check_identity
from rewards.intake.people import merge, parse_identity, unmerge
from rewards.ledger.ports import GrantRow
from rewards.rulelang.facts import is_influence

BORN_FROM = date(1900, 1, 1)


class GuestBody(StrictSchema):
    """A guest to add."""

    identities = Items(Text(), low=1, high=10, required=True)
    verified = YesNo(load_default=False)
    first_name = Text(load_default=None, high=80)
    language = Choice(("en", "nl"), load_default="en")
    birthday = Day(load_default=None)
    country = Country(load_default=None)
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


class IdentityReply(StrictSchema):
    """A name that a system has for a guest."""

    identity = fields.String(required=True)
    verified = fields.Boolean(required=True)
    shared = fields.Boolean(required=True)


class GuestReply(StrictSchema):
    """A guest."""

    id = fields.String(required=True)
    identities = fields.List(fields.Nested(IdentityReply), required=True)
    first_name = fields.String(required=True, allow_none=True)
    language = fields.String(required=True)
    birthday = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True)
    enrolled_at = fields.String(required=True, allow_none=True)
    attributes = fields.Dict(required=True)
    version = fields.Integer(required=True)


class MergeReply(StrictSchema):
    """A union: its id undoes it."""

    merge = fields.String(required=True)
    kept = fields.String(required=True)
    absorbed = fields.String(required=True)


class GuestPage(StrictSchema):
    """Guests, the oldest record first."""

    guests = fields.List(fields.Nested(GuestReply), required=True)


class ActivityPage(StrictSchema):
    """A guest's activities, in recorded order."""

    activities = fields.List(fields.Nested(ActivityReply), required=True)


class GrantPage(StrictSchema):
    """A guest's grants, newest first."""

    grants = fields.List(fields.Nested(GrantReply), required=True)


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
        raise RewardsError(GUEST_UNKNOWN, f"No guest “{guest_id[:60]}”.", field="guest")
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
    """Add a guest; names of influence scores are dropped at the door."""
    body, now = call.body, call.house.clock.now()
    _check_birthday(body["birthday"], now.date())
    identities = [_free(call, text, verified=body["verified"]) for text in dict.fromkeys(body["identities"])]
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


def _free(call: Call, text: str, *, verified: bool) -> Identity:
    identity = parse_identity(text, verified=verified)
    check_identity(identity)
    if call.store.guests.resolve(identity) is not None:
        raise RewardsError(IDENTITY_TAKEN, f"{identity.text()} belongs to another guest.", field="identities")
    return identity


def _check_birthday(birthday: date | None, today: date) -> None:
    if birthday is not None and not BORN_FROM <= birthday <= today:
        raise RewardsError(
            TIME_OUT_OF_RANGE, f"{birthday} is out of range.", hint=f"From {BORN_FROM} to today.", field="birthday"
        )


def show(call: Call) -> Reply:
    """One guest."""
    return Reply(guest_json(call, find_guest(call, call.path["guest"])))


def page(call: Call) -> Reply:
    """All guests."""
    call.key.require_group("the list of all guests")
    asked = read_page("guests", call.query)
    shown, link = asked.cut(call.store.guests.page(asked.after, asked.ask), lambda guest: guest.id, call.query)
    return Reply({"guests": [guest_json(call, guest.id) for guest in shown]}, headers=link)


def add_identity(call: Call) -> Reply:
    """Add an identity, or verify one."""
    guest = find_guest(call, call.path["guest"])
    parsed = parse_identity(call.body["identity"], verified=call.body["verified"])
    identity = Identity(parsed.kind, parsed.value, parsed.verified, call.body["shared"])
    check_identity(identity)
    call.store.guests.lock(guest)
    call.store.guests.put_identity(guest, identity)
    return Reply(guest_json(call, guest), 201)


def enrol(call: Call) -> Reply:
    """Enrol a guest in the programme; who is enrolled stays as they are."""
    guest = find_guest(call, call.path["guest"])
    # Locked before it is read: the profile is written back as a whole.
    call.store.guests.lock(guest)
    head = call.store.guests.head(guest)
    if head is not None and head.guest.enrolled_at is None:
        call.store.guests.update(replace(head.guest, enrolled_at=call.house.clock.now()))
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
    """A guest's activities, as far as they are the key's business."""
    guest = find_guest(call, call.path["guest"])
    asked = read_page("activities", call.query)
    rows = call.store.activities.page(call.store.guests.records(guest), asked.number, asked.ask)
    shown, link = asked.cut(rows, lambda row: str(row[0]), call.query)
    seen = [activity_json(one, money=call.money) for _, one in shown if call.key.sees(one.property)]
    return Reply({"activities": seen}, headers=link)


def grants(call: Call) -> Reply:
    """A guest's grants, as far as they are the key's business."""
    guest = find_guest(call, call.path["guest"])
    asked = read_page("grants", call.query)
    given = call.store.grants.of_guest(call.store.guests.records(guest))
    # More time is no thing of its own: it shows in the end of what was extended.
    rows = _behind([row for row in given if not is_mark(row.grant.perk)], asked.after)
    shown, link = asked.cut(rows, lambda row: row.grant.id, call.query)
    seen = [grant_json(row, money=call.money) for row in shown if call.key.sees(row.grant.property)]
    return Reply({"grants": seen}, headers=link)


def _behind(rows: list[GrantRow], grant: str | None) -> list[GrantRow]:
    """The grants behind one of them."""
    if grant is None:
        return rows
    for index, row in enumerate(rows):
        if row.grant.id == grant:
            return rows[index + 1 :]
    raise RewardsError(CURSOR_INVALID, "This cursor is of another guest.", field="cursor")


_TAG = "guests"
_W = "guests:write"
ENDPOINTS = (
    Endpoint("POST", "/guests", add, _W, "Add a guest", GuestBody, GuestReply, 201, writes=True, tag=_TAG),
    Endpoint("GET", "/guests", page, "guests:read", "All guests", reply=GuestPage, query=PAGE, tag=_TAG),
    Endpoint(
        "GET", "/guests/<guest>", show, "guests:read", "One guest, by id or identity", reply=GuestReply, tag=_TAG
    ),
    Endpoint(
        "POST", "/guests/<guest>/identities", add_identity, _W, "Add or verify an identity", IdentityBody, GuestReply,
        201, writes=True, tag=_TAG,
    ),
    Endpoint(
        "POST", "/guests/<guest>/enrol", enrol, _W, "Enrol in the programme", reply=GuestReply, writes=True, tag=_TAG
    ),
    Endpoint(
        "POST", "/guests/<guest>/merge", unite, _W, "Unite two guests", MergeBody, MergeReply, 201, writes=True,
        tag=_TAG,
    ),
    Endpoint("POST", "/guests/unmerge", part, _W, "Undo a union", UnmergeBody, MergeReply, writes=True, tag=_TAG),
    Endpoint(
        "GET", "/guests/<guest>/activities", activities, "activities:read", "What a guest did", reply=ActivityPage,
        query=PAGE, tag=_TAG,
    ),
    Endpoint(
        "GET", "/guests/<guest>/grants", grants, "grants:read", "What a guest was given", reply=GrantPage, query=PAGE,
        tag=_TAG,
    ),
)  # fmt: skip
