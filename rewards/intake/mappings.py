"""Mappings of files are saved by name, and the trail says who saved what."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rewards.errors import MAPPING_UNKNOWN, RewardsError
from rewards.history.ports import Properties
from rewards.intake.checks import invalid
from rewards.ledger.ports import Audit

MOST = 200
MAX_DOCUMENT = 60_000
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Saved:
    """A mapping as it is stored; `document` is JSON, its parts in the order given."""

    source: str
    name: str
    document: str
    saved_at: datetime
    saved_by: str


class Mappings(Protocol):
    """Saved mappings."""

    def put(self, saved: Saved) -> None:
        """Save a mapping; the one of this name is replaced."""
        ...

    def get(self, source: str, name: str) -> Saved | None:
        """The mapping of a name."""
        ...

    def all(self, source: str) -> list[Saved]:
        """Every mapping of a source, by name."""
        ...

    def remove(self, source: str, name: str) -> bool:
        """Forget a mapping; False where there is none."""
        ...


class Shelf(Protocol):
    """What one transaction knows of mappings, of the hotels their files speak of, and of who changed what."""

    @property
    def mappings(self) -> Mappings: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def properties(self) -> Properties: ...


def check_name(name: str) -> None:
    """Refuse what cannot be a mapping's name."""
    if not _NAME.fullmatch(name):
        raise invalid("name", f"“{name[:60]}” is not a name.", "1 to 40 lower case letters, digits and dashes.")


def save(shelf: Shelf, source: str, name: str, document: dict[str, object], *, by: str, at: datetime) -> bool:
    """Save a document that its source has checked; True where the name is new."""
    check_name(name)
    before = shelf.mappings.get(source, name)
    if before is None and len(shelf.mappings.all(source)) >= MOST:
        raise invalid("name", f"There are {MOST} mappings.", "Remove one that is not used.")
    text = json.dumps(document, ensure_ascii=False)
    if len(text) > MAX_DOCUMENT:
        raise invalid("mapping", f"It has {len(text)} characters.", f"At most {MAX_DOCUMENT}.")
    if before is None or before.document != text:
        shelf.mappings.put(Saved(source, name, text, at, by))
        shelf.audit.add(by, "mapping.put", f"{source}/{name}", before.document if before else None, text, at)
    return before is None


def forget(shelf: Shelf, source: str, name: str, *, by: str, at: datetime) -> None:
    """Remove a mapping; what was imported by it stays. `mapping_unknown` where there is none."""
    before = find(shelf, source, name)
    shelf.mappings.remove(source, name)
    shelf.audit.add(by, "mapping.remove", f"{source}/{name}", before.document, None, at)


def find(shelf: Shelf, source: str, name: str) -> Saved:
    """The mapping of a name; `mapping_unknown` names those that are there."""
    saved = shelf.mappings.get(source, name)
    if saved is None:
        names = ", ".join(one.name for one in shelf.mappings.all(source)) or "none yet"
        raise RewardsError(MAPPING_UNKNOWN, f"There is no mapping “{name[:60]}”.", hint=f"There are: {names}.")
    return saved
