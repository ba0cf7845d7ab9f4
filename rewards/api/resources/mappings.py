"""Mappings of exported files: saved by name, and tried on a piece of a file before anything is imported by them."""

from __future__ import annotations

import base64
import binascii
import json
import tempfile
from pathlib import Path
from typing import Any

from marshmallow import fields, validate

from rewards.api.bodies import MAX_BATCH
from rewards.api.calls import Call, Endpoint
from rewards.api.fields import Choice, StrictSchema, Whole
from rewards.api.language import preferred_language
from rewards.api.replies import Reply
from rewards.clock import isoformat
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.intake.mappings import MAX_DOCUMENT, Saved, find, forget
from rewards.pluginhost.mapped import PREVIEWED, by_mapping, load_mapped_source, preview, save_mapping

ENDINGS = {"csv": ".csv", "jsonl": ".jsonl", "xlsx": ".xlsx"}


class MappingBody(StrictSchema):
    """A mapping, as the source's README describes it."""

    mapping = fields.Dict(keys=fields.String(), required=True)


class MappingReply(StrictSchema):
    """A mapping as it is saved."""

    name = fields.String(required=True)
    mapping = fields.Dict(required=True)
    saved_at = fields.String(required=True)
    saved_by = fields.String(required=True)


class MappingPage(StrictSchema):
    """Every mapping of the source, by name."""

    mappings = fields.List(fields.Nested(MappingReply), required=True)


class RemovedReply(StrictSchema):
    """What was removed."""

    removed = fields.String(required=True)


class PreviewBody(StrictSchema):
    """The beginning of a file, or a small workbook as a whole, in base 64."""

    content = fields.String(required=True, validate=validate.Length(min=1, max=MAX_BATCH))
    format = Choice(tuple(ENDINGS), load_default="csv")
    rows = Whole(low=1, high=200, load_default=PREVIEWED)


class RowReply(StrictSchema):
    """What one row would come to; `line` and `column` say where it is refused."""

    row = fields.Integer(required=True)
    drafts = fields.List(fields.Dict(), required=True)
    skipped = fields.String(required=True, allow_none=True)
    rejected = fields.String(required=True, allow_none=True)
    line = fields.Integer(required=True, allow_none=True)
    column = fields.String(required=True, allow_none=True)


class PreviewReply(StrictSchema):
    """The first rows; nothing is recorded."""

    rows = fields.List(fields.Nested(RowReply), required=True)


def _json(saved: Saved) -> dict[str, Any]:
    return {
        "name": saved.name,
        "mapping": json.loads(saved.document),
        "saved_at": isoformat(saved.saved_at),
        "saved_by": saved.saved_by,
    }


def page(call: Call) -> Reply:
    """Every mapping of a source."""
    call.key.require_group("a mapping of files")
    load_mapped_source(call.path["source"], call.house.settings.plugins_dir)
    return Reply({"mappings": [_json(one) for one in call.store.mappings.all(call.path["source"])]})


def show(call: Call) -> Reply:
    """One mapping."""
    call.key.require_group("a mapping of files")
    return Reply(_json(find(call.store, call.path["source"], call.path["name"])))


def put(call: Call) -> Reply:
    """Save a mapping; its source checks it first."""
    call.key.require_group("a mapping of files")
    source, name = call.path["source"], call.path["name"]
    _, new = save_mapping(
        call.store, source, name, call.body["mapping"], operator_folder=call.house.settings.plugins_dir,
        by=call.key.id, at=call.house.clock.now(),
    )  # fmt: skip
    return Reply(_json(find(call.store, source, name)), 201 if new else 200)


def remove(call: Call) -> Reply:
    """Forget a mapping; what was imported by it stays."""
    call.key.require_group("a mapping of files")
    source, name = call.path["source"], call.path["name"]
    forget(call.store, source, name, by=call.key.id, at=call.house.clock.now())
    return Reply({"removed": name})


def try_out(call: Call) -> Reply:
    """What the first rows of a file would come to, in the caller's language."""
    language, house = preferred_language(), call.house
    call.key.require_group("rows of an export")
    reader = by_mapping(
        call.store, call.path["source"], call.path["name"], operator_folder=house.settings.plugins_dir,
        zone=house.settings.programme_zone, language=language,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"preview{ENDINGS[call.body['format']]}"
        path.write_bytes(_content(call.body["content"]))
        seen = preview(reader, path, house.clock.now(), language, call.body["rows"])
    names = ("row", "skipped", "rejected", "line", "column")
    return Reply(
        {"rows": [{name: getattr(one, name) for name in names} | {"drafts": list(one.drafts)} for one in seen]}
    )


def _content(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RewardsError(FIELD_INVALID, "It is not base 64.", field="content") from None


_TAG, _RULE = "sources", "/sources/<source>/mappings"
ENDPOINTS = (
    Endpoint("GET", _RULE, page, "admin", "Every mapping of a source's files", reply=MappingPage, tag=_TAG),
    Endpoint("GET", f"{_RULE}/<name>", show, "admin", "One mapping", reply=MappingReply, tag=_TAG),
    Endpoint(
        "PUT", f"{_RULE}/<name>", put, "admin", "Save a mapping of files", MappingBody, MappingReply, 200, (201,),
        writes=True, limit=4 * MAX_DOCUMENT, tag=_TAG,
    ),
    Endpoint(
        "DELETE", f"{_RULE}/<name>", remove, "admin", "Forget a mapping", reply=RemovedReply, writes=True, tag=_TAG,
    ),
    Endpoint(
        "POST", f"{_RULE}/<name>/preview", try_out, "admin", "Try a mapping on a piece of a file", PreviewBody,
        PreviewReply, limit=2 * MAX_BATCH, tag=_TAG,
    ),
)  # fmt: skip
