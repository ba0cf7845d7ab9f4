"""Whether a source keeps to its contract, seen by reading a file as an import would, twice, and recording nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

from rewards.errors import RewardsError
from rewards.intake.checks import check_draft
from rewards.intake.houses import check_property
from rewards.intake.importing import file_hash
from rewards.pluginhost.discover import load_file_source, load_live_source, survey
from rewards.sdk.files import FileRow, FileSource

MAX_PROBLEMS = 50


@dataclass(slots=True)
class Trial:
    """What a trial found: how many rows and drafts were read (`rows` None: no file was given), and every problem."""

    name: str
    rows: int | None = None
    drafts: int = 0
    rejected: int = 0
    problems: list[str] = field(default_factory=list)


def try_source(name: str, operator_folder: str, file: Path | None, now: datetime) -> Trial:
    """Load a source and, where a file is given, hold its rows to the contract; nothing is raised for what is found."""
    trial = Trial(name)
    try:
        manifest = survey(operator_folder).manifests.get(name)
        if manifest is not None and manifest.live:
            load_live_source(manifest)
        if manifest is None or manifest.file or file is not None:
            source = load_file_source(name, operator_folder)
            if file is not None:
                _read(source, file, now, trial)
    except RewardsError as error:
        trial.problems.append(str(error))
    return trial


def run_suite(trial: Trial, operator_folder: str) -> None:
    """Run the tests that lie in a plugin's folder; what fails becomes problems of the trial."""
    manifest = survey(operator_folder).manifests.get(trial.name)
    if manifest is None or not any((manifest.folder / "tests").glob("test_*.py")):
        return
    command = [sys.executable, "-m", "pytest", str(manifest.folder / "tests"), "-q", "--no-header", "--tb=line"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own interpreter
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        trial.problems += (said or done.stderr.splitlines()[-1:] or ["the tests could not be run"])[:MAX_PROBLEMS]


def _read(source: FileSource, file: Path, now: datetime, trial: Trial) -> None:
    codes = set()
    for prop in source.properties(file):
        check_property(prop)
        codes.add(prop.code)
    trial.rows = 0
    for problem in _problems(source, file, codes, now, trial):
        trial.problems.append(problem)
        if len(trial.problems) >= MAX_PROBLEMS:
            return


def _problems(source: FileSource, file: Path, codes: set[str], now: datetime, trial: Trial) -> Iterator[str]:
    """Read twice: a source that names a fact differently the second time would double it."""
    digest = file_hash(file)
    last = 0
    for row, again in zip_longest(source.rows(file, digest), source.rows(file, digest)):
        if row is None or again is None or _keys(row) != _keys(again):
            yield f"after row {last} a second reading gives other rows or other source keys"
            return
        trial.rows = (trial.rows or 0) + 1
        if row.number <= last:
            yield f"row {row.number} comes after row {last}; numbers grow, or an import cannot resume"
        last = row.number
        yield from _of_row(row, codes, now, trial)


def _keys(row: FileRow) -> tuple[int, tuple[str, ...]]:
    return row.number, tuple(draft.source_key for draft in row.drafts)


def _of_row(row: FileRow, codes: set[str], now: datetime, trial: Trial) -> Iterator[str]:
    trial.rejected += row.rejected is not None
    if row.rejected is not None and row.drafts:
        yield f"row {row.number} is rejected and still holds {len(row.drafts)} facts"
    for draft in row.drafts:
        trial.drafts += 1
        if draft.property is not None and draft.property not in codes:
            yield f"row {row.number}: “{draft.property}” is none of the source's properties"
        try:
            check_draft(draft, now)
        except RewardsError as error:
            yield f"row {row.number}: {error}"
