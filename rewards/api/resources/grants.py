"""Grants by id, by the code a guest shows or by state; each step of their life, from approved to voided."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint, View
from rewards.api.fields import Choice, Day, StrictSchema, Text, Whole, YesNo
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.desk.approvals import Approver
from rewards.desk.cohort import Cohort, read_longer
from rewards.domain.grant import Approval, GrantState
from rewards.errors import FIELD_INVALID, GRANT_UNKNOWN, RewardsError
from rewards.ledger.ports import GrantEvent, GrantRow

STATES = tuple(state.value for state in GrantState)
_ONE_OF = f"One of {', '.join(STATES)}"


class ApprovalReply(StrictSchema):
    """Who says yes before a grant is given: a key of the role `by`, up to `until`, other than the key that asked."""

    by = fields.String(required=True)
    until = fields.String(required=True)
    asked_by = fields.String(required=True, allow_none=True)
    given_at = fields.String(required=True, allow_none=True)


class GrantReply(StrictSchema):
    """A grant as it stands.

    `quantity` and `used` are units of the perk: pieces, minor units of a credit, points. What it costs the house is
    told to keys with `spend:read` only.
    """

    id = fields.String(required=True)
    decision = fields.String(required=True)
    guest = fields.String(required=True)
    property = fields.String(required=True)
    reservation = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True)
    perk = fields.String(required=True)
    code = fields.String(required=True)
    state = Choice(tuple(state.value for state in GrantState), required=True)
    quantity = fields.Integer(required=True)
    used = fields.Integer(required=True)
    params = fields.Dict(required=True)
    granted_at = fields.String(required=True)
    valid_from = fields.String(required=True)
    valid_until = fields.String(required=True)
    hold_expires_at = fields.String(required=True, allow_none=True)
    approval = fields.Nested(ApprovalReply, required=True, allow_none=True)
    cost_minor = fields.Integer()
    currency = fields.String(allow_none=True)


class GrantsByState(StrictSchema):
    """Grants that stand as was asked, oldest first."""

    grants = fields.List(fields.Nested(GrantReply), required=True)


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


class ApproveBody(StrictSchema):
    """Somebody said yes: who, and why."""

    by = Text(required=True)
    reason = Text(load_default="approved")


class RefuseBody(StrictSchema):
    """Somebody said no: who, and why."""

    by = Text(required=True)
    reason = Text(required=True)


class DeliverBody(StrictSchema):
    """A clerk handed it over."""

    by = Text(load_default="api")
    reason = Text(load_default="handed over")


class SubstituteBody(StepBody):
    """Another perk in its place."""

    perk = Text(required=True, high=60)
    quantity = Whole(low=1, load_default=1)


class ChooseBody(StrictSchema):
    """The perk that the guest chooses among the options of the grant."""

    perk = Text(required=True, high=60)
    by = Text(load_default="guest")


class EventReply(StrictSchema):
    """One step of a grant's life."""

    kind = fields.String(required=True)
    quantity = fields.Integer(required=True)
    by = fields.String(required=True)
    reason = fields.String(required=True)
    at = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)


class EventsReply(StrictSchema):
    """The life of a grant, in order."""

    events = fields.List(fields.Nested(EventReply), required=True)


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
        "approval": _approval_json(grant.approval) if grant.approval else None,
    }
    if money:
        value |= {"cost_minor": grant.cost_minor, "currency": grant.currency}
    return value


def _approval_json(approval: Approval) -> dict[str, Any]:
    return {
        "by": approval.by,
        "until": isoformat(approval.until),
        "asked_by": approval.asked_by,
        "given_at": isoformat(approval.given_at) if approval.given_at else None,
    }


def found(call: Call) -> GrantRow:
    """The grant of the address; `grant_unknown` where there is none."""
    row = call.store.grants.get(call.path["grant"])
    if row is None:
        raise RewardsError(GRANT_UNKNOWN, f"No grant “{call.path['grant'][:60]}”.", field="grant")
    call.key.require_property(row.grant.property)
    return row


def _reply(call: Call, row: GrantRow, status: int = 200) -> Reply:
    return Reply(grant_json(row, money=call.money), status)


def show(call: Call) -> Reply:
    """One grant."""
    return _reply(call, found(call))


def page(call: Call) -> Reply:
    """Grants by their state: what waits for an approval, for one."""
    asked, place = read_page("grants", call.query), call.query.get("property")
    if place is None:
        call.key.require_group("the list of all grants")
    else:
        call.key.require_property(place)
    rows = call.store.grants.in_state(_state(call.query["state"]), asked.after, asked.ask, place)
    shown, link = asked.cut(rows, lambda row: row.grant.id, call.query)
    return Reply({"grants": [grant_json(row, money=call.money) for row in shown]}, headers=link)


def _state(text: str) -> GrantState:
    if text not in STATES:
        raise RewardsError(FIELD_INVALID, f"“{text[:40]}” is no state of a grant.", hint=_ONE_OF, field="state")
    return GrantState(text)


