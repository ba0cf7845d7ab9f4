"""Decisions: the question and its answer as documents describe them, holds, and what was decided.

The routes that ask are answered by `asking`, without a schema library; a test holds their published schema to the
struct.
"""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, Code, Currency, Day, Instant, Items, StrictSchema, Text, Whole, YesNo
from rewards.api.language import LANGUAGES
from rewards.api.once import (
    KEY_PATTERN,
)
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.api.resources.guests import find_guest
from rewards.clock import isoformat
from rewards.desk import holds
from rewards.desk.reply import redacted
from rewards.domain.grant import GrantState
from rewards.ledger import life
from rewards.ledger.ports import DecisionRow, GrantRow
from rewards.ledger.take_rows import TakeRow, TakeState, total
from rewards.ledger.waits import WaitState

SCOPE = "decisions:write"
HOT = "/decisions"
MAX_QUESTIONS = 500
TAKEN_BACK = (*life.TAKEN_BACK, GrantState.EXPIRED, GrantState.SUBSTITUTED)
KEY_FORM = "16 to 128 letters, digits, - or _"


class StayBody(StrictSchema):
    """The stay at hand; what is not known is left out. Money in minor units."""

    reservation = Text(allow_none=True)
    arrival = Day(allow_none=True)
    departure = Day(allow_none=True)
    room_class = Text(high=60, allow_none=True)
    channel = Text(high=60, allow_none=True)
    rate_code = Text(high=60, allow_none=True)
    rooms = Whole(low=1, high=1_000, allow_none=True)
    adults = Whole(low=0, high=10_000, allow_none=True)
    children = Whole(low=0, high=10_000, allow_none=True)
    amount_minor = Whole(low=0, allow_none=True)
    currency = Currency(allow_none=True)
    purpose = Text(high=60, allow_none=True)
    free_classes = Items(Text(high=60), high=50, allow_none=True)
    own_name = YesNo(allow_none=True)
    own_room = YesNo(allow_none=True)
    email = Text(allow_none=True)


class AskedBody(StrictSchema):
    """What the desk asks for on the guest's behalf: points, or an amount of money."""

    points = Whole(low=1, allow_none=True)
    amount_minor = Whole(low=0, allow_none=True)
    currency = Currency(allow_none=True)


class QuestionBody(StrictSchema):
    """What does this guest get, here, now?

    `guest` is an identity (`card:00412`) or an id (`gst_…`). `preview` writes nothing, `hold` promises for
    `hold_minutes`, `commit` gives. `as_of` and `known_at` are for previews. `enrol` makes a guest of an unknown
    identity.
    """

    guest = Text(required=True)
    property = Text(required=True, high=40)
    moment = Code("[a-z][a-z_]{0,39}", "a moment, such as arrival", high=40, required=True)
    mode = Choice(("preview", "hold", "commit"), load_default="preview")
    stay = fields.Nested(StayBody, allow_none=True)
    activity = Text(allow_none=True)
    topic = Text(high=60, allow_none=True)
    severity = Whole(low=1, high=5, allow_none=True)
    request = fields.Nested(AskedBody, allow_none=True)
    as_of = Instant(allow_none=True)
    known_at = Instant(allow_none=True)
    enrol = YesNo(load_default=False)
    language = Choice(LANGUAGES, allow_none=True)
    hold_minutes = Whole(low=1, high=44_640, allow_none=True)


class WhyReply(StrictSchema):
    """A condition that holds; numbers of money only for keys with `spend:read`, with their `unit`."""

    condition = fields.String(required=True)
    needed = fields.Raw()
    actual = fields.Raw()
    unit = fields.String()


class ApprovalAsked(StrictSchema):
    """Who has to approve a perk that is pending, the role of an API key, until when, and that in words."""

    by = fields.String(required=True)
    until = fields.String(required=True)
    text = fields.String(required=True)


