"""Plugins know the sdk and nothing else of the engine; the engine does not know the suite that tests them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_plugins_import_the_sdk_and_nothing_else_of_the_engine() -> None:
    folders = [*(ROOT / "plugins").glob("*"), *(ROOT / "tests" / "sources" / "plugins").glob("*")]
    code = [
        path for folder in folders for path in folder.rglob("*.py") if "tests" not in path.relative_to(folder).parts
    ]
    assert len(code) > 4
    foreign = [
        (str(path.relative_to(ROOT)), name)
        for path in code
        for name in imported(path)
        if name.split(".")[0] == "rewards" and name != "rewards.sdk"
    ]
    assert foreign == []


def test_the_engine_does_not_know_the_contract_suite() -> None:
    suite = ROOT / "rewards" / "sdk" / "testing"
    engine = [path for path in (ROOT / "rewards").rglob("*.py") if suite not in path.parents]
    assert [path for path in engine if any(name.startswith("rewards.sdk.testing") for name in imported(path))] == []
