"""Grants: looked up by id or by the code a guest shows; redeemed, delivered, failed, substituted, voided."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint, Reply
from rewards.api.fields import StrictSchema, Text, Whole
from rewards.clock import isoformat
from rewards.errors import GRANT_UNKNOWN, RewardsError
from rewards.ledger.ports import GrantRow


class GrantReply(StrictSchema):
    """A grant as it stands. `quantity` and `used` are units of the perk: pieces, minor units of a credit, points."""

    id = fields.String()
    guest = fields.String()
    property = fields.String()
    rule = fields.String()
    perk = fields.String()
    code = fields.String()
    state = fields.String()
    quantity = fields.Integer()
    used = fields.Integer()
    valid_from = fields.String()
    valid_until = fields.String()


class RedeemBody(StrictSchema):
    """Uses a grant, whole or in part. `reference` names this use for ever (a bill, a till receipt)."""

    reference = Text(required=True)
    quantity = Whole(low=1, load_default=None)
    property = Text(high=40, load_default=None)
    by = Text(load_default="api")


class StepBody(StrictSchema):
    """A step of a grant's life, with who took it and why."""

    by = Text(load_default="api")
    reason = Text(required=True)


class DeliverBody(StrictSchema):
    """A clerk handed it over."""

    by = Text(load_default="api")
    reason = Text(load_default="handed over")


class SubstituteBody(StepBody):
    """Another perk in its place."""

    perk = Text(required=True, high=60)
    quantity = Whole(low=1, load_default=1)


class EventsReply(StrictSchema):
    """The life of a grant."""

    events = fields.List(fields.Dict())


def grant_json(row: GrantRow, *, money: bool) -> dict[str, Any]:
    """A grant as replies show it; what it costs the house only where `money`."""
    grant = row.grant
    value = {
        "id": grant.id,
        "decision": grant.decision,
        "guest": grant.guest,
        "property": grant.property,
        "reservation": grant.reservation,
        "rule": grant.rule,
        "perk": grant.perk,
        "code": grant.code,
        "state": grant.state.value,
        "quantity": grant.quantity,
        "used": row.used,
        "params": grant.params,
        "granted_at": isoformat(grant.granted_at),
        "valid_from": isoformat(grant.valid_from),
        "valid_until": isoformat(grant.valid_until),
        "hold_expires_at": isoformat(grant.hold_expires_at) if grant.hold_expires_at else None,
    }
    if money:
        value |= {"cost_minor": grant.cost_minor, "currency": grant.currency}
    return value


def found(call: Call) -> GrantRow:
    """The grant of the address; `grant_unknown` where there is none."""
    row = call.store.grants.get(call.path["grant"])
    if row is None:
        raise RewardsError(GRANT_UNKNOWN, f"No grant “{call.path['grant'][:60]}”.")
    call.key.require_property(row.grant.property)
    return row


def _reply(call: Call, row: GrantRow, status: int = 200) -> Reply:
    return Reply(grant_json(row, money=call.key.allows("spend:read")), status)


def show(call: Call) -> Reply:
    """One grant."""
    return _reply(call, found(call))


def events(call: Call) -> Reply:
    """What happened to a grant, in order."""
    rows = call.store.grants.events(found(call).grant.id)
    return Reply(
        {
            "events": [
                {
                    "kind": e.kind,
                    "quantity": e.quantity,
                    "by": e.by,
                    "reason": e.reason,
                    "at": isoformat(e.at),
                    "reference": e.reference,
                }
                for e in rows
            ]
        }
    )


def redeem(call: Call) -> Reply:
    """Use a grant."""
    row, body = found(call), call.body
    if body["property"] is not None:
        call.key.require_property(body["property"])
    desk = call.house.desk
    return _reply(
        call, desk.redeem(call.store, row.grant.id, body["reference"], body["quantity"], body["by"], body["property"])
    )


def deliver(call: Call) -> Reply:
    """A clerk handed it over."""
    return _reply(call, call.house.desk.deliver(call.store, found(call).grant.id, call.body["by"], call.body["reason"]))


def fail(call: Call) -> Reply:
    """The house could not."""
    return _reply(call, call.house.desk.fail(call.store, found(call).grant.id, call.body["by"], call.body["reason"]))


def void(call: Call) -> Reply:
    """Take it back unused."""
    return _reply(call, call.house.desk.void(call.store, found(call).grant.id, call.body["by"], call.body["reason"]))


def substitute(call: Call) -> Reply:
    """Give another perk in its place; the reply is the new grant."""
    body = call.body
    row = call.house.desk.substitute(
        call.store, found(call).grant.id, body["perk"], body["quantity"], body["by"], body["reason"]
    )
    return _reply(call, row, 201)


_W = "grants:write"
ENDPOINTS = (
    Endpoint("GET", "/grants/<grant>", show, "grants:read", "One grant, by id or code", reply=GrantReply, tag="grants"),
    Endpoint("GET", "/grants/<grant>/events", events, "grants:read", "A grant's life", reply=EventsReply, tag="grants"),
    Endpoint(
        "POST", "/grants/<grant>/redeem", redeem, _W, "Use a grant", RedeemBody, GrantReply, writes=True, tag="grants"
    ),
    Endpoint(
        "POST",
        "/grants/<grant>/deliver",
        deliver,
        _W,
        "Handed over",
        DeliverBody,
        GrantReply,
        writes=True,
        tag="grants",
    ),
    Endpoint(
        "POST", "/grants/<grant>/fail", fail, _W, "The house could not", StepBody, GrantReply, writes=True, tag="grants"
    ),
    Endpoint(
        "POST", "/grants/<grant>/void", void, _W, "Take it back unused", StepBody, GrantReply, writes=True, tag="grants"
    ),
    Endpoint(
        "POST",
        "/grants/<grant>/substitute",
        substitute,
        _W,
        "Give another perk instead",
        SubstituteBody,
        GrantReply,
        201,
        writes=True,
        tag="grants",
    ),
)
