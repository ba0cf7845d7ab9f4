"""`rewards plugins`: the sources that are found, and whether they keep to their contract."""

from __future__ import annotations

from pathlib import Path

import click

from rewards.cli.session import GOOD, NO, Session, answering
from rewards.pluginhost.discover import survey
from rewards.pluginhost.template import new_plugin
from rewards.pluginhost.trial import Trial, run_suite, try_source


@click.group()
def plugins() -> None:
    """Sources of activities."""


@plugins.command("list")
@answering
def plugins_list(session: Session) -> int:
    """Every plugin that is found, without running any."""
    there = survey(session.tools.load_settings().plugins_dir)
    found = [one for _, one in sorted(there.manifests.items())]
    broken = [session.say("source_broken", place=place, what=what) for place, what in there.broken.items()]
    session.show(found, "\n".join([*(f"{one.name:<20} {one.summary}" for one in found), *broken]))
    return GOOD


@plugins.command("test")
@click.argument("name", required=False)
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--suite", is_flag=True, help="Run the tests in their folders too; needs pytest.")
@answering
def plugins_test(session: Session, name: str | None, file: Path | None, *, suite: bool) -> int:
    """Load plugins and say what is wrong; with NAME and FILE, read the file as an import would, and record nothing."""
    engine = session.engine(migrated=False)
    folder = engine.settings.plugins_dir
    names = [name] if name else sorted(survey(folder).manifests)
    trials = [try_source(one, folder, file, engine.clock.now()) for one in names]
    for trial in trials if suite else []:
        run_suite(trial, folder)
    session.show(trials, "\n".join(line for trial in trials for line in _lines(session, trial)))
    return NO if any(trial.problems for trial in trials) else GOOD


@plugins.command("new")
@click.argument("name")
@click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), help="Where; default: your plugins' folder."
)
@answering
def plugins_new(session: Session, name: str, folder: Path | None) -> int:
    """Write a live source that works, with tests that pass."""
    own = session.tools.load_settings().plugins_dir
    made = new_plugin(name, folder or Path(own or "."))
    session.show({"folder": made}, session.say("plugin_made", folder=made))
    return GOOD


def _lines(session: Session, trial: Trial) -> list[str]:
    if trial.problems:
        return [session.say("plugin_bad", name=trial.name, problem=problem) for problem in trial.problems]
    key = "plugin_sound" if trial.rows is None else "plugin_sound_file"
    return [session.say(key, name=trial.name, rows=trial.rows or 0, drafts=trial.drafts)]


commands = (plugins,)
