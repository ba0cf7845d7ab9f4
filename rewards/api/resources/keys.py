"""API keys: made, listed, revoked. The secret is shown once."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from rewards.api.calls import Call, Endpoint, Reply
from rewards.api.fields import StrictSchema, Text
from rewards.api.keys import check_scopes, hash_secret, new_secret
from rewards.clock import isoformat
from rewards.errors import NOT_FOUND, PROPERTY_UNKNOWN, RewardsError
from rewards.ids import new_id


class KeyBody(StrictSchema):
    """A key to make: what it may do, and where (no property: everywhere)."""

    name = Text(required=True, high=80)
    scopes = fields.List(fields.String(), required=True, validate=validate.Length(min=1, max=20))
    properties = fields.List(Text(high=40), load_default=list, validate=validate.Length(max=500))


class KeyReply(StrictSchema):
    """A key; `secret` only in the reply that made it."""

    id = fields.String()
    name = fields.String()
    scopes = fields.List(fields.String())
    properties = fields.List(fields.String())
    secret = fields.String()
    created_at = fields.String()
    revoked_at = fields.String(allow_none=True)


class KeyPage(StrictSchema):
    """Every key."""

    keys = fields.List(fields.Nested(KeyReply))


def add(call: Call) -> Reply:
    """Make a key."""
    body = call.body
    check_scopes(body["scopes"])
    present = {prop.code for prop in call.store.properties.all()}
    for code in body["properties"]:
        if code not in present:
            raise RewardsError(PROPERTY_UNKNOWN, f"“{code}” is not a property.", field="properties")
    secret, key_id = new_secret(), new_id("key")
    call.store.keys.add(
        key_id, hash_secret(secret), body["name"], body["scopes"], body["properties"], call.house.clock.now()
    )
    call.store.audit.add(call.key.id, "key.add", key_id, None, None, call.house.clock.now())
    return Reply(_json(call, key_id) | {"secret": secret}, 201)


def _json(call: Call, key_id: str) -> dict[str, Any]:
    for key in call.store.keys.all():
        if key.id == key_id:
            return {
                "id": key.id,
                "name": key.name,
                "scopes": list(key.scopes),
                "properties": list(key.properties),
                "created_at": isoformat(key.created_at),
                "revoked_at": isoformat(key.revoked_at) if key.revoked_at else None,
            }
    raise RewardsError(NOT_FOUND, f"No key “{key_id[:60]}”.")


def page(call: Call) -> Reply:
    """Every key, without its secret."""
    return Reply({"keys": [_json(call, key.id) for key in call.store.keys.all()]})


def revoke(call: Call) -> Reply:
    """Revoke a key; calls with it are refused from now on."""
    key_id = call.path["key"]
    _json(call, key_id)
    call.store.keys.revoke(key_id, call.house.clock.now())
    call.store.audit.add(call.key.id, "key.revoke", key_id, None, None, call.house.clock.now())
    return Reply(_json(call, key_id))


ENDPOINTS = (
    Endpoint("POST", "/keys", add, "admin", "Make a key", KeyBody, KeyReply, 201, writes=True, tag="keys"),
    Endpoint("GET", "/keys", page, "admin", "Every key", reply=KeyPage, tag="keys"),
    Endpoint("DELETE", "/keys/<key>", revoke, "admin", "Revoke a key", reply=KeyReply, writes=True, tag="keys"),
)
