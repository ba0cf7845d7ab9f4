"""The project speaks of itself alone: no path of a machine, no registry's host."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = re.compile(r"(?<![\w}])/(work|root|home/\w+)/|pypi\.org|files\.pythonhosted|registry\.npmjs|deb\.debian\.org")
ITSELF = {"tests/house/test_words.py"}


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return done.stdout.splitlines()
    return [path.relative_to(ROOT).as_posix() for path in (ROOT / "rewards").rglob("*.py")]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for name in tracked():
        path = ROOT / name
        if name in ITSELF or not path.is_file() or path.suffix in {".png", ".gz"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if FOREIGN.search(line):
                found.append(f"{name}:{number} {line.strip()[:80]}")
    assert found == []


def test_the_top_level_is_the_agreed_one() -> None:
    agreed = {
        "rewards", "plugins", "rules", "tests", "bench", "docs", "wsgi.py", "pyproject.toml", "README.md", "Makefile",
        "CHANGELOG.md", ".ci", ".gitignore", ".gitattributes",
    }  # fmt: skip
    assert {name.split("/")[0] for name in tracked()} <= agreed
