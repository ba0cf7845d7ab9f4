"""`rewards sources mapping`: what the columns of an export mean, proposed from the file, confirmed, saved by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from rewards.cli.connections import sources
from rewards.cli.session import GOOD, NO, Session, answering
from rewards.errors import FIELD_INVALID, RewardsError
from rewards.intake.mappings import check_name, find, forget
from rewards.pluginhost.mapped import PREVIEWED, Previewed, by_mapping, load_mapped_source, preview, save_mapping

BY = "command line"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SOURCE = click.option("--source", default="files", show_default=True, help="The source that reads such files.")


@sources.group()
def mapping() -> None:
    """What the columns of exported files mean."""


@mapping.command("new")
@click.argument("name")
@click.argument("file", type=_FILE)
@click.option("--kind", required=True, help="stay, spend, check_in, visit, payment, enrolment or custom:NAME.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADER", help="This column is that field; repeat.")
@click.option("--constant", "constants", multiple=True, metavar="FIELD=VALUE", help="The same in every row; repeat.")
@click.option("--dates", help="How days are written: iso, d-m-y, m/d/y, …")
@click.option("--decimal", type=click.Choice((".", ",")), help="The sign before the cents.")
@click.option("--sheet", help="A workbook's sheet; the first where none is named.")
@click.option("--save", "confirmed", is_flag=True, help="Save what is proposed as it is.")
@_SOURCE
@answering
def mapping_new(
    session: Session,
    name: str,
    file: Path,
    source: str,
    columns: tuple[str, ...],
    constants: tuple[str, ...],
    sheet: str | None,
    *,
    confirmed: bool,
    **given: str | None,
) -> int:
    """Look at FILE and propose a mapping, with what it was found by; nothing is saved without --save."""
    engine = session.engine()
    check_name(name)
    settled: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    settled |= {"columns": _pairs("--column", columns), "constants": _pairs("--constant", constants)}
    settled |= {"file": {"sheet": sheet}} if sheet else {}
    proposed = load_mapped_source(source, engine.settings.plugins_dir).proposed(file, settled)
    if confirmed:
        return _save(session, source, name, {part: value for part, value in proposed.items() if part != "found"})
    session.show(proposed, f"{_text(proposed)}\n{session.say('mapping_proposed', name=name)}")
    return GOOD


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in given)
    if not all(name and value for name, value in pairs.items()):
        raise click.UsageError(f"{option} is written FIELD=VALUE.")
    return pairs


@mapping.command("save")
@click.argument("name")
@click.argument("document", type=_FILE)
@_SOURCE
@answering
def mapping_save(session: Session, name: str, document: Path, source: str) -> int:
    """Save the mapping in DOCUMENT (JSON) under NAME; what `new` found in a file is left out."""
    try:
        value = json.loads(document.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise RewardsError(FIELD_INVALID, f"{document.name} is not JSON: {error}.", field="mapping") from error
    if isinstance(value, dict):
        value.pop("found", None)
    return _save(session, source, name, value)


def _save(session: Session, source: str, name: str, document: object) -> int:
    engine = session.engine()
    folder, now = engine.settings.plugins_dir, engine.clock.now()
    with engine.database.writing() as store:
        checked, new = save_mapping(store, source, name, document, operator_folder=folder, by=BY, at=now)
    session.show(checked, session.say("mapping_saved" if new else "mapping_changed", name=name))
    return GOOD


@mapping.command("list")
@_SOURCE
@answering
def mapping_list(session: Session, source: str) -> int:
    """Every mapping."""
    with session.engine().database.reading() as store:
        found = store.mappings.all(source)
    lines = [f"{one.name:<30} {json.loads(one.document)['kind']}" for one in found]
    session.show([one.name for one in found], "\n".join(lines) or session.say("no_mappings"))
    return GOOD


@mapping.command("show")
@click.argument("name")
@_SOURCE
@answering
def mapping_show(session: Session, name: str, source: str) -> int:
    """One mapping, as `save` takes it."""
    with session.engine().database.reading() as store:
        value = json.loads(find(store, source, name).document)
    session.show(value, _text(value))
    return GOOD


@mapping.command("remove")
@click.argument("name")
@_SOURCE
@answering
def mapping_remove(session: Session, name: str, source: str) -> int:
    """Forget a mapping; what was imported by it stays."""
    engine = session.engine()
    with engine.database.writing() as store:
        forget(store, source, name, by=BY, at=engine.clock.now())
    session.show({"removed": name}, session.say("mapping_removed", name=name))
    return GOOD


@mapping.command("test")
@click.argument("name")
@click.argument("file", type=_FILE)
@click.option("--rows", type=click.IntRange(1, 1_000), default=PREVIEWED, show_default=True)
@_SOURCE
@answering
def mapping_test(session: Session, name: str, file: Path, rows: int, source: str) -> int:
    """What the first rows of FILE would come to; nothing is recorded."""
    engine = session.engine()
    settings = engine.settings
    with engine.database.reading() as store:
        reader = by_mapping(
            store, source, name, operator_folder=settings.plugins_dir, zone=settings.programme_zone,
            language=session.language,
        )  # fmt: skip
    seen = preview(reader, file, engine.clock.now(), session.language, rows)
    refused = sum(one.rejected is not None for one in seen)
    lines = [_line(session, one) for one in seen]
    session.show(seen, "\n".join([*lines, session.say("rows_tried", rows=len(seen), refused=refused)]))
    return NO if refused else GOOD


def _line(session: Session, one: Previewed) -> str:
    if one.rejected is not None:
        return session.say("row_refused", row=one.row, reason=one.rejected)
    if one.skipped is not None:
        return session.say("row_left_out", row=one.row, reason=one.skipped)
    facts = " · ".join(", ".join(f"{name} {_short(value)}" for name, value in draft.items()) for draft in one.drafts)
    return session.say("row_holds", row=one.row, facts=facts)


def _short(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


commands: tuple[click.Command, ...] = ()
"""None of its own: `mapping` hangs on `sources`."""
