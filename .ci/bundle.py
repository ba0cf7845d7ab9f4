"""Ships `plugins/` and `rules/` inside the wheel, under `rewards/_bundled/`.

Neither folder is an import package, so both travel as data of `rewards`. The build tool's own forced inclusion takes
whole folders; this hook names file by file and so leaves the plugins' tests and everything compiled behind.
An editable install gets nothing: it reads the folders of the checkout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHIPPED = ("plugins", "rules")
LEFT_BEHIND = {"tests", "__pycache__"}


def bundled_files(root: Path) -> dict[str, str]:
    """Absolute path of each shipped file to its place in the wheel, in a fixed order."""
    files: dict[str, str] = {}
    for folder in SHIPPED:
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root)
            if path.is_file() and not LEFT_BEHIND.intersection(inside.parts) and path.suffix != ".pyc":
                files[str(path)] = f"rewards/_bundled/{inside.as_posix()}"
    return files


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by the build with the data it may add to."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version != "editable":
            build_data["force_include"].update(bundled_files(Path(self.root)))
