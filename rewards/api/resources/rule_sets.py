"""Rule sets: what is live, and drafts that are checked, read aloud or published."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint, Reply
from rewards.api.fields import StrictSchema, Text
from rewards.clock import isoformat
from rewards.errors import NO_RULE_SET, RULE_SET_UNKNOWN, RewardsError
from rewards.ledger.ports import RuleSetRow
from rewards.rulelang.packs import invalid
from rewards.rulelang.prose import Names, sentence
from rewards.studio.publish import Draft, publish, read_draft


class DraftBody(StrictSchema):
    """Rule documents and the perk catalogue that they name, as YAML texts."""

    rules = fields.String(required=True, validate=validate.Length(min=1, max=500_000))
    perks = fields.String(required=True, validate=validate.Length(min=1, max=200_000))


class PublishBody(DraftBody):
    """A draft to make live, with the reason."""

    note = Text(low=0, high=500, load_default="")


class CheckReply(StrictSchema):
    """Every problem of a draft, with line, column and hint."""

    sound = fields.Boolean()
    rules = fields.Integer()
    diagnostics = fields.List(fields.Dict())


class ExplainReply(StrictSchema):
    """Each rule read aloud in English and Dutch."""

    rules = fields.List(fields.Dict())


class RuleSetReply(StrictSchema):
    """A published version."""

    version = fields.Integer()
    digest = fields.String()
    published_at = fields.String()
    published_by = fields.String()
    note = fields.String()


class RuleSetPage(StrictSchema):
    """Versions, newest first."""

    rule_sets = fields.List(fields.Nested(RuleSetReply))


def _draft(call: Call) -> Draft:
    properties = call.store.properties.all()
    return read_draft(
        call.body["rules"], call.body["perks"], properties or None, call.house.settings.programme_currency
    )


def row_json(row: RuleSetRow, *, texts: bool) -> dict[str, Any]:
    """A version as replies show it, with its documents where `texts`."""
    value: dict[str, Any] = {
        "version": row.version,
        "digest": row.digest,
        "published_at": isoformat(row.published_at),
        "published_by": row.published_by,
        "note": row.note,
    }
    return value | ({"rules": row.rules, "perks": row.perks} if texts else {})


def page(call: Call) -> Reply:
    """Versions, newest first."""
    return Reply({"rule_sets": [row_json(row, texts=False) for row in call.store.rule_sets.page(100)]})


def live(call: Call) -> Reply:
    """The live version with its documents."""
    row = call.store.rule_sets.live()
    if row is None:
        raise RewardsError(NO_RULE_SET, "No rules are live.")
    return Reply(row_json(row, texts=True))


def show(call: Call) -> Reply:
    """One version with its documents."""
    number = call.path["version"]
    row = call.store.rule_sets.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else None
    if row is None:
        raise RewardsError(RULE_SET_UNKNOWN, f"No rule set “{number[:20]}”.")
    return Reply(row_json(row, texts=True))


def check(call: Call) -> Reply:
    """Every problem of a draft; nothing is published."""
    draft = _draft(call)
    problems = [one.to_json() for one in draft.diagnostics]
    return Reply({"sound": draft.sound, "rules": len(draft.rules), "diagnostics": problems})


def explain(call: Call) -> Reply:
    """Read a draft aloud."""
    draft = _draft(call)
    if not draft.sound:
        raise invalid(draft.diagnostics)
    names = Names(perks=draft.perks)
    told = [
        {"rule": rule.id, "en": sentence(rule, "en", names), "nl": sentence(rule, "nl", names)} for rule in draft.rules
    ]
    return Reply({"rules": told})


def publish_draft(call: Call) -> Reply:
    """Make a draft live; any error publishes nothing."""
    done = publish(call.store, _draft(call), by=call.key.id, note=call.body["note"], now=call.house.clock.now())
    row = call.store.rule_sets.get(done.version)
    if row is None:
        raise RewardsError(RULE_SET_UNKNOWN, f"No rule set v{done.version}.")
    return Reply(row_json(row, texts=False), 201 if done.changed else 200)


_TAG = "rule-sets"
ENDPOINTS = (
    Endpoint("GET", "/rule-sets", page, "rules:read", "Published versions", reply=RuleSetPage, tag=_TAG),
    Endpoint("GET", "/rule-sets/live", live, "rules:read", "The live version", reply=RuleSetReply, tag=_TAG),
    Endpoint("GET", "/rule-sets/<version>", show, "rules:read", "One version", reply=RuleSetReply, tag=_TAG),
    Endpoint(
        "POST",
        "/rule-sets/check",
        check,
        "rules:read",
        "Check a draft",
        DraftBody,
        CheckReply,
        limit=MAX_BATCH,
        tag=_TAG,
    ),
    Endpoint(
        "POST",
        "/rule-sets/explain",
        explain,
        "rules:read",
        "Read a draft aloud",
        DraftBody,
        ExplainReply,
        limit=MAX_BATCH,
        tag=_TAG,
    ),
    Endpoint(
        "POST",
        "/rule-sets/publish",
        publish_draft,
        "rules:publish",
        "Make a draft live",
        PublishBody,
        RuleSetReply,
        201,
        writes=True,
        limit=MAX_BATCH,
        tag=_TAG,
    ),
)
