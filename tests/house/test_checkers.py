"""Style, types and the direction of imports, as the checkers see them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
SOURCES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("plugins/*/*.py"))
"""Plugins stand outside the checked packages, and have to keep to the contract of `rewards.sdk` all the same."""


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--quiet", "."],
        ["ruff", "format", "--check", "--quiet", "."],
        ["mypy"],
        ["mypy", "--explicit-package-bases", *SOURCES],
        ["lint-imports"],
    ],
    ids=["style", "layout", "types", "types of sources", "imports"],
)
def test_the_checker_is_content(command: list[str]) -> None:
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_an_upward_import_is_caught(tmp_path: Path) -> None:
    package = tmp_path / "rewards"
    for room in ("domain", "rulelang", "storage"):
        (package / room).mkdir(parents=True)
        (package / room / "__init__.py").write_text("")
    (package / "__init__.py").write_text("")
    (package / "domain" / "guest.py").write_text("import rewards.storage\n")
    contract = (ROOT / "pyproject.toml").read_text()
    (tmp_path / "pyproject.toml").write_text(contract.replace("exhaustive = true", "exhaustive = false"))
    done = subprocess.run([BIN / "lint-imports"], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode != 0
    assert "rewards.domain is not allowed to import rewards.storage" in done.stdout.replace("\n", " ")
