"""Connections of live sources: added, changed, turned on and off, polled, and how each one is.

A connection concerns the group's house-keeping: keys that are bound to some properties have no part in it.
"""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields, validate

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, Items, StrictSchema, Text, Whole, YesNo
from rewards.api.replies import Reply
from rewards.clock import from_us, isoformat
from rewards.ids import new_id
from rewards.pluginhost import connections
from rewards.pluginhost.polling import POLL_TASK
from rewards.storage.inbox import InboxRow

MAX_PROPERTIES = 500
MAX_SETTINGS = 100
PAGE = 200


def _settings() -> fields.Dict:
    """Settings by name; what each may be is the source's to say."""
    return fields.Dict(keys=Text(high=60), validate=validate.Length(max=MAX_SETTINGS), load_default=dict)


class ConnectionBody(StrictSchema):
    """A source to turn on."""

    source = Text(required=True, high=40)
    properties = Items(Text(high=40), low=1, high=MAX_PROPERTIES, required=True)
    label = Text(low=0, high=40, load_default="")
    settings = _settings()


class ChangeBody(StrictSchema):
    """What to change: settings (null takes one away), properties by code on or off, all of it on or off."""

    settings = _settings()
    properties = fields.Dict(keys=Text(high=40), values=YesNo(), load_default=dict)
    on = YesNo(load_default=None, allow_none=True)
    keep_old_hours = Whole(low=0, high=720, load_default=0)


class HealthReply(StrictSchema):
    """How a connection is: when it was last heard, what failed last, what waits."""

    heard_at = fields.String(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    failed_at = fields.String(required=True, allow_none=True)
    due = fields.Integer(required=True)
    dead = fields.Integer(required=True)
    undelivered = fields.Integer(required=True)
    lag_s = fields.Integer(required=True)
    trouble = fields.String(required=True, allow_none=True)


class ConnectionReply(StrictSchema):
    """A connection. `path` is where its messages go: a secret of its own. Secrets are never shown."""

    id = fields.String(required=True)
    source = fields.String(required=True)
    label = fields.String(required=True)
    path = fields.String(required=True)
    on = fields.Boolean(required=True)
    properties = fields.Dict(keys=fields.String(), values=fields.Boolean(), required=True)
    settings = fields.Dict(keys=fields.String(), required=True)
    health = fields.Nested(HealthReply, required=True)
    created_at = fields.String(required=True)


class SourceReply(StrictSchema):
    """A live source that can be turned on."""

    name = fields.String(required=True)
    summary = fields.String(required=True)
    version = fields.String(required=True)
    gives = fields.List(fields.String(), required=True)
    trouble = fields.String(required=True, allow_none=True)


class ConnectionPage(StrictSchema):
    """Every connection, every source there is, and plugins that cannot be read, by place."""

    connections = fields.List(fields.Nested(ConnectionReply), required=True)
    sources = fields.List(fields.Nested(SourceReply), required=True)
    broken = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class NoticeReply(StrictSchema):
    """A notice: what it is about and how far it is; never what it says."""

    seq = fields.Integer(required=True)
    key = fields.String(required=True)
    kind = fields.String(required=True)
    entity = fields.String(required=True)
    state = Choice(("due", "done", "skipped", "dead"), required=True)
    received_at = fields.String(required=True)
    due_at = fields.String(required=True)
    attempt = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)


class InboxPage(StrictSchema):
    """Notices of a connection, the oldest first."""

    notices = fields.List(fields.Nested(NoticeReply), required=True)
    next = fields.Integer(required=True, allow_none=True)


class CountReply(StrictSchema):
    """How many."""

    count = fields.Integer(required=True)


class StartedReply(StrictSchema):
    """The job that was started."""

    job = fields.String(required=True)


def _group(call: Call) -> None:
    call.key.require_group("a source")


def _when(us: int | None) -> str | None:
    return None if us is None else isoformat(from_us(us))


def _json(one: connections.Shown) -> dict[str, Any]:
    row, health = one.row, one.health
    return {
        "id": row.id, "source": row.source, "label": row.label, "path": one.path, "on": row.state == "on",
        "properties": {code: since is not None for code, since in sorted(row.properties.items())},
        "settings": json.loads(json.dumps(one.settings, default=str)),
        "health": {
            "heard_at": _when(health.heard_us), "last_error": health.last_error, "failed_at": _when(health.failed_us),
            "due": health.due, "dead": health.dead, "undelivered": health.undelivered, "lag_s": health.lag_s,
            "trouble": health.trouble,
        },
        "created_at": _when(row.created_us),
    }  # fmt: skip


def _shown(call: Call, connection: str) -> dict[str, Any]:
    return _json(connections.shown_one(call.house.sources, call.store, connection))


