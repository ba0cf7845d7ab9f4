"""`rewards rules …`: check, explain, test, publish, diff."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import click

from rewards.cli.tools import GOOD, NO, Engine, json_option, show, tools_of
from rewards.desk.cases import Verdict, play
from rewards.errors import RULE_SET_UNKNOWN, RewardsError
from rewards.ledger.ports import RuleSetRow
from rewards.rulelang import canonical, document, packs
from rewards.rulelang.diagnostics import Diagnostic
from rewards.rulelang.prose import Names, sentence
from rewards.studio.publish import Draft, publish, read_packs

FOLDERS = click.argument(
    "folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)


@click.group()
def rules() -> None:
    """Rule packs: folders with rules.yaml, perks.yaml and cases.yaml, or folders of such folders."""


def pack_folders(folders: Sequence[Path]) -> list[Path]:
    """The packs among the folders given: each itself, or those inside it."""
    found = []
    for folder in folders:
        found += [folder] if (folder / packs.RULES_FILE).is_file() else list(packs.pack_folders(folder))
    if not found:
        raise click.UsageError("There is no rules.yaml in any of these folders.")
    return found


def _draft(engine: Engine | None, folders: Sequence[Path]) -> Draft:
    properties = None
    if engine is not None and engine.database.is_current():
        with engine.database.reading() as store:
            properties = store.properties.all() or None
    return read_packs(pack_folders(folders), properties)


def _line(problem: Diagnostic) -> str:
    where = f"{problem.filename}:{problem.span.line}:{problem.span.column}"
    hint = f" {problem.hint}" if problem.hint else ""
    return f"{where} {problem.severity.value} {problem.code}: {problem.message}{hint}"


@rules.command("check")
@FOLDERS
@json_option
@click.pass_context
def rules_check(context: click.Context, folders: tuple[Path, ...], *, as_json: bool) -> int:
    """Say everything that is wrong with packs, with line and column."""
    draft = _draft(tools_of(context).make_engine(), folders)
    value = {
        "sound": draft.sound,
        "rules": len(draft.rules),
        "diagnostics": [one.to_json() for one in draft.diagnostics],
    }
    lines = [_line(one) for one in draft.diagnostics]
    lines.append(f"{len(draft.rules)} rules are sound." if draft.sound else "Nothing can be published.")
    show(value, "\n".join(lines), as_json=as_json)
    return GOOD if draft.sound else NO


@rules.command("explain")
@FOLDERS
@click.option("--lang", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@json_option
def rules_explain(folders: tuple[Path, ...], lang: str, *, as_json: bool) -> int:
    """Read every rule aloud."""
    draft = _draft(None, folders)
    if not draft.sound:
        raise packs.invalid(draft.diagnostics)
    names = Names(perks=draft.perks)
    told = {rule.id: sentence(rule, lang, names) for rule in draft.rules}
    show(told, "\n\n".join(f"{rule}\n  {text}" for rule, text in told.items()), as_json=as_json)
    return GOOD


@rules.command("test")
@FOLDERS
@json_option
def rules_test(folders: tuple[Path, ...], *, as_json: bool) -> int:
    """Play every worked case of packs."""
    verdicts: list[tuple[str, Verdict]] = []
    for folder in pack_folders(folders):
        pack = packs.load_pack(folder)
        rule_set = packs.build_rule_set([pack], 0)
        cases = packs.load_cases(pack.cases_text, pack.name)
        verdicts += [(pack.name, play(case, rule_set)) for case in cases]
    failed = [(name, verdict) for name, verdict in verdicts if not verdict.passed]
    value = {
        "cases": len(verdicts),
        "passed": len(verdicts) - len(failed),
        "failed": [{"pack": name, "case": one.case, "rule": one.rule, "detail": one.detail} for name, one in failed],
    }
    lines = [f"{name}: {one.case} ({one.rule}): {one.detail}" for name, one in failed]
    lines.append(f"{len(verdicts) - len(failed)} of {len(verdicts)} cases come out as they say.")
    show(value, "\n".join(lines), as_json=as_json)
    return NO if failed else GOOD


@rules.command("publish")
@FOLDERS
@click.option("--note", default="", help="Why; kept with the version.")
@click.option("--by", default="command line", show_default=True)
@json_option
@click.pass_context
def rules_publish(context: click.Context, folders: tuple[Path, ...], note: str, by: str, *, as_json: bool) -> int:
    """Make packs live, all their rules together; any error publishes nothing."""
    engine = tools_of(context).make_engine()
    draft = _draft(engine, folders)
    now = engine.clock.now()
    found = engine.database.run_writing(lambda store: publish(store, draft, by=by, note=note, now=now))
    value = {"version": found.version, "digest": found.digest, "changed": found.changed}
    text = f"v{found.version} is live." if found.changed else f"v{found.version} says this already."
    show(value, f"{text} {found.digest}", as_json=as_json)
    return GOOD


@rules.command("diff")
@FOLDERS
@click.option("--version", type=int, help="Against this version (default: the live one).")
@json_option
@click.pass_context
def rules_diff(context: click.Context, folders: tuple[Path, ...], version: int | None, *, as_json: bool) -> int:
    """What publishing packs would change."""
    engine = tools_of(context).make_engine()
    draft = _draft(engine, folders)
    if not draft.sound:
        raise packs.invalid(draft.diagnostics)
    with engine.database.reading() as store:
        row = store.rule_sets.live() if version is None else store.rule_sets.get(version)
    if row is None and version is not None:
        raise RewardsError(RULE_SET_UNKNOWN, f"No rule set v{version}.")
    before, after = _texts(row), {rule.id: canonical.dump_rule(rule) for rule in draft.rules}
    changes = [_change(rule, before.get(rule), after.get(rule)) for rule in sorted({*before, *after})]
    shown = [change for change in changes if change]
    show({"changes": shown}, "\n".join(shown) or "Nothing would change.", as_json=as_json)
    return NO if shown else GOOD


def _texts(row: RuleSetRow | None) -> dict[str, str]:
    if row is None:
        return {}
    return {rule.id: canonical.dump_rule(rule) for rule in document.load(row.rules, filename=f"v{row.version}").rules}


def _change(rule: str, before: str | None, after: str | None) -> str:
    if before == after:
        return ""
    lines = difflib.unified_diff(
        (before or "").splitlines(), (after or "").splitlines(), f"live/{rule}", f"draft/{rule}", lineterm=""
    )
    return "\n".join(lines)
