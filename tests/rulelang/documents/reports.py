"""The whole report of each faulty document under `tests/conformance/errors/`, as a terminal shows it.

    python -m tests.rulelang.documents.reports

writes every `.expected` anew from what the reader says today; read the difference before it is committed.
`NAME.perks.yaml` is a perk catalogue, `NAME.cases.yaml` worked cases, every other one rules.
"""

from __future__ import annotations

from pathlib import Path

from rewards.rulelang.catalogue import load_perks
from rewards.rulelang.checker import check_text
from rewards.rulelang.diagnostics import Diagnostic, render_all
from rewards.rulelang.packs import read_case_text
from tests.rulelang.documents.world import PROPERTIES, perks

ERRORS = Path(__file__).parents[2] / "conformance" / "errors"


def documents() -> list[Path]:
    """Every faulty document."""
    return sorted(ERRORS.glob("*.yaml"))


def diagnose(path: Path) -> tuple[Diagnostic, ...]:
    """Every problem of a document."""
    text, name = path.read_text(encoding="utf-8"), path.name
    if name.endswith(".perks.yaml"):
        return load_perks(text, name)[1]
    if name.endswith(".cases.yaml"):
        return read_case_text(text, name)[1]
    return check_text(text, perks(), filename=name, properties=PROPERTIES, group_currency="EUR")[1]


def report(path: Path) -> str:
    """The report of a document, ending with a newline."""
    return render_all(diagnose(path), path.read_text(encoding="utf-8")) + "\n"


def expected(path: Path) -> Path:
    """Where the report of a document is kept."""
    return path.with_suffix(".expected")


if __name__ == "__main__":
    for each in documents():
        expected(each).write_text(report(each), encoding="utf-8")
