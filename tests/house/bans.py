"""Calls and imports that have one home, found in the syntax tree; each finding names its replacement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

# Ids sort by the moment they were made, which decides nothing.
READS_TIME = ("rewards/clock.py", "rewards/ids.py")
WALL_CLOCK = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.gmtime",
    "time.localtime",
}
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb", "os.putenv"}
# The queue polls and the writer waits for its file lock: neither has anything to be woken by.
SLEEPERS = ("rewards/jobs/", "rewards/storage/writer_lock.py")
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
    yield from _module(path, node)
    yield from _reads(path, node)
    if isinstance(node, ast.Call):
        yield from _call(path, node)
    if isinstance(node, ast.ExceptHandler) and _silent(node):
        yield "swallows an error"


def _module(path: str, node: ast.AST) -> Iterator[str]:
    for module in _imports(node):
        top = module.split(".")[0]
        if top in {"pickle", "marshal", "shelve"}:
            yield f"imports {top}; use JSON or the digest's codec"
        if top in HOMES and not path.startswith(HOMES[top]):
            yield f"imports {top}; its home is {', '.join(HOMES[top])}"
        if top in {"plugins", "rules"}:
            yield f"imports {top} by name; they are found by path"


def _reads(path: str, node: ast.AST) -> Iterator[str]:
    for name in _names(node):
        if name in WALL_CLOCK and path not in READS_TIME:
            yield f"reads the wall clock ({name}); ask rewards.clock"
        if name in ENVIRONMENT and path != "rewards/settings.py":
            yield f"reads the environment ({name}); only rewards/settings.py does"
        if name == "time.sleep" and not path.startswith(SLEEPERS):
            yield "sleeps; wait for a condition"


def _call(path: str, node: ast.Call) -> Iterator[str]:
    if isinstance(node.func, ast.Name) and node.func.id == "print" and not path.startswith("rewards/cli/"):
        yield "prints; faces answer, the rest logs"


def _names(node: ast.AST) -> list[str]:
    """`time.time` for `time.time`, for `a.time.time` and for `from time import time`."""
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return [f"{node.value.id}.{node.attr}"]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
        return [f"{node.value.attr}.{node.attr}"]
    return []


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module]
    return []


def _silent(node: ast.ExceptHandler) -> bool:
    broad = node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"})
    return broad and all(isinstance(step, ast.Pass) for step in node.body)
