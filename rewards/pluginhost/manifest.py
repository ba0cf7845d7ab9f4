"""A plugin's manifest, read without running its code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from rewards.errors import PLUGIN_INVALID, RewardsError

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_KNOWN = {"name", "summary", "version", "needs", "reads", "formats"}
_READS = ("file",)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `plugin.toml` says. `folder` is where it lies; `reads` what kind of source it is; `formats` file endings."""

    name: str
    summary: str
    version: str
    needs: str
    reads: str
    formats: tuple[str, ...]
    folder: Path


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a plugin's folder; `plugin_invalid` names the file and what is wrong with it."""
    path = folder / "plugin.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RewardsError(PLUGIN_INVALID, f"{path} cannot be read: {error}.") from error
    unknown = sorted(set(values) - _KNOWN)
    if unknown:
        raise RewardsError(
            PLUGIN_INVALID, f"{path}: “{unknown[0]}” is not known.", hint=f"Known: {', '.join(sorted(_KNOWN))}."
        )
    name = values.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise RewardsError(
            PLUGIN_INVALID, f"{path}: the name {name!r} is not valid.", hint="Lower case, digits, dashes."
        )
    if values.get("reads") not in _READS:
        raise RewardsError(
            PLUGIN_INVALID, f"{path}: reads is {values.get('reads')!r}.", hint=f"One of {', '.join(_READS)}."
        )
    return Manifest(
        name,
        str(values.get("summary", "")),
        str(values.get("version", "0")),
        str(values.get("needs", "")),
        str(values["reads"]),
        tuple(str(ending) for ending in values.get("formats", ())),
        folder,
    )
