"""Decisions: the front desk's question on the hot route, a day's arrivals at once, holds, and what was decided.

The hot route takes no schema library: the body is read strictly, turned into a struct, and the answer's bytes pass
through. A test holds its published schema to the struct.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH, raw_body, read_json
from rewards.api.calls import Call, Endpoint, Reply, authenticate, fingerprint, idempotency_key
from rewards.api.fields import Day, Instant, StrictSchema, Text, Whole, YesNo
from rewards.api.house import House
from rewards.api.keys import Key
from rewards.api.paging import decode_cursor, encode_cursor, next_link, read_limit
from rewards.api.problems import PROBLEM, problem_body, status_of
from rewards.api.resources.guests import find_guest
from rewards.clock import isoformat
from rewards.desk import holds
from rewards.desk.ask import Answered
from rewards.desk.ask import Key as DeskKey
from rewards.desk.reply import Reader
from rewards.desk.wire import Batch, Question, convert, read_question
from rewards.errors import Category, RewardsError
from rewards.ledger.ports import DecisionRow, StoredReply

SCOPE = "decisions:write"
LANGUAGES = ("en", "nl")
HOT = "/decisions"
_KEPT = (Category.CONFLICT,)


class StayBody(StrictSchema):
    """The stay at hand; what is not known is left out. Money in minor units."""

    reservation = Text()
    arrival = Day()
    departure = Day()
    room_class = Text(high=60)
    channel = Text(high=60)
    rate_code = Text(high=60)
    rooms = Whole(low=1, high=1_000)
    adults = Whole(low=0, high=10_000)
    children = Whole(low=0, high=10_000)
    amount_minor = Whole(low=0)
    currency = Text(low=3, high=3)
    purpose = Text(high=60)
    free_classes = fields.List(Text(high=60), validate=validate.Length(max=50))


class QuestionBody(StrictSchema):
    """What does this guest get, here, now?"""

    guest = Text(required=True)
    property = Text(required=True, high=40)
    moment = Text(required=True, high=40)
    mode = fields.String(validate=validate.OneOf(["preview", "hold", "commit"]))
    stay = fields.Nested(StayBody)
    activity = Text()
    topic = Text(high=60)
    severity = Whole(low=1, high=5)
    as_of = Instant()
    known_at = Instant()
    enrol = YesNo()
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    hold_minutes = Whole(low=1, high=44_640)


class PerkGiven(StrictSchema):
    """A perk with the words to say and why."""

    grant = fields.String(allow_none=True)
    perk = fields.String()
    title = fields.String()
    code = fields.String(allow_none=True)
    quantity = fields.Integer()
    valid_until = fields.String()
    state = fields.String()
    rule = fields.String()
    say = fields.String()
    why = fields.List(fields.Dict())


class DecisionReply(StrictSchema):
    """What the guest gets, what is nearly there, and what is withheld and why."""

    decision = fields.String(allow_none=True)
    as_of = fields.String()
    rule_set = fields.String()
    guest = fields.String()
    property = fields.String()
    moment = fields.String()
    mode = fields.String()
    perks = fields.List(fields.Nested(PerkGiven))
    near_misses = fields.List(fields.Dict())
    withheld = fields.List(fields.Dict())
    hold_expires_at = fields.String()


class BatchItemBody(StrictSchema):
    """One arrival: its own key and its question."""

    key = Text(required=True, low=16, high=128)
    question = fields.Nested(QuestionBody, required=True)


class BatchBody(StrictSchema):
    """A day's arrivals, at most 500; each has its own key and its own result."""

    questions = fields.List(fields.Nested(BatchItemBody), required=True, validate=validate.Length(min=1, max=500))


class BatchReply(StrictSchema):
    """A result for each question, in order."""

    results = fields.List(fields.Dict())


class DecisionPage(StrictSchema):
    """Decisions, oldest first."""

    decisions = fields.List(fields.Dict())


class SettledReply(StrictSchema):
    """A hold that was confirmed or cancelled."""

    decision = fields.String()
    state = fields.String()
    grants = fields.List(fields.Dict())


def language_of(question: Question) -> str:
    """The language of the answer: the question's, else the caller's preference, else English."""
    return question.language or request.accept_languages.best_match(LANGUAGES) or "en"


def _desk_key(key: Key, name: str, value: Any) -> DeskKey:
    return DeskKey(f"{key.id} POST {HOT}", name, fingerprint(request.path, value))


def _ask_one(house: House, key: Key, value: Any, name: str | None) -> Answered:
    question = read_question(value)
    key.require_property(question.property)
    reader = Reader(language_of(question), key.allows("spend:read"))
    desk_key = _desk_key(key, name, value) if name is not None and question.mode != "preview" else None
    try:
        return house.desk.ask(question, reader, desk_key)
    except RewardsError as error:
        if desk_key is None or error.code.category not in _KEPT or error.retry_after_s is not None:
            raise
        return _refused(house, desk_key, error)


