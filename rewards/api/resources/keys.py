"""API keys: made, listed, revoked. The secret is shown once.

A key that is bound to properties makes and sees only keys that are bound to some of the same, so that nobody makes
themselves a wider one.
"""

from __future__ import annotations

import json
from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Code, Items, StrictSchema, Text
from rewards.api.keys import ROLE_FORM, ROLE_PATTERN, SCOPES, check_scopes, hash_secret, new_secret
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.errors import NOT_FOUND, PROPERTY_UNKNOWN, RewardsError
from rewards.ids import new_id
from rewards.storage.keys import KeyRow

MAX_PROPERTIES = 500


class KeyBody(StrictSchema):
    """A key to make: what it may do, and where (no property: everywhere). `role` is what who has it is in the house."""

    name = Text(required=True, high=80)
    scopes = Items(Text(high=40), low=1, high=len(SCOPES), required=True)
    properties = Items(Text(high=40), high=MAX_PROPERTIES, load_default=list)
    role = Code(ROLE_PATTERN, ROLE_FORM, high=60, load_default=None, allow_none=True)


class KeyReply(StrictSchema):
    """A key; `secret` only in the reply that made it, not in a repetition of that reply."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    properties = fields.List(fields.String(), required=True)
    role = fields.String(required=True, allow_none=True)
    secret = fields.String()
    created_at = fields.String(required=True)
    revoked_at = fields.String(required=True, allow_none=True)


class KeyPage(StrictSchema):
    """Every key, revoked ones too."""

    keys = fields.List(fields.Nested(KeyReply), required=True)


def _seen(call: Call) -> list[KeyRow]:
    """The keys that are the caller's business."""
    bound = call.key.properties
    return [key for key in call.store.keys.all() if not bound or (key.properties and bound >= set(key.properties))]


def add(call: Call) -> Reply:
    """Make a key."""
    body, now = call.body, call.house.clock.now()
    scopes, properties = list(dict.fromkeys(body["scopes"])), list(dict.fromkeys(body["properties"]))
    check_scopes(scopes)
    for code in properties or [None]:
        call.key.require_property(code)
    present = {prop.code for prop in call.store.properties.all()}
    for code in properties:
        if code not in present:
            raise RewardsError(PROPERTY_UNKNOWN, f"“{code}” is not a property.", field="properties")
    secret, key_id = new_secret(), new_id("key")
    call.store.keys.add(key_id, hash_secret(secret), body["name"], scopes, properties, now, body["role"])
    after = json.dumps({"name": body["name"], "scopes": scopes, "properties": properties, "role": body["role"]})
    call.store.audit.add(call.key.id, "key.add", key_id, None, after, now)
    return Reply(_json(_found(call, key_id)), 201, shown_once={"secret": secret})


def _found(call: Call, key_id: str) -> KeyRow:
    for key in _seen(call):
        if key.id == key_id:
            return key
    raise RewardsError(NOT_FOUND, f"No key “{key_id[:60]}”.", field="key")


def _json(key: KeyRow) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": list(key.scopes),
        "properties": list(key.properties),
        "role": key.role,
        "created_at": isoformat(key.created_at),
        "revoked_at": isoformat(key.revoked_at) if key.revoked_at else None,
    }


def page(call: Call) -> Reply:
    """Every key, without its secret."""
    return Reply({"keys": [_json(key) for key in _seen(call)]})


def revoke(call: Call) -> Reply:
    """Revoke a key; calls with it are refused from now on."""
    key_id, now = _found(call, call.path["key"]).id, call.house.clock.now()
    if call.store.keys.revoke(key_id, now):
        call.store.audit.add(call.key.id, "key.revoke", key_id, None, None, now)
    return Reply(_json(_found(call, key_id)))


ENDPOINTS = (
    Endpoint("POST", "/keys", add, "admin", "Make a key", KeyBody, KeyReply, 201, writes=True, tag="keys"),
    Endpoint("GET", "/keys", page, "admin", "Every key", reply=KeyPage, tag="keys"),
    Endpoint("DELETE", "/keys/<key>", revoke, "admin", "Revoke a key", reply=KeyReply, writes=True, tag="keys"),
)
