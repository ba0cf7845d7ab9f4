"""`rewards rules …`: check, explain, schema, test, publish, diff."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from pathlib import Path

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.cli.tools import Engine
from rewards.desk.cases import Verdict, play
from rewards.errors import RULE_SET_UNKNOWN, RewardsError
from rewards.rulelang import canonical, document, packs
from rewards.rulelang.diagnostics import Diagnostic, render
from rewards.rulelang.schema import json_schema, perks_schema
from rewards.storage.engine import SqlDatabase
from rewards.studio.explain import names_of, read_aloud
from rewards.studio.publish import Draft, publish, read_packs

FOLDERS = click.argument(
    "folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.group()
def rules() -> None:
    """Rule packs: folders with rules.yaml, perks.yaml and cases.yaml, or folders of such folders."""


def pack_folders(folders: Sequence[Path]) -> list[Path]:
    """The packs among the folders given: each itself, or those inside it."""
    found: list[Path] = []
    for folder in folders:
        itself = (folder / packs.RULES_FILE).is_file()
        # A name is what a pack is told apart by, and “.” is none.
        found += [folder.resolve()] if itself else packs.pack_folders(folder.resolve())
    if not found:
        raise click.UsageError("There is no rules.yaml in any of these folders.")
    return found


def _draft(engine: Engine, folders: Sequence[Path]) -> Draft:
    """The packs, checked against the hotels of this installation where it has any."""
    with engine.database.reading() as store:
        properties = store.properties.all()
    return read_packs(pack_folders(folders), properties or None)


@rules.command("check")
@FOLDERS
@click.option("--here", is_flag=True, help="Against the hotels of this installation too.")
@answering
def rules_check(session: Session, folders: tuple[Path, ...], *, here: bool) -> int:
    """Say everything that is wrong with packs, with line and column; needs no database."""
    draft = _draft(session.engine(), folders) if here else read_packs(pack_folders(folders), None)
    value = {
        "sound": draft.sound,
        "rules": len(draft.rules),
        "diagnostics": [one.to_json(session.language) for one in draft.diagnostics],
    }
    told = _rendered(draft.diagnostics, pack_folders(folders), session.language)
    end = session.say("rules_sound", rules=len(draft.rules)) if draft.sound else session.say("rules_unsound")
    session.show(value, "\n\n".join([*told, end]))
    return GOOD if draft.sound else NO


def _rendered(diagnostics: Sequence[Diagnostic], folders: Sequence[Path], language: str) -> list[str]:
    """Each problem with the line it is about."""
    roots = {folder.name: folder.parent for folder in folders}
    texts: dict[str, str] = {}
    for one in diagnostics:
        path = roots.get(one.filename.partition("/")[0], Path()) / one.filename
        if one.filename not in texts:
            texts[one.filename] = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return [render(one, texts[one.filename], language) for one in diagnostics]


@rules.command("explain")
@click.argument("places", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@answering
def rules_explain(session: Session, places: tuple[Path, ...]) -> int:
    """Read every rule aloud: of packs, or of a rules.yaml with its perks.yaml beside it; needs no database."""
    draft = read_packs(pack_folders([each.parent if each.is_file() else each for each in places]), None)
    if not draft.sound:
        raise packs.invalid(draft.diagnostics)
    told = read_aloud(draft.rules, session.language, names_of(draft.rules, draft.perks))
    session.show(told, "\n\n".join(f"{rule}\n  {text}" for rule, text in told.items()))
    return GOOD


@rules.command("schema")
@click.option("--perks", is_flag=True, help="Of perks.yaml instead of rules.yaml.")
@answering
def rules_schema(session: Session, *, perks: bool) -> int:
    """The JSON Schema by which an editor completes and checks rules while they are typed; needs no database."""
    value = perks_schema() if perks else json_schema()
    session.show(value, json.dumps(value, indent=2, ensure_ascii=False))
    return GOOD


@rules.command("test")
@FOLDERS
@answering
def rules_test(session: Session, folders: tuple[Path, ...]) -> int:
    """Play every worked case of packs; needs no database."""
    verdicts = [(folder.name, one) for folder in pack_folders(folders) for one in _played(folder)]
    failed = [(pack, one) for pack, one in verdicts if not one.passed]
    passed = len(verdicts) - len(failed)
    value = {
        "cases": len(verdicts),
        "passed": passed,
        "failed": [{"pack": pack, "case": one.case, "rule": one.rule, "detail": one.detail} for pack, one in failed],
    }
    lines = [f"{pack}: {one.case} ({one.rule}): {one.detail}" for pack, one in failed]
    session.show(value, "\n".join([*lines, session.say("cases_played", passed=passed, cases=len(verdicts))]))
    return NO if failed else GOOD


def _played(folder: Path) -> list[Verdict]:
    pack = packs.load_pack(folder)
    rule_set = packs.build_rule_set([pack], 0)
    return [play(case, rule_set) for case in packs.load_cases(pack.cases_text, f"{pack.name}/{packs.CASES_FILE}")]


@rules.command("publish")
@FOLDERS
@click.option("--note", default="", help="Why; kept with the version.")
@click.option("--by", default="command line", show_default=True, help="Who; kept with the version.")
@answering
def rules_publish(session: Session, folders: tuple[Path, ...], note: str, by: str) -> int:
    """Make packs live, all their rules together; any error publishes nothing."""
    engine = session.engine()
    draft = _draft(engine, folders)
    now = engine.clock.now()
    found = engine.database.run_writing(lambda store: publish(store, draft, by=by, note=note, now=now))
    value = {
        "version": found.version,
        "digest": found.digest,
        "changed": found.changed,
        "warnings": [one.to_json(session.language) for one in found.warnings],
    }
    key = "published" if found.changed else "published_already"
    told = _rendered(found.warnings, pack_folders(folders), session.language)
    session.show(value, "\n\n".join([*told, session.say(key, version=found.version, digest=found.digest)]))
    return GOOD


@rules.command("diff")
@FOLDERS
@click.option("--version", type=click.IntRange(1), help="Against this version.  [default: the live one]")
@answering
def rules_diff(session: Session, folders: tuple[Path, ...], version: int | None) -> int:
    """What publishing packs would change; exit status 1 where it would change anything."""
    engine = session.engine()
    draft = _draft(engine, folders)
    if not draft.sound:
        raise packs.invalid(draft.diagnostics)
    before, after = _published(engine.database, version), _texts_of(draft)
    changes = [_change(name, before.get(name, ""), after.get(name, "")) for name in sorted({*before, *after})]
    shown = [change for change in changes if change]
    session.show({"changes": shown}, "\n\n".join(shown) or session.say("no_change"))
    return NO if shown else GOOD


PERKS = "perks"


def _texts_of(draft: Draft) -> dict[str, str]:
    return {PERKS: canonical.dump_perks(draft.perks)} | {rule.id: canonical.dump_rule(rule) for rule in draft.rules}


def _published(database: SqlDatabase, version: int | None) -> dict[str, str]:
    with database.reading() as store:
        row = store.rule_sets.live() if version is None else store.rule_sets.get(version)
    if row is None and version is not None:
        raise RewardsError(RULE_SET_UNKNOWN, f"No rule set v{version}.")
    if row is None:
        return {}
    parsed = document.load(row.rules, filename=f"v{row.version}")
    return {PERKS: row.perks} | {rule.id: canonical.dump_rule(rule) for rule in parsed.rules}


def _change(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"live/{name}", f"draft/{name}", lineterm="")
    return "\n".join(lines)


commands = (rules,)