def page(call: Call) -> Reply:
    """Every connection with its health, and every source there is."""
    _group(call)
    host = call.house.sources
    sources = [
        {
            "name": name, "summary": one.summary, "version": one.version, "gives": list(one.gives),
            "trouble": host.failures.get(name),
        }
        for name, one in sorted(host.found.manifests.items())
        if one.live
    ]  # fmt: skip
    listed = [_json(one) for one in connections.listed(host, call.store)]
    return Reply({"connections": listed, "sources": sources, "broken": host.found.broken})


def show(call: Call) -> Reply:
    """One connection with its health."""
    _group(call)
    return Reply(_shown(call, call.path["connection"]))


def add(call: Call) -> Reply:
    """Turn a source on for properties."""
    _group(call)
    body = call.body
    row = connections.add(
        call.house.sources, call.store, body["source"], properties=list(dict.fromkeys(body["properties"])),
        settings=body["settings"], label=body["label"], by=call.key.id,
    )  # fmt: skip
    return Reply(_shown(call, row.id), 201)


def change(call: Call) -> Reply:
    """Change settings; turn on or off."""
    _group(call)
    body = call.body
    row = connections.change(
        call.house.sources, call.store, call.path["connection"], settings=body["settings"], turn=body["properties"],
        on=body["on"], keep_old_hours=body["keep_old_hours"], by=call.key.id,
    )  # fmt: skip
    return Reply(_shown(call, row.id))


def remove(call: Call) -> Reply:
    """Remove a connection; what it told of stays."""
    _group(call)
    shown = _shown(call, call.path["connection"])
    connections.remove(call.house.sources, call.store, call.path["connection"], by=call.key.id)
    return Reply(shown)


def inbox(call: Call) -> Reply:
    """Notices of a connection and what became of them."""
    _group(call)
    row = connections.shown_one(call.house.sources, call.store, call.path["connection"]).row
    after = call.query.get("after", "0")
    rows = call.store.inbox.page(row.id, call.query.get("state"), int(after) if after.isdecimal() else 0, PAGE)
    return Reply({"notices": [_notice(one) for one in rows], "next": rows[-1].seq if len(rows) == PAGE else None})


def _notice(row: InboxRow) -> dict[str, Any]:
    return {
        "seq": row.seq, "key": row.key, "kind": row.kind, "entity": row.entity, "state": row.state,
        "received_at": _when(row.received_us), "due_at": _when(row.due_us), "attempt": row.attempt, "note": row.note,
    }  # fmt: skip


def retry(call: Call) -> Reply:
    """Work on the dead notices of a connection again."""
    _group(call)
    row = connections.found(call.store, call.path["connection"])
    count = call.store.inbox.retry(row.id, call.house.clock.now_us())
    call.store.audit.add(call.key.id, "source.retry", row.id, None, json.dumps(count), call.house.clock.now())
    return Reply({"count": count})


def poll(call: Call) -> Reply:
    """Ask the other system for what is new, now."""
    _group(call)
    row = connections.found(call.store, call.path["connection"])
    job = new_id("job")
    payload = json.dumps({"connection": row.id})
    now_us = call.house.clock.now_us()
    call.store.jobs.add(job_id=job, name=POLL_TASK, payload=payload, due_at_us=now_us, max_attempts=1)
    return Reply({"job": job}, 202)


ENDPOINTS = (
    Endpoint("GET", "/sources", page, "admin", "Every connection of a source", reply=ConnectionPage, tag="sources"),
    Endpoint(
        "POST", "/sources", add, "admin", "Turn a source on", ConnectionBody, ConnectionReply, 201, writes=True,
        tag="sources",
    ),
    Endpoint("GET", "/sources/<connection>", show, "admin", "One connection", reply=ConnectionReply, tag="sources"),
    Endpoint(
        "PUT", "/sources/<connection>", change, "admin", "Change a connection", ChangeBody, ConnectionReply,
        writes=True, tag="sources",
    ),
    Endpoint(
        "DELETE", "/sources/<connection>", remove, "admin", "Remove a connection", reply=ConnectionReply, writes=True,
        tag="sources",
    ),
    Endpoint(
        "GET", "/sources/<connection>/inbox", inbox, "admin", "Notices of a connection", reply=InboxPage,
        query={"state": "due, done, skipped or dead", "after": "The last number of the page before"}, tag="sources",
    ),
    Endpoint(
        "POST", "/sources/<connection>/retry", retry, "admin", "Work on dead notices again", reply=CountReply,
        writes=True, tag="sources",
    ),
    Endpoint(
        "POST", "/sources/<connection>/poll", poll, "admin", "Ask the other system now", reply=StartedReply,
        status=202, writes=True, tag="sources",
    ),
)  # fmt: skip
