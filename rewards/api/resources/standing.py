"""How a guest stands: the points they have, and how far they are from the next reward."""

from __future__ import annotations

from itertools import islice
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import StrictSchema, Text, Whole
from rewards.api.language import preferred_language
from rewards.api.replies import Reply
from rewards.api.resources.guests import find_guest
from rewards.api.resources.questions import NearMissReply, PerkGiven
from rewards.clock import from_us, isoformat
from rewards.desk.reply import Reader
from rewards.desk.wire import read_question

MAX_POINTS = 10**9
MOST_ENDS = 12


class LapsingReply(StrictSchema):
    """Points that lapse together, and the instant from which they cannot be spent."""

    points = fields.Integer(required=True)
    at = fields.String(required=True)


class PerkPointsReply(StrictSchema):
    """Points of one perk; null for points of which nobody knows which they are."""

    perk = fields.String(required=True, allow_none=True)
    points = fields.Integer(required=True)


class PointsReply(StrictSchema):
    """Points that a guest has, and points that are owed and that later points pay first.

    `perks` tells them by perk, without taking off what is owed. `lapsing` tells the next ends, the first first; points
    are spent in that order.
    """

    guest = fields.String(required=True)
    points = fields.Integer(required=True)
    owed = fields.Integer(required=True)
    perks = fields.List(fields.Nested(PerkPointsReply), required=True)
    lapsing = fields.List(fields.Nested(LapsingReply), required=True)


class SpendBody(StrictSchema):
    """Points that a guest spends, with `perk` only points of that perk.

    `reference` names this use of the guest's points for ever (a bill, a receipt).
    """

    perk = Text(high=60, load_default=None)
    points = Whole(low=1, high=MAX_POINTS, required=True)
    reference = Text(required=True)
    property = Text(high=40, load_default=None)
    by = Text(load_default="api")


class ProgressReply(StrictSchema):
    """What the guest would get now, and what is nearly there: what is missing and by when."""

    guest = fields.String(required=True)
    property = fields.String(required=True)
    moment = fields.String(required=True)
    as_of = fields.String(required=True)
    perks = fields.List(fields.Nested(PerkGiven), required=True)
    near_misses = fields.List(fields.Nested(NearMissReply), required=True)


def _standing(call: Call, guest: str) -> dict[str, Any]:
    there, owed = call.house.desk.points(call.store, guest)
    ends: dict[int, int] = {}
    for lot in call.house.desk.lapsing(call.store, guest):
        ends[lot.expires_us] = ends.get(lot.expires_us, 0) + lot.left
    told = [{"points": left, "at": isoformat(from_us(end))} for end, left in islice(ends.items(), MOST_ENDS)]
    perks = sorted(call.house.desk.points_by_perk(call.store, guest).items())
    by_perk = [{"perk": perk or None, "points": left} for perk, left in perks]
    return {"guest": guest, "points": there, "owed": owed, "perks": by_perk, "lapsing": told}


def show(call: Call) -> Reply:
    """The points of a guest."""
    return Reply(_standing(call, find_guest(call, call.path["guest"])))


def spend(call: Call) -> Reply:
    """Spend points; a key that is bound to properties says at which."""
    body = call.body
    call.key.require_property(body["property"])
    if body["property"] is not None:
        call.house.desk.ground(call.store).property(body["property"])
    guest = find_guest(call, call.path["guest"])
    where = f" at {body['property']}" if body["property"] else ""
    why = f"{body['by']}{where}"
    call.house.desk.spend_points(call.store, guest, body["points"], body["reference"], why, perk=body["perk"])
    return Reply(_standing(call, guest))


def progress(call: Call) -> Reply:
    """How near a guest is to the next rewards at a property; nothing is written."""
    place = call.query["property"]
    call.key.require_property(place)
    guest = find_guest(call, call.path["guest"])
    question = read_question({"guest": guest, "property": place, "moment": call.query.get("moment", "arrival")})
    reader = Reader(preferred_language(), call.money, call.key.id, call.key.role)
    answer = call.house.desk.previewed(call.store, question, reader)
    told = {name: answer[name] for name in ("guest", "property", "moment", "as_of", "perks", "near_misses")}
    return Reply(told)


_TAG = "guests"
ENDPOINTS = (
    Endpoint("GET", "/guests/<guest>/points", show, "grants:read", "A guest's points", reply=PointsReply, tag=_TAG),
    Endpoint(
        "POST", "/guests/<guest>/points/spend", spend, "grants:write", "Spend points", SpendBody, PointsReply,
        writes=True, tag=_TAG,
    ),
    Endpoint(
        "GET", "/guests/<guest>/progress", progress, "guests:read", "What is nearly there", reply=ProgressReply,
        query={"property": "Code of the property", "moment": "arrival unless another is named"}, needs=("property",),
        tag=_TAG,
    ),
)  # fmt: skip
