"""Decisions: batches, holds, and what was decided."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, Code, Items, StrictSchema
from rewards.api.once import (
    KEY_PATTERN,
)
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.api.resources.guests import find_guest
from rewards.api.resources.questions import DecisionReply, QuestionBody
from rewards.clock import isoformat
from rewards.desk import holds
from rewards.desk.reply import redacted
from rewards.domain.grant import GrantState
from rewards.ledger import life
from rewards.ledger.ports import DecisionRow, GrantRow
from rewards.ledger.take_rows import TakeRow, TakeState, total

SCOPE = "decisions:write"
HOT = "/decisions"
MAX_QUESTIONS = 500
TAKEN_BACK = (*life.TAKEN_BACK, GrantState.EXPIRED, GrantState.SUBSTITUTED)
KEY_FORM = "16 to 128 letters, digits, - or _"


class BatchItemBody(StrictSchema):
    """One arrival: its own key and its question."""

    key = Code(KEY_PATTERN, KEY_FORM, high=128, required=True)
    question = fields.Nested(QuestionBody, required=True)


class BatchBody(StrictSchema):
    """A day's arrivals, at most 500; each has its own key and its own result, and stands on its own."""

    questions = Items(fields.Nested(BatchItemBody), low=1, high=MAX_QUESTIONS, required=True)


class BatchItemReply(StrictSchema):
    """What became of one question: the status and body that it would have got by itself."""

    key = fields.String(required=True, allow_none=True)
    status = fields.Integer(required=True)
    replayed = fields.Boolean(required=True)
    decision = fields.Nested(DecisionReply)
    problem = fields.Dict()


class BatchReply(StrictSchema):
    """A result for each question, in order."""

    results = fields.List(fields.Nested(BatchItemReply), required=True)


class GrantNow(StrictSchema):
    """A grant of a decision as it stands now, and why where it was taken back."""

    grant = fields.String(required=True)
    perk = fields.String(required=True)
    state = fields.String(required=True)
    because = fields.String()


class TakeNow(StrictSchema):
    """Something that a decision took, as it stands now: `quantity` of a perk, `owed` of it."""

    take = fields.String(required=True)
    perk = fields.String(required=True)
    quantity = fields.Integer(required=True)
    owed = fields.Integer(required=True)
    state = Choice(tuple(state.value for state in TakeState), required=True)


class DecisionRecord(StrictSchema):
    """A decision with its answer as it was given, and its grants as they stand now."""

    decision = fields.String(required=True)
    state = Choice(("committed", "held", "confirmed", "cancelled", "expired"), required=True)
    decided_at = fields.String(required=True)
    answer = fields.Nested(DecisionReply, required=True)
    grants = fields.List(fields.Nested(GrantNow), required=True)
    taken = fields.List(fields.Nested(TakeNow), required=True)


class DecisionPage(StrictSchema):
    """Decisions, oldest first."""

    decisions = fields.List(fields.Nested(DecisionRecord), required=True)


class SettledGrant(StrictSchema):
    """A grant of a hold."""

    grant = fields.String(required=True)
    perk = fields.String(required=True)
    code = fields.String(required=True)
    state = fields.String(required=True)


class SettledReply(StrictSchema):
    """A hold that was confirmed or cancelled."""

    decision = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["confirmed", "cancelled"]))
    grants = fields.List(fields.Nested(SettledGrant), required=True)


def _grant_now(call: Call, row: GrantRow) -> dict[str, Any]:
    value = {"grant": row.grant.id, "perk": row.grant.perk, "state": row.grant.state.value}
    if row.grant.state in TAKEN_BACK:
        value["because"] = call.store.grants.events(row.grant.id)[-1].reason
    return value


def record_json(call: Call, row: DecisionRow) -> dict[str, Any]:
    """A decision with its answer, without amounts for who may not read them."""
    answer = json.loads(row.reply)
    return {
        "decision": row.id,
        "state": row.state,
        "decided_at": isoformat(row.decided_at),
        "answer": answer if call.money else redacted(answer),
        "grants": [_grant_now(call, one) for one in call.store.grants.of_decision(row.id)],
        "taken": [_take_now(one) for one in call.store.takes.of_decision(row.id)],
    }


def _take_now(row: TakeRow) -> dict[str, Any]:
    told = {"take": row.id, "perk": row.perk, "quantity": total(row), "owed": row.owed}
    return told | {"state": row.state.value}


def _found(call: Call) -> DecisionRow:
    row = holds.get(call.store, call.path["decision"])
    call.key.require_property(row.property)
    return row


def show(call: Call) -> Reply:
    """One decision with its answer as it was given."""
    return Reply(record_json(call, _found(call)))


def page(call: Call) -> Reply:
    """Decisions of a guest, or all; a key that is bound to properties sees theirs, of a guest."""
    asked = read_page("decisions", call.query)
    guest = call.query.get("guest")
    if guest is None:
        call.key.require_group("the list of all decisions")
    records = call.store.guests.records(find_guest(call, guest)) if guest else None
    rows = call.store.decisions.page(asked.after, asked.ask, records)
    shown, link = asked.cut(rows, lambda row: row.id, call.query)
    return Reply({"decisions": [record_json(call, row) for row in shown if call.key.sees(row.property)]}, headers=link)


def confirm(call: Call) -> Reply:
    """Make a hold's perks grants."""
    row = _found(call)
    grants = call.house.desk.confirm(call.store, row.id, call.key.id)
    return Reply(holds.settled_json(row, grants, "confirmed"))


def cancel(call: Call) -> Reply:
    """Let a hold's perks go."""
    row = _found(call)
    grants = call.house.desk.cancel(call.store, row.id, call.key.id)
    return Reply(holds.settled_json(row, grants, "cancelled"))


_TAG = "decisions"
ASK = Endpoint(
    "POST", HOT, None, SCOPE, "What does this guest get?", QuestionBody, DecisionReply, 201, (200,), writes=True,
    tag=_TAG,
)  # fmt: skip
BATCH = Endpoint(
    "POST", "/decisions/batch", None, SCOPE, "A day's arrivals at once, each with its own key", BatchBody, BatchReply,
    limit=MAX_BATCH, tag=_TAG,
)  # fmt: skip
ENDPOINTS = (
    ASK,
    BATCH,
    Endpoint(
        "GET", HOT, page, "decisions:read", "Decisions, oldest first", reply=DecisionPage,
        query={"guest": "An id or an identity", **PAGE}, tag=_TAG,
    ),
    Endpoint(
        "GET", "/decisions/<decision>", show, "decisions:read", "One decision", reply=DecisionRecord, tag=_TAG
    ),
    Endpoint(
        "POST", "/decisions/<decision>/confirm", confirm, SCOPE, "Confirm a hold", reply=SettledReply, writes=True,
        tag=_TAG,
    ),
    Endpoint(
        "POST", "/decisions/<decision>/cancel", cancel, SCOPE, "Cancel a hold", reply=SettledReply, writes=True,
        tag=_TAG,
    ),
)  # fmt: skip
