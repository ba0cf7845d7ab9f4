"""Sources whose files are read by a saved mapping: how one is proposed, checked, tried and used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import IntEnum
from itertools import islice
from pathlib import Path
from typing import cast

from rewards.domain.guest import Identity
from rewards.errors import ALREADY_EXISTS, FIELD_INVALID, RewardsError
from rewards.intake.checks import check_draft
from rewards.intake.mappings import Shelf, check_name, find, save
from rewards.intake.reasons import reason
from rewards.pluginhost.discover import load_file_source
from rewards.sdk.drafts import Draft
from rewards.sdk.files import FileGround, FileRow, MappedFile, MappedSource

PREVIEWED = 20
_METHODS = ("proposed", "checked", "same_keys", "mapped")


@dataclass(frozen=True, slots=True)
class Previewed:
    """What one row would come to: the facts it holds, why it is left out, or why it is refused and where."""

    row: int
    drafts: tuple[dict[str, object], ...]
    skipped: str | None
    rejected: str | None
    line: int | None
    column: str | None


def load_mapped_source(name: str, operator_folder: str = "") -> MappedSource:
    """The source of a name, where it takes mappings; `field_invalid` where it does not."""
    source = load_file_source(name, operator_folder)
    if not all(callable(getattr(source, method, None)) for method in _METHODS):
        raise RewardsError(FIELD_INVALID, f"“{name}” takes no mapping.", hint="Leave it out.", field="mapping")
    return cast(MappedSource, source)


def save_mapping(
    shelf: Shelf, source: str, name: str, document: object, *, operator_folder: str, by: str, at: datetime
) -> tuple[dict[str, object], bool]:
    """Save a mapping that its source takes: what is saved, and whether the name is new.

    `already_exists` where the one of this name gives facts other keys: every fact would be recorded once more.
    """
    check_name(name)
    reader = load_mapped_source(source, operator_folder)
    checked = reader.checked(document, name)
    before = shelf.mappings.get(source, name)
    if before is not None and not reader.same_keys(json.loads(before.document), checked):
        raise RewardsError(
            ALREADY_EXISTS,
            f"The mapping “{name}” makes other keys: what it recorded would be recorded again.",
            hint="Save this one under another name. Where nothing was imported yet, remove the old one first.",
            field="key",
        )
    return checked, save(shelf, source, name, checked, by=by, at=at)


def by_mapping(
    shelf: Shelf,
    source: str,
    mapping: str,
    *,
    operator_folder: str,
    zone: str,
    language: str,
    guest: Identity | None = None,
) -> MappedFile:
    """The file source that reads by a saved mapping, on the hotels that are there now; `guest` is whose file it is."""
    saved = find(shelf, source, mapping)
    ground = FileGround(shelf.properties.all(), zone, language, guest)
    return load_mapped_source(source, operator_folder).mapped(json.loads(saved.document), ground)


def preview(file: MappedFile, path: Path, now: datetime, language: str, rows: int = PREVIEWED) -> list[Previewed]:
    """The first rows as an import would see them; nothing is recorded."""
    return [_previewed(row, now, language) for row in islice(file.rows(path, ""), rows)]


def _previewed(row: FileRow, now: datetime, language: str) -> Previewed:
    rejected = row.rejected or _refusal(row.drafts, now, language)
    drafts = () if rejected else tuple(plain(draft) for draft in row.drafts)
    return Previewed(row.number, drafts, row.skipped, rejected, row.line, row.column)


def _refusal(drafts: Sequence[Draft], now: datetime, language: str) -> str | None:
    """What the door would say of the facts by themselves."""
    try:
        for draft in drafts:
            if draft.occurred_at or draft.day or draft.departure:
                check_draft(draft, now)
    except RewardsError as error:
        return reason(error, language)
    return None


def plain(draft: Draft) -> dict[str, object]:
    """A draft as JSON shows it: what it says, without what it leaves out."""
    blank = {name.name: name.default for name in fields(Draft)}
    said = {name: getattr(draft, name) for name in blank}
    return {name: _plain(value) for name, value in said.items() if value != blank[name] and value not in ({}, ())}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [one.text() if isinstance(one, Identity) else one for one in value]
    if isinstance(value, IntEnum):
        return value.name.lower()
    return value.isoformat() if isinstance(value, date) else value
