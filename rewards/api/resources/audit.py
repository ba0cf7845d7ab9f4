"""Who changed what: the trail of rules, keys, properties, stock and merges."""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import StrictSchema
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.ledger.ports import AuditLine


class AuditReply(StrictSchema):
    """One change: who, what, to what, and how it stood before and after."""

    seq = fields.Integer(required=True)
    at = fields.String(required=True)
    actor = fields.String(required=True)
    action = fields.String(required=True)
    object = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class AuditPage(StrictSchema):
    """Changes, oldest first."""

    audit = fields.List(fields.Nested(AuditReply), required=True)


def _json(line: AuditLine) -> dict[str, Any]:
    return {
        "seq": line.seq,
        "at": isoformat(line.at),
        "actor": line.actor,
        "action": line.action,
        "object": line.object,
        "before": json.loads(line.before) if line.before else None,
        "after": json.loads(line.after) if line.after else None,
    }


def page(call: Call) -> Reply:
    """Changes, oldest first."""
    call.key.require_group("the trail of changes")
    asked = read_page("audit", call.query)
    shown, link = asked.cut(call.store.audit.page(asked.number, asked.ask), lambda line: str(line.seq), call.query)
    return Reply({"audit": [_json(line) for line in shown]}, headers=link)


ENDPOINTS = (Endpoint("GET", "/audit", page, "admin", "Who changed what", reply=AuditPage, query=PAGE, tag="audit"),)