def approve(call: Call) -> Reply:
    """Say yes to what waits."""
    grant, body = found(call).grant.id, call.body
    return _reply(call, call.house.desk.approve(call.store, grant, _approver(call), body["by"], body["reason"]))


def refuse(call: Call) -> Reply:
    """Say no to what waits."""
    grant, body = found(call).grant.id, call.body
    return _reply(call, call.house.desk.refuse(call.store, grant, _approver(call), body["by"], body["reason"]))


def _approver(call: Call) -> Approver:
    return Approver(call.key.id, call.key.role, call.key.allows("admin"))


def _event(event: GrantEvent) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "quantity": event.quantity,
        "by": event.by,
        "reason": event.reason,
        "at": isoformat(event.at),
        "reference": event.reference,
    }


def events(call: Call) -> Reply:
    """What happened to a grant, in order."""
    return Reply({"events": [_event(one) for one in call.store.grants.events(found(call).grant.id)]})


def redeem(call: Call) -> Reply:
    """Use a grant."""
    grant, body = found(call).grant.id, call.body
    where = body["property"]
    if where is not None:
        call.key.require_property(where)
        call.house.desk.ground(call.store).property(where)
    used = call.house.desk.redeem(call.store, grant, body["reference"], body["quantity"], body["by"], where)
    return _reply(call, used)


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
    grant, body = found(call).grant.id, call.body
    new = call.house.desk.substitute(call.store, grant, body["perk"], body["quantity"], body["by"], body["reason"])
    return _reply(call, new, 201)


def choose(call: Call) -> Reply:
    """Take another of the perks that the guest may choose from; the reply is the grant that stands."""
    grant, body = found(call).grant.id, call.body
    return _reply(call, call.house.desk.choose(call.store, grant, body["perk"], body["by"]))


class ExtendBody(StrictSchema):
    """A cohort's more time: exactly one of `by` (`12 months`) and `until`; `after` is where the page before ended."""

    perk = Text(required=True, high=60)
    rule = Text(high=60, allow_none=True)
    property = Text(high=40, allow_none=True)
    by = Text(high=30, allow_none=True)
    until = Day(allow_none=True)
    held_on = Day(allow_none=True)
    reference = Text(required=True, high=200)
    after = Text(high=60, load_default="")
    dry_run = YesNo(load_default=False)


class ExtendReply(StrictSchema):
    """A page of at most 200 guests: how many grants end later, did so under this reference before, or stay as they are.

    `next` goes into `after` of the next call; null where this was the last page.
    """

    guests = fields.Integer(required=True)
    extended = fields.Integer(required=True)
    before = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    next = fields.String(required=True, allow_none=True)


def extend(call: Call) -> Reply:
    """Let a cohort use longer what it holds, one page of guests a call."""
    call.key.require("admin")
    call.key.require_group("more time for a cohort")
    body = call.body
    cohort = Cohort(
        body["perk"], read_longer(body.get("by"), body.get("until")), body["reference"], body.get("rule"),
        body.get("property"), body.get("held_on"),
    )  # fmt: skip
    page = call.house.desk.extend_page(call.store, cohort, body["after"], call.key.id, dry_run=body["dry_run"])
    return Reply({**asdict(page.counts), "next": page.after})


_W = "grants:write"
_TAG = "grants"


def _step(
    name: str, view: View, summary: str, body: type[StrictSchema], status: int = 200, *, scope: str = _W
) -> Endpoint:
    return Endpoint(
        "POST", f"/grants/<grant>/{name}", view, scope, summary, body, GrantReply, status, writes=True, tag=_TAG
    )


ENDPOINTS = (
    Endpoint(
        "GET", "/grants", page, "grants:read", "Grants by their state", reply=GrantsByState,
        query={"state": _ONE_OF, "property": "Of this property only", **PAGE}, needs=("state",), tag=_TAG,
    ),
    Endpoint("GET", "/grants/<grant>", show, "grants:read", "One grant, by id or code", reply=GrantReply, tag=_TAG),
    Endpoint("GET", "/grants/<grant>/events", events, "grants:read", "A grant's life", reply=EventsReply, tag=_TAG),
    _step("approve", approve, "Say yes to what is pending", ApproveBody, scope="grants:approve"),
    _step("refuse", refuse, "Say no to what is pending", RefuseBody, scope="grants:approve"),
    Endpoint(
        "POST",
        "/grants/extend",
        extend,
        _W,
        "More time for a cohort; also asks for `admin`",
        ExtendBody,
        ExtendReply,
        writes=True,
        tag=_TAG,
    ),
    _step("redeem", redeem, "Use a grant, whole or in part", RedeemBody),
    _step("deliver", deliver, "Handed over", DeliverBody),
    _step("fail", fail, "The house could not", StepBody),
    _step("void", void, "Take it back unused", StepBody),
    _step("substitute", substitute, "Give another perk instead", SubstituteBody, 201),
    _step("choose", choose, "Choose among the options", ChooseBody),
)  # fmt: skip
