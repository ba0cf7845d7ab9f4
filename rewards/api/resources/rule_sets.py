"""Rule sets: what is live, and drafts that are checked, read aloud or published."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, StrictSchema, Text
from rewards.api.language import preferred_language
from rewards.api.paging import PAGE, read_page
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.errors import NO_RULE_SET, RULE_SET_UNKNOWN, RewardsError
from rewards.ledger.ports import RuleSetRow
from rewards.rulelang.packs import invalid
from rewards.studio.explain import names_of, read_aloud
from rewards.studio.publish import Draft, publish, read_draft


class DraftBody(StrictSchema):
    """Rule documents and the perk catalogue that they name, as YAML texts."""

    rules = fields.String(required=True, validate=validate.Length(min=1, max=500_000))
    perks = fields.String(required=True, validate=validate.Length(min=1, max=200_000))


class PublishBody(DraftBody):
    """A draft to make live, with the reason."""

    note = Text(low=0, high=500, load_default="")


class DiagnosticReply(StrictSchema):
    """One problem of a document: where, what, and what would be right. Line 0: nowhere in particular."""

    code = fields.String(required=True)
    severity = Choice(("error", "warning"), required=True)
    message = fields.String(required=True)
    hint = fields.String(required=True)
    file = fields.String(required=True)
    line = fields.Integer(required=True)
    column = fields.Integer(required=True)
    end_line = fields.Integer(required=True)
    end_column = fields.Integer(required=True)


class CheckReply(StrictSchema):
    """Every problem of a draft; `sound` says that nothing stands in the way of publishing."""

    sound = fields.Boolean(required=True)
    rules = fields.Integer(required=True)
    diagnostics = fields.List(fields.Nested(DiagnosticReply), required=True)


class ToldReply(StrictSchema):
    """A rule read aloud."""

    rule = fields.String(required=True)
    en = fields.String(required=True)
    nl = fields.String(required=True)


class ExplainReply(StrictSchema):
    """Each rule read aloud in English and Dutch."""

    rules = fields.List(fields.Nested(ToldReply), required=True)


class RuleSetReply(StrictSchema):
    """A published version."""

    version = fields.Integer(required=True)
    digest = fields.String(required=True)
    published_at = fields.String(required=True)
    published_by = fields.String(required=True)
    note = fields.String(required=True)


class RuleSetTexts(RuleSetReply):
    """A published version with its documents."""

    rules = fields.String(required=True)
    perks = fields.String(required=True)


class RuleSetPage(StrictSchema):
    """Versions, newest first."""

    rule_sets = fields.List(fields.Nested(RuleSetReply), required=True)


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
    asked = read_page("rule-sets", call.query)
    rows = call.store.rule_sets.page(asked.ask, before=asked.number or None)
    shown, link = asked.cut(rows, lambda row: str(row.version), call.query)
    return Reply({"rule_sets": [row_json(row, texts=False) for row in shown]}, headers=link)


def live(call: Call) -> Reply:
    """The live version with its documents."""
    row = call.store.rule_sets.live()
    if row is None:
        raise RewardsError(NO_RULE_SET, "No rules are live.", hint="Publish some: POST /v1/rule-sets/publish.")
    return Reply(row_json(row, texts=True))


def show(call: Call) -> Reply:
    """One version with its documents."""
    number = call.path["version"]
    row = call.store.rule_sets.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else None
    if row is None:
        raise RewardsError(RULE_SET_UNKNOWN, f"No rule set “{number[:20]}”.", field="version")
    return Reply(row_json(row, texts=True))


def check(call: Call) -> Reply:
    """Every problem of a draft, in the caller's language; nothing is published."""
    draft = _draft(call)
    language = preferred_language()
    problems = [one.to_json(language) for one in draft.diagnostics]
    return Reply({"sound": draft.sound, "rules": len(draft.rules), "diagnostics": problems})


def explain(call: Call) -> Reply:
    """Read a draft aloud."""
    draft = _draft(call)
    if not draft.sound:
        raise invalid(draft.diagnostics)
    names = names_of(draft.rules, draft.perks, call.store.properties.all())
    english, dutch = (read_aloud(draft.rules, language, names) for language in ("en", "nl"))
    return Reply({"rules": [{"rule": rule, "en": told, "nl": dutch[rule]} for rule, told in english.items()]})


def publish_draft(call: Call) -> Reply:
    """Make a draft live; any error publishes nothing."""
    call.key.require_group("what is published")
    done = publish(call.store, _draft(call), by=call.key.id, note=call.body["note"], now=call.house.clock.now())
    row = call.store.rule_sets.get(done.version)
    if row is None:
        raise RewardsError(RULE_SET_UNKNOWN, f"No rule set v{done.version}.")
    return Reply(row_json(row, texts=False), 201 if done.changed else 200)


_TAG = "rule-sets"
_READ = "rules:read"
ENDPOINTS = (
    Endpoint("GET", "/rule-sets", page, _READ, "Published versions", reply=RuleSetPage, query=PAGE, tag=_TAG),
    Endpoint("GET", "/rule-sets/live", live, _READ, "The live version", reply=RuleSetTexts, tag=_TAG),
    Endpoint("GET", "/rule-sets/<version>", show, _READ, "One version", reply=RuleSetTexts, tag=_TAG),
    Endpoint(
        "POST", "/rule-sets/check", check, _READ, "Check a draft", DraftBody, CheckReply, limit=MAX_BATCH, tag=_TAG
    ),
    Endpoint(
        "POST", "/rule-sets/explain", explain, _READ, "Read a draft aloud", DraftBody, ExplainReply, limit=MAX_BATCH,
        tag=_TAG,
    ),
    Endpoint(
        "POST", "/rule-sets/publish", publish_draft, "rules:publish", "Make a draft live", PublishBody, RuleSetReply,
        201, (200,), writes=True, limit=MAX_BATCH, tag=_TAG,
    ),
)  # fmt: skip
