"""Where the bundled plugins and rule packs lie.

Both travel inside the wheel under `rewards/_bundled`; in a checkout they are the siblings of the package. They are
found by path, never imported by name.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(kind: str) -> Path:
    """The folder of bundled `plugins` or `rules`.

    The checkout's sibling wins over `_bundled`, since an editable install may leave a stale copy of the latter.
    Raises FileNotFoundError naming both places where neither exists.
    """
    sibling, inside = _PACKAGE.parent / kind, _PACKAGE / "_bundled" / kind
    if (_PACKAGE.parent / "pyproject.toml").is_file() and sibling.is_dir():
        return sibling
    if inside.is_dir():
        return inside
    raise FileNotFoundError(f"no bundled {kind}: neither {inside} nor {sibling} is a folder")
