"""Calls and imports that have one home, found in the syntax tree; each finding names its replacement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

CLOCK = "rewards/clock.py"
WALL_CLOCK = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("datetime", "today")}
HOMES = {
    "sqlalchemy": ("rewards/storage/",),
    "alembic": ("rewards/storage/",),
    "psycopg": ("rewards/storage/",),
    "sqlite3": ("rewards/storage/", "rewards/cli/"),
    "pysqlite3": ("rewards/storage/", "rewards/cli/"),
    "marshmallow": ("rewards/api/", "rewards/web/"),
    "apispec": ("rewards/api/",),
    "rq": ("rewards/jobs/",),
    "redis": ("rewards/jobs/",),
    "geopy": ("rewards/geo.py",),
    "yaml": ("rewards/rulelang/",),
    "numpy": ("rewards/rulelang/columnar",),
    "click": ("rewards/cli/",),
}


def findings(path: str, source: str) -> Iterator[str]:
    """What a module does that has another home; `path` is relative to the checkout, with slashes."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield f"{path}:1 a module opens with why it exists"
    if Path(path).stem in {"utils", "util", "helpers", "misc", "common"}:
        yield f"{path}:1 name the room after what it holds, not `{Path(path).stem}`"
    for node in ast.walk(tree):
        yield from (f"{path}:{getattr(node, 'lineno', 1)} {what}" for what in _of(path, node))


def _of(path: str, node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _call(path, node)
    if isinstance(node, ast.Attribute) and _name(node) in {"os.environ", "os.getenv"} and path != "rewards/settings.py":
        yield "reads the environment; only rewards/settings.py does"
    for module in _imports(node):
        top = module.split(".")[0]
        if top in {"pickle", "marshal", "shelve"}:
            yield f"imports {top}; use JSON or the digest's codec"
        if top in HOMES and not path.startswith(HOMES[top]):
            yield f"imports {top}; its home is {', '.join(HOMES[top])}"
        if top in {"plugins", "rules"}:
            yield f"imports {top} by name; they are found by path"
    if isinstance(node, ast.ExceptHandler) and _silent(node):
        yield "swallows an error"


def _call(path: str, node: ast.Call) -> Iterator[str]:
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        pair = (node.func.value.id, node.func.attr)
        if pair in WALL_CLOCK and path not in (CLOCK, "rewards/ids.py"):
            yield f"reads the wall clock ({pair[0]}.{pair[1]}); ask rewards.clock"
        if (
            pair == ("time", "sleep")
            and not path.startswith("rewards/jobs/")
            and path != "rewards/storage/writer_lock.py"
        ):
            yield "sleeps; wait for a condition"
    if isinstance(node.func, ast.Name) and node.func.id == "print" and not path.startswith("rewards/cli/"):
        yield "prints; faces answer, the rest logs"


def _name(node: ast.Attribute) -> str:
    return f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def _silent(node: ast.ExceptHandler) -> bool:
    broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
    return broad and all(isinstance(step, ast.Pass) for step in node.body)
