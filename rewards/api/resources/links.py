"""Links of a guest: who belongs together. Of the other guest nothing is shown but the id."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, StrictSchema
from rewards.api.replies import Reply
from rewards.api.resources.guests import find_guest
from rewards.clock import isoformat
from rewards.domain.link import Link, LinkKind
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.intake.links import link, unlink

KINDS = tuple(kind.value for kind in LinkKind)


class LinkReply(StrictSchema):
    """A link: with whom, of which kind, since when, from which source and by whom."""

    guest = fields.String(required=True)
    kind = Choice(KINDS, required=True)
    linked_at = fields.String(required=True)
    source = fields.String(required=True)
    linked_by = fields.String(required=True)


class LinksReply(StrictSchema):
    """The links of a guest that stand, the oldest first."""

    guest = fields.String(required=True)
    links = fields.List(fields.Nested(LinkReply), required=True)


def page(call: Call) -> Reply:
    """Who is linked with a guest."""
    return _shown(call, find_guest(call, call.path["guest"]))


def put(call: Call) -> Reply:
    """Link two guests; a link that is there already stays as it is."""
    guest, other, now = *_both(call), call.house.clock.now()
    link(call.store, guest, other, _kind(call), now, source=f"api/{call.key.name}", by=call.key.id)
    return _shown(call, guest)


def drop(call: Call) -> Reply:
    """Undo a link; one that is not there stays undone."""
    guest, other = _both(call)
    unlink(call.store, guest, other, _kind(call), call.house.clock.now(), by=call.key.id)
    return _shown(call, guest)


def _both(call: Call) -> tuple[str, str]:
    return find_guest(call, call.path["guest"]), find_guest(call, call.path["other"])


def _kind(call: Call) -> LinkKind:
    word = call.path["kind"]
    if word not in KINDS:
        raise RewardsError(
            FIELD_INVALID, f"“{word[:60]}” is no kind of link.", hint=f"Use {', '.join(KINDS)}.", field="kind"
        )
    return LinkKind(word)


def _shown(call: Call, guest: str) -> Reply:
    return Reply({"guest": guest, "links": [_json(one) for one in call.store.links.of_guest(guest)]})


def _json(one: Link) -> dict[str, Any]:
    return {
        "guest": one.guest,
        "kind": one.kind.value,
        "linked_at": isoformat(one.linked_at),
        "source": one.source,
        "linked_by": one.linked_by,
    }


_ONE = "/guests/<guest>/links/<kind>/<other>"
_TAG = "guests"
ENDPOINTS = (
    Endpoint(
        "GET", "/guests/<guest>/links", page, "guests:read", "Who is linked with a guest", reply=LinksReply, tag=_TAG
    ),
    Endpoint("PUT", _ONE, put, "guests:write", "Link two guests", reply=LinksReply, writes=True, tag=_TAG),
    Endpoint("DELETE", _ONE, drop, "guests:write", "Undo a link", reply=LinksReply, writes=True, tag=_TAG),
)
