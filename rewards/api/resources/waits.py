"""What waits until it can be had: listed by property and by guest, looked at, called off."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, StrictSchema, Text
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.api.resources.guests import find_guest
from rewards.clock import from_us, isoformat
from rewards.desk import waits
from rewards.ledger.waits import WaitRow, WaitState


class WaitReply(StrictSchema):
    """A perk that could not be had, or is not tried yet.

    It is tried at `next_try`, null where nothing more is done, and never at `until` or later. `reason` is why the last
    try failed, or why it was cancelled; `grant` what came of it, of one that has ended the perk in its place.
    """

    id = fields.String(required=True)
    decision = fields.String(required=True)
    guest = fields.String(required=True)
    property = fields.String(required=True)
    reservation = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True)
    perk = fields.String(required=True)
    state = Choice(tuple(state.value for state in WaitState), required=True)
    every = Choice(("day", "hour"), required=True)
    from_ = fields.String(required=True, data_key="from")
    next_try = fields.String(required=True, allow_none=True)
    until = fields.String(required=True)
    tries = fields.Integer(required=True)
    reason = fields.String(required=True, allow_none=True)
    grant = fields.String(required=True, allow_none=True)


class WaitPage(StrictSchema):
    """What waits, the oldest first; of a guest also what is over, the newest first."""

    waiting = fields.List(fields.Nested(WaitReply), required=True)


class CancelBody(StrictSchema):
    """Who calls it off, and why."""

    by = Text(load_default="api")
    reason = Text(required=True)


def wait_json(row: WaitRow) -> dict[str, Any]:
    """What waits as replies show it."""
    due = row.next_us if row.state is WaitState.WAITING and row.next_us < row.end_us else None
    return {
        "id": row.id,
        "decision": row.decision,
        "guest": row.guest,
        "property": row.property,
        "reservation": row.reservation,
        "rule": row.rule,
        "perk": row.perk,
        "state": row.state.value,
        "every": "hour" if row.hourly else "day",
        "from": isoformat(from_us(row.first_us)),
        "next_try": None if due is None else isoformat(from_us(due)),
        "until": isoformat(from_us(row.end_us)),
        "tries": row.tries,
        "reason": row.reason,
        "grant": row.grant,
    }


def page(call: Call) -> Reply:
    """What waits at a property, or everywhere; a key that is bound to properties names one."""
    asked, place = read_page("waiting", call.query), call.query.get("property")
    if place is None:
        call.key.require_group("what waits everywhere")
    else:
        call.key.require_property(place)
        call.house.desk.ground(call.store).property(place)
    rows = call.store.waits.page(asked.after or "", asked.ask, place)
    shown, link = asked.cut(rows, lambda row: row.id, call.query)
    return Reply({"waiting": [wait_json(row) for row in shown]}, headers=link)


def of_guest(call: Call) -> Reply:
    """What a guest waits or waited for, as far as it is the key's business."""
    guest = find_guest(call, call.path["guest"])
    rows = call.store.waits.of_guest(call.store.guests.records(guest))
    return Reply({"waiting": [wait_json(row) for row in rows if call.key.sees(row.property)]})


def _found(call: Call) -> WaitRow:
    row = waits.get(call.store, call.path["wait"])
    call.key.require_property(row.property)
    return row


def show(call: Call) -> Reply:
    """One of them."""
    return Reply(wait_json(_found(call)))


def cancel(call: Call) -> Reply:
    """Call it off: nothing is tried any more."""
    wait, body = _found(call).id, call.body
    return Reply(wait_json(call.house.desk.stop_waiting(call.store, wait, body["by"], body["reason"])))


_TAG = "waiting"
ENDPOINTS = (
    Endpoint(
        "GET", "/waiting", page, "grants:read", "What waits until it can be had", reply=WaitPage,
        query={"property": "Code of the property", **PAGE}, tag=_TAG,
    ),
    Endpoint("GET", "/waiting/<wait>", show, "grants:read", "One of them", reply=WaitReply, tag=_TAG),
    Endpoint(
        "POST", "/waiting/<wait>/cancel", cancel, "grants:write", "Call it off", CancelBody, WaitReply, writes=True,
        tag=_TAG,
    ),
    Endpoint(
        "GET", "/guests/<guest>/waiting", of_guest, "grants:read", "What a guest waits for", reply=WaitPage, tag=_TAG
    ),
)  # fmt: skip