class PerkGiven(StrictSchema):
    """A perk with the words to say and why; beside these what it consists of (`levels`, `to`, `until`, `amount`).

    `approval` stands while somebody has to say yes. `reckoned` tells of each parameter that is not fixed what it was
    reckoned from.
    """

    class Meta:
        """marshmallow's settings: a perk's own parameters stand beside the fields."""

        unknown = "include"

    grant = fields.String(required=True, allow_none=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    code = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    valid_until = fields.String(required=True)
    state = Choice(tuple(state.value for state in GrantState), required=True)
    rule = fields.String(required=True)
    say = fields.String(required=True)
    why = fields.List(fields.Nested(WhyReply), required=True)
    reckoned = fields.Dict(keys=fields.String(), values=fields.String())
    approval = fields.Nested(ApprovalAsked)


class PerkTaken(StrictSchema):
    """What the guest pays or forfeits, with the words to say; of `quantity` `owed` points were not there.

    `quantity` is pieces of an item, minor units of a credit in `currency`, points. `state` is `taken`, or `held` as
    long as the decision is a hold; what was given back is not told any more.
    """

    take = fields.String(required=True, allow_none=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    quantity = fields.Integer(required=True)
    currency = fields.String()
    owed = fields.Integer()
    state = Choice(tuple(state.value for state in TakeState), required=True)
    rule = fields.String(required=True)
    say = fields.String(required=True)
    reckoned = fields.Dict(keys=fields.String(), values=fields.String())


class ExtendedReply(StrictSchema):
    """Something the guest holds that can be used longer, with the words to say and why.

    `extension` names the extension itself (null in a preview): voiding it takes the extension back.
    """

    extension = fields.String(required=True, allow_none=True)
    grant = fields.String(required=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    was_valid_until = fields.String(required=True)
    valid_until = fields.String(required=True)
    rule = fields.String(required=True)
    say = fields.String(required=True)
    why = fields.List(fields.Nested(WhyReply), required=True)


class NearMissReply(StrictSchema):
    """A rule that nearly gave: what is missing, in words and numbers, and the last day that helps."""

    rule = fields.String(required=True)
    perk = fields.String(required=True)
    condition = fields.String(required=True)
    missing = fields.String(required=True)
    needed = fields.Raw()
    actual = fields.Raw()
    by = fields.String(allow_none=True)
    unit = fields.String()


class WithheldReply(StrictSchema):
    """What is not given, with its reason as a code and in words; beside these the values that explain it."""

    class Meta:
        """marshmallow's settings: the reason's values stand beside the fields."""

        unknown = "include"

    rule = fields.String(required=True)
    perk = fields.String(required=True)
    reason = fields.String(required=True)
    text = fields.String(required=True)


class WaitingReply(StrictSchema):
    """A perk that is tried again, from when, how often and until when; `wait` is null for a preview."""

    wait = fields.String(required=True, allow_none=True)
    perk = fields.String(required=True)
    title = fields.String(required=True)
    rule = fields.String(required=True)
    state = Choice((WaitState.WAITING.value, WaitState.HELD.value), required=True)
    every = Choice(("day", "hour"), required=True)
    from_ = fields.String(required=True, data_key="from")
    until = fields.String(required=True)
    text = fields.String(required=True)


class DecisionReply(StrictSchema):
    """What the guest gets, what is nearly there, and what is withheld and why. `decision` is null for a preview.

    `taken` is there only where the guest pays or forfeits something, `waiting` where something is tried again.
    """

    decision = fields.String(required=True, allow_none=True)
    as_of = fields.String(required=True)
    rule_set = fields.String(required=True)
    guest = fields.String(required=True)
    property = fields.String(required=True)
    moment = fields.String(required=True)
    mode = fields.String(required=True)
    perks = fields.List(fields.Nested(PerkGiven), required=True)
    near_misses = fields.List(fields.Nested(NearMissReply), required=True)
    withheld = fields.List(fields.Nested(WithheldReply), required=True)
    taken = fields.List(fields.Nested(PerkTaken))
    waiting = fields.List(fields.Nested(WaitingReply))
    extended = fields.List(fields.Nested(ExtendedReply))
    hold_expires_at = fields.String()


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