def _refused(house: House, key: DeskKey, error: RewardsError) -> Answered:
    """A business refusal is an answer too: kept under the key."""
    body = json.dumps(problem_body(error), ensure_ascii=False).encode()
    keep = StoredReply(key.fingerprint, status_of(error), body)
    house.database.run_writing(lambda store: store.idempotency.remember(key.scope, key.key, keep, house.clock.now()))
    return Answered(keep.status, body)


def add_hot_route(blueprint: Blueprint, house: House) -> None:
    """POST /v1/decisions."""

    def ask_route() -> Response:
        with house.database.reading() as store:
            key = authenticate(house, store)
        standing = house.limiter.take(key.id)
        key.require(SCOPE)
        value = read_json(raw_body(request))
        preview = not isinstance(value, dict) or value.get("mode", "preview") == "preview"
        answered = _ask_one(house, key, value, None if preview else idempotency_key())
        response = _response(answered)
        if standing.limit:
            response.headers["RateLimit-Limit"] = str(standing.limit)
            response.headers["RateLimit-Remaining"] = str(standing.remaining)
            response.headers["RateLimit-Reset"] = str(standing.reset_s)
        return response

    blueprint.add_url_rule(HOT, "post_decisions", ask_route, methods=["POST"])


def _response(answered: Answered) -> Response:
    response = Response(answered.body, answered.status)
    response.content_type = PROBLEM if answered.status >= 400 else "application/json"
    if answered.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def ask(call: Call) -> Reply:
    """Declared for the document; the hot route answers."""
    raise RuntimeError(f"{call.path} is answered by the hot route")


def batch(call: Call) -> Reply:
    """Answer a day's arrivals; each item is its own commitment under its own key."""
    parsed = convert(call.body, Batch)
    if not isinstance(parsed, Batch):
        raise TypeError("not a batch")
    return Reply({"results": [_item(call, item) for item in call.body["questions"]]})


def _item(call: Call, item: dict[str, Any]) -> dict[str, Any]:
    try:
        answered = _ask_one(call.house, call.key, item["question"], item["key"])
    except RewardsError as error:
        return {"key": item["key"], "status": status_of(error), "problem": problem_body(error)}
    name = "problem" if answered.status >= 400 else "decision"
    return {"key": item["key"], "status": answered.status, name: msgspec.json.decode(answered.body)}


def _row_json(row: DecisionRow) -> dict[str, Any]:
    return {
        "decision": row.id,
        "state": row.state,
        "moment": row.moment,
        "decided_at": isoformat(row.decided_at),
        "answer": json.loads(row.reply),
    }


def _found(call: Call) -> DecisionRow:
    row = holds.get(call.store, call.path["decision"])
    call.key.require_property(row.property)
    return row


def show(call: Call) -> Reply:
    """One decision with its answer as it was given."""
    return Reply(_row_json(_found(call)))


def page(call: Call) -> Reply:
    """Decisions of a guest, or all."""
    limit, cursor = read_limit(call.query.get("limit")), decode_cursor(call.query.get("cursor"))
    guest = call.query.get("guest")
    records = call.store.guests.records(find_guest(call, guest)) if guest else None
    if records is None:
        call.key.require_property(None)
    rows = call.store.decisions.page(cursor, limit, records)
    bound = call.key.properties
    headers = {}
    if len(rows) == limit:
        query = {"limit": str(limit), **({"guest": guest} if guest else {})}
        headers["Link"] = next_link("/v1/decisions", query, encode_cursor(rows[-1].id))
    seen = [_row_json(row) for row in rows if not bound or row.property in bound]
    return Reply({"decisions": seen}, headers=headers)


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


_PAGE = {
    "guest": "An id or an identity",
    "limit": "Items a page, 1 to 200",
    "cursor": "From the Link header of the page before",
}

ENDPOINTS = (
    Endpoint(
        "POST",
        HOT,
        ask,
        SCOPE,
        "What does this guest get?",
        QuestionBody,
        DecisionReply,
        201,
        writes=True,
        tag="decisions",
    ),
    Endpoint(
        "POST",
        "/decisions/batch",
        batch,
        SCOPE,
        "A day's arrivals at once",
        BatchBody,
        BatchReply,
        limit=MAX_BATCH,
        raw=True,
        tag="decisions",
    ),
    Endpoint(
        "GET", "/decisions", page, "decisions:read", "Decisions", reply=DecisionPage, query=_PAGE, tag="decisions"
    ),
    Endpoint("GET", "/decisions/<decision>", show, "decisions:read", "One decision", tag="decisions"),
    Endpoint(
        "POST",
        "/decisions/<decision>/confirm",
        confirm,
        SCOPE,
        "Confirm a hold",
        reply=SettledReply,
        writes=True,
        tag="decisions",
    ),
    Endpoint(
        "POST",
        "/decisions/<decision>/cancel",
        cancel,
        SCOPE,
        "Cancel a hold",
        reply=SettledReply,
        writes=True,
        tag="decisions",
    ),
)
