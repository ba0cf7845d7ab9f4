"""A plugin's manifest, read without running its code."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewards.domain.activity import Evidence, Kind
from rewards.errors import PLUGIN_INVALID, RewardsError

API = 1
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")
_KNOWN = {
    "name", "summary", "version", "needs", "reads", "formats", "api", "gives", "evidence", "hosts", "calls_per_minute",
    "streams",
}  # fmt: skip
_READS = ("file", "live")
_EVIDENCE = tuple(level.word for level in Evidence)
_GIVES = tuple(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `plugin.toml` says.

    `folder` is where it lies; `reads` what kinds of source it is (`file`, `live`, or both, with a comma); `formats`
    file endings; `gives` kinds of activity; `evidence` levels of it; `hosts` those its client may talk to;
    `calls_per_minute` what the client keeps to, 0 for no bound; `streams` that it listens to a stream.
    """

    name: str
    summary: str
    version: str
    needs: str
    reads: str
    formats: tuple[str, ...]
    folder: Path
    gives: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    calls_per_minute: int = 0
    streams: bool = False

    @property
    def live(self) -> bool:
        """Whether it offers a live source."""
        return "live" in self.reads.split(",")

    @property
    def file(self) -> bool:
        """Whether it offers a file source."""
        return "file" in self.reads.split(",")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a plugin's folder; `plugin_invalid` names the file and what is wrong with it."""
    path = folder / "plugin.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RewardsError(PLUGIN_INVALID, f"{path} cannot be read: {error}.") from error
    unknown = sorted(set(values) - _KNOWN)
    if unknown:
        raise _wrong(path, f"“{unknown[0]}” is not known", f"Known: {', '.join(sorted(_KNOWN))}.")
    name = values.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _wrong(path, f"the name {name!r} is not valid", "Lower case, digits, dashes.")
    reads = _reads(path, values.get("reads"))
    if "live" in reads and values.get("api") != API:
        raise _wrong(path, f"api is {values.get('api')!r}", f"This version speaks api = {API}.")
    return Manifest(
        name,
        str(values.get("summary", "")),
        str(values.get("version", "0")),
        str(values.get("needs", "")),
        ",".join(reads),
        tuple(str(ending) for ending in values.get("formats", ())),
        folder,
        _words(path, values, "gives", _GIVES),
        _words(path, values, "evidence", _EVIDENCE),
        _hosts(path, values.get("hosts", [])),
        _rate(path, values.get("calls_per_minute", 0)),
        values.get("streams") is True,
    )


def _wrong(path: Path, what: str, hint: str) -> RewardsError:
    return RewardsError(PLUGIN_INVALID, f"{path}: {what}.", hint=hint)


def _reads(path: Path, value: Any) -> list[str]:
    reads = [value] if isinstance(value, str) else value
    if not isinstance(reads, list) or not reads or any(word not in _READS for word in reads):
        raise _wrong(path, f"reads is {value!r}", f"One of {', '.join(_READS)}, or a list of both.")
    return list(reads)


def _words(path: Path, values: dict[str, Any], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    words = values.get(name, [])
    if not isinstance(words, list) or any(word not in known for word in words):
        raise _wrong(path, f"{name} is {words!r}", f"A list of {', '.join(known)}.")
    return tuple(words)


def _hosts(path: Path, hosts: Any) -> tuple[str, ...]:
    if not isinstance(hosts, list) or any(not isinstance(one, str) or not _HOST.fullmatch(one) for one in hosts):
        raise _wrong(path, f"hosts is {hosts!r}", 'A list of hosts such as "api.example.org" or "*.example.org".')
    return tuple(hosts)


def _rate(path: Path, rate: Any) -> int:
    if not isinstance(rate, int) or isinstance(rate, bool) or rate < 0:
        raise _wrong(path, f"calls_per_minute is {rate!r}", "A whole number, 0 for no bound.")
    return rate
